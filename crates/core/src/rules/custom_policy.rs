use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_catalog::expand;

use crate::analysis::actions::{Reading, patterns};
use crate::analysis::aws_managed;
use crate::analysis::coverage::{Coverage, Custom, is_advisable, is_for_a_service};
use crate::analysis::usage::is_only_boundary;
use crate::collections::HashMap;
use crate::enumeration::quoted;
use crate::model::{Declared, Deployment, Grant, Granted, Guard, Link, Model, Principal};
use crate::options::CustomPolicy;
use crate::policy::{Document, Element};
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;
use crate::value::{Reason, Text, Unknown};

pub(super) static RULE: Rule = Rule {
    name: "custom-policy",
    summary: "a policy grants what a policy of AWS grants",
    level: Level::Warning,
    statements: &[StatementId("FG-S3")],
    inputs: Inputs::Resources,
    page: include_str!("custom_policy.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let is_strict = context.options.custom_policy == CustomPolicy::Strict;
    for (id, policy) in model.policies.iter().filter(|(id, _)| !is_only_boundary(model, *id)) {
        let what = format!("the policy `{}`", policy.declared.subject);
        let grants = model.grants_of_policy(id).collect();
        let (declared, guard) = (&policy.declared, &policy.declared.guard);
        Written { model, declared, what, guard, grants, document: &policy.document }.check(is_strict, judge);
    }
    for grants in inline(model) {
        let Some(grant) = grants.first() else { continue };
        let Granted::Inline { name, document } = &grant.policy else { continue };
        let what = match name.as_text().filter(|_| !name.sensitive).map(Text::display) {
            Some(name) if !name.is_empty() => format!("the inline policy `{name}`"),
            _ => format!("the inline policy of `{}`", grant.declared.subject),
        };
        let (declared, guard) = (&grant.declared, &grant.guard);
        Written { model, declared, what, guard, grants, document }.check(is_strict, judge);
    }
}

/// The grants of inline policies: those of a document that one resource writes into several principals together.
fn inline(model: &Model) -> Vec<Vec<&Grant>> {
    let mut found: Vec<Vec<&Grant>> = Vec::new();
    let mut places: HashMap<(*const Declared, Span), usize> = HashMap::default();
    for grant in &model.grants {
        let Granted::Inline { document, .. } = &grant.policy else { continue };
        let key = document.span.map(|span| (Arc::as_ptr(&grant.declared), span));
        match key.and_then(|key| places.get(&key)).and_then(|at| found.get_mut(*at)) {
            Some(same) => same.push(grant),
            None => {
                places.extend(key.map(|key| (key, found.len())));
                found.push(vec![grant]);
            }
        }
    }
    found
}

/// A policy that the input writes.
struct Written<'m> {
    model: &'m Model,
    declared: &'m Arc<Declared>,
    /// What it is in messages: "the policy `aws_iam_policy.p`".
    what: String,
    guard: &'m Guard,
    /// Who gets it.
    grants: Vec<&'m Grant>,
    document: &'m Document,
}

/// What is found of a policy in some deployments.
#[derive(PartialEq)]
enum Outcome {
    /// No policy of AWS is near.
    Alone,
    /// This one is.
    Near(Near),
    /// This one may be.
    Unknown(Option<&'static str>, Arc<Unknown>),
}

/// A policy of AWS that is near.
#[derive(PartialEq)]
struct Near {
    /// Its ARN in the partition `aws`.
    arn: String,
    name: &'static str,
    /// What the custom policy grants besides, in words; empty when it is nothing.
    rest: String,
    /// What that of AWS grants besides, as patterns.
    besides: Vec<String>,
    /// The place that shows the most of what it grants.
    span: Option<Span>,
}

/// How many conditions of the input the statements of a policy may depend on. One of more variants is written for them, and
/// no policy of AWS takes its place.
const MOST_CONDITIONS: usize = 4;

impl Written<'_> {
    fn check(&self, is_strict: bool, judge: &mut Judge<'_>) {
        let terms = self.document.guards().flat_map(Guard::terms);
        if terms.map(|term| &term.condition).collect::<BTreeSet<_>>().len() > MOST_CONDITIONS {
            return;
        }
        let outcome = |deployment: &Deployment| self.outcome(&self.document.deployed(deployment, None));
        for case in self.model.conditions.cases(self.guard, self.document.guards(), outcome) {
            let span = self.document.span.unwrap_or(self.declared.span);
            let draft = match &case.outcome {
                Outcome::Near(near) => self.report(near, &case.guard(), judge),
                Outcome::Unknown(name, unknown) => {
                    let policy = name.map_or("a policy of AWS".to_owned(), |name| {
                        format!("the AWS-managed policy `{name}`")
                    });
                    let message = format!("whether {} grants what {policy} grants is not known", self.what);
                    judge.undetermined(self.declared, span, message, unknown)
                }
                Outcome::Alone
                    if is_strict && self.document.statements.iter().any(|one| !one.is_made_up()) =>
                {
                    let message = format!("{} is a custom policy", self.what);
                    let document = self.document.deployed(&Deployment::default(), None);
                    judge
                        .violated(self.declared, span, message)
                        .at_most(Level::Note)
                        .help(self.nearest(&document))
                }
                Outcome::Alone => {
                    judge.holds();
                    continue;
                }
            };
            draft.when(self.guard).when(&case.guard()).key(self.what.as_str());
        }
    }

