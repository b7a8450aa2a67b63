mod schema;

use std::sync::Arc;

use iamrail_core::check::{Candidate, Environments, FrontEnd, Unit};
use iamrail_core::model::{Grant, Granted, Link, Model, Principal, RoleForm, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources, Span};
use iamrail_core::value::{Kind, Value};

use crate::{CloudFormation, Options};

struct Case {
    sources: Sources,
    unit: Unit,
}

impl Case {
    fn new(text: &str) -> Self {
        Self::given(text, &[])
    }

    fn given(text: &str, parameters: &[(&str, &str)]) -> Self {
        let sources = Sources::new(MemoryFiles::new([("t.yaml", text)]));
        let parameters = parameters.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect();
        let front_end = CloudFormation::new(Options { parameters });
        let discovery = front_end.discover(&[Candidate::found("t.yaml")], &Environments::default(), &sources);
        let unit = front_end.read(discovery.units.first().expect("it is a template"), &sources);
        assert!(unit.diagnostics.iter().all(|one| !one.incomplete), "{:?}", unit.diagnostics);
        Self { sources, unit }
    }

    fn model(&self) -> &Model {
        &self.unit.model
    }

    fn at(&self, span: Span) -> String {
        self.sources.file(span.file).expect("it was loaded").slice(span).to_owned()
    }

    /// Every grant as `resource: principal <- policy when guard @ place`.
    fn grants(&self) -> Vec<String> {
        self.model().grants.iter().map(|grant| self.shown(grant)).collect()
    }

    fn shown(&self, grant: &Grant) -> String {
        let model = self.model();
        let principal = match &grant.principal {
            Principal::User(user) => link(&user.link, |id| Arc::clone(&model.users[id].declared.subject)),
            Principal::Group(group) => link(&group.link, |id| Arc::clone(&model.groups[id].declared.subject)),
            Principal::Role(role) => link(&role.link, |id| Arc::clone(&model.roles[id].declared.subject)),
        };
        let policy = match &grant.policy {
            Granted::Inline { name, document } => format!("{} ({})", text(name), document.statements.len()),
            Granted::InlineNamed(name) => text(name),
            Granted::Managed(policy) => {
                link(&policy.link, |id| Arc::clone(&model.policies[id].declared.subject))
            }
            _ => "?".to_owned(),
        };
        let guard = if grant.guard.is_always() { String::new() } else { format!(" when {}", grant.guard) };
        let open = if grant.undecided.is_some() { " perhaps" } else { "" };
        format!("{}: {principal} <- {policy}{guard}{open} @ {}", grant.declared.subject, self.at(grant.span))
    }
}

fn link<T>(link: &Link<T>, declared: impl Fn(iamrail_core::model::Id<T>) -> Arc<str>) -> String {
    match link {
        Link::Declared(id) => declared(*id).to_string(),
        Link::Named(name) => format!("named {name}"),
        Link::Unknown(unknown) => format!("unknown {}", unknown.what),
        _ => "nothing".to_owned(),
    }
}

fn text(value: &Value) -> String {
    match &value.kind {
        Kind::Text(text) => text.display(),
        _ => format!("{value:?}"),
    }
}

#[test]
fn users_carry_policies_groups_and_passwords() {
    let case = Case::new(
        "
Resources:
  Alice:
    Type: AWS::IAM::User
    Properties:
      UserName: alice
      Groups: [!Ref Admins, readers]
      LoginProfile: {Password: !Sub '{{resolve:ssm:pw}}'}
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/ReadOnlyAccess
        - !Ref Extra
      Policies:
        - PolicyName: inline
          PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}
      Tags: [{Key: Kind, Value: human}]
  Admins: {Type: AWS::IAM::Group}
  Extra:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: []}
      Groups: [!Ref Admins]
      Users: [alice]
",
    );
    assert_eq!(
        case.grants(),
        [
            "Alice: Alice <- inline (1) @ inline",
            "Alice: Alice <- named arn:aws:iam::aws:policy/ReadOnlyAccess @ arn:aws:iam::aws:policy/ReadOnlyAccess",
            "Alice: Alice <- Extra @ !Ref Extra",
            "Extra: Alice <- Extra @ alice",
            "Extra: Admins <- Extra @ !Ref Admins",
        ]
    );
    let model = case.model();
    let groups: Vec<_> = model
        .memberships
        .iter()
        .map(|one| link(&one.group.link, |id| Arc::clone(&model.groups[id].declared.subject)))
        .collect();
    assert_eq!(groups, ["Admins", "named readers"]);
    assert_eq!(model.login_profiles.len(), 1);
    let (_, user) = model.users.iter().next().expect("there is a user");
    assert_eq!(user.tags.get("Kind").and_then(Value::as_str).as_deref(), Some("human"));
    assert_eq!(case.at(user.declared.span), "Alice");
}

