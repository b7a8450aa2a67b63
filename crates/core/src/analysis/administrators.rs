//! Who is an administrator: the declared users, groups and roles that can do everything.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::administration::{self, Administration, administration_of, concerns};
use super::bearer::Bearer;
use super::documents::each_once;
use super::escalation::{Escalation, Escalations};
use super::holding::{Held, Holder, policies};
use crate::collections::HashMap;
use crate::model::{Declared, Deployment, Grant, Guard, Model};
use crate::policy::{Answer, Document};
use crate::value::Unknown;

/// The administrators of a model, found once for all rules: `context.administrators()`.
#[derive(Clone, Debug, Default)]
pub struct Administrators<'m> {
    all: Vec<Administrator<'m>>,
    by_holder: HashMap<Holder, usize>,
}

/// Someone who is an administrator, or may be one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Administrator<'m> {
    /// Who.
    pub holder: Holder,
    /// How, or why that is not known.
    pub strength: Strength<'m>,
    /// The conditions of the input under which it is one; each guard is one of several ways to it.
    pub guards: Vec<Guard>,
    /// Whether it is one but for what is not known and may deny: then it is told as an administrator that may be none.
    pub is_but_for_denials: bool,
}

/// How someone is an administrator.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Strength<'m> {
    /// By its policies, its own and those of its groups.
    Direct {
        /// What they allow: "allows every action".
        how: &'static str,
        /// The grants of the policies, the one that suffices or all that it takes.
        grants: Vec<&'m Grant>,
    },
    /// By a path on which it can get there.
    Via(Escalation<'m>),
    /// Whether it is one depends on something that is not known.
    Possible(Arc<Unknown>),
}

impl Administrator<'_> {
    /// The policies that make it one, as messages call them: the one that suffices or all that it takes. None for one by a path, or
    /// of whom it is not known.
    pub fn policies(&self, model: &Model) -> Vec<String> {
        let Strength::Direct { grants, .. } = &self.strength else { return Vec::new() };
        let is_one = |grant: &Grant| grants.iter().any(|one| std::ptr::eq(*one, grant));
        let held = policies(model, self.holder).into_iter();
        held.filter(|held| held.grant.is_some_and(is_one)).map(|held| held.what).collect()
    }
}

impl<'m> Administrators<'m> {
    /// Finds the administrators of a model, those who get there by a path included.
    pub fn of(model: &'m Model) -> Self {
        let direct = Self::direct(model);
        let escalations = Escalations::of(model, &direct);
        direct.with(&escalations)
    }

    /// Finds those who are administrators by their policies.
    pub fn direct(model: &'m Model) -> Self {
        let users = model.users.iter().map(|(id, user)| (Holder::User(id), &user.declared));
        let groups = model.groups.iter().map(|(id, group)| (Holder::Group(id), &group.declared));
        let roles = model.roles.iter().map(|(id, role)| (Holder::Role(id), &role.declared));
        let mut concerned = Concerned::default();
        let mut found = Self::default();
        for (holder, declared) in users.chain(groups).chain(roles) {
            if let Some(one) = by_policies(model, holder, declared, &mut concerned) {
                found.by_holder.insert(holder, found.all.len());
                found.all.push(one);
            }
        }
        found
    }

    /// The same with those who get there by a path that is proven, in the place of those who may be administrators.
    #[must_use]
    pub fn with(mut self, escalations: &Escalations<'m>) -> Self {
        let mut ways: BTreeMap<Holder, Vec<&Escalation<'m>>> = BTreeMap::new();
        for escalation in escalations.iter().filter(|one| one.doubt.is_none()) {
            ways.entry(escalation.holder).or_default().push(escalation);
        }
        let is_known = |holder: &Holder| matches!(self.is(*holder), Answer::Yes);
        ways.retain(|holder, _| !is_known(holder));
        self.all.retain(|one| !ways.contains_key(&one.holder));
        for (holder, ways) in ways {
            let mut guards: Vec<Guard> = Vec::new();
            for guard in ways.iter().flat_map(|way| &way.guards) {
                if !guards.contains(guard) {
                    guards.push(guard.clone());
                }
            }
            if let Some(first) = ways.first() {
                let strength = Strength::Via((*first).clone());
                self.all.push(Administrator { holder, strength, guards, is_but_for_denials: false });
            }
        }
        self.all.sort_by_key(|one| one.holder);
        self.by_holder = self.all.iter().enumerate().map(|(place, one)| (one.holder, place)).collect();
        self
    }

