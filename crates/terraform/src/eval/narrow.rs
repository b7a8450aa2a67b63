//! Values where conditions are known to hold: an instance that exists only under a condition sees nothing of what is
//! there only without it.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Field, Kind, List, Map, Text, Value};

/// How deep in a value alternatives are looked for.
const DEPTH: usize = 32;

/// The value without the alternatives that cannot be real where the guard holds.
pub(super) fn narrowed(value: Value, guard: &Guard) -> Value {
    if guard.is_always() { value } else { within(&value, guard, DEPTH).unwrap_or(value) }
}

/// The same; `None` when all of it can be.
fn within(value: &Value, guard: &Guard, depth: usize) -> Option<Value> {
    if value.is_wholly_known() || depth == 0 {
        return None;
    }
    let kind = match &value.kind {
        Kind::Choice(choice) => return chosen(value, choice, guard, depth),
        Kind::List(list) => Kind::List(elements(list, guard, depth)?),
        Kind::Set(list) => Kind::Set(elements(list, guard, depth)?),
        Kind::Map(map) => {
            let changed: Vec<_> = map.iter().map(|(_, value)| within(value, guard, depth - 1)).collect();
            changed.iter().any(Option::is_some).then_some(())?;
            let entries = map.entries.iter().zip(changed).map(|((name, field), changed)| {
                let value = changed.unwrap_or_else(|| field.value.clone());
                (Arc::clone(name), Field { key: field.key, value })
            });
            Kind::Map(Arc::new(Map { entries: entries.collect(), open: map.open.clone() }))
        }
        // A document that was encoded is read from what it was made of.
        Kind::Text(text) => {
            let structure = within(text.structure()?, guard, depth - 1)?;
            Kind::Text(Text::from_parts(text.parts().to_vec()).encoding(Arc::new(structure)))
        }
        _ => return None,
    };
    Some(Value { kind, ..value.clone() })
}

fn elements(list: &List, guard: &Guard, depth: usize) -> Option<Arc<List>> {
    let changed: Vec<_> = list.items.iter().map(|item| within(item, guard, depth - 1)).collect();
    changed.iter().any(Option::is_some).then_some(())?;
    let items = list.items.iter().zip(changed).map(|(item, changed)| changed.unwrap_or_else(|| item.clone()));
    let items = items.filter(|item| !is_absent(item)).collect();
    Some(Arc::new(List::new(items, list.open.clone())))
}

/// Whether nothing is left but that nothing is there.
fn is_absent(value: &Value) -> bool {
    let Kind::Choice(choice) = &value.kind else { return false };
    matches!(choice.alternatives.as_slice(), [Alternative { value: None, .. }])
}

fn chosen(value: &Value, choice: &Choice, guard: &Guard, depth: usize) -> Option<Value> {
    let mut is_changed = false;
    let mut alternatives = Vec::with_capacity(choice.alternatives.len());
    for one in &choice.alternatives {
        let Some(both) = guard.and(&one.guard) else {
            is_changed = true;
            continue;
        };
        let changed = one.value.as_ref().and_then(|value| within(value, &both, depth - 1));
        is_changed |= changed.is_some();
        alternatives
            .push(Alternative { guard: one.guard.clone(), value: changed.or_else(|| one.value.clone()) });
    }
    // Where no alternative is left, the conditions are beyond what guards can tell.
    if !is_changed || alternatives.is_empty() {
        return None;
    }
    if let [Alternative { value: Some(only), .. }] = alternatives.as_slice() {
        return Some(Value { span: only.span.or(value.span), ..only.clone() });
    }
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided: choice.undecided.clone() }));
    Some(Value { kind, ..value.clone() })
}
