//! Functions on lists: `Select`, `Split`, `Length`.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Kind, List, Number, Origins, Part, Reason, Text, Unknown, Value};

use super::call::Call;
use super::distribute::{are_few, distribute};
use super::literal::open_list;
use super::partition::PARTITION;
use super::reference::{ACCOUNT, REGION};
use super::substitution::within;
use super::{Scope, Stack};

/// Whether something holds no delimiter that anyone splits by.
fn is_atomic(what: &str) -> bool {
    [ACCOUNT, PARTITION, REGION].iter().any(|name| what.ends_with(name))
}

impl Stack {
    pub(super) fn select(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let Some([index, list]) = call.arguments().as_deref().and_then(|list| <[_; 2]>::try_from(list).ok())
        else {
            return self.wrong(call.span, "`Select` takes a list of an index and a list of values");
        };
        let inputs = vec![self.evaluate(index, scope), self.evaluate(list, scope)];
        let span = call.span;
        distribute(inputs, &|inputs| {
            let [Some(index), Some(list)] = inputs.as_slice() else { return Value::null() };
            let Some(at) = whole(index) else {
                return self.undetermined(index, span, "the index of `Select`");
            };
            match &list.kind {
                Kind::List(items) => self.element(items, at, list, span),
                _ => self.undetermined(list, span, "the list of `Select`"),
            }
        })
    }

    /// The element at an index. What is not there in some deployments shifts what follows it.
    fn element(&self, list: &List, at: usize, whole: &Value, span: Span) -> Value {
        let open = || {
            let unknown = list.open.as_ref()?;
            let value = Value::unknown(Arc::clone(unknown)).with_origins(whole.origins.inexact());
            Some(Value { sensitive: whole.sensitive, ..value })
        };
        if list.items.iter().take(at + 1).all(is_there) {
            return list.items.get(at).cloned().or_else(open).unwrap_or_else(|| {
                let count = list.items.len();
                self.wrong(span, format!("`Select` asks for element {at} of a list of {count}"))
            });
        }
        // A combination without the element is nobody's fault: nothing is deployed with it.
        let pick = |items: Vec<Value>| items.into_iter().nth(at).or_else(open).unwrap_or_default();
        by_presence(&list.items, &pick).unwrap_or_else(|| {
            let unknown = Unknown::new(Reason::Budget, "!Select of a list with many optional elements");
            Value::unknown(unknown).with_origins(whole.origins.inexact())
        })
    }

    pub(super) fn split(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let Some([delimiter, text]) =
            call.arguments().as_deref().and_then(|list| <[_; 2]>::try_from(list).ok())
        else {
            return self.wrong(call.span, "`Split` takes a list of a delimiter and a text");
        };
        let Some(delimiter) = delimiter.untagged_text().filter(|delimiter| !delimiter.is_empty()) else {
            return self.wrong(delimiter.span(), "the delimiter of `Split` must be a text");
        };
        let text = self.evaluate(text, scope);
        distribute(vec![text], &|inputs| {
            let Some(Some(value)) = inputs.first() else { return Value::null() };
            match &value.kind {
                Kind::Text(text) => split(text, value, delimiter, Some(call.span)),
                _ => self.undetermined(value, call.span, "the text of `Split`"),
            }
        })
    }

    pub(super) fn length(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let list = self.argument(call, scope);
        distribute(vec![list], &|inputs| match inputs.first() {
            Some(Some(value)) => match &value.kind {
                Kind::List(list) if list.open.is_none() => {
                    let count = |items: Vec<Value>| Value::int(items.len() as i128);
                    by_presence(&list.items, &count).unwrap_or_else(|| {
                        let what = "!Length of a list with many optional elements";
                        Value::unknown(Unknown::new(Reason::Budget, what))
                    })
                }
                _ => self.undetermined(value, call.span, "the list of `Length`"),
            },
            _ => Value::null(),
        })
    }

