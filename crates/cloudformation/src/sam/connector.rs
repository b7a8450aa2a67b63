//! Connectors: policies that let one resource reach another.

use std::sync::Arc;

use iamrail_core::model::Declared;
use iamrail_core::value::{Alternative, Choice, Kind, Part, Value};

use super::listing::{entry, statements};
use super::written::Pen;
use crate::eval::{Stack, computed};
use crate::resources::Instance;

static PROFILES: &str = include_str!("../../data/sam-connectors.txt");

/// The types that the transform knows by another name, with what it makes of them.
const TYPES: &[(&str, &str)] = &[
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
];

/// The types whose `Ref` is their ARN.
const REF_IS_ARN: &[&str] =
    &["AWS::AppSync::DataSource", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"];

/// The policies of a connector that is a resource of its own.
pub(super) fn connector(stack: &Stack, instance: &Instance) -> Vec<Instance> {
    let source = instance.properties.get("Source").cloned().unwrap_or_default();
    policies(stack, instance, &instance.declared.subject, &source, &instance.properties)
}

/// The policies of the connectors that are written in a resource.
pub(crate) fn embedded(stack: &Stack, instance: &Instance, id: &str, connectors: &Value) -> Vec<Instance> {
    let pen = Pen(instance.declared.span);
    let source = pen.map([("Id", pen.text(id))]);
    let mut made = Vec::new();
    for (name, connector) in connectors.as_map().into_iter().flat_map(|map| map.iter()) {
        let Some(properties) = connector.get("Properties") else { continue };
        let Some(owner) = under_its_condition(stack, instance, connector) else { continue };
        let address = format!("{}{name}", instance.declared.subject);
        made.extend(policies(stack, &owner, &address, &source, properties));
    }
    made
}

/// The resource as it is where a connector in it exists; `None` when that is nowhere.
fn under_its_condition(stack: &Stack, instance: &Instance, connector: &Value) -> Option<Instance> {
    let Some(condition) = connector.get("Condition") else { return Some(instance.clone()) };
    let Some(name) = condition.as_str() else { return Some(instance.clone()) };
    let mut declared = Declared::clone(&instance.declared);
    let span = condition.span.unwrap_or(declared.span);
    declared.guard = stack.guard_under(&name, span, &declared.guard)?;
    Some(Instance { declared: Arc::new(declared), ..instance.clone() })
}

fn policies(
    stack: &Stack,
    owner: &Instance,
    address: &str,
    source: &Value,
    properties: &Value,
) -> Vec<Instance> {
    let destination = properties.get("Destination").cloned().unwrap_or_default();
    let (destinations, is_list) = match &destination.kind {
        Kind::List(list) => (list.items.clone(), true),
        _ => (vec![destination], false),
    };
    let permissions = properties.get("Permissions").and_then(Value::as_list);
    let permissions: Vec<String> = permissions
        .into_iter()
        .flat_map(|list| list.items.iter().filter_map(|item| Some(item.as_str()?.into_owned())))
        .collect();
    let mut made = Vec::new();
    for (index, destination) in destinations.iter().enumerate() {
        let suffix = if is_list { format!("PolicyDestination{index}") } else { "Policy".to_owned() };
        let id = format!("{address}{suffix}");
        let pen = Pen(destination.span.unwrap_or(owner.declared.span));
        let ends = (End::of(stack, source, destination, pen), End::of(stack, destination, source, pen));
        if let (Some(source), Some(destination)) = ends {
            made.extend(policy(stack, owner, &id, (&source, &destination), &permissions, pen));
        }
    }
    made
}

/// One end of a connector.
struct End {
    kind: String,
    arn: Value,
    name: Value,
    role: Option<Value>,
}

impl End {
    fn of(stack: &Stack, reference: &Value, other: &Value, pen: Pen) -> Option<Self> {
        let Some(id) = reference.get("Id").and_then(Value::as_str) else {
            let written = |name: &str| reference.get(name).cloned();
            return Some(Self {
                kind: known(&reference.get("Type")?.as_str()?),
                arn: written("Arn").unwrap_or_default(),
                name: written("Name").unwrap_or_default(),
                role: written("RoleName"),
            });
        };
        let resource = stack.resources().get(&*id)?;
        let kind = known(&resource.kind);
        let arn = if REF_IS_ARN.contains(&kind.as_str()) { "Ref" } else { "Arn" };
        Some(Self {
            arn: stack.attribute(&id, arn, pen.0),
            name: stack.attribute(&id, "Name", pen.0),
            role: role(stack, &id, other, pen).map(|role| name_of(&role, pen)),
            kind,
        })
    }
}

fn known(kind: &str) -> String {
    TYPES.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, known)| known).to_owned()
}

