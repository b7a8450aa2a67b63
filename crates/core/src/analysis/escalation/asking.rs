//! What someone may do.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_catalog::ResourceType;

use super::cast::{Actor, Cast, Name};
use super::questions::Questions;
use super::reading::{ACCOUNT, REGION, Reading, is_of_principal};
use crate::analysis::holding::Held;
use crate::model::{Guard, Workload};
use crate::policy::{
    Answer, Caller, Context, Decision, Effect, Glob, Ground, OpenName, Policies, PolicyPlace, Prepared,
    Request, ResourcePolicies, Statement, Verdict, decide,
};
use crate::value::{Reason, Unknown};

/// The AWS-managed policies that make an administrator of whoever gets one.
const ADMINISTRATIVE: [&str; 2] =
    ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/IAMFullAccess"];

/// Whether someone may do something.
#[derive(Clone, Debug)]
pub(super) enum Permit<'r> {
    /// Surely.
    Yes(By<'r>),
    /// It depends.
    Perhaps(Arc<Unknown>, By<'r>),
    /// Surely not.
    No,
}

/// What allows something.
#[derive(Clone, Copy, Debug)]
pub(super) enum By<'r> {
    /// A statement of the policy at this place of the actor's.
    Policy(usize, &'r Statement),
    /// A statement of the trust policy of a role.
    Trust(&'r Statement),
    /// Nothing has to.
    Nothing,
}

impl<'r> Permit<'r> {
    /// The same when something else has to be the case as well.
    pub(super) fn given(self, other: Answer) -> Self {
        match (self, other) {
            (_, Answer::No) => Self::No,
            (Self::Yes(by), Answer::Perhaps(unknown)) => Self::Perhaps(unknown, by),
            (permit, _) => permit,
        }
    }

    /// The better one of two.
    pub(super) fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Yes(_) => self,
            Self::No => other(),
            Self::Perhaps(..) => match other() {
                Self::Yes(by) => Self::Yes(by),
                _ => self,
            },
        }
    }
}

/// What is known of the resource of a question besides its ARN.
#[derive(Clone, Debug, Default)]
struct On<'q> {
    /// The resource of the input that declares it.
    subject: Option<&'q Arc<str>>,
    /// What its ARN may be, if that is not all known.
    open: Option<Arc<OpenName>>,
}

/// Someone whose policies are ready to be asked.
#[derive(Debug)]
pub(super) struct Asker<'e, 'm> {
    pub(super) cast: &'e Cast<'m>,
    pub(super) actor: &'e Actor<'m>,
    pub(super) questions: &'e Questions,
    /// With their places among those of the actor.
    places: Vec<usize>,
    prepared: Vec<Prepared<'e>>,
    /// What requests of the actor have in them, as far as the conditions of its policies ask.
    context: Context,
    /// The keys in conditions of its policies that speak of tags of the resource.
    of_target: Vec<&'e str>,
    /// The same as STS takes them, where that differs.
    of_sts: Vec<Prepared<'e>>,
    /// How many requests were decided.
    pub(super) asked: Cell<usize>,
}