    /// The unknown result of a function whose argument is not known; an argument of the wrong type is reported.
    pub(super) fn undetermined(&self, argument: &Value, span: Span, what: &str) -> Value {
        match argument.unknown_part() {
            Some(unknown) => {
                let value = Value::unknown(Arc::clone(unknown)).with_origins(argument.origins.inexact());
                Value { sensitive: argument.sensitive, ..value }
            }
            None => self.wrong(span, format!("{what} has the wrong type")),
        }
    }
}

/// Whether an element of a list is there in every deployment.
fn is_there(item: &Value) -> bool {
    !matches!(item.kind, Kind::Choice(_)) || item.alternatives().iter().all(|one| one.value.is_some())
}

/// What a function makes of a list in every combination of its elements that can be; `None` when those are too many.
fn by_presence(items: &[Value], make: &dyn Fn(Vec<Value>) -> Value) -> Option<Value> {
    let optional: Vec<Option<Value>> =
        items.iter().filter(|item| !is_there(item)).cloned().map(Some).collect();
    are_few(&optional).then(|| {
        distribute(optional, &|present| {
            let mut present = present.into_iter();
            let each = items.iter().filter_map(|item| match is_there(item) {
                true => Some(item.clone()),
                false => present.next().flatten(),
            });
            make(each.collect())
        })
    })
}

/// An index, also when written as a text.
fn whole(value: &Value) -> Option<usize> {
    match &value.kind {
        Kind::Number(Number::Int(number)) => usize::try_from(*number).ok(),
        Kind::Text(text) => text.as_str()?.parse().ok(),
        _ => None,
    }
}

/// What flowed into the holes of a text.
fn holes(parts: &[Part]) -> impl Iterator<Item = &Origins> {
    parts.iter().filter_map(|part| match part {
        Part::Hole(hole) => Some(&hole.origins),
        Part::Literal { .. } => None,
    })
}

/// Whether a part of a secret text may be what is secret of it: not what is written where the text is put together.
fn may_be_secret(part: &Part, call: Option<Span>) -> bool {
    match part {
        Part::Literal { text, span } => {
            let is_written_here = call.zip(*span).is_some_and(|(call, span)| call.contains(&span));
            !text.is_empty() && !is_written_here
        }
        Part::Hole(hole) => !is_atomic(&hole.unknown.what),
    }
}

/// The parts of a text between delimiters, each with its place. Where a hole may hold delimiters, the rest of the list
/// is open. `call` is what puts the text together and splits it, if something does.
pub(super) fn split(text: &Text, whole: &Value, delimiter: &str, call: Option<Span>) -> Value {
    let mut items = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    let element = |parts: &mut Vec<Part>| {
        let parts = std::mem::take(parts);
        let span = match parts.as_slice() {
            [Part::Literal { span, .. }] => *span,
            _ => None,
        };
        // What flowed into the holes of other elements is not in this one.
        let own = Origins::of_all(holes(&parts));
        let origins = whole.origins.inexact().without(holes(text.parts()), &own);
        let sensitive = whole.sensitive && parts.iter().any(|part| may_be_secret(part, call));
        let kind = Kind::Text(Text::from_parts(parts));
        Value { kind, span: span.or(whole.span), origins, sensitive }
    };
    for part in text.parts() {
        match part {
            Part::Literal { text, span } => {
                let mut at = 0;
                for (index, piece) in text.split(delimiter).enumerate() {
                    if index > 0 {
                        items.push(element(&mut parts));
                        at += delimiter.len();
                    }
                    let span = within(text, *span, at, at + piece.len());
                    parts.push(Part::Literal { text: piece.into(), span });
                    at += piece.len();
                }
            }
            Part::Hole(hole) if is_atomic(&hole.unknown.what) => parts.push(part.clone()),
            Part::Hole(hole) => {
                let list = open_list(items, Arc::clone(&hole.unknown)).with_origins(whole.origins.inexact());
                return Value { sensitive: whole.sensitive, ..list };
            }
        }
    }
    items.push(element(&mut parts));
    Value::list(items)
}
