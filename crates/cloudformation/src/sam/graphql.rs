//! The data sources of GraphQL APIs, each with a role of its own.

use iamrail_core::model::Guard;
use iamrail_core::value::Value;

use super::connector::{allowed, managed_policy};
use super::policies::Policies;
use super::role::{Role, absences};
use super::written::Pen;
use crate::eval::Stack;
use crate::resources::Instance;

/// A kind of data source.
struct Source {
    /// The property with the sources of this kind.
    property: &'static str,
    /// The type that the sources stand for.
    kind: &'static str,
    /// The property with the ARN of what is behind a source.
    arn: &'static str,
    suffix: &'static str,
    /// What the connector to it is called.
    connector: &'static str,
    /// What may be done unless the source says something else.
    permissions: &'static [&'static str],
}

static SOURCES: &[Source] = &[
    Source {
        property: "DynamoDb",
        kind: "AWS::DynamoDB::Table",
        arn: "TableArn",
        suffix: "DynamoDBDataSource",
        connector: "ToTableConnector",
        permissions: &["Read", "Write"],
    },
    Source {
        property: "Lambda",
        kind: "AWS::Lambda::Function",
        arn: "FunctionArn",
        suffix: "LambdaDataSource",
        connector: "ToLambdaConnector",
        permissions: &["Write"],
    },
];

/// The table behind a source that gives only its name.
const TABLE: &str = "arn:${AWS::Partition}:dynamodb:${Region}:${AWS::AccountId}:table/${TableName}";

/// The roles of the data sources that name none, with their policies.
pub(super) fn source_roles(stack: &Stack, api: &Instance) -> Vec<Instance> {
    let mut roles = Vec::new();
    for source in SOURCES {
        let sources = api.properties.get("DataSources").and_then(|sources| sources.get(source.property));
        for (name, properties) in sources.and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            let named = properties.get("ServiceRoleArn").cloned().unwrap_or_default();
            for guard in absences(&named) {
                roles.extend(role(stack, api, source, name, properties, guard));
            }
        }
    }
    roles
}

fn role(
    stack: &Stack,
    api: &Instance,
    source: &Source,
    name: &str,
    properties: &Value,
    guard: Guard,
) -> Vec<Instance> {
    let pen = Pen(properties.span.unwrap_or(api.declared.span));
    let region = |name: &str| match name {
        "Region" => {
            Some(properties.get("Region").cloned().unwrap_or_else(|| stack.pseudo("AWS::Region", pen.0)))
        }
        "TableName" => Some(properties.get("TableName").cloned().unwrap_or_default()),
        _ => None,
    };
    let table = || stack.substitute(TABLE, &region, pen.0);
    let arn = properties.get(source.arn).cloned().unwrap_or_else(table);
    let written = properties.get("Permissions").and_then(Value::as_list);
    let written: Vec<String> = written
        .into_iter()
        .flat_map(|list| list.items.iter().filter_map(|one| Some(one.as_str()?.into_owned())))
        .collect();
    let usual = || source.permissions.iter().map(|&one| one.to_owned()).collect();
    let permissions: Vec<String> = if written.is_empty() { usual() } else { written };
    let variable = |name: &str| (name == "Destination.Arn").then(|| arn.clone());
    let text = |pattern: &str| stack.substitute(pattern, &variable, pen.0);
    let profile = |permission: &String| {
        allowed(&format!("AWS::AppSync::DataSource {} source {permission}", source.kind), &text, pen)
    };
    let statements = permissions.iter().filter_map(profile).flatten().collect();
    let suffix = format!("{name}{}Role", source.suffix);
    let trust = pen.trust("appsync.amazonaws.com");
    let role = Role { owner: api, suffix: &suffix, trust, policies: Policies::default(), guard }.make();
    let policy = role.as_ref().map(|role| {
        let id = format!("{}{name}{}{}Policy", api.declared.subject, source.suffix, source.connector);
        managed_policy(role, &id, statements, role.itself.clone(), pen)
    });
    role.into_iter().chain(policy).collect()
}
