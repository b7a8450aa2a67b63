//! Who takes paths: the users, groups and roles of a model, with names and ARNs of their own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::actions::Actions;
use super::reading::{ACCOUNT, Names, Reading, is_of_principal};
use crate::analysis::circumstances::{ServiceKeys, Times};
use crate::analysis::holding::{Held, Holder, policies};
use crate::analysis::tags::{brings_tags, with_tag};
use crate::collections::HashMap;
use crate::model::{Declared, Granted, Guard, Id, Model, Policy, Role, RoleForm};
use crate::policy::{Caller, Context, Document, Glob, OpenName};
use crate::value::{Kind, Part, Reason, Unknown, Value, symbol};

/// A user, a group or a role. What a group can do, any member of it can.
#[derive(Debug)]
pub(super) struct Actor<'m> {
    pub(super) holder: Holder,
    pub(super) declared: &'m Arc<Declared>,
    /// Its ARN; that of a member for a group.
    pub(super) arn: String,
    /// The ARN of the entity itself.
    pub(super) own_arn: String,
    pub(super) caller: Option<Caller>,
    pub(super) context: Context,
    /// The policies that have something to say, with the places of their readings.
    pub(super) held: Vec<(Held<'m>, usize)>,
    /// What they may allow.
    pub(super) allowed: Actions,
    /// What they may deny.
    pub(super) denied: Actions,
    /// Why not everything is known of policies that it has, each with the conditions under which it has one.
    pub(super) open: Vec<(Guard, Arc<Unknown>)>,
    /// Whether nobody may change it: AWS keeps such roles for itself.
    pub(super) is_reserved: bool,
}

/// All of them, and what they share.
#[derive(Debug)]
pub(super) struct Cast<'m> {
    pub(super) model: &'m Model,
    /// Users, groups, roles.
    pub(super) actors: Vec<Actor<'m>>,
    /// The documents of their policies, each once.
    pub(super) readings: Vec<Reading>,
    /// The trust policies of the roles, by the place of the role.
    pub(super) trusts: BTreeMap<usize, Reading>,
    pub(super) places: HashMap<Holder, usize>,
    pub(super) names: Names,
    /// The tags of users, roles and customer-managed policies by the resources that declare them.
    tags: HashMap<Arc<str>, &'m Value>,
    /// The times at which is asked.
    pub(super) times: Times,
    /// The keys of single services that conditions ask for.
    pub(super) keys: ServiceKeys,
}