impl<'e, 'm> Asker<'e, 'm> {
    /// Makes ready the policies that someone has where conditions hold.
    pub(super) fn new(
        cast: &'e Cast<'m>,
        actor: &'e Actor<'m>,
        questions: &'e Questions,
        given: &Guard,
    ) -> Self {
        let ready = actor.held.iter().enumerate().filter_map(|(place, (held, reading))| {
            let reading = cast.readings.get(*reading)?;
            let prepared = Prepared::identity(&reading.document, given);
            Some((place, prepared.held(&held.guard, held.undecided.as_ref(), given)?))
        });
        let (places, prepared): (Vec<usize>, Vec<Prepared<'_>>) = ready.unzip();
        let readings = places.iter().filter_map(|place| {
            let (held, reading) = actor.held.get(*place)?;
            Some((held, cast.readings.get(*reading)?))
        });
        let keys = || readings.clone().flat_map(|(_, reading)| &reading.tag_keys).map(String::as_str);
        let context = cast.with_own_tags(actor, actor.context.clone(), keys());
        let of_target = keys().filter(|key| !is_of_principal(key)).collect();
        let of_sts = match readings.clone().any(|(_, reading)| reading.of_sts.is_some()) {
            true => readings
                .filter_map(|(held, reading)| {
                    let document = reading.of_sts.as_ref().unwrap_or(&reading.document);
                    let prepared = Prepared::identity(document, given);
                    prepared.held(&held.guard, held.undecided.as_ref(), given)
                })
                .collect(),
            false => Vec::new(),
        };
        Self { cast, actor, questions, places, prepared, context, of_target, of_sts, asked: Cell::default() }
    }

    /// The places of the policies that it has, among those of the actor.
    pub(super) fn places(&self) -> &[usize] {
        &self.places
    }

    /// Takes policies away.
    pub(super) fn lose(&mut self, is_gone: impl Fn(usize) -> bool) {
        let is_kept: Vec<bool> = self.places.iter().map(|place| !is_gone(*place)).collect();
        for prepared in [&mut self.prepared, &mut self.of_sts] {
            let mut is_kept = is_kept.iter();
            prepared.retain(|_| is_kept.next().copied().unwrap_or(true));
        }
        self.places.retain(|place| !is_gone(*place));
    }

    /// The statements of its policies that may allow something.
    pub(super) fn statements(&self) -> impl Iterator<Item = &'e Statement> {
        let held = self.places.iter().filter_map(|place| self.actor.held.get(*place));
        let readings = held.filter_map(|(_, reading)| self.cast.readings.get(*reading));
        readings.flat_map(|reading| &reading.document.statements).filter(|one| !one.is_deny())
    }

