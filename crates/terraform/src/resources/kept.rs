//! What keeps values for others to read.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Kept};
use iamrail_core::value::{Part, Text, Value};

use super::arguments::Arguments;

/// The arguments of a version that are the secret.
const SECRET: &[&str] = &["secret_string", "secret_string_wo"];
/// The arguments that are read of a version.
pub(super) const VERSION: &[&str] = &["secret_string", "secret_string_wo", OF_SECRET];

/// The argument of a version that says which secret it is one of, by its name or its ARN.
const OF_SECRET: &str = "secret_id";
/// How much of a description is read, in characters.
const DESCRIPTION: usize = 200;

/// A version of a secret of Secrets Manager.
pub(super) fn secret(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    keep(arguments, SECRET, declarations);
}

/// Keeps the values of arguments. The name in the configuration, that in AWS and the description may say what they are; the type of a
/// resource, which begins with `aws`, does not.
pub(super) fn keep(arguments: &Arguments<'_>, paths: &[&str], declarations: &mut Declarations) {
    let text = |name| arguments.all().get(name).and_then(Value::as_str).unwrap_or_default();
    let description: String = text("description").chars().take(DESCRIPTION).collect();
    let secret = arguments.all().get(OF_SECRET).map(name_of_secret).unwrap_or_default();
    let kind = format!("{}.", arguments.declared.kind);
    let subject = arguments.declared.subject.replacen(&kind, "", 1);
    let name = format!("{subject} {} {secret} {description}", text("name"));
    let name: Arc<str> = name.replace(char::is_control, " ").into();
    for value in paths.iter().map(|path| arguments.value(path)).filter(|value| !value.is_null()) {
        declarations.kept.push(Kept { name: Arc::clone(&name), value, is_anything: false });
    }
}

/// The name of a secret that is given by its name or its ARN, as far as it is known. At the end of an ARN AWS adds a hyphen and six
/// characters to the name.
fn name_of_secret(id: &Value) -> String {
    let parts = id.as_text().map(Text::parts).unwrap_or_default();
    let known = parts.iter().map(|part| match part {
        Part::Literal { text, .. } => &**text,
        Part::Hole(_) => "",
    });
    let text: String = known.collect();
    let Some((_, name)) = text.rsplit_once(":secret:") else { return text };
    let is_suffix = |(_, end): &(&str, &str)| end.is_empty() || end.len() == 6;
    name.rsplit_once('-').filter(is_suffix).map_or(name, |(name, _)| name).to_owned()
}
