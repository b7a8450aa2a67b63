//! Which policies of AWS grant what a policy grants, or a part of it.
//!
//! A policy *fits* into another when attaching it hands out nothing that the other does not hand out. Only what fits is a way to
//! write less: a policy that is limited to one bucket is not replaced by one that is not.

mod advice;
mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock};

use iamrail_catalog::{
    Action, ActionSet, Allowed, ManagedPolicy, Service, managed_policies, service, services,
};

use super::actions::{Actions, Reading, companion};
use super::aws_managed;
use crate::policy::{Document, Element};
use crate::value::Unknown;
pub use advice::{is_advisable, is_for_a_service};
use terms::{Said, Term};

/// A policy of AWS beside a custom one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Coverage<'d> {
    /// The policy of AWS.
    pub policy: &'static ManagedPolicy,
    /// The actions as the custom policy states them, all of which the policy of AWS grants on the same resources.
    pub covered: Vec<&'d Element>,
    /// The actions that it states besides.
    pub rest: Vec<&'d Element>,
    /// Whether the custom policy says nothing else.
    pub is_same: bool,
    /// What little the policy of AWS grants besides: other ways to what the custom policy grants already.
    pub besides: ActionSet,
}

/// A custom policy that can be held against those of AWS.
#[derive(Debug)]
pub struct Custom<'d> {
    said: Said<'d>,
    /// The services that it allows actions of, each with their number.
    services: BTreeMap<u16, usize>,
    /// The services that are another way to what is in these.
    ways: Vec<u16>,
    /// What it allows on everything without condition.
    everywhere: ActionSet,
}

impl<'d> Custom<'d> {
    /// A document as one deployment has it.
    pub fn read(document: &'d Document, reading: Reading) -> Self {
        let said = Said::read(document, reading);
        let unlisted = said.allows.iter().flat_map(|term| &term.actions.unlisted);
        let unlisted = unlisted.filter_map(|name| service(name.split_once(':')?.0));
        let counted = |service: &Service| (service.place(), said.allowed.len_of(service));
        let services: BTreeMap<u16, usize> = said.allowed.services().chain(unlisted).map(counted).collect();
        let ways = companions().iter().filter(|(_, other)| services.contains_key(other));
        let ways = ways.map(|(one, _)| *one).collect();
        Self { everywhere: said.allowed_everywhere(), said, services, ways }
    }

    /// Why more of a document may be granted by a policy of AWS than surely is, if it may.
    pub fn uncertainty(document: &'d Document) -> Option<&'d Arc<Unknown>> {
        document.statements.iter().find_map(terms::uncertainty)
    }

    /// Whether it allows nothing.
    pub fn is_empty(&self) -> bool {
        self.said.allows.is_empty()
    }

    /// Whether it allows actions of most services, as no policy of AWS does that is made for a task.
    pub fn is_of_most_services(&self) -> bool {
        self.services.len() > services().len() / 2
    }

    /// The policies of AWS that fit into this one and grant all of some action that it states, in their order.
    pub fn parts(&self) -> impl Iterator<Item = Coverage<'d>> {
        let by_service = by_service();
        let places: BTreeSet<u16> = self.services.keys().chain(&self.ways).copied().collect();
        let of_services = places.iter().filter_map(|place| by_service.first.get(usize::from(*place)));
        let mut near: Vec<usize> = of_services.flatten().copied().collect();
        if self.is_of_most_services() {
            near.extend(&by_service.every);
        }
        near.sort_unstable();
        near.into_iter().filter_map(|place| self.part(managed_policies().get(place)?))
    }

