//! Which exception covers which finding.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use super::entry::{Claimant, Origin};
use super::judge::Judged;
use super::pattern::Pattern;
use crate::analysis::principal::named;
use crate::collections::HashMap;
use crate::model::{Model, Principal};
use crate::report::Finding;
use crate::rule::Check;
use crate::source::Span;
use crate::value::Value;

/// The names of the principals that resources of a unit speak of: for every resource, those of each principal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aliases(HashMap<Arc<str>, Vec<Vec<Arc<str>>>>);

impl Aliases {
    /// The principals of a model: users, groups and roles by their names, and those that grants and credentials are for.
    pub(crate) fn of(model: &Model) -> Self {
        let mut aliases = Self::default();
        for (_, user) in model.users.iter() {
            aliases.own(&user.declared.subject, &user.name);
        }
        for (_, group) in model.groups.iter() {
            aliases.own(&group.declared.subject, &group.name);
        }
        for (_, role) in model.roles.iter() {
            aliases.own(&role.declared.subject, &role.name);
        }
        for (_, policy) in model.policies.iter() {
            aliases.own(&policy.declared.subject, &policy.name);
        }
        for grant in &model.grants {
            aliases.principal(&grant.declared.subject, model, &grant.principal);
        }
        let keys = model.access_keys.iter().map(|(_, key)| (&key.declared.subject, &key.user));
        let profiles =
            model.login_profiles.iter().map(|(_, profile)| (&profile.declared.subject, &profile.user));
        let memberships = model.memberships.iter().map(|one| (&one.declared.subject, &one.user));
        for (subject, user) in keys.chain(profiles).chain(memberships) {
            aliases.principal(subject, model, &Principal::User(user.clone()));
        }
        aliases
    }

    fn own(&mut self, subject: &Arc<str>, name: &Value) {
        if let Some(name) = name.as_str().filter(|text| !text.is_empty() && !name.sensitive) {
            self.0
                .entry(Arc::clone(subject))
                .or_default()
                .push(vec![Arc::from(name.as_ref()), Arc::clone(subject)]);
        }
    }

    fn principal(&mut self, subject: &Arc<str>, model: &Model, principal: &Principal) {
        let named = named(model, principal);
        let mut names = Vec::new();
        if named.unknown.is_none() {
            names.push(Arc::from(named.name.as_ref()));
        }
        names.extend(named.declared.map(|declared| Arc::clone(&declared.subject)));
        self.0.entry(Arc::clone(subject)).or_default().push(names);
    }

    fn of_subject(&self, subject: &str) -> &[Vec<Arc<str>>] {
        self.0.get(subject).map(Vec::as_slice).unwrap_or_default()
    }
}

/// How closely an exception speaks of a finding; the greater, the closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Closeness {
    place: Place,
    /// How many letters of the pattern are none of its wildcards.
    letters: usize,
    /// Whether it names the environment.
    names_environment: bool,
    by: super::select::By,
    fewer_rules: Reverse<usize>,
    earlier: Reverse<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Everywhere,
    Pattern,
    Name,
    Key,
    Inline,
}

/// The index of the exception that speaks of a finding in an environment most closely, of those that speak of its rule; those that
/// match are marked.
pub(super) fn closest(
    judged: &mut [Judged],
    speaking: &[usize],
    finding: &Finding,
    environment: Option<&Arc<str>>,
    aliases: &Aliases,
) -> Option<usize> {
    let names = Names::of(finding, aliases);
    let mut best: Option<(Closeness, usize)> = None;
    for &index in speaking {
        let Some(one) = judged.get_mut(index).filter(|one| one.entry.is_for(environment)) else { continue };
        let Some((place, letters)) = place(one, finding, environment, &names) else { continue };
        one.matches = true;
        if !names.elsewhere.iter().all(|file| is_named(one, finding, file)) {
            continue;
        }
        let fewer_rules = Reverse(one.rules.len());
        let (names_environment, by) = (!one.entry.environments.is_empty(), one.by);
        let earlier = Reverse(index);
        let closeness = Closeness { place, letters, names_environment, by, fewer_rules, earlier };
        if best.is_none_or(|(best, _)| best < closeness) {
            best = Some((closeness, index));
        }
    }
    best.map(|(_, index)| index)
}

/// What the subject of a finding can be called.
struct Names<'f> {
    /// Its address, with the keys of instances and without, and the path of its construct.
    own: Vec<Cow<'f, str>>,
    /// The names of each principal that it speaks of.
    principals: &'f [Vec<Arc<str>>],
    /// The other files that the finding is about: one credential is one finding, wherever it stands.
    elsewhere: Vec<&'f str>,
}

