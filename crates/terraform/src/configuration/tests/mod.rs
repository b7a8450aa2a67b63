//! Whole configurations, from bytes to the model.

mod documents;
mod faults;
mod mentions;

use std::sync::Arc;

use iamrail_core::check::{Candidate, Environments, FrontEnd, Unit};
use iamrail_core::model::{Granted, Link};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::Terraform;

/// The units of a run over these files.
fn read(files: &[(&str, &str)]) -> Vec<(String, Unit)> {
    let files = MemoryFiles::new(files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())));
    let candidates: Vec<Candidate> = files.paths().map(|path| Candidate::found(Arc::from(path))).collect();
    let sources = Sources::new(files);
    let terraform = Terraform::default();
    let discovery = terraform.discover(&candidates, &Environments::default(), &sources);
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
