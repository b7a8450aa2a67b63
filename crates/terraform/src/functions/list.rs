//! Functions that make lists from lists.

use std::sync::Arc;

use iamrail_core::collections::HashSet;
use iamrail_core::value::{Kind, Number, Reason, Text, Unknown, Value};

use super::call::{Call, Fault, MOST_ELEMENTS};
use super::function::{Function, Outcome, any, list, number, texts};
use super::spread::spread;
use crate::types::{Constraint, equal, normalize, to_float, type_name};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("chunklist", &[list("list"), number("size")], chunklist),
    Function::partly("compact", &[texts("list")], compact),
    Function::open("concat", &[], concat).with_rest(any("seqs")),
    Function::partly("distinct", &[list("list")], distinct),
    Function::partly("flatten", &[any("list")], flatten),
    Function::known("range", &[], range).with_rest(number("params")),
    Function::partly("reverse", &[any("list")], reverse),
    Function::open("slice", &[any("list"), number("start_index"), number("end_index")], slice),
    Function::partly("sort", &[texts("list")], sort),
];

/// The most elements that Terraform's `range` makes.
const RANGE: usize = 1024;

fn open_end(call: &Call<'_>, index: usize) -> Option<Arc<Unknown>> {
    call.value(index).as_list().and_then(|list| list.open.clone())
}

fn concat(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Fault::call("at least one argument is required"));
    }
    let mut items = Vec::new();
    let mut open = None;
    for (index, argument) in call.arguments.iter().enumerate() {
        match &argument.kind {
            Kind::List(list) => {
                items.extend(list.items.iter().cloned());
                open = open.or_else(|| list.open.clone());
            }
            Kind::Unknown(unknown) => open = open.or_else(|| Some(Arc::clone(unknown))),
            _ => {
                let got = type_name(argument);
                let message = format!("all arguments must be lists or tuples; got {got}");
                return Err(Fault::argument(index, message));
            }
        }
        if items.len() > MOST_ELEMENTS {
            return Err(Fault::too_large());
        }
    }
    if items.is_empty() && call.arguments.iter().all(Value::is_unknown) {
        return Ok(call.unknown());
    }
    Ok(call.derive_list(items, open))
}

/// An element that is not known may be a list itself: it stays, and the list is open behind it.
fn flatten(call: &Call<'_>) -> Outcome {
    let list = call.value(0);
    if list.as_list().is_none() {
        return Err(Fault::call("can only flatten lists, sets and tuples"));
    }
    Ok(spread(call, |list| {
        let mut flat = Flat { items: Vec::new(), open: None };
        flat.take(list);
        call.derive_list(flat.items, flat.open)
    }))
}

struct Flat {
    items: Vec<Value>,
    open: Option<Arc<Unknown>>,
}

impl Flat {
    fn take(&mut self, value: &Value) {
        let Some(list) = value.as_list() else {
            // A choice is left only when there are too many to spread. One between lists is no element itself: which
            // elements it brings is not known.
            let may_be_list = match &value.kind {
                Kind::Unknown(_) => false,
                Kind::Choice(_) => {
                    value.alternatives().iter().filter_map(|one| one.value).any(|one| one.as_list().is_some())
                }
                _ => {
                    self.items.push(value.clone());
                    return;
                }
            };
            let Some(unknown) = value.unknown_part() else { return };
            self.open.get_or_insert_with(|| Arc::clone(unknown));
            let element = if may_be_list {
                Value::unknown(Arc::clone(unknown)).with_origins(value.origins.inexact()).at(value.span)
            } else {
                value.clone()
            };
            self.items.push(element);
            return;
        };
        for item in &list.items {
            self.take(item);
        }
        self.open = self.open.take().or_else(|| list.open.clone());
    }
}

/// What AWS computes is never empty; of other unknown elements it is not known whether they stay.
fn compact(call: &Call<'_>) -> Outcome {
    Ok(spread(call, |list| {
        let mut items = Vec::new();
        let mut open = list.as_list().and_then(|list| list.open.clone());
        for item in list.as_list().map(|list| list.items.as_slice()).unwrap_or_default() {
            match &item.kind {
                Kind::Null => {}
                Kind::Text(text) if text.is_empty() => {}
                Kind::Text(text) if text.is_known() || has_letters(text) => items.push(item.clone()),
                _ => match item.unknown_part() {
                    Some(unknown) if unknown.reason == Reason::Computed => items.push(item.clone()),
                    unknown => open = open.or_else(|| unknown.cloned()),
                },
            }
        }
        call.derive_list(items, open)
    }))
}

fn has_letters(text: &Text) -> bool {
    !super::pieces::known_start(text).is_empty() || !super::pieces::known_end(text).is_empty()
}

fn distinct(call: &Call<'_>) -> Outcome {
    let mut kept: Vec<Value> = Vec::new();
    let mut seen = HashSet::default();
    for item in call.items(0) {
        // Texts, by far the most frequent, need no comparison with each other.
        let is_new = match item.as_str() {
            Some(text) => seen.insert(text.into_owned()),
            None => !kept.iter().any(|one| equal(one, item) == Some(true)),
        };
        if is_new {
            kept.push(item.clone());
        }
    }
    Ok(call.derive_list(kept, open_end(call, 0)))
}

