use std::sync::Arc;

use crate::analysis::principal::{Named, declared};
use crate::analysis::usage::{self, Usage};
use crate::check::Thing;
use crate::model::{Case, Declared, Deployment, Group, Guard, Id, Model};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Draft, Inputs, Judge, Rule, StatementId};
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
    /// Where it shows.
    span: Span,
    /// Behind "the policy `x`": "is attached to nothing".
    idle: &'static str,
    /// Behind "whether the policy `x`": "is attached to anything".
    used: &'static str,
    label: &'static str,
    help: String,
    /// By what other units know it.
    thing: Option<Thing>,
}

impl Words<'_> {
    fn report(&self, model: &Model, judge: &mut Judge<'_>, cases: Vec<Case<Usage>>) {
        for case in cases {
            match &case.outcome {
                Usage::Used => judge.holds(),
                Usage::Perhaps(unknown) => self.open(model, judge, unknown, &case.guards),
                Usage::Unused(why) => {
                    let reason = if why.is_empty() { String::new() } else { format!(": {why}") };
                    let message = format!("the {} {}{reason}", self.named, self.idle);
                    let draft = judge.violated(self.declared, self.span, message);
                    draft.when_any(&case.guards).label(self.label).help(self.help.clone());
                    draft.unless_spoken_of(self.thing.clone());
                }
            }
        }
    }

    fn open(&self, model: &Model, judge: &mut Judge<'_>, unknown: &Arc<Unknown>, guards: &[Guard]) {
        let message = format!("whether the {} {} is not known", self.named, self.used);
        let draft: &mut Draft = judge.undetermined(self.declared, self.span, message, unknown);
        draft.when_any(guards).unless_spoken_of(self.thing.clone());
        if let Some(mention) = usage::mention(model, &self.declared.subject) {
            draft.related(Related::new(Arc::clone(&mention.by), Some(mention.span), "has its name or ARN"));
        }
    }
}

fn policies(model: &Model, judge: &mut Judge<'_>) {
    for (id, policy) in model.policies.iter() {
        let named = declared("policy", &model.policies, id, |policy| (&policy.declared, &policy.name));
        let grants = model.grants_of_policy(id).map(|grant| &grant.guard);
        let guards = grants.chain(model.uses_of_policy(id).map(|one| &one.guard));
        let usage = |deployment: &Deployment| usage::of_policy(model, id, deployment);
        let cases = model.conditions.cases(&policy.declared.guard, guards, usage);
        let words = Words {
            declared: &policy.declared,
            span: policy.declared.span,
            idle: "is attached to nothing",
            used: "is attached to anything",
            label: "declared here, and nobody has it",
            help: format!("attach `{}` to the group or role that needs it, or remove it", named.name),
            thing: known(&policy.name).map(Thing::Policy),
            named,
        };
        words.report(model, judge, cases);
    }
}

fn groups(model: &Model, judge: &mut Judge<'_>) {
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
            span: group.declared.span,
            idle: "has permissions and no members",
            used: "has members",
            label: "declared here, and nobody is in it",
            help: format!("add the users who need the permissions to `{}`, or remove it", named.name),
            thing: known(&group.name).map(Thing::Group),
            named,
        };
        let judged = cases.filter_map(|case| Some(Case { outcome: case.outcome?, guards: case.guards }));
        words.report(model, judge, judged.collect());
    }
}

/// Whether a group surely has a policy in a deployment.
fn carries(model: &Model, id: Id<Group>, deployment: &Deployment) -> bool {
    model.grants_of_group(id).any(|grant| {
        let mut undecided = grant.undecided.clone();
        deployment.keeps(&grant.guard, &mut undecided) && undecided.is_none()
    })
}

fn roles(model: &Model, judge: &mut Judge<'_>) {
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form.has_own_trust()) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        let guards: Vec<&Guard> = role.trust.guards().collect();
        let usage = |deployment: &Deployment| usage::of_role(role, deployment);
        let cases = model.conditions.cases(&role.declared.guard, guards, usage);
        let words = Words {
            declared: &role.declared,
            span: role.trust.span.unwrap_or(role.declared.span),
            idle: "can be assumed by nobody",
            used: "can be assumed by anybody",
            label: "allows nobody",
            help: "trust whoever needs the role, or remove it".to_owned(),
            thing: None,
            named,
        };
        words.report(model, judge, cases);
    }
}

/// The name by which other units know something.
fn known(name: &Value) -> Option<Arc<str>> {
    name.as_str().filter(|name| !name.is_empty()).map(|name| name.as_ref().into())
}
