//! Functions that convert from one type to another.

use iamrail_core::value::{Kind, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any};
use crate::types::{Constraint, type_name};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::open("tobool", &[any("v").or_null()], |call| converted(call, &Constraint::Bool, "bool")),
    Function::open("tolist", &[any("v").or_null()], tolist),
    Function::open("tomap", &[any("v").or_null()], tomap),
    Function::open("tonumber", &[any("v").or_null()], |call| converted(call, &Constraint::Number, "number")),
    Function::open("toset", &[any("v").or_null()], toset),
    Function::open("tostring", &[any("v").or_null()], |call| converted(call, &Constraint::String, "string")),
];

fn tolist(call: &Call<'_>) -> Outcome {
    converted(call, &Constraint::List(Box::default()), "list of any single type")
}

fn tomap(call: &Call<'_>) -> Outcome {
    converted(call, &Constraint::Map(Box::default()), "map of any single type")
}

fn toset(call: &Call<'_>) -> Outcome {
    converted(call, &Constraint::Set(Box::default()), "set of any single type")
}

fn converted(call: &Call<'_>, to: &Constraint, name: &str) -> Outcome {
    let value = call.value(0);
    to.convert(value.clone()).map_err(|_| Fault::argument(0, refusal(value, to, name)))
}

fn refusal(value: &Value, to: &Constraint, name: &str) -> String {
    match (&value.kind, to) {
        (Kind::Text(text), Constraint::Bool) => {
            let text = text.as_str().unwrap_or_default();
            format!("cannot convert {text:?} to bool; only the strings \"true\" or \"false\" are allowed")
        }
        (Kind::Text(text), Constraint::Number) => {
            let text = text.as_str().unwrap_or_default();
            let must = "given string must be a decimal representation of a number";
            format!("cannot convert {text:?} to number; {must}")
        }
        _ => format!("cannot convert {} to {name}", type_name(value)),
    }
}
