//! Which templates a template nests.

use std::sync::Arc;

use iamrail_core::source::{SourceFile, Span, join, parent};

use super::{Template, Values, computed};
use crate::assembly::Assets;
use crate::eval::{BODY, STACK_SET, location_of};
use crate::tree::{Entry, Node, NodeId, Tree};

/// How deeply loops and functions are looked into.
const MOST_DEPTH: usize = 16;

/// A resource that nests a template.
#[derive(Clone, Debug)]
pub(super) struct Nested {
    /// Its logical id, as it is written.
    pub(super) id: Arc<str>,
    pub(super) properties: NodeId,
    /// Its path as written; `None` when it is no file of the input, so that its text is not at hand.
    pub(super) location: Option<String>,
    pub(super) span: Span,
    /// Whether the path is that of an asset, seen from the root.
    pub(super) is_asset: bool,
    /// The property that has the path, when that is to be computed.
    pub(super) computed: Option<&'static str>,
    /// The text that is the template itself.
    pub(super) body: Option<NodeId>,
}

/// A template that a resource nests.
#[derive(Debug)]
pub(crate) struct Inner {
    /// What its path comes to where it is nested, when that is to be computed: it may be another one elsewhere.
    pub(crate) location: Option<Arc<str>>,
    pub(crate) template: Arc<Template>,
}

/// The paths of the templates that a text nests with any of the values that are given, if it is a template.
pub(crate) fn nested_in(file: &Arc<SourceFile>, given: &[Values]) -> Vec<String> {
    let Some(tree) = Tree::parse(file).0 else { return Vec::new() };
    let assets = Assets::default();
    let mut all: Vec<Nested> = tree.documents().flat_map(|root| nested(root, &assets)).collect();
    if all.iter().any(|one| one.computed.is_some())
        && let Some(template) = Template::read(tree, &mut Vec::new())
    {
        all = computed::followed(&Arc::new(template), given, all);
    }
    all.into_iter().filter_map(|one| join(parent(file.path()), &one.location?)).collect()
}

/// The templates that a template nests.
pub(super) fn nested<'t>(root: Node<'t>, assets: &'t Assets) -> impl Iterator<Item = Nested> + 't {
    let mut resources = Vec::new();
    if let Some(section) = root.get("Resources") {
        written(section, 0, &mut resources);
    }
    resources.into_iter().filter_map(|entry| nested_by(entry, assets))
}

/// The resources of a section, those in the bodies of loops once.
fn written<'t>(section: Node<'t>, depth: usize, resources: &mut Vec<Entry<'t>>) {
    for entry in section.entries().into_iter().flatten() {
        match entry.value.items() {
            Some(parts) if depth < MOST_DEPTH => {
                parts.last().into_iter().for_each(|body| written(body, depth + 1, resources));
            }
            _ => resources.push(entry),
        }
    }
}

fn nested_by(entry: Entry<'_>, assets: &Assets) -> Option<Nested> {
    let kind = entry.value.get("Type")?.text()?;
    let properties = entry.value.get("Properties")?;
    let nested = |location: Option<&str>, span, is_asset| {
        let location = location.map(str::to_owned);
        let (id, properties) = (Arc::clone(entry.key), properties.id());
        Some(Nested { id, properties, location, span, is_asset, computed: None, body: None })
    };
    if let Some(body) = properties.get(BODY).filter(|_| kind == STACK_SET) {
        // What functions put together is read where it is known what they come to.
        let written = text_of(body)?.id();
        return Some(Nested { body: Some(written), ..nested(None, body.span(), false)? });
    }
    let property = location_of(kind)?;
    let written = properties.get(property);
    if let Some(url) = written
        && let Some(path) = assets.behind(url)
    {
        return nested(Some(path), url.span(), true);
    }
    let local = written.and_then(|node| Some((node.untagged_text()?, node.span())));
    let local = local.filter(|(text, _)| is_local(text));
    // The AWS CDK puts the place where it uploads the template, and keeps the path aside.
    match local.or_else(|| asset(entry.value, property)) {
        Some((location, span)) => nested(Some(location), span, false),
        None => {
            let computed = written.filter(|url| may_be_local(*url)).map(|_| property);
            Some(Nested { computed, ..nested(None, written?.span(), false)? })
        }
    }
}

/// The text that is written out in a node, also as that of a `Sub` without variables.
fn text_of(node: Node<'_>) -> Option<Node<'_>> {
    if node.untagged_text().is_some() {
        return Some(node);
    }
    let short = node.tag().is_some_and(|tag| &*tag.name == "Sub").then_some(node);
    short.or_else(|| node.get("Fn::Sub")).filter(|node| node.text().is_some_and(|text| !text.contains("${")))
}

fn asset<'t>(resource: Node<'t>, property: &str) -> Option<(&'t str, Span)> {
    let metadata = resource.get("Metadata")?;
    let path = metadata.get("aws:asset:path")?;
    let is_this = metadata.get("aws:asset:property").and_then(Node::text) == Some(property);
    path.text().filter(|_| is_this).map(|text| (text, path.span()))
}

/// Whether a location that is to be computed can be a path: a text that is put together of parts of which one has a scheme
/// is none, whatever the others are.
fn may_be_local(url: Node<'_>) -> bool {
    let is_put_together = |name: &str| matches!(name, "Sub" | "Join" | "Fn::Sub" | "Fn::Join");
    let has_scheme = |node: Node<'_>| texts(node, 0).iter().any(|text| text.contains("://"));
    let long = || url.entries().is_some_and(|mut entries| entries.any(|entry| is_put_together(entry.key)));
    let (is_call, is_put_together) = match url.tag() {
        Some(tag) => (true, is_put_together(&tag.name)),
        None => (url.entries().is_some(), long()),
    };
    is_call && !(is_put_together && has_scheme(url))
}

/// All texts in a node.
fn texts(node: Node<'_>, depth: usize) -> Vec<&str> {
    if depth > MOST_DEPTH {
        return Vec::new();
    }
    let items = node.items().into_iter().flatten().flat_map(|item| texts(item, depth + 1));
    let entries = node.entries().into_iter().flatten().flat_map(|entry| texts(entry.value, depth + 1));
    node.text().into_iter().chain(items).chain(entries).collect()
}

pub(super) fn is_local(location: &str) -> bool {
    !location.is_empty() && !location.contains("://") && !location.contains("{{")
}
