//! The way from a call to a function: number and types of arguments, null, what is not known, and choices.

use std::sync::{Arc, LazyLock};

use iamrail_core::collections::HashMap;
use iamrail_core::value::{Alternative, Choice, Kind, Origins, Reason, Unknown, Value};

use super::call::{Call, Fault, MOST_BYTES, MOST_ELEMENTS};
use super::function::{Body, Function};
use super::{CallError, FAMILIES, Host, pieces};
use crate::types::equal;

/// The most combinations of alternatives that are tried.
const MOST_COMBINATIONS: usize = 16;

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> =
    LazyLock::new(|| FAMILIES.iter().flat_map(|family| family.iter()).map(|one| (one.name, one)).collect());

/// The function of a name without namespace.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name).copied()
}

/// Calls a function.
pub(super) fn dispatch(
    function: &'static Function,
    arguments: &[Value],
    host: &dyn Host,
) -> Result<Value, CallError> {
    check_number(function, arguments.len())?;
    let mut room = Room { values: MOST_ELEMENTS, bytes: MOST_BYTES };
    if !arguments.iter().all(|argument| room.holds(argument)) {
        let call = Call { arguments: &[], host };
        return Ok(call.unknown_for(Reason::Budget, format!("{}()", function.name)));
    }
    let is_secret = arguments.iter().any(|argument| argument.sensitive);
    let described = |fault| described(function, fault, is_secret);
    let arguments = arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| prepared(function, index, argument).map_err(described));
    let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
    let combinations = arguments.iter().map(|argument| argument.alternatives().len()).product::<usize>();
    if combinations > MOST_COMBINATIONS {
        let call = Call { arguments: &arguments, host };
        return Ok(call.unknown_for(Reason::Unsupported, "one of very many combinations of values"));
    }
    distribute(function, arguments, host).map_err(described)
}

/// How much the arguments of one call may be, counted as often as they are written out: shared parts of parts make small
/// values that are larger than any memory.
struct Room {
    values: usize,
    bytes: usize,
}

impl Room {
    fn holds(&mut self, value: &Value) -> bool {
        let Some(left) = self.values.checked_sub(1) else { return false };
        self.values = left;
        match &value.kind {
            Kind::Text(text) => {
                let bytes = text.parts().iter().map(pieces::len).sum();
                let left = self.bytes.checked_sub(bytes);
                self.bytes = left.unwrap_or(0);
                left.is_some()
            }
            Kind::List(list) | Kind::Set(list) => list.items.iter().all(|item| self.holds(item)),
            Kind::Map(map) => map.iter().all(|(_, value)| self.holds(value)),
            Kind::Choice(choice) => {
                choice.alternatives.iter().filter_map(|one| one.value.as_ref()).all(|value| self.holds(value))
            }
            _ => true,
        }
    }
}

fn check_number(function: &Function, given: usize) -> Result<(), CallError> {
    let needed = function.parameters.len();
    let message = if let Some(missing) = function.parameters.get(given) {
        let at_least = if function.rest.is_some() { "at least " } else { "" };
        format!("expects {at_least}{needed} argument(s); missing value for \"{}\"", missing.name)
    } else if given > needed && function.rest.is_none() {
        format!("expects only {needed} argument(s)")
    } else {
        return Ok(());
    };
    Err(CallError { argument: None, message })
}

/// An argument as its parameter wants it.
fn prepared(function: &Function, index: usize, argument: &Value) -> Result<Value, Fault> {
    let Some(parameter) = function.parameter(index) else { return Ok(argument.clone()) };
    let converted = parameter
        .constraint()
        .convert(argument.clone())
        .map_err(|message| Fault::argument(index, message))?;
    if converted.is_null() && !parameter.is_nullable {
        return Err(Fault::argument(index, "argument must not be null"));
    }
    Ok(converted)
}

