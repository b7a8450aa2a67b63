//! Holds exceptions to what is demanded of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::codeowners::CodeOwners;
use super::entry::{Entry, Misread, Origin, Written};
use super::fields::plain;
use super::pattern::{Pattern, is_everything, whole_id};
use super::select::{By, select};
use super::settings::{Approval, Settings};
use crate::analysis::purpose::is_meaningless;
use crate::options::Options;
use crate::policy::Glob;
use crate::rule::Rule;
use crate::source::Span;
use crate::suggest::closest;
use crate::value::{Reason, Unknown};

/// Names that stand for nobody.
const NOBODY: [&str; 15] = [
    "-", "?", "approver", "changeme", "fixme", "n/a", "name", "nobody", "none", "owner", "pending",
    "somebody", "tbd", "todo", "unknown",
];

/// An exception with what is wrong with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judged {
    /// The exception.
    pub entry: Arc<Entry>,
    /// The names of the rules that it excepts.
    pub rules: BTreeSet<&'static str>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// How many findings it covers, of those that no other exception covers more closely.
    pub covers: usize,
    pub(super) by: By,
    /// What its resources name.
    pub(super) patterns: Vec<Pattern>,
    /// Whether it matches a finding, covered by itself or by another one.
    pub(super) matches: bool,
}

/// The kinds of faults, each with a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// It says nothing that could be honoured.
    Invalid,
    /// The team that owns it has not approved it.
    Unapproved,
    /// Its review is due.
    Expired,
    /// It holds for too long, or for too much.
    Open,
    /// Nothing needs it.
    Unused,
}

/// Something that is wrong with an exception.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fault {
    /// Its kind.
    pub kind: FaultKind,
    /// Where.
    pub span: Span,
    /// What is wrong, behind "the exception from ...": "names no owner".
    pub message: String,
    /// What to do.
    pub help: String,
    /// What is not known and decides.
    pub unknown: Option<Unknown>,
    /// Another exception that takes part.
    pub other: Option<Span>,
    /// What tells it from other faults of its kind.
    pub(super) key: &'static str,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, key: &'static str, span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, span, message, help: String::new(), unknown: None, other: None, key }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }
}

impl Judged {
    /// Whether findings are excepted by it.
    pub fn is_honoured(&self) -> bool {
        let refuses = |kind| matches!(kind, FaultKind::Invalid | FaultKind::Unapproved | FaultKind::Expired);
        !self.faults.iter().any(|fault| refuses(fault.kind))
    }

    /// Whether it holds for every resource.
    pub fn is_policy_wide(&self) -> bool {
        !self.entry.is_inline()
            && (self.entry.resources.is_empty()
                || self.entry.resources.iter().any(|one| is_everything(&one.text)))
    }
}

/// What exceptions are judged by.
pub(super) struct Judgement<'j> {
    pub(super) settings: &'j Settings,
    pub(super) owners: Option<&'j CodeOwners>,
    pub(super) options: &'j Options,
    pub(super) rules: &'j [&'static Rule],
    /// The names of all environments that are configured.
    pub(super) environments: &'j [Arc<str>],
}

