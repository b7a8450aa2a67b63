//! Resources of statements.

use std::borrow::Cow;
use std::sync::Arc;

use crate::policy::glob::Glob;
use crate::policy::request::{Arn, Context, OpenName, Request, Target};
use crate::policy::wording::{Reading, Resolved, Wording};
use crate::policy::{Answer, Element};
use crate::value::Unknown;

/// The number of parts of an ARN.
const PARTS: usize = 6;

/// A resource of a statement, made ready for comparison.
#[derive(Debug)]
pub(super) enum Resource {
    /// Every resource.
    Every,
    /// The ARNs of a pattern.
    Arns(Box<Arns>),
    /// A text that is no ARN, or of which not even that is known.
    Text(Wording),
    /// The ARN of a resource of the input, not known yet.
    Linked(Arc<str>, Wording),
}

#[derive(Debug)]
pub(super) struct Arns {
    /// The text as it is written.
    whole: Wording,
    /// Its parts, all six; none when a wildcard cannot reach over the end of one, and the whole tells all.
    parts: Vec<Wording>,
    /// Whether a part that must be written out has a wildcard or a variable: AWS's pages do not say what that means.
    is_irregular: bool,
}

/// What kind of policy a resource stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A policy of a user, a group or a role.
    Identity,
    /// A policy of a resource.
    Resource,
}

impl Resource {
    pub(super) fn read(element: &Element, place: Place, variables: &Answer) -> Self {
        let text = Wording::read(&element.text, Reading { wildcards: true, variables });
        if text.fixed().is_some_and(Glob::is_everything) {
            return Self::Every;
        }
        let mut parts = text.segments(PARTS);
        let is_arn = parts.first().and_then(Wording::fixed).is_some_and(|first| *first == Glob::new("arn"));
        // A part that is not known may have colons itself.
        let is_whole = parts.iter().rev().skip(1).all(|part| part.unknown().is_none());
        if !is_arn || parts.len() < 2 || !is_whole {
            return match super::linked(element) {
                Some(subject) => Self::Linked(subject, text),
                None => Self::Text(text),
            };
        }
        // What is missing at the end of an ARN stands for anything, as IAM reads it.
        let is_short = parts.len() < PARTS;
        if place == Place::Identity || text.has_wildcard() {
            parts.resize_with(PARTS, Wording::anything);
        }
        let head = parts.len().min(PARTS) - 1;
        for part in parts.iter_mut().take(head) {
            *part = part.folded();
        }
        let head = parts.get(..head).unwrap_or_default();
        let is_irregular =
            parts.get(2).is_some_and(Wording::has_wildcard) || head.iter().any(Wording::has_variable);
        let crosses = head.iter().any(|part| part.has_wildcard() || part.has_variable());
        let whole = if is_short { text } else { Wording::joined(&parts) };
        if !crosses && !is_short {
            parts.clear();
        }
        Self::Arns(Box::new(Arns { whole, parts, is_irregular }))
    }

    /// Whether it takes in the resource of a request, all of them when that is a pattern.
    pub(super) fn takes_in(&self, request: &Request, undocumented: &Arc<Unknown>) -> Answer {
        let answer = self.takes_in_as_named(request, undocumented);
        match &request.target_open {
            Some(open) if answer == Answer::No => self.may_take_in(open, &request.context),
            _ => answer,
        }
    }

    /// Whether it may take in a resource of whose name not all is known.
    fn may_take_in(&self, open: &OpenName, context: &Context) -> Answer {
        let text = match self {
            Self::Arns(arns) => &arns.whole,
            Self::Text(text) => text,
            Self::Every | Self::Linked(..) => return Answer::No,
        };
        let (glob, unknown) = match text.resolve(context) {
            Resolved::Known(_) if open.is_made_up => return Answer::No,
            Resolved::Known(glob) => (glob, Arc::clone(&open.unknown)),
            Resolved::Unknown { widest, unknown, .. } => (Cow::Owned(widest), unknown),
            Resolved::Nothing => return Answer::No,
        };
        if glob.meets_by_parts(&open.pattern) { Answer::Perhaps(unknown) } else { Answer::No }
    }