    /// Whether it may do something to the resource with an ARN.
    pub(super) fn may(&self, action: &str, arn: &str, keys: &[(&str, &str)]) -> Permit<'e> {
        self.ask(action, arn, On::default(), keys)
    }

    /// Whether it may put administrative rights on something: with some policy that has them.
    pub(super) fn may_grant(&self, action: &str, arn: &str) -> Permit<'e> {
        // Where no condition tells policies apart, one is as good as another.
        let different = if self.cast.keys.has("iam:policyarn") { ADMINISTRATIVE.len() } else { 1 };
        match action.contains(":Attach") {
            true => ADMINISTRATIVE.iter().take(different).fold(Permit::No, |permit, policy| {
                permit.or(|| self.may(action, arn, &[("iam:PolicyARN", policy)]))
            }),
            false => self.may(action, arn, &[]),
        }
    }

    fn ask(&self, action: &str, arn: &str, on: On<'_>, keys: &[(&str, &str)]) -> Permit<'e> {
        self.requests(action, arn, on, keys).fold(Permit::No, |permit, request| {
            permit.or(|| self.permit(self.decide(&request, ResourcePolicies::Unasked), None))
        })
    }

    /// The same, with the places of the policies that deny it, or may deny it.
    pub(super) fn may_unless_denied(
        &self,
        action: &str,
        arn: &str,
        keys: &[(&str, &str)],
    ) -> (Permit<'e>, BTreeSet<usize>) {
        let (mut permit, mut places) = (Permit::No, BTreeSet::new());
        for request in self.requests(action, arn, On::default(), keys) {
            let verdict = self.decide(&request, ResourcePolicies::Unasked);
            let denying = verdict.statements.iter().filter(|ground| ground.statement.effect != Effect::Allow);
            places.extend(denying.filter_map(|ground| match ground.policy {
                PolicyPlace::Identity(place) => self.places.get(place).copied(),
                _ => None,
            }));
            permit = permit.or(|| self.permit(verdict, None));
        }
        (permit, places)
    }

    /// Decides a request, and notes the conditions on which the decision depends.
    fn decide(&self, request: &Request, resource: ResourcePolicies<'_, 'e>) -> Verdict<'e> {
        self.asked.set(self.asked.get() + 1);
        let is_of_sts = request.action.service() == "sts" && !self.of_sts.is_empty();
        let identity = if is_of_sts { &self.of_sts } else { &self.prepared };
        let verdict = decide(request, Policies { identity, resource });
        if verdict.decision == Decision::Undetermined {
            self.note(&verdict);
        }
        verdict
    }

    /// The request at each time that is worth asking for, now first: what is allowed some day can be had.
    fn requests(
        &self,
        action: &str,
        arn: &str,
        on: On<'_>,
        keys: &[(&str, &str)],
    ) -> impl Iterator<Item = Request> {
        let open = on.open.or_else(|| self.cast.names.open.get(arn).cloned());
        let request = self.request(action, arn, keys).map(|request| Request {
            target_subject: on.subject.cloned(),
            target_open: open,
            ..request
        });
        request.into_iter().flat_map(|request| {
            self.cast.times.all().map(move |time| {
                let request = request.clone();
                Request { context: time.told(request.context), ..request }
            })
        })
    }

    fn request(&self, action: &str, arn: &str, keys: &[(&str, &str)]) -> Option<Request> {
        let caller = self.actor.caller.clone()?;
        let is_global = action.starts_with("iam:") || action.starts_with("sts:");
        let region = self.cast.names.region.as_deref().filter(|_| !is_global).unwrap_or(REGION);
        let mut context = self.context.clone().with("aws:RequestedRegion", [region]);
        // AWS's pages warn that whoever passes a role is not surely asked for its tags.
        if action != "iam:PassRole" {
            context = self.cast.with_tags_of(self.actor, arn, context, self.of_target.iter().copied());
        }
        context = self.cast.keys.told(action, context);
        for (key, value) in keys {
            context = context.with(key, [*value]);
        }
        Request::new(caller, action, arn, context).ok()
    }

    fn permit(&self, verdict: Verdict<'e>, trust: Option<&'e Reading>) -> Permit<'e> {
        let by = |ground: &Ground<'e>| match ground.policy {
            PolicyPlace::Identity(place) => {
                self.places.get(place).map_or(By::Nothing, |place| By::Policy(*place, ground.statement))
            }
            PolicyPlace::Resource(_) | PolicyPlace::Trust => By::Trust(ground.statement),
        };
        let allows = verdict.statements.iter().filter(|ground| !ground.statement.is_deny());
        // What is certain explains more, and so does what the actor has itself; where something is not known, that above all.
        let is_open = verdict.decision == Decision::Undetermined;
        let best = allows.min_by_key(|ground| {
            let is_of_role = matches!(ground.policy, PolicyPlace::Trust);
            // So does what is always there.
            let conditions = self.held(ground).map_or(0, |held| held.guard.terms().len());
            let terms = conditions + ground.statement.guard.terms().len();
            (is_open && is_of_role, ground.applies != Answer::Yes, is_of_role, terms)
        });
        match (verdict.decision, best) {
            (Decision::Allowed, best) => Permit::Yes(best.map_or(By::Nothing, by)),
            (Decision::Undetermined, Some(best)) => {
                let unknown = verdict
                    .unknown
                    .unwrap_or_else(|| Arc::new(Unknown::new(Reason::Undocumented, "the policy")));
                Permit::Perhaps(unknown, by(best))
            }
            (Decision::Undetermined, None)
                if let (Some(reading), Some(unknown)) = (trust, verdict.unknown) =>
            {
                // A trust policy that is not known may let anyone in.
                match reading.document.open {
                    Some(_) => Permit::Perhaps(unknown, By::Nothing),
                    None => Permit::No,
                }
            }
            _ => Permit::No,
        }
    }

    /// The policy of a statement, when it is one of its own.
    fn held(&self, ground: &Ground<'_>) -> Option<&'e Held<'m>> {
        let PolicyPlace::Identity(place) = ground.policy else { return None };
        self.actor.held.get(*self.places.get(place)?).map(|(held, _)| held)
    }

    /// Notes the conditions on which it depends whether statements apply.
    fn note(&self, verdict: &Verdict<'_>) {
        let grounds = verdict.statements.iter();
        self.questions.ask_about(grounds.map(|ground| (self.held(ground).map(|held| &held.guard), ground)));
    }

    /// Whether it may assume a role, as the trust policy of the role and its own policies say.
    pub(super) fn may_assume(&self, role: usize) -> Permit<'e> {
        let Some(target) = self.cast.actors.get(role) else { return Permit::No };
        let Some(reading) = self.cast.trusts.get(&role) else { return Permit::No };
        let trust = Prepared::resource(&reading.document, self.questions.given());
        let keys = || reading.tag_keys.iter().map(String::as_str);
        self.requests("sts:AssumeRole", &target.arn, On::default(), &[]).fold(
            Permit::No,
            |permit, mut request| {
                permit.or(|| {
                    request.context = self.cast.with_own_tags(self.actor, request.context, keys());
                    request.context =
                        self.cast.with_tags_of(self.actor, &target.arn, request.context, keys());
                    self.permit(self.decide(&request, ResourcePolicies::Trust(&trust)), Some(reading))
                })
            },
        )
    }

    /// Whether it may assume a role whose trust policy names it: unless a Deny keeps it from that.
    pub(super) fn may_assume_if_trusted(&self, role: &str) -> Permit<'e> {
        self.requests("sts:AssumeRole", role, On::default(), &[])
            .fold(Permit::No, |permit, request| permit.or(|| self.permit_if_trusted(&request)))
    }

    fn permit_if_trusted(&self, request: &Request) -> Permit<'e> {
        let verdict = self.decide(request, ResourcePolicies::Unasked);
        // Nothing has to allow it, so that the decision says little of the denials.
        self.note(&verdict);
        let denies = verdict.statements.iter().filter(|ground| ground.statement.is_deny());
        denies.fold(Permit::Yes(By::Nothing), |permit, ground| match (&ground.applies, permit) {
            (Answer::Yes, _) | (_, Permit::No) => Permit::No,
            (Answer::Perhaps(unknown), _) => Permit::Perhaps(Arc::clone(unknown), By::Nothing),
            (Answer::No, permit) => permit,
        })
    }

    /// Whether it may do something to a thing whose name it is free to choose.
    pub(super) fn may_anywhere(&self, action: &str) -> Permit<'e> {
        let shapes = shapes(action);
        if shapes.is_empty() {
            return self.ask(action, "*", On::default(), &[]);
        }
        let of_shape = |shape: &&'static ResourceType| {
            let free = self.ask(action, &arn(shape, "{new}"), On::default(), &[]);
            free.or(|| {
                let glob = Glob::new(&pattern(shape));
                let names = self.examples(action).into_iter().filter(|name| glob.matches(name));
                names.fold(Permit::No, |permit, name| {
                    permit.or(|| self.ask(action, &name, On::default(), &[]))
                })
            })
        };
        needed(shapes, of_shape)
    }

    /// Whether it may do something to a workload that is there.
    pub(super) fn may_to_workload(&self, action: &str, workload: &Workload) -> Permit<'e> {
        let subject = &workload.declared.subject;
        let shapes = shapes(action);
        if shapes.is_empty() {
            return self.ask(action, "*", On::default(), &[]);
        }
        let name = Name::of(&workload.name, subject);
        needed(shapes, |shape| {
            let on = On { subject: Some(subject), open: name.open(|name| arn(shape, name)) };
            self.ask(action, &arn(shape, &name.text), on, &[])
        })
    }

    /// ARNs that patterns of its statements match: names that it could choose.
    pub(super) fn examples(&self, action: &str) -> Vec<String> {
        let naming = self
            .statements()
            .filter(|one| one.actions.except || one.actions.covered_by(action, true).0 != Answer::No);
        let items =
            naming.flat_map(|one| &one.resources).filter(|one| !one.except).flat_map(|one| &one.items);
        let patterns = items.filter_map(|item| item.text.lettered());
        let example = |pattern: String| {
            let parts: Vec<&str> = pattern.splitn(6, ':').collect();
            let [arn, _, service, region, account, name] = parts.as_slice() else { return None };
            let one =
                |part: &str, word: &str| if part.contains('*') { word.to_owned() } else { part.to_owned() };
            let name = name.replace(['*', '?'], "x");
            Some(format!("{arn}:aws:{service}:{}:{}:{name}", one(region, REGION), one(account, ACCOUNT)))
        };
        let mut examples: Vec<String> = patterns.filter_map(example).collect();
        examples.sort();
        examples.dedup();
        examples
    }
}

