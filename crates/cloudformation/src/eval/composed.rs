//! Templates whose text functions put together: `TemplateBody: !Sub |`.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Part, Text, Unknown, Value};

use super::literal::unknown_text;
use super::nested::{BODY, Chosen, Given};
use super::{Scope, Stack};
use crate::template::{Parameter, Resource, not_at_hand, within};
use crate::tree::{Piece, parameter};

/// How deeply templates of this kind nest. Those in files do no deeper.
const MOST_DEPTH: usize = 16;

impl Stack {
    /// The templates that the body of a stack set comes to.
    pub(super) fn composed(&self, id: &str, resource: &Resource, scope: &Scope) -> Vec<Chosen> {
        let properties = resource.properties.map(|properties| self.template.node(properties));
        let Some(written) = properties.and_then(|properties| properties.get(BODY)) else {
            return Vec::new();
        };
        let body = self.properties(resource, scope).get(BODY).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for one in body.alternatives() {
            let text = one.value.and_then(|value| value.as_text().filter(|_| !value.sensitive));
            let text = text.filter(|_| one.undecided.is_none() && !body.sensitive);
            let text = text.and_then(written_out);
            match text.and_then(|text| self.made_of(&text, written.span())) {
                Some(chosen) => {
                    let name = Some(Arc::from(found.len().to_string()));
                    found.push(Chosen { guard: one.guard, name, ..chosen });
                }
                None => {
                    self.say(not_at_hand(&self.path_of(written.span()), id, written.span()), written.span())
                }
            }
        }
        found
    }

    /// The template that a text is, under whatever condition; `None` when not enough of it is known.
    fn made_of(&self, text: &Text, whole: Span) -> Option<Chosen> {
        let known = |part: &Part| match part {
            Part::Literal { text, .. } => text.len(),
            Part::Hole(_) => 0,
        };
        let is_known = text.parts().iter().any(|part| known(part) > 0);
        let length = text.parts().iter().map(known).sum();
        if !is_known || self.place.calls.len() >= MOST_DEPTH || !self.budget.make(length) {
            return None;
        }
        let mut diagnostics = Vec::new();
        let tree = self.template.tree.composed(&pieces(text, whole), whole, &mut diagnostics);
        let template = tree.and_then(|tree| within(tree, &mut diagnostics));
        for one in diagnostics {
            let span = one.span.unwrap_or(whole);
            self.say(one, span);
        }
        let mut template = template?;
        let mut given = IndexMap::default();
        for (at, hole) in text.holes().enumerate() {
            let name: Arc<str> = parameter(at).into();
            let root = template.root().id();
            template.parameters.insert(Arc::clone(&name), Parameter::made_up(root));
            let span = hole.span.filter(|span| whole.contains(span)).unwrap_or(whole);
            let value: Value = unknown_text(Unknown::clone(&hole.unknown), hole.origins.clone(), span);
            given.insert(name, Given::certainly(value));
        }
        let always = Default::default();
        Some(Chosen { guard: always, name: None, template: Arc::new(template), given })
    }
}

/// The text, as JSON where it is that of a value; `None` where the value may be of several kinds.
fn written_out(text: &Text) -> Option<Text> {
    let Some(structure) = text.structure() else { return Some(text.clone()) };
    let mut parts = Vec::new();
    write(structure, &mut parts)?;
    Some(Text::from_parts(parts))
}

fn write(value: &Value, parts: &mut Vec<Part>) -> Option<()> {
    let mark = |mark: &str| Part::Literal { text: mark.into(), span: None };
    match &value.kind {
        Kind::Null => parts.push(mark("null")),
        Kind::Bool(flag) => parts.push(mark(&flag.to_string())),
        Kind::Number(number) => parts.push(mark(&number.to_string())),
        Kind::Text(text) if text.structure().is_none() => {
            parts.push(mark("\""));
            for part in text.parts() {
                parts.push(match part {
                    Part::Literal { text, span } => {
                        Part::Literal { text: escaped(text).into(), span: span.or(value.span) }
                    }
                    hole @ Part::Hole(_) => hole.clone(),
                });
            }
            parts.push(mark("\""));
        }
        Kind::List(list) if list.doubt().is_none() => {
            parts.push(mark("["));
            for (at, item) in list.items.iter().enumerate() {
                parts.extend((at > 0).then(|| mark(",")));
                write(item, parts)?;
            }
            parts.push(mark("]"));
        }
        Kind::Map(map) if map.open.is_none() => {
            parts.push(mark("{"));
            for (at, (key, field)) in map.entries.iter().enumerate() {
                parts.extend((at > 0).then(|| mark(",")));
                let text = format!("\"{}\"", escaped(key)).into();
                parts.push(Part::Literal { text, span: field.key });
                parts.push(mark(":"));
                write(&field.value, parts)?;
            }
            parts.push(mark("}"));
        }
        _ => return None,
    }
    Some(())
}

/// A text as JSON has it between its quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            letter if letter < ' ' => escaped.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The pieces of a text with their places at the call that puts it together. What stands elsewhere, as the default of a parameter
/// does, has the place between those around it.
fn pieces(text: &Text, whole: Span) -> Vec<(Piece<'_>, Option<Span>)> {
    let each = text.parts().iter().map(|part| match part {
        Part::Literal { text, span } => (Piece::Known(text), *span),
        Part::Hole(hole) => (Piece::Hole, hole.span),
    });
    // The last line break of a block lies behind what is shown of it.
    let here = |span: &Span| span.file == whole.file && (whole.start..whole.end).contains(&span.start);
    let mut pieces: Vec<_> = each.map(|(piece, span)| (piece, span.filter(here))).collect();
    let ends: Vec<Option<Span>> = pieces.iter().map(|(_, span)| *span).collect();
    for (at, (_, span)) in pieces.iter_mut().enumerate().filter(|(_, (_, span))| span.is_none()) {
        let before = at.checked_sub(1).and_then(|at| *ends.get(at)?);
        let after = ends.get(at + 1).copied().flatten();
        if let (Some(before), Some(after)) = (before, after)
            && before.end < after.start
        {
            *span = Some(Span::new(whole.file, before.end, after.start));
        }
    }
    pieces
}