    /// A policy of AWS, if it fits into this one and grants all of some action that it states.
    pub fn part(&self, policy: &'static ManagedPolicy) -> Option<Coverage<'d>> {
        let is_near = match policy.allowed() {
            // What is allowed of nearly all services is no little that comes besides.
            Allowed::Every => self.is_of_most_services(),
            Allowed::These { services, actions } => {
                !services.is_empty()
                    && services.iter().all(|(place, count)| self.is_near(*place, *count))
                    && self.besides(actions).is_some()
            }
        };
        // A document is read only if its actions tell that it is worth it.
        let managed = is_near.then(|| said(policy))??;
        let besides = self.takes_in(managed)?;
        let (mut covered, mut rest) = (Vec::new(), Vec::new());
        for term in &self.said.allows {
            for element in &term.statement.actions.items {
                let stated = match term.statement.actions.except {
                    // What is excepted is not stated: the statement is covered as a whole.
                    true => term.actions.clone(),
                    false => Actions::of_pattern(&element.widest_pattern()),
                };
                let is_covered = !stated.is_empty() && managed.grants(&term.only(stated));
                if is_covered { covered.push(element) } else { rest.push(element) }
            }
        }
        let denies = |one: &Said<'_>, other: &Said<'_>| one.denies.iter().all(|deny| is_denied(deny, other));
        let is_same = rest.is_empty() && denies(&self.said, managed);
        (!covered.is_empty()).then_some(Coverage { policy, covered, rest, is_same, besides })
    }

    /// The policies of AWS that grant all of this one and more, with the number of actions that they grant besides.
    pub fn wholes(&self) -> impl Iterator<Item = (&'static ManagedPolicy, usize)> {
        managed_policies().iter().filter_map(|policy| Some((policy, self.whole(policy)?)))
    }

    /// How many actions a policy of AWS grants besides, if it grants all of this one.
    pub fn whole(&self, policy: &'static ManagedPolicy) -> Option<usize> {
        let is_near = match policy.allowed() {
            Allowed::Every => true,
            Allowed::These { services, actions } => {
                let is_named = |place| services.binary_search_by_key(place, |(place, _)| *place).is_ok();
                self.services.keys().all(is_named) && self.said.allowed.is_subset(actions)
            }
        };
        let managed = (is_near && !self.is_empty()).then(|| said(policy))??;
        let grants_all =
            managed.denies.is_empty() && self.said.allows.iter().all(|term| managed.grants(term));
        grants_all.then(|| {
            let mut more = managed.allowed.clone();
            more.remove(&self.said.allowed);
            more.len()
        })
    }

    /// Whether it may take in a policy of AWS that allows a number of actions of a service: it allows about as many.
    fn is_near(&self, place: u16, count: usize) -> bool {
        let mine = self.services.get(&place).copied().unwrap_or(0);
        self.ways.contains(&place)
            || self.services.contains_key(&place) && is_little(count.saturating_sub(mine), count)
    }

    /// The actions of a policy of AWS that this one has on no resource; `None` when they are more than other ways to the same.
    fn besides(&self, allowed: &ActionSet) -> Option<ActionSet> {
        if self.everywhere.is_empty() {
            return allowed.is_subset(&self.said.allowed).then(ActionSet::new);
        }
        let mut besides = allowed.clone();
        besides.remove(&self.said.allowed);
        self.grants_in_other_words(&besides, allowed).then_some(besides)
    }

    /// What little a policy of AWS grants that this one does not; `None` when that is more than other ways to the same.
    fn takes_in(&self, managed: &Said<'_>) -> Option<ActionSet> {
        let mut besides = self.besides(&managed.allowed)?;
        for term in &managed.allows {
            // What the catalog does not know has no other words.
            if term.actions.is_open || !term.actions.unlisted.is_empty() {
                let unlisted = Actions { listed: ActionSet::new(), ..term.actions.clone() };
                if !self.said.grants(&term.only(unlisted)) {
                    return None;
                }
            }
            besides.extend(&self.said.lacking(term));
            if !self.grants_in_other_words(&besides, &managed.allowed) {
                return None;
            }
        }
        // What one of them denies, the other must not grant.
        let denies_the_same = managed.denies.iter().all(|deny| is_denied(deny, &self.said));
        let touches = |deny: &Term<'_>| {
            managed.allows.iter().any(|term| {
                let mut both = term.actions.listed.clone();
                both.retain(&deny.actions.listed);
                !both.is_empty() && term.resources.meet(&deny.resources)
            })
        };
        let is_free = |deny: &Term<'_>| is_denied(deny, managed) || !touches(deny);
        (denies_the_same && self.said.denies.iter().all(is_free)).then_some(besides)
    }