/// Calls the function for each alternative of arguments that are choices.
fn distribute(function: &Function, arguments: Vec<Value>, host: &dyn Host) -> Result<Value, Fault> {
    let is_choice = |argument: &Value| matches!(argument.kind, Kind::Choice(_));
    let Some(at) = arguments.iter().position(is_choice) else {
        return run(function, &Call { arguments: &arguments, host });
    };
    let mut first_fault = None;
    let mut succeeds = false;
    let mut undecided = None;
    let mut alternatives = Vec::new();
    for possible in arguments.get(at).map(Value::alternatives).unwrap_or_default() {
        undecided = undecided.or_else(|| possible.undecided.cloned());
        let Some(value) = possible.value else {
            alternatives.push(Alternative { guard: possible.guard, value: None });
            continue;
        };
        let mut chosen = arguments.clone();
        if let Some(slot) = chosen.get_mut(at) {
            let sensitive = value.sensitive || slot.sensitive;
            *slot = Value { sensitive, ..value.clone() };
        }
        // The failing alternative cannot be the real one, unless all fail.
        let value = match distribute(function, chosen, host) {
            Ok(value) => {
                succeeds = true;
                value
            }
            Err(fault) => {
                let unknown = Unknown::new(Reason::Invalid, fault.message.as_str());
                first_fault.get_or_insert(fault);
                Value::unknown(unknown)
            }
        };
        alternatives.push(Alternative { guard: possible.guard, value: Some(value) });
    }
    if let Some(fault) = first_fault.filter(|_| !succeeds) {
        return Err(fault);
    }
    let call = Call { arguments: &arguments, host };
    let origins = call.derive(Kind::Null).origins;
    let sensitive = alternatives.iter().any(|one| one.value.as_ref().is_some_and(|value| value.sensitive));
    if let Some(same) = agreed(&alternatives) {
        return Ok(Value { origins, sensitive, ..same.clone() });
    }
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided }));
    Ok(Value { kind, span: None, origins, sensitive })
}

/// The value that all alternatives have in common.
fn agreed(alternatives: &[Alternative]) -> Option<&Value> {
    let (first, rest) = alternatives.split_first()?;
    let first = first.value.as_ref().filter(|value| value.is_wholly_known())?;
    let same = |one: &Alternative| one.value.as_ref().is_some_and(|value| equal(first, value) == Some(true));
    rest.iter().all(same).then_some(first)
}

fn run(function: &Function, call: &Call<'_>) -> Result<Value, Fault> {
    let value = match made(function, call) {
        Err(fault) if fault.is_size => call.unknown_for(Reason::Budget, format!("{}()", function.name)),
        made => made?,
    };
    Ok(match &value.kind {
        Kind::Text(text) if !pieces::is_composed(text) => {
            Value { kind: Kind::Text(pieces::composed(text)), ..value }
        }
        _ => value,
    })
}

fn made(function: &Function, call: &Call<'_>) -> Result<Value, Fault> {
    match function.body {
        Body::Open(run) => run(call),
        Body::Partly(run) if !call.arguments.iter().any(Value::is_unknown) => run(call),
        Body::Known(run) if call.arguments.iter().all(Value::is_wholly_known) => {
            let mut made = run(call)?;
            made.origins = Origins::of_all(call.arguments.iter().map(|one| &one.origins));
            made.sensitive |= call.is_sensitive();
            Ok(made)
        }
        Body::Partly(_) | Body::Known(_) => Ok(call.unknown()),
    }
}

/// A fault in words that name the parameter. Of a secret argument nothing is told, since messages quote
/// what they complain of.
fn described(function: &Function, fault: Fault, is_secret: bool) -> CallError {
    let parameter = fault.argument.and_then(|index| function.parameter(index));
    let Fault { argument, message, .. } = fault;
    let message = if is_secret { "not told, since an argument is sensitive".to_owned() } else { message };
    let message = match parameter {
        Some(parameter) => format!("invalid value for \"{}\" parameter: {message}", parameter.name),
        None => message,
    };
    CallError { argument, message }
}
