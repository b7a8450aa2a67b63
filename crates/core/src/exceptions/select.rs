//! Which rules an exception speaks of.

use std::collections::BTreeSet;

use super::entry::{Entry, Misread, Written};
use super::fields::plain;
use crate::rule::{Check, DOCUMENTS, Rule, STATEMENTS, StatementId};
use crate::suggest::closest;

/// What an exception excepts.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The names of the rules.
    pub(super) rules: BTreeSet<&'static str>,
    /// How it names them.
    pub(super) by: By,
    /// What names nothing that can be excepted.
    pub(super) faults: Vec<Misread>,
}

/// How an exception names its rules, the more telling later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// By the policy document.
    #[default]
    Policy,
    /// By a statement of it.
    Statement,
    /// By themselves.
    Rule,
}

/// Whether a rule speaks of exceptions or of the configuration, and so cannot be excepted.
pub(super) fn is_beyond_exception(rule: &Rule) -> bool {
    matches!(rule.check, Check::Exceptions(_) | Check::Configuration(_))
}

/// The rules among `rules` that an exception speaks of. What is named in several ways is what all of them name.
pub(super) fn select(entry: &Entry, rules: &[&'static Rule]) -> Selection {
    let mut selection = Selection::default();
    let mut ways: Vec<BTreeSet<&'static str>> = Vec::new();
    let mut named = |list: &[Written], by: By, find: &dyn Fn(&str) -> Result<Vec<&'static Rule>, Misread>| {
        if list.is_empty() {
            return;
        }
        selection.by = selection.by.max(by);
        let mut way = BTreeSet::new();
        for written in list {
            match find(&written.text) {
                Ok(found) => way.extend(found.into_iter().map(|rule| rule.name)),
                Err(fault) => selection.faults.push(Misread { span: written.span, ..fault }),
            }
        }
        ways.push(way);
    };
    named(&entry.rules, By::Rule, &|name| by_name(name, entry, rules));
    named(&entry.statements, By::Statement, &|id| by_statement(id, entry, rules));
    named(&entry.policies, By::Policy, &|title| by_policy(title, entry, rules));
    let mut ways = ways.into_iter();
    match ways.next() {
        Some(first) => {
            selection.rules = ways.fold(first, |all, way| all.intersection(&way).copied().collect())
        }
        None if entry.misread.is_empty() => selection.faults.push(fault(
            entry,
            "it names no rule, no statement and no policy".to_owned(),
            "name what is excepted: `rule: access-key`".to_owned(),
        )),
        None => {}
    }
    if selection.faults.is_empty() && selection.rules.is_empty() && ways_are_several(entry) {
        selection.faults.push(fault(
            entry,
            "no rule is all that it names".to_owned(),
            "name rules, or a statement, or a policy that has them".to_owned(),
        ));
    }
    selection
}

fn ways_are_several(entry: &Entry) -> bool {
    [&entry.rules, &entry.statements, &entry.policies].iter().filter(|list| !list.is_empty()).count() > 1
}

fn fault(entry: &Entry, message: String, help: String) -> Misread {
    Misread { span: entry.span, message, help }
}

fn meant(name: &str, known: impl Iterator<Item = &'static str>, otherwise: &str) -> String {
    match closest(name, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => otherwise.to_owned(),
    }
}

fn by_name(name: &str, entry: &Entry, rules: &[&'static Rule]) -> Result<Vec<&'static Rule>, Misread> {
    match rules.iter().find(|rule| rule.name.eq_ignore_ascii_case(name)) {
        Some(rule) if matches!(rule.check, Check::Configuration(_)) => Err(fault(
            entry,
            format!("`{name}` is a rule about the configuration, which cannot be excepted"),
            "mend the configuration that the rule speaks of".to_owned(),
        )),
        Some(rule) if is_beyond_exception(rule) => Err(fault(
            entry,
            format!("`{name}` is a rule about exceptions, which cannot be excepted"),
            "mend the exception that the rule speaks of".to_owned(),
        )),
        Some(rule) => Ok(vec![rule]),
        None => {
            let known = rules.iter().filter(|rule| !is_beyond_exception(rule)).map(|rule| rule.name);
            let help = meant(name, known, "`iamrail rules` lists them");
            Err(fault(entry, format!("there is no rule `{name}`"), help))
        }
    }
}

fn by_statement(id: &str, entry: &Entry, rules: &[&'static Rule]) -> Result<Vec<&'static Rule>, Misread> {
    let Some(statement) = STATEMENTS.iter().find(|statement| statement.id.0.eq_ignore_ascii_case(id)) else {
        let known = STATEMENTS.iter().map(|statement| statement.id.0);
        let help = meant(id, known, "`iamrail rules --coverage` lists them");
        return Err(fault(entry, format!("there is no statement `{id}`"), help));
    };
    let enforcing = || rules.iter().filter(|rule| rule.statements.contains(&statement.id));
    let found: Vec<&'static Rule> = enforcing().filter(|rule| !is_beyond_exception(rule)).copied().collect();
    if found.is_empty() && enforcing().next().is_some() {
        let is_of_configuration = |rule: &&'static Rule| matches!(rule.check, Check::Configuration(_));
        let (what, help) = match enforcing().any(is_of_configuration) {
            true => ("exceptions and the configuration", "mend what it speaks of"),
            false => ("exceptions", "mend the exceptions that it speaks of"),
        };
        let message = format!("`{id}` is about {what}, which cannot be excepted");
        return Err(fault(entry, message, help.to_owned()));
    }
    Ok(found)
}

fn by_policy(title: &str, entry: &Entry, rules: &[&'static Rule]) -> Result<Vec<&'static Rule>, Misread> {
    let Some((_, prefix)) = DOCUMENTS.iter().find(|(known, _)| plain(known) == plain(title)) else {
        let known = DOCUMENTS.iter().map(|(title, _)| *title);
        let otherwise = known.clone().map(|title| format!("`{title}`")).collect::<Vec<_>>().join(" or ");
        let help = meant(title, known, &format!("the policies are {otherwise}"));
        return Err(fault(entry, format!("there is no policy `{title}`"), help));
    };
    let is_of_it = |statement: &StatementId| statement.0.starts_with(prefix);
    let found =
        rules.iter().filter(|rule| !is_beyond_exception(rule) && rule.statements.iter().any(is_of_it));
    Ok(found.copied().collect())
}
