//! `FindInMap`.

use std::sync::Arc;

use iamrail_core::model::{Formula, Guard};
use iamrail_core::value::{Alternative, Kind, Reason, Text, Unknown, Value};

use super::call::Call;
use super::distribute::{choose, distribute};
use super::equality::only_variable;
use super::variable::both;
use super::{Scope, Stack};
use crate::tree::{Entry, Node, truth};

/// How many entries of a mapping are followed when a key is not known.
const MOST_ENTRIES: usize = 64;

impl Stack {
    pub(super) fn find_in_map(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let arguments = call.arguments();
        let (keys, default) = match arguments.as_deref() {
            Some([map, top, second]) => ([*map, *top, *second], None),
            Some([map, top, second, options]) => ([*map, *top, *second], options.get("DefaultValue")),
            _ => {
                let message = "`FindInMap` takes a list of a mapping, a top-level key and a second-level key";
                return self.wrong(call.span, message);
            }
        };
        let inputs: Vec<Option<Value>> = keys.map(|key| self.evaluate(key, scope)).into();
        // Of keys that are not known some may be wrong, which is nobody's fault: nothing is deployed with them.
        let unknown = inputs.iter().flatten().find_map(Value::unknown_part).cloned();
        let is_one_of_many = inputs.iter().flatten().any(|key| matches!(key.kind, Kind::Choice(_)));
        let default = default.and_then(|default| self.evaluate(default, scope));
        distribute(inputs, &|inputs| {
            let [Some(map), Some(top), Some(second)] = inputs.as_slice() else { return Value::null() };
            if map.sensitive {
                return self.wrong(call.span, "the mapping of `FindInMap` must not be a secret");
            }
            let Some(name) = key(map) else {
                return self.undetermined(map, call.span, "the mapping of `FindInMap`");
            };
            let Some(&mapping) = self.template.mappings.get(name.as_str()) else {
                return match (&default, &unknown) {
                    (Some(default), _) => default.clone(),
                    (None, Some(unknown)) => Value::unknown(Arc::clone(unknown)),
                    (None, None) if self.may_declare_more() => Value::unknown(self.unread()),
                    (None, None) if is_one_of_many => Value::null(),
                    (None, None) => self.wrong(call.span, format!("there is no mapping `{name}`")),
                };
            };
            let mapping = self.template.node(mapping);
            let mut found = Vec::new();
            for (outer, top) in self.candidates(mapping, top, scope) {
                let inner = self.candidates(top.value, second, scope).into_iter();
                found.extend(inner.filter_map(|(guard, entry)| Some((both(&outer, &guard)?, entry.value))));
            }
            if found.is_empty() && default.is_none() && !is_partial(mapping) {
                match &unknown {
                    Some(unknown) => return Value::unknown(Arc::clone(unknown)),
                    None if is_one_of_many => return Value::null(),
                    None => {}
                }
            }
            let all_known = [top, second].into_iter().all(|one| key(one).is_some());
            if is_partial(mapping) && (found.is_empty() || !all_known) {
                return Value::unknown(self.unread());
            }
            let open = [top, second].into_iter().filter(|one| key(one).is_none());
            let open = open.flat_map(Value::unknown_part).next().cloned();
            self.found(found, open, default.as_ref(), [map, top, second], call, scope)
        })
    }

