//! The circumstances of requests, as far as conditions ask for them: the time, and what requests for an action never say.

use std::sync::Arc;

use iamrail_catalog::{Action, ConditionKey};

use crate::policy::{Condition, Context, date};
use crate::value::{Reason, Unknown};

/// A day that is over: nothing before it counts.
const NOW: &str = iamrail_catalog::SOURCES[0].date;

/// How many times are told apart. When conditions ask for more, what depends on the time is not known beyond them.
const MOST_TIMES: usize = 32;

const SECOND: i128 = 1_000_000_000;

/// Times that differ for some condition: now, and those around the times to come that conditions ask for.
#[derive(Debug)]
pub(super) struct Times(Vec<Time>);

/// A time, in seconds since 1970; `None` for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time(Option<i64>);

impl Default for Times {
    fn default() -> Self {
        Self(vec![Time(now())])
    }
}

fn now() -> Option<i64> {
    date(NOW).and_then(|point| i64::try_from(point / SECOND).ok())
}

impl Times {
    /// The times that conditions tell apart.
    pub(super) fn of<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let is_time = |condition: &&Condition| {
            matches!(condition.folded_key().as_str(), "aws:currenttime" | "aws:epochtime")
        };
        let values = conditions.filter(is_time).flat_map(|condition| &condition.values.items);
        let points = values.filter_map(|value| date(&value.text.as_str()?));
        let seconds = points.filter_map(|point| i64::try_from(point / SECOND).ok());
        let around = seconds.flat_map(|second| [second.checked_sub(1), Some(second), second.checked_add(1)]);
        let mut later: Vec<i64> =
            around.flatten().filter(|second| now().is_some_and(|now| *second > now)).collect();
        later.sort_unstable();
        later.dedup();
        let is_too_much = later.len() >= MOST_TIMES;
        later.truncate(MOST_TIMES);
        let any = is_too_much.then_some(Time(None));
        Self(
            std::iter::once(Time(now()))
                .chain(later.into_iter().map(|second| Time(Some(second))))
                .chain(any)
                .collect(),
        )
    }

    /// All of them, now first.
    pub(super) fn all(&self) -> impl Iterator<Item = Time> {
        self.0.iter().copied()
    }
}

impl Time {
    /// Circumstances at this time.
    pub(super) fn told(self, context: Context) -> Context {
        let text = self.0.and_then(|second| {
            Some((jiff::Timestamp::from_second(second).ok()?.to_string(), second.to_string()))
        });
        match text {
            Some((text, second)) => context
                .with("aws:CurrentTime", [text.as_str()])
                .with("aws:TokenIssueTime", [text.as_str()])
                .with("aws:EpochTime", [second]),
            None => {
                let unknown = Arc::new(Unknown::new(Reason::Unstated, "the time"));
                ["aws:CurrentTime", "aws:TokenIssueTime", "aws:EpochTime"]
                    .into_iter()
                    .fold(context, |context, key| context.with_unknown(key, Arc::clone(&unknown)))
            }
        }
    }
}

/// The keys of single services that conditions ask for, in lower case, each with what is known of it.
#[derive(Debug, Default)]
pub(super) struct ServiceKeys(Vec<(String, &'static ConditionKey)>);

impl ServiceKeys {
    pub(super) fn of<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut keys: Vec<String> =
            conditions.map(Condition::folded_key).filter(|key| is_of_request(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let known = keys.into_iter().filter_map(|key| {
            let fact = iamrail_catalog::condition_key(&key)?;
            Some((key, fact))
        });
        Self(known.collect())
    }

    /// Whether some condition asks for a key, which is in lower case.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(one, _)| one == key)
    }

    /// Circumstances without the keys that requests for an action never have, as far as the catalog has the action.
    pub(super) fn told(&self, action: &str, context: Context) -> Context {
        if self.0.is_empty() {
            return context;
        }
        let Some(fact) = iamrail_catalog::action(action) else { return context };
        let missing = self.0.iter().filter(|(_, key)| is_missing(fact, key));
        missing.fold(context, |context, (key, _)| context.without(key))
    }
}

/// Whether requests for an action never have a key, which is in lower case, as far as the catalog has both.
pub(super) fn lacks(action: &str, key: &str) -> bool {
    let facts = iamrail_catalog::action(action).zip(iamrail_catalog::condition_key(key));
    is_of_request(key) && facts.is_some_and(|(action, key)| is_missing(action, key))
}

fn is_missing(action: &Action, key: &ConditionKey) -> bool {
    let of_resources = action.resource_types().flat_map(|(resource, _)| resource.condition_keys());
    !action.condition_keys().chain(of_resources).any(|one| one.name == key.name)
}

/// Whether a key speaks of what is asked of one service. Others speak of the caller, wherever it calls: those of every service, and
/// those of the service that gave it its credentials.
fn is_of_request(key: &str) -> bool {
    let Some((service, name)) = key.split_once(':') else { return false };
    let is_of_caller =
        name.starts_with("source") || name.starts_with("credential") || name == "roleassumedby";
    !matches!(service, "aws" | "sts") && !is_of_caller
}
