//! Data sources whose answer follows from the configuration, or from what is known of AWS.

use std::sync::Arc;

use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

use super::Evaluator;
use super::frame::Frame;
use crate::functions::Host;
use crate::module::Entity;
use crate::resources;
use crate::syntax::Declaration;

/// Arguments that change nothing of what a data source says.
const WITHOUT_ANSWER: [&str; 3] = ["count", "for_each", "depends_on"];

impl Evaluator<'_> {
    /// An attribute of a data source with these arguments.
    pub(super) fn data_attribute(
        &self,
        frame: &Frame,
        declared: &Entity,
        name: &Arc<str>,
        arguments: &Value,
        address: &Arc<str>,
    ) -> Value {
        let kind = declared.declaration().label(0);
        let answer = match kind {
            "aws_iam_policy_document" => crate::functions::policy_document(arguments).get(name).cloned(),
            "aws_caller_identity" | "aws_partition" | "aws_region" | "aws_iam_session_context" => {
                let is_account = kind != "aws_iam_session_context" && !matches!(&**name, "arn" | "user_id");
                let reason = if is_account { Reason::Environment } else { Reason::Deployer };
                let unknown = Unknown::new(reason, format!("{address}.{name}"));
                let what = Arc::clone(&unknown.what);
                let origins = match self.place(frame, declared, name) {
                    Some(place) => Origins::of_named_variable(what, place),
                    None => Origins::of_variable(what),
                };
                Some(Value::unknown(unknown).with_origins(origins))
            }
            "aws_iam_policy" => managed_policy(name, arguments),
            "aws_iam_role" => principal("role", name, arguments),
            "aws_iam_user" => principal("user", name, arguments),
            "aws_iam_group" => principal("group", name, arguments),
            "aws_iam_instance_profile" => principal("instance-profile", name, arguments),
            "local_file" | "local_sensitive_file" if &**name == "content" => self.file_content(arguments),
            "template_file" if &**name == "rendered" => self.rendered(arguments),
            "cloudinit_config" | "template_cloudinit_config" if &**name == "rendered" => {
                parts_of_cloud_init(arguments, address)
            }
            _ => None,
        };
        answer
            .or_else(|| arguments.get(name).filter(|value| !value.is_null()).cloned())
            .unwrap_or_else(|| Value::unknown(Unknown::new(Reason::DataSource, format!("{address}.{name}"))))
    }

    /// What data sources of a kind say alike, whatever their addresses, when they have no arguments: all of them ask the default
    /// provider, which is that of the calling module unless a module has its own or is given one.
    fn place(&self, frame: &Frame, declared: &Entity, name: &str) -> Option<Arc<str>> {
        let body = declared.body();
        let is_for_all = body.attributes.iter().all(|one| WITHOUT_ANSWER.contains(&&*one.name))
            && body.blocks.iter().all(|one| *one.kind == *"lifecycle");
        if !is_for_all {
            return None;
        }
        let kind = declared.declaration().label(0);
        let name = match (kind, name) {
            ("aws_region", "id" | "region") => "name",
            ("aws_caller_identity", "id") => "account_id",
            (_, name) => name,
        };
        let place = format!("{kind}.{name}");
        let inherits = |frame: &Frame| {
            let has_own = frame.module.providers.iter().any(|one| is_default_provider(one));
            let (caller, call) = frame.caller().filter(|_| !has_own)?;
            let caller = self.frame(caller)?;
            let is_given = caller.module.calls.get(call)?.body().attribute("providers").is_some();
            (!is_given).then_some(caller)
        };
        let Some(mut owner) = inherits(frame) else { return Some(frame.address(&place)) };
        while let Some(caller) = inherits(&owner) {
            owner = caller;
        }
        Some(owner.address(&place))
    }

    /// The attributes of a data source beyond its arguments that are worth having when it is used as a whole.
    pub(super) fn data_attributes(kind: &str) -> &'static [&'static str] {
        match kind {
            "aws_iam_policy_document" => &["json", "minified_json", "id"],
            "aws_caller_identity" => &["account_id", "arn", "id", "user_id"],
            "aws_partition" => &["partition", "dns_suffix", "id"],
            "aws_region" => &["name", "region", "id"],
            "template_file" | "cloudinit_config" | "template_cloudinit_config" => &["rendered"],
            "local_file" => &["content"],
            _ => &["arn", "id"],
        }
    }

    fn file_content(&self, arguments: &Value) -> Option<Value> {
        let path = arguments.get("filename")?.as_str()?;
        let file = Host::read(self, &path).ok()?;
        let span = file.span(0, file.text().len());
        Some(Value::new(Kind::Text(Text::literal(file.text(), Some(span)))).at(span))
    }

    fn rendered(&self, arguments: &Value) -> Option<Value> {
        let template = arguments.get("template")?;
        let variables = arguments
            .get("vars")
            .cloned()
            .unwrap_or_else(|| Value::map(iamrail_core::collections::IndexMap::default()));
        let text = template.as_text()?;
        self.render_text(text, template.span?, &variables)
    }
}

