//! Functions about the language itself: what is secret, and what fails.

use iamrail_core::value::{Kind, Origins, Reason, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any, text};
use crate::types::Constraint;

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
    if !value.sensitive && (value.is_unknown() || value.as_text().is_some_and(|text| !text.is_known())) {
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

/// The template may read files here, which Terraform refuses.
fn templatestring(call: &Call<'_>) -> Outcome {
    let (template, variables) = (call.value(0), call.value(1));
    if !template.is_wholly_known() || variables.is_unknown() {
        return Ok(call.unknown());
    }
    if !matches!(variables.kind, Kind::Map(_)) {
        return Err(Fault::argument(1, "invalid vars value: must be a map"));
    }
    let Some(rendered) = call.host.render_value(template, variables) else {
        return Ok(call.unknown_for(Reason::Unsupported, "templatestring()"));
    };
    let mut text = Constraint::String
        .convert(rendered)
        .map_err(|message| Fault::call(format!("invalid template result: {message}")))?;
    text.sensitive |= call.is_sensitive();
    text.origins = Origins::of_all([&template.origins, &variables.origins, &text.origins]);
    Ok(text)
}