    /// The entries that a key can mean, each with the conditions under which it does: one when it is known, otherwise all.
    fn candidates<'t>(&self, mapping: Node<'t>, value: &Value, scope: &Scope) -> Vec<(Guard, Entry<'t>)> {
        if let Some(key) = key(value) {
            let is_meant =
                |entry: &Entry<'_>| matches!(value.kind, Kind::Bool(is) if truth(entry.key) == Some(is));
            let entry = mapping.find(&key).or_else(|| mapping.entries()?.find(is_meant));
            return entry.map(|entry| (Guard::always(), entry)).into_iter().collect();
        }
        let is_given = |text: &&Text| {
            let mut reasons = text.holes().map(|hole| hole.unknown.reason);
            reasons.all(|reason| matches!(reason, Reason::NoValue | Reason::Environment | Reason::Runtime))
        };
        let variable = value.as_text().filter(is_given).and_then(only_variable);
        let guard = |entry: &Entry<'_>| match &variable {
            Some((before, variable, after)) => {
                let own = entry.key.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
                self.value_guard(variable, own, &scope.guard)
            }
            None => Some(Guard::always()),
        };
        let entries = mapping.entries().into_iter().flatten();
        entries.filter_map(|entry| Some((guard(&entry)?, entry))).collect()
    }

    fn found(
        &self,
        nodes: Vec<(Guard, Node<'_>)>,
        unknown: Option<Arc<Unknown>>,
        default: Option<&Value>,
        keys: [&Value; 3],
        call: &Call<'_>,
        scope: &Scope,
    ) -> Value {
        let Some(unknown) = unknown else {
            return match (nodes.first(), default) {
                (Some((_, node)), _) => self.evaluate(*node, scope).unwrap_or_default(),
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    self.wrong(call.span, "`FindInMap` asks for a key that the mapping does not have")
                }
            };
        };
        if nodes.is_empty() || nodes.len() > MOST_ENTRIES {
            return Value::unknown(unknown);
        }
        let evaluated =
            nodes.into_iter().map(|(guard, node)| Alternative { guard, value: self.evaluate(node, scope) });
        let mut alternatives: Vec<Alternative> = evaluated.collect();
        let is_decided = alternatives.iter().all(|one| !one.guard.is_always());
        if let Some(value) = default {
            let guards: Vec<&Guard> = alternatives.iter().map(|one| &one.guard).collect();
            let guard = if is_decided { self.none_of(&guards, keys) } else { Guard::always() };
            alternatives.push(Alternative { guard, value: Some(value.clone()) });
        } else if is_decided {
            self.suppose_one_of(alternatives.iter().map(|one| &one.guard), &scope.guard);
        }
        // Every deployment has one of the keys.
        if are_equal(&alternatives) {
            alternatives.truncate(1);
        }
        choose(alternatives, Some(unknown).filter(|_| !is_decided), false)
    }

    /// Says that wherever `assumed` holds, one of the guards does: without an entry nothing is deployed.
    fn suppose_one_of<'g>(&self, guards: impl Iterator<Item = &'g Guard>, assumed: &Guard) {
        let mut conditions = self.conditions.borrow_mut();
        let mut any: Vec<Formula> = guards.map(|guard| conditions.formula(guard)).collect();
        if !assumed.is_always() {
            any.push(Formula::Not(Arc::new(conditions.formula(assumed))));
        }
        conditions.suppose(Formula::Any(any.into()));
    }

    /// The guard of the deployments in which a mapping has no entry for keys.
    fn none_of(&self, guards: &[&Guard], [map, top, second]: [&Value; 3]) -> Guard {
        let shown = |value: &Value| value.as_text().map(Text::display).unwrap_or_default();
        let name: Arc<str> =
            format!("{} has no entry for {}/{}", shown(map), shown(top), shown(second)).into();
        let mut conditions = self.conditions.borrow_mut();
        let any = guards.iter().map(|guard| conditions.formula(guard)).collect();
        conditions.define(Arc::clone(&name), Formula::Not(Arc::new(Formula::Any(any))));
        Guard::when(name, true)
    }
}

/// Whether not all entries of a mapping could be read.
fn is_partial(mapping: Node<'_>) -> bool {
    let is_partial = |node: Node<'_>| node.is_unread() || node.is_cut();
    is_partial(mapping) || mapping.entries().into_iter().flatten().any(|entry| is_partial(entry.value))
}

/// Whether all alternatives are the same text.
fn are_equal(alternatives: &[Alternative]) -> bool {
    let mut texts = alternatives.iter().map(|one| one.value.as_ref().and_then(Value::as_str));
    let first = texts.next().flatten();
    first.is_some() && texts.all(|text| text == first)
}

/// A key that is known.
fn key(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(truth) => Some(truth.to_string()),
        _ => value.as_str().map(|key| key.into_owned()),
    }
}
