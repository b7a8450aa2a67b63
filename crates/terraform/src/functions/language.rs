//! Functions about the language itself: what is secret, and what fails.

use iamrail_core::value::{Kind, Reason, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any, text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::open("can", &[any("expression").or_null()], can),
    Function::open("ephemeralasnull", &[any("value").or_null()], |call| Ok(call.value(0).clone())),
    Function::open("issensitive", &[any("value").or_null()], issensitive),
    Function::open("nonsensitive", &[any("value").or_null()], |call| Ok(marked(call, false))),
    Function::open("sensitive", &[any("value").or_null()], |call| Ok(marked(call, true))),
    Function::open("templatestring", &[text("template"), any("vars")], templatestring),
    Function::open("try", &[], attempt).with_rest(any("expressions").or_null()),
];

fn marked(call: &Call<'_>, sensitive: bool) -> Value {
    Value { sensitive, ..call.value(0).clone() }
}

fn issensitive(call: &Call<'_>) -> Outcome {
    let value = call.value(0);
    if value.is_unknown() && !value.sensitive {
        return Ok(call.unknown());
    }
    Ok(Value { sensitive: false, ..call.derive(Kind::Bool(value.sensitive)) })
}

/// Whether an evaluated expression is one that failed.
fn is_failed(value: &Value) -> bool {
    matches!(&value.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Invalid)
}

fn can(call: &Call<'_>) -> Outcome {
    let value = call.value(0);
    match value.is_unknown() && !is_failed(value) {
        true => Ok(call.unknown()),
        false => Ok(call.derive(Kind::Bool(!is_failed(value)))),
    }
}

/// Failed arguments are seen as such only when the evaluation hands them on.
fn attempt(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Fault::call("at least one argument is required"));
    }
    let first = call.arguments.iter().find(|argument| !is_failed(argument));
    first.cloned().ok_or_else(|| Fault::call("no expression succeeded"))
}

/// A template that is computed stands in no file, and is not rendered.
fn templatestring(call: &Call<'_>) -> Outcome {
    Ok(call.unknown_for(Reason::Unsupported, "templatestring"))
}
