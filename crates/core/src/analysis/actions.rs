//! Actions as sets: which ones a statement names, and the short patterns that stand for a set.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_catalog::{Action, ActionSet, Service, expand, services};

use crate::policy::{Elements, glob_covers};
use crate::value::Unknown;

/// The actions that a statement speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// Those that the catalog has.
    pub listed: ActionSet,
    /// Others by name, and patterns that stand for none in the catalog.
    pub unlisted: BTreeSet<String>,
    /// Whether those of services that the catalog does not have are meant too.
    pub is_open: bool,
    /// Of these, the ones that are not, by name or pattern.
    pub except: BTreeSet<String>,
}

/// How to read what is not known for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// What surely is.
    Sure,
    /// What may be as well.
    Possible,
}

impl Reading {
    fn opposite(self) -> Self {
        match self {
            Self::Sure => Self::Possible,
            Self::Possible => Self::Sure,
        }
    }
}

impl Actions {
    /// The actions of a pattern such as `s3:Get*`.
    pub fn of_pattern(pattern: &str) -> Self {
        let listed = expand(pattern);
        let is_any = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
        let is_open = match pattern.split_once(':') {
            Some((service, name)) => is_any(service) && is_any(name),
            None => is_any(pattern),
        };
        let unlisted = (listed.is_empty() && pattern.contains(':')).then(|| pattern.to_owned());
        Self { listed, unlisted: unlisted.into_iter().collect(), is_open, except: BTreeSet::new() }
    }

    /// The actions of a statement, as one deployment has it.
    pub fn of(elements: &Elements, reading: Reading) -> Self {
        let named = Self::named(elements, if elements.except { reading.opposite() } else { reading });
        if !elements.except {
            return named;
        }
        let mut listed = ActionSet::all();
        listed.remove(&named.listed);
        match named.is_open {
            true => Self { listed, unlisted: named.except, is_open: false, except: BTreeSet::new() },
            false => Self { listed, unlisted: BTreeSet::new(), is_open: true, except: named.unlisted },
        }
    }

    /// The actions that a statement names for all to read, those included of which it is not known whether they are there.
    pub(super) fn named_by(elements: &Elements) -> Self {
        let mut named = Self::default();
        for text in elements.items.iter().filter_map(|element| element.text.as_str()) {
            named.extend(&Self::of_pattern(&text));
        }
        if elements.except { Self::of(elements, Reading::Sure) } else { named }
    }

    fn named(elements: &Elements, reading: Reading) -> Self {
        let mut named = Self::default();
        for element in &elements.items {
            match reading {
                Reading::Sure if element.undecided.is_none() => {
                    if let Some(text) = element.text.as_str() {
                        named.extend(&Self::of_pattern(&text));
                    }
                }
                Reading::Sure => {}
                Reading::Possible => named.extend(&Self::of_pattern(&element.widest_pattern())),
            }
        }
        if reading == Reading::Possible && elements.open.is_some() {
            named.extend(&Self::of_pattern("*"));
        }
        named
    }

    /// Why a statement may speak of more actions than it surely does, if it may.
    pub fn uncertainty(elements: &Elements) -> Option<&Arc<Unknown>> {
        let of_item = |element: &'_ crate::policy::Element| element.undecided.is_some();
        let undecided = elements.items.iter().find(|element| of_item(element));
        let undecided = undecided.and_then(|element| element.undecided.as_ref());
        let hole = elements.items.iter().find_map(|element| element.text.holes().next());
        elements.open.as_ref().or(undecided).or(hole.map(|hole| &hole.unknown))
    }

    /// Adds others.
    pub fn extend(&mut self, other: &Actions) {
        self.listed.extend(&other.listed);
        self.except = match (self.is_open, other.is_open) {
            (true, true) => {
                let by_both = |mine: &BTreeSet<String>, others: &BTreeSet<String>| {
                    mine.iter().filter(|one| are_covered(others, one)).cloned().collect::<BTreeSet<_>>()
                };
                let mut both = by_both(&self.except, &other.except);
                both.extend(by_both(&other.except, &self.except));
                both
            }
            (true, false) => without(&self.except, &other.unlisted),
            (false, true) => without(&other.except, &self.unlisted),
            (false, false) => BTreeSet::new(),
        };
        self.unlisted.extend(other.unlisted.iter().cloned());
        self.is_open |= other.is_open;
    }

