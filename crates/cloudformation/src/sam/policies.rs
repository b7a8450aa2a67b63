//! `Policies` of functions and state machines: names, ARNs, documents and policy templates in one list.

use std::sync::Arc;

use iamrail_core::catalog::{ManagedPolicy, managed_policy};
use iamrail_core::value::{Alternative, Choice, Kind, List, Value};

use super::policy_template;
use super::written::Pen;
use crate::eval::Stack;

/// The policies of a role.
#[derive(Debug, Default)]
pub(super) struct Policies {
    /// The ARNs of managed policies.
    pub(super) managed: Vec<Value>,
    /// Inline policies, as maps with `PolicyName` and `PolicyDocument`.
    pub(super) inline: Vec<Value>,
}

impl Policies {
    /// The policies in a property. `role` is the logical id of the role that gets them.
    pub(super) fn read(stack: &Stack, property: &Value, role: &str) -> Self {
        let mut policies = Self::default();
        let list = match &property.kind {
            Kind::Null => return policies,
            Kind::Text(text) if text.is_empty() => return policies,
            Kind::List(list) => list.items.iter().chain(None).cloned().collect(),
            _ => vec![property.clone()],
        };
        if let Kind::List(list) = &property.kind
            && let Some(open) = &list.open
        {
            policies.managed.push(Value::unknown(Arc::clone(open)).at(property.span));
        }
        for (index, item) in list.into_iter().enumerate() {
            check(stack, &item);
            policies.managed.extend(pick(&item, &|leaf| managed(stack, leaf)));
            let name = format!("{role}Policy{index}");
            policies.inline.extend(pick(&item, &|leaf| inline(stack, leaf, &name)));
        }
        policies
    }

    /// Adds an AWS-managed policy, given by what follows `policy/` in its ARN.
    pub(super) fn aws_managed(&mut self, stack: &Stack, name: &str, pen: Pen) {
        let arn = aws_managed(stack, &format!("/{name}"), &pen.text(name));
        let known = |one: &Value| one.as_text().map(|text| text.display());
        if !self.managed.iter().any(|one| known(one).is_some() && known(one) == known(&arn)) {
            self.managed.push(arn);
        }
    }
}

/// Says of an element what the transform refuses. Lists in lists are read all the same.
fn check(stack: &Stack, item: &Value) {
    for one in item.alternatives().into_iter().filter_map(|one| one.value) {
        let is_policy = match &one.kind {
            Kind::Text(_) | Kind::Unknown(_) => true,
            Kind::Map(map) => map.open.is_some() || map.get("Statement").is_some() || map.entries.len() == 1,
            _ => false,
        };
        if let Some(span) = one.span.or(item.span).filter(|_| !is_policy) {
            let message = "an element of `Policies` must be the name or ARN of a policy, a document with `Statement`, or one policy template";
            stack.wrong(span, message);
        }
    }
}

/// Picks from whatever a value can be; `None` when there is nothing to pick from any of it.
fn pick(value: &Value, leaf: &dyn Fn(&Value) -> Option<Value>) -> Option<Value> {
    let kind = match &value.kind {
        Kind::Choice(choice) => {
            let alternatives: Vec<_> = choice
                .alternatives
                .iter()
                .map(|one| Alternative {
                    guard: one.guard.clone(),
                    value: one.value.as_ref().and_then(|value| pick(value, leaf)),
                })
                .collect();
            if alternatives.iter().all(|one| one.value.is_none()) {
                return None;
            }
            Kind::Choice(Arc::new(Choice { alternatives, undecided: choice.undecided.clone() }))
        }
        Kind::List(list) => {
            let items: Vec<_> = list.items.iter().filter_map(|item| pick(item, leaf)).collect();
            if items.is_empty() {
                return None;
            }
            Kind::List(Arc::new(List::new(items, list.open.clone())))
        }
        _ => return leaf(value),
    };
    Some(Value { kind, ..value.clone() })
}

fn managed(stack: &Stack, value: &Value) -> Option<Value> {
    match &value.kind {
        Kind::Unknown(_) => Some(value.clone()),
        Kind::Text(_) => match value.as_str() {
            // A name stands for the AWS-managed policy that has it, whatever its path.
            Some(name) if !name.starts_with("arn:") && value.origins.is_empty() => {
                let path = managed_policy(&name).map_or("/", ManagedPolicy::path);
                Some(aws_managed(stack, &format!("{path}{name}"), value))
            }
            _ => Some(value.clone()),
        },
        _ => None,
    }
}

/// The ARN of an AWS-managed policy, given by what follows `policy` in it.
fn aws_managed(stack: &Stack, path: &str, at: &Value) -> Value {
    let Some(span) = at.span else { return at.clone() };
    stack.substitute(&format!("arn:${{AWS::Partition}}:iam::aws:policy{path}"), &|_| None, span)
}

fn inline(stack: &Stack, value: &Value, name: &str) -> Option<Value> {
    let map = value.as_map()?;
    let pen = Pen(value.span?);
    if map.get("Statement").is_some() {
        return Some(pen.map([("PolicyName", pen.text(name)), ("PolicyDocument", value.clone())]));
    }
    let (template, parameters) = map.iter().next().filter(|_| map.entries.len() == 1)?;
    let document = policy_template::document(stack, template, parameters, pen).unwrap_or_else(|| {
        stack.wrong(pen.0, format!("`{template}` is no policy template of the serverless transform"))
    });
    Some(pen.map([("PolicyName", pen.text(name)), ("PolicyDocument", document)]))
}
