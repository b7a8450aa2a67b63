//! Whether the policies of a user leave requests open, in whatever circumstances.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use super::sign_in::SignIn;
use crate::analysis::bearer::{ACCOUNT, ANY, Bearer};
use crate::analysis::holding::Holder;
use crate::analysis::tags::with_tag;
use crate::model::{Guard, Id, Model, Role, User};
use crate::policy::{
    Answer, Arn, Caller, Condition, Context, Decision, Effect, Policies, PolicyPlace, Prepared, Request,
    ResourcePolicies, Statement, Target, Verdict, decide,
};
use crate::value::Reason;

/// How many comparisons with patterns of policies are made for one user. Beyond, what is left open is not known.
const MOST_WORK: u64 = 200_000;

/// Asks about requests of one user, or of any member of a group.
pub(super) struct Asker<'p, 'd> {
    pub(super) policies: &'p [Prepared<'d>],
    caller: Caller,
    subject: Option<Arc<str>>,
    /// Its name, if that is known.
    name: Option<String>,
    circumstances: Context,
    /// How many patterns a decision compares with, and how many were compared.
    patterns: u64,
    work: Cell<u64>,
}

impl<'p, 'd> Asker<'p, 'd> {
    /// For a user; `None` for any member of a group.
    pub(super) fn new(user: Option<(&Model, Id<User>)>, policies: &'p [Prepared<'d>]) -> Option<Self> {
        let bearer = match user {
            Some((model, id)) => Bearer::of(model, Holder::User(id), statements(policies)),
            None => Bearer::anyone(),
        };
        let caller = Caller::read(&bearer.arn).ok()?;
        let mut circumstances = bearer.context.with("aws:PrincipalType", ["User"]);
        let subject = user.and_then(|(model, id)| model.users.get(id));
        // Whoever has no MFA has the tags that are declared, until it changes them: whether it can is asked like all else.
        let conditions = statements(policies).flat_map(|statement| &statement.conditions);
        for key in conditions.map(Condition::folded_key).filter(|key| key.starts_with("aws:principaltag/")) {
            let Some(user) = subject else { break };
            circumstances = with_tag(circumstances, &key, &user.tags);
        }
        let subject = subject.map(|user| Arc::clone(&user.declared.subject));
        let patterns = statements(policies).map(|statement| {
            let resources = statement.resources.as_ref().map_or(0, |resources| resources.items.len());
            1 + (statement.actions.items.len() + resources) as u64
        });
        let (patterns, work) = (patterns.sum(), Cell::new(0));
        Some(Self { policies, caller, subject, name: bearer.name, circumstances, patterns, work })
    }

    /// Whether someone who signed in so can make a request in some circumstances.
    pub(super) fn is_open(&self, sign_in: SignIn, action: &str, resource: &str) -> Answer {
        let Some(request) = self.request(sign_in, action, resource) else { return Answer::No };
        let answer = self.answer(&self.decide(&request));
        match (&answer, &request.target) {
            // What a Deny covers of a pattern in part only is asked of one resource.
            (Answer::Perhaps(unknown), Target::Resources(_)) if unknown.reason == Reason::Undocumented => {
                let one = self.one_resource(&request, resource);
                let Some(request) = self.request(sign_in, action, &one) else { return answer };
                match self.answer(&self.decide(&request)) {
                    Answer::Yes => Answer::Yes,
                    Answer::Perhaps(_) | Answer::No => answer,
                }
            }
            _ => answer,
        }
    }

    /// Whether someone who signed in so can assume a role of the input in some circumstances.
    pub(super) fn can_assume(&self, sign_in: SignIn, model: &Model, role: Id<Role>) -> Answer {
        let Some(role) = model.roles.get(role) else { return Answer::No };
        let Some(request) = self.assumption(sign_in, role) else { return Answer::No };
        let trust = Prepared::resource(&role.trust, &Guard::always());
        let policies = Policies { identity: self.policies, resource: ResourcePolicies::Trust(&trust) };
        let verdict = decide(&request, policies);
        let on_both_sides = [false, true].iter().all(|by_trust| {
            let allows = verdict.statements.iter().filter(|ground| ground.statement.is_allow());
            allows.clone().any(|ground| (ground.policy == PolicyPlace::Trust) == *by_trust)
        });
        let by_circumstances = verdict.statements.iter().all(|ground| match &ground.applies {
            _ if !ground.statement.is_allow() || ground.statement.undecided.is_some() => false,
            Answer::Perhaps(unknown) => unknown.reason == Reason::Unstated,
            Answer::Yes | Answer::No => true,
        });
        match (verdict.decision, verdict.unknown) {
            (Decision::Allowed, _) => Answer::Yes,
            (Decision::Undetermined, _) if on_both_sides && by_circumstances => Answer::Yes,
            (Decision::Undetermined, Some(unknown)) => Answer::Perhaps(unknown),
            _ => Answer::No,
        }
    }

    /// Whether the policies deny to assume a role, in all circumstances: then a trust policy that names the user lets it in as little
    /// as any other.
    pub(super) fn is_kept_from(&self, sign_in: SignIn, role: &Role) -> Answer {
        let Some(request) = self.assumption(sign_in, role) else { return Answer::Yes };
        let open = self.policies.iter().filter_map(|policy| policy.document().open.as_ref());
        let may_deny = open.map(|unknown| Answer::Perhaps(Arc::clone(unknown)));
        let verdict = self.decide(&request);
        let denies =
            verdict.statements.iter().map(|ground| match (&ground.applies, &ground.statement.effect) {
                (_, Effect::Allow) => Answer::No,
                // Circumstances in which it does not deny are as good as any.
                (Answer::Perhaps(unknown), _) if unknown.reason == Reason::Unstated => Answer::No,
                (Answer::Yes, Effect::Unknown(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
                (applies, _) => applies.clone(),
            });
        denies.chain(may_deny).fold(Answer::No, Answer::or)
    }

    fn assumption(&self, sign_in: SignIn, role: &Role) -> Option<Request> {
        let name = role.name.as_str().filter(|name| !name.is_empty()).unwrap_or(Cow::Borrowed(ANY));
        let path = role.path.as_str().filter(|path| path.starts_with('/')).unwrap_or(Cow::Borrowed("/"));
        let account = self.caller.account().unwrap_or(ACCOUNT);
        let arn = format!("arn:aws:iam::{account}:role{path}{name}");
        let mut request = self.request(sign_in, "sts:AssumeRole", &arn)?;
        request.target_subject = Some(Arc::clone(&role.declared.subject));
        Some(request)
    }

    /// Whether the conditions of a statement may hold for someone who signed in so.
    pub(super) fn may_apply(&self, sign_in: SignIn, statement: &Statement) -> bool {
        let context = sign_in.of(&self.circumstances);
        let holds = |policy: &Prepared<'_>| policy.conditions_hold(statement, &context, |_| true);
        self.policies.iter().any(|policy| holds(policy) != Answer::No)
    }

    /// Whether the conditions of a statement hold for everyone who signed in so.
    pub(super) fn surely_applies(&self, sign_in: SignIn, statement: &Statement) -> bool {
        let context = sign_in.of(&self.circumstances);
        self.policies
            .iter()
            .any(|policy| policy.conditions_hold(statement, &context, |_| true) == Answer::Yes)
    }

    /// Whether the policies deny a request for certain.
    pub(super) fn is_denied(&self, sign_in: SignIn, action: &str, resource: &str) -> Option<Verdict<'d>> {
        let request = self.request(sign_in, action, resource)?;
        let verdict = self.decide(&request);
        (verdict.decision == Decision::ExplicitlyDenied).then_some(verdict)
    }

    /// The ARN of the user.
    pub(super) fn own_arn(&self) -> String {
        self.caller.arn().map(Arn::to_string).unwrap_or_default()
    }

    /// The resources that a statement speaks of, as patterns; variables are filled in as far as the user is known.
    pub(super) fn resources_of(&self, statement: &Statement) -> Vec<String> {
        let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.except) else {
            return vec!["*".to_owned()];
        };
        let items = resources.items.iter().map(|item| self.filled_in(&item.widest_pattern()));
        items.chain(resources.open.iter().map(|_| "*".to_owned())).collect()
    }

    /// Whether no more should be asked.
    pub(super) fn is_spent(&self) -> bool {
        self.work.get() > MOST_WORK
    }

    fn decide(&self, request: &Request) -> Verdict<'d> {
        self.work.set(self.work.get().saturating_add(self.patterns));
        decide(request, Policies { identity: self.policies, resource: ResourcePolicies::Unasked })
    }

    fn request(&self, sign_in: SignIn, action: &str, resource: &str) -> Option<Request> {
        if !sign_in.may_call(&action.to_ascii_lowercase()) {
            return None;
        }
        let context = sign_in.of(&self.circumstances);
        let request = Request::new(self.caller.clone(), action, resource, context.clone());
        let request = request.or_else(|_| Request::new(self.caller.clone(), action, "*", context));
        let mut request = request.ok()?;
        request.caller_subject.clone_from(&self.subject);
        Some(request)
    }

    /// Whether a verdict leaves the request open in some circumstances: what the circumstances decide is as the caller likes,
    /// unless an Allow and a Deny both depend on them.
    fn answer(&self, verdict: &Verdict<'_>) -> Answer {
        match verdict.decision {
            Decision::Allowed => return Answer::Yes,
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => return Answer::No,
            Decision::Undetermined => {}
        }
        if let Some(open) = self.policies.iter().find_map(|policy| policy.document().open.as_ref()) {
            return Answer::Perhaps(Arc::clone(open));
        }
        let (mut allowed, mut by_circumstances, mut denied_by_circumstances) = (false, false, None);
        let mut perhaps = None;
        for ground in &verdict.statements {
            let statement = ground.statement;
            let hidden = statement.undecided.as_ref().or(statement.conditions_open.as_ref());
            let unknown = match (&ground.applies, hidden, &statement.effect) {
                (Answer::No, ..) => continue,
                (_, Some(unknown), _) | (_, None, Effect::Unknown(unknown)) => Some(unknown),
                (Answer::Perhaps(unknown), ..) => Some(unknown),
                (Answer::Yes, ..) => None,
            };
            let is_unstated = unknown.is_some_and(|unknown| unknown.reason == Reason::Unstated);
            match unknown {
                Some(unknown) if !is_unstated && !statement.is_allow() => {
                    return Answer::Perhaps(Arc::clone(unknown));
                }
                Some(unknown) if !is_unstated => perhaps = Some(unknown),
                Some(unknown) if statement.is_deny() => denied_by_circumstances = Some(unknown),
                Some(_) => by_circumstances = true,
                None => allowed |= statement.is_allow(),
            }
        }
        match (allowed, by_circumstances, denied_by_circumstances) {
            (true, ..) | (false, true, None) => Answer::Yes,
            (false, true, Some(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
            (false, false, _) => {
                let unknown = perhaps.or(verdict.unknown.as_ref());
                unknown.map_or(Answer::No, |unknown| Answer::Perhaps(Arc::clone(unknown)))
            }
        }
    }

    /// One resource out of a pattern, as AWS would write it.
    fn one_resource(&self, request: &Request, pattern: &str) -> String {
        if pattern.contains(|letter| letter != '*') {
            let filled = pattern.splitn(6, ':').enumerate().map(|(place, part)| match place {
                1 => part.replace('*', "aws"),
                3 => part.replace('*', "us-east-1"),
                4 => part.replace('*', ACCOUNT),
                _ => part.replace(['*', '?'], ANY),
            });
            return filled.collect::<Vec<_>>().join(":");
        }
        if request.action.service() == "iam" {
            return self.own_arn();
        }
        let shape = request.action.fact().and_then(|action| action.resource_types().next());
        let shape = shape.map_or("arn:${Partition}:${Service}:::${Name}", |(kind, _)| kind.arn());
        let shape = shape.replace("${Partition}", "aws").replace("${Account}", ACCOUNT);
        filled_in(&shape.replace("${Region}", "us-east-1"), &|_| Some(ANY))
    }

    fn filled_in(&self, pattern: &str) -> String {
        filled_in(pattern, &|variable| match variable.eq_ignore_ascii_case("aws:username") {
            true => self.name.as_deref(),
            false => None,
        })
    }
}

/// A text with its variables filled in; `*` stands for those that are not known.
fn filled_in<'v>(text: &str, value: &dyn Fn(&str) -> Option<&'v str>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(value(variable).unwrap_or("*"));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

fn statements<'p>(policies: &'p [Prepared<'_>]) -> impl Iterator<Item = &'p Statement> + Clone {
    policies.iter().flat_map(|policy| &policy.document().statements)
}
