//! Whole configurations, from bytes to the model.

use std::sync::Arc;

use iamrail_core::check::{Candidate, FrontEnd, Unit};
use iamrail_core::model::{Granted, Link};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::Terraform;

/// The units of a run over these files.
fn read(files: &[(&str, &str)]) -> Vec<(String, Unit)> {
    let files = MemoryFiles::new(files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())));
    let candidates: Vec<Candidate> = files.paths().map(|path| Candidate::found(Arc::from(path))).collect();
    let sources = Sources::new(files);
    let terraform = Terraform::default();
    let discovery = terraform.discover(&candidates, &sources);
    assert!(discovery.diagnostics.is_empty());
    discovery.units.iter().map(|unit| (unit.path.to_string(), terraform.read(unit, &sources))).collect()
}

/// The only unit of a run over these files.
fn unit(files: &[(&str, &str)]) -> Unit {
    let mut units = read(files);
    assert_eq!(units.len(), 1, "{:?}", units.iter().map(|(path, _)| path).collect::<Vec<_>>());
    units.remove(0).1
}

fn codes(unit: &Unit) -> Vec<&'static str> {
    unit.diagnostics.iter().map(|one| one.code).collect()
}

/// Addresses of users with their names as far as they are known.
fn users(unit: &Unit) -> Vec<(String, String)> {
    let users = unit.model.users.iter().map(|(_, user)| {
        let name = user.name.as_text().map_or_else(|| format!("{:?}", user.name), |text| text.display());
        (user.declared.subject.to_string(), name)
    });
    users.collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn a_directory_becomes_a_model() {
    let unit = unit(&[(
        "main.tf",
        "resource \"aws_iam_user\" \"u\" {\n  name = \"alice\"\n}\nresource \"aws_s3_bucket\" \"b\" {}\n",
    )]);
    assert_eq!(unit.resources, 2);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(users(&unit), pairs(&[("aws_iam_user.u", "alice")]));
}

#[test]
fn count_and_for_each_make_instances() {
    let unit = unit(&[(
        "main.tf",
        r#"
        variable "on" {}
        resource "aws_iam_user" "two" {
          count = 2
          name  = "u${count.index}"
        }
        resource "aws_iam_user" "named" {
          for_each = { b = "bob", a = "alice" }
          name     = each.value
        }
        resource "aws_iam_user" "maybe" {
          count = var.on ? 1 : 0
          name  = "carol"
        }
        resource "aws_iam_user" "any" {
          for_each = var.on
          name     = each.key
        }
        resource "aws_iam_user" "none" {
          count = 0
        }
        "#,
    )]);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    let expected = [
        ("aws_iam_user.two[0]", "u0"),
        ("aws_iam_user.two[1]", "u1"),
        ("aws_iam_user.named[\"a\"]", "alice"),
        ("aws_iam_user.named[\"b\"]", "bob"),
        ("aws_iam_user.maybe", "carol"),
        ("aws_iam_user.any[*]", "<unknown: `each.key` has no value>"),
    ];
    assert_eq!(users(&unit), pairs(&expected));
    let uncertain: Vec<bool> =
        unit.model.users.iter().map(|(_, user)| user.declared.instances.is_some()).collect();
    assert_eq!(uncertain, [false, false, false, false, true, true]);
    let guards: Vec<String> =
        unit.model.users.iter().map(|(_, user)| user.declared.guard.to_string()).collect();
    assert_eq!(guards[4], "var.on");
}

#[test]
fn attachments_link_to_users_through_locals_modules_and_splats() {
    let module = r#"
        variable "users" { type = list(string) }
        resource "aws_iam_policy_attachment" "a" {
          name       = "a"
          users      = var.users
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
        output "first" { value = var.users[0] }
    "#;
    let main = r#"
        resource "aws_iam_user" "u" {
          count       = 2
          name_prefix = "u"
        }
        locals { all = aws_iam_user.u[*].name }
        module "m" {
          source = "./m"
          users  = local.all
        }
        resource "aws_iam_user_group_membership" "g" {
          user   = module.m.first
          groups = ["g"]
        }
    "#;
    let unit = unit(&[("main.tf", main), ("m/main.tf", module)]);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    let ids: Vec<_> = unit.model.users.iter().map(|(id, _)| id).collect();
    for id in &ids {
        assert_eq!(unit.model.grants_of_user(*id).count(), 1);
    }
    let membership = &unit.model.memberships[0];
    assert_eq!(membership.user.declared(), Some(ids[0]));
    let origin = membership.user.value.origins.exact().unwrap();
    let steps: Vec<&str> = origin.steps().iter().map(|step| &*step.what).collect();
    assert_eq!(steps, ["local.all", "module.m.var.users", "module.m.first"]);
    let grant = &unit.model.grants[0];
    assert_eq!(&*grant.declared.subject, "module.m.aws_iam_policy_attachment.a");
    assert_eq!(&*grant.declared.calls[0].subject, "module.m");
}

#[test]
fn module_instances_have_addresses_and_arguments_of_their_own() {
    let module = r#"
        variable "name" {}
        resource "aws_iam_user" "u" { name = var.name }
    "#;
    let main = r#"
        module "m" {
          for_each = { a = "alice", b = "bob" }
          source   = "./m"
          name     = each.value
        }
        module "n" {
          source = "./m"
          name   = "carol"
        }
    "#;
    let unit = unit(&[("main.tf", main), ("m/main.tf", module)]);
    let expected = [
        ("module.m[\"a\"].aws_iam_user.u", "alice"),
        ("module.m[\"b\"].aws_iam_user.u", "bob"),
        ("module.n.aws_iam_user.u", "carol"),
    ];
    assert_eq!(users(&unit), pairs(&expected));
}

#[test]
fn called_modules_are_no_roots_and_circles_are_not_lost() {
    let call = |dir: &str| format!("module \"m\" {{\n  source = \"{dir}\"\n}}\n");
    let resource = "resource \"aws_iam_user\" \"u\" {}\n";
    let units = read(&[
        ("app/main.tf", &call("../common")),
        ("common/main.tf", resource),
        ("lone/main.tf", resource),
        ("empty/main.tf", "variable \"x\" {}\n"),
        ("a/main.tf", &call("../b")),
        ("b/main.tf", &call("../a")),
        ("app/.terraform/modules/x/main.tf", resource),
    ]);
    let paths: Vec<&str> = units.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["app", "lone", "a"]);
    assert_eq!(codes(&units[2].1), ["module-cycle"]);
}

#[test]
fn what_is_wrong_is_said_at_its_place_and_the_rest_is_read() {
    let broken = r#"
resource "aws_iam_user" "a" { name = local.missing }
resource "aws_iam_user" "b" {
  name =
}
resource "aws_iam_user" "c" { name = "carol" }
resource "aws_iam_user" "c" { name = "again" }
resource "aws_iam_user" "d" {
  for_each = ["x"]
  name     = each.value
}
locals {
  x = local.y
  y = local.x
}
resource "aws_iam_user" "e" { name = local.x }
resource "aws_iam_user" "f" {
  name = "frank"
"#;
    let unit = unit(&[("main.tf", broken)]);
    let mut found = codes(&unit);
    found.sort_unstable();
    found.dedup();
    let expected = ["cycle", "duplicate-declaration", "invalid-for-each", "syntax", "undeclared-reference"];
    assert_eq!(found, expected);
    let subjects: Vec<String> = users(&unit).into_iter().map(|(subject, _)| subject).collect();
    let expected = ["a", "b", "c", "d[\"x\"]", "e", "f"].map(|name| format!("aws_iam_user.{name}"));
    assert_eq!(subjects, expected);
}

#[test]
fn a_remote_module_is_unknown_and_said_so_once() {
    let main = r#"
        module "m" { source = "terraform-aws-modules/iam/aws" }
        resource "aws_iam_user_policy_attachment" "a" {
          user       = module.m.user
          policy_arn = module.m.arn
        }
    "#;
    let unit = unit(&[("main.tf", main)]);
    assert_eq!(codes(&unit), ["module-not-found"]);
    assert!(!unit.diagnostics[0].incomplete);
    let grant = &unit.model.grants[0];
    let iamrail_core::model::Principal::User(user) = &grant.principal else { panic!("a user") };
    assert!(matches!(&user.link, Link::Unknown(unknown) if &*unknown.what == "module.m.user"));
}

#[test]
fn a_missing_local_module_leaves_the_unit_incomplete() {
    let unit = unit(&[("main.tf", "module \"m\" {\n  source = \"./gone\"\n}\n")]);
    assert_eq!(codes(&unit), ["module-not-found"]);
    assert!(unit.diagnostics[0].incomplete);
}

#[test]
fn json_declares_the_same_as_hcl() {
    let json = r#"{
      "//": "a comment",
      "variable": { "n": { "default": "alice", "type": "string" } },
      "locals": { "name": "${var.n}-x" },
      "resource": {
        "aws_iam_user": { "u": { "name": "${local.name}", "path": "/a\"b/" } },
        "aws_iam_group": { "g": [{ "for_each": "${toset2}", "name": "x" }] }
      },
      "module": { "m": { "source": "./m", "statement": "x" } }
    }"#;
    let module = r#"{ "resource": { "aws_iam_user": { "u": { "count": 1, "name": "bob" } } } }"#;
    let unit = unit(&[("main.tf.json", json), ("m/main.tf.json", module)]);
    assert_eq!(codes(&unit), ["undeclared-reference"]);
    let expected = [("aws_iam_user.u", "alice-x"), ("module.m.aws_iam_user.u[0]", "bob")];
    assert_eq!(users(&unit), pairs(&expected));
}

#[test]
fn overrides_replace_arguments() {
    let unit = unit(&[
        ("a.tf", "resource \"aws_iam_user\" \"u\" {\n  name = \"a\"\n  path = \"/x/\"\n}\n"),
        ("b_override.tf", "resource \"aws_iam_user\" \"u\" {\n  name = \"b\"\n}\n"),
    ]);
    assert_eq!(users(&unit), pairs(&[("aws_iam_user.u", "b")]));
}

#[test]
fn files_of_variables_and_types_give_values() {
    let unit = unit(&[
        (
            "main.tf",
            r#"
            variable "a" { default = "default" }
            variable "b" { type = object({ name = string, path = optional(string, "/p/") }) }
            resource "aws_iam_user" "a" { name = var.a }
            resource "aws_iam_user" "b" {
              name = var.b.name
              path = var.b.path
            }
            "#,
        ),
        ("terraform.tfvars", "a = \"file\"\nb = { name = 5 }\n"),
        ("z.auto.tfvars", "a = \"auto\"\n"),
        ("other.tfvars", "a = \"unused\"\n"),
    ]);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(users(&unit), pairs(&[("aws_iam_user.a", "auto"), ("aws_iam_user.b", "5")]));
    let (_, b) = unit.model.users.iter().nth(1).unwrap();
    assert_eq!(b.path.as_str().unwrap(), "/p/");
}

/// The statements of the only policy: effect, actions, whether it is certain to be there, and the guard.
fn statements(unit: &Unit) -> Vec<String> {
    let (_, policy) = unit.model.policies.iter().next().unwrap();
    let describe = |statement: &iamrail_core::policy::Statement| {
        let actions: Vec<String> = statement
            .actions
            .items
            .iter()
            .map(|item| {
                let maybe = if item.undecided.is_some() { "?" } else { "" };
                format!("{}{maybe}", item.text.display())
            })
            .collect();
        let maybe = if statement.undecided.is_some() { " undecided" } else { "" };
        let open = if statement.actions.open.is_some() { " open" } else { "" };
        format!("{:?} {}{open}{maybe} [{}]", statement.effect, actions.join(","), statement.guard)
    };
    policy.document.statements.iter().map(describe).collect()
}

fn policy(locals: &str, document: &str) -> Unit {
    let main = format!(
        "variable \"x\" {{}}\n{locals}\nresource \"aws_iam_policy\" \"p\" {{\n  name = \"p\"\n  policy = {document}\n}}\n"
    );
    unit(&[("main.tf", &main)])
}

#[test]
fn what_is_not_known_of_a_document_leaves_the_rest_of_it_certain() {
    let allow = |action: &str| format!("{{ Effect = \"Allow\", Action = {action}, Resource = \"*\" }}");
    let (all, get) = (allow("\"*\""), allow("\"s3:Get*\""));
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "",
            &format!("jsonencode({{ Statement = concat([{get}], var.x ? [{all}] : []) }})"),
            &["Allow s3:Get* []", "Allow * undecided [var.x]"],
        ),
        (
            "",
            &format!("jsonencode({{ Statement = [{}] }})", allow("var.x ? \"*\" : \"s3:*\"")),
            &["Allow *?,s3:*? []"],
        ),
        (
            "locals { actions = { a = \"*\", b = \"s3:*\" } }",
            &format!("jsonencode({{ Statement = [{}] }})", allow("local.actions[var.x]")),
            &["Allow *?,s3:*? []"],
        ),
        (
            "",
            "\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"${var.x ? \"*\" : \"s3:*\"}\\\"}]}\"",
            &["Allow * undecided [var.x]", "Allow s3:* undecided [not var.x]"],
        ),
        (
            "",
            "<<EOT\n{\"Statement\":[%{ if var.x }{\"Effect\":\"Allow\",\"Action\":\"*\"},%{ endif }{\"Effect\":\"Allow\",\"Action\":\"s3:*\"}]}\nEOT\n",
            &["Allow * undecided [var.x]", "Allow s3:* []"],
        ),
        (
            "data \"aws_iam_policy_document\" \"d\" {
              statement { actions = [\"s3:Get*\"] }
              dynamic \"statement\" {
                for_each = var.x ? [1] : []
                content { actions = [\"*\"] }
              }
              dynamic \"statement\" {
                for_each = var.x
                content { actions = [statement.value] }
              }
            }",
            "data.aws_iam_policy_document.d.json",
            &["Allow s3:Get* []", "Allow * undecided [var.x]", "Allow ${statement.value} undecided []"],
        ),
        (
            "",
            &format!(
                "jsonencode({{ Statement = [for a in [\"*\", var.x] : {} if a != \"y\"] }})",
                allow("a")
            ),
            &["Allow * []", "Allow  open undecided []"],
        ),
        (
            "",
            &format!("var.x ? jsonencode({{ Statement = [{all}] }}) : file(\"missing.json\")"),
            &["Allow * undecided [var.x]"],
        ),
    ];
    for (declarations, document, expected) in cases {
        let unit = policy(declarations, document);
        assert!(unit.diagnostics.is_empty(), "{document}: {:?}", unit.diagnostics);
        assert_eq!(statements(&unit), *expected, "{document}");
    }
}

/// A module with a local that contains the one before it twice, fifty times over.
fn doubled(start: &str, twice: &str) -> String {
    let locals = (1..=50).map(|n| format!("  l{n} = {}\n", twice.replace('@', &format!("local.l{}", n - 1))));
    format!(
        "locals {{\n  l0 = {start}\n{}}}\nresource \"aws_iam_user\" \"u\" {{\n  name = jsonencode(local.l50)\n}}\n",
        locals.collect::<String>()
    )
}

#[test]
fn what_would_take_too_much_is_given_up_and_said_so() {
    let range = "locals { r = range(1000) }\nresource \"aws_iam_user\" \"u\" {\n  name = [for a in local.r : [for b in local.r : [for c in local.r : c]]][0]\n}\n";
    let secret = "aws_iam_user.u.unique_id";
    for main in [
        doubled("[1]", "[@, @]"),
        doubled("\"xxxxxxxxxx\"", "\"${@}${@}\""),
        doubled("{}", "{ a = @, b = @ }"),
        doubled("[1]", "[for x in [@, @] : x]"),
        doubled(&format!("[{secret}]"), "[@, @]").replace("jsonencode", "length"),
        range.to_owned(),
        range.replace("name = ", "name = try(").replace("[0]", ", \"safe\")"),
        range.replace("name = ", "count = can(").replace("[0]", ") ? 1 : 0"),
        range.replace("name = ", "name = aws_iam_user.u.unique_id == \"\" ? \"safe\" : "),
        doubled("[\"xxxxxxxxxx\"]", "formatlist(\"%s%s\", @, @)").replace("jsonencode", "length"),
        "resource \"aws_iam_user\" \"u\" {\n  count = 1000000000000\n}\n".to_owned(),
    ] {
        let unit = unit(&[("main.tf", &main)]);
        assert!(codes(&unit).contains(&"budget-exceeded"), "{main}: {:?}", unit.diagnostics);
        assert_eq!(users(&unit).len(), 1);
    }
}

#[test]
fn a_file_outside_of_the_root_is_said_not_to_be_read() {
    let main = "resource \"aws_iam_user\" \"u\" {\n  name = file(\"/etc/hostname\")\n}\n";
    assert_eq!(codes(&unit(&[("main.tf", main)])), ["file-not-read"]);
}

#[test]
fn what_contradicts_itself_is_said_and_the_rest_is_read() {
    let main = [
        "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n",
        "resource \"aws_iam_user\" {\n}\nresource \"aws_iam_user\" \"a\" \"b\" {\n}\nvariable {\n}\n",
        "resource \"aws_iam_user\" \"u\" {\n  count = 1\n  for_each = {}\n  name = \"u${local.a}\"\n}\n",
    ];
    let unit = unit(&[("main.tf", &main.concat())]);
    let invalid = ["invalid-block"; 3];
    assert_eq!(
        codes(&unit),
        [&["duplicate-declaration"], invalid.as_slice(), &["invalid-for-each"]].concat()
    );
    assert_eq!(users(&unit), pairs(&[("aws_iam_user.u[0]", "u2")]));
}

#[test]
fn modules_that_call_without_end_are_given_up() {
    let call = |name: &str, dir: &str| format!("module \"{name}\" {{\n  source = \"{dir}\"\n}}\n");
    let user = "resource \"aws_iam_user\" \"u\" { name = \"u\" }\n";
    let own = unit(&[("main.tf", &(call("m", "./") + user))]);
    assert_eq!((codes(&own), users(&own).len()), (vec!["module-cycle"], 1));

    let deep: Vec<(String, String)> =
        (0..60).map(|n| (format!("m{n}/main.tf"), call("m", &format!("../m{}", n + 1)) + user)).collect();
    let last = ("m60/main.tf".to_owned(), user.to_owned());
    let files: Vec<(&str, &str)> =
        deep.iter().chain([&last]).map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(codes(&unit(&files)), ["module-too-deep"]);
}

#[test]
fn files_that_cannot_be_read_leave_the_others() {
    let files = MemoryFiles::new([
        ("latin.tf", b"resource \"aws_iam_user\" \"l\" { name = \"\xe9\" }\n".to_vec()),
        ("main.tf", b"resource \"aws_iam_user\" \"u\" { name = \"u\" }\n".to_vec()),
    ]);
    let sources = Sources::new(files);
    let terraform = Terraform::default();
    let candidates = ["latin.tf", "main.tf"].map(Candidate::found);
    let discovery = terraform.discover(&candidates, &sources);
    let unit = terraform.read(&discovery.units[0], &sources);
    assert_eq!((codes(&unit), users(&unit).len()), (vec!["unreadable"], 1));
}

#[test]
fn what_exists_under_a_condition_sees_only_what_is_there_under_it() {
    let unit = unit(&[(
        "main.tf",
        r#"
        variable "enabled" { type = bool }
        data "aws_iam_policy_document" "d" {
          count = var.enabled ? 1 : 0
          statement {
            actions   = ["s3:GetObject"]
            resources = ["*"]
          }
        }
        resource "aws_iam_user" "u" {
          count = var.enabled ? 1 : 0
          name  = join("", ["a", "lice"])
        }
        resource "aws_iam_user_policy" "p" {
          count  = var.enabled ? 1 : 0
          user   = join("", aws_iam_user.u[*].name)
          policy = join("", data.aws_iam_policy_document.d[*].json)
        }
        "#,
    )]);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    let grant = unit.model.grants.first().unwrap();
    let Granted::Inline { document, .. } = &grant.policy else { panic!("no inline policy") };
    assert_eq!(document.statements.len(), 1);
    assert!(document.problems.is_empty() && document.open.is_none());
}

#[test]
fn what_cannot_be_the_case_is_no_fault_of_a_dynamic_block() {
    let unit = unit(&[(
        "main.tf",
        r#"
        variable "stage" {}
        locals {
          stages = { live = { trusted = { type = "Service", names = ["ec2.amazonaws.com"] } }, dev = { trusted = null } }
          trusted = local.stages[var.stage].trusted
        }
        data "aws_iam_policy_document" "d" {
          statement {
            actions = ["sts:AssumeRole"]
            dynamic "principals" {
              for_each = local.trusted != null ? [local.trusted] : []
              content {
                type        = principals.value.type
                identifiers = principals.value.names
              }
            }
          }
        }
        resource "aws_iam_role" "r" {
          name               = "r"
          assume_role_policy = data.aws_iam_policy_document.d.json
        }
        "#,
    )]);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
}
