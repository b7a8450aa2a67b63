//! `yamldecode` and `yamlencode`.

mod decode;
mod encode;
mod marks;
mod scalar;

use iamrail_core::value::{Origins, Value};

use self::marks::Marks;
use super::call::{Call, Fault, MOST_BYTES};
use super::function::{Function, Outcome, any, text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("yamldecode", &[text("src")], yamldecode),
    Function::known("yamlencode", &[any("value").or_null()], yamlencode),
];

fn yamldecode(call: &Call<'_>) -> Outcome {
    let text = call.text(0);
    let Some((whole, marks)) = Marks::set(&text) else { return Ok(call.unknown()) };
    match decode::read(&text, &whole, &marks) {
        Ok(value) => {
            let origins = Origins::of_all([&value.origins, &call.value(0).origins]);
            Ok(Value { origins, sensitive: value.sensitive || call.is_sensitive(), ..value })
        }
        // What the holes stand for may make it right.
        Err(_) if !text.is_known() => Ok(call.unknown()),
        Err(message) => Err(Fault::call(message)),
    }
}

fn yamlencode(call: &Call<'_>) -> Outcome {
    let mut writer = encode::Writer::default();
    writer.document(call.value(0));
    if writer.text.len() > MOST_BYTES {
        return Err(Fault::too_large());
    }
    Ok(call.derive_text(writer.finish()))
}
