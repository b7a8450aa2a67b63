//! Values that are written out.

use std::sync::Arc;

use iamrail_core::collections::{IndexMap, RandomState};
use iamrail_core::source::Span;
use iamrail_core::value::{
    Alternative, Choice, Field, Hole, Kind, List, Map, Number, Origins, Part, Reason, Text, Unknown, Value,
};

use super::call::{Call, Function};
use super::dynamic::resolve_dynamic;
use super::{Scope, Stack};
use crate::sam::is_serverless;
use crate::tree::{Node, Resolved};

impl Stack {
    /// The value of a node whose tag is left out of account.
    pub(super) fn literal(&self, node: Node<'_>, scope: &Scope) -> Value {
        if let Some(resolved) = node.resolved() {
            return self.scalar(node, resolved, scope);
        }
        if let Some(items) = node.items() {
            let mut values = Vec::with_capacity(items.len());
            values.extend(items.filter_map(|item| self.evaluate(item, scope)));
            let list =
                if node.is_cut() { open_list(values, Arc::new(self.unread())) } else { Value::list(values) };
            return list.at(node.span());
        }
        match Call::long(node) {
            // The content of a tagged node may be a call itself: `!Base64 {Ref: X}`.
            Some(call) if node.tag().is_some() => self.call(&call, scope).unwrap_or_default(),
            _ => self.map(node, scope).at(node.span()),
        }
    }

    /// The value of a scalar.
    fn scalar(&self, node: Node<'_>, resolved: Resolved<'_>, scope: &Scope) -> Value {
        let kind = match resolved {
            // The serverless transform takes what is null for what is not there.
            Resolved::Null if self.is_of_transform(node.span()) => Kind::Null,
            Resolved::Null => {
                self.report("null-value", "CloudFormation refuses a template with a null value", node.span());
                return Value::unknown(Unknown::new(Reason::Invalid, "null")).at(node.span());
            }
            Resolved::Bool(value) => Kind::Bool(value),
            Resolved::Int(number) => Kind::Number(Number::Int(number)),
            Resolved::Float(number) => Kind::Number(Number::Float(number)),
            Resolved::Text(text) if !self.budget.make(text.len()) => return self.too_large(node.span()),
            Resolved::Text(_) => {
                let bound = |text: &str, span: Option<Span>| {
                    self.bound(text, span.unwrap_or(node.span()), scope).into()
                };
                return resolve_dynamic(text_of(node, &bound)).at(node.span());
            }
        };
        Value::new(kind).at(node.span())
    }

    /// Whether something stands in a resource that the serverless transform replaces.
    fn is_of_transform(&self, span: Span) -> bool {
        let mut properties = self.resources().values().filter(|one| is_serverless(&one.kind));
        properties
            .any(|one| one.properties.is_some_and(|node| self.template.node(node).span().contains(&span)))
    }

    /// Whether a key is that of a function although the map has others.
    fn is_call_beside_others(&self, map: Node<'_>, key: &str) -> bool {
        map.entries().is_some_and(|entries| entries.len() > 1)
            && key.strip_prefix("Fn::").or((key == "Ref").then_some(key)).is_some_and(Function::is_one)
    }

    fn map(&self, node: Node<'_>, scope: &Scope) -> Value {
        // Most maps are small: the room that they would grow into is most of what they would take.
        let count = node.entries().map_or(0, |entries| entries.len());
        let mut entries = IndexMap::with_capacity_and_hasher(count, RandomState::default());
        let mut open = node.is_cut().then(|| Arc::new(self.unread()));
        self.each_entry(node, scope, &mut |key, entry, scope| {
            if self.is_call_beside_others(node, key) {
                self.wrong(entry.key_span, format!("`{key}` must be the only key of its map"));
            }
            if &**key == "Fn::Transform" {
                // What a macro puts in its place is not at hand.
                open = Some(Arc::new(Unknown::new(Reason::Missing, "Fn::Transform")));
            } else if let Some(value) = self.evaluate(entry.value, scope) {
                entries.insert(Arc::clone(key), Field { key: Some(entry.key_span), value });
            }
        });
        let value = Value::map(entries);
        match (&value.kind, open) {
            (Kind::Map(map), Some(unknown)) => {
                let map = Map { open: Some(unknown), ..map.as_ref().clone() };
                Value { kind: Kind::Map(Arc::new(map)), ..value }
            }
            _ => value,
        }
    }
}

/// The text of a scalar, whatever its type.
pub(super) fn text(node: Node<'_>) -> Value {
    if let (Some(Resolved::Bool(_)), Some(text)) = (node.resolved(), node.value_text()) {
        let span = node.verbatim().filter(|(written, _)| *written == text).map(|(_, span)| span);
        return Value::new(Kind::Text(Text::literal(text, span))).at(node.span());
    }
    text_of(node, &|text, _| text.into())
}

/// The text of a scalar with every piece of it changed.
fn text_of(node: Node<'_>, change: &dyn Fn(&str, Option<Span>) -> Arc<str>) -> Value {
    if let Some((text, span)) = node.verbatim().filter(|(text, _)| !text.is_empty()) {
        // Nearly every text is of this kind.
        return Value::new(Kind::Text(Text::literal(change(text, Some(span)), Some(span)))).at(node.span());
    }
    let pieces = node.pieces().unwrap_or_default();
    let parts = pieces.into_iter().map(|(text, span)| Part::Literal { text: change(text, span), span });
    Value::new(Kind::Text(Text::from_parts(parts.collect()))).at(node.span())
}

/// A value where a text is expected: a truth value is `true` or `false` however it was written.
pub(crate) fn as_text(value: Value) -> Value {
    let text = match &value.kind {
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(Number::Int(number)) => number.to_string(),
        Kind::Choice(choice) => {
            let alternatives = choice
                .alternatives
                .iter()
                .map(|one| Alternative { guard: one.guard.clone(), value: one.value.clone().map(as_text) });
            let alternatives = alternatives.collect();
            let undecided = choice.undecided.clone();
            return Value { kind: Kind::Choice(Arc::new(Choice { alternatives, undecided })), ..value };
        }
        _ => return value,
    };
    Value { kind: Kind::Text(Text::literal(text, value.span)), ..value }
}

/// A text of which nothing is known but where it comes from. Other than a value that is not known at all, it is known to
/// be one text.
pub(crate) fn unknown_text(unknown: Unknown, origins: Origins, span: Span) -> Value {
    let hole = Hole { unknown: Arc::new(unknown), origins: origins.clone(), span: Some(span) };
    let text = Text::hole(hole);
    Value::new(Kind::Text(text)).with_origins(origins).at(span)
}

/// A list of which only some elements are known.
pub(super) fn open_list(items: Vec<Value>, unknown: Arc<Unknown>) -> Value {
    let origins = Origins::of_all(items.iter().map(|item| &item.origins));
    let sensitive = items.iter().any(|item| item.sensitive);
    let kind = Kind::List(Arc::new(List::new(items, Some(unknown))));
    Value { kind, span: None, origins, sensitive }
}
