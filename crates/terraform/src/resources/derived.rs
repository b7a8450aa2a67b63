//! Attributes that follow from what the configuration sets.

use std::sync::Arc;

use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

/// How the id of a type of resource comes about, and its ARN.
struct Form {
    kind: &'static str,
    /// The attributes that are the name.
    names: &'static [&'static str],
    /// The attributes that are the ARN.
    arns: &'static [&'static str],
    /// The ARN.
    arn: Arn,
}

/// The parts of an ARN behind `arn:partition:`.
struct Arn {
    /// `iam::` or `s3:::`.
    service: &'static str,
    /// Whether a region follows.
    region: bool,
    /// Whether an account id follows.
    account: bool,
    /// The type of the resource with the character that ends it.
    prefix: &'static str,
    /// Whether the path of the resource comes before its name.
    path: bool,
    /// The argument that is its name.
    name: &'static str,
    /// Whether AWS adds characters to the name.
    suffix: bool,
}

const NAME: &[&str] = &["id"];
const ARN: &[&str] = &["arn"];

/// What ARNs of IAM have in common, up to the type of the resource.
const IAM: Arn = Arn {
    service: "iam::",
    region: false,
    account: true,
    prefix: "",
    path: true,
    name: "name",
    suffix: false,
};

const fn iam(kind: &'static str, prefix: &'static str) -> Form {
    let arn = Arn { prefix, ..IAM };
    Form { kind, names: NAME, arns: ARN, arn }
}

static FORMS: &[Form] = &[
    iam("aws_iam_user", "user"),
    iam("aws_iam_group", "group"),
    iam("aws_iam_role", "role"),
    iam("aws_iam_instance_profile", "instance-profile"),
    Form { names: &[], arns: &["arn", "id"], ..iam("aws_iam_policy", "policy") },
    Form {
        kind: "aws_iam_virtual_mfa_device",
        names: &[],
        arns: &["arn", "id", "serial_number"],
        arn: Arn { prefix: "mfa", name: "virtual_mfa_device_name", ..IAM },
    },
    Form {
        kind: "aws_s3_bucket",
        names: NAME,
        arns: ARN,
        arn: Arn { service: "s3:::", account: false, path: false, name: "bucket", ..IAM },
    },
    Form {
        kind: "aws_secretsmanager_secret",
        names: &[],
        arns: &["arn", "id"],
        arn: Arn {
            service: "secretsmanager:",
            region: true,
            prefix: "secret:",
            path: false,
            suffix: true,
            ..IAM
        },
    },
];

/// The value of an attribute that the configuration does not set but that follows from what it sets: names that serve as
/// ids, ARNs of a fixed form. `None` when AWS makes it up.
pub(crate) fn derived(kind: &str, attribute: &str, attributes: &Value) -> Option<Value> {
    let form = FORMS.iter().find(|form| form.kind == kind)?;
    if form.names.contains(&attribute) {
        named(attributes, form.arn.name)
    } else if form.arns.contains(&attribute) {
        arn(&form.arn, attributes)
    } else {
        None
    }
}

fn named(attributes: &Value, argument: &str) -> Option<Value> {
    attributes.get(argument).filter(|value| !value.is_null()).cloned()
}

fn arn(form: &Arn, attributes: &Value) -> Option<Value> {
    let name = named(attributes, form.name)?;
    let mut text = Text::from_parts(vec![literal("arn:"), environment("the partition")]);
    text.append(&Text::from_parts(vec![literal(":"), literal(form.service)]));
    if form.region {
        text.append(&Text::from_parts(vec![environment("the region"), literal(":")]));
    }
    if form.account {
        text.append(&Text::from_parts(vec![environment("the account id"), literal(":")]));
    }
    text.append(&Text::literal(form.prefix, None));
    if form.path {
        match attributes.get("path").filter(|path| !path.is_null()) {
            Some(path) => append(&mut text, path)?,
            None => text.append(&Text::literal("/", None)),
        }
    }
    append(&mut text, &name)?;
    if form.suffix {
        let unknown = Arc::new(Unknown::new(Reason::Computed, "what AWS adds to the name"));
        let hole = Hole { unknown, origins: Origins::none(), span: None };
        text.append(&Text::from_parts(vec![literal("-"), Part::Hole(Arc::new(hole))]));
    }
    let origins = Origins::of_all([&name.origins]);
    Some(Value { sensitive: name.sensitive, ..Value::new(Kind::Text(text)) }.with_origins(origins))
}

fn append(text: &mut Text, value: &Value) -> Option<()> {
    match &value.kind {
        Kind::Text(part) => text.append(part),
        Kind::Unknown(unknown) => {
            let origins = value.origins.clone();
            let hole = Hole { unknown: Arc::clone(unknown), origins, span: value.span };
            text.append(&Text::hole(hole));
        }
        _ => return None,
    }
    Some(())
}

fn literal(text: &str) -> Part {
    Part::Literal { text: text.into(), span: None }
}

fn environment(what: &str) -> Part {
    let unknown = Arc::new(Unknown::new(Reason::Environment, what));
    Part::Hole(Arc::new(Hole { unknown, origins: Origins::none(), span: None }))
}
