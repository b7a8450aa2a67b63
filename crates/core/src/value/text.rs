//! Texts, of which parts may not be known.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Form, Origins, Reason, Unknown, Value};
use crate::source::Span;

/// A text: literal parts with holes between them, so that `"${aws_s3_bucket.b.arn}/*"` stays a usable pattern with a
/// link to the bucket.
#[derive(Clone, Default)]
pub struct Text {
    parts: Parts,
    /// The value behind this text, when it was made by encoding one: what it says can be read there, with the places
    /// where it was written.
    origin: Option<Encoded>,
}

/// The parts of a text. Nearly every text has one, for which no list is made.
#[derive(Clone)]
enum Parts {
    One(Part),
    Several(Vec<Part>),
}

impl Default for Parts {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl From<Vec<Part>> for Parts {
    fn from(mut parts: Vec<Part>) -> Self {
        match parts.len() {
            1 => parts.pop().map_or_else(Self::default, Self::One),
            _ => Self::Several(parts),
        }
    }
}

/// How a text came from another value.
#[derive(Clone)]
enum Encoded {
    /// It is the JSON of the value, made by `jsonencode`, `Fn::ToJsonString` or a policy document.
    Json(Arc<Value>),
    /// It is the base64 of the text.
    Base64(Arc<Value>),
}

/// A part of a text.
#[derive(Clone)]
pub enum Part {
    /// Known characters.
    Literal {
        /// The characters.
        text: Arc<str>,
        /// Where they were written. When the span has as many bytes as the characters, they stand there as they are,
        /// and any part of them can be located; otherwise escapes or a computation lie between.
        span: Option<Span>,
    },
    /// Characters that are not known.
    Hole(Arc<Hole>),
}

/// A gap in a text.
#[derive(Clone, Debug)]
pub struct Hole {
    /// Why it is not known.
    pub unknown: Arc<Unknown>,
    /// What flowed into it; exact when the hole is one attribute.
    pub origins: Origins,
    /// Where it stands.
    pub span: Option<Span>,
}

impl Hole {
    /// Letters that stand for it wherever the input has the same, if it is a variable or the like.
    pub(crate) fn symbol(&self) -> Option<String> {
        self.unknown.symbol(&self.origins)
    }

    /// What it cannot have in it, whatever it is.
    pub fn form(&self) -> Form {
        let is_of_place = self.unknown.place().is_some()
            || self.unknown.reason == Reason::Environment && self.unknown.what.ends_with("AWS::StackName");
        // What was made of it may have anything.
        if is_of_place && self.origins.iter().all(|origin| origin.exact) {
            return Form::Name;
        }
        self.origins.exact().map_or(Form::Any, |origin| origin.form)
    }
}

impl Text {
    /// A known text.
    pub fn literal(text: impl Into<Arc<str>>, span: Option<Span>) -> Self {
        Self { parts: Parts::One(Part::Literal { text: text.into(), span }), origin: None }
    }

    /// A text of which no character is known.
    pub fn hole(hole: Hole) -> Self {
        Self { parts: Parts::One(Part::Hole(Arc::new(hole))), origin: None }
    }

    /// A text of these parts. Neighbouring literals stay apart, since each has its own place.
    pub fn from_parts(mut parts: Vec<Part>) -> Self {
        parts.retain(|part| !matches!(part, Part::Literal { text, .. } if text.is_empty()));
        Self { parts: parts.into(), origin: None }
    }

    /// The same text, known to be the JSON of `structure`.
    #[must_use]
    pub fn encoding(mut self, structure: Arc<Value>) -> Self {
        self.origin = Some(Encoded::Json(structure));
        self
    }

    /// The value that this text is the JSON of, if it was made from one.
    pub fn structure(&self) -> Option<&Arc<Value>> {
        match &self.origin {
            Some(Encoded::Json(structure)) => Some(structure),
            _ => None,
        }
    }

    /// The same text, known to be the base64 of `plain`.
    #[must_use]
    pub fn encoding_base64(mut self, plain: Arc<Value>) -> Self {
        self.origin = Some(Encoded::Base64(plain));
        self
    }

    /// The text that this one is the base64 of, if it was made from one.
    pub fn decoded(&self) -> Option<&Arc<Value>> {
        match &self.origin {
            Some(Encoded::Base64(plain)) => Some(plain),
            _ => None,
        }
    }

    /// The same parts made anew from these, the value behind them kept.
    #[must_use]
    pub fn with_parts(&self, parts: Vec<Part>) -> Self {
        Self { origin: self.origin.clone(), ..Self::from_parts(parts) }
    }

    /// The parts in order; none for the empty text.
    pub fn parts(&self) -> &[Part] {
        match &self.parts {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Several(parts) => parts,
        }
    }

    /// The parts that are not known.
    pub fn holes(&self) -> impl Iterator<Item = &Arc<Hole>> {
        self.parts().iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Literal { .. } => None,
        })
    }

    /// Whether every character is known.
    pub fn is_known(&self) -> bool {
        self.holes().next().is_none()
    }

    /// Whether it is known to have no character.
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|part| matches!(part, Part::Literal { text, .. } if text.is_empty()))
    }

    /// The characters, if it has no hole. Borrowed when they are in one part.
    pub fn as_str(&self) -> Option<Cow<'_, str>> {
        match self.parts() {
            [] => Some(Cow::Borrowed("")),
            [Part::Literal { text, .. }] => Some(Cow::Borrowed(text)),
            _ => self.is_known().then(|| Cow::Owned(self.with_holes_as(""))),
        }
    }

    /// This text followed by another.
    pub fn append(&mut self, other: &Text) {
        self.origin = None;
        let mut parts = match std::mem::take(&mut self.parts) {
            Parts::One(part) => vec![part],
            Parts::Several(parts) => parts,
        };
        parts.extend(other.parts().iter().cloned());
        self.parts = parts.into();
    }

    /// The text with `*` for every hole: the widest pattern that it can be, or that what it becomes can match.
    pub fn widest_pattern(&self) -> String {
        self.with_holes_as("*")
    }

    /// The text with something in the place of every hole.
    pub(crate) fn with_holes_as(&self, hole: &str) -> String {
        let parts = || {
            self.parts().iter().map(|part| match part {
                Part::Literal { text, .. } => text,
                Part::Hole(_) => hole,
            })
        };
        let mut text = String::with_capacity(parts().map(str::len).sum());
        text.extend(parts());
        text
    }

    /// The text with letters for every hole that stand for the same wherever the input has it; `None` when there are none for one.
    pub(crate) fn lettered(&self) -> Option<String> {
        let parts = self.parts().iter().map(|part| match part {
            Part::Literal { text, .. } => Some(Cow::Borrowed(&**text)),
            Part::Hole(hole) => hole.symbol().map(Cow::Owned),
        });
        parts.collect()
    }

    /// The text with every hole written as `${...}`, for messages. Never for sensitive values.
    pub fn display(&self) -> String {
        if let [Part::Literal { text, .. }] = self.parts() {
            return text.to_string();
        }
        let mut shown = String::new();
        for part in self.parts() {
            match part {
                Part::Literal { text, .. } => shown.push_str(text),
                Part::Hole(hole) => {
                    shown.push_str("${");
                    shown.push_str(&hole.unknown.what);
                    shown.push('}');
                }
            }
        }
        shown
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.display())
    }
}