fn chunklist(call: &Call<'_>) -> Outcome {
    let size = call.whole(1).map_err(|fault| Fault::call(format!("invalid size: {}", fault.message)))?;
    let size = usize::try_from(size).map_err(|_| Fault::call("the size argument must be positive"))?;
    let items = call.items(0);
    if call.value(0).as_list().is_some_and(|list| list.doubt().is_some()) {
        return Ok(call.unknown());
    }
    let size = if size == 0 { items.len().max(1) } else { size };
    let chunks = items.chunks(size).map(|chunk| call.derive_list(chunk.to_vec(), None));
    Ok(call.derive_list(chunks.collect(), None))
}

fn range(call: &Call<'_>) -> Outcome {
    let (start, end, step) = match call.arguments.len() {
        1 => (Number::Int(0), call.number(0), None),
        2 => (call.number(0), call.number(1), None),
        3 => (call.number(0), call.number(1), Some(call.number(2))),
        _ => return Err(Fault::call("must have one, two, or three arguments")),
    };
    let (first, last) = (to_float(start), to_float(end));
    let step = step.unwrap_or(Number::Int(if last < first { -1 } else { 1 }));
    let by = to_float(step);
    if by > 0.0 && last < first {
        return Err(Fault::argument(0, "end must be greater than start when step is positive"));
    }
    if by < 0.0 && last > first {
        return Err(Fault::argument(0, "end must be less than start when step is negative"));
    }
    let mut items = Vec::new();
    let mut at = first;
    while if by < 0.0 { at > last } else { at < last } {
        if items.len() >= RANGE {
            let advice = "either decrease the difference between start and end or use a smaller step";
            return Err(Fault::call(format!("more than {RANGE} values were generated; {advice}")));
        }
        items.push(Value::new(Kind::Number(normalize(at))));
        at += by;
    }
    Ok(Value::list(items))
}

fn reverse(call: &Call<'_>) -> Outcome {
    let list = match &call.value(0).kind {
        Kind::Set(_) => {
            Constraint::List(Box::default()).convert(call.value(0).clone()).map_err(Fault::call)?
        }
        _ => call.value(0).clone(),
    };
    match &list.kind {
        Kind::List(list) => {
            let items = list.items.iter().rev().cloned().collect();
            Ok(call.derive_list(items, list.open.clone()))
        }
        _ => Err(Fault::argument(
            0,
            format!("can only reverse list or tuple values, not {}", type_name(call.value(0))),
        )),
    }
}

/// A part of a list of which nothing is known still has the length that is asked for: the call fails otherwise.
fn slice(call: &Call<'_>) -> Outcome {
    match call.value(0).kind {
        Kind::List(_) | Kind::Unknown(_) => {}
        Kind::Set(_) => {
            let why = "because its elements do not have indices";
            let hint = "explicitly convert to a list if the ordering of the result is not important";
            return Err(Fault::argument(0, format!("cannot slice a set, {why}; {hint}")));
        }
        _ => return Err(Fault::argument(0, "must be a list or tuple value")),
    }
    if call.value(1).is_unknown() || call.value(2).is_unknown() {
        return Ok(call.unknown());
    }
    let (start, end) = (position(call, 1, "start")?, position(call, 2, "end")?);
    if start > end {
        return Err(Fault::argument(1, "start index must not be greater than end index"));
    }
    if call.value(0).as_list().is_none_or(|list| list.doubt().is_some()) {
        return Ok(match end - start {
            length if length <= RANGE => call.derive_list(vec![call.unknown(); length], None),
            _ => call.unknown(),
        });
    }
    let items = call.items(0);
    if end > items.len() {
        return Err(Fault::argument(2, "end index must not be greater than the length of the list"));
    }
    Ok(call.derive_list(items.get(start..end).unwrap_or_default().to_vec(), None))
}

fn position(call: &Call<'_>, index: usize, name: &str) -> Result<usize, Fault> {
    let wrong = |why: &str| Fault::argument(index, why);
    let whole =
        call.whole(index).map_err(|fault| wrong(&format!("invalid {name} index: {}", fault.message)))?;
    usize::try_from(whole).map_err(|_| wrong(&format!("{name} index must not be less than zero")))
}

/// The places of unknown elements are not known: the list counts as open, so that no position is relied on.
fn sort(call: &Call<'_>) -> Outcome {
    let items = call.items(0);
    if let Some(index) = items.iter().position(Value::is_null) {
        let what = format!("given list element {index} is null");
        return Err(Fault::call(format!("{what}; a null string cannot be sorted")));
    }
    let (mut known, unknown): (Vec<_>, Vec<_>) = items.iter().cloned().partition(Value::is_wholly_known);
    known.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    let open = open_end(call, 0).or_else(|| unknown.first().and_then(Value::unknown_part).cloned());
    known.extend(unknown);
    Ok(call.derive_list(known, open))
}
