use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::principal::{Named, declared};
use crate::analysis::usage::{self, Usage};
use crate::check::Thing;
use crate::collections::HashMap;
use crate::model::{Case, Declared, Deployment, Group, Guard, Id, Model};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Draft, Inputs, Judge, Rule, StatementId, Subject};
use crate::source::Span;
use crate::value::{Unknown, Value};

pub(super) static RULE: Rule = Rule {
    name: "unused-grant",
    summary: "permissions are granted to nobody",
    level: Level::Warning,
    statements: &[StatementId("FG-P4")],
    inputs: Inputs::Resources,
    page: include_str!("unused_grant.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    policies(context.model, judge);
    groups(context.model, judge);
    roles(context.model, judge);
}

/// What one of the three kinds says of itself.
struct Words<'m> {
    declared: &'m Arc<Declared>,
    named: Named<'m>,
    /// What several of them are.
    several: &'static str,
    /// Where it shows.
    span: Span,
    /// Behind "the policy `x`": "is attached to nothing".
    idle: &'static str,
    /// Behind "whether the policy `x`": "is attached to anything".
    used: &'static str,
    label: &'static str,
    help: String,
    /// What decides on it, if that is one place that it may have in common with others.
    place: Option<Span>,
    /// By what other units know it.
    thing: Option<Thing>,
}

/// Those of which one place that is not known may make use, by that place and why it is not known.
type Open<'m> = BTreeMap<(Span, String), Vec<(Words<'m>, Arc<Unknown>)>>;

impl<'m> Words<'m> {
    fn report(self, model: &Model, judge: &mut Judge<'_>, cases: Vec<Case<Usage>>, open: &mut Open<'m>) {
        if let [case] = cases.as_slice()
            && let Usage::Perhaps(unknown, place) = &case.outcome
            && let Some(place) = place.or(self.place)
            && case.guards.iter().any(Guard::is_always)
        {
            return open.entry((place, unknown.to_string())).or_default().push((self, Arc::clone(unknown)));
        }
        for case in cases {
            match &case.outcome {
                Usage::Used => judge.holds(),
                Usage::Perhaps(unknown, _) => self.perhaps(model, judge, unknown, &case.guards),
                Usage::Unused(why) => {
                    let reason = if why.is_empty() { String::new() } else { format!(": {why}") };
                    let message = format!("the {} {}{reason}", self.named, self.idle);
                    let draft = judge.violated(self.declared, self.span, message);
                    draft.when_any(&case.guards).label(self.label).help(self.help.clone());
                    draft.unless_spoken_of(self.thing.clone());
                    for mention in usage::for_nobody(model, &self.declared.subject) {
                        let by = Arc::clone(&mention.by);
                        draft.related(Related::new(by, Some(mention.span), "names it, and nobody with it"));
                    }
                }
            }
        }
    }

    fn perhaps(&self, model: &Model, judge: &mut Judge<'_>, unknown: &Unknown, guards: &[Guard]) {
        let message = format!("whether the {} {} is not known", self.named, self.used);
        let draft: &mut Draft = judge.undetermined(self.declared, self.span, message, unknown);
        draft.when_any(guards).unless_spoken_of(self.thing.clone());
        if let Some(mention) = usage::handed_on(model, &self.declared.subject) {
            draft.related(Related::new(Arc::clone(&mention.by), Some(mention.span), "has its name or ARN"));
        }
    }
}

/// One place that is not known is one finding, however many it may make use of.
fn open_places(model: &Model, judge: &mut Judge<'_>, open: Open<'_>) {
    let mentions = model.mentions.iter().map(|mention| (mention.span, Subject::from(&mention.by)));
    let grants = model.grants.iter().map(|grant| (grant.span, Subject::from(&grant.declared)));
    let memberships = model.memberships.iter().map(|one| (one.span, Subject::from(&one.declared)));
    let uses = model.uses.iter().map(|one| (one.span, Subject::from(&one.declared)));
    let places: HashMap<Span, Subject> = mentions.chain(grants).chain(memberships).chain(uses).collect();
    for ((span, _), all) in open {
        let [(first, unknown), others @ ..] = all.as_slice() else { continue };
        let own = || first.place.is_some().then(|| Subject::from(first.declared));
        let Some(subject) = places.get(&span).cloned().or_else(own).filter(|_| !others.is_empty()) else {
            first.perhaps(model, judge, unknown, &[Guard::always()]);
            continue;
        };
        let message = format!("whether any of {} {} {} is not known", all.len(), first.several, first.used);
        let label =
            if first.place.is_some() { "decides on all of them" } else { "may make use of any of them" };
        let draft = judge.undetermined(subject, span, message, unknown);
        draft.stands_for(all.len()).label(label);
        for (one, _) in &all {
            let declared = one.declared;
            draft.related(Related::new(Arc::clone(&declared.subject), Some(declared.span), "is one of them"));
        }
    }
}