#[test]
fn policies_reach_everyone_they_list() {
    let case = Case::new(
        "
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  U: {Type: AWS::IAM::User}
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  P:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: p, PolicyDocument: {Statement: []}, Users: [!Ref U], Roles: [!Ref R], Groups: !Ref Names}
  UP: {Type: AWS::IAM::UserPolicy, Properties: {UserName: !Ref U, PolicyName: up, PolicyDocument: {Statement: []}}}
  RP: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref R, PolicyName: rp, PolicyDocument: {Statement: []}}}
  GP: {Type: AWS::IAM::GroupPolicy, Properties: {GroupName: g, PolicyName: gp, PolicyDocument: {Statement: []}}}
  Add: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: g, Users: [!Ref U]}}
",
    );
    assert_eq!(
        case.grants(),
        [
            "P: U <- p (0) @ !Ref U",
            "P: unknown Names <- p (0) perhaps @ !Ref Names",
            "P: R <- p (0) @ !Ref R",
            "UP: U <- up (0) @ !Ref U",
            "RP: R <- rp (0) @ !Ref R",
            "GP: named g <- gp (0) @ g",
        ]
    );
    assert_eq!(case.model().memberships.len(), 1);
}

#[test]
fn branches_are_checked_under_their_conditions() {
    let text = "
Parameters: {Stage: {Type: String, Default: dev}}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Not [!Condition Prod]
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns:
        - !If [Prod, 'arn:aws:iam::aws:policy/A', !Sub 'arn:${AWS::Partition}:iam::aws:policy/B']
        - !If [Dev, 'arn:aws:iam::aws:policy/C', !Ref AWS::NoValue]
  Only: {Type: AWS::IAM::User, Condition: Prod, Properties: {ManagedPolicyArns: [!If [Prod, a/A, a/B]]}}
";
    assert_eq!(
        Case::new(text).grants(),
        [
            "R: R <- named arn:aws:iam::aws:policy/A when Prod @ 'arn:aws:iam::aws:policy/A'",
            "R: R <- named arn:*:iam::aws:policy/B when not Prod @ !Sub 'arn:${AWS::Partition}:iam::aws:policy/B'",
            "R: R <- named arn:aws:iam::aws:policy/C when Dev @ 'arn:aws:iam::aws:policy/C'",
            "Only: Only <- named a/A when Prod @ a/A",
        ]
    );
    assert_eq!(Case::given(text, &[("Stage", "dev")]).grants().len(), 2);
    assert_eq!(Case::given(text, &[("Stage", "prod")]).model().users.len(), 1);
}

#[test]
fn a_policy_as_text_keeps_its_places() {
    let case = Case::new(
        "
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: !Sub |
        {
          \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:*\", \"Resource\": \"arn:${AWS::Partition}:s3:::b\"}]
        }
",
    );
    let (_, policy) = case.model().policies.iter().next().expect("there is a policy");
    let statement = policy.document.statements.first().expect("it has a statement");
    let action = statement.actions.items.first().expect("it has an action");
    assert_eq!(case.at(action.span.expect("it stands somewhere")), "\"iam:*\"");
}

#[test]
fn keys_flow_into_workloads() {
    let case = Case::new(
        "
Resources:
  U: {Type: AWS::IAM::User}
  K: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref U}}
  F:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt R.Arn
      Environment: {Variables: {ID: !Ref K, SECRET: !Sub 'x${K.SecretAccessKey}', PLAIN: a}}
  R: {Type: AWS::IAM::Role, Properties: {RoleName: named}}
  I:
    Type: AWS::EC2::Instance
    Metadata: {'AWS::CloudFormation::Init': {config: {files: {/root/.aws/credentials: {content: !Sub '${K.SecretAccessKey}'}}}}}
    Properties: {UserData: {'Fn::Base64': !Sub 'export A=${K}'}}
  T: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Environment: [{Name: A, Value: !Ref K}]}]}}
  C: {Type: Custom::Thing, Properties: {ServiceToken: x, Key: !Ref K}}
