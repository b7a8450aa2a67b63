//! The help of findings fits what is there already.

use crate::command::{directory, iamrail};

#[test]
fn a_policy_that_repeats_one_of_aws_beside_it_is_to_be_removed() {
    let helps = |policies: &str| {
        let template = format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n    \
             Properties:\n      Handler: index.handler\n      Runtime: nodejs20.x\n      InlineCode: x\n      \
             Policies:\n{policies}"
        );
        let dir = directory(&[
            ("template.yaml", template.as_bytes()),
            ("iamrail.yaml", b"custom_policy: strict\n"),
        ]);
        let json = iamrail(dir.path(), &["check", "--format", "json"]).json();
        let findings = json.pointer("/findings").unwrap().as_array().unwrap().clone();
        let of_rule = findings.iter().filter(|one| one.get("rule").unwrap() == "custom-policy");
        of_rule.map(|one| one.get("help").unwrap().as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let logs = "        - Version: '2012-10-17'\n          Statement:\n            - Effect: Allow\n              \
                Action: [logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents]\n              Resource: '*'\n";
    let rest = format!(
        "{logs}            - Effect: Allow\n              Action: sqs:SendMessage\n              Resource: arn:aws:sqs:us-east-1:111122223333:q\n"
    );
    let has = "whoever has it has that policy already";
    // The transform attaches AWSLambdaBasicExecutionRole to every function.
    assert_eq!(helps(logs), [format!("remove it: {has}")]);
    assert_eq!(helps(&rest), [format!("{has}: write a policy for the rest only")]);
    // Those of the transform's own templates are nobody's to change.
    assert_eq!(helps("        - S3ReadPolicy: {BucketName: b}\n"), [""; 0]);
}
