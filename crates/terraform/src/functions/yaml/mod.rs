//! `yamldecode` and `yamlencode`.

mod decode;
mod encode;
mod scalar;

use iamrail_core::value::{Origins, Value};

use super::call::{Call, Fault, MOST_BYTES};
use super::function::{Function, Outcome, any, text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("yamldecode", &[text("src")], yamldecode),
    Function::known("yamlencode", &[any("value").or_null()], yamlencode),
];

fn yamldecode(call: &Call<'_>) -> Outcome {
    let text = call.text(0);
    let value = decode::read(&text).map_err(Fault::call)?;
    let origins = Origins::of_all([&value.origins]);
    Ok(value.with_origins(origins))
}

fn yamlencode(call: &Call<'_>) -> Outcome {
    let mut writer = encode::Writer::default();
    writer.document(call.value(0));
    if writer.text.len() > MOST_BYTES {
        return Err(Fault::call("the result would be too large"));
    }
    Ok(Value::text(writer.text))
}
