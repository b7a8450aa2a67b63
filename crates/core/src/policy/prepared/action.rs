//! Actions of statements.

use std::sync::Arc;

use crate::policy::glob::Glob;
use crate::policy::request::RequestedAction;
use crate::policy::{Answer, Element};
use crate::value::{Reason, Unknown};

/// An action of a statement, made ready for comparison.
#[derive(Debug)]
pub(super) enum Action {
    /// Every action.
    Every,
    /// This action, in lower case.
    One(String),
    /// The actions of a service, in lower case, whose name has a pattern.
    Some(String, Glob),
    /// The actions of any service whose name has a pattern: AWS refuses this today, and does not say what it means in the policies
    /// that it took before it did.
    OfAnyService(Glob),
    /// At most the actions that this pattern matches.
    Unknown(Glob, Arc<Unknown>),
    /// None: IAM understands no action in it.
    None,
}

impl Action {
    pub(super) fn read(element: &Element) -> Self {
        let Some(written) = element.pattern() else {
            let widest = Glob::new(&element.widest_pattern().to_ascii_lowercase());
            let mut unknown = element.text.holes().map(|hole| &hole.unknown);
            let unknown = unknown.find(|unknown| unknown.reason != Reason::Environment);
            return unknown.map_or(Self::None, |unknown| Self::Unknown(widest, Arc::clone(unknown)));
        };
        let written = written.to_ascii_lowercase();
        let is_anything = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
        if is_anything(&written) {
            return Self::Every;
        }
        let Some((service, name)) = written.split_once(':') else { return Self::None };
        let is_word = |text: &str, more: &[u8]| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
        };
        if !is_word(name, b"*?_-.") {
            return Self::None;
        }
        let pattern = Glob::new(name);
        match service {
            _ if is_anything(service) => match pattern.is_everything() {
                true => Self::Every,
                false => Self::OfAnyService(pattern),
            },
            service if !is_word(service, b"-.") => Self::None,
            _ if pattern.has_wildcard() => Self::Some(service.to_owned(), pattern),
            _ => Self::One(written),
        }
    }

    /// Whether it takes in the action of a request, all of it when that is a pattern.
    pub(super) fn takes_in(&self, action: &RequestedAction, undocumented: &Arc<Unknown>) -> Answer {
        match (self, &action.pattern) {
            (Self::Every, _) => Answer::Yes,
            (Self::None, _) => Answer::No,
            (Self::One(one), None) => action.is(one).into(),
            (Self::One(one), Some(asked)) => {
                let name = one.strip_prefix(action.service()).and_then(|rest| rest.strip_prefix(':'));
                Self::part_of(name.is_some_and(|name| asked.matches(name)), undocumented)
            }
            (Self::Some(service, name), None) => {
                (service == action.service() && name.matches(action.name())).into()
            }
            (Self::Some(service, name), Some(asked)) if service == action.service() => {
                match name.covers(asked) {
                    true => Answer::Yes,
                    false => Self::part_of(name.meets(asked), undocumented),
                }
            }
            (Self::Some(..), Some(_)) => Answer::No,
            (Self::OfAnyService(name), asked) => {
                let meets =
                    asked.as_ref().map_or_else(|| name.matches(action.name()), |asked| name.meets(asked));
                Self::part_of(meets, undocumented)
            }
            (Self::Unknown(widest, unknown), asked) => {
                let meets = match asked {
                    None => widest.matches(&action.folded),
                    Some(_) => widest.meets(&Glob::new(&action.folded)),
                };
                if meets { Answer::Perhaps(Arc::clone(unknown)) } else { Answer::No }
            }
        }
    }

    fn part_of(meets: bool, unknown: &Arc<Unknown>) -> Answer {
        if meets { Answer::Perhaps(Arc::clone(unknown)) } else { Answer::No }
    }
}