impl<'m> Cast<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut cast = Self {
            model,
            actors: Vec::new(),
            readings: Vec::new(),
            trusts: BTreeMap::new(),
            places: HashMap::default(),
            names: names(model),
            tags: tags(model),
            times: Times::default(),
            keys: ServiceKeys::default(),
        };
        let mut known: HashMap<*const Document, usize> = HashMap::default();
        for (id, user) in model.users.iter() {
            cast.add(Holder::User(id), &user.declared, &mut known);
        }
        for (id, group) in model.groups.iter() {
            cast.add(Holder::Group(id), &group.declared, &mut known);
        }
        for (id, role) in model.roles.iter() {
            let place = cast.actors.len();
            cast.add(Holder::Role(id), &role.declared, &mut known);
            let path = role.path.as_str().unwrap_or_default();
            let is_reserved = role.form == RoleForm::ServiceLinked
                || path.starts_with("/aws-reserved/")
                || path.starts_with("/aws-service-role/");
            if let Some(actor) = cast.actors.get_mut(place) {
                actor.is_reserved = is_reserved;
            }
            cast.trusts.insert(place, Reading::of_trust(&role.trust, &cast.names));
        }
        let conditions = || cast.readings.iter().chain(cast.trusts.values()).flat_map(Reading::conditions);
        let (times, keys) = (Times::of(conditions()), ServiceKeys::of(conditions()));
        (cast.times, cast.keys) = (times, keys);
        cast
    }

    fn add(
        &mut self,
        holder: Holder,
        declared: &'m Arc<Declared>,
        known: &mut HashMap<*const Document, usize>,
    ) {
        let (name, own_arn) = self.names.by_subject.get(&declared.subject).cloned().unwrap_or_default();
        let member = symbol(&format!("a member of {}", declared.subject));
        let (name, arn) = match holder {
            Holder::Group(_) => (member.clone(), format!("arn:aws:iam::{ACCOUNT}:user/{member}")),
            _ => (name, own_arn.clone()),
        };
        let mut actor = Actor {
            holder,
            declared,
            caller: Caller::read(&arn).ok(),
            context: context(holder, &name, &arn),
            arn,
            own_arn,
            held: Vec::new(),
            allowed: Actions::default(),
            denied: Actions::default(),
            open: Vec::new(),
            is_reserved: false,
        };
        for held in policies(self.model, holder) {
            if let Some(unknown) = &held.document.open {
                actor.open.push((held.guard.clone(), Arc::clone(unknown)));
            }
            // What nothing is known of has no text.
            let Cow::Borrowed(document) = held.document else { continue };
            let place = *known.entry(std::ptr::from_ref(document)).or_insert_with(|| {
                self.readings.push(Reading::of_identity(document, &self.names));
                self.readings.len() - 1
            });
            let Some(reading) = self.readings.get(place) else { continue };
            if reading.document.statements.is_empty() {
                continue;
            }
            actor.allowed.extend(reading.allowed);
            actor.denied.extend(reading.denied);
            actor.held.push((held, place));
        }
        self.places.insert(holder, self.actors.len());
        self.actors.push(actor);
    }

    /// The customer-managed policy that a grant hands out.
    pub(super) fn policy_of(&self, held: &Held<'_>) -> Option<Id<Policy>> {
        match &held.grant?.policy {
            Granted::Managed(policy) => policy.declared(),
            _ => None,
        }
    }

    /// The role with an ARN.
    pub(super) fn role_with(&self, arn: &str) -> Option<&'m Role> {
        let subject = self.names.by_arn.get(arn)?;
        let mut roles = self.model.roles.iter().map(|(_, role)| role);
        roles.find(|role| role.declared.subject == *subject)
    }

    /// The same with what requests of someone say of its own tags, as far as `keys` ask for them; tags that it can change, or that
    /// come with its session, are what it likes.
    pub(super) fn with_own_tags<'k>(
        &self,
        actor: &Actor<'_>,
        context: Context,
        keys: impl Iterator<Item = &'k str>,
    ) -> Context {
        let can_change = match actor.holder {
            // Members of a group are asked themselves.
            Holder::Group(_) => true,
            Holder::User(_) => can_tag(actor, "user"),
            Holder::Role(_) => {
                let trust = self.places.get(&actor.holder).and_then(|place| self.trusts.get(place));
                can_tag(actor, "role") || trust.is_none_or(|trust| brings_tags(&trust.document))
            }
        };
        let keys = keys.filter(|key| is_of_principal(key) && !can_change);
        match self.tags.get(&actor.declared.subject) {
            Some(tags) => keys.fold(context, |context, key| with_tag(context, key, tags)),
            None => context,
        }
    }

    /// The same with what requests to the entity with an ARN say of its tags, as far as `keys` ask for them; tags that the actor can
    /// change are what it likes.
    pub(super) fn with_tags_of<'k>(
        &self,
        actor: &Actor<'_>,
        arn: &str,
        mut context: Context,
        keys: impl Iterator<Item = &'k str>,
    ) -> Context {
        let mut keys = keys.filter(|key| !is_of_principal(key)).peekable();
        if keys.peek().is_none() {
            return context;
        }
        let Some(subject) = self.names.by_arn.get(arn) else { return context };
        let kind = arn.splitn(6, ':').nth(5).and_then(|name| name.split('/').next()).unwrap_or_default();
        for key in keys.filter(|_| !can_tag(actor, kind)) {
            context = match self.tags.get(subject) {
                Some(tags) => with_tag(context, key, tags),
                // Groups have no tags.
                None => context.without(key),
            };
        }
        context
    }

    /// The ARN of a customer-managed policy.
    pub(super) fn policy_arn(&self, id: Id<Policy>) -> Option<&str> {
        let policy = self.model.policies.get(id)?;
        self.names.by_subject.get(&policy.declared.subject).map(|(_, arn)| arn.as_str())
    }
}