/// The role of a resource: the one that a property names, or else the one that the transform makes.
fn role(stack: &Stack, id: &str, other: &Value, pen: Pen) -> Option<Value> {
    let resource = stack.resources().get(id)?;
    let scope = stack.scope(resource).unwrap_or_default();
    let properties = stack.properties(resource, &scope);
    let named = ["Role", "RoleArn", "ServiceRoleArn"].iter().find_map(|name| properties.get(name));
    match (&*resource.kind, named) {
        ("AWS::Events::Rule", _) => role_of_target(&properties, other),
        (_, Some(role)) => Some(role.clone()),
        (kind, None) if super::is_serverless(kind) => {
            Some(computed(&format!("{}Role", stack.id(id)), "Arn", pen.0))
        }
        _ => None,
    }
}

/// The name of a role that is given by its ARN, which is what a policy takes.
fn name_of(role: &Value, pen: Pen) -> Value {
    if let Kind::Choice(choice) = &role.kind {
        let alternatives = choice.alternatives.iter().map(|one| Alternative {
            guard: one.guard.clone(),
            value: one.value.as_ref().map(|role| name_of(role, pen)),
        });
        let choice = Choice { alternatives: alternatives.collect(), undecided: choice.undecided.clone() };
        return Value { kind: Kind::Choice(Arc::new(choice)), ..role.clone() };
    }
    if let Some(origin) = role.origins.exact().filter(|origin| &*origin.attribute == "Arn") {
        return computed(&origin.resource, "Ref", pen.0);
    }
    let name = role.as_text().and_then(|text| match text.parts().last()? {
        Part::Literal { text, .. } => text.rsplit_once('/'),
        Part::Hole(_) => None,
    });
    name.map_or_else(|| role.clone(), |(_, name)| pen.text(name))
}

/// A rule has a role for each of its targets.
fn role_of_target(rule: &Value, other: &Value) -> Option<Value> {
    let written = other.get("Arn");
    let text = |value: &Value| value.as_text().map(|text| text.display());
    let id = other.get("Id").and_then(Value::as_str);
    let origin = written.and_then(|arn| arn.origins.exact());
    let wanted = id.as_deref().or_else(|| origin.map(|origin| &*origin.resource));
    let is_it = |target: &&Value| {
        let Some(arn) = target.get("Arn") else { return false };
        let of = arn.origins.exact().and_then(|origin| origin.resource.rsplit('.').next());
        (of.is_some() && of == wanted.and_then(|wanted| wanted.rsplit('.').next()))
            || written.is_some_and(|written| text(written).is_some() && text(written) == text(arn))
    };
    rule.get("Targets")?.as_list()?.items.iter().find(is_it)?.get("RoleArn").cloned()
}

/// What a profile allows: types of source and destination, which of them has the role, kind of access.
pub(super) fn allowed(profile: &str, text: &dyn Fn(&str) -> Value, pen: Pen) -> Option<Vec<Value>> {
    let lines = entry(PROFILES, |line| line == profile)?;
    Some(statements(lines, text, pen))
}

fn policy(
    stack: &Stack,
    owner: &Instance,
    id: &str,
    (source, destination): (&End, &End),
    permissions: &[String],
    pen: Pen,
) -> Option<Instance> {
    let variable = |name: &str| match name {
        "Source.Arn" => Some(source.arn.clone()),
        "Destination.Arn" => Some(destination.arn.clone()),
        "Destination.Name" => Some(destination.name.clone()),
        _ => None,
    };
    let text = |pattern: &str| stack.substitute(pattern, &variable, pen.0);
    let mut allowed = Vec::new();
    let mut role = None;
    for permission in permissions {
        for (end, name) in [(source, "source"), (destination, "destination")] {
            let wanted = format!("{} {} {name} {permission}", source.kind, destination.kind);
            if let Some(statements) = self::allowed(&wanted, &text, pen) {
                allowed.extend(statements);
                role = end.role.clone();
            }
        }
    }
    Some(managed_policy(owner, id, allowed, role?, pen))
}

/// The managed policy of a connector, which belongs to a resource and is given to a role.
pub(super) fn managed_policy(
    owner: &Instance,
    id: &str,
    statements: Vec<Value>,
    role: Value,
    pen: Pen,
) -> Instance {
    let document = [("Version", pen.text("2012-10-17")), ("Statement", pen.list(statements))];
    let properties = pen.map([("PolicyDocument", pen.map(document)), ("Roles", pen.list(vec![role]))]);
    let mut declared = Declared::new(id, "AWS::IAM::ManagedPolicy", pen.0);
    declared.calls.clone_from(&owner.declared.calls);
    declared.construct.clone_from(&owner.declared.construct);
    declared.guard = owner.declared.guard.clone();
    Instance {
        declared: Arc::new(declared),
        properties,
        metadata: Value::null(),
        itself: computed(id, "Ref", pen.0),
        is_implicit: true,
    }
}