    /// Whether actions that a policy of AWS grants besides hand out nothing new in substance: they do with another service what
    /// this policy may do with the one behind it, or they are a few ways to find out what there is (`Describe...`, `List...`) of which
    /// this policy names none, while it has all else that the one of AWS has of the service.
    fn grants_in_other_words(&self, besides: &ActionSet, allowed: &ActionSet) -> bool {
        // All other words are for what it may do everywhere.
        if self.everywhere.is_empty() {
            return besides.is_empty();
        }
        besides.services().all(|service| {
            if let Some(other) = companion(service) {
                return self.everywhere.has_service(other)
                    || besides.iter_of(service).all(|action| {
                        let same = other.actions().iter().find(|one| one.name() == action.name());
                        same.is_some_and(|same| self.everywhere.contains(same))
                    });
            }
            let is_small = is_little(besides.len_of(service), allowed.len_of(service));
            let finds_out = |action: &'static Action| {
                let (access, verb) = (action.access(), verb(action.name()));
                (access.is_read() || access.is_list())
                    && matches!(verb, "Describe" | "List")
                    && !self.everywhere.iter_of(service).any(|one| self::verb(one.name()) == verb)
            };
            is_small && self.everywhere.len_of(service) > 0 && besides.iter_of(service).all(finds_out)
        })
    }
}

/// Whether some actions are but few of all.
fn is_little(some: usize, all: usize) -> bool {
    some * 10 <= all
}

/// Whether all that a term denies is denied by one of another policy.
fn is_denied(deny: &Term<'_>, other: &Said<'_>) -> bool {
    other.denies.iter().any(|one| {
        deny.actions.listed.is_subset(&one.actions.listed)
            && one.resources.cover(&deny.resources)
            && one.holds_whenever(deny)
    })
}

/// The first word of the name of an action: `Describe`.
fn verb(name: &str) -> &str {
    let end = name.char_indices().skip(1).find(|(_, letter)| letter.is_ascii_uppercase());
    name.get(..end.map_or(name.len(), |(at, _)| at)).unwrap_or(name)
}

/// The services that are another way to what is in a service, each with that one, by place.
fn companions() -> &'static [(u16, u16)] {
    static READ: LazyLock<Vec<(u16, u16)>> = LazyLock::new(|| {
        let pair = |one: &Service| Some((one.place(), companion(one)?.place()));
        services().iter().filter_map(pair).collect()
    });
    &READ
}

/// The policies of AWS by what they allow, as places among all of them.
struct ByService {
    /// By the place of the first service that they allow actions of.
    first: Vec<Vec<usize>>,
    /// Those that allow actions of all services, or all but some.
    every: Vec<usize>,
}

fn by_service() -> &'static ByService {
    static READ: LazyLock<ByService> = LazyLock::new(|| {
        let mut found = ByService { first: vec![Vec::new(); services().len()], every: Vec::new() };
        for policy in managed_policies() {
            let list = match policy.first_service() {
                Some(place) => found.first.get_mut(usize::from(place)),
                None => (*policy.allowed() == Allowed::Every).then_some(&mut found.every),
            };
            list.into_iter().for_each(|list| list.push(policy.place()));
        }
        found
    });
    &READ
}

