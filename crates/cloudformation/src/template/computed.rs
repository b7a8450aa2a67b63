//! Paths of nested templates that functions make: `TemplateURL: !If [IsProd, prod.yaml, dev.yaml]`.

use std::sync::Arc;

use iamrail_core::collections::{HashSet, IndexMap};

use super::Template;
use super::nested::{Nested, is_local};
use crate::eval::Stack;

/// How many paths one resource is followed to.
const MOST_PATHS: usize = 64;

/// What a template nests, with every path that is to be computed replaced by those that it comes to in any deployment. One
/// without a path stays for what cannot be told, or is no file of the input.
pub(super) fn followed(template: &Arc<Template>, nested: Vec<Nested>) -> Vec<Nested> {
    if nested.iter().all(|one| one.computed.is_none()) {
        return nested;
    }
    let stack = Stack::new(Arc::clone(template), IndexMap::default());
    nested.into_iter().flat_map(|one| follow(&stack, one)).collect()
}

fn follow(stack: &Stack, nested: Nested) -> Vec<Nested> {
    let Some(property) = nested.computed else { return vec![nested] };
    let mut found = Vec::new();
    let mut is_all = true;
    let mut seen = HashSet::default();
    // A loop declares several of the same properties.
    for (_, resource) in stack.resources().iter().filter(|(_, one)| one.properties == Some(nested.properties))
    {
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
