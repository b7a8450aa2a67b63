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

/// How much of a description is read, in characters.
const DESCRIPTION: usize = 200;

/// The logical id, the name and the description may say what the value is.
fn keep(properties: &Properties<'_>, property: &str, declarations: &mut Declarations) {
    let value = properties.value(property);
    if !value.is_null() {
        let text = |name| properties.all().get(name).and_then(Value::as_str).unwrap_or_default();
        let description: String = text("Description").chars().take(DESCRIPTION).collect();
        let name = format!("{} {} {description}", properties.declared.subject, text("Name"));
        let name = name.replace(char::is_control, " ").into();
        declarations.kept.push(Kept { name, value, is_anything: false });
    }
}
