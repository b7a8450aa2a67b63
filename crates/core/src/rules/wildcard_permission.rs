use std::borrow::Cow;
use std::sync::Arc;

use iamrail_catalog::{Action, ActionSet, condition_key, expand};

use crate::analysis::documents::{Given, granting};
use crate::model::{Declared, Deployment, Guard, Model};
use crate::policy::faults::{arns, listed};
use crate::policy::{Condition, Document, Effect, Element, Elements, Statement};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;
use crate::value::{Part, Reason, Unknown};

pub(super) static RULE: Rule = Rule {
    name: "wildcard-permission",
    summary: "a policy allows more than anyone can have asked for",
    level: Level::Error,
    statements: &[StatementId("FG-P4")],
    inputs: Inputs::Resources,
    page: include_str!("wildcard_permission.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    for given in granting(context.model) {
        let Given { declared, what, document, guards, .. } = given;
        Granting { model: context.model, declared, what, guards }.check(document, judge);
    }
}

/// A resource that grants a document.
struct Granting<'m> {
    model: &'m Model,
    declared: &'m Arc<Declared>,
    /// What it is in messages: "the policy `aws_iam_policy.p`".
    what: String,
    /// The conditions under which it does, each guard one of several ways to it.
    guards: Vec<&'m Guard>,
}

/// What is found in a statement.
#[derive(Clone, PartialEq)]
enum Outcome {
    Narrow,
    Wide(Wide),
    /// It may allow whole services.
    Unknown(Arc<Unknown>),
}

/// Something wide in a statement.
#[derive(Clone)]
struct Wide {
    /// What is allowed: "every action of `s3`".
    allows: String,
    help: Cow<'static, str>,
    /// The places that allow it, each with its share.
    places: Vec<(Option<Span>, String)>,
    /// Why it is not known whether it is allowed, if it is not.
    uncertain: Option<Arc<Unknown>>,
}

/// Deployments that allow the same at different places of one statement are one finding.
impl PartialEq for Wide {
    fn eq(&self, other: &Self) -> bool {
        self.allows == other.allows && self.uncertain == other.uncertain
    }
}

/// What an action stands for.
enum Whole {
    Everything,
    Service(String),
}

impl Granting<'_> {
    fn check(&self, document: &Document, judge: &mut Judge<'_>) {
        // What is wrong with a document is another rule's to tell.
        let is_told = |unknown: &Unknown| unknown.reason == Reason::Invalid && !document.problems.is_empty();
        if let Some(unknown) = document.open.as_ref().filter(|unknown| !is_told(unknown)) {
            let message = format!("whether {} allows too much is not known", self.what);
            let span = document.span.unwrap_or(self.declared.span);
            let draft = judge.undetermined(self.declared, span, message, unknown);
            draft.when_any(self.guards.iter().copied());
        }
        for statement in &document.statements {
            self.check_statement(statement, judge);
        }
    }

    fn check_statement(&self, statement: &Statement, judge: &mut Judge<'_>) {
        let Some(assumed) = self.declared.guard.and(&statement.guard) else { return };
        let outcome = |deployment: &Deployment| match statement.deployed(deployment, None) {
            Some(statement) => outcome(&statement),
            None => Outcome::Narrow,
        };
        // Most statements are narrow, whatever is deployed.
        if outcome(&Deployment::default()) == Outcome::Narrow {
            judge.holds();
            return;
        }
        for case in self.model.conditions.cases(&assumed, statement.guards(), outcome) {
            match &case.outcome {
                Outcome::Narrow => judge.holds(),
                Outcome::Wide(wide) => self.report(statement, wide, &assumed, &case.guards, judge),
                Outcome::Unknown(unknown) => {
                    let span = statement.actions.key.or(statement.span).unwrap_or(self.declared.span);
                    let message = format!("whether {} allows whole services is not known", self.what);
                    judge
                        .undetermined(self.declared, span, message, unknown)
                        .when(&assumed)
                        .when_any(&case.guards)
                        .when_any(self.guards.iter().copied());
                }
            }
        }
    }

    fn report(
        &self,
        statement: &Statement,
        wide: &Wide,
        assumed: &Guard,
        guards: &[Guard],
        judge: &mut Judge<'_>,
    ) {
        let Wide { allows, places, .. } = wide;
        let first = places.first().and_then(|(span, _)| *span);
        let span = first.or(statement.span).unwrap_or(self.declared.span);
        let draft = match &wide.uncertain {
            Some(unknown) => {
                let message = format!("whether {} allows {allows} is not known", self.what);
                judge.undetermined(self.declared, span, message, unknown)
            }
            None => judge
                .violated(self.declared, span, format!("{} allows {allows}", self.what))
                .label(format!("allows {allows}"))
                .help(wide.help.as_ref()),
        };
        let sid = statement.sid.as_str().unwrap_or_default();
        draft.when(assumed).when_any(guards).when_any(self.guards.iter().copied()).key(format!("{sid}\0{allows}"));
        if let [(_, share), others @ ..] = places.as_slice()
            && !others.is_empty()
        {
            draft.label(format!("allows {share}"));
            for (span, share) in others {
                let message = format!("allows {share}");
                draft.related(Related::new(Arc::clone(&self.declared.subject), *span, message));
            }
        }
    }
}