/// Whether someone may be able to change the tags of users, roles or policies.
fn can_tag(actor: &Actor<'_>, kind: &str) -> bool {
    let actions = match kind {
        "user" => ["iam:TagUser", "iam:UntagUser"],
        "role" => ["iam:TagRole", "iam:UntagRole"],
        "policy" => ["iam:TagPolicy", "iam:UntagPolicy"],
        _ => return false,
    };
    actions.into_iter().any(|action| actor.allowed.meets(Actions::of(action)))
}

fn tags(model: &Model) -> HashMap<Arc<str>, &Value> {
    let users = model.users.iter().map(|(_, one)| (&one.declared, &one.tags));
    let roles = model.roles.iter().map(|(_, one)| (&one.declared, &one.tags));
    let policies = model.policies.iter().map(|(_, one)| (&one.declared, &one.tags));
    users.chain(roles).chain(policies).map(|(one, tags)| (Arc::clone(&one.subject), tags)).collect()
}

/// What requests of someone have in them, whatever they are about.
fn context(holder: Holder, name: &str, arn: &str) -> Context {
    let mut context = Context::open(Reason::Unstated)
        .with("aws:ViaAWSService", ["false"])
        .with("aws:PrincipalIsAWSService", ["false"])
        .with("aws:PrincipalAccount", [ACCOUNT])
        .with("aws:ResourceAccount", [ACCOUNT])
        // What stays inside a boundary is no gain.
        .without("iam:PermissionsBoundary")
        .without("aws:CalledVia")
        .without("aws:SourceArn")
        .without("aws:SourceAccount");
    context = match holder {
        Holder::User(_) | Holder::Group(_) => {
            context.with("aws:PrincipalType", ["User"]).with("aws:MultiFactorAuthPresent", ["true"])
        }
        // Sessions of roles say nothing of MFA.
        Holder::Role(_) => {
            context.with("aws:PrincipalType", ["AssumedRole"]).without("aws:MultiFactorAuthPresent")
        }
    };
    match holder {
        Holder::User(_) => context.with("aws:username", [name]).with("aws:PrincipalArn", [arn]),
        Holder::Group(_) => context.with("aws:username", [name]),
        Holder::Role(_) => context.without("aws:username").with("aws:PrincipalArn", [arn]),
    }
}

/// Names and ARNs. What is not known of a name stands for itself.
fn names(model: &Model) -> Names {
    let mut names = Names::default();
    let mut add = |kind: &str, declared: &Declared, name: &Value, path: &Value| {
        let name = Name::of(name, &declared.subject);
        let path = path
            .as_str()
            .filter(|path| path.starts_with('/'))
            .map_or("/".to_owned(), |path| path.into_owned());
        let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:{kind}{path}{name}");
        if let Some(open) = name.open(arn) {
            names.open.insert(arn(&name.text), open);
        }
        let arn = arn(&name.text);
        names.by_arn.entry(arn.clone()).or_insert_with(|| Arc::clone(&declared.subject));
        names.by_subject.insert(Arc::clone(&declared.subject), (name.text, arn));
    };
    model.users.iter().for_each(|(_, one)| add("user", &one.declared, &one.name, &one.path));
    model.groups.iter().for_each(|(_, one)| add("group", &one.declared, &one.name, &one.path));
    model.roles.iter().for_each(|(_, one)| add("role", &one.declared, &one.name, &one.path));
    model.policies.iter().for_each(|(_, one)| add("policy", &one.declared, &one.name, &one.path));
    names.account = model.account().map(ToString::to_string).or_else(|| account(model));
    names.region = region(model);
    names
}

