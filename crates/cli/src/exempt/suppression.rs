//! The suppressions of other tools, and the rules that look for the same.

use std::sync::Arc;

use iamrail::cloudformation::{Metadata, metadata};
use iamrail::core::source::{SourceFile, Span, file_name};
use iamrail::core::value::Value;
use iamrail::terraform::read_comments;

/// A suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suppression {
    /// The tool: `checkov`.
    pub(super) tool: &'static str,
    /// What the tool calls the check.
    pub(super) check: String,
    /// Why, where the tool has it said.
    pub(super) reason: String,
    /// The resource that it stands at, by its address in the module or its logical id.
    pub(super) resource: Option<String>,
    /// The place of that resource.
    pub(super) around: Option<Span>,
    /// Where it stands.
    pub(super) span: Span,
}

/// The checks of other tools with the rules that look for the same.
const CHECKS: &[(&str, &[&str])] = &[
    // checkov
    ("CKV_AWS_1", &["unapproved-administrator", "broad-admin-policy", "wildcard-permission"]),
    ("CKV_AWS_40", &["user-direct-policy"]),
    ("CKV_AWS_41", &["embedded-access-key", "workload-static-credentials"]),
    ("CKV_AWS_45", &["embedded-access-key", "workload-static-credentials"]),
    ("CKV_AWS_46", &["embedded-access-key", "workload-static-credentials"]),
    ("CKV_AWS_49", &["wildcard-permission"]),
    ("CKV_AWS_62", &["unapproved-administrator", "broad-admin-policy", "wildcard-permission"]),
    ("CKV_AWS_63", &["wildcard-permission"]),
    ("CKV_AWS_109", &["wildcard-permission"]),
    ("CKV_AWS_110", &["privilege-escalation"]),
    ("CKV_AWS_111", &["wildcard-permission"]),
    ("CKV_AWS_274", &["unapproved-administrator", "broad-admin-policy"]),
    ("CKV_AWS_286", &["privilege-escalation"]),
    ("CKV_AWS_289", &["wildcard-permission"]),
    ("CKV_AWS_290", &["wildcard-permission"]),
    ("CKV_AWS_355", &["wildcard-permission"]),
    ("CKV_AWS_356", &["wildcard-permission"]),
    ("CKV2_AWS_40", &["unapproved-administrator", "privilege-escalation"]),
    // tfsec and trivy
    ("aws-iam-no-policy-wildcards", &["wildcard-permission"]),
    ("AVD-AWS-0057", &["wildcard-permission"]),
    ("aws-iam-no-user-attached-policies", &["user-direct-policy"]),
    ("AVD-AWS-0143", &["user-direct-policy"]),
    ("aws-iam-enforce-mfa", &["human-user-without-mfa"]),
    ("aws-iam-enforce-group-mfa", &["human-user-without-mfa"]),
    ("AVD-AWS-0123", &["human-user-without-mfa"]),
    // cfn_nag
    ("F3", &["wildcard-permission"]),
    ("F4", &["wildcard-permission"]),
    ("F5", &["wildcard-permission"]),
    ("F10", &["user-direct-policy"]),
    ("F11", &["user-direct-policy"]),
    ("F12", &["user-direct-policy"]),
    ("F2000", &["user-without-group"]),
    ("W11", &["wildcard-permission"]),
    ("W12", &["wildcard-permission"]),
    ("W13", &["wildcard-permission"]),
    ("W43", &["unapproved-administrator", "broad-admin-policy"]),
    // cfn-guard, by the names of its registry
    (
        "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
        &["unapproved-administrator", "broad-admin-policy", "wildcard-permission"],
    ),
    ("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", &["wildcard-permission"]),
    ("IAM_USER_NO_POLICIES_CHECK", &["user-direct-policy"]),
    ("IAM_USER_GROUP_MEMBERSHIP_CHECK", &["user-without-group"]),
];

impl Suppression {
    /// The rules that look for the same.
    pub(super) fn rules(&self) -> &'static [&'static str] {
        let check = self.check.trim_start_matches("AWS-");
        let found = CHECKS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&self.check) || known.eq_ignore_ascii_case(check));
        found.map_or(&[], |(_, rules)| *rules)
    }
}

/// The suppressions of a text, in its order.
pub(super) fn suppressions(file: &Arc<SourceFile>) -> Vec<Suppression> {
    let text = file.text();
    let name = file_name(file.path());
    let mut found = Vec::new();
    if name.ends_with(".tf") || name.ends_with(".tofu") {
        let marks = ["checkov:skip", "bridgecrew:skip", "tfsec:ignore", "trivy:ignore"];
        if marks.iter().any(|mark| text.contains(mark)) {
            for comment in read_comments(file) {
                let block = comment.block.as_ref().map(|(address, span)| (address.as_str(), *span));
                in_comment(file, comment.span, block, &mut found);
            }
        }
        return found;
    }
    let marks = ["checkov", "cfn_nag", "SuppressedRules"];
    if !marks.iter().any(|mark| text.contains(mark)) {
        return found;
    }
    let resources = metadata(file);
    for one in &resources {
        in_metadata(&one.resource, one.span, &one.value, &mut found);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        // Comments of YAML that speak to checkov; within a text they would do no harm either.
        if let Some(mark) = line.find("#").filter(|_| !name.ends_with(".json")) {
            let span = file.span(at + mark, at + line.trim_end().len());
            // A comment behind the last value of a resource is on its last line.
            let line = file.position(span.start).line;
            let last = |one: &&Metadata| line <= file.position(one.span.end).line;
            let around = resources.iter().find(|one| one.span.start <= span.start && last(one));
            in_comment(file, span, around.map(|one| (&*one.resource, one.span)), &mut found);
        }
        at += line.len();
    }
    found.sort_by_key(|one| one.span);
    found
}

