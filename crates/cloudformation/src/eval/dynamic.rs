//! Dynamic references: `{{resolve:secretsmanager:...}}` stands for a value that the deployment fetches, and in a change set
//! `{{changeSet:...}}` for one that it makes up: `aws cloudformation describe-change-set` shows what only its execution settles as
//! `{{changeSet:KNOWN_AFTER_APPLY}}`, as the tests of the AWS CDK for differences and the emulation of LocalStack have it.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

use super::substitution::within;
use super::{Stack, identity};

/// What they start with, and why what they stand for is not known.
const OPENINGS: [(&str, Reason); 2] = [("{{resolve:", Reason::Import), ("{{changeSet:", Reason::Computed)];
const CLOSING: &str = "}}";

/// The same value with every dynamic reference in its text replaced by a hole.
pub(super) fn resolve_dynamic(value: Value) -> Value {
    let Kind::Text(text) = &value.kind else { return value };
    let refers = |part: &Part| matches!(part, Part::Literal { text, .. } if opening(text).is_some());
    if !text.parts().iter().any(refers) {
        return value;
    }
    let mut reader = Reader::default();
    for part in text.parts() {
        match part {
            Part::Literal { text, span } => reader.literal(text, *span),
            Part::Hole(hole) => reader.hole(hole),
        }
    }
    let kind = Kind::Text(Text::from_parts(reader.finish()));
    Value { kind, origins: value.origins.inexact(), ..value }
}

impl Stack {
    /// The same value with what flowed into everything that its dynamic references fetch from resources of this stack.
    pub(super) fn fetched(&self, value: Value, span: Span) -> Value {
        let Kind::Text(text) = &value.kind else { return value };
        // Nearly no text refers to anything.
        if !text.holes().any(|hole| refers(hole)) {
            return value;
        }
        let kept: Vec<_> = text.holes().map(|hole| self.kept_for(hole, span)).collect();
        if kept.iter().all(Option::is_none) {
            return value;
        }
        let sensitive = value.sensitive || kept.iter().flatten().any(|kept| kept.sensitive);
        let origins = kept.iter().flatten().map(|kept| &kept.origins);
        let origins = Origins::of_all(std::iter::once(&value.origins).chain(origins));
        let mut kept = kept.iter();
        let parts = text.parts().iter().map(|part| match part {
            Part::Hole(hole) => match kept.next().and_then(Option::as_ref) {
                Some(kept) => {
                    let origins = Origins::of_all([&hole.origins, &kept.origins]);
                    Part::Hole(Arc::new(Hole { origins, ..Hole::clone(hole) }))
                }
                None => part.clone(),
            },
            Part::Literal { .. } => part.clone(),
        });
        Value { kind: Kind::Text(Text::from_parts(parts.collect())), origins, sensitive, ..value }
    }

    /// The value that a dynamic reference fetches, when a resource of this stack keeps it.
    fn kept_for(&self, hole: &Hole, span: Span) -> Option<Value> {
        let reference = &hole.unknown.what;
        refers(hole).then_some(())?;
        hole.origins.iter().filter(|origin| &*origin.attribute == "Ref").find_map(|origin| {
            let id = origin.resource.strip_prefix(&*self.id(""))?;
            let property = identity::fetched(reference, &self.resources().get(id)?.kind)?;
            Some(self.attribute(id, property, span))
        })
    }
}

/// Whether a hole stands for a reference.
fn refers(hole: &Hole) -> bool {
    OPENINGS.iter().any(|(opening, _)| hole.unknown.what.starts_with(opening))
}

/// Where the first reference in a text starts.
fn opening(text: &str) -> Option<usize> {
    // One letter is found much faster than a text, and most texts have none.
    let from = memchr::memchr(b'{', text.as_bytes())?;
    let rest = text.get(from..)?;
    OPENINGS.iter().filter_map(|(opening, _)| rest.find(opening)).min().map(|at| from + at)
}

#[derive(Default)]
struct Reader {
    parts: Vec<Part>,
    /// The reference that is being read.
    open: Option<Reference>,
}

#[derive(Default)]
struct Reference {
    shown: String,
    /// What it is made of: without an end it stays what it is, until something is joined to it.
    parts: Vec<Part>,
    origins: Vec<Origins>,
    span: Option<Span>,
}

impl Reader {
    fn literal(&mut self, text: &str, span: Option<Span>) {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (taken, reference) = match self.open.take() {
                Some(mut reference) => {
                    let end = rest.find(CLOSING).map(|end| end + CLOSING.len());
                    let taken = end.unwrap_or(rest.len());
                    let own = rest.get(..taken).unwrap_or_default();
                    let here = within(text, span, at, at + taken);
                    reference.shown.push_str(own);
                    reference.parts.push(Part::Literal { text: own.into(), span: here });
                    reference.span = reference.span.zip(here).map(|(start, end)| start.to(end)).or(here);
                    if end.is_some() {
                        self.close(reference);
                        (taken, None)
                    } else {
                        (taken, Some(reference))
                    }
                }
                None => {
                    let taken = opening(rest).unwrap_or(rest.len());
                    self.parts.push(Part::Literal {
                        text: rest.get(..taken).unwrap_or_default().into(),
                        span: within(text, span, at, at + taken),
                    });
                    let opens = taken < rest.len();
                    (taken, opens.then(Reference::default))
                }
            };
            self.open = reference;
            at += taken;
        }
    }

    fn hole(&mut self, hole: &Arc<Hole>) {
        match &mut self.open {
            Some(reference) => {
                reference.shown.push_str(&format!("${{{}}}", hole.unknown.what));
                reference.parts.push(Part::Hole(Arc::clone(hole)));
                reference.origins.push(hole.origins.clone());
            }
            None => self.parts.push(Part::Hole(Arc::clone(hole))),
        }
    }

    fn close(&mut self, reference: Reference) {
        let Reference { shown, origins, span, .. } = reference;
        let of = OPENINGS.iter().find(|(opening, _)| shown.starts_with(opening));
        let unknown = Arc::new(Unknown::new(of.map_or(Reason::Import, |(_, reason)| *reason), shown));
        let hole = Hole { unknown, origins: Origins::of_all(&origins), span };
        self.parts.push(Part::Hole(Arc::new(hole)));
    }

    fn finish(mut self) -> Vec<Part> {
        self.parts.extend(self.open.take().into_iter().flat_map(|reference| reference.parts));
        self.parts.retain(|part| !matches!(part, Part::Literal { text, .. } if text.is_empty()));
        self.parts
    }
}
