//! Reads the elements of a statement that are lists of texts, and its principals.

use std::sync::Arc;

use super::{DEPTH, Presence, push};
use crate::policy::{Document, Element, Elements, Principals};
use crate::source::Span;
use crate::value::{Hole, Kind, Part, Place, Text, Value};

impl Document {
    pub(super) fn elements(&mut self, value: &Value, key: Option<Span>, except: bool) -> Elements {
        let mut elements = Elements { except, key, ..Elements::default() };
        self.take_elements(value, &mut elements, &Presence::default(), 0);
        elements
    }

    fn take_elements(&mut self, value: &Value, elements: &mut Elements, presence: &Presence, depth: usize) {
        let text = match &value.kind {
            Kind::Text(text) => text.clone(),
            Kind::Bool(value) => Text::literal(value.to_string(), None),
            Kind::Number(number) => Text::literal(number.to_string(), None),
            Kind::Unknown(unknown) if is_arn(value) || unknown.place() == Some(Place::Account) => {
                let (unknown, origins) = (Arc::clone(unknown), value.origins.clone());
                Text::from_parts(vec![Part::Hole(Arc::new(Hole { unknown, origins, span: value.span }))])
            }
            Kind::Unknown(unknown) => {
                elements.open.get_or_insert_with(|| Arc::clone(unknown));
                return;
            }
            Kind::List(list) | Kind::Set(list) if depth < DEPTH => {
                if let Some(unknown) = &list.open {
                    elements.open.get_or_insert_with(|| Arc::clone(unknown));
                }
                elements.items.reserve_exact(list.items.len());
                for item in &list.items {
                    self.take_elements(item, elements, presence, depth + 1);
                }
                return;
            }
            Kind::Choice(_) if depth < DEPTH => {
                for one in value.alternatives() {
                    if let (Some(value), Some(presence)) =
                        (one.value, presence.and(&one.guard, one.undecided))
                    {
                        self.take_elements(value, elements, &presence, depth + 1);
                    }
                }
                return;
            }
            _ => {
                let span = value.span.or(elements.key);
                self.problem_when(presence, "expected a string or a list of strings", span, None);
                return;
            }
        };
        let Presence { guard, undecided } = presence.clone();
        let element = Element { text, span: value.span, value: value.clone(), guard, undecided };
        push(&mut elements.items, element);
    }

    pub(super) fn principals(&mut self, value: &Value, key: Option<Span>, except: bool) -> Principals {
        let mut principals = Principals { key, except, ..Principals::default() };
        for one in value.alternatives() {
            let Some(value) = one.value else { continue };
            let presence = Presence { guard: one.guard, undecided: one.undecided.cloned() };
            match &value.kind {
                Kind::Map(map) => {
                    if let Some(unknown) = &map.open {
                        principals.open.get_or_insert_with(|| Arc::clone(unknown));
                    }
                    for (kind, field) in &map.entries {
                        let mut elements = Elements { except, key: field.key, ..Elements::default() };
                        self.take_elements(&field.value, &mut elements, &presence, 0);
                        push(&mut principals.entries, (Arc::clone(kind), elements));
                    }
                }
                Kind::Unknown(unknown) => drop(principals.open.get_or_insert_with(|| Arc::clone(unknown))),
                Kind::Text(text) if text.as_str().as_deref() == Some("*") => {
                    let mut elements = Elements { except, key, ..Elements::default() };
                    self.take_elements(value, &mut elements, &presence, 0);
                    principals.entries.push(("AWS".into(), elements));
                }
                Kind::Text(text) if !text.is_known() => {
                    let unknown = text.holes().next().map(|hole| Arc::clone(&hole.unknown));
                    principals.open = principals.open.or(unknown);
                }
                _ => {
                    let span = value.span.or(key);
                    self.problem_when(&presence, "a principal must be `*` or an object", span, None);
                }
            }
        }
        principals
    }
}

/// Whether a value that is not known is the ARN of a resource all the same: one text, as an account is, and no list.
fn is_arn(value: &Value) -> bool {
    value.origins.all_exact().any(|origin| origin.attribute.to_ascii_lowercase().ends_with("arn"))
}
