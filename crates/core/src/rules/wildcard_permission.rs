use std::borrow::Cow;
use std::sync::Arc;

use iamrail_catalog::{Action, expand_with_choice};

use crate::analysis::documents::{Given, granting};
use crate::analysis::limiting::{limits_its_resources, limits_the_resource};
use crate::analysis::sharers::Sharers;
use crate::analysis::usage::is_only_boundary;
use crate::analysis::wide::{Kind, Wide, every_action_of, on_everything, together};
use crate::collections::{HashSet, IndexMap};
use crate::model::{Declared, Deployment, Guard, Model};
use crate::policy::{Document, Effect, Element, Elements, Statement};
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
    let mut found = IndexMap::default();
    let model = context.model;
    let bounding = model.policies.iter().filter(|(id, _)| is_only_boundary(model, *id));
    let bounding: HashSet<*const Document> =
        bounding.map(|(_, policy)| std::ptr::from_ref(&policy.document)).collect();
    for given in
        granting(model).into_iter().filter(|given| !bounding.contains(&std::ptr::from_ref(given.document)))
    {
        let Given { declared, what, document, guards, .. } = given;
        Granting { model, declared, what, guards }.check(document, judge, &mut found);
    }
    found.iter().for_each(|((span, ..), found)| report(*span, found, judge));
}

/// What is wide, by its place, the conditions under which it is there, and why it is not known to be.
type AtPlaces<'m> = IndexMap<(Span, String, Option<Arc<Unknown>>), Vec<Found<'m>>>;

/// A wide statement of a resource.
struct Found<'m> {
    declared: &'m Arc<Declared>,
    /// What it is in messages: "the policy `aws_iam_policy.p`".
    what: String,
    sid: String,
    wide: Wide,
    /// The conditions under which it is there: one of each list.
    ways: Vec<Vec<Guard>>,
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

/// What an action stands for.
enum Whole {
    Everything,
    Service(String),
}

impl<'m> Granting<'m> {
    fn check(&self, document: &Document, judge: &mut Judge<'_>, found: &mut AtPlaces<'m>) {
        // What is wrong with a document is another rule's to tell.
        let is_told = |unknown: &Unknown| unknown.reason == Reason::Invalid && !document.problems.is_empty();
        if let Some(unknown) = document.open.as_ref().filter(|unknown| !is_told(unknown)) {
            self.keep(None, document.span, Wide::unknown("too much", unknown), Vec::new(), found);
        }
        for statement in &document.statements {
            self.check_statement(statement, judge, found);
        }
    }

    fn check_statement(&self, statement: &Statement, judge: &mut Judge<'_>, found: &mut AtPlaces<'m>) {
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
                Outcome::Wide(wide) => {
                    let span = wide.places.first().and_then(|(span, _)| *span);
                    let ways = vec![vec![assumed.clone()], case.guards.clone()];
                    self.keep(Some(statement), span.or(statement.span), wide.clone(), ways, found);
                }
                Outcome::Unknown(unknown) => {
                    let span = statement.actions.key.or(statement.span);
                    let ways = vec![vec![assumed.clone()], case.guards.clone()];
                    self.keep(Some(statement), span, Wide::unknown("whole services", unknown), ways, found);
                }
            }
        }
    }

    /// Puts what is wide beside what else is at its place: a statement that several resources grant, those that a loop writes.
    fn keep(
        &self,
        statement: Option<&Statement>,
        span: Option<Span>,
        wide: Wide,
        mut ways: Vec<Vec<Guard>>,
        found: &mut AtPlaces<'m>,
    ) {
        ways.push(self.guards.iter().copied().cloned().collect());
        let when: Vec<String> = ways.iter().flatten().map(Guard::to_string).collect();
        let place = (span.unwrap_or(self.declared.span), when.join("\0"), wide.uncertain.clone());
        let sid = statement.and_then(|statement| statement.sid.as_str()).unwrap_or_default().into_owned();
        let (declared, what) = (self.declared, self.what.clone());
        found.entry(place).or_default().push(Found { declared, what, sid, wide, ways });
    }
}

fn report(span: Span, found: &[Found<'_>], judge: &mut Judge<'_>) {
    let Some(Found { declared, what, sid, wide, ways }) = found.first() else { return };
    let sharers = Sharers::of(found.iter().map(|one| one.declared));
    let (who, verb) = (sharers.named(what), if sharers.is_one() { "allows" } else { "allow" });
    let Wide { allows, help, .. } = together(found.iter().map(|one| &one.wide), wide);
    let draft = match &wide.uncertain {
        Some(unknown) => {
            let message = format!("whether {who} {verb} {allows} is not known");
            judge.undetermined(*declared, span, message, unknown)
        }
        None => judge
            .violated(*declared, span, format!("{who} {verb} {allows}"))
            .label(format!("allows {allows}"))
            .help(help.as_ref()),
    };
    draft.stands_for(found.len()).key(format!("{sid}\0{}", wide.allows));
    for any in ways {
        draft.when_any(any);
    }
    if let ([(_, share), others @ ..], true) = (wide.places.as_slice(), allows == wide.allows)
        && !others.is_empty()
    {
        draft.label(format!("allows {share}"));
        for (span, share) in others {
            let message = format!("allows {share}");
            draft.related(Related::new(Arc::clone(&declared.subject), *span, message));
        }
    }
    sharers.relate(draft, |other| {
        let theirs = found.iter().filter(|one| one.declared.subject == other.subject);
        let theirs = together(theirs.map(|one| &one.wide), wide).allows;
        if theirs == allows { "allows the same".to_owned() } else { format!("allows {theirs}") }
    });
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
        kind: Kind::Other,
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
            help: Cow::Borrowed(
                "name the actions that are needed, with `Get*`, `List*` and the like at most",
            ),
            places: actions.iter().map(share).collect(),
            uncertain: uncertainty(statement, &actions).cloned(),
            kind: Kind::Services(services(&named)),
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
    let is_everything = |element: &&Element| {
        element.text.as_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte == b'*'))
    };
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
    if named.is_empty()
        || statement.conditions.iter().any(|condition| limits_its_resources(condition, &named))
    {
        return None;
    }
    let uncertain = uncertainty(statement, &[]).or(everything.undecided.as_ref()).or(undecided).cloned();
    Some(on_everything(named, everything.span, uncertain))
}

/// The actions of a statement that can be limited to some of several resources, by the element that stands for them, as people read
/// them.
fn expanded(statement: &Statement) -> Vec<(&Element, Vec<&'static Action>)> {
    let mut elements: Vec<&Element> = statement.actions.items.iter().collect();
    elements.sort_by_key(|element| element.span);
    let limited = |element: &Element| -> Vec<&'static Action> {
        element.text.as_str().map_or_else(Vec::new, |text| expand_with_choice(&text))
    };
    elements.into_iter().map(|element| (element, limited(element))).collect()
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
    let services = services(actions);
    match services.len() < actions.len() {
        true => "every action".to_owned(),
        false => every_action_of(&services.iter().map(String::as_str).collect::<Vec<_>>()),
    }
}

/// The services all of whose actions are meant, if no more is.
fn services(actions: &[(&Element, &Whole)]) -> Vec<String> {
    let named = actions.iter().map(|(_, whole)| match whole {
        Whole::Service(service) => Some(service.clone()),
        Whole::Everything => None,
    });
    named.collect::<Option<_>>().unwrap_or_default()
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