    /// All of them: users, groups, roles, each in the order of the input.
    pub fn iter(&self) -> impl Iterator<Item = &Administrator<'m>> {
        self.all.iter()
    }

    /// What makes someone an administrator, if anything may.
    pub fn get(&self, holder: Holder) -> Option<&Administrator<'m>> {
        self.by_holder.get(&holder).and_then(|at| self.all.get(*at))
    }

    /// Why it is not known whether someone is an administrator who is one but for what may deny.
    pub fn doubt(&self, holder: Holder) -> Option<&Arc<Unknown>> {
        match self.get(holder) {
            Some(Administrator {
                strength: Strength::Possible(unknown), is_but_for_denials: true, ..
            }) => Some(unknown),
            _ => None,
        }
    }

    /// Whether someone is an administrator.
    pub fn is(&self, holder: Holder) -> Answer {
        match self.get(holder).map(|one| &one.strength) {
            Some(Strength::Direct { .. } | Strength::Via(_)) => Answer::Yes,
            Some(Strength::Possible(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
            None => Answer::No,
        }
    }
}

/// Which documents have a say in administration, each asked once: many principals share the policies that AWS manages.
#[derive(Default)]
struct Concerned(HashMap<*const Document, bool>);

impl Concerned {
    fn has(&mut self, held: &Held<'_>) -> bool {
        match &held.document {
            Cow::Borrowed(document) => {
                *self.0.entry(std::ptr::from_ref(*document)).or_insert_with(|| concerns(document))
            }
            Cow::Owned(document) => concerns(document),
        }
    }
}

/// What the policies of someone amount to by themselves.
fn by_policies<'m>(
    model: &'m Model,
    holder: Holder,
    declared: &Declared,
    concerned: &mut Concerned,
) -> Option<Administrator<'m>> {
    let mut held = policies(model, holder);
    let has_say: Vec<bool> = held.iter().map(|held| concerned.has(held)).collect();
    if !has_say.contains(&true) {
        return None;
    }
    // What has no say may let it change its tags.
    let bearer = Bearer::of(model, holder, held.iter().flat_map(|held| &held.document.statements));
    let mut has_say = has_say.into_iter();
    held.retain(|_| has_say.next().unwrap_or(true));
    for held in &mut held {
        if let Cow::Owned(document) = held.document.with_statements(administration::has_say) {
            held.document = Cow::Owned(document);
        }
    }
    let guards = held.iter().flat_map(|held| std::iter::once(&held.guard).chain(held.document.guards()));
    let judge = |deployment: &Deployment| Outcome::of(&held, &bearer, deployment);
    let cases = model.conditions.cases(&declared.guard, guards, judge);
    let first = cases.iter().min_by_key(|case| case.outcome.rank())?;
    let strength = match &first.outcome {
        Outcome::Direct(how, places) => {
            let grants = places.iter().filter_map(|place| held.get(*place)?.grant).collect();
            Strength::Direct { how, grants }
        }
        Outcome::Unless(unknown) | Outcome::Possible(unknown) => Strength::Possible(Arc::clone(unknown)),
        Outcome::No => return None,
    };
    let alike = cases.iter().filter(|case| case.outcome.rank() == first.outcome.rank());
    let guards = alike.flat_map(|case| &case.guards).filter_map(|guard| declared.guard.and(guard)).collect();
    let is_but_for_denials = matches!(first.outcome, Outcome::Unless(_));
    Some(Administrator { holder, strength, guards, is_but_for_denials })
}