impl<'f> Names<'f> {
    fn of(finding: &'f Finding, aliases: &'f Aliases) -> Self {
        let mut own = vec![Cow::Borrowed(&*finding.subject)];
        if finding.subject.contains('[') {
            own.push(without_keys(&finding.subject).into());
        }
        own.extend(finding.construct.as_deref().map(Cow::Borrowed));
        let elsewhere = match finding.rule.check {
            Check::Credentials(_) => finding.related.iter().map(|one| &*one.subject).collect(),
            _ => Vec::new(),
        };
        Self { own, principals: aliases.of_subject(&finding.subject), elsewhere }
    }

    /// Whether a pattern matches one of its own names, or all principals.
    fn are_matched(&self, is_it: impl Fn(&str) -> bool) -> bool {
        self.own.iter().any(|name| is_it(name))
            || (!self.principals.is_empty()
                && self.principals.iter().all(|names| names.iter().any(|name| is_it(name))))
    }
}

/// In what way an exception speaks of the subject of a finding, if it does.
fn place(
    judged: &Judged,
    finding: &Finding,
    environment: Option<&Arc<str>>,
    names: &Names<'_>,
) -> Option<(Place, usize)> {
    if let Origin::Inline(claimants) = &judged.entry.origin {
        let is_it = |subject: &str| *finding.subject == *subject || is_instance(&finding.subject, subject);
        let is_there = |one: &[Arc<str>]| {
            one.is_empty() || environment.is_none_or(|environment| one.contains(environment))
        };
        let is_claimant = |one: &Claimant| {
            one.unit == finding.unit && is_there(&one.environments) && is_it(&one.declared.subject)
        };
        let found = claimants.iter().any(|one| is_claimant(one) || holds_key(one, finding));
        return found.then_some((Place::Inline, 0));
    }
    if judged.entry.resources.is_empty() {
        return Some((Place::Everywhere, 0));
    }
    let subject = Seen::of(&finding.subject, judged);
    let is_key = matches!(finding.rule.check, Check::Credentials(_));
    let place = |pattern: &Pattern| match pattern {
        _ if is_key && subject.any(|file| pattern.names_key(finding, file)) => Some(Place::Key),
        _ if is_key && !subject.any(|file| pattern.names_file(file)) => None,
        _ if !is_key && !names.are_matched(|name| pattern.names(name)) => None,
        _ if pattern.is_everything() => Some(Place::Everywhere),
        _ if pattern.has_wildcard() => Some(Place::Pattern),
        _ => Some(Place::Name),
    };
    let places = judged.patterns.iter().filter_map(|pattern| Some((place(pattern)?, pattern.letters())));
    places.max()
}

/// Whether all places of a key are within the text of a resource.
fn holds_key(claimant: &Claimant, finding: &Finding) -> bool {
    let is_within =
        |span: Option<Span>| claimant.extent.zip(span).is_some_and(|(all, span)| all.contains(&span));
    matches!(finding.rule.check, Check::Credentials(_))
        && is_within(Some(finding.span))
        && finding.related.iter().all(|one| is_within(one.span))
}

/// Whether an exception speaks of a credential in a file: it names it or the file, or holds for everything. It speaks of the
/// versions of a file as well.
fn is_named(judged: &Judged, finding: &Finding, file: &str) -> bool {
    let file = Seen::of(file, judged);
    let is_it =
        |pattern: &Pattern| file.any(|file| pattern.names_file(file) || pattern.names_key(finding, file));
    judged.patterns.is_empty() || judged.patterns.iter().any(is_it)
}

/// A file as it is called in the run, and as seen from the file of an exception.
struct Seen<'f> {
    file: &'f str,
    from_there: Option<String>,
}

impl<'f> Seen<'f> {
    fn of(file: &'f str, judged: &Judged) -> Self {
        Self { file, from_there: judged.entry.standing.seen(file) }
    }

    fn any(&self, is_it: impl Fn(&str) -> bool) -> bool {
        is_it(self.file) || self.from_there.as_deref().is_some_and(is_it)
    }
}

/// Whether a subject is an instance of a resource: the same address with a key.
fn is_instance(subject: &str, resource: &str) -> bool {
    subject
        .strip_prefix(resource)
        .is_some_and(|rest| rest.starts_with('[') && rest.ends_with(']') && without_keys(rest).is_empty())
}

/// An address without the keys of instances: `module.a["x.y"].r.b[0]` is one of `module.a.r.b`.
pub fn without_keys(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for letter in address.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            letter if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{is_instance, without_keys};

    #[test]
    fn keys_of_instances_are_left_out_of_an_address() {
        assert_eq!(without_keys(r#"module.a["x]\".y"].aws_iam_user.b[0]"#), "module.a.aws_iam_user.b");
        assert_eq!(without_keys("infra/main.tf"), "infra/main.tf");
        assert!(is_instance("a.b[0]", "a.b") && is_instance(r#"a.b["c"]"#, "a.b"));
        assert!(!is_instance("a.b[0].c", "a.b") && !is_instance("a.bc", "a.b") && !is_instance("a.b", "a.b"));
    }
}
