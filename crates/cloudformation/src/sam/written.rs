//! Values as the transform writes them, all of them standing at the place that caused them.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, Text, Value};

/// A pen that writes at one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen(pub(super) Span);

impl Pen {
    pub(super) fn text(self, text: impl Into<Arc<str>>) -> Value {
        Value::new(Kind::Text(Text::literal(text, None))).at(self.0)
    }

    pub(super) fn list(self, items: Vec<Value>) -> Value {
        Value::list(items).at(self.0)
    }

    pub(super) fn texts<'t>(self, texts: impl IntoIterator<Item = &'t str>) -> Value {
        self.list(texts.into_iter().map(|text| self.text(text)).collect())
    }

    pub(super) fn map(self, entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
        let field = |value| Field { key: Some(self.0), value };
        let entries: IndexMap<_, _> =
            entries.into_iter().map(|(key, value)| (Arc::from(key), field(value))).collect();
        Value::map(entries).at(self.0)
    }

    /// A statement that allows actions on resources.
    pub(super) fn allow<'t>(self, actions: impl IntoIterator<Item = &'t str>, resource: Value) -> Value {
        self.map([("Effect", self.text("Allow")), ("Action", self.texts(actions)), ("Resource", resource)])
    }

    /// An inline policy.
    pub(super) fn policy(self, name: impl Into<Arc<str>>, statements: Vec<Value>) -> Value {
        let document = self.map([("Statement", self.list(statements))]);
        self.map([("PolicyName", self.text(name)), ("PolicyDocument", document)])
    }

    /// The trust in a service.
    pub(super) fn trust(self, service: &str) -> Value {
        let statement = self.map([
            ("Effect", self.text("Allow")),
            ("Action", self.text("sts:AssumeRole")),
            ("Principal", self.map([("Service", self.text(service))])),
        ]);
        self.map([("Version", self.text("2012-10-17")), ("Statement", self.list(vec![statement]))])
    }
}