/// What policies amount to in one deployment.
#[derive(PartialEq)]
enum Outcome {
    /// Administration, by the policies at these places.
    Direct(&'static str, Vec<usize>),
    Unless(Arc<Unknown>),
    Possible(Arc<Unknown>),
    No,
}

impl Outcome {
    fn of(held: &[Held<'_>], bearer: &Bearer, deployment: &Deployment) -> Self {
        Self::whatever_else(held, bearer, deployment)
            .unwrap_or_else(|| Self::of_all(held, bearer, deployment))
    }

    /// Administration by one policy that is certain, when none that may be there denies: then nothing has to be asked of the deployment.
    fn whatever_else(held: &[Held<'_>], bearer: &Bearer, deployment: &Deployment) -> Option<Self> {
        let is_known = |guard: &Guard| deployment.knows(guard).is_some();
        let may_deny = |document: &Document| {
            document.open.is_some() || document.statements.iter().any(|statement| !statement.is_allow())
        };
        let mut sure = Vec::new();
        for (place, held) in held.iter().enumerate() {
            let is_there = deployment.knows(&held.guard);
            let is_sure = held.undecided.is_none() && held.document.guards().all(is_known);
            match is_there {
                Some(false) => {}
                _ if may_deny(&held.document) => return None,
                Some(true) if is_sure => sure.push((place, held.document.deployed(deployment, None))),
                _ => {}
            }
        }
        let grounds = |documents: &[&Document]| match administration_of(documents, bearer) {
            Administration::Yes(grounds) => Some(grounds.how),
            _ => None,
        };
        sure.iter().find_map(|(place, document)| Some(Self::Direct(grounds(&[document])?, vec![*place])))
    }

    fn of_all(held: &[Held<'_>], bearer: &Bearer, deployment: &Deployment) -> Self {
        let deployed = held.iter().enumerate().filter_map(|(place, held)| {
            let mut undecided = held.undecided.clone();
            let is_there = deployment.keeps(&held.guard, &mut undecided);
            is_there.then(|| (place, held.document.deployed(deployment, undecided.as_ref())))
        });
        let (places, documents): (Vec<usize>, Vec<Cow<'_, Document>>) = deployed.unzip();
        match administration_of(&each_once(&documents), bearer) {
            Administration::Yes(grounds) => {
                let is_enough = |document: &Cow<'_, Document>| {
                    matches!(administration_of(&[document], bearer), Administration::Yes(_))
                };
                let alone = documents.iter().position(is_enough).and_then(|at| places.get(at));
                Self::Direct(grounds.how, alone.map_or(places.clone(), |place| vec![*place]))
            }
            Administration::Unless(unknown) => Self::Unless(unknown),
            Administration::Perhaps(unknown) => Self::Possible(unknown),
            Administration::No => Self::No,
        }
    }

    /// What is certain comes first.
    fn rank(&self) -> u8 {
        match self {
            Self::Direct(..) => 0,
            Self::Unless(_) => 1,
            Self::Possible(_) => 2,
            Self::No => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::{Sketch, group, role, user};

    /// Who is an administrator, who may be, and under which conditions.
    fn found(input: Sketch) -> Vec<String> {
        let model = input.link();
        let shown = |one: &Administrator<'_>| {
            let declared = match one.holder {
                Holder::User(id) => &model.users[id].declared,
                Holder::Group(id) => &model.groups[id].declared,
                Holder::Role(id) => &model.roles[id].declared,
            };
            let how = match &one.strength {
                Strength::Direct { grants, .. } => format!("by {}", grants.len()),
                Strength::Via(escalation) => format!("via {}", escalation.path.id),
                Strength::Possible(unknown) => format!("perhaps: {}", unknown.what),
            };
            let ways = one.guards.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            format!("{} {how} {ways}", declared.subject).trim().to_owned()
        };
        Administrators::of(&model).iter().map(shown).collect()
    }

    const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

    #[test]
    fn members_are_what_their_groups_are() {
        let mut input = Sketch::default();
        ["alice", "bob"].into_iter().for_each(|name| input.user(name));
        input.group("admins", &["alice"]);
        input.grant(group("admins"), ALL, Guard::always());
        assert_eq!(found(input), ["alice by 1", "admins by 1"]);
    }

    #[test]
    fn power_adds_up_over_own_policies_and_those_of_groups() {
        let mut input = Sketch::default();
        input.user("alice");
        input.group("writers", &["alice"]);
        let own = r#"{"Effect": "Allow", "Action": ["iam:Put*", "iam:Attach*"], "Resource": "*"}"#;
        let joined = r#"{"Effect": "Allow", "Action": ["iam:Create*", "iam:Update*"], "Resource": "*"}"#;
        input.grant(user("alice"), own, Guard::always());
        input.grant(group("writers"), joined, Guard::always());
        // Whoever is a member of the group makes a key for alice.
        assert_eq!(found(input), ["alice by 2", "writers via iam-002"]);
    }

    #[test]
    fn a_deny_from_a_group_counts() {
        let mut input = Sketch::default();
        input.user("alice");
        input.group("guarded", &["alice"]);
        input.grant(user("alice"), ALL, Guard::always());
        input.grant(
            group("guarded"),
            r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#,
            Guard::always(),
        );
        assert_eq!(found(input), [""; 0]);
    }

    #[test]
    fn tags_that_are_declared_decide() {
        let admin = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/Team": "admin"}}}"#;
        let tagged = |tags: &[(&str, &str)], more: &str| {
            let mut input = Sketch::default();
            input.user_with_tags("alice", tags);
            input.grant(user("alice"), &format!("{admin}{more}"), Guard::always());
            found(input)
        };
        assert_eq!(tagged(&[("team", "admin")], ""), ["alice by 1"]);
        assert_eq!(tagged(&[("team", "web")], ""), [""; 0]);
        assert_eq!(tagged(&[], ""), [""; 0]);
        let tags = r#", {"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*"}"#;
        assert_eq!(tagged(&[], tags), ["alice by 1"]);
    }

    #[test]
    fn conditions_of_the_input_are_told() {
        let mut input = Sketch::default();
        input.role("deploy");
        input.grant(role("deploy"), ALL, Guard::when("IsTest", true));
        assert_eq!(found(input), ["deploy by 1 IsTest"]);
    }

    #[test]
    fn many_groups_under_conditions_are_as_many_ways() {
        let mut input = Sketch::default();
        input.user("alice");
        for at in 0..20 {
            input.group(&format!("admins-{at}"), &["alice"]);
            input.grant(group(&format!("admins-{at}")), ALL, Guard::when(format!("C{at:02}"), true));
        }
        let model = input.link();
        let administrators = Administrators::of(&model);
        let alice = administrators.iter().next().expect("alice is one");
        assert_eq!(model.conditions.ways(&alice.guards).len(), 20);
    }

    #[test]
    fn policies_that_are_not_known_may_say_anything_and_those_of_aws_are_known() {
        let mut input = Sketch::default();
        ["outside", "reader", "admin"].into_iter().for_each(|name| input.role(name));
        input.attach(role("outside"), "arn:aws:iam::111122223333:policy/elsewhere");
        input.attach(role("reader"), "arn:aws:iam::aws:policy/ReadOnlyAccess");
        input.attach(role("admin"), "arn:aws-cn:iam::aws:policy/AdministratorAccess");
        let outside = "outside perhaps: arn:aws:iam::111122223333:policy/elsewhere";
        assert_eq!(found(input), [outside, "admin by 1"]);
    }
}