/// Whether a service may assume a role.
pub(super) fn is_trusted(service: &str, role: usize, cast: &Cast<'_>, questions: &Questions) -> Answer {
    let (Some(reading), Some(target)) = (cast.trusts.get(&role), cast.actors.get(role)) else {
        return Answer::No;
    };
    let Ok(caller) = Caller::read(service) else { return Answer::No };
    let action = match caller {
        Caller::Federated(_) => "sts:AssumeRoleWithWebIdentity",
        _ => "sts:AssumeRole",
    };
    let Ok(request) = Request::new(caller, action, &target.arn, Context::open(Reason::Unstated)) else {
        return Answer::No;
    };
    let trust = Prepared::resource(&reading.document, questions.given());
    let verdict = decide(&request, Policies { identity: &[], resource: ResourcePolicies::Trust(&trust) });
    if verdict.decision == Decision::Undetermined {
        questions.ask_about(verdict.statements.iter().map(|ground| (None, ground)));
    }
    match (verdict.decision, verdict.unknown) {
        (Decision::Allowed, _) => Answer::Yes,
        (Decision::Undetermined, Some(unknown)) => Answer::Perhaps(unknown),
        _ => Answer::No,
    }
}

/// The types of resources that an action works on: those that it always names, or all if it names one of several.
fn shapes(action: &str) -> Vec<(&'static ResourceType, bool)> {
    let Some(fact) = iamrail_catalog::action(action) else { return Vec::new() };
    let all: Vec<_> = fact.resource_types().collect();
    match all.iter().any(|(_, required)| *required) {
        true => all.into_iter().filter(|(_, required)| *required).collect(),
        false => all,
    }
}