    fn takes_in_as_named(&self, request: &Request, undocumented: &Arc<Unknown>) -> Answer {
        let context = &request.context;
        match (self, &request.target) {
            (Self::Linked(subject, _), Target::Resource(_)) if let Some(target) = &request.target_subject => {
                (subject == target).into()
            }
            (Self::Every, _) => Answer::Yes,
            // An action that cannot be limited to a resource is never granted on one.
            (Self::Arns(_), Target::Everything) => Answer::No,
            (Self::Text(text) | Self::Linked(_, text), Target::Everything) => match text.resolve(context) {
                Resolved::Unknown { widest, unknown, .. } if widest.is_everything() => {
                    Answer::Perhaps(unknown)
                }
                _ => Answer::No,
            },
            (Self::Text(text) | Self::Linked(_, text), Target::Resource(arn)) => {
                perhaps(text.resolve(context), undocumented, |glob| glob.matches(&arn.text))
            }
            (Self::Text(text) | Self::Linked(_, text), Target::Resources(asked)) => {
                perhaps(text.resolve(context), undocumented, |glob| glob.meets(asked))
            }
            (Self::Arns(arns), Target::Resource(arn)) => arns.take_in(arn, context, undocumented),
            (Self::Arns(arns), Target::Resources(asked)) => arns.take_in_all(asked, context, undocumented),
        }
    }
}

impl Arns {
    fn take_in(&self, arn: &Arn, context: &Context, undocumented: &Arc<Unknown>) -> Answer {
        let whole = self.whole.resolve(context);
        if self.parts.is_empty() {
            return match whole {
                Resolved::Known(glob) => glob.matches(&arn.text).into(),
                whole => whole.answer(|glob| glob.matches(&arn.text)),
            };
        }
        let in_parts = !self.is_irregular
            && self.parts.len() == PARTS
            && self.parts.iter().enumerate().all(|(place, part)| match part.resolve(context) {
                Resolved::Known(glob) => glob.matches(arn.segment(place)),
                Resolved::Unknown { named, .. } => named.is_some_and(|glob| glob.matches(arn.segment(place))),
                Resolved::Nothing => false,
            });
        if in_parts { Answer::Yes } else { perhaps(whole, undocumented, |glob| glob.matches(&arn.text)) }
    }

    fn take_in_all(&self, asked: &Glob, context: &Context, undocumented: &Arc<Unknown>) -> Answer {
        let whole = self.whole.resolve(context);
        if let Resolved::Known(glob) = &whole
            && !self.is_irregular
        {
            let fixed = self.parts.iter().map(|part| part.fixed().cloned()).collect::<Option<Vec<_>>>();
            let mine = fixed.filter(|parts| !parts.is_empty()).unwrap_or_else(|| glob.segments(PARTS));
            let others = asked.segments(PARTS);
            let in_parts = mine.len() == others.len()
                && mine.iter().zip(&others).all(|(mine, other)| mine.covers(other));
            if in_parts {
                return Answer::Yes;
            }
        }
        perhaps(whole, undocumented, |glob| glob.meets(asked))
    }
}

/// What the widest reading of a text lets through is not known for certain.
fn perhaps(text: Resolved<'_>, undocumented: &Arc<Unknown>, matches: impl Fn(&Glob) -> bool) -> Answer {
    let (glob, unknown) = match text {
        Resolved::Known(glob) => (glob, undocumented),
        Resolved::Unknown { ref widest, ref unknown, .. } => (Cow::Borrowed(widest), unknown),
        Resolved::Nothing => return Answer::No,
    };
    if matches(&glob) { Answer::Perhaps(Arc::clone(unknown)) } else { Answer::No }
}
