use std::sync::Arc;

use iamrail_core::check::{Candidate, Environments, FrontEnd, Unit};
use iamrail_core::model::{Granted, Link, Principal, RoleForm, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Text;

use super::policy_template;
use crate::CloudFormation;

mod events;

fn unit(text: &str) -> Unit {
    let text = format!("Transform: AWS::Serverless-2016-10-31\n{text}");
    let sources = Sources::new(MemoryFiles::new([("t.yaml", text)]));
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(&[Candidate::found("t.yaml")], &Environments::default(), &sources);
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
        let parameters: String =
            policy_template::needed(name).map(|needed| format!("{needed}: x, ")).collect();
        let unit = unit(&format!(
            "Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {{Policies: [{name}: {{{parameters}}}]}}}}}}\n"
        ));
        assert!(unit.diagnostics.is_empty(), "{name}");
        assert!(granted(&unit, "FRole").len() > 1, "{name}");
    }
}

#[test]
fn policies_that_the_transform_refuses_are_named() {
    let shape = "an element of `Policies` must be the name or ARN of a policy, a document with `Statement`, or one policy template";
    for (policies, expected) in [
        ("[NoSuchPolicy: {}]", &["`NoSuchPolicy` is no policy template of the serverless transform"][..]),
        ("[S3ReadPolicy: {Bucket: b}]", &["the policy template `S3ReadPolicy` lacks `BucketName`"]),
        ("[SESSendBouncePolicy: ]", &["the policy template `SESSendBouncePolicy` lacks `IdentityName`"]),
        ("[{PolicyName: p, PolicyDocument: {Statement: []}}]", &[shape]),
        ("[1]", &[shape]),
        ("[{}]", &[shape]),
        ("[[ReadOnlyAccess]]", &[shape]),
        ("''", &[]),
        ("ReadOnlyAccess", &[]),
        ("{S3ReadPolicy: {BucketName: b, Other: c}}", &[]),
    ] {
        let unit = unit(&format!(
            "Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {{Policies: {policies}}}}}}}\n"
        ));
        let messages: Vec<_> = unit.diagnostics.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, expected, "{policies}");
    }
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

/// The policies that connectors make, as `policy role action resource` and the conditions.
fn connected(unit: &Unit) -> Vec<String> {
    let model = &unit.model;
    let shown = |grant: &iamrail_core::model::Grant| match (&grant.principal, &grant.policy) {
        (Principal::Role(role), Granted::Managed(policy)) => {
            let policy = model.policies.get(policy.declared()?)?;
            let role = model.roles.get(role.declared()?)?;
            let statement = policy.document.statements.first()?;
            let action = statement.actions.items.first()?.text.display();
            let resource = statement.resources.as_ref()?.items.first()?.text.display();
            let (policy, role) = (&policy.declared.subject, &role.declared.subject);
            Some(format!("{policy} {role} {action} {resource} {}", grant.guard).trim_end().to_owned())
        }
        _ => None,
    };
    model.grants.iter().filter_map(shown).collect()
}

#[test]
fn a_connector_has_a_condition_of_its_own() {
    let unit = unit(
        "
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod], Dev: !Not [{Condition: Prod}]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: Prod
    Connectors:
      A: {Condition: Prod, Properties: {Destination: {Id: G}, Permissions: [Write]}}
      B: {Condition: Dev, Properties: {Destination: {Id: G}, Permissions: [Write]}}
  G:
    Type: AWS::Serverless::Function
    Connectors: {C: {Condition: Dev, Properties: {Destination: {Id: F}, Permissions: [Write]}}}
",
    );
    assert_eq!(
        connected(&unit),
        ["FAPolicy FRole lambda:InvokeAsync ${G.Arn} Prod", "GCPolicy GRole lambda:InvokeAsync ${F.Arn} Dev",]
    );
}

#[test]
fn a_rule_uses_the_role_of_the_target_that_is_written_like_the_destination() {
    let unit = unit(
        "
Resources:
  R: {Type: AWS::IAM::Role}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets:
        - {Arn: !GetAtt Other.Arn}
        - {Arn: !Sub 'arn:aws:events:${AWS::Region}:1:event-bus/default', RoleArn: !GetAtt R.Arn}
  C:
    Type: AWS::Serverless::Connector
    Properties:
      Source: {Id: Rule}
      Destination: {Type: AWS::Events::EventBus, Arn: !Sub 'arn:aws:events:${AWS::Region}:1:event-bus/default'}
      Permissions: [Write]
  Other: {Type: AWS::SQS::Queue}
",
    );
    assert_eq!(
        connected(&unit),
        ["CPolicy R events:PutEvents arn:aws:events:${AWS::Region}:1:event-bus/default"]
    );
}

#[test]
fn a_data_source_has_a_role_and_a_policy() {
    let unit = unit(
        "
Resources:
  Api:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      Auth: {Type: AWS_IAM}
      DataSources: {Lambda: {Code: {FunctionArn: !GetAtt F.Arn}}}
  F: {Type: AWS::Lambda::Function, Properties: {Role: some}}
",
    );
    assert_eq!(
        connected(&unit),
        [
            "ApiCodeLambdaDataSourceToLambdaConnectorPolicy ApiCodeLambdaDataSourceRole lambda:InvokeAsync ${F.Arn}"
        ]
    );
}

#[test]
fn events_start_the_alias_that_is_published_for_them() {
    let unit = unit(
        "
Resources:
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A}
      AutoPublishAlias: live
      UseAliasAsEventTarget: true
      Events: {Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
",
    );
    assert_eq!(granted(&unit, "MDailyRole"), ["states:StartExecution on ${MAliaslive}"]);
}

#[test]
fn the_schemas_of_records_are_looked_up_in_a_registry() {
    let unit = unit(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        K:
          Type: SelfManagedKafka
          Properties:
            SchemaRegistryConfig:
              SchemaRegistryURI: arn:aws:glue:eu-west-1:111122223333:registry/shop
              AccessConfigs: [{Type: BASIC_AUTH, URI: the-secret}]
",
    );
    assert_eq!(
        granted(&unit, "FRole"),
        [
            "secretsmanager:GetSecretValue on the-secret",
            "glue:GetRegistry on arn:aws:glue:eu-west-1:111122223333:registry/shop",
            "glue:GetSchemaVersion on arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/shop/*",
            "service-role/AWSLambdaBasicExecutionRole",
        ]
    );
}

#[test]
fn a_managed_policy_that_is_named_without_its_path_is_found() {
    let unit = unit(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [AWSLambdaRole, job-function/ViewOnlyAccess, ReadOnlyAccess]
",
    );
    assert_eq!(
        granted(&unit, "FRole"),
        [
            "service-role/AWSLambdaBasicExecutionRole",
            "service-role/AWSLambdaRole",
            "job-function/ViewOnlyAccess",
            "ReadOnlyAccess",
        ]
    );
}

#[test]
fn a_policy_of_a_function_is_found_where_it_stands() {
    let text = "Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
      - arn:aws:iam::aws:policy/AdministratorAccess
      - !Sub arn:${AWS::Partition}:iam::aws:policy/IAMFullAccess
      - AWSLambdaRole
";
    let sources = Sources::new(MemoryFiles::new([("t.yaml", text)]));
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(&[Candidate::found("t.yaml")], &Environments::default(), &sources);
    let unit = front_end.read(discovery.units.first().expect("it is a template"), &sources);
    let line = |span| sources.locate(span).map(|at| at.start.line);
    let lines: Vec<_> = unit.model.grants.iter().filter_map(|grant| line(grant.span)).collect();
    assert_eq!(lines, [3, 7, 8, 9]);
}