/// What a statement allows, as one deployment has it.
fn outcome(statement: &Statement) -> Outcome {
    if statement.is_deny() || statement.conditions.iter().any(limits_the_resource) {
        return Outcome::Narrow;
    }
    match (wide(statement), unknown_action(statement)) {
        (Some(wide), _) => Outcome::Wide(wide),
        (None, Some(unknown)) => Outcome::Unknown(Arc::clone(unknown)),
        (None, None) => Outcome::Narrow,
    }
}

/// Why it is not known whether a statement allows what it says, if it is not.
fn uncertainty<'s>(statement: &'s Statement, actions: &[(&'s Element, Whole)]) -> Option<&'s Arc<Unknown>> {
    let effect = match &statement.effect {
        Effect::Unknown(unknown) => Some(unknown),
        Effect::Allow | Effect::Deny => None,
    };
    let undecided = match actions {
        [first, others @ ..] if others.iter().all(|(element, _)| element.undecided.is_some()) => {
            first.0.undecided.as_ref()
        }
        _ => None,
    };
    effect.or(statement.undecided.as_ref()).or(statement.conditions_open.as_ref()).or(undecided)
}

/// What is wide in a statement.
fn wide(statement: &Statement) -> Option<Wide> {
    let with_key = |allows: &str, key, help| Wide {
        allows: allows.to_owned(),
        help: Cow::Borrowed(help),
        places: vec![(key, allows.to_owned())],
        uncertain: uncertainty(statement, &[]).cloned(),
    };
    if statement.actions.except {
        return Some(with_key(
            "every action but the ones in `NotAction`",
            statement.actions.key,
            "name the actions that are needed in `Action`; use `NotAction` with Deny only",
        ));
    }
    let mut actions: Vec<(&Element, Whole)> =
        statement.actions.items.iter().filter_map(|element| Some((element, whole(element)?))).collect();
    // Terraform's policy documents turn lists around; people read them as they are written.
    actions.sort_by_key(|(element, _)| element.span);
    if !actions.is_empty() {
        let share = |(element, whole): &(&Element, Whole)| (element.span, phrase(&[(*element, whole)]));
        let named: Vec<_> = actions.iter().map(|(element, whole)| (*element, whole)).collect();
        return Some(Wide {
            allows: phrase(&named),
            help: Cow::Borrowed("name the actions that are needed, with `Get*`, `List*` and the like at most"),
            places: actions.iter().map(share).collect(),
            uncertain: uncertainty(statement, &actions).cloned(),
        });
    }
    let resources = statement.resources.as_ref()?;
    if !resources.except {
        return on_every_resource(statement, resources);
    }
    Some(with_key(
        "its actions on every resource but the ones in `NotResource`",
        resources.key,
        "name the resources that are needed in `Resource`; use `NotResource` with Deny only",
    ))
}

/// The actions that a statement allows on every resource although they can be limited to some.
fn on_every_resource(statement: &Statement, resources: &Elements) -> Option<Wide> {
    let is_everything =
        |element: &&Element| element.text.as_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte == b'*'));
    let mut everything: Vec<&Element> = resources.items.iter().filter(is_everything).collect();
    everything.sort_by_key(|element| element.undecided.is_some());
    let everything = *everything.first()?;
    // The templates of a transform cannot be narrowed, only replaced.
    if statement.is_made_up() {
        return None;
    }
    let mut named: Vec<&'static Action> = Vec::new();
    let mut undecided = None;
    for (element, expanded) in expanded(statement) {
        if expanded.is_empty() {
            continue;
        }
        match &element.undecided {
            Some(unknown) if named.is_empty() => undecided = undecided.or(Some(unknown)),
            Some(_) => {}
            None => undecided = None,
        }
        named.extend(expanded.into_iter().filter(|action| !named.contains(action)).collect::<Vec<_>>());
    }
    if named.is_empty() || statement.conditions.iter().any(|condition| limits_its_resources(condition, &named)) {
        return None;
    }
    let allows = format!("{} on every resource", listed_actions(&named));
    let set: ActionSet = named.iter().copied().collect();
    let help = format!("name the resources that are needed, which are of the form {}", listed(&arns(&set)));
    let uncertain = uncertainty(statement, &[]).or(everything.undecided.as_ref()).or(undecided).cloned();
    Some(Wide { places: vec![(everything.span, allows.clone())], allows, help: Cow::Owned(help), uncertain })
}

