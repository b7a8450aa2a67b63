//! Whether AWS answers a request, by the policies that concern it.

use std::sync::Arc;

use super::glob::Glob;
use super::prepared::{Applies, Clashing, Clause, Prepared};
use super::request::{Caller, Request, Target};
use super::{Answer, Effect, Statement};
use crate::value::{Reason, Unknown};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing allows it.
    ImplicitlyDenied,
    /// It depends on what is not known.
    Undetermined,
}

impl std::fmt::Display for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Allowed => "Allowed",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
            Self::Undetermined => "Undetermined",
        })
    }
}

/// The policies that concern a request.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'p, 'd> {
    /// Those of the caller: its own and those of its groups.
    pub identity: &'p [Prepared<'d>],
    /// Those of the resource.
    pub resource: ResourcePolicies<'p, 'd>,
}

/// The policies of a resource.
#[derive(Clone, Copy, Debug)]
pub enum ResourcePolicies<'p, 'd> {
    /// They are not part of the question.
    Unasked,
    /// These, possibly none.
    These(&'p [Prepared<'d>]),
    /// The trust policy of a role.
    Trust(&'p Prepared<'d>),
}

/// A decision with its grounds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verdict<'d> {
    /// The decision.
    pub decision: Decision,
    /// The statements that decide, in their order.
    pub statements: Vec<Ground<'d>>,
    /// Why it is undetermined, beyond what the statements say.
    pub unknown: Option<Arc<Unknown>>,
    /// What decides in the place of statements.
    pub rule: Option<&'static str>,
    /// Whose consent alone is missing, where that of both is needed and the other's is there.
    pub lacking: Option<Side>,
}

/// One of the two whose consent a request may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who asks, by the policies of an identity.
    Caller,
    /// What is asked about, by its own policies.
    Resource,
}

/// A statement that takes part in a decision.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ground<'d> {
    /// The policy.
    pub policy: PolicyPlace,
    /// The place of the statement in the policy.
    pub place: usize,
    /// The statement.
    pub statement: &'d Statement,
    /// Whether it applies.
    pub applies: Answer,
    /// Whether it speaks of the account of the caller only, and so leaves the decision to the policies of the caller.
    pub delegates: bool,
    /// The part that keeps it from applying, for an Allow that would have been needed.
    pub clashing: Option<Clashing>,
}

/// Where a policy stands among the policies that concern a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyPlace {
    /// A policy of the caller, by its place.
    Identity(usize),
    /// A policy of the resource, by its place.
    Resource(usize),
    /// The trust policy of the role.
    Trust,
}

/// What the statements of several policies say together.
struct Said<'d> {
    deny: Answer,
    /// Whether one allows it.
    allow: Answer,
    /// Whether one allows it to the caller by name, or to everyone.
    allow_directly: Answer,
    statements: Vec<Ground<'d>>,
}

/// Decides a request. Statements that are not known to be there or to apply count as possible, on both sides.
pub fn decide<'d>(request: &Request, policies: Policies<'_, 'd>) -> Verdict<'d> {
    if request.action.is("sts:getcalleridentity") {
        let rule = Some("`sts:GetCallerIdentity` needs no permission and cannot be denied");
        let (decision, statements) = (Decision::Allowed, Vec::new());
        return Verdict { decision, statements, unknown: None, rule, lacking: None };
    }
    let identity = Said::of(request, policies.identity.iter().enumerate(), PolicyPlace::Identity);
    let resource = match policies.resource {
        ResourcePolicies::Unasked => Said::of(request, [].iter().enumerate(), PolicyPlace::Resource),
        ResourcePolicies::These(these) => Said::of(request, these.iter().enumerate(), PolicyPlace::Resource),
        ResourcePolicies::Trust(trust) => Said::of(request, [(0, trust)], |_| PolicyPlace::Trust),
    };
    let deny = identity.deny.clone().or(resource.deny.clone());
    let mut rule = None;
    let mut own = identity.allow.clone();
    if matches!(request.caller, Caller::Root(_)) && !request.action.is("sts:assumerole") {
        rule = Some("the root user of an account may do all that no policy of a resource keeps from it");
        own = Answer::Yes;
    }
    let settled = whatever(request);
    let is_never = matches!(settled, Some(Needs::Never(_)));
    if let Some(Needs::Nothing(why) | Needs::Never(why)) = settled {
        rule = Some(why);
    }
    let needs = settled.map_or_else(|| needs(request, &policies), |needs| vec![needs]);
    let allowed = |needs: Needs| match needs {
        Needs::Nothing(_) => Answer::Yes,
        Needs::Never(_) => Answer::No,
        Needs::Resource => resource.allow.clone(),
        Needs::Both => own.clone().and(resource.allow.clone()),
        Needs::BothUnlessDirect => {
            resource.allow_directly.clone().or(own.clone().and(resource.allow.clone()))
        }
        Needs::Either => own.clone().or(resource.allow_directly.clone()),
        Needs::More(what) => own.clone().and(Answer::Perhaps(Arc::new(Unknown::new(Reason::Missing, what)))),
    };
    let allow = needs.iter().copied().map(allowed).reduce(alike).unwrap_or(Answer::No);
    let (decision, unknown) = match (deny, allow) {
        (Answer::Yes, _) => (Decision::ExplicitlyDenied, None),
        (_, Answer::No) => (Decision::ImplicitlyDenied, None),
        (Answer::Perhaps(unknown), _) | (Answer::No, Answer::Perhaps(unknown)) => {
            (Decision::Undetermined, Some(unknown))
        }
        (Answer::No, Answer::Yes) => (Decision::Allowed, None),
    };
    let mut statements = identity.statements;
    statements.extend(resource.statements);
    // What is left to the policies of the caller decides together with these only.
    let takes_part = |ground: &Ground<'_>| {
        needs.iter().any(|needs| match needs {
            Needs::Either => !ground.delegates,
            Needs::BothUnlessDirect => !ground.delegates || own == Answer::Yes,
            Needs::Nothing(_) | Needs::Never(_) | Needs::Both | Needs::Resource | Needs::More(_) => true,
        })
    };
    statements.retain(|ground| match decision {
        Decision::ExplicitlyDenied => ground.statement.is_deny() && ground.applies == Answer::Yes,
        Decision::Allowed => ground.applies == Answer::Yes && takes_part(ground),
        Decision::ImplicitlyDenied | Decision::Undetermined => true,
    });
    let is_told = match decision {
        Decision::Allowed => true,
        Decision::ImplicitlyDenied => is_never,
        Decision::ExplicitlyDenied | Decision::Undetermined => false,
    };
    let rule = rule.filter(|_| is_told);
    let lacking = match (&own, &resource.allow) {
        _ if decision != Decision::ImplicitlyDenied || is_never => None,
        (Answer::No, Answer::Yes | Answer::Perhaps(_)) => Some(Side::Caller),
        (Answer::Yes | Answer::Perhaps(_), Answer::No) => Some(Side::Resource),
        _ => None,
    };
    Verdict { decision, statements, unknown, rule, lacking }
}