",
    );
    let model = case.model();
    let flows: Vec<_> = model
        .workloads
        .iter()
        .flat_map(|(_, workload)| workload.settings.iter().map(move |setting| (workload, setting)))
        .filter_map(|(workload, setting)| {
            let origin = setting.value.origins.iter().next()?;
            Some(format!("{} {}: {}.{}", workload.what, setting.name, origin.resource, origin.attribute))
        })
        .collect();
    assert_eq!(
        flows,
        [
            "Lambda function ID: K.Ref",
            "Lambda function SECRET: K.SecretAccessKey",
            "EC2 instance UserData: K.Ref",
            "EC2 instance content: K.SecretAccessKey",
            "ECS task definition A: K.Ref",
            "custom resource Key: K.Ref",
        ]
    );
    let roles = model.workloads.iter().map(|(_, one)| match &one.role {
        WorkloadRole::Role(role) => link(&role.link, |id| Arc::clone(&model.roles[id].declared.subject)),
        other => format!("{other:?}"),
    });
    assert_eq!(roles.collect::<Vec<_>>(), ["R", "Absent", "Absent", "NotAsked"]);
    assert!(model.access_keys.iter().all(|(_, key)| key.user.declared().is_some()));
}

#[test]
fn a_statement_under_a_condition_is_there_under_it() {
    let case = Case::new(
        "
Parameters: {Admin: {Type: String, AllowedValues: ['yes', 'no']}}
Conditions: {IsAdmin: !Equals [!Ref Admin, 'yes']}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - !If [IsAdmin, {Effect: Allow, Action: '*', Resource: '*'}, !Ref AWS::NoValue]
          - {Effect: Allow, Action: s3:GetObject, Resource: !Sub 'arn:aws:s3:::${AWS::AccountId}/*'}
",
    );
    let (_, policy) = case.model().policies.iter().next().expect("there is a policy");
    let guards: Vec<_> = policy.document.statements.iter().map(|one| one.guard.to_string()).collect();
    assert_eq!(guards, ["IsAdmin", ""]);
    assert_eq!(policy.document.version.as_str().as_deref(), Some("2012-10-17"));
}

#[test]
fn the_construct_of_the_cdk_is_named() {
    let case = Case::new(
        r#"{"Resources": {"R7A": {"Type": "AWS::IAM::Role", "Metadata": {"aws:cdk:path": "App/R/Resource"}, "Properties": {
            "ManagedPolicyArns": [{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AdministratorAccess"]]}]}}}}"#,
    );
    let (_, role) = case.model().roles.iter().next().expect("there is a role");
    assert_eq!(role.declared.construct.as_deref(), Some("App/R/Resource"));
    let grant = case.model().grants.first().expect("it has a policy");
    let Granted::Managed(policy) = &grant.policy else { panic!("it is a managed policy") };
    assert!(
        matches!(&policy.link, Link::Named(name) if &**name == "arn:*:iam::aws:policy/AdministratorAccess")
    );
}

#[test]
fn a_name_that_is_given_under_a_condition_makes_no_condition() {
    let case = Case::new(
        "
Parameters: {Name: {Type: String, Default: ''}}
Conditions: {Named: !Not [!Equals [!Ref Name, '']]}
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !If [Named, !Ref Name, !Ref AWS::NoValue]
      ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
  U: {Type: AWS::IAM::User, Properties: {UserName: !If [Named, a, b]}}
  P: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, PolicyDocument: {Statement: []}, Roles: [!Ref R]}}
  M:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: []}, Users: [!If [Named, !Ref U, !Ref AWS::NoValue], !Ref U]}
  I: {Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref F}}
  F: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}
",
    );
    assert_eq!(
        case.grants(),
        [
            "R: R <- named arn:aws:iam::aws:policy/ReadOnlyAccess @ arn:aws:iam::aws:policy/ReadOnlyAccess",
            "P: R <- p (0) @ !Ref R",
            "M: U <- M when Named @ !Ref U",
            "M: U <- M @ !Ref U",
        ]
    );
    let (role, _) = case.model().roles.iter().next().expect("there is a role");
    assert_eq!(case.model().workloads_of_role(role).count(), 1);
}

