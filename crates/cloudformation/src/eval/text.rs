//! Functions that make texts: `Sub`, `Join`, `Base64`, `ToJsonString`.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

use super::budget::MOST_TEXT;
use super::call::Call;
use super::distribute::distribute;
use super::dynamic::resolve_dynamic;
use super::substitution::{Segment, segments};
use super::{Scope, Stack};
use crate::tree::Node;

/// How many parts a text may have.
const MOST_PARTS: usize = 10_000;

impl Stack {
    pub(super) fn sub(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let (template, variables) = match (call.text(), call.arguments().as_deref()) {
            (Some(_), _) => (call.argument, None),
            (None, Some([template, variables]))
                if template.untagged_text().is_some() && variables.entries().is_some() =>
            {
                (*template, Some(*variables))
            }
            // What a macro puts here is not at hand.
            _ if Call::long(call.argument).is_some() => {
                let text = self.argument(call, scope).unwrap_or_default();
                return self.undetermined(&text, call.span, "the text of `Sub`");
            }
            _ => {
                return self
                    .wrong(call.span, "`Sub` takes a text, or a list of a text and a map of variables");
            }
        };
        let pieces = template.pieces().unwrap_or_default();
        let variable = |name: &str, span| self.variable(name, span, variables, scope);
        if scope.bindings.is_empty() {
            return self.substitute_pieces(&pieces, &variable, call.span);
        }
        let pieces: Vec<_> = pieces
            .into_iter()
            .map(|(text, span)| (self.bound(text, span.unwrap_or(call.span), scope), span))
            .collect();
        let pieces: Vec<_> = pieces.iter().map(|(text, span)| (&**text, *span)).collect();
        self.substitute_pieces(&pieces, &variable, call.span)
    }

    /// The text of a `Sub` that a transform writes at a place.
    pub(crate) fn substitute(
        &self,
        text: &str,
        variable: &dyn Fn(&str) -> Option<Value>,
        span: Span,
    ) -> Value {
        let scope = Scope::default();
        let variable = |name: &str, span| {
            variable(name).unwrap_or_else(|| self.refer(name, span, &scope).unwrap_or_default())
        };
        self.substitute_pieces(&[(text, None)], &variable, span)
    }

    /// The value of `${Name}` or `${Resource.Attribute}` in a `Sub`.
    fn variable(&self, name: &str, span: Span, variables: Option<Node<'_>>, scope: &Scope) -> Value {
        if let Some(node) = variables.and_then(|variables| variables.get(name)) {
            return self.evaluate(node, scope).unwrap_or_default();
        }
        let value = match name.split_once('.') {
            Some((resource, attribute)) => self.attribute(resource, attribute, span),
            None => self.refer(name, span, scope).unwrap_or_default(),
        };
        self.weighed(value, span).at(span)
    }

    pub(super) fn join(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let Some([delimiter, list]) =
            call.arguments().as_deref().and_then(|list| <[_; 2]>::try_from(list).ok())
        else {
            return self.wrong(call.span, "`Join` takes a list of a delimiter and a list of values");
        };
        let Some(delimiter) = delimiter.untagged_text().map(Arc::<str>::from) else {
            return self.wrong(delimiter.span(), "the delimiter of `Join` must be a text");
        };
        let list = self.evaluate(list, scope).unwrap_or_default();
        self.join_list(list, &delimiter, "Fn::Join", call.span)
    }

    /// The elements of a list as one text.
    pub(super) fn joined_list(&self, list: Value, delimiter: &str) -> Value {
        match list.span {
            Some(span) => self.join_list(list, &delimiter.into(), "Parameters", span),
            None => list,
        }
    }

    /// The argument as it is: the encoding is left undone, since whatever reads the value wants the text.
    pub(super) fn base64(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let value = self.argument(call, scope).unwrap_or_default();
        if matches!(value.kind, Kind::List(_) | Kind::Map(_)) {
            return self.wrong(call.span, "`Base64` takes a text");
        }
        let origins = value.origins.inexact().via(&"Fn::Base64".into(), Some(call.span));
        value.with_origins(origins)
    }

    pub(super) fn to_json_string(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let value = self.argument(call, scope).unwrap_or_default();
        let origins = value.origins.inexact().via(&"Fn::ToJsonString".into(), Some(call.span));
        let sensitive = value.sensitive;
        let hole = Hole {
            unknown: Arc::new(Unknown::new(Reason::Unsupported, "Fn::ToJsonString")),
            origins: origins.clone(),
            span: Some(call.span),
        };
        let text = Text::hole(hole).encoding(Arc::new(value));
        Value { kind: Kind::Text(text), span: None, origins, sensitive }
    }
}

