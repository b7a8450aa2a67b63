//! Requests of the principals of checked units.

use std::sync::Arc;

use iamrail::core::analysis::holding::{Held, Holder, policies};
use iamrail::core::check::Unit;
use iamrail::core::model::{Case, Declared, Deployment, Guard, Id, Model, Role};
use iamrail::core::policy::{
    Arn, Caller, Context, Decision, Policies, PolicyPlace, Prepared, Request, ResourcePolicies, Target,
};
use iamrail::core::value::{Reason, Unknown, Value};

use super::answer::{self, Answer, Because};
use super::circumstances;
use super::slips::{self, Slip};
use crate::failure::Failure;
use crate::output::Scene;

/// The account of a principal and a resource that name none.
const SOME_ACCOUNT: &str = "111122223333";

/// What is asked of a principal.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// Its name, the resource that declares it, or its ARN.
    pub(super) principal: &'a str,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) context: &'a [(String, String)],
    /// Whether keys that are not given may be there all the same.
    pub(super) open: bool,
}

/// A principal of a unit.
struct Found<'m> {
    holder: Holder,
    kind: &'static str,
    declared: &'m Arc<Declared>,
    name: &'m Value,
    path: &'m Value,
    tags: &'m Value,
}

impl Asked<'_> {
    /// The answers for every principal of a unit that is meant, and the slips in the request.
    pub(super) fn answers(
        &self,
        unit: &Unit,
        scene: &Scene<'_>,
    ) -> Result<(Vec<Answer>, Vec<Slip>), Failure> {
        let mut answers = Vec::new();
        let mut slips = Vec::new();
        for found in self.principals(&unit.model) {
            let request = self.request(&unit.model, &found)?;
            slips = slips::of(&request, self.context.iter().map(|(key, _)| key.as_str()));
            answers.extend(Self::answer(request, &unit.model, &found, scene));
        }
        Ok((answers, slips))
    }

    fn principals<'m>(&self, model: &'m Model) -> Vec<Found<'m>> {
        let users = model.users.iter().map(|(id, user)| Found {
            holder: Holder::User(id),
            kind: "user",
            declared: &user.declared,
            name: &user.name,
            path: &user.path,
            tags: &user.tags,
        });
        let roles = model.roles.iter().map(|(id, role)| Found {
            holder: Holder::Role(id),
            kind: "role",
            declared: &role.declared,
            name: &role.name,
            path: &role.path,
            tags: &role.tags,
        });
        users.chain(roles).filter(|found| found.is_meant(self.principal)).collect()
    }

    /// The answers for a principal: one for all deployments that answer alike.
    fn answer(request: Request, model: &Model, found: &Found<'_>, scene: &Scene<'_>) -> Vec<Answer> {
        let role = target_role(model, &request.target).and_then(|id| model.roles.get(id));
        // The roles of the input are in the account of whoever asks.
        let is_own = request.target.account() == request.caller.account();
        let role = role.filter(|_| request.action.service() == "sts" && is_own);
        let matter = Matter { request, held: policies(model, found.holder), role, scene };
        let id = matter.shown(format!("{} {}", found.kind, found.declared.subject));
        let cases = model.conditions.cases(&found.declared.guard, matter.guards(), |one| matter.judge(one));
        let answer = |Case { outcome: (decision, because), guards }: Case<(Decision, Vec<Because>)>| {
            let guards = guards.iter().filter(|guard| !guard.is_always());
            let when = guards.map(ToString::to_string).collect();
            Answer { when, assuming: matter.assuming(), ..Answer::new(id.clone(), decision, because) }
        };
        cases.into_iter().map(answer).collect()
    }

    fn request(&self, model: &Model, found: &Found<'_>) -> Result<Request, Failure> {
        let given = Arn::read(self.principal);
        let target = Arn::read(self.resource);
        let known = given
            .as_ref()
            .or(target.as_ref())
            .map(|arn| (arn.segment(1).to_owned(), arn.segment(4).to_owned()));
        let account =
            known.as_ref().map(|(_, account)| account.as_str()).filter(|account| account.len() == 12);
        let partition = known.as_ref().map_or("aws", |(partition, _)| partition);
        let name = found.known_name().unwrap_or_else(|| found.declared.subject.to_string());
        let path = found.path.as_str().filter(|path| path.starts_with('/')).unwrap_or("/".into());
        let arn =
            format!("arn:{partition}:iam::{}:{}{path}{name}", account.unwrap_or(SOME_ACCOUNT), found.kind);
        let wrong = |error: iamrail::core::policy::RequestError| Failure::Usage(error.to_string());
        let caller = Caller::read(&arn).map_err(wrong)?;
        let context = self.context(found, account, &caller);
        let mut request = Request::new(caller, self.action, self.resource, context).map_err(wrong)?;
        request.caller_subject = Some(Arc::clone(&found.declared.subject));
        request.target_subject = target_subject(model, &request.target);
        Ok(request)
    }

    /// The circumstances that are given, and those that follow from who asks.
    fn context(&self, found: &Found<'_>, account: Option<&str>, caller: &Caller) -> Context {
        let context = match self.open {
            true => Context::open(Reason::Unstated),
            false => Context::new(),
        };
        let mut context = circumstances::of(caller, context);
        let place = || Arc::new(Unknown::new(Reason::Environment, "the account of the principal"));
        let name = found.known_name();
        if account.is_none() {
            context = context.with_unknown("aws:PrincipalAccount", place());
        }
        if account.is_none() || name.is_none() {
            context = context.with_unknown("aws:PrincipalArn", place());
        }
        if found.kind == "user" && name.is_none() {
            let unknown = Unknown::new(Reason::Computed, Arc::clone(&found.declared.subject));
            context = context.with_unknown("aws:username", Arc::new(unknown));
        }
        for (key, value) in found.tags.as_map().into_iter().flat_map(|tags| tags.iter()) {
            let key = format!("aws:PrincipalTag/{key}");
            context = match (value.as_str(), value.unknown_part()) {
                (Some(value), _) => context.with(&key, [value]),
                (None, Some(unknown)) => context.with_unknown(&key, Arc::clone(unknown)),
                (None, None) => context,
            };
        }
        let mut given: Vec<(&str, Vec<&str>)> = Vec::new();
        for (key, value) in self.context {
            match given.iter_mut().find(|(one, _)| one.eq_ignore_ascii_case(key)) {
                Some((_, values)) => values.push(value),
                None => given.push((key, vec![value])),
            }
        }
        given.into_iter().fold(context, |context, (key, values)| context.with(key, values))
    }
}