impl Judgement<'_> {
    pub(super) fn judge(&self, entry: Entry) -> Judged {
        let selection = select(&entry, self.rules);
        let mut faults: Vec<Fault> = Vec::new();
        for (misread, key) in entry
            .misread
            .iter()
            .map(|one| (one, "misread"))
            .chain(selection.faults.iter().map(|one| (one, "names")))
        {
            faults.push(invalid(misread, key));
        }
        faults.extend(reason(&entry, self.options));
        faults.extend(elsewhere(&entry));
        faults.extend(leaking(&entry));
        faults.extend(self.nowhere(&entry));
        // A date that cannot be read is told already.
        let is_dated = entry.review.is_some() || entry.misread.is_empty();
        // Of one that cannot be read nobody knows what it does not name.
        if entry.misread.is_empty() {
            faults.extend(self.approval(&entry));
        }
        if is_dated {
            faults.extend(self.review(&entry));
        }
        let patterns = entry.resources.iter().map(|one| Pattern::new(&one.text)).collect();
        let mut judged = Judged {
            entry: Arc::new(entry),
            rules: selection.rules,
            faults,
            covers: 0,
            by: selection.by,
            patterns,
            matches: false,
        };
        if judged.is_policy_wide() {
            let wide = judged.entry.resources.iter().find(|one| is_everything(&one.text));
            let span = wide.map_or(judged.entry.span, |one| one.span);
            let fault = Fault::new(FaultKind::Open, "policy-wide", span, "holds for every resource");
            judged.faults.push(fault.help("name the resources that it is for: `resource: ADDRESS`"));
        }
        judged
    }

    /// An exception for an environment that is not configured. It would hold nowhere, or everywhere: neither is what it says.
    fn nowhere(&self, entry: &Entry) -> Option<Fault> {
        let is_unknown = |one: &&Written| !self.environments.contains(&one.text);
        let unknown = entry.environments.iter().find(is_unknown)?;
        let message = format!("is for the environment `{}`, which is not configured", unknown.text);
        let names = || self.environments.iter().map(|name| &**name);
        let help = match closest(&unknown.text, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if self.environments.is_empty() => {
                "configure it under `environments` in iamrail.yaml, or leave `environments` out here to \
                 except all of them"
                    .to_owned()
            }
            None => format!("name one of those in iamrail.yaml: {}", names().collect::<Vec<_>>().join(", ")),
        };
        Some(Fault::new(FaultKind::Invalid, "environment", unknown.span, message).help(help))
    }

    fn approval(&self, entry: &Entry) -> Vec<Fault> {
        let mut faults = Vec::new();
        let owner = entry.owner.as_ref().filter(|one| !is_nobody(&one.text));
        let approver = entry.approver.as_ref().filter(|one| !is_nobody(&one.text));
        let mut refuse = |key, written: Option<&Written>, message: String, help: String| {
            let span = written.map_or(entry.span, |one| one.span);
            faults.push(Fault::new(FaultKind::Unapproved, key, span, message).help(help));
        };
        if owner.is_none() {
            let help = "name the team that owns the exception: `owner: TEAM`";
            refuse("owner", entry.owner.as_ref(), "names no owner".to_owned(), help.to_owned());
        }
        if approver.is_none() {
            let help = "name who approved it for the team that owns it: `approved by: NAME`";
            refuse(
                "approver",
                entry.approver.as_ref(),
                "names nobody who approved it".to_owned(),
                help.to_owned(),
            );
        }
        let (Some(owner), Some(approver)) = (owner, approver) else { return faults };
        match self.settings.approval {
            Approval::Declared => {}
            Approval::Teams => match self.settings.teams.get(&plain(&owner.text)) {
                None => {
                    let message = format!("has an owner that is no team: `{}`", owner.text);
                    let help = "add the team with its members to `teams` in iamrail.yaml".to_owned();
                    refuse("team", Some(owner), message, help);
                }
                Some(team)
                    if !team.members.iter().any(|member| member.eq_ignore_ascii_case(&approver.text)) =>
                {
                    let message = format!(
                        "is approved by `{}`, who is not a member of `{}`",
                        approver.text, owner.text
                    );
                    let help = "let a member of the team approve it, or add them to `teams` in iamrail.yaml"
                        .to_owned();
                    refuse("member", Some(approver), message, help);
                }
                Some(_) => {}
            },
            Approval::CodeOwners => match self.owners.map(|owners| owners.of(&entry.path)) {
                None => {
                    let message = "cannot be approved by code owners: there is no CODEOWNERS file".to_owned();
                    let help = "write one, or choose another way of `approval` in iamrail.yaml".to_owned();
                    refuse("no-owners", None, message, help);
                }
                Some(owners) if !owners.iter().any(|one| self.is_owner(one, &owner.text)) => {
                    let message = format!(
                        "stands in `{}`, which does not belong to `{}` by CODEOWNERS",
                        entry.path, owner.text
                    );
                    let help = "let the team own the file in CODEOWNERS, or move the exception to a file of the team".to_owned();
                    refuse("code-owner", Some(owner), message, help);
                }
                Some(_) => {}
            },
        }
        faults
    }

    /// Whether a code owner is the team that owns an exception: by its name, its handle, or as a member of it.
    fn is_owner(&self, code_owner: &str, owner: &str) -> bool {
        let handle = |name: &str| plain(name.trim_start_matches('@'));
        let slug = code_owner.rsplit_once('/').map_or(code_owner, |(_, slug)| slug);
        let team = self.settings.teams.get(&plain(owner));
        let listed = |member: &String| handle(member) == handle(code_owner);
        handle(owner) == handle(code_owner)
            || plain(owner) == handle(slug)
            || team.is_some_and(|team| team.members.iter().any(listed))
    }

    fn review(&self, entry: &Entry) -> Option<Fault> {
        let Some((date, span)) = entry.review else {
            let fault = Fault::new(FaultKind::Open, "no-date", entry.span, "has no review date");
            return Some(fault.help("name the last day on which it holds: `review date: YYYY-MM-DD`"));
        };
        let Some(today) = self.options.today else {
            let mut fault = Fault::new(FaultKind::Expired, "no-today", span, "has expired");
            fault.unknown = Some(Unknown::new(Reason::NoValue, "the date of the check"));
            return Some(fault.help("give the check a date"));
        };
        if date < today {
            let fault =
                Fault::new(FaultKind::Expired, "expired", span, format!("was to be reviewed by {date}"));
            return Some(
                fault.help(
                    "keep the guardrail, or let the owner approve the exception anew with a later date",
                ),
            );
        }
        let days = days_between(today, date);
        let most = self.settings.max_days;
        (days > most).then(|| {
            let message = format!("is reviewed only in {days} days, and {most} are the most");
            Fault::new(FaultKind::Open, "far", span, message).help("choose an earlier review date")
        })
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

fn invalid(misread: &Misread, key: &'static str) -> Fault {
    let message = format!("cannot be understood: {}", misread.message);
    Fault::new(FaultKind::Invalid, key, misread.span, message).help(misread.help.clone())
}

fn reason(entry: &Entry, options: &Options) -> Option<Fault> {
    let help = "say in a sentence why the guardrail cannot be kept here, and what will end that";
    match &entry.reason {
        None if entry.misread.is_empty() => {
            Some(Fault::new(FaultKind::Invalid, "no-reason", entry.span, "gives no reason").help(help))
        }
        Some(reason) if is_meaningless(&reason.text, &options.roles) => Some(
            Fault::new(FaultKind::Invalid, "reason", reason.span, "gives a reason that says nothing")
                .help(help),
        ),
        _ => None,
    }
}

/// An exception in a resource that names another one.
fn elsewhere(entry: &Entry) -> Option<Fault> {
    let Origin::Inline(claimants) = &entry.origin else { return None };
    let is_other = |one: &&Written| {
        let glob = Glob::new(&one.text);
        !claimants.iter().any(|claimant| glob.matches(&claimant.declared.subject))
    };
    let other = entry.resources.iter().find(is_other)?;
    let message = format!("stands in a resource that is not `{}`", other.text);
    let help = "leave `resource` out: an exception in a resource holds for that one";
    Some(Fault::new(FaultKind::Invalid, "elsewhere", other.span, message).help(help))
}

/// An exception that tells the id of the key that it is for to whoever reads it.
fn leaking(entry: &Entry) -> Option<Fault> {
    let (written, id) = entry.resources.iter().find_map(|one| Some((one, whole_id(&one.text)?)))?;
    let message = "names an access key by its whole id";
    let help = format!("name it as findings do, `{id}`, or in one file, `FILE#{id}`");
    Some(Fault::new(FaultKind::Invalid, "whole-id", written.span, message).help(help))
}

fn is_nobody(name: &str) -> bool {
    let name = name.to_lowercase();
    NOBODY.contains(&name.trim_matches(|letter: char| matches!(letter, '<' | '>' | '.' | ' ')))
}