    /// Takes others away.
    pub fn remove(&mut self, other: &Actions) {
        self.listed.remove(&other.listed);
        self.unlisted = without(&self.unlisted, &other.unlisted);
        match (self.is_open, other.is_open) {
            // What the others leave is left.
            (true, true) => {
                let left = without(&without(&other.except, &self.except), &other.unlisted);
                self.unlisted.retain(|one| are_covered(&other.except, one));
                self.unlisted.extend(left);
                self.except.clear();
                self.is_open = false;
            }
            (true, false) => self.except.extend(other.unlisted.iter().cloned()),
            (false, true) => self.unlisted.retain(|one| are_covered(&other.except, one)),
            (false, false) => {}
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.unlisted.is_empty() && !self.is_open
    }

    /// Short patterns that stand for these actions and no others: `s3:Get*`. What is open is `*` with the exceptions, which are
    /// the second part.
    pub fn patterns(&self) -> (Vec<String>, Vec<String>) {
        if !self.is_open {
            let mut patterns = patterns(&self.listed);
            patterns.extend(self.unlisted.iter().cloned());
            return (patterns, Vec::new());
        }
        let mut others = ActionSet::all();
        others.remove(&self.listed);
        let mut excepted = patterns(&others);
        excepted.extend(self.except.iter().cloned());
        (vec!["*".to_owned()], excepted)
    }
}

/// Whether a pattern stands for nothing beyond some others.
fn are_covered(patterns: &BTreeSet<String>, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    patterns.iter().any(|pattern| glob_covers(&pattern.to_ascii_lowercase(), &name))
}

/// Patterns without those that stand for nothing beyond some others.
fn without(patterns: &BTreeSet<String>, others: &BTreeSet<String>) -> BTreeSet<String> {
    patterns.iter().filter(|one| !are_covered(others, one)).cloned().collect()
}

/// The fewest names and beginnings of names that stand for the actions of a set and no others, by service and name.
pub fn patterns(set: &ActionSet) -> Vec<String> {
    if *set == ActionSet::all() {
        return vec!["*".to_owned()];
    }
    set.services().flat_map(|service| of_service(service, set)).collect()
}

fn of_service(service: &'static Service, set: &ActionSet) -> Vec<String> {
    let prefix = service.prefix();
    if set.has_service(service) {
        return vec![format!("{prefix}:*")];
    }
    let mut found = Vec::new();
    let mut rest = service.actions();
    while let Some((first, others)) = rest.split_first() {
        if !set.contains(first) {
            rest = others;
            continue;
        }
        let (name, count) = beginning(first, rest, service.actions(), set);
        found.push(format!("{prefix}:{name}"));
        rest = rest.get(count..).unwrap_or_default();
    }
    found
}

/// The shortest beginning of an action's name, ending with a word, whose actions are all in the set; with the number of those
/// actions. The name itself when fewer than three would be told by one.
fn beginning(action: &Action, from: &[Action], all: &[Action], set: &ActionSet) -> (String, usize) {
    let word_ends = action.name().char_indices().skip(1);
    let word_ends = word_ends.filter(|(_, letter)| letter.is_ascii_uppercase()).map(|(at, _)| at);
    for end in word_ends.chain([action.name().len()]) {
        let (Some(name), Some(folded)) = (action.name().get(..end), action.folded_name().get(..end)) else {
            continue;
        };
        let begins = |one: &&Action| one.folded_name().starts_with(folded);
        let count = from.iter().take_while(begins).count();
        let is_whole = count == all.iter().filter(begins).count();
        if count > 2 && is_whole && from.iter().take(count).all(|one| set.contains(one)) {
            return (format!("{name}*"), count);
        }
    }
    (action.name().to_owned(), 1)
}

/// The actions of services that are held together with those of another service, under the same names: S3 Object Lambda is one
/// more way to what is in S3.
pub(super) fn companion(service: &Service) -> Option<&'static Service> {
    let companion = match service.prefix() {
        "s3-object-lambda" => "s3",
        _ => return None,
    };
    services().iter().find(|one| one.prefix() == companion)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_by_short_patterns() {
        for (patterns_of, expected) in [
            (&["s3:Get*", "s3:PutObject"][..], &["s3:Get*", "s3:PutObject"][..]),
            (&["sqs:*"], &["sqs:*"]),
            (&["*"], &["*"]),
            (&["iam:*AccessKey"], &["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateAccessKey"]),
            (&["logs:PutLogEvents", "logs:CreateLogStream"], &["logs:CreateLogStream", "logs:PutLogEvents"]),
            (&["nowhere:Do*"], &["nowhere:Do*"]),
        ] {
            let mut actions = Actions::default();
            patterns_of.iter().for_each(|pattern| actions.extend(&Actions::of_pattern(pattern)));
            let expected = expected.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
            assert_eq!(actions.patterns(), (expected, Vec::new()));
        }
        let unlisted = |allowed: &str, denied: &str| {
            let read = |text: &str| {
                let statement = format!(r#"{{"Statement": {{"Effect": "Allow", {text}, "Resource": "*"}}}}"#);
                let document = crate::policy::Document::from_text(&statement);
                Actions::of(&document.statements[0].actions, Reading::Sure)
            };
            let mut left = read(allowed);
            left.remove(&read(denied));
            let (names, excepted) = left.patterns();
            (names.join(" "), excepted.join(" "))
        };
        let told = |names: &str, excepted: &str| (names.to_owned(), excepted.to_owned());
        let but = r#""NotAction": ["nowhere:*", "s3:GetObject"]"#;
        assert_eq!(
            unlisted(r#""Action": "nowhere:Do""#, r#""NotAction": "nowhere:*""#),
            told("nowhere:Do", "")
        );
        assert_eq!(unlisted(r#""Action": "nowhere:Do""#, r#""NotAction": "s3:*""#), told("", ""));
        assert_eq!(
            unlisted(but, r#""Action": "elsewhere:*""#),
            told("*", "s3:GetObject elsewhere:* nowhere:*")
        );
        assert_eq!(unlisted(r#""Action": "*""#, but), told("s3:GetObject nowhere:*", ""));
        assert_eq!(unlisted(but, but), told("", ""));
        let mut most = Actions::of_pattern("*");
        most.remove(&Actions::of_pattern("iam:*"));
        assert_eq!(most.patterns().0, ["*"]);
    }

    proptest::proptest! {
        #[test]
        fn patterns_stand_for_their_set_and_nothing_else(
            chosen in proptest::collection::vec("(s3|ec2|iam|logs):(Get|List|Describe|Create)?[A-Z]?\\*", 1..6),
            without in "(s3|ec2|iam|logs):[A-Z]?[a-z]\\*",
        ) {
            let mut set = ActionSet::new();
            chosen.iter().for_each(|pattern| set.extend(&expand(pattern)));
            set.remove(&expand(&without));
            let mut again = ActionSet::new();
            patterns(&set).iter().for_each(|pattern| again.extend(&expand(pattern)));
            proptest::prop_assert_eq!(again, set);
        }
    }
}