/// What a policy of AWS says, read once.
fn said(policy: &'static ManagedPolicy) -> Option<&'static Said<'static>> {
    static READ: LazyLock<Vec<OnceLock<Option<Said<'static>>>>> =
        LazyLock::new(|| managed_policies().iter().map(|_| OnceLock::new()).collect());
    let read = READ.get(policy.place())?.get_or_init(|| {
        let (_, document) = aws_managed::document(&policy.arn("aws"))?;
        Some(Said::read(document, Reading::Sure))
    });
    read.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statements: &str) -> Document {
        let document =
            Document::from_text(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#));
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        document
    }

    /// How a policy of AWS stands to a document: "same", "3 of 4" of its actions, or "none".
    fn part(name: &str, statements: &str) -> String {
        let document = document(statements);
        let policy = iamrail_catalog::managed_policy(name).unwrap();
        match Custom::read(&document, Reading::Sure).part(policy) {
            Some(part) if part.is_same => "same".to_owned(),
            Some(part) => format!("{} of {}", part.covered.len(), part.covered.len() + part.rest.len()),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn every_policy_of_aws_is_covered_by_itself() {
        for policy in managed_policies() {
            let (_, document) = aws_managed::document(&policy.arn("aws")).unwrap();
            let custom = Custom::read(document, Reading::Sure);
            match policy.allowed() {
                Allowed::These { services, actions } => {
                    assert_eq!(custom.services, services.iter().copied().collect(), "{}", policy.name());
                    assert_eq!(custom.said.allowed, *actions, "{}", policy.name());
                }
                Allowed::Every => {
                    let least = services().len() / 2 + companions().len();
                    assert!(custom.services.len() > least, "{}", policy.name());
                }
            }
            match custom.part(policy) {
                Some(part) => assert!(part.is_same && part.besides.is_empty(), "{}", policy.name()),
                None => assert!(custom.said.allowed.is_empty(), "{}", policy.name()),
            }
            let is_whole = custom.whole(policy) == Some(0);
            assert!(is_whole || custom.is_empty() || !custom.said.denies.is_empty(), "{}", policy.name());
        }
    }

    #[test]
    fn what_is_granted_everywhere_is_held_against_all_that_an_action_acts_on() {
        let logs = |resource: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": {resource}}}"#
            )
        };
        for (resource, expected) in [
            (r#""*""#, "same"),
            (r#""arn:aws:logs:*:*:*""#, "same"),
            (
                r#"["arn:aws-cn:logs:*:*:log-group:*", "arn:aws-cn:logs:*:*:log-group:*:log-stream:*"]"#,
                "same",
            ),
            (r#""arn:aws:logs:eu-central-1:*:*""#, "none"),
            (r#""arn:aws:logs:*:111122223333:*""#, "none"),
            (r#""arn:aws:logs:*:*:log-group:/aws/lambda/*""#, "none"),
        ] {
            assert_eq!(part("AWSLambdaBasicExecutionRole", &logs(resource)), expected, "{resource}");
        }
    }

    #[test]
    fn nothing_that_a_policy_leaves_out_is_handed_out() {
        let reads = r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}"#;
        for (statements, expected) in [
            (reads.to_owned(), "same"),
            (format!(r#"{reads}, {{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}"#), "2 of 3"),
            // Reads are left out on purpose.
            (r#"{"Effect": "Allow", "Action": ["s3:GetBucket*", "s3:List*"], "Resource": "*"}"#.to_owned(), "none"),
            (r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::*"}"#.to_owned(), "none"),
            (format!(r#"{reads}, {{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::secret/*"}}"#), "none"),
            (format!(r#"{reads}, {{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}}"#), "2 of 2"),
            (
                r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#
                    .to_owned(),
                "none",
            ),
        ] {
            assert_eq!(part("AmazonS3ReadOnlyAccess", &statements), expected, "{statements}");
        }
        assert_eq!(
            part("AmazonS3FullAccess", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
            "same"
        );
        assert_eq!(
            part("AmazonSQSReadOnlyAccess", r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#),
            "none"
        );
    }
}
