//! `format` and `formatlist`.

mod number;
mod verb;

use std::sync::Arc;

use iamrail_core::value::{Kind, Part, Text, Value};
use unicode_segmentation::UnicodeSegmentation;

use self::verb::{Piece, Verb};
use super::call::{Call, Fault, MOST_BYTES, MOST_ELEMENTS};
use super::function::{Function, Outcome, any, text};
use super::json::{self, Layout};
use super::pieces;
use crate::types::{Constraint, to_float};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::open("format", &[text("format")], format).with_rest(any("args").or_null()),
    Function::open("formatlist", &[text("format")], formatlist).with_rest(any("args").or_null()),
];

fn format(call: &Call<'_>) -> Outcome {
    let Some(template) = call.value(0).as_text() else { return Ok(call.unknown()) };
    let arguments = call.arguments.get(1..).unwrap_or_default();
    Ok(call.derive_text(formatted(template, arguments)?))
}

fn formatlist(call: &Call<'_>) -> Outcome {
    let Some(template) = call.value(0).as_text() else { return Ok(call.unknown()) };
    let arguments =
        call.arguments.get(1..).unwrap_or_default().iter().map(as_list).collect::<Result<Vec<_>, _>>()?;
    let arguments = arguments.as_slice();
    let mut length: Option<(usize, usize)> = None;
    let mut open = None;
    for (index, argument) in arguments.iter().enumerate() {
        let Some(list) = argument.as_list() else { continue };
        open = open.or_else(|| list.open.clone());
        match length {
            Some((first, expected)) if expected != list.items.len() && open.is_none() => {
                let (index, given) = (index + 1, list.items.len());
                return Err(Fault::argument(
                    index,
                    format!(
                        "argument {index} has length {given}, which is inconsistent with argument {} of length {expected}",
                        first + 1
                    ),
                ));
            }
            _ => drop(length.get_or_insert((index, list.items.len()))),
        }
    }
    if open.is_some() && arguments.iter().filter(|argument| argument.as_list().is_some()).count() > 1 {
        return Ok(call.unknown());
    }
    let Some((_, count)) = length else {
        // Whether the unknown argument is a list decides on the number of results.
        if arguments.iter().any(Value::is_unknown) {
            return Ok(call.unknown());
        }
        let whole = formatted(template, arguments).map_err(|fault| in_row(0, fault))?;
        return Ok(call.derive_list(vec![call.derive_text(whole)], None));
    };
    if count > MOST_ELEMENTS {
        return Err(Fault::too_large());
    }
    let mut made = Vec::with_capacity(count);
    let mut bytes = 0;
    for at in 0..count {
        let row: Vec<Value> = arguments
            .iter()
            .map(|argument| match argument.as_list() {
                Some(list) => list.items.get(at).cloned().unwrap_or_default(),
                None => argument.clone(),
            })
            .collect();
        let text = formatted(template, &row).map_err(|fault| in_row(at, fault))?;
        bytes += text.parts().iter().map(pieces::len).sum::<usize>();
        if bytes > MOST_BYTES {
            return Err(Fault::too_large());
        }
        let row = Call { arguments: &row, host: call.host };
        made.push(row.derive_text(text));
    }
    Ok(call.derive_list(made, open))
}

/// A set as a list, anything else as it is.
fn as_list(argument: &Value) -> Result<Value, Fault> {
    match argument.kind {
        Kind::Set(_) => Constraint::List(Box::default()).convert(argument.clone()).map_err(Fault::call),
        _ => Ok(argument.clone()),
    }
}

fn in_row(at: usize, fault: Fault) -> Fault {
    match fault.argument {
        Some(_) => fault,
        None => Fault::call(format!("error on format iteration {at}: {}", fault.message)),
    }
}

/// The template with its verbs carried out. A hole of the template itself is taken to contain no verb.
fn formatted(template: &Text, arguments: &[Value]) -> Result<Text, Fault> {
    let mut writer = Writer { parts: Vec::new(), size: 0 };
    let mut next = 1;
    let mut most = 0;
    for part in pieces::merged(template) {
        let Part::Literal { text, span } = &part else {
            writer.push(part)?;
            continue;
        };
        for piece in verb::pieces(text)? {
            match piece {
                Piece::Literal(range) => writer.push(pieces::slice(text, *span, range))?,
                Piece::Percent => writer.push(literal("%".to_owned()))?,
                Piece::Verb(verb) => {
                    let number = verb.argument.unwrap_or(next);
                    next = number + 1;
                    most = most.max(number);
                    let argument = number.checked_sub(1).and_then(|at| arguments.get(at));
                    let argument = argument.ok_or_else(|| verb.misses(number, arguments.len()))?;
                    for part in carried_out(&verb, argument)? {
                        writer.push(part)?;
                    }
                }
            }
        }
    }
    if most < arguments.len() && template.is_known() {
        let message = match most {
            0 => "too many arguments; no verbs in format string".to_owned(),
            most => format!("too many arguments; only {most} used by format string"),
        };
        return Err(Fault::argument(1 + most, message));
    }
    Ok(Text::from_parts(writer.parts))
}

