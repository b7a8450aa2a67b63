//! What a value remembers of its way.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Field, Hole, Kind, List, Map, Origins, Part, Text, Value};

use super::Evaluator;

/// How deep in a value the way is remembered.
const DEPTH: usize = 32;

impl Evaluator<'_> {
    /// The value after one more step of its way. A value without history is left as it is, and so are its parts.
    pub(super) fn via(&self, value: Value, what: &Arc<str>, span: Option<Span>) -> Value {
        self.walk(value, DEPTH, &|origins| origins.via(what, span))
    }

    fn walk(&self, value: Value, depth: usize, step: &dyn Fn(&Origins) -> Origins) -> Value {
        if value.origins.is_empty() || depth == 0 || !self.spend(1) {
            return value;
        }
        let inner = |value: &Value| self.walk(value.clone(), depth - 1, step);
        let kind = match &value.kind {
            Kind::List(list) => {
                Kind::List(Arc::new(List::new(list.items.iter().map(inner).collect(), list.open.clone())))
            }
            Kind::Set(list) => {
                Kind::Set(Arc::new(List::new(list.items.iter().map(inner).collect(), list.open.clone())))
            }
            Kind::Map(map) => {
                let fields = map.entries.iter().map(|(name, field)| {
                    (Arc::clone(name), Field { key: field.key, value: inner(&field.value) })
                });
                Kind::Map(Arc::new(Map { entries: fields.collect(), open: map.open.clone() }))
            }
            Kind::Choice(choice) => Kind::Choice(Arc::new(Choice {
                alternatives: choice
                    .alternatives
                    .iter()
                    .map(|one| Alternative { guard: one.guard.clone(), value: one.value.as_ref().map(inner) })
                    .collect(),
                undecided: choice.undecided.clone(),
            })),
            Kind::Text(text) => Kind::Text(step_text(text, step)),
            other => other.clone(),
        };
        Value { kind, origins: step(&value.origins), ..value }
    }
}

fn step_text(text: &Text, step: &dyn Fn(&Origins) -> Origins) -> Text {
    let parts = text.parts().iter().map(|part| match part {
        Part::Hole(hole) if !hole.origins.is_empty() => {
            Part::Hole(Arc::new(Hole { origins: step(&hole.origins), ..Hole::clone(hole) }))
        }
        part => part.clone(),
    });
    text.with_parts(parts.collect())
}
