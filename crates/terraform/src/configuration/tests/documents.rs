//! Policy documents of which not everything is known.

use super::*;

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