    /// Whether everyone who has this policy under some conditions surely has one of AWS already.
    fn has_all(&self, name: &str, guard: &Guard) -> bool {
        let attaches = |grant: &&Grant, other: &Grant, guard: &Guard| {
            let Granted::Managed(policy) = &grant.policy else { return false };
            let Link::Named(arn) = &policy.link else { return false };
            let terms = [guard, &other.guard, self.guard].map(Guard::terms);
            let is_there = |term| terms.iter().any(|terms| terms.contains(term));
            aws_managed::name(arn) == Some(name)
                && grant.undecided.is_none()
                && grant.guard.terms().iter().all(is_there)
        };
        let model = self.model;
        let has = |grant: &&Grant| {
            let mut own: Box<dyn Iterator<Item = &Grant>> = match &grant.principal {
                Principal::User(user) => match user.declared() {
                    Some(id) => Box::new(model.grants_of_user(id)),
                    None => return false,
                },
                Principal::Group(group) => match group.declared() {
                    Some(id) => Box::new(model.grants_of_group(id)),
                    None => return false,
                },
                Principal::Role(role) => match role.declared() {
                    Some(id) => Box::new(model.grants_of_role(id)),
                    None => return false,
                },
            };
            own.any(|one| attaches(&one, grant, guard))
        };
        !self.grants.is_empty() && self.grants.iter().all(has)
    }

    fn report<'j>(&self, near: &Near, guard: &Guard, judge: &'j mut Judge<'_>) -> &'j mut crate::rule::Draft {
        let Near { arn, name, rest, besides, span } = near;
        let grants = format!("{} grants what the AWS-managed policy `{name}` grants", self.what);
        let message = if rest.is_empty() { grants } else { format!("{grants}, plus {rest}") };
        let mut help = match (rest.is_empty(), self.has_all(name, guard)) {
            (true, false) => format!("attach `{arn}` in its place"),
            (false, false) => format!("attach `{arn}`, and write a policy for the rest only"),
            (true, true) => "remove it: whoever has it has that policy already".to_owned(),
            (false, true) => {
                "whoever has it has that policy already: write a policy for the rest only".to_owned()
            }
        };
        if !besides.is_empty() {
            help.push_str(&format!("; it also allows {}", quoted(besides.iter())));
        }
        let span = span.or(self.document.span).unwrap_or(self.declared.span);
        judge.violated(self.declared, span, message).label(format!("`{name}` allows this")).help(help)
    }

    /// What a document is beside the policies of AWS, as one deployment has it.
    fn outcome(&self, document: &Document) -> Outcome {
        if let Some(near) = self.near(document, Reading::Sure) {
            return Outcome::Near(near);
        }
        if let Some(unknown) = &document.open {
            // What is wrong with a document is another rule's to tell.
            let is_told = unknown.reason == Reason::Invalid && !document.problems.is_empty();
            return if is_told { Outcome::Alone } else { Outcome::Unknown(None, Arc::clone(unknown)) };
        }
        let near = || self.near(document, Reading::Possible);
        match Custom::uncertainty(document).and_then(|unknown| Some((unknown, near()?))) {
            Some((unknown, near)) => Outcome::Unknown(Some(near.name), Arc::clone(unknown)),
            None => Outcome::Alone,
        }
    }

    fn near(&self, document: &Document, reading: Reading) -> Option<Near> {
        let custom = Custom::read(document, reading);
        if custom.is_empty() || custom.is_of_most_services() {
            return None;
        }
        let near = custom.parts().filter(|part| is_near(part));
        let near = near.filter(|part| is_advisable(self.model, &self.grants, part.policy));
        let best = near.min_by_key(|part| (!part.is_same, part.rest.len(), part.besides.len()))?;
        let denies = document.statements.iter().any(|statement| statement.is_deny());
        let rest = match best.rest.as_slice() {
            [] if best.is_same || !denies => String::new(),
            [] => "what it denies".to_owned(),
            rest => quoted(rest.iter().map(|element| element.text.display())),
        };
        Some(Near {
            arn: best.policy.arn("aws"),
            name: best.policy.name(),
            rest,
            besides: patterns(&best.besides),
            span: widest(&best.covered).and_then(|element| element.span),
        })
    }

    /// What to say when no policy of AWS is near.
    fn nearest(&self, document: &Document) -> String {
        let custom = Custom::read(document, Reading::Sure);
        let wholes = custom.wholes().filter(|(policy, _)| is_advisable(self.model, &self.grants, policy));
        match wholes.min_by_key(|(_, more)| *more) {
            Some((policy, more)) => format!(
                "keep it if its task needs no more: the smallest policy of AWS that grants all of it is `{}`, with {more} more actions or more resources",
                policy.name()
            ),
            None => "keep it if its task needs it: no policy of AWS grants all of it".to_owned(),
        }
    }
}

/// The one of the actions that a document states which stands for the most, the first of several.
fn widest<'e>(stated: &[&'e Element]) -> Option<&'e Element> {
    let actions = |element: &Element| expand(&element.widest_pattern()).len();
    let placed = stated.iter().copied().filter(|element| element.span.is_some());
    placed.min_by_key(|element| (std::cmp::Reverse(actions(element)), element.span))
}

/// Whether a policy of AWS stands for so much of a custom one that two policies are simpler than one: for half of the actions that
/// it states, or for all that the service behind its role needs.
fn is_near(part: &Coverage<'_>) -> bool {
    let (covered, rest) = (part.covered.len(), part.rest.len());
    covered >= rest || (is_for_a_service(part.policy) && covered > 1)
}
