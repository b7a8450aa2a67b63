//! The serverless transform, as far as IAM and workloads are concerned: the roles that it makes up, and what they may do.
//!
//! Nine of ten functions have no role of their own in the template: the one that the transform makes counts.

mod connector;
mod event;
mod function;
mod globals;
mod graphql;
mod listing;
mod policies;
mod policy_template;
mod role;
mod service;
mod state_machine;
mod written;

pub(crate) use connector::embedded;

use crate::eval::{Scope, Stack};
use crate::resources::Instance;
use crate::template::Resource;

/// The start of the types that the transform knows.
const PREFIX: &str = "AWS::Serverless::";

/// Whether a type is one of the transform.
pub(crate) fn is_serverless(kind: &str) -> bool {
    kind.starts_with(PREFIX)
}

/// The resources that the transform makes of one, `resource` being how it is written, those with a meaning for IAM. Any other resource stays as it is.
pub(crate) fn expand(stack: &Stack, resource: &Resource, instance: Instance, scope: &Scope) -> Vec<Instance> {
    let Some(kind) = instance.declared.kind.strip_prefix(PREFIX) else { return vec![instance] };
    let section = kind.to_owned();
    let instance = globals::merged(stack, resource, &section, instance, scope);
    match section.as_str() {
        "Connector" => connector::connector(stack, &instance),
        "Function" => function::function(stack, instance),
        "StateMachine" => state_machine::state_machine(stack, instance),
        kind => service::service(stack, kind, instance),
    }
}

#[cfg(test)]
mod tests;
