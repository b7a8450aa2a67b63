//! State machines.

use iamrail_core::value::Value;

use super::event;
use super::policies::Policies;
use super::role::{Role, absences, or_made};
use super::written::Pen;
use crate::eval::{Stack, computed};
use crate::resources::{Instance, with_property};

/// The state machine, with the role that is made for it when it names none.
pub(super) fn state_machine(stack: &Stack, instance: Instance) -> Vec<Instance> {
    let id = format!("{}Role", instance.declared.subject);
    let pen = Pen(instance.declared.span);
    let named = instance.properties.get("Role").cloned().unwrap_or_default();
    let traced = instance.properties.get("Tracing").and_then(|tracing| tracing.get("Enabled"));
    let traced = traced.and_then(Value::as_bool) == Some(true);
    let mut made: Vec<Instance> = absences(&named)
        .into_iter()
        .filter_map(|guard| {
            let own = instance.properties.get("Policies").cloned().unwrap_or_default();
            let mut policies = Policies::read(stack, &own, &id);
            if traced {
                policies.aws_managed(stack, "AWSXrayWriteOnlyAccess", pen);
            }
            let trust = pen.trust("states.amazonaws.com");
            Role { owner: &instance, suffix: "Role", trust, policies, guard }.make()
        })
        .collect();
    let target = computed(&started(&instance), "Ref", instance.declared.span);
    made.extend(event::start_roles(stack, &instance, "states:StartExecution", &target, &starter));
    let role = or_made(&named, &computed(&id, "Arn", instance.declared.span));
    made.push(with_property(instance, "Role", role));
    made
}

/// The address of what events start: the state machine, or its alias when one is published for them.
fn started(instance: &Instance) -> String {
    let machine = &instance.declared.subject;
    let by_alias = instance.properties.get("UseAliasAsEventTarget").and_then(Value::as_bool) == Some(true);
    let alias = instance.properties.get("AutoPublishAlias").and_then(Value::as_str);
    match alias.filter(|_| by_alias) {
        Some(alias) => format!("{machine}Alias{alias}"),
        None => machine.to_string(),
    }
}

/// The service that starts a state machine for a type of event.
fn starter(kind: &str) -> Option<&'static str> {
    match kind {
        "Api" => Some("apigateway.amazonaws.com"),
        "CloudWatchEvent" | "EventBridgeRule" | "Schedule" => Some("events.amazonaws.com"),
        "ScheduleV2" => Some("scheduler.amazonaws.com"),
        _ => None,
    }
}