/// The Allow statements that name the action of a request and do not apply to it, each with the part that keeps it from applying:
/// why a request is implicitly denied. Those of one side, if `lacking` says that only its consent is missing.
pub fn near_misses<'d>(
    request: &Request,
    policies: Policies<'_, 'd>,
    lacking: Option<Side>,
) -> Vec<Ground<'d>> {
    let of = |prepared: &Prepared<'d>, policy: PolicyPlace| {
        let asked = prepared.ask(request).filter(|(clause, _)| clause.statement.is_allow());
        let missing = asked.filter_map(|(clause, applies)| match applies.fails {
            None | Some(Clashing::Action) => None,
            Some(_) => Some(ground(prepared, clause, applies, policy)),
        });
        missing.collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    if lacking != Some(Side::Resource) {
        let identity = policies.identity.iter().enumerate();
        found.extend(identity.flat_map(|(place, one)| of(one, PolicyPlace::Identity(place))));
    }
    match policies.resource {
        _ if lacking == Some(Side::Caller) => {}
        ResourcePolicies::Unasked => {}
        ResourcePolicies::These(these) => {
            let these = these.iter().enumerate();
            found.extend(these.flat_map(|(place, one)| of(one, PolicyPlace::Resource(place))));
        }
        ResourcePolicies::Trust(trust) => found.extend(of(trust, PolicyPlace::Trust)),
    }
    found
}

