//! The places that take part in a finding, for people.

use std::collections::HashMap;

use iamrail::core::report::Related;
use iamrail::core::source::Span;

/// How many other subjects of one finding are named; the rest is counted.
pub(super) const MOST_OTHERS: usize = 5;

/// What a related place says; its subject is named unless it is the finding's own.
fn said(related: &Related, subject: &str) -> String {
    match (related.subject.is_empty() || *related.subject == *subject, related.message.is_empty()) {
        (true, false) => related.message.clone(),
        (_, true) => format!("`{}`", related.subject),
        (false, false) => format!("`{}`: {}", related.subject, related.message),
    }
}

/// The related places with what is said there. Subjects of which one place says the same, such as the instances of a resource,
/// are named together.
pub(super) fn folded(related: &[Related], subject: &str) -> Vec<(Option<Span>, String)> {
    let mut groups: Vec<Vec<&Related>> = Vec::new();
    let mut index = HashMap::new();
    for one in related {
        // What has no place, or is the subject itself, has nothing in common with others.
        let is_alone = one.span.is_none() || *one.subject == *subject || one.subject.is_empty();
        let fold = (one.span, &one.message, is_alone.then_some(groups.len()));
        let at = *index.entry(fold).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let told = |group: Vec<&Related>| {
        let first = group.first()?;
        let subjects = group.iter().take(MOST_OTHERS).map(|one| format!("`{}`", one.subject));
        let mut subjects = subjects.collect::<Vec<_>>().join(", ");
        if let Some(more) = group.len().checked_sub(MOST_OTHERS).filter(|more| *more > 0) {
            subjects.push_str(&format!(" and {more} more"));
        }
        let label = match group.as_slice() {
            [one] => said(one, subject),
            _ if first.message.is_empty() => subjects,
            _ => format!("{subjects}: {}", first.message),
        };
        Some((first.span, label))
    };
    groups.into_iter().filter_map(told).collect()
}
