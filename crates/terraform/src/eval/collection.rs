//! Object constructors and `for` expressions.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Field, Kind, List, Map, Unknown, Value};

use super::Evaluator;
use super::access::{described, key_text, list_with};
use super::budget::ELEMENTS;
use super::choice::choose;
use super::guard::negated;
use super::scope::{Binding, Scope};
use crate::syntax::{For, Item};

/// The elements that a `for` goes over, with their keys.
pub(super) struct Elements {
    pub(super) items: Vec<(Value, Value)>,
    pub(super) open: Option<Arc<Unknown>>,
}

/// An element as it is if it is there.
pub(super) struct Element {
    pub(super) value: Value,
    /// When it is there, and why that is not known; `None` when it certainly is.
    pub(super) doubt: Option<(Guard, Arc<Unknown>)>,
}

impl Element {
    pub(super) fn of(value: Value) -> Self {
        let Some(unknown) = value.absence().cloned() else {
            return Self { value, doubt: None };
        };
        let present = value.alternatives().into_iter().filter(|one| one.value.is_some());
        let present: Vec<Alternative> =
            present.map(|one| Alternative { guard: one.guard.clone(), value: one.value.cloned() }).collect();
        let guard = match present.as_slice() {
            [one] => one.guard.clone(),
            _ => Guard::always(),
        };
        let there = choose(present, Some(Arc::clone(&unknown)));
        let there = Value { sensitive: value.sensitive, span: there.span.or(value.span), ..there };
        Self { value: there, doubt: Some((guard, unknown)) }
    }
}

/// Whether an element is taken.
enum Taken {
    Yes,
    No,
    Maybe(Arc<Unknown>),
}

