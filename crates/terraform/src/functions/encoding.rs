//! Functions that encode and decode.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

use super::call::{Call, Fault, MOST_ELEMENTS};
use super::function::{Function, Outcome, any, text};
use super::{json, pieces};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("base64decode", &[text("str")], base64decode),
    Function::partly("base64encode", &[text("str")], base64encode),
    Function::partly("base64gzip", &[text("str")], base64gzip),
    Function::partly("jsondecode", &[text("str")], jsondecode),
    Function::open("jsonencode", &[any("val").or_null()], jsonencode),
    Function::known("textdecodebase64", &[text("source"), text("encoding")], textdecodebase64),
    Function::known("textencodebase64", &[text("string"), text("encoding")], textencodebase64),
    Function::known("urlencode", &[text("str")], urlencode),
];

fn base64decode(call: &Call<'_>) -> Outcome {
    let text = call.str(0);
    let bytes = decoded(&text).map_err(|_| Fault::call(format!("failed to decode base64 data {text:?}")))?;
    let wrong = |_| Fault::call("the result of decoding the provided string is not valid UTF-8");
    Ok(Value::text(String::from_utf8(bytes).map_err(wrong)?))
}

/// Bytes of base64, which may be broken into lines.
///
/// # Errors
/// Gives the offset of what is no base64.
fn decoded(text: &str) -> Result<Vec<u8>, usize> {
    let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    STANDARD.decode(&letters).map_err(|error| match error {
        base64::DecodeError::InvalidByte(at, _) | base64::DecodeError::InvalidLastSymbol(at, _) => at,
        _ => letters.len() / 4 * 4,
    })
}

/// Before a hole whole groups of three bytes are known; what comes behind it depends on its length.
fn base64encode(call: &Call<'_>) -> Outcome {
    let text = call.text(0);
    let start = pieces::known_start(&text);
    let plain = Arc::new(call.value(0).clone());
    let Some(hole) = text.holes().next() else {
        return Ok(call.derive_text(Text::literal(STANDARD.encode(start), None).encoding_base64(plain)));
    };
    let whole_groups = start.len() / 3 * 3;
    let known = start.as_bytes().get(..whole_groups).unwrap_or_default();
    let origins = Origins::of_all([&call.value(0).origins]);
    let rest = Arc::new(Hole { origins, ..hole.as_ref().clone() });
    let parts = vec![Part::Literal { text: STANDARD.encode(known).into(), span: None }, Part::Hole(rest)];
    Ok(call.derive_text(Text::from_parts(parts).encoding_base64(plain)))
}

/// The bytes depend on the compressor, and no two of them agree. What is in them is known.
fn base64gzip(call: &Call<'_>) -> Outcome {
    let plain = call.value(0);
    let unknown = Arc::new(Unknown::new(Reason::Unsupported, "base64gzip"));
    let hole = Hole { unknown, origins: plain.origins.clone(), span: None };
    Ok(call.derive_text(Text::hole(hole).encoding_base64(Arc::new(plain.clone()))))
}

fn jsonencode(call: &Call<'_>) -> Outcome {
    let value = call.value(0);
    if value.is_unknown() {
        return Ok(call.unknown());
    }
    Ok(call.derive_text(json::encode(value, json::Layout::Sorted)))
}

fn jsondecode(call: &Call<'_>) -> Outcome {
    let text = call.value(0);
    let commas = |part: &Part| match part {
        Part::Literal { text, .. } => text.matches(',').count(),
        Part::Hole(_) => 0,
    };
    if call.text(0).parts().iter().map(commas).sum::<usize>() > MOST_ELEMENTS {
        return Ok(call.unknown_for(Reason::Budget, "jsondecode()"));
    }
    let value = iamrail_core::value::json::read(&call.text(0)).map_err(|error| {
        let message =
            if text.as_str().is_some_and(|text| text.trim().is_empty()) { "EOF" } else { error.message };
        Fault::call(message)
    })?;
    let origins = Origins::of_all([&value.origins, &text.origins]);
    Ok(Value { origins, sensitive: value.sensitive || text.sensitive, ..value })
}

/// Go's `QueryEscape`: a space is a plus.
fn urlencode(call: &Call<'_>) -> Outcome {
    let mut encoded = String::new();
    for byte in call.str(0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            b' ' => encoded.push('+'),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Value::text(encoded))
}

/// The encodings that configurations use; others are not evaluated.
#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    Utf16 {
        is_little_endian: bool,
    },
    /// With a byte order mark, big end first.
    Utf16Marked,
    Latin1,
    Ascii,
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Charset::Utf8,
            "utf-16le" => Charset::Utf16 { is_little_endian: true },
            "utf-16be" => Charset::Utf16 { is_little_endian: false },
            "utf-16" => Charset::Utf16Marked,
            "iso-8859-1" | "latin1" => Charset::Latin1,
            "us-ascii" | "ascii" => Charset::Ascii,
            _ => return None,
        })
    }

    fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Charset::Utf8 => Some(text.as_bytes().to_vec()),
            Charset::Utf16 { is_little_endian } => Some(
                text.encode_utf16()
                    .flat_map(|unit| if is_little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() })
                    .collect(),
            ),
            Charset::Utf16Marked => {
                Charset::Utf16 { is_little_endian: false }.encode(&format!("\u{FEFF}{text}"))
            }
            Charset::Latin1 => text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect(),
            Charset::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Charset::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Charset::Utf16 { is_little_endian } => {
                let (pairs, []) = bytes.as_chunks() else { return None };
                let of = if is_little_endian { u16::from_le_bytes } else { u16::from_be_bytes };
                let units: Vec<u16> = pairs.iter().map(|pair| of(*pair)).collect();
                String::from_utf16(&units).ok()
            }
            Charset::Utf16Marked => {
                let is_little_endian = bytes.starts_with(&[0xFF, 0xFE]);
                let text = Charset::Utf16 { is_little_endian }.decode(bytes)?;
                Some(text.trim_start_matches('\u{FEFF}').to_owned())
            }
            Charset::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Charset::Ascii => bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}

fn textencodebase64(call: &Call<'_>) -> Outcome {
    let name = call.str(1);
    let Some(charset) = Charset::named(&name) else {
        return Ok(call.unknown_for(Reason::Unsupported, format!("the encoding {name}")));
    };
    let bytes = charset.encode(&call.str(0)).ok_or_else(|| {
        Fault::argument(
            0,
            format!("the given string contains characters that cannot be represented in {name}"),
        )
    })?;
    Ok(Value::text(STANDARD.encode(bytes)))
}

fn textdecodebase64(call: &Call<'_>) -> Outcome {
    let name = call.str(1);
    let Some(charset) = Charset::named(&name) else {
        return Ok(call.unknown_for(Reason::Unsupported, format!("the encoding {name}")));
    };
    let bytes = decoded(&call.str(0)).map_err(|at| {
        Fault::argument(0, format!("the given value is has an invalid base64 symbol at offset {at}"))
    })?;
    let text = charset.decode(&bytes).ok_or_else(|| {
        Fault::argument(0, format!("the given string contains symbols that are not defined for {name}"))
    })?;
    Ok(Value::new(Kind::Text(Text::literal(text, None))))
}