/// Whose consent a request needs.
#[derive(Clone, Copy)]
enum Needs {
    /// Nobody's.
    Nothing(&'static str),
    /// Nobody can give it.
    Never(&'static str),
    /// That of the caller's policies or that of the resource's.
    Either,
    /// That of both.
    Both,
    /// That of both, or that of the resource's if they name the caller.
    BothUnlessDirect,
    /// That of the resource's policies: the caller has none.
    Resource,
    /// That of policies that are not part of the question.
    More(&'static str),
}

/// What a request needs whatever it is about, if that is settled.
fn whatever(request: &Request) -> Option<Needs> {
    let (caller, action) = (&request.caller, &request.action);
    let makes_sessions = action.is("sts:getsessiontoken") || action.is("sts:getfederationtoken");
    match caller {
        Caller::User(_) if action.is("sts:getsessiontoken") => {
            Some(Needs::Nothing("`sts:GetSessionToken` needs no permission"))
        }
        Caller::Root(_) if action.is("sts:assumerole") => {
            Some(Needs::Never("the root user of an account cannot assume roles"))
        }
        Caller::Role(_) | Caller::Session(_) if makes_sessions => {
            Some(Needs::Never("AWS makes such tokens for users and root users only, and not for sessions"))
        }
        _ if caller.account().is_none() => Some(Needs::Resource),
        _ => None,
    }
}

/// What a request needs; several things when it asks about resources that differ in it.
fn needs(request: &Request, policies: &Policies<'_, '_>) -> Vec<Needs> {
    let one = |(is_own, must_allow): (bool, bool)| match (policies.resource, is_own) {
        (ResourcePolicies::Unasked, true) if must_allow => Needs::More("the policy of the resource"),
        (ResourcePolicies::Unasked, true) => Needs::Either,
        (ResourcePolicies::Unasked, false) => Needs::More("the policy of a resource in another account"),
        (_, false) => Needs::Both,
        (ResourcePolicies::Trust(_), true) => Needs::BothUnlessDirect,
        (ResourcePolicies::These(_), true) if must_allow => Needs::BothUnlessDirect,
        (ResourcePolicies::These(_), true) => Needs::Either,
    };
    let own = is_own(request);
    own.iter().flat_map(|own| must_allow(request).iter().map(move |must| one((*own, *must)))).collect()
}

/// Answers that are true of some of the resources that are asked about: together they are certain only when they agree.
fn alike(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Answer::Yes, Answer::Yes) => Answer::Yes,
        (Answer::No, Answer::No) => Answer::No,
        (Answer::Perhaps(unknown), _) | (_, Answer::Perhaps(unknown)) => Answer::Perhaps(unknown),
        _ => Answer::Perhaps(Arc::new(Unknown::new(Reason::Unstated, "the resource"))),
    }
}

/// Whether the resource is one of the caller's account; of a pattern, whether some are and whether others are not.
fn is_own(request: &Request) -> &'static [bool] {
    let of = |own: bool| if own { &[true][..] } else { &[false][..] };
    let caller = request.caller.account();
    if let Some(owner) = request.target.account().or(request.account.as_deref()) {
        return of(caller == Some(owner));
    }
    let Target::Resources(pattern) = &request.target else { return of(true) };
    // What IAM manages is managed from its own account.
    if request.action.service() == "iam" {
        return of(true);
    }
    // What does not speak of accounts is about those of the caller.
    let parts = pattern.segments(6);
    let [.., account, _] = parts.as_slice() else { return of(true) };
    match (parts.len() == 6, account.has_wildcard(), caller) {
        (false, ..) => of(true),
        (true, false, Some(caller)) => of(*account == Glob::new("") || account.matches(caller)),
        (true, true, Some(caller)) if account.matches(caller) => &[true, false],
        _ => of(false),
    }
}

/// Whether the policy of the resource must allow what the caller's policies allow: that of a role, and that of a KMS key. Of a
/// pattern, whether some must and whether others need not.
fn must_allow(request: &Request) -> &'static [bool] {
    let (service, beginning) = match request.action.service() {
        "sts" => ("iam", "role/"),
        "kms" => ("kms", "key/"),
        _ => return &[false],
    };
    match &request.target {
        Target::Everything => &[false],
        Target::Resource(arn) if arn.segment(2) == service && arn.segment(5).starts_with(beginning) => {
            &[true]
        }
        Target::Resource(_) => &[false],
        Target::Resources(pattern) => {
            let works_on = |kind: &str| beginning.strip_suffix('/') == Some(kind);
            let fact = request.action.fact();
            if fact.is_some_and(|action| !action.resource_types().any(|(kind, _)| works_on(kind.name()))) {
                return &[false];
            }
            let all = Glob::new(&format!("arn:*:{service}:*:*:{beginning}*"));
            match (all.meets_by_parts(pattern), all.covers(pattern)) {
                (false, _) => &[false],
                (true, true) => &[true],
                (true, false) => &[true, false],
            }
        }
    }
}

impl<'d> Said<'d> {
    fn of<'p>(
        request: &Request,
        policies: impl IntoIterator<Item = (usize, &'p Prepared<'d>)>,
        policy: impl Fn(usize) -> PolicyPlace,
    ) -> Self
    where
        'd: 'p,
    {
        let mut said =
            Self { deny: Answer::No, allow: Answer::No, allow_directly: Answer::No, statements: Vec::new() };
        for (place, prepared) in policies {
            // What cannot be read may allow and deny anything.
            if let Some(unknown) = &prepared.document.open {
                let perhaps = || Answer::Perhaps(Arc::clone(unknown));
                said.deny = said.deny.or(perhaps());
                said.allow = said.allow.or(perhaps());
                said.allow_directly = said.allow_directly.or(perhaps());
            }
            for (clause, applies) in prepared.ask(request) {
                if applies.answer == Answer::No {
                    continue;
                }
                let (denies, allows) = (clause.is(&Effect::Deny), clause.is(&Effect::Allow));
                said.deny = said.deny.or(denies.and(applies.answer.clone()));
                said.allow = said.allow.or(allows.clone().and(applies.answer.clone()));
                said.allow_directly = said.allow_directly.or(allows.and(applies.directly.clone()));
                said.statements.push(ground(prepared, clause, applies, policy(place)));
            }
        }
        said
    }
}

fn ground<'d>(
    prepared: &Prepared<'d>,
    clause: &Clause<'d>,
    applies: Applies,
    policy: PolicyPlace,
) -> Ground<'d> {
    let statements = &prepared.document.statements;
    let place = statements.iter().position(|one| std::ptr::eq(one, clause.statement)).unwrap_or_default();
    let delegates = applies.answer != Answer::No && applies.directly == Answer::No;
    let Applies { answer, fails, .. } = applies;
    Ground { policy, place, statement: clause.statement, applies: answer, delegates, clashing: fails }
}