struct Writer {
    parts: Vec<Part>,
    size: usize,
}

impl Writer {
    fn push(&mut self, part: Part) -> Result<(), Fault> {
        self.size += pieces::len(&part);
        if self.size > MOST_BYTES {
            return Err(Fault::too_large());
        }
        self.parts.push(part);
        Ok(())
    }
}

fn literal(text: String) -> Part {
    Part::Literal { text: text.into(), span: None }
}

fn hole(value: &Value) -> Vec<Part> {
    vec![Part::Hole(Arc::new(json::hole(value)))]
}

fn carried_out(verb: &Verb<'_>, argument: &Value) -> Result<Vec<Part>, Fault> {
    if argument.is_null() && verb.mode != 'v' {
        return Err(verb.refuses("null value cannot be formatted"));
    }
    match verb.mode {
        'v' => as_is(verb, argument),
        't' => {
            let argument = converted(verb, argument, &Constraint::Bool)?;
            match argument.kind {
                Kind::Bool(value) => padded(verb, value.to_string()),
                _ => Ok(hole(&argument)),
            }
        }
        'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
            let argument = converted(verb, argument, &Constraint::Number)?;
            let Kind::Number(number) = argument.kind else { return Ok(hole(&argument)) };
            let text = match verb.mode {
                'b' | 'd' | 'o' | 'x' | 'X' => number::integer(verb, number)?,
                _ => number::float(verb, to_float(number)),
            };
            Ok(vec![literal(text)])
        }
        's' | 'q' => {
            let argument = converted(verb, argument, &Constraint::String)?;
            as_text(verb, &argument)
        }
        mode => {
            let (raw, at) = (verb.raw, verb.offset);
            Err(Fault::call(format!("unsupported format verb {mode:?} in {raw:?} at offset {at}")))
        }
    }
}

fn converted(verb: &Verb<'_>, argument: &Value, to: &Constraint) -> Result<Value, Fault> {
    to.convert(argument.clone()).map_err(|message| verb.refuses(&message))
}

fn as_is(verb: &Verb<'_>, argument: &Value) -> Result<Vec<Part>, Fault> {
    match &argument.kind {
        Kind::Text(text) if !verb.sharp && verb.width.is_none() => Ok(text.parts().to_vec()),
        Kind::Text(text) if !verb.sharp => match text.as_str() {
            Some(text) => padded(verb, text.into_owned()),
            None => Ok(text.parts().to_vec()),
        },
        Kind::Number(number) if !verb.sharp => padded(verb, number::shortest(*number)),
        Kind::Unknown(_) | Kind::Choice(_) => Ok(hole(argument)),
        _ => {
            let json = json::encode(argument, Layout::Sorted);
            match json.as_str() {
                Some(json) => padded(verb, json.into_owned()),
                None => Ok(json.parts().to_vec()),
            }
        }
    }
}

fn as_text(verb: &Verb<'_>, argument: &Value) -> Result<Vec<Part>, Fault> {
    let Some(text) = argument.as_text() else { return Ok(hole(argument)) };
    let is_plain = verb.width.is_none() && verb.precision.is_none_or(|precision| precision == 0);
    if is_plain && verb.mode == 's' {
        return Ok(text.parts().to_vec());
    }
    let Some(known) = text.as_str() else {
        return Ok(if is_plain {
            json::encode(argument, Layout::Sorted).parts().to_vec()
        } else {
            hole(argument)
        });
    };
    let mut known = known.into_owned();
    if let Some(precision) = verb.precision.filter(|precision| *precision > 0) {
        known = known.graphemes(true).take(precision).collect();
    }
    if verb.mode == 'q' {
        let quoted = json::encode(&Value::text(known.as_str()), Layout::Sorted);
        known = quoted.as_str().unwrap_or_default().into_owned();
    }
    padded(verb, known)
}

/// Padded to the width in characters as people count them.
fn padded(verb: &Verb<'_>, text: String) -> Result<Vec<Part>, Fault> {
    let width = verb.width.unwrap_or(0);
    let missing = width.saturating_sub(text.graphemes(true).count());
    let pad = if verb.zero { "0" } else { " " }.repeat(missing);
    Ok(vec![literal(if verb.minus { text + &pad } else { pad + &text })])
}