/// What a request rests on.
struct Matter<'m> {
    request: Request,
    /// The policies of the principal.
    held: Vec<Held<'m>>,
    /// The role that it wants to be, whose trust policy decides too.
    role: Option<&'m Role>,
    scene: &'m Scene<'m>,
}

impl Matter<'_> {
    /// The conditions of the input that may make a difference.
    fn guards(&self) -> impl Iterator<Item = &Guard> {
        let held =
            self.held.iter().flat_map(|held| std::iter::once(&held.guard).chain(held.document.guards()));
        let role = self
            .role
            .iter()
            .flat_map(|role| std::iter::once(&role.declared.guard).chain(role.trust.guards()));
        held.chain(role).filter(|guard| !guard.is_always())
    }

    /// What becomes of the request in a deployment.
    fn judge(&self, deployment: &Deployment) -> (Decision, Vec<Because>) {
        let given = deployment.deciding(self.guards());
        let prepared: Vec<(&Held<'_>, Prepared<'_>)> =
            self.held.iter().filter_map(|held| Some((held, held.prepared(&given)?))).collect();
        let (held, prepared): (Vec<_>, Vec<_>) = prepared.into_iter().unzip();
        // A role that is not there has no trust policy.
        let role = self.role.filter(|role| deployment.holds(&role.declared.guard) != Some(false));
        let trust = role.map(|role| Prepared::resource(&role.trust, &given));
        let resource = trust.as_ref().map_or(ResourcePolicies::Unasked, ResourcePolicies::Trust);
        let policies = Policies { identity: &prepared, resource };
        let name = |place: PolicyPlace| match place {
            PolicyPlace::Identity(place) => held.get(place).map(|held| held.what.clone()).unwrap_or_default(),
            PolicyPlace::Resource(_) => String::new(),
            PolicyPlace::Trust => {
                let subject = role.map_or("", |role| &role.declared.subject);
                format!("the trust policy of `{subject}`")
            }
        };
        let at = |statement: &iamrail::core::policy::Statement| {
            let place = self.scene.sources.locate(statement.span?)?;
            Some(format!("{}:{}:{}", self.scene.path(&place.path), place.start.line, place.start.column))
        };
        let (decision, because) = answer::judge(&self.request, policies, &name, &at);
        let because = because.into_iter().map(|one| Because {
            message: self.shown(one.message),
            policy: one.policy.map(|policy| self.shown(policy)),
            sid: one.sid.map(|sid| self.shown(sid)),
            ..one
        });
        (decision, because.collect())
    }

    /// What is taken for granted of the resource: the model has no policies of resources but those of roles.
    fn assuming(&self) -> Option<String> {
        let has_policy = self.role.is_none() && !matches!(self.request.target, Target::Everything);
        has_policy.then(|| "the resource has no policy of its own that denies or allows it".to_owned())
    }

    fn shown(&self, text: String) -> String {
        self.scene.text(&text).into_owned()
    }
}

impl Found<'_> {
    fn known_name(&self) -> Option<String> {
        self.name.as_str().map(|name| name.into_owned())
    }

    fn is_meant(&self, principal: &str) -> bool {
        if self.declared.subject.as_ref() == principal {
            return true;
        }
        let Some(name) = self.name.as_str() else { return false };
        let path = self.path.as_str().unwrap_or("/".into());
        match Arn::read(principal) {
            Some(arn) => arn.segment(5) == format!("{}{path}{name}", self.kind),
            None => name == principal,
        }
    }
}

/// The role of the model that a resource of a request names.
fn target_role(model: &Model, target: &Target) -> Option<Id<Role>> {
    let Target::Resource(arn) = target else { return None };
    let named = arn.segment(5);
    let is_it = |role: &Role| {
        let path = role.path.as_str().unwrap_or("/".into());
        role.name.as_str().is_some_and(|name| named == format!("role{path}{name}"))
    };
    model.roles.iter().find(|(_, role)| arn.segment(2) == "iam" && is_it(role)).map(|(id, _)| id)
}

/// The resource of the input that declares the user or role which a request is about.
fn target_subject(model: &Model, target: &Target) -> Option<Arc<str>> {
    if let Some(role) = target_role(model, target).and_then(|id| model.roles.get(id)) {
        return Some(Arc::clone(&role.declared.subject));
    }
    let Target::Resource(arn) = target else { return None };
    let user = model.users.iter().find(|(_, user)| {
        let path = user.path.as_str().unwrap_or("/".into());
        user.name.as_str().is_some_and(|name| arn.segment(5) == format!("user{path}{name}"))
    });
    user.filter(|_| arn.segment(2) == "iam").map(|(_, user)| Arc::clone(&user.declared.subject))
}
