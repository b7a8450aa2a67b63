//! Access keys that values put together: nothing of them is shown, and all their places are told.

#![expect(clippy::string_slice, reason = "keys are ASCII")]

use std::path::Path;

use crate::command::{directory, iamrail};
use crate::credentials::{check, id, leaks, secret};

/// Characters that nobody chose.
struct Random(u64);

impl Random {
    fn of(&mut self, alphabet: &[u8], count: usize) -> String {
        let mut next = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(self.0 >> 40).unwrap() % alphabet.len();
            char::from(*alphabet.get(at).unwrap())
        };
        (0..count).map(|_| next()).collect()
    }

    fn id(&mut self) -> String {
        ["AKIA".to_owned(), self.of(b"QRSTUVWXYZ", 1), self.of(b"BCDFGHJKLMPQRSVWXZ2345677", 15)].concat()
    }

    fn secret(&mut self) -> String {
        self.of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40)
    }
}

/// Values that hold an id and a secret: `@I@` and `@S@` stand for them, `@I1@` and so on for their parts.
const VALUES: [&str; 18] = [
    "jsonencode({ secret = \"@S@\" })",
    "jsonencode({\n    user = \"bob\"\n    id = \"@I@\"\n    secret_key = \"@S@\"\n  })",
    "jsonencode({ a = { b = [{ id = local.i, AWS_SECRET_ACCESS_KEY = \"@S@\" }] } })",
    "jsonencode(merge({ id = \"@I1@${local.i2}\" }, { secret = \"@S1@${local.s2}\" }))",
    "yamlencode({ id = \"@I1@${local.i2}\", secret = \"@S@\" })",
    "base64encode(jsonencode({ id = \"@I1@@I2@\", secret = \"@S1@${local.s2}\" }))",
    "jsonencode(local.m)",
    "join(\"\", [\"AWS_ACCESS_KEY_ID=@I1@\", \"@I2@ AWS_SECRET_ACCESS_KEY=@S1@\", \"@S2@\"])",
    "\"id=@I1@${local.i2} secret=@S@\"",
    "\"AWS_ACCESS_KEY_ID=@I1@${local.i2} AWS_SECRET_ACCESS_KEY=@S1@${local.s2}\"",
    "format(\"aws_access_key_id=%s%s aws_secret_access_key=%s%s\", \"@I1@\", local.i2, \"@S1@\", \"@S2@\")",
    "<<-EOT\n    [default]\n    aws_access_key_id = @I1@${local.i2}\n    aws_secret_access_key = @S1@${local.s2}\n  EOT",
    "jsonencode({ id = substr(\"xx@I@yy\", 2, 20), secret = \"@S@\" })",
    "replace(\"id=@I1@-@I2@ aws_secret_access_key=@S1@-@S2@\", \"-\", \"\")",
    "urlencode(\"aws_access_key_id=@I1@${local.i2}&aws_secret_access_key=@S1@${local.s2}\")",
    "jsonencode({ id = foo(\"@I1@\", \"@I2@\"), aws_secret_access_key = foo(\"@S1@\", \"@S2@\") })",
    "jsonencode({ aws_secret_access_key = \"@S1@\" + \"@S2@\" })",
    "trimspace(\"  AWS_SECRET_ACCESS_KEY=@S1@${local.s2}  \")",
];

const PLACES: [&str; 5] = [
    "resource \"aws_secretsmanager_secret_version\" \"v\" {\n  secret_id     = \"x\"\n  secret_string = @V@\n}\n",
    "resource \"aws_ssm_parameter\" \"p\" {\n  name  = \"/aws/x\"\n  type  = \"String\"\n  value = @V@\n}\n# ghp_@T@\n",
    "resource \"aws_lambda_function\" \"f\" {\n  function_name = \"x\"\n  environment {\n    variables = {\n      A = @V@\n      \
     B = \"@S@\"\n    }\n  }\n}\n",
    "resource \"aws_instance\" \"i\" {\n  ami       = \"ami-1\"\n  user_data = @V@\n}\n",
    "output \"aws_secret_key\" {\n  value = @V@\n}\nprovider \"aws\" {\n  access_key = \"@I1@${local.i2}\"\n  \
     secret_key = \"@S1@${local.s2}\"\n}\n",
];

const LOCALS: &str = "locals {\n  i  = \"@I@\"\n  i2 = \"@I2@\"\n  s2 = \"@S2@\"\n  m  = { id = \"@I@\", secret = \"@S@\" }\n}\n";

const TEMPLATES: [&str; 6] = [
    "      Value: !Join ['', ['AWS_ACCESS_KEY_ID=@I1@', '@I2@ AWS_SECRET_ACCESS_KEY=@S1@', '@S2@']]\n",
    "      Value: !Sub ['{\"id\":\"${A}${B}\",\"secret\":\"@S1@${C}\"}', {A: '@I1@', B: '@I2@', C: '@S2@'}]\n",
    "      Value:\n        Fn::Join:\n          - ''\n          - - aws_secret_access_key=@S1@\n            - @S2@\n",
    "      Value: !Ref @S@\n",
    "      Value: !Sub '${@S@}'\n",
    "      Value: !Sub 'id=@I1@${P} secret=@S@'\n",
];