/// A document for cloud-init. Its text is not known, since it may be compressed; the parts in it are.
fn parts_of_cloud_init(arguments: &Value, address: &str) -> Option<Value> {
    let parts = &arguments.get("part")?.as_list()?.items;
    let parts: Vec<Value> = parts.iter().filter_map(|part| part.get("content").cloned()).collect();
    let unknown = Arc::new(Unknown::new(Reason::DataSource, format!("{address}.rendered")));
    let origins = Origins::of_all(parts.iter().map(|part| &part.origins));
    let sensitive = parts.iter().any(|part| part.sensitive);
    let text = Text::hole(Hole { unknown, origins: origins.clone(), span: None });
    let text = text.encoding_base64(Arc::new(Value::list(parts)));
    Some(Value { sensitive, ..Value::new(Kind::Text(text)) }.with_origins(origins))
}

/// Whether it is the provider of all that has the prefix `aws_` and names no provider.
fn is_default_provider(provider: &Declaration) -> bool {
    provider.label(0) == "aws" && provider.body().attribute("alias").is_none()
}

/// A policy that is looked up by its ARN or its name.
fn managed_policy(name: &str, arguments: &Value) -> Option<Value> {
    if name != "arn" && name != "id" {
        return None;
    }
    if let Some(arn) = arguments.get("arn").filter(|arn| !arn.is_null()) {
        return Some(arn.clone());
    }
    let policy = arguments.get("name")?;
    let known = policy.as_str()?;
    if is_named_by_aws(&known) {
        return Some(Value { span: policy.span, ..resources::managed_policy_arn(&known) });
    }
    Some(arn_of("policy", policy))
}

/// Names that AWS gives to its own policies. Whoever gives such a name to a policy of their own, and looks that up by
/// name, is misunderstood.
fn is_named_by_aws(name: &str) -> bool {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric());
    name.starts_with("AWS")
        || name.starts_with("Amazon")
        || (is_word && name.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// A user, group, role or instance profile that is looked up by its name.
fn principal(kind: &'static str, name: &str, arguments: &Value) -> Option<Value> {
    let arguments_of_name: &[&str] = match kind {
        "user" => &["user_name"],
        "group" => &["group_name"],
        "role" => &["name", "role_name"],
        _ => &["name"],
    };
    let named = arguments_of_name.iter().find_map(|argument| arguments.get(argument))?;
    match name {
        "id" | "name" | "user_name" | "group_name" | "role_name" => Some(named.clone()),
        "arn" => Some(arn_of(kind, named)),
        _ => None,
    }
}

/// The ARN of something with a name and the path `/`, up to the partition and the account.
fn arn_of(kind: &str, name: &Value) -> Value {
    let hole = |what: &str| {
        let unknown = Arc::new(Unknown::new(Reason::Environment, what));
        Part::Hole(Arc::new(Hole { unknown, origins: Origins::none(), span: None }))
    };
    let literal = |text: String| Part::Literal { text: text.into(), span: None };
    let mut text = Text::from_parts(vec![
        literal("arn:".to_owned()),
        hole("the partition"),
        literal(":iam::".to_owned()),
        hole("the account id"),
        literal(format!(":{kind}/")),
    ]);
    match (&name.kind, name.unknown_part()) {
        (Kind::Text(known), _) => text.append(known),
        (_, Some(unknown)) => {
            let origins = name.origins.clone();
            let hole = Hole { unknown: Arc::clone(unknown), origins, span: name.span };
            text.append(&Text::hole(hole));
        }
        _ => {}
    }
    let origins = Origins::of_all([&name.origins]);
    Value { span: name.span, ..Value::new(Kind::Text(text)) }.with_origins(origins)
}
