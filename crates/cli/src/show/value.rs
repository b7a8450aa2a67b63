//! Values of the model as JSON: what is not known as `${...}`, what is sensitive not at all.

use iamrail::core::value::{Choice, Kind, Number, Unknown, Value};
use serde_json::Value as Json;
use serde_json::json;

use crate::output::Scene;

/// What is shown in place of a sensitive value.
const SENSITIVE: &str = "(sensitive)";
/// How deep values are shown.
const DEEPEST: usize = 32;

/// A value.
pub(crate) fn value(scene: &Scene<'_>, shown: &Value) -> Json {
    at_depth(scene, shown, 0)
}

fn at_depth(scene: &Scene<'_>, value: &Value, depth: usize) -> Json {
    if value.sensitive {
        return json!(SENSITIVE);
    }
    if depth > DEEPEST {
        return json!("(too deep to be shown)");
    }
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(value) => json!(value),
        Kind::Number(Number::Int(number)) => match i64::try_from(*number) {
            Ok(number) => json!(number),
            Err(_) => json!(number.to_string()),
        },
        Kind::Number(Number::Float(number)) => json!(number),
        Kind::Text(text) => json!(scene.text(&text.display())),
        Kind::List(list) | Kind::Set(list) => {
            let items = list.items.iter().map(|item| at_depth(scene, item, depth + 1));
            items.chain(list.open.iter().map(|unknown| more(scene, unknown))).collect()
        }
        Kind::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| (scene.text(key).into_owned(), at_depth(scene, value, depth + 1)));
            let open = map.open.iter().map(|unknown| ("...".to_owned(), more(scene, unknown)));
            Json::Object(entries.chain(open).collect())
        }
        Kind::Choice(choice) => one_of(scene, choice, depth),
        Kind::Unknown(unknown) => json!(format!("${{{}}}", scene.text(&unknown.what))),
        _ => Json::Null,
    }
}

/// What a list or map may hold besides what is known.
fn more(scene: &Scene<'_>, unknown: &Unknown) -> Json {
    json!(format!("...${{{}}}", scene.text(&unknown.what)))
}

fn one_of(scene: &Scene<'_>, choice: &Choice, depth: usize) -> Json {
    let alternatives: Vec<Json> = choice
        .alternatives
        .iter()
        .map(|alternative| {
            let value = alternative.value.as_ref().map(|value| at_depth(scene, value, depth + 1));
            match alternative.guard.is_always() {
                true => json!({ "value": value }),
                false => json!({ "when": scene.text(&alternative.guard.to_string()), "value": value }),
            }
        })
        .collect();
    match &choice.undecided {
        Some(unknown) => json!({ "one_of": alternatives, "undecided": scene.text(&unknown.to_string()) }),
        None => json!({ "one_of": alternatives }),
    }
}