fn written(text: &str, id: &str, secret: &str, token: &str) -> String {
    let whole = [("@I@", id), ("@S@", secret), ("@T@", token)];
    let parts = [("@I1@", &id[..9]), ("@I2@", &id[9..]), ("@S1@", &secret[..17]), ("@S2@", &secret[17..])];
    whole.iter().chain(&parts).fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// What of a secret is in any output.
fn shown(dir: &Path, secret: &str) -> Option<String> {
    let formats =
        [&["check", "--verbose"][..], &["check", "--format", "json"], &["check", "--format", "sarif"]];
    let others = [&["check", "--format", "markdown"][..], &["show"], &["review"]];
    formats.into_iter().chain(others).find_map(|command| {
        let run = iamrail(dir, command);
        let pieces = (0..=secret.len() - 8).map(|at| &secret[at..at + 8]);
        let seen = pieces.into_iter().find(|piece| run.out.contains(piece) || run.err.contains(piece));
        seen.map(|piece| format!("{command:?} {piece}\n{}{}", run.out, run.err))
    })
}

#[test]
fn nothing_of_a_secret_is_shown_whatever_value_it_stands_in() {
    let mut random = Random(7);
    for (number, value) in VALUES.iter().enumerate() {
        let (id, secret) = (random.id(), random.secret());
        let token = random.of(b"ABCDEFGHIJabcdefghijk0123456789", 36);
        for (place, around) in PLACES.iter().enumerate() {
            let text = [&around.replace("@V@", value), LOCALS].concat();
            let text = written(&text, &id, &secret, &token);
            let dotenv = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n");
            let mut files = vec![("main.tf", text.as_bytes())];
            // Every other time the key stands elsewhere as it is.
            files.extend(((number + place) % 2 == 0).then_some((".env", dotenv.as_bytes())));
            let dir = directory(&files);
            for hidden in [&secret, &token] {
                assert_eq!(shown(dir.path(), hidden), None, "{text}");
            }
        }
    }
}

#[test]
fn nothing_of_a_secret_in_a_template_is_shown() {
    let mut random = Random(11);
    for value in TEMPLATES {
        let (id, secret) = (random.id(), random.secret());
        let text = format!(
            "Parameters:\n  P: {{Type: String, Default: @I2@}}\nResources:\n  S:\n    Type: AWS::SSM::Parameter\n    \
             Properties:\n      Type: String\n{value}"
        );
        let text = written(&text, &id, &secret, "");
        let dir = directory(&[("t.yaml", text.as_bytes())]);
        assert_eq!(shown(dir.path(), &secret), None, "{text}");
    }
}

#[test]
fn pieces_of_a_secret_in_the_names_of_files_and_directories_are_not_shown() {
    let secret = "AWS_SECRET".to_owned() + "_ACCESS_KEY=" + &secret();
    let own = secret.rsplit('=').next().unwrap();
    for cut in [9, 12, 16, 20] {
        let name = own.replace('/', "_");
        let path = format!("d/{}/{}_/{}.env", &name[..cut], &name[cut..2 * cut], &name[40 - cut..]);
        let text = format!("AWS_ACCESS_KEY_ID={}\n{secret}\n", id());
        let dir = directory(&[(path.as_str(), text.as_bytes())]);
        for format in ["human", "json", "sarif", "checklist"] {
            let run = iamrail(dir.path(), &["check", "--verbose", "--format", format]);
            assert_eq!(run.status, 1, "{run:?}");
            let all = format!("{}{}", run.out, run.err);
            let mut pieces = name.as_bytes().windows(8).filter_map(|piece| std::str::from_utf8(piece).ok());
            let shown = pieces.find(|piece| own.contains(piece) && all.contains(piece));
            assert_eq!(shown, None, "{path}: {all}");
        }
    }
}

#[test]
fn a_key_in_parts_is_told_with_every_part_although_it_stands_elsewhere_as_it_is() {
    let (id, secret) = (id(), secret());
    let text = written(
        "resource \"aws_ssm_parameter\" \"p\" {\n  name  = \"x\"\n  type  = \"String\"\n  \
         value = join(\"\", [\"AWS_ACCESS_KEY_ID=@I1@\", \"@I2@ AWS_SECRET_ACCESS_KEY=@S1@\", \"@S2@\"])\n}\n",
        &id,
        &secret,
        "",
    );
    let dotenv = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n");
    let parts = [
        "main.tf:4:40 its id stands here too, put together of parts",
        "main.tf:4:53 its id goes on here",
        "main.tf:4:87 its secret, put together of parts",
        "main.tf:4:108 its secret goes on here",
        "x.env:2:23 its secret",
    ];
    let dir = directory(&[("main.tf", text.as_bytes()), ("x.env", dotenv.as_bytes())]);
    let found = leaks(&check(dir.path(), &[]));
    assert_eq!(found.len(), 1, "{found:?}");
    let mut told = found[0].2.clone();
    told.push(format!("{} {}", found[0].0, found[0].1));
    for part in parts {
        let place = part.split(' ').next().unwrap();
        assert_eq!(
            told.iter().filter(|one| one.split(' ').next() == Some(place)).count(),
            1,
            "{place} {told:?}"
        );
    }
    assert_eq!(told.len(), 6, "{told:?}");
}

#[test]
fn values_side_by_side_are_a_key_whatever_each_of_them_is_made_of() {
    let (id, secret) = (id(), secret());
    let variables = |a: &str, b: &str| {
        let text = format!(
            "resource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n  environment {{\n    variables = {{\n      \
             A = {a}\n      B = {b}\n    }}\n  }}\n}}\nlocals {{\n  i2 = \"@I2@\"\n  s2 = \"@S2@\"\n}}\n"
        );
        written(&text, &id, &secret, "")
    };
    let (plain_id, plain_secret) = ("\"@I@\"", "\"@S@\"");
    let (made_id, made_secret) = ("\"@I1@${local.i2}\"", "join(\"\", [\"@S1@\", local.s2])");
    for (a, b) in [(made_id, plain_secret), (plain_id, made_secret), (made_id, made_secret)] {
        let text = variables(a, b);
        let found = leaks(&check(directory(&[("main.tf", text.as_bytes())]).path(), &[]));
        assert_eq!(found.len(), 1, "{text}{found:?}");
        assert!(found[0].2.iter().any(|one| one.contains("its secret")), "{text}{found:?}");
        assert_eq!(found[0].0, "main.tf:5:12", "{found:?}");
    }
}

#[test]
fn secrets_of_other_services_in_values_are_left_alone() {
    let secret = secret();
    let found = |text: &str| {
        let text = text.replace("@S@", &secret);
        leaks(&check(directory(&[("main.tf", text.as_bytes())]).path(), &[])).len()
    };
    let lambda = |variables: &str| {
        found(&format!(
            "resource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n  environment {{\n    variables = {{\n{variables}    \
             }}\n  }}\n}}\n"
        ))
    };
    assert_eq!(lambda("MINIO_ACCESS_KEY = \"minio-user\"\nMINIO_SECRET_KEY = \"@S@\"\n"), 0);
    for name in ["DJANGO_SECRET_KEY", "STRIPE_SECRET_KEY", "DO_SPACES_SECRET_KEY", "SECRET", "SECRET_KEY"] {
        assert_eq!(lambda(&format!("{name} = \"@S@\"\n")), 0, "{name}");
    }
    assert_eq!(lambda("AWS_SECRET_ACCESS_KEY = \"@S@\"\n"), 1);
    let parameter = |name: &str| {
        found(&format!(
            "resource \"aws_ssm_parameter\" \"a\" {{\n  name  = \"{name}\"\n  type  = \"SecureString\"\n  value = \"@S@\"\n}}\n"
        ))
    };
    assert_eq!((parameter("/shop/stripe/secret_key"), parameter("/shop/aws/secret_key")), (0, 1));
}

#[test]
fn a_key_of_one_environment_says_so() {
    let (id, secret) = (id(), secret());
    let text = written(
        "variable \"a\" {}\nvariable \"c\" {}\nprovider \"aws\" {\n  access_key = \"${var.a}@I2@\"\n  secret_key = \"${var.c}@S2@\"\n}\n",
        &id,
        &secret,
        "",
    );
    let prod = written("a = \"@I1@\"\nc = \"@S1@\"\n", &id, &secret, "");
    let settings =
        "environments:\n  prod: { var_files: [prod.tfvars] }\n  dev: { var_files: [dev.tfvars] }\n";
    let dir = directory(&[
        ("main.tf", text.as_bytes()),
        ("prod.tfvars", prod.as_bytes()),
        ("dev.tfvars", b"a = \"x\"\nc = \"y\"\n"),
        ("iamrail.yaml", settings.as_bytes()),
    ]);
    let run = check(dir.path(), &[]).json();
    let findings = run.get("findings").unwrap().as_array().unwrap();
    let leak = findings.iter().find(|one| one.get("rule").unwrap() == "embedded-access-key").unwrap();
    assert_eq!(leak.get("environments").unwrap(), &serde_json::json!(["prod"]));
}

#[test]
fn base64_of_base64_is_base64_and_a_byte_order_mark_takes_no_column() {
    let (id, secret) = (id(), secret());
    let marked = format!("\u{FEFF}{id}:{secret}\n");
    let found = leaks(&check(directory(&[("a.txt", marked.as_bytes())]).path(), &[]));
    assert_eq!(found[0].0, "a.txt:1:1");
    assert_eq!(found[0].2, ["a.txt:1:22 its secret"]);
}