fn policies(model: &Model, judge: &mut Judge<'_>) {
    let mut open = Open::new();
    for (id, policy) in model.policies.iter() {
        let named = declared("policy", &model.policies, id, |policy| (&policy.declared, &policy.name));
        let grants = model.grants_of_policy(id).map(|grant| &grant.guard);
        let guards = grants.chain(model.uses_of_policy(id).map(|one| &one.guard));
        let usage = |deployment: &Deployment| usage::of_policy(model, id, deployment);
        let cases = model.conditions.cases(&policy.declared.guard, guards, usage);
        let words = Words {
            declared: &policy.declared,
            several: "policies",
            span: policy.declared.span,
            idle: "is attached to nothing",
            used: "is attached to anything",
            label: "declared here, and nobody has it",
            help: format!("attach `{}` to the group or role that needs it, or remove it", named.name),
            place: None,
            thing: known(&policy.name).map(|name| Thing::policy(name, &policy.path)),
            named,
        };
        words.report(model, judge, cases, &mut open);
    }
    open_places(model, judge, open);
}

fn groups(model: &Model, judge: &mut Judge<'_>) {
    let mut open = Open::new();
    for (id, group) in model.groups.iter() {
        let named = declared("group", &model.groups, id, |group| (&group.declared, &group.name));
        let memberships = model.memberships_of_group(id).map(|membership| &membership.guard);
        let guards = memberships.chain(model.grants_of_group(id).map(|grant| &grant.guard));
        let usage = |deployment: &Deployment| match carries(model, id, deployment) {
            true => Some(usage::of_group(model, id, deployment)),
            false => None,
        };
        let cases = model.conditions.cases(&group.declared.guard, guards, usage).into_iter();
        let words = Words {
            declared: &group.declared,
            several: "groups",
            span: group.declared.span,
            idle: "has permissions and no members",
            used: "has members",
            label: "declared here, and nobody is in it",
            help: format!("add the users who need the permissions to `{}`, or remove it", named.name),
            place: None,
            thing: known(&group.name).map(|name| Thing::group(name, &group.path)),
            named,
        };
        let judged = cases.filter_map(|case| Some(Case { outcome: case.outcome?, guards: case.guards }));
        words.report(model, judge, judged.collect(), &mut open);
    }
    open_places(model, judge, open);
}

/// Whether a group surely has a policy in a deployment.
fn carries(model: &Model, id: Id<Group>, deployment: &Deployment) -> bool {
    model.grants_of_group(id).any(|grant| {
        let mut undecided = grant.undecided.clone();
        deployment.keeps(&grant.guard, &mut undecided) && undecided.is_none()
    })
}

fn roles(model: &Model, judge: &mut Judge<'_>) {
    let mut open = Open::new();
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form.has_own_trust()) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        let guards: Vec<&Guard> = role.trust.guards().collect();
        let usage = |deployment: &Deployment| usage::of_role(role, deployment);
        let cases = model.conditions.cases(&role.declared.guard, guards, usage);
        let words = Words {
            declared: &role.declared,
            several: "roles",
            span: role.trust.span.unwrap_or(role.declared.span),
            idle: "can be assumed by nobody",
            used: "can be assumed by anybody",
            label: "allows nobody",
            help: "trust whoever needs the role, or remove it".to_owned(),
            place: role.trust.span,
            thing: None,
            named,
        };
        words.report(model, judge, cases, &mut open);
    }
    open_places(model, judge, open);
}

/// The name by which other units know something.
fn known(name: &Value) -> Option<Arc<str>> {
    name.as_str().filter(|name| !name.is_empty()).map(|name| name.as_ref().into())
}