/// All of the types that are required must be allowed, or one of those that are not.
fn needed<'r>(
    shapes: Vec<(&'static ResourceType, bool)>,
    permit: impl Fn(&&'static ResourceType) -> Permit<'r>,
) -> Permit<'r> {
    let mut worst: Option<Permit<'r>> = None;
    let mut best = Permit::No;
    for (shape, required) in &shapes {
        let this = permit(shape);
        match (required, this) {
            (true, Permit::No) => return Permit::No,
            (true, perhaps @ Permit::Perhaps(..)) => worst = Some(perhaps),
            (true, yes) => drop(worst.get_or_insert(yes)),
            (false, this) => best = best.or(|| this),
        }
    }
    worst.unwrap_or(best)
}

/// The ARN of a resource of a type, with this name.
fn arn(shape: &ResourceType, name: &str) -> String {
    filled(shape.arn(), ACCOUNT, REGION, name)
}

/// The pattern of the ARNs of a type.
fn pattern(shape: &ResourceType) -> String {
    filled(shape.arn(), "*", "*", "*")
}

fn filled(shape: &str, account: &str, region: &str, name: &str) -> String {
    let mut filled = String::new();
    let mut rest = shape;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let (key, behind) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(match key {
            "Partition" => "aws",
            "Region" => region,
            "Account" => account,
            _ => name,
        });
        rest = behind;
    }
    filled.push_str(rest);
    filled
}
