//! Where plans and states hand on what the model has: in outputs and in resources without a meaning for it.

use std::sync::Arc;

use iamrail_core::model::Mention;
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::Value;

use super::flow::Attributes;
use crate::resources::is_handed_on;

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

/// Which places have the name or ARN of which resources. `kinds` are the types of all of them by address.
pub(super) fn mentions<'k>(
    file: &SourceFile,
    kinds: impl Iterator<Item = (&'k Arc<str>, &'k Arc<str>)>,
    known: &Attributes,
    places: &[Place],
) -> Vec<Mention> {
    let mut mentions = Vec::new();
    for (address, kind) in kinds.filter(|(_, kind)| is_handed_on(kind)) {
        let names = names(kind, known.get(address));
        let has_it = |place: &&Place| {
            let text = place.values.map_or("", |span| file.slice(span));
            place.from.contains(address) || names.iter().any(|name| text.contains(name.as_str()))
        };
        let of = |place: &Place| Mention {
            of: Arc::clone(address),
            by: Arc::clone(&place.by),
            span: place.span,
            hands_on: true,
        };
        mentions.extend(places.iter().filter(has_it).map(of));
    }
    mentions
}

/// What tells a resource in a text: its ARN; of a group, which others know by name, also that, alone in quotes.
fn names(kind: &str, attributes: Option<&Value>) -> Vec<String> {
    let text = |name: &str| attributes?.get(name)?.as_str().filter(|text| !text.is_empty()).map(String::from);
    let quoted = text("name").filter(|_| kind == "aws_iam_group").map(|name| format!("\"{name}\""));
    text("arn").into_iter().chain(quoted).collect()
}