/// A name, with letters for what is not known of it.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: String,
    /// Why not all of it is known, with `*` in the places of what is not.
    open: Option<(String, Arc<Unknown>)>,
}

impl Name {
    /// The name of what a resource declares.
    pub(super) fn of(name: &Value, subject: &str) -> Self {
        match &name.kind {
            Kind::Text(text) if !text.is_empty() => {
                let mut shown = String::new();
                for (at, part) in text.parts().iter().enumerate() {
                    match part {
                        Part::Literal { text, .. } => shown.push_str(text),
                        Part::Hole(hole) => {
                            let own = || symbol(&format!("{subject} {at}"));
                            shown.push_str(&hole.symbol().unwrap_or_else(own));
                        }
                    }
                }
                let unknown = text.holes().next().map(|hole| Arc::clone(&hole.unknown));
                Self { text: shown, open: unknown.map(|unknown| (text.widest_pattern(), unknown)) }
            }
            Kind::Unknown(unknown) => {
                let text = unknown.symbol(&name.origins).unwrap_or_else(|| symbol(subject));
                Self { text, open: Some(("*".to_owned(), Arc::clone(unknown))) }
            }
            _ => Self { text: symbol(subject), open: None },
        }
    }

    /// The same as `arn` writes it.
    pub(super) fn open(&self, arn: impl Fn(&str) -> String) -> Option<Arc<OpenName>> {
        let (pattern, unknown) = self.open.as_ref()?;
        let by_aws = matches!(unknown.reason, Reason::Computed | Reason::Applied | Reason::Volatile);
        let is_made_up = pattern == "*" && by_aws;
        Some(Arc::new(OpenName {
            pattern: Glob::new(&arn(pattern)),
            unknown: Arc::clone(unknown),
            is_made_up,
        }))
    }
}

/// The account that the policies speak of as their own: IAM acts on nothing beyond it, so that whoever writes the account
/// into the ARN of a role to be passed means this one. `None` when they name none, or several.
fn account(model: &Model) -> Option<String> {
    let mut found: Option<String> = None;
    for statement in documents(model).flat_map(|document| &document.statements) {
        let patterns =
            || statement.actions.items.iter().map(|item| item.widest_pattern().to_ascii_lowercase());
        // Roles of other accounts can be assumed.
        let is_of_sts = || patterns().any(|pattern| Glob::new(&pattern).matches("sts:assumerole"));
        let is_of_iam = patterns().any(|pattern| pattern.starts_with("iam:")) && !is_of_sts();
        for element in statement.resources.iter().flat_map(|resources| &resources.items).filter(|_| is_of_iam)
        {
            let pattern = element.widest_pattern();
            let mut parts = pattern.splitn(6, ':').skip(2);
            let (Some("iam"), Some(_), Some(account)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            match &found {
                Some(other) if other != account => return None,
                Some(_) => {}
                None => found = Some(account.to_owned()),
            }
        }
    }
    found
}

/// The region that conditions ask for: whoever is kept to it works there.
fn region(model: &Model) -> Option<String> {
    let conditions =
        documents(model).flat_map(|document| &document.statements).flat_map(|one| &one.conditions);
    let values =
        conditions.filter(|one| one.folded_key() == "aws:requestedregion").flat_map(|one| &one.values.items);
    values.filter_map(|value| value.text.as_str()).find(|value| !value.contains('*')).map(Cow::into_owned)
}

fn documents(model: &Model) -> impl Iterator<Item = &Document> {
    let inline = model.grants.iter().filter_map(|grant| match &grant.policy {
        Granted::Inline { document, .. } => Some(&**document),
        _ => None,
    });
    model.policies.iter().map(|(_, policy)| &policy.document).chain(inline)
}
