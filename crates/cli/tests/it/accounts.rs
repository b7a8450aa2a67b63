//! What the account that something is deployed in decides.

use crate::command::{directory, iamrail};

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}"#;

fn template() -> String {
    format!(
        r#"{{"Resources": {{"R": {{"Type": "AWS::IAM::Role", "Properties": {{"Description": "Lets people of this account look at things", "AssumeRolePolicyDocument": {TRUST}}}}}}}}}"#
    )
}

/// What is said of the trust in a whole account.
fn said(files: &[(&str, &[u8])], args: &[&str]) -> Vec<String> {
    let dir = directory(files);
    let run = iamrail(dir.path(), &[&["check", "--format", "json"], args].concat());
    let json = run.json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap().iter();
    let text = |value: &serde_json::Value, key: &str| value.get(key).unwrap().as_str().unwrap().to_owned();
    let of_trust = findings.filter(|one| text(one, "rule") == "open-role-trust");
    of_trust.map(|one| format!("{}: {}", text(one, "verdict"), text(one, "message"))).collect()
}

#[test]
fn the_account_of_the_caller_tells_whose_root_is_trusted() {
    let template = template();
    let files: [(&str, &[u8]); 1] = [("t.json", template.as_bytes())];
    let unknown = "undetermined: whether the role `R` trusts all of another account with `arn:aws:iam::111122223333:root` is not known";
    assert_eq!(said(&files, &[]).iter().filter(|one| one.starts_with(unknown)).count(), 1);
    assert_eq!(said(&files, &["--parameters", "AWS::AccountId=111122223333"]), [""; 0]);
    let other = "violated: the role `R` trusts all of another account with `arn:aws:iam::111122223333:root`";
    assert_eq!(said(&files, &["--parameters", "AWS::AccountId=444455556666"]), [other]);
}

#[test]
fn so_does_the_environment_of_a_stack_of_the_cdk() {
    let template = template();
    let in_account = |account: &str| {
        let manifest = format!(
            r#"{{"version": "36.0.0", "artifacts": {{"S": {{"type": "aws:cloudformation:stack", "environment": "aws://{account}/eu-west-1", "properties": {{"templateFile": "S.template.json"}}}}}}}}"#
        );
        let files: [(&str, &[u8]); 2] = [
            ("cdk.out/manifest.json", manifest.as_bytes()),
            ("cdk.out/S.template.json", template.as_bytes()),
        ];
        said(&files, &["cdk.out"])
    };
    assert_eq!(in_account("111122223333"), [""; 0]);
    let other =
        "violated: the role `S.R` trusts all of another account with `arn:aws:iam::111122223333:root`";
    assert_eq!(in_account("444455556666"), [other]);
    assert_eq!(in_account("unknown-account").len(), 1);
}

#[test]
fn so_does_the_stack_of_a_change_set() {
    let context = format!(r#"{{"Properties": {{"AssumeRolePolicyDocument": {TRUST}}}}}"#);
    let context = serde_json::Value::String(context).to_string();
    let of_stack = |account: &str| {
        let set = format!(
            r#"{{"StackId": "arn:aws:cloudformation:eu-west-1:{account}:stack/s/1", "Changes": [{{"Type": "Resource", "ResourceChange": {{"Action": "Add", "LogicalResourceId": "R", "ResourceType": "AWS::IAM::Role", "AfterContext": {context}}}}}]}}"#
        );
        let files: [(&str, &[u8]); 1] = [("set.json", set.as_bytes())];
        said(&files, &["set.json"])
    };
    assert_eq!(of_stack("111122223333"), [""; 0]);
    let other = "violated: the role `R` trusts all of another account with `arn:aws:iam::111122223333:root`";
    assert_eq!(of_stack("444455556666"), [other]);
}