impl Evaluator<'_> {
    /// `{ key = value }`. Terraform keeps objects in the order of their keys.
    pub(super) fn object_of(&self, items: &[Item], span: Span, scope: &Scope<'_>) -> Value {
        let mut entries = IndexMap::with_capacity_and_hasher(items.len(), <_>::default());
        let mut open = None;
        let mut sensitive = false;
        for item in items {
            if let Some(name) = item.name() {
                let value = self.eval(&item.value, scope);
                entries.insert(Arc::clone(name), Field { key: Some(item.key.span), value });
                continue;
            }
            let key = self.eval(&item.key, scope);
            sensitive |= key.sensitive;
            let value = self.eval(&item.value, scope);
            match key_text(&key) {
                Some(text) => {
                    entries.insert(Arc::from(text), Field { key: Some(item.key.span), value });
                }
                None => match key.unknown_part() {
                    Some(unknown) => open = open.or_else(|| Some(Arc::clone(unknown))),
                    None => {
                        let message = format!("{} cannot be the key of an object", described(&key.kind));
                        self.report(item.key.span, "invalid-key", message);
                    }
                },
            }
        }
        entries.sort_unstable_keys();
        let object = map_with(entries, open).at(span);
        self.bounded(Value { sensitive: object.sensitive || sensitive, ..object }, span)
    }

    pub(super) fn for_expression(&self, each: &For, span: Span, scope: &Scope<'_>) -> Value {
        let collection = self.eval(&each.collection, scope);
        self.for_over(each, &collection, span, scope)
    }

    fn for_over(&self, each: &For, collection: &Value, span: Span, scope: &Scope<'_>) -> Value {
        if let Some(value) = self.in_each_case(&[collection], |case| {
            case.first().map_or_else(Value::null, |one| self.for_over(each, one, span, scope))
        }) {
            return value;
        }
        let elements = match self.elements(collection, each.collection.span) {
            Ok(elements) => elements,
            Err(value) => return value.at(span),
        };
        let value = match &each.key {
            Some(_) => self.for_object(each, elements, span, scope),
            None => self.for_tuple(each, elements, span, scope),
        };
        let sensitive = value.sensitive || collection.sensitive;
        self.bounded(Value { sensitive, ..value }.at(span), span)
    }

    /// What a collection holds; or the value of the whole when nothing of that is known.
    pub(super) fn elements(&self, collection: &Value, span: Span) -> Result<Elements, Value> {
        match &collection.kind {
            Kind::List(list) => {
                let index = |at: usize| match list.doubt_before(at) {
                    Some(doubt) => Value::unknown(Arc::clone(doubt)),
                    None => Value::int(i128::try_from(at).unwrap_or_default()),
                };
                let items =
                    list.items.iter().enumerate().map(|(at, item)| (index(at), item.clone())).collect();
                Ok(Elements { items, open: list.open.clone() })
            }
            Kind::Set(set) => {
                let items = set.items.iter().map(|item| (item.clone(), item.clone())).collect();
                Ok(Elements { items, open: set.open.clone() })
            }
            Kind::Map(map) => {
                let key = |key: &Arc<str>, field: &Field| Value {
                    sensitive: false,
                    ..Value::text(Arc::clone(key)).at(field.key)
                };
                let items =
                    map.entries.iter().map(|(name, field)| (key(name, field), field.value.clone())).collect();
                Ok(Elements { items, open: map.open.clone() })
            }
            Kind::Unknown(_) | Kind::Choice(_) => Err(match collection.unknown_part() {
                Some(unknown) => {
                    Value::unknown(Arc::clone(unknown)).with_origins(collection.origins.inexact())
                }
                None => Value::null(),
            }),
            kind => {
                let message = format!("`for` goes over a list, set or map, not over {}", described(kind));
                Err(self.invalid(span, "invalid-for", message))
            }
        }
    }

    fn for_tuple(&self, each: &For, elements: Elements, span: Span, scope: &Scope<'_>) -> Value {
        let mut items = Vec::new();
        for (key, value) in elements.items {
            if items.len() >= ELEMENTS {
                return self.over_budget(span);
            }
            let Element { value, doubt } = Element::of(value);
            self.with_element(each, key, value, scope, |scope| match (self.taken(each, scope), &doubt) {
                (Taken::Yes, None) => items.push(self.eval(&each.value, scope)),
                (Taken::Yes, Some((guard, unknown))) => {
                    items.push(maybe(self.eval(&each.value, scope), guard, unknown));
                }
                (Taken::No, _) => {}
                (Taken::Maybe(unknown), _) => {
                    items.push(maybe(self.eval(&each.value, scope), &Guard::always(), &unknown));
                }
            });
        }
        list_with(items, elements.open)
    }

    fn for_object(&self, each: &For, elements: Elements, span: Span, scope: &Scope<'_>) -> Value {
        let mut entries: IndexMap<Arc<str>, Field> = IndexMap::default();
        let mut groups: IndexMap<Arc<str>, (Option<Span>, Vec<Value>)> = IndexMap::default();
        let mut open = elements.open;
        for (key, value) in elements.items {
            if entries.len() >= ELEMENTS {
                return self.over_budget(span);
            }
            let Element { value, doubt } = Element::of(value);
            self.with_element(each, key, value, scope, |scope| {
                let taken = self.taken(each, scope);
                let doubt = match &taken {
                    Taken::Maybe(unknown) => Some((Guard::always(), Arc::clone(unknown))),
                    _ => doubt,
                };
                let Some(key_expr) = each.key.as_ref().filter(|_| !matches!(taken, Taken::No)) else {
                    return;
                };
                let key = self.eval(key_expr, scope);
                let Some(name) = key_text(&key) else {
                    match key.unknown_part() {
                        Some(unknown) => open = open.take().or_else(|| Some(Arc::clone(unknown))),
                        None => self.report(key_expr.span, "invalid-key", "the key of an object is a string"),
                    }
                    return;
                };
                let mut value = self.eval(&each.value, scope);
                if let Some((guard, unknown)) = &doubt {
                    value = maybe(value, guard, unknown);
                }
                let name: Arc<str> = name.into();
                if each.grouping {
                    groups.entry(name).or_insert_with(|| (key.span, Vec::new())).1.push(value);
                } else if let Some(other) = entries.get_mut(&name) {
                    let both = [std::mem::take(&mut other.value), value];
                    if let Some(unknown) = both.iter().find_map(Value::absence).cloned() {
                        // Only one of the two can be there.
                        let alternatives =
                            both.map(|value| Alternative { guard: Guard::always(), value: Some(value) });
                        other.value = choose(alternatives.into(), Some(unknown));
                    } else {
                        [other.value, _] = both;
                        let message =
                            format!("two elements have the key `{name}`; `...` behind the value groups them");
                        self.report(key_expr.span, "duplicate-key", message);
                    }
                } else {
                    entries.insert(name, Field { key: key.span, value });
                }
            });
        }
        entries.extend(
            groups.into_iter().map(|(name, (key, values))| (name, Field { key, value: Value::list(values) })),
        );
        entries.sort_unstable_keys();
        map_with(entries, open)
    }

    fn with_element(
        &self,
        each: &For,
        key: Value,
        value: Value,
        scope: &Scope<'_>,
        run: impl FnOnce(&Scope<'_>),
    ) {
        let value = Binding { name: &each.value_name, value, outer: scope.names };
        match &each.key_name {
            Some(name) => run(&scope.with(&Binding { name, value: key, outer: Some(&value) })),
            None => run(&scope.with(&value)),
        }
    }

    fn taken(&self, each: &For, scope: &Scope<'_>) -> Taken {
        let Some(condition) = &each.condition else { return Taken::Yes };
        let value = self.eval(condition, scope);
        match (value.as_bool(), value.unknown_part()) {
            (Some(true), _) => Taken::Yes,
            (Some(false), _) => Taken::No,
            (None, Some(unknown)) => Taken::Maybe(Arc::clone(unknown)),
            (None, None) => {
                self.report(condition.span, "invalid-condition", "the condition of `for` is true or false");
                Taken::No
            }
        }
    }
}

/// A value that may not be there; under a guard it is, if that is the one.
pub(super) fn maybe(value: Value, guard: &Guard, undecided: &Arc<Unknown>) -> Value {
    let (span, origins, sensitive) = (value.span, value.origins.clone(), value.sensitive);
    let alternatives = vec![
        Alternative { guard: guard.clone(), value: Some(value) },
        Alternative { guard: negated(guard), value: None },
    ];
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided: Some(Arc::clone(undecided)) }));
    Value { span, origins, sensitive, ..Value::new(kind) }
}

/// A map that may have more entries than these.
pub(super) fn map_with(entries: IndexMap<Arc<str>, Field>, open: Option<Arc<Unknown>>) -> Value {
    let value = Value::map(entries);
    let kind = match (value.kind, open) {
        (Kind::Map(map), open @ Some(_)) => {
            Kind::Map(Arc::new(Map { entries: Arc::unwrap_or_clone(map).entries, open }))
        }
        (kind, _) => kind,
    };
    Value { kind, span: None, origins: value.origins, sensitive: value.sensitive }
}

/// The elements of a list or set, none for anything else.
pub(super) fn items_of(value: &Value) -> &[Value] {
    value.as_list().map_or(&[], |list: &List| list.items.as_slice())
}
