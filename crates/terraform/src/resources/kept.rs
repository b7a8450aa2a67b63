//! What keeps values for others to read.

use iamrail_core::model::{Declarations, Kept};
use iamrail_core::value::Value;

use super::arguments::Arguments;

pub(super) const SECRET: &[&str] = &["secret_string", "secret_string_wo"];

/// A version of a secret of Secrets Manager.
pub(super) fn secret(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    keep(arguments, SECRET, declarations);
}

/// Keeps the values of arguments. Both the name in the configuration and that in AWS may say what they are; the type of a resource,
/// which begins with `aws`, does not.
pub(super) fn keep(arguments: &Arguments<'_>, paths: &[&str], declarations: &mut Declarations) {
    for value in paths.iter().map(|path| arguments.value(path)).filter(|value| !value.is_null()) {
        let name = arguments.all().get("name").and_then(Value::as_str).unwrap_or_default();
        let kind = format!("{}.", arguments.declared.kind);
        let name = format!("{} {name}", arguments.declared.subject.replacen(&kind, "", 1)).into();
        declarations.kept.push(Kept { name, value });
    }
}
