//! What keeps values for others to read.

use iamrail_core::model::{Declarations, Kept};
use iamrail_core::value::Value;

use super::properties::Properties;

/// A parameter of Systems Manager keeps its value as it is written.
pub(super) fn parameter(properties: &Properties<'_>, declarations: &mut Declarations) {
    keep(properties, "Value", declarations);
}

pub(super) fn secret(properties: &Properties<'_>, declarations: &mut Declarations) {
    keep(properties, "SecretString", declarations);
}

/// Both the logical id and the name may say what the value is.
fn keep(properties: &Properties<'_>, property: &str, declarations: &mut Declarations) {
    let value = properties.value(property);
    if !value.is_null() {
        let name = properties.all().get("Name").and_then(Value::as_str).unwrap_or_default();
        let name = format!("{} {name}", properties.declared.subject).into();
        declarations.kept.push(Kept { name, value });
    }
}
