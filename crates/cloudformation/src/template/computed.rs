//! Paths of nested templates that functions make: `TemplateURL: !If [IsProd, prod.yaml, dev.yaml]`.

use std::sync::Arc;

use iamrail_core::collections::{HashSet, IndexMap};

use super::nested::{Nested, is_local};
use super::{Template, Values};
use crate::eval::Stack;

/// How many paths one resource is followed to.
const MOST_PATHS: usize = 64;

/// What a template nests, with every path that is to be computed replaced by those that it comes to in any deployment with any
/// of the values that are given. One without a path stays for what cannot be told, or is no file of the input.
pub(super) fn followed(template: &Arc<Template>, given: &[Values], nested: Vec<Nested>) -> Vec<Nested> {
    if nested.iter().all(|one| one.computed.is_none()) {
        return nested;
    }
    let nothing = [IndexMap::default()];
    let given = if given.is_empty() { nothing.as_slice() } else { given };
    let stacks = given.iter().map(|values| Stack::new(Arc::clone(template), values.clone()));
    let stacks: Vec<Stack> = stacks.collect();
    nested.into_iter().flat_map(|one| follow(&stacks, one)).collect()
}

fn follow(stacks: &[Stack], nested: Nested) -> Vec<Nested> {
    let Some(property) = nested.computed else { return vec![nested] };
    let mut found = Vec::new();
    let mut is_all = true;
    let mut seen = HashSet::default();
    // A loop declares several of the same properties.
    let resources = stacks.iter().flat_map(|stack| stack.resources().values().map(move |one| (stack, one)));
    for (stack, resource) in resources.filter(|(_, one)| one.properties == Some(nested.properties)) {
        let locations = stack.locations(resource, property);
        is_all &= locations.is_all;
        for (location, span) in locations.known {
            let is_path = is_local(&location);
            is_all &= is_path && seen.len() < MOST_PATHS;
            if is_path && seen.len() < MOST_PATHS && seen.insert(location.clone()) {
                let span = span.filter(|span| nested.span.contains(span)).unwrap_or(nested.span);
                found.push(Nested { location: Some(location), span, ..nested.clone() });
            }
        }
    }
    if !is_all || found.is_empty() {
        found.push(Nested { computed: None, ..nested });
    }
    found
}