/// The actions of a statement that can be limited to resources, by the element that stands for them, as people read them.
fn expanded(statement: &Statement) -> Vec<(&Element, Vec<&'static Action>)> {
    let mut elements: Vec<&Element> = statement.actions.items.iter().collect();
    elements.sort_by_key(|element| element.span);
    let limited = |element: &Element| -> Vec<&'static Action> {
        let Some(text) = element.text.as_str() else { return Vec::new() };
        expand(&text).iter().filter(|action| action.can_be_limited()).collect()
    };
    elements.into_iter().map(|element| (element, limited(element))).collect()
}

/// "`s3:GetObject`", "`s3:GetObject`, `s3:PutObject`, `sqs:SendMessage` and 4 more".
fn listed_actions(actions: &[&Action]) -> String {
    let shown: Vec<String> = actions.iter().take(3).map(|action| format!("`{action}`")).collect();
    match (shown.as_slice(), actions.len().saturating_sub(3)) {
        ([first @ .., last], 0) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        (shown, 0) => shown.join(", "),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether a condition asks for a key that the catalog lists for the resources of the actions: it then limits which resources are
/// meant, whatever the request says. The region is a key of many resources, and limits none.
fn limits_its_resources(condition: &Condition, actions: &[&'static Action]) -> bool {
    let key = condition.folded_key();
    if condition.holds_without_key() || key.starts_with("aws:") || key.ends_with(":region") {
        return false;
    }
    let Some(key) = condition_key(&key) else { return false };
    let mut types = actions.iter().flat_map(|action| action.resource_types());
    types.any(|(kind, _)| kind.condition_keys().any(|one| one.name == key.name))
}

/// What an action stands for, if it is everything or a whole service.
fn whole(element: &Element) -> Option<Whole> {
    let text = element.widest_pattern();
    let is_any = |name: &str| name.contains('*') && name.bytes().all(|byte| matches!(byte, b'*' | b'?'));
    match text.split_once(':') {
        // A text that is one hole says nothing; one that was written as a star says everything.
        None => (is_any(&text) && element.text.is_known()).then_some(Whole::Everything),
        Some((service, name)) if is_any(name) => {
            // The star stands for the whole name only where the colon before it is written too.
            let is_written = matches!(
                element.text.parts().last(),
                Some(Part::Literal { text, .. }) if text.ends_with('*') && text.contains(':')
            );
            match element.text.is_known() {
                true if is_any(service) => Some(Whole::Everything),
                true => Some(Whole::Service(format!("`{service}`"))),
                false => is_written.then(|| Whole::Service("a service".to_owned())),
            }
        }
        Some(_) => None,
    }
}

/// "every action", "every action of `ec2`, `s3` and `sqs`".
fn phrase(actions: &[(&Element, &Whole)]) -> String {
    let services: Vec<&str> = actions
        .iter()
        .filter_map(|(_, whole)| match whole {
            Whole::Service(service) => Some(service.as_str()),
            Whole::Everything => None,
        })
        .collect();
    match services.as_slice() {
        services if services.len() < actions.len() => "every action".to_owned(),
        [] => String::new(),
        [one] => format!("every action of {one}"),
        [first @ .., last] => format!("every action of {} and {last}", first.join(", ")),
    }
}

/// Why an action may stand for everything or for a whole service, if it may.
fn unknown_action(statement: &Statement) -> Option<&Arc<Unknown>> {
    statement.actions.open.as_ref().or_else(|| {
        let may_be_whole = |element: &&Element| match element.widest_pattern().split_once(':') {
            None => matches!(element.text.parts(), [Part::Hole(_)]),
            Some((_, name)) => name == "*" || name == "**",
        };
        let element = statement.actions.items.iter().find(may_be_whole)?;
        element.text.holes().next().map(|hole| &hole.unknown)
    })
}

/// Whether a condition limits the resource or the organisation whatever the request says.
fn limits_the_resource(condition: &Condition) -> bool {
    if condition.holds_without_key() {
        return false;
    }
    let key = condition.folded_key();
    const KEYS: [&str; 9] = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "dynamodb:leadingkeys",
        "s3:resourceaccount",
    ];
    KEYS.contains(&key.as_str()) || key.contains(":resourcetag/") || key.contains("resourcetag/")
}
