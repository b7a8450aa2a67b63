//! Where plans and states hand on what the model has: in outputs and in resources without a meaning for it.

use std::sync::Arc;

use aho_corasick::AhoCorasick;
use iamrail_core::collections::HashMap;
use iamrail_core::model::Mention;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::Value;

use super::flow::Attributes;
use crate::resources::{GIVEN_UP, is_handed_on};

/// How many bytes the names have at most that are looked for. Tests see to the end of it.
const NAMES: usize = if cfg!(test) { 20_000 } else { 4_000_000 };

/// How often names are found at most: some may stand in others.
const FOUND: usize = if cfg!(test) { 20_000 } else { 20_000_000 };

/// An output, or a resource that does not matter to the model.
pub(super) struct Place {
    /// Its address.
    pub(super) by: Arc<str>,
    /// Where it stands.
    pub(super) span: Span,
    /// Where its values stand.
    pub(super) values: Option<Span>,
    /// The resource instances that are known to flow into it.
    pub(super) from: Vec<Arc<str>>,
}

/// What is looked for: the addresses and the names of resources.
#[derive(Default)]
struct Wanted<'k> {
    resources: Vec<&'k Arc<str>>,
    /// Which of the resources has an address.
    by_address: HashMap<&'k str, usize>,
    /// Which of the resources have a name, by the places of the names in `names`.
    by_name: Vec<Vec<usize>>,
    names: Vec<String>,
}

/// For each resource the first place that has its name or ARN, and what is to be said if that was too much to look for. `kinds` are the
/// types of all resources by address.
pub(super) fn mentions<'k>(
    file: &SourceFile,
    kinds: impl Iterator<Item = (&'k Arc<str>, &'k Arc<str>)>,
    known: &Attributes,
    places: &[Place],
) -> (Vec<Mention>, Option<Diagnostic>) {
    let wanted = Wanted::of(kinds, known);
    if wanted.resources.is_empty() {
        return (Vec::new(), None);
    }
    let mut first: Vec<Option<&Place>> = vec![None; wanted.resources.len()];
    let is_complete = wanted.search(file, places, &mut first);
    let found = wanted.resources.iter().zip(first).filter_map(|(address, place)| {
        let place = place?;
        let by = Arc::clone(&place.by);
        Some(Mention { of: Arc::clone(address), by, span: place.span, hands_on: true })
    });
    let diagnostic =
        (!is_complete).then(|| Diagnostic::error("budget-exceeded", Arc::clone(file.path()), GIVEN_UP));
    (found.collect(), diagnostic)
}

impl<'k> Wanted<'k> {
    fn of(kinds: impl Iterator<Item = (&'k Arc<str>, &'k Arc<str>)>, known: &Attributes) -> Self {
        let mut wanted = Self::default();
        let mut numbers: HashMap<String, usize> = HashMap::default();
        for (address, kind) in kinds.filter(|(_, kind)| is_handed_on(kind)) {
            let resource = wanted.resources.len();
            wanted.resources.push(address);
            wanted.by_address.insert(address, resource);
            for name in names(kind, known.get(address)) {
                let next = wanted.names.len();
                let number = *numbers.entry(name.clone()).or_insert(next);
                if number == next {
                    wanted.names.push(name);
                    wanted.by_name.push(Vec::new());
                }
                wanted.by_name.get_mut(number).into_iter().for_each(|all| all.push(resource));
            }
        }
        wanted
    }

    /// Sets the first place of each resource; `false` when that was given up.
    fn search<'p>(&self, file: &SourceFile, places: &'p [Place], first: &mut [Option<&'p Place>]) -> bool {
        let size: usize = self.names.iter().map(String::len).sum();
        let search = (size <= NAMES).then(|| AhoCorasick::new(&self.names).ok()).flatten();
        let mut by_name: Vec<&[usize]> = self.by_name.iter().map(Vec::as_slice).collect();
        let mut left = FOUND;
        for place in places {
            let mut set = |resource: usize| {
                first.get_mut(resource).into_iter().for_each(|one| *one = one.or(Some(place)));
            };
            place.from.iter().filter_map(|address| self.by_address.get(&**address)).for_each(|one| set(*one));
            let (Some(search), Some(span)) = (&search, place.values) else { continue };
            for one in search.find_overlapping_iter(file.slice(span)) {
                if left == 0 {
                    break;
                }
                left -= 1;
                // Its first place is all that is asked for.
                let resources = by_name.get_mut(one.pattern().as_usize()).map(std::mem::take);
                resources.into_iter().flatten().for_each(|resource| set(*resource));
            }
        }
        search.is_some() && left > 0
    }
}

/// What tells a resource in a text: its ARN; of a group, which others know by name, also that, alone in quotes.
fn names(kind: &str, attributes: Option<&Value>) -> Vec<String> {
    let text = |name: &str| attributes?.get(name)?.as_str().filter(|text| !text.is_empty()).map(String::from);
    let quoted = text("name").filter(|_| kind == "aws_iam_group").map(|name| format!("\"{name}\""));
    text("arn").into_iter().chain(quoted).collect()
}
