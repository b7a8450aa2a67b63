use super::*;
use crate::analysis::aws_managed;

fn faults_of(document: &Document, kind: PolicyKind) -> Vec<Fault> {
    let variables = Answer::from(document.version.as_str().as_deref() == Some("2012-10-17"));
    let statements = document.statements.iter().flat_map(|one| of_statement(one, kind, &variables));
    of_document(document, kind).into_iter().chain(statements).collect()
}

/// AWS has taken its own policies, whose sizes are not limited. Some of them name actions of the past, and few allow an action on
/// resources that it is not used with.
#[test]
fn of_the_policies_of_aws_none_is_refused_and_few_have_parts_without_effect() {
    let mut void = Vec::new();
    for policy in crate::catalog::managed_policies() {
        let (_, document) = aws_managed::document(&policy.arn("aws")).unwrap();
        for fault in faults_of(document, PolicyKind::Inline) {
            match fault.consequence {
                Consequence::Refused => panic!("{}: {}", policy.name(), fault.message),
                Consequence::Void => void.push((policy.name(), fault.message)),
                Consequence::Dated => {}
            }
        }
    }
    let are_of_reach = void.iter().all(|(_, message)| message.ends_with("so it allows nothing here"));
    assert!(are_of_reach && void.len() < 20, "{void:#?}");
}

#[test]
fn ten_thousand_statements_of_hundreds_of_wildcards_are_looked_through() {
    let pattern = "*a?".repeat(300);
    let statement = format!(
        "{{\"Effect\":\"Deny\",\"Action\":\"iam:{pattern}\",\"Resource\":\"arn:aws:iam::*:role/{pattern}\"}}"
    );
    let statements = vec![statement; 10_000].join(",");
    let document =
        Document::from_text(&format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}"));
    assert_eq!(document.statements.len(), 10_000);
    let faults = faults_of(&document, PolicyKind::Managed);
    assert_eq!(
        faults.iter().filter(|fault| fault.consequence == Consequence::Refused).count(),
        1,
        "its size"
    );
}