/// `checkov:skip=ID:reason`, `tfsec:ignore:ID`, `trivy:ignore:ID:exp:DATE`.
fn in_comment(file: &SourceFile, span: Span, block: Option<(&str, Span)>, found: &mut Vec<Suppression>) {
    let text = file.slice(span);
    let resource = block.map(|(address, _)| address.to_owned());
    let around = block.map(|(_, around)| around);
    for mark in ["checkov:skip=", "bridgecrew:skip="] {
        let Some((_, rest)) = text.split_once(mark) else { continue };
        let line = rest.lines().next().unwrap_or_default().trim_end_matches("*/");
        let (check, reason) = line.split_once(':').unwrap_or((line, ""));
        found.push(Suppression {
            tool: "checkov",
            check: check.trim().to_owned(),
            reason: reason.trim().to_owned(),
            resource: resource.clone(),
            around,
            span,
        });
    }
    for word in text.split_whitespace() {
        let word = word.trim_start_matches(['#', '/', '*']);
        for (mark, tool) in [("tfsec:ignore:", "tfsec"), ("trivy:ignore:", "trivy")] {
            let Some(rest) = word.strip_prefix(mark) else { continue };
            let check = rest.split([':', '[']).next().unwrap_or_default();
            let resource = resource.clone();
            let (check, reason) = (check.to_owned(), String::new());
            found.push(Suppression { tool, check, reason, resource, around, span });
        }
    }
}

/// `checkov: {skip: [{id, comment}]}`, `cfn_nag: {rules_to_suppress: [{id, reason}]}`, `guard: {SuppressedRules: [NAME]}`.
fn in_metadata(resource: &str, around: Span, value: &Value, found: &mut Vec<Suppression>) {
    let lists = [
        ("checkov", "checkov", "skip", "comment"),
        ("cfn_nag", "cfn_nag", "rules_to_suppress", "reason"),
        ("cfn-guard", "guard", "SuppressedRules", "reason"),
    ];
    for (tool, section, key, reason) in lists {
        let list = value.get(section).and_then(|section| section.get(key)).and_then(Value::as_list);
        for item in list.into_iter().flat_map(|list| &list.items) {
            let text =
                |value: Option<&Value>| value.and_then(Value::as_str).map(|text| text.trim().to_owned());
            let Some(check) = text(Some(item)).or_else(|| text(item.get("id"))) else { continue };
            found.push(Suppression {
                tool,
                check,
                reason: text(item.get(reason)).unwrap_or_default(),
                resource: Some(resource.to_owned()),
                around: Some(around),
                span: item.span.unwrap_or(around),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iamrail::core::rules::RULES;
    use iamrail::core::source::{MemoryFiles, Sources};

    use super::{CHECKS, suppressions};

    fn found(path: &str, text: &str) -> Vec<(String, String, String)> {
        let sources = Sources::new(MemoryFiles::new([(path, text)]));
        let file = sources.load(path).unwrap();
        let shown = suppressions(&Arc::clone(&file)).into_iter();
        shown
            .map(|one| (format!("{} {}", one.tool, one.check), one.resource.unwrap_or_default(), one.reason))
            .collect()
    }

    fn expected(list: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
        list.iter().map(|(one, two, three)| ((*one).into(), (*two).into(), (*three).into())).collect()
    }

    #[test]
    fn every_check_is_one_of_rules_that_exist() {
        for (check, rules) in CHECKS {
            for rule in *rules {
                assert!(RULES.iter().any(|known| known.name == *rule), "{check}: {rule}");
            }
        }
    }

    #[test]
    fn comments_of_terraform_belong_to_the_block_around_or_below() {
        let text = "\
# tfsec:ignore:aws-iam-no-policy-wildcards tfsec:ignore:x
resource \"aws_iam_policy\" \"p\" {
  #checkov:skip=CKV_AWS_355: read only: really
  policy = \"#checkov:skip=CKV_AWS_1:no\" // trivy:ignore:AVD-AWS-0057:exp:2027-01-01
}

# trivy:ignore:AVD-AWS-0143

data \"aws_iam_policy_document\" \"d\" {
  # checkov:skip=CKV_AWS_356
}
";
        let list = [
            ("tfsec aws-iam-no-policy-wildcards", "aws_iam_policy.p", ""),
            ("tfsec x", "aws_iam_policy.p", ""),
            ("checkov CKV_AWS_355", "aws_iam_policy.p", "read only: really"),
            ("trivy AVD-AWS-0057", "aws_iam_policy.p", ""),
            ("trivy AVD-AWS-0143", "", ""),
            ("checkov CKV_AWS_356", "data.aws_iam_policy_document.d", ""),
        ];
        assert_eq!(found("main.tf", text), expected(&list));
    }

    #[test]
    fn metadata_and_comments_of_templates_belong_to_their_resource() {
        let text = "\
Resources:
  P:
    Type: AWS::IAM::Policy
    Metadata:
      cfn_nag: {rules_to_suppress: [{id: W12, reason: reads everything}]}
      checkov: {skip: [{id: CKV_AWS_111, comment: reads only}]}
      guard: {SuppressedRules: [IAM_USER_NO_POLICIES_CHECK]}
    Properties:
      PolicyName: !Sub x # checkov:skip=CKV_AWS_40:for now
";
        let list = [
            ("cfn_nag W12", "P", "reads everything"),
            ("checkov CKV_AWS_111", "P", "reads only"),
            ("cfn-guard IAM_USER_NO_POLICIES_CHECK", "P", ""),
            ("checkov CKV_AWS_40", "P", "for now"),
        ];
        assert_eq!(found("t.yaml", text), expected(&list));
    }
}
