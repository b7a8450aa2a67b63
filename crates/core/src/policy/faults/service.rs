//! Services and actions that are written almost as they are called.

use iamrail_catalog::{Action, Service, actions, expand, services};

use crate::collections::HashMap;

/// The service that was meant by a prefix that no service has: the only one whose prefix is almost the same and that has the action.
/// A service that is newer than the catalog is no slip. Short prefixes are all like each other: there the action must tell.
pub(super) fn meant(prefix: &str, name: &str) -> Option<&'static Service> {
    const TELLING: usize = 12;
    let folded = prefix.to_ascii_lowercase();
    let is_short = folded.len() < 5;
    let slips = if is_short { 1 } else { 2 };
    if is_any(name) || (is_short && expand(&format!("*:{name}")).len() > TELLING) {
        return None;
    }
    let mut near = services().iter().filter(|service| {
        service.prefix().len().abs_diff(folded.len()) <= slips
            && strsim::damerau_levenshtein(service.prefix(), &folded) <= slips
            && !expand(&format!("{}:{name}", service.prefix())).is_empty()
    });
    near.next().filter(|_| near.next().is_none())
}

/// Whether a name stands for every action.
fn is_any(name: &str) -> bool {
    name.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

/// Whether names of actions start like a pattern somewhere, as they do with `Get*`: it is then meant for what a service may have
/// one day, and matching nothing today is no slip.
pub(super) fn is_custom(pattern: &str) -> bool {
    let Some((start, _)) = pattern.split_once(['*', '?']) else { return false };
    let start = start.to_ascii_lowercase();
    actions().any(|action| action.folded_name().starts_with(&start))
}

/// The action of a service that was probably meant.
pub(super) fn meant_action(service: &'static Service, name: &str) -> Option<String> {
    const LIKE_ENOUGH: f64 = 0.75;
    let folded = name.to_ascii_lowercase();
    let pattern: String = folded.chars().filter(|letter| !matches!(letter, '*' | '?')).collect();
    if pattern != folded {
        return None;
    }
    if let Some(longer) = cut_short(service, &folded) {
        return Some(longer.to_string());
    }
    // Names of very different lengths are not alike, and comparing takes long.
    let is_as_long = |action: &&'static Action| {
        let (one, other) = (action.folded_name().len(), folded.len());
        one.abs_diff(other) * 4 <= one.max(other)
    };
    // Nor are those that have too few letters in common, wherever they stand.
    let has_letters = |action: &&'static Action| {
        let (one, other) = (action.folded_name(), folded.as_str());
        missing(one, other).max(missing(other, one)) * 4 <= one.len().max(other.len())
    };
    let scored = service
        .actions()
        .iter()
        .filter(is_as_long)
        .filter(has_letters)
        .map(|action| (strsim::normalized_damerau_levenshtein(action.folded_name(), &folded), action));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0));
    best.filter(|(score, _)| *score >= LIKE_ENOUGH).map(|(_, action)| action.to_string())
}

/// The action whose name was not written to its end, or written beyond it: the only one that is nearest.
fn cut_short(service: &'static Service, folded: &str) -> Option<&'static Action> {
    let more = |action: &Action| action.folded_name().len().abs_diff(folded.len());
    let is_begun = |action: &&'static Action| {
        let name = action.folded_name();
        (name.starts_with(folded) || folded.starts_with(name))
            && more(action) * 2 <= name.len().max(folded.len())
    };
    let begun: Vec<_> = service.actions().iter().filter(is_begun).collect();
    let nearest = begun.iter().map(|action| more(action)).min()?;
    let mut near = begun.into_iter().filter(|action| more(action) == nearest);
    near.next().filter(|_| near.next().is_none())
}

/// How many letters of a name another one does not have, each as often as it stands there.
fn missing(name: &str, other: &str) -> usize {
    let mut left: HashMap<u8, usize> = HashMap::default();
    other.bytes().for_each(|letter| *left.entry(letter).or_default() += 1);
    let mut takes = |letter: u8| left.get_mut(&letter).filter(|left| **left > 0).map(|left| *left -= 1);
    name.bytes().filter(|letter| takes(*letter).is_none()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_that_is_not_written_to_its_end_is_meant_rather_than_one_that_is_like_it() {
        let meant = |prefix: &str, name| {
            let service = services().iter().find(|service| service.prefix() == prefix);
            service.and_then(|service| meant_action(service, name))
        };
        for (written, expected) in [
            ("GetModelInvocationLogging", Some("bedrock:GetModelInvocationLoggingConfiguration")),
            ("PutModelInvocationLogging", Some("bedrock:PutModelInvocationLoggingConfiguration")),
            ("InvokeModels", Some("bedrock:InvokeModel")),
            ("Put", None),
        ] {
            assert_eq!(meant("bedrock", written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_slip_in_the_name_of_a_service_is_seen_and_a_new_service_is_not_one() {
        let prefix = |prefix, name| meant(prefix, name).map(Service::prefix);
        for (written, name, expected) in [
            ("dynamobd", "GetItem", Some("dynamodb")),
            ("elasticloadbalancingv2", "DescribeLoadBalancers", Some("elasticloadbalancing")),
            ("ss3", "GetObject", Some("s3")),
            ("ss3", "GetEverything", None),
            ("ss3", "*", None),
            ("efs", "TagResource", None),
            ("cloudwatchlogs", "GetLogEvents", None),
            ("something", "GetObject", None),
        ] {
            assert_eq!(prefix(written, name), expected, "{written}:{name}");
        }
    }
}
