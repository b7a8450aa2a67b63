//! Functions.

use std::sync::Arc;

use iamrail_core::value::{Kind, Value};

use super::event;
use super::policies::Policies;
use super::role::{Role, absences, or_made};
use super::service;
use super::written::Pen;
use crate::eval::{Stack, computed};
use crate::resources::{Instance, with_property};

/// The function, with the role that is made for it when it names none.
pub(super) fn function(stack: &Stack, instance: Instance) -> Vec<Instance> {
    let id = format!("{}Role", instance.declared.subject);
    let named = instance.properties.get("Role").cloned().unwrap_or_default();
    let mut made: Vec<Instance> = absences(&named)
        .into_iter()
        .filter_map(|guard| {
            let pen = Pen(instance.declared.span);
            let trust = instance.properties.get("AssumeRolePolicyDocument").cloned();
            let trust = trust.unwrap_or_else(|| pen.trust("lambda.amazonaws.com"));
            let policies = policies(stack, &instance, &id);
            Role { owner: &instance, suffix: "Role", trust, policies, guard }.make()
        })
        .collect();
    let target = invoked(&instance);
    made.extend(event::schedule_roles(stack, &instance, "lambda:InvokeFunction", &target));
    made.extend(service::deployment_role(stack, &instance));
    let role = or_made(&named, &computed(&id, "Arn", instance.declared.span));
    made.push(with_property(instance, "Role", role));
    made
}

/// What events invoke: the function, or its alias when one is published.
fn invoked(instance: &Instance) -> Value {
    let function = &instance.declared.subject;
    let alias = instance.properties.get("AutoPublishAlias").filter(|alias| !alias.is_null());
    match alias.and_then(Value::as_str) {
        Some(alias) => {
            // Logical ids have letters and digits alone.
            let letters = alias.replace('-', "D").replace('_', "U");
            computed(&format!("{function}Alias{letters}"), "Ref", instance.declared.span)
        }
        None if alias.is_some() => computed(&format!("{function}Alias"), "Ref", instance.declared.span),
        None => computed(function, "Arn", instance.declared.span),
    }
}

fn policies(stack: &Stack, instance: &Instance, role: &str) -> Policies {
    let pen = Pen(instance.declared.span);
    let property = |name: &str| instance.properties.get(name).filter(|value| !value.is_null());
    let mut policies = Policies::default();
    policies.aws_managed(
        stack,
        match property("DurableConfig") {
            Some(_) => "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
            None => "service-role/AWSLambdaBasicExecutionRole",
        },
        pen,
    );
    if property("Tracing").is_some_and(|tracing| tracing.as_str().as_deref() != Some("Disabled")) {
        policies.aws_managed(stack, "AWSXrayWriteOnlyAccess", pen);
    }
    if property("VpcConfig").is_some() {
        policies.aws_managed(stack, "service-role/AWSLambdaVPCAccessExecutionRole", pen);
    }
    if let Some(own) = property("Policies") {
        let own = Policies::read(stack, own, role);
        policies.managed.extend(own.managed);
        policies.inline.extend(own.inline);
    }
    if let Some(queue) = property("DeadLetterQueue") {
        policies.inline.extend(dead_letter_queue(queue, pen));
    }
    if let Some(destinations) =
        property("EventInvokeConfig").and_then(|config| config.get("DestinationConfig"))
    {
        for name in ["OnSuccess", "OnFailure"] {
            let prefix = format!("{}EventInvokeConfig{name}", instance.declared.subject);
            policies
                .inline
                .extend(destinations.get(name).and_then(|to| event::destination(stack, to, &prefix, pen)));
        }
    }
    event::add_policies(stack, instance, &mut policies);
    policies
}

fn dead_letter_queue(queue: &Value, pen: Pen) -> Option<Value> {
    let action = match queue.get("Type")?.as_str()?.as_ref() {
        "SQS" => "sqs:SendMessage",
        "SNS" => "sns:Publish",
        _ => return None,
    };
    let target = queue.get("TargetArn")?.clone();
    Some(pen.policy("DeadLetterQueuePolicy", vec![pen.allow([action], target)]))
}

/// The events of a function or state machine with their names.
pub(super) fn events(instance: &Instance) -> Vec<(Arc<str>, Value)> {
    let Some(Value { kind: Kind::Map(events), .. }) = instance.properties.get("Events") else {
        return Vec::new();
    };
    events.iter().map(|(name, event)| (Arc::clone(name), event.clone())).collect()
}
