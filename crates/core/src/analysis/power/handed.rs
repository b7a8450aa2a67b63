//! The power that a document hands out by itself.

use std::sync::Arc;

use super::near::{may_be_near, near_administration};
use crate::analysis::administration::{Administration, Grounds, administration_of, has_say};
use crate::analysis::aws_managed::Power;
use crate::analysis::bearer::Bearer;
use crate::model::{Case, Deployment, Guard, Model};
use crate::policy::{Document, Statement};
use crate::source::Span;
use crate::value::Unknown;

/// The power that a document hands out.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Handed {
    pub(super) power: Result<Power, Arc<Unknown>>,
    pub(super) how: &'static str,
    pub(super) span: Option<Span>,
}

/// Deployments that have the same power from different places of one document are one case.
impl PartialEq for Handed {
    fn eq(&self, other: &Self) -> bool {
        self.power == other.power && self.how == other.how
    }
}

/// What a document hands out in every deployment in which something is granted.
pub(super) fn cases(model: &Model, document: &Document, assumed: &Guard) -> Vec<Case<Option<Handed>>> {
    // Most documents hand out nothing, whatever is deployed, and most of these speak of nothing that would be power.
    let speaks_of_power = |statement: &Statement| has_say(statement) || may_be_near(statement);
    let is_silent = document.open.is_none() && !document.statements.iter().any(speaks_of_power);
    if is_silent || handed(&document.deployed(&Deployment::default(), None)).is_none() {
        return Vec::new();
    }
    let document = document.with_statements(speaks_of_power);
    let judge = |deployment: &Deployment| handed(&document.deployed(deployment, None));
    model.conditions.cases(assumed, document.guards(), judge)
}

/// Whether a document hands out power, or may.
pub(in crate::analysis) fn hands_out_power(document: &Document) -> bool {
    handed(document).is_some()
}

/// What a document hands out to whoever has it.
pub(super) fn handed(document: &Document) -> Option<Handed> {
    handed_to(document, &Bearer::anyone())
}

/// What a document hands out to someone.
pub(super) fn handed_to(document: &Document, bearer: &Bearer) -> Option<Handed> {
    match administration_of(&[document], bearer) {
        Administration::Yes(Grounds { how, spans }) => {
            Some(Handed { power: Ok(Power::Administration), how, span: spans.first().copied() })
        }
        Administration::Unless(unknown) | Administration::Perhaps(unknown) => {
            Some(Handed { power: Err(unknown), how: "", span: None })
        }
        Administration::No => near_administration(document, bearer),
    }
}

#[cfg(test)]
mod tests {
    use super::handed;
    use crate::analysis::aws_managed::{self, Power};
    use crate::policy::Document;

    #[test]
    fn a_deny_of_everything_leaves_no_power() {
        let read = |deny: &str| {
            let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
            let deny = format!(r#"{{"Effect": "Deny", {deny}}}"#);
            handed(&Document::from_text(&format!(r#"{{"Statement": [{allow}, {deny}]}}"#)))
        };
        assert!(read(r#""Action": "*", "Resource": "*""#).is_none());
        assert!(read(r#""Action": "iam:*", "Resource": "*""#).is_some());
    }

    #[test]
    fn what_a_deny_takes_away_is_no_power() {
        let how = |allow: &str, deny: &str| {
            let text = format!(
                r#"{{"Statement": [{{"Effect": "Allow", {allow}, "Resource": "*"}}, {{"Effect": "Deny", {deny}, "Resource": "*"}}]}}"#
            );
            handed(&Document::from_text(&text)).map(|handed| handed.how)
        };
        let (all, but) = (r#""Action": "*""#, r#""NotAction": "iam:*""#);
        for (allow, deny, expected) in [
            (r#""Action": "kms:*""#, r#""Action": "kms:*""#, None),
            (
                r#""Action": "kms:*""#,
                r#""Action": ["kms:PutKeyPolicy", "kms:CreateGrant", "kms:R*Grant"]"#,
                None,
            ),
            (
                r#""Action": "kms:*""#,
                r#""Action": "kms:ScheduleKeyDeletion""#,
                Some("allows every action of KMS but those that a Deny takes away"),
            ),
            (r#""Action": "organizations:*""#, r#""NotAction": "organizations:Describe*""#, None),
            (but, r#""NotAction": "s3:*""#, None),
            (but, r#""Action": "s3:*""#, Some("allows everything but the actions that it names")),
            (but, r#""NotAction": "kms:*""#, Some("allows every action of KMS, key policies included")),
            (all, r#""Action": "iam:*""#, Some("allows every action but those that a Deny takes away")),
            (all, r#""Action": ["iam:*", "*"]"#, None),
            (
                r#""Action": "iam:*""#,
                r#""Action": ["iam:Put*", "iam:Attach*"]"#,
                Some("allows every action of IAM but those that a Deny takes away"),
            ),
        ] {
            assert_eq!(how(allow, deny), expected, "{allow} without {deny}");
        }
    }

    #[test]
    fn of_the_policies_of_aws_few_hand_out_administration() {
        let mut administrative = Vec::new();
        let mut near = Vec::new();
        let mut open = Vec::new();
        for policy in crate::catalog::managed_policies() {
            let Some((_, document)) = aws_managed::document(&policy.arn("aws")) else {
                panic!("{}", policy.name())
            };
            assert!(document.problems.is_empty(), "{}: {:?}", policy.name(), document.problems);
            match handed(document).map(|handed| handed.power) {
                Some(Ok(Power::Administration)) => administrative.push(policy.name()),
                Some(Ok(Power::NearAdministration)) => near.push(policy.name()),
                Some(Err(_)) => open.push(policy.name()),
                None => {}
            }
        }
        assert_eq!(administrative, ["AdministratorAccess", "IAMFullAccess"]);
        assert_eq!(near, ["AIDevOpsAgentActionsPolicy", "AWSOrganizationsFullAccess", "PowerUserAccess"]);
        assert_eq!(open, [""; 0]);
    }
}