impl Stack {
    fn join_list(&self, list: Value, delimiter: &Arc<str>, step: &str, span: Span) -> Value {
        distribute(vec![Some(list)], &|mut list| {
            let list = list.pop().flatten().unwrap_or_default();
            let (items, open) = match &list.kind {
                Kind::List(list) => (list.items.clone(), list.open.clone()),
                Kind::Null => (Vec::new(), None),
                _ => (vec![list], None),
            };
            let open = open.map(|unknown| Value::unknown(unknown).at(span));
            distribute(items.into_iter().chain(open).map(Some).collect(), &|items| {
                let mut parts = Vec::new();
                for item in items.into_iter().flatten() {
                    if !parts.is_empty() {
                        parts.push(Some(Value::text(Arc::clone(delimiter))));
                    }
                    parts.push(Some(item));
                }
                self.concat(parts, span, step)
            })
        })
    }

    /// The text of a `Sub`. `variable` gives the value of a variable that stands at a place.
    fn substitute_pieces(
        &self,
        pieces: &[(&str, Option<Span>)],
        variable: &dyn Fn(&str, Span) -> Value,
        span: Span,
    ) -> Value {
        let inputs = segments(pieces).into_iter().map(|segment| match segment {
            Segment::Literal { text, span } => Some(Value::new(Kind::Text(Text::literal(text, span)))),
            Segment::Unclosed { text, span } => Some(Value::new(Kind::Text(Text::literal(text, span)))),
            Segment::Variable { name, span: at } => Some(variable(name.trim(), at.unwrap_or(span))),
        });
        distribute(inputs.collect(), &move |parts| self.concat(parts, span, "Fn::Sub"))
    }

    /// The concatenation of values that are no choices. A single value is passed on with its origins.
    pub(super) fn concat(&self, values: Vec<Option<Value>>, span: Span, step: &str) -> Value {
        let mut values: Vec<Value> = values.into_iter().flatten().collect();
        values.retain(|value| !value.as_text().is_some_and(Text::is_empty));
        if let [_] = values.as_slice() {
            return values.pop().map(single).unwrap_or_default().at(span);
        }
        let origins = Origins::of_all(values.iter().map(|value| &value.origins));
        // Most texts come from nowhere: they need no step of the way.
        let origins = if origins.is_empty() { origins } else { origins.via(&step.into(), Some(span)) };
        let sensitive = values.iter().any(|value| value.sensitive);
        let mut parts = Vec::new();
        for value in &values {
            append(&mut parts, value, Some(span));
        }
        if parts.len() > MOST_PARTS || length(&parts) > MOST_TEXT {
            return self.too_large(span).with_origins(origins);
        }
        let kind = Kind::Text(Text::from_parts(parts));
        self.fetched(resolve_dynamic(Value { kind, span: Some(span), origins, sensitive }), span)
    }
}

/// How many bytes the known parts have.
pub(super) fn length(parts: &[Part]) -> usize {
    let literals = parts.iter().map(|part| match part {
        Part::Literal { text, .. } => text.len(),
        Part::Hole(_) => 0,
    });
    literals.sum()
}

/// A value that is the whole text.
fn single(value: Value) -> Value {
    match &value.kind {
        Kind::Bool(_) | Kind::Number(_) => {
            let mut parts = Vec::new();
            append(&mut parts, &value, None);
            Value { kind: Kind::Text(Text::from_parts(parts)), ..value }
        }
        Kind::Text(_) => resolve_dynamic(value),
        _ => value,
    }
}

fn append(parts: &mut Vec<Part>, value: &Value, span: Option<Span>) {
    let literal = |text: String| Part::Literal { text: text.into(), span: value.span };
    match &value.kind {
        Kind::Null => {}
        Kind::Bool(flag) => parts.push(literal(flag.to_string())),
        Kind::Number(number) => parts.push(literal(number.to_string())),
        Kind::Text(text) => match text.parts() {
            // A value that is one hole stands where it is put in.
            [Part::Hole(hole)] => {
                let span = value.span.or(span).or(hole.span);
                parts.push(Part::Hole(Arc::new(Hole { span, ..Hole::clone(hole) })));
            }
            own => parts.extend(own.iter().cloned()),
        },
        _ => {
            let unknown = value.unknown_part().cloned();
            let unknown =
                unknown.unwrap_or_else(|| Arc::new(Unknown::new(Reason::Invalid, "a part of the text")));
            let span = value.span.or(span);
            parts.push(Part::Hole(Arc::new(Hole { unknown, origins: value.origins.clone(), span })));
        }
    }
}
