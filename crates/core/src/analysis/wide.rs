//! What statements allow beyond any need, and what several of them allow together.

use std::borrow::Cow;
use std::sync::Arc;

use iamrail_catalog::{Action, ActionSet};

use crate::collections::{IndexMap, IndexSet};
use crate::enumeration::quoted;
use crate::policy::faults::{arns, listed};
use crate::source::Span;
use crate::value::Unknown;

/// How many different wide statements of one place a message tells.
const MOST_NAMED: usize = 3;

/// Something wide in a statement.
#[derive(Clone, Debug)]
pub(crate) struct Wide {
    /// What is allowed: "every action of `s3`".
    pub(crate) allows: String,
    pub(crate) help: Cow<'static, str>,
    /// The places that allow it, each with its share.
    pub(crate) places: Vec<(Option<Span>, String)>,
    /// Why it is not known whether it is allowed, if it is not.
    pub(crate) uncertain: Option<Arc<Unknown>>,
    /// What it can be put together with.
    pub(crate) kind: Kind,
}

/// What something wide can be put together with.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// All actions of these services.
    Services(Vec<String>),
    /// These actions on every resource.
    Actions(Vec<&'static Action>),
    /// Nothing.
    Other,
}

/// Deployments that allow the same at different places of one statement are one finding.
impl PartialEq for Wide {
    fn eq(&self, other: &Self) -> bool {
        self.allows == other.allows && self.uncertain == other.uncertain
    }
}

impl Wide {
    /// Something of which it is not known whether it is allowed.
    pub(crate) fn unknown(allows: &str, unknown: &Arc<Unknown>) -> Self {
        Self {
            allows: allows.to_owned(),
            help: Cow::Borrowed(""),
            places: Vec::new(),
            uncertain: Some(Arc::clone(unknown)),
            kind: Kind::Other,
        }
    }
}

/// Actions that are allowed on every resource, as the place tells.
pub(crate) fn on_everything(
    actions: Vec<&'static Action>,
    span: Option<Span>,
    uncertain: Option<Arc<Unknown>>,
) -> Wide {
    let allows = format!("{} on every resource", quoted(&actions));
    let set: ActionSet = actions.iter().copied().collect();
    let help = format!("name the resources that are needed, which are of the form {}", listed(&arns(&set)));
    Wide {
        places: vec![(span, allows.clone())],
        allows,
        help: Cow::Owned(help),
        uncertain,
        kind: Kind::Actions(actions),
    }
}

/// What several statements allow together, which begin with `first`.
pub(crate) fn together<'w>(wides: impl Iterator<Item = &'w Wide>, first: &Wide) -> Wide {
    let mut distinct: IndexMap<&str, &Wide> = IndexMap::default();
    for wide in wides {
        distinct.entry(&wide.allows).or_insert(wide);
    }
    match distinct.values().copied().collect::<Vec<_>>().as_slice() {
        [] => first.clone(),
        [one] => (*one).clone(),
        several => {
            let of_services = several.iter().map(|wide| match &wide.kind {
                Kind::Services(services) if !services.is_empty() => Some(services.as_slice()),
                _ => None,
            });
            let of_actions = several.iter().map(|wide| match &wide.kind {
                Kind::Actions(actions) => Some(actions.iter().copied()),
                _ => None,
            });
            if let Some(services) = of_services.collect::<Option<Vec<_>>>() {
                let services: IndexSet<&String> = services.into_iter().flatten().collect();
                let allows = every_action_of(&services.into_iter().map(String::as_str).collect::<Vec<_>>());
                return Wide { allows, ..first.clone() };
            }
            if let Some(actions) = of_actions.collect::<Option<Vec<_>>>() {
                let all: ActionSet = actions.into_iter().flatten().collect();
                return on_everything(all.iter().collect(), None, None);
            }
            let (named, more) = several.split_at(several.len().min(MOST_NAMED));
            let named: Vec<&str> = named.iter().map(|wide| wide.allows.as_str()).collect();
            let more = if more.is_empty() { String::new() } else { format!(", and {} more", more.len()) };
            Wide { allows: named.join(", ") + &more, ..first.clone() }
        }
    }
}

/// "every action of `ec2`, `s3` and `sqs`".
pub(crate) fn every_action_of(services: &[&str]) -> String {
    match services {
        [] => String::new(),
        [one] => format!("every action of {one}"),
        [first @ .., last] => format!("every action of {} and {last}", first.join(", ")),
    }
}