#[test]
fn exceptions_stand_in_metadata() {
    let case = Case::new(
        "
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  U:
    Type: AWS::IAM::User
    Condition: Prod
    Metadata:
      iamrail:
        exceptions:
          - {rule: [access-key, user-without-group], Reason: The appliance takes no role, Review_Date: 2027-01-31}
          - text
  B: {Type: AWS::S3::Bucket, Metadata: {iamrail: {exceptions: {rule: x}}}}
  C: {Type: AWS::S3::Bucket, Metadata: {iamrail: {Exception: {rule: y}}, other: {exceptions: []}}}
",
    );
    let shown: Vec<_> = case
        .model()
        .exceptions
        .iter()
        .map(|one| {
            let field = |name| one.written.get(name).map(text).unwrap_or_default();
            let (declared, at) = (&one.declared, case.at(one.span));
            format!("{} {} | {} | {at}", declared.subject, declared.guard, field("Review_Date"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "U Prod | 2027-01-31 | {rule: [access-key, user-without-group], Reason: The appliance takes no role, Review_Date: 2027-01-31}",
            "U Prod |  | text",
            "B  |  | {rule: x}",
            "C  |  | {rule: y}",
        ]
    );
}

#[test]
fn the_options_of_an_environment_name_its_instance_profile() {
    let case = Case::new(
        "
Resources:
  R: {Type: AWS::IAM::Role}
  P: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}
  E:
    Type: AWS::ElasticBeanstalk::Environment
    Properties:
      ApplicationName: a
      OptionSettings:
        - {Namespace: aws:autoscaling:launchconfiguration, OptionName: IamInstanceProfile, Value: !Ref P}
",
    );
    let (role, _) = case.model().roles.iter().next().expect("there is a role");
    let workloads: Vec<_> =
        case.model().workloads_of_role(role).map(|(one, _)| one.declared.subject.to_string()).collect();
    assert_eq!(workloads, ["E"]);
}

#[test]
fn a_role_that_the_serverless_transform_made_is_known_by_its_tag() {
    let case = Case::new(
        "
Resources:
  Made: {Type: AWS::IAM::Role, Properties: {Tags: [{Key: 'lambda:createdBy', Value: SAM}]}}
  Own: {Type: AWS::IAM::Role, Properties: {Tags: [{Key: createdBy, Value: SAM}]}}
",
    );
    let forms: Vec<_> = case.model().roles.iter().map(|(_, role)| role.form).collect();
    assert_eq!(forms, [RoleForm::Implicit, RoleForm::Declared]);
}

#[test]
fn the_roles_of_the_bootstrap_are_known_by_their_tag_or_name() {
    let case = Case::new(
        "
Parameters:
  Qualifier: {Type: String, Default: hnb659fds}
Resources:
  Lookup: {Type: AWS::IAM::Role, Properties: {Tags: [{Key: 'aws-cdk:bootstrap-role', Value: lookup}]}}
  Deploys:
    Type: AWS::IAM::Role
    Properties: {RoleName: !Sub 'cdk-${Qualifier}-cfn-exec-role-${AWS::AccountId}-${AWS::Region}'}
  Own: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'cdk-${AWS::AccountId}'}}
",
    );
    let forms: Vec<_> = case.model().roles.iter().map(|(_, role)| role.form).collect();
    assert_eq!(forms, [RoleForm::Implicit, RoleForm::Implicit, RoleForm::Declared]);
}

#[test]
fn properties_that_a_condition_chooses_as_a_whole_are_those_of_each_branch() {
    let case = Case::new(
        "
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  G:
    Type: AWS::IAM::Group
    Properties: !If [Prod, {GroupName: g, ManagedPolicyArns: [a/A]}, {ManagedPolicyArns: [a/B]}]
  P:
    Type: AWS::IAM::Policy
    Properties:
      Fn::If:
        - Prod
        - {PolicyName: p, PolicyDocument: {Statement: []}, Users: [u]}
        - !Ref AWS::NoValue
",
    );
    assert_eq!(
        case.grants(),
        [
            "G: G <- named a/A when Prod @ a/A",
            "G: G <- named a/B when not Prod @ a/B",
            "P: named u <- {Some(\"p\"), None} (0) when Prod @ u",
        ]
    );
}
