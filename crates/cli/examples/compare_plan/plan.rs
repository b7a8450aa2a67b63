//! The resources and outputs of a plan, by address.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A block that will exist.
#[derive(Clone, Copy)]
pub(crate) struct Planned<'p> {
    pub(crate) kind: &'p str,
    /// Its values.
    pub(crate) after: Object<'p>,
    /// Which of them are not known.
    pub(crate) unknown: Object<'p>,
}

/// The members of an object; of anything else, none.
#[derive(Clone, Copy)]
pub(crate) struct Object<'p>(&'p Json);

impl<'p> Object<'p> {
    pub(crate) fn get(self, name: &str) -> Option<&'p Json> {
        self.0.get(name)
    }

    /// An output is its value.
    pub(crate) fn whole(self) -> &'p Json {
        self.0
    }
}

/// The managed resources and the outputs that exist after the plan is applied.
pub(crate) fn planned(plan: &Json) -> BTreeMap<String, Planned<'_>> {
    let mut planned = BTreeMap::new();
    for change in plan.get("resource_changes").and_then(Json::as_array).into_iter().flatten() {
        let text = |name: &str| change.get(name).and_then(Json::as_str).unwrap_or_default();
        if let Some(values) = change.get("change").filter(|values| text("mode") == "managed" && stays(values))
        {
            planned.insert(text("address").to_owned(), block(text("type"), values));
        }
    }
    for (name, values) in plan.get("output_changes").and_then(Json::as_object).into_iter().flatten() {
        if stays(values) {
            planned.insert(format!("output.{name}"), block("output", values));
        }
    }
    planned
}

/// The variables that the plan was made with, as the command line gives them.
pub(crate) fn variables(plan: &Json) -> Vec<(String, String)> {
    let declared = |name: &str| plan.pointer("/configuration/root_module/variables")?.get(name);
    let given = plan.get("variables").and_then(Json::as_object).into_iter().flatten();
    given
        .filter_map(|(name, variable)| Some((name, variable.get("value")?)))
        .filter(|(name, value)| declared(name).and_then(|declared| declared.get("default")) != Some(*value))
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

fn stays(change: &Json) -> bool {
    let actions = change.get("actions").and_then(Json::as_array);
    !actions
        .is_some_and(|actions| matches!(actions.as_slice(), [only] if only == "delete" || only == "forget"))
}

fn block<'p>(kind: &'p str, values: &'p Json) -> Planned<'p> {
    let part = |name: &str| Object(values.get(name).unwrap_or(&Json::Null));
    Planned { kind, after: part("after"), unknown: part("after_unknown") }
}
