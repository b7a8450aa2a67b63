use std::sync::Arc;

use iamrail_core::check::{Candidate, FrontEnd, Unit};
use iamrail_core::model::{Granted, Link, Principal, RoleForm, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Text;

use super::policy_template;
use crate::CloudFormation;

fn unit(text: &str) -> Unit {
    let text = format!("Transform: AWS::Serverless-2016-10-31\n{text}");
    let sources = Sources::new(MemoryFiles::new([("t.yaml", text)]));
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(&[Candidate::found("t.yaml")], &sources);
    front_end.read(discovery.units.first().expect("it is a template"), &sources)
}

/// The policies of a role, managed ones by name, inline ones by their actions on resources.
fn granted(unit: &Unit, role: &str) -> Vec<String> {
    let model = &unit.model;
    let mut granted = Vec::new();
    for grant in &model.grants {
        let Principal::Role(to) = &grant.principal else { continue };
        let Link::Declared(id) = to.link else { continue };
        if &*model.roles[id].declared.subject != role {
            continue;
        }
        let guard = if grant.guard.is_always() { String::new() } else { format!(" when {}", grant.guard) };
        match &grant.policy {
            Granted::Managed(policy) => {
                let name = match &policy.link {
                    Link::Named(name) => name.rsplit(":policy/").next().unwrap_or_default().to_owned(),
                    Link::Unknown(unknown) => unknown.what.to_string(),
                    _ => "?".to_owned(),
                };
                granted.push(format!("{name}{guard}"));
            }
            Granted::Inline { document, .. } => {
                let list = |items: &[iamrail_core::policy::Element]| {
                    let shown: Vec<_> = items.iter().map(|item| Text::display(&item.text)).collect();
                    shown.join(" ")
                };
                for one in &document.statements {
                    let on = one.resources.as_ref().map(|on| list(&on.items)).unwrap_or_default();
                    granted.push(format!("{} on {on}{guard}", list(&one.actions.items)));
                }
                assert!(document.problems.is_empty(), "{:?}", document.problems);
            }
            _ => {}
        }
    }
    granted
}

#[test]
fn a_function_without_role_gets_one() {
    let unit = unit(
        "
Globals:
  Function:
    Tracing: Active
    Environment: {Variables: {A: global, B: global}}
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {B: own}}
      VpcConfig: {SubnetIds: [a]}
      Policies:
        - AmazonS3FullAccess
        - arn:aws:iam::aws:policy/AdministratorAccess
        - !If [Prod, AWSLambda_FullAccess, !Ref AWS::NoValue]
        - Statement: [{Effect: Allow, Action: 'iam:*', Resource: '*'}]
        - DynamoDBReadPolicy: {TableName: !Ref Table}
      Events:
        Q: {Type: SQS, Properties: {Queue: !GetAtt Table.Arn}}
        T: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
  Other: {Type: AWS::Serverless::Function, Properties: {Role: !GetAtt FRole.Arn}}
",
    );
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    let table = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}";
    assert_eq!(
        granted(&unit, "FRole"),
        [
            "iam:* on *".to_owned(),
            format!(
                "dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable on {table} {table}/index/*"
            ),
            "service-role/AWSLambdaBasicExecutionRole".to_owned(),
            "AWSXrayWriteOnlyAccess".to_owned(),
            "service-role/AWSLambdaVPCAccessExecutionRole".to_owned(),
            "AmazonS3FullAccess".to_owned(),
            "AdministratorAccess".to_owned(),
            "AWSLambda_FullAccess when Prod".to_owned(),
            "service-role/AWSLambdaSQSQueueExecutionRole".to_owned(),
        ]
    );
    assert_eq!(granted(&unit, "FTRole"), ["lambda:InvokeFunction on ${F.Arn}"]);
    let model = &unit.model;
    assert!(model.roles.iter().all(|(_, role)| role.form == RoleForm::Implicit));
    let workloads: Vec<_> = model
        .workloads
        .iter()
        .map(|(_, one)| {
            let role = match &one.role {
                WorkloadRole::Role(role) => {
                    role.declared().map(|id| Arc::clone(&model.roles[id].declared.subject))
                }
                _ => None,
            };
            let settings: Vec<_> =
                one.settings.iter().map(|one| format!("{}={:?}", one.name, one.value)).collect();
            format!("{} {}", role.as_deref().unwrap_or_default(), settings.join(" "))
        })
        .collect();
    assert_eq!(workloads, ["FRole A=\"global\" B=\"own\"", "FRole A=\"global\" B=\"global\""]);
}

#[test]
fn a_role_that_may_be_missing_is_made_where_it_is() {
    let unit = unit(
        "
Parameters: {Own: {Type: String}}
Conditions: {HasOwn: !Not [!Equals [!Ref Own, '']]}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Role: !If [HasOwn, !Ref Own, !Ref AWS::NoValue]}}
",
    );
    let guards: Vec<_> = unit.model.roles.iter().map(|(_, role)| role.declared.guard.to_string()).collect();
    assert_eq!(guards, ["not HasOwn"]);
}

#[test]
fn a_state_machine_gets_a_role_and_so_do_its_events() {
    let unit = unit(
        "
Resources:
  F: {Type: AWS::Serverless::Function}
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A}
      Policies: [LambdaInvokePolicy: {FunctionName: !Ref F}]
      Events: {Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
",
    );
    let invoke = "lambda:InvokeFunction on arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${F}*";
    assert_eq!(granted(&unit, "MRole"), [invoke]);
    assert_eq!(granted(&unit, "MDailyRole"), ["states:StartExecution on ${M}"]);
}

#[test]
fn every_policy_template_can_be_read() {
    assert!(policy_template::names().count() > 80);
    for name in policy_template::names() {
        let unit = unit(&format!(
            "Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {{Policies: [{name}: {{}}]}}}}}}\n"
        ));
        assert!(unit.diagnostics.is_empty(), "{name}");
        assert!(granted(&unit, "FRole").len() > 1, "{name}");
    }
}

#[test]
fn an_unknown_policy_template_is_named() {
    let unit = unit(
        "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Policies: [NoSuchPolicy: {}]}}}\n",
    );
    let messages: Vec<_> = unit.diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(messages, ["`NoSuchPolicy` is no policy template of the serverless transform"]);
}

#[test]
fn connectors_give_policies_to_roles() {
    let unit = unit(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Connectors: {ToBucket: {Properties: {Destination: {Id: B}, Permissions: [Write]}}}
  G: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt R.Arn}}
  R: {Type: AWS::IAM::Role}
  B: {Type: AWS::S3::Bucket}
  Q: {Type: AWS::SQS::Queue}
  C:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: Q}, Destination: [{Id: G}], Permissions: [Read]}
",
    );
    let model = &unit.model;
    let given: Vec<_> = model
        .grants
        .iter()
        .filter_map(|grant| match (&grant.principal, &grant.policy) {
            (Principal::Role(role), Granted::Managed(policy)) => {
                let policy = model.policies.get(policy.declared()?)?;
                let role = model.roles.get(role.declared()?)?;
                let actions = &policy.document.statements.first()?.actions.items;
                let action = actions.first()?.text.display();
                Some(format!("{} {} {action}", policy.declared.subject, role.declared.subject))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        given,
        ["FToBucketPolicy FRole s3:AbortMultipartUpload", "CPolicyDestination0 R sqs:ReceiveMessage"]
    );
}
