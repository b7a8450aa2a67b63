//! The statements that are meant to demand MFA and do not.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::asker::{Asker, prepared};
use super::open::{Harm, defeats_guards, exceptions, is_telling, matching, surely_names};
use super::sign_in::{SignIn, asks_for_mfa, direct_call};
use super::statement::{Fault, Holds};
use super::trust::Trusts;
use crate::analysis::administrators::Administrators;
use crate::analysis::holding::{Holder, policies};
use crate::collections::HashMap;
use crate::model::{Declared, Deployment, Grant, Granted, Guard, Model, Principal, Role};
use crate::policy::{Answer, Condition, Document, Prepared, Statement};
use crate::source::Span;

/// All flawed statements of a model.
#[derive(Debug, Default)]
pub struct Flaws<'m> {
    all: Vec<Flawed<'m>>,
    by_place: HashMap<Span, usize>,
    /// How many statements do what they are meant to do.
    pub sound: usize,
}

/// A statement that is meant to demand MFA and does not.
#[derive(Debug)]
pub struct Flawed<'m> {
    /// The resource that carries it.
    pub declared: &'m Arc<Declared>,
    /// It.
    pub statement: &'m Statement,
    /// What is wrong.
    pub flaw: Flaw,
    /// Who has it.
    pub grants: Vec<&'m Grant>,
}

/// What is wrong with it.
#[derive(Clone, Debug)]
pub enum Flaw {
    /// Its conditions on MFA.
    Conditions(Fault),
    /// It leaves these actions open, which let whoever has no MFA remove or pass it.
    Exceptions(Vec<String>),
    /// It leaves these actions open, which AWS advises against.
    Tolerated(Vec<String>),
    /// It depends on a condition key besides, which callers get around.
    Circumstances(Arc<str>),
    /// It does not deny on every resource, though it is meant for every action.
    Resources,
    /// It names no action that IAM understands.
    Actions(String),
    /// It has policy variables, which its version of the policy language takes for plain text.
    Variables,
    /// It stands in a policy of a role, whose sessions do not tell of MFA. What it then does: `true` when it holds all the same.
    Role(bool),
}

impl<'m> Flaws<'m> {
    /// Of a model. Trust policies of administrators are left out where they let people in without MFA: that is a matter of the role.
    pub fn of(model: &'m Model, administrators: &Administrators<'m>) -> Self {
        let mut flaws = Self::default();
        for (id, policy) in model.policies.iter() {
            flaws.take(model, &policy.declared, &policy.document, model.grants_of_policy(id).collect());
        }
        let mut inline: Vec<(&'m Grant, &'m Arc<Document>, Vec<&'m Grant>)> = Vec::new();
        for grant in &model.grants {
            let Granted::Inline { document, .. } = &grant.policy else { continue };
            match inline.iter_mut().rev().take(16).find(|(_, one, _)| Arc::ptr_eq(one, document)) {
                Some((.., grants)) => grants.push(grant),
                None => inline.push((grant, document, vec![grant])),
            }
        }
        for (grant, document, grants) in inline {
            flaws.take(model, &grant.declared, document, grants);
        }
        let trusts = Trusts::of(model);
        for (id, role) in model.roles.iter() {
            let is_administrator = administrators.is(Holder::Role(id)) == Answer::Yes;
            flaws.take_trust(&trusts, role, is_administrator);
        }
        flaws
    }

    /// All of them, in the order of the model.
    pub fn iter(&self) -> impl Iterator<Item = &Flawed<'m>> {
        self.all.iter()
    }

    /// What a document would say if its flawed statements did what they are meant to do; `None` when it has none.
    pub(super) fn mended(&self, document: &Document) -> Option<Document> {
        let flaw = |statement: &Statement| {
            let place = self.by_place.get(&statement.span?)?;
            self.all.get(*place).map(|flawed| &flawed.flaw)
        };
        document.statements.iter().any(|statement| flaw(statement).is_some()).then(|| {
            let mut mended = document.clone();
            for statement in &mut mended.statements {
                if let Some(flaw) = flaw(statement) {
                    flaw.mend(statement);
                }
            }
            mended
        })
    }

    fn add(&mut self, flawed: Flawed<'m>) {
        if let Some(span) = flawed.statement.span {
            self.by_place.entry(span).or_insert(self.all.len());
        }
        self.all.push(flawed);
    }

    fn take(
        &mut self,
        model: &'m Model,
        declared: &'m Arc<Declared>,
        document: &'m Document,
        grants: Vec<&'m Grant>,
    ) {
        for statement in guards(document) {
            match flaw(model, document, statement, &grants) {
                Some(flaw) => self.add(Flawed { declared, statement, flaw, grants: grants.clone() }),
                None => self.sound += 1,
            }
        }
    }

    fn take_trust(&mut self, trusts: &Trusts<'m>, role: &'m Role, is_administrator: bool) {
        let trust = Prepared::resource(&role.trust, &Guard::always());
        let meant = |statement: &&Statement| statement.is_deny() || trusts.is_for_people(statement);
        for statement in guards(&role.trust).filter(meant) {
            let fault = Holds::of(&trust, statement).and_then(|holds| fault(statement, holds));
            let Some(fault) = fault else { continue };
            let lets_in = trusts.lets_people_in(role, &trust);
            let is_closed = matches!(fault, Fault::Never) && statement.is_allow();
            if is_closed || (lets_in && !is_administrator) {
                let flaw = Flaw::Conditions(fault);
                self.add(Flawed { declared: &role.declared, statement, flaw, grants: Vec::new() });
            }
        }
    }
}

/// The statements that name MFA.
fn guards(document: &Document) -> impl Iterator<Item = &Statement> {
    let certain = document.statements.iter().filter(|statement| statement.undecided.is_none());
    certain.filter(|statement| statement.conditions.iter().any(asks_for_mfa))
}

fn fault(statement: &Statement, holds: Holds) -> Option<Fault> {
    if statement.is_deny() {
        holds.fault_of_deny()
    } else if statement.is_allow() {
        holds.fault_of_allow()
    } else {
        None
    }
}

fn flaw(model: &Model, document: &Document, statement: &Statement, grants: &[&Grant]) -> Option<Flaw> {
    let policy = Prepared::identity(document, &statement.guard);
    let holds = Holds::of(&policy, statement)?;
    let of_role =
        |grant: &&&Grant| matches!(grant.principal, Principal::Role(_)) && grant.undecided.is_none();
    let roles = grants.iter().filter(of_role).count();
    if roles > 0 && roles == grants.len() {
        return Some(Flaw::Role(holds.key));
    }
    let holders = holders(model, grants);
    if let Some(fault) = fault(statement, holds) {
        let is_excused = is_for_enrolment(statement, &fault)
            || is_made_up_for(model, document, statement, &fault, holds, &holders);
        return (!is_excused).then_some(Flaw::Conditions(fault));
    }
    if statement.is_deny() {
        if let Some(action) = without_actions(statement) {
            return Some(Flaw::Actions(action));
        }
        let version = document.version.as_str();
        let is_old = document.version.is_null() || version.is_some_and(|version| version != "2012-10-17");
        if is_old && has_variables(statement) {
            return Some(Flaw::Variables);
        }
        if let Some(flaw) = gap(model, &policy, statement, &holders) {
            return Some(flaw);
        }
    }
    (roles > 0).then_some(Flaw::Role(holds.key))
}

/// The declared users who have what is granted; groups without declared members stand for those that they have elsewhere.
fn holders(model: &Model, grants: &[&Grant]) -> Vec<Holder> {
    let mut holders = Vec::new();
    for grant in grants {
        match &grant.principal {
            Principal::User(user) => holders.extend(user.declared().map(Holder::User)),
            Principal::Group(group) => {
                let Some(id) = group.declared() else { continue };
                let members = model.memberships_of_group(id).filter_map(|one| one.user.declared());
                let members: Vec<Holder> = members.map(Holder::User).collect();
                holders.extend(if members.is_empty() { vec![Holder::Group(id)] } else { members });
            }
            Principal::Role(_) => {}
        }
    }
    holders.dedup();
    holders
}

/// Asks of what the policies of a holder leave open.
fn ask<R>(
    model: &Model,
    holder: Holder,
    question: impl FnOnce(&Asker<'_, '_>, &[Cow<'_, Document>]) -> R,
) -> Option<R> {
    let held = policies(model, holder);
    let deployment = Deployment::default();
    let deployed = held.iter().filter_map(|held| {
        let mut undecided = held.undecided.clone();
        let is_there = deployment.keeps(&held.guard, &mut undecided);
        is_there.then(|| held.document.deployed(&deployment, undecided.as_ref()))
    });
    let documents: Vec<Cow<'_, Document>> = deployed.collect();
    let prepared = prepared(&documents);
    let user = match holder {
        Holder::User(id) => Some((model, id)),
        Holder::Group(_) | Holder::Role(_) => None,
    };
    Some(question(&Asker::new(user, &prepared)?, &documents))
}

/// Whether an Allow without MFA gives no more than what it takes to enrol a device.
fn is_for_enrolment(statement: &Statement, fault: &Fault) -> bool {
    let is_harmless = |pattern: String| {
        let actions = matching(&pattern);
        !actions.is_empty() && actions.iter().all(|action| Harm::of(action) != Harm::Real)
    };
    statement.is_allow()
        && *fault != Fault::Never
        && !statement.actions.except
        && statement.actions.items.iter().all(|item| is_harmless(item.widest_pattern()))
}

/// Whether what a statement lets through is denied by others, in the same document or to everyone who has it.
fn is_made_up_for(
    model: &Model,
    document: &Document,
    statement: &Statement,
    fault: &Fault,
    holds: Holds,
    holders: &[Holder],
) -> bool {
    let stops_mfa = statement.is_deny() && matches!(fault, Fault::Inverted | Fault::Always);
    if stops_mfa || (statement.is_allow() && *fault == Fault::Never) {
        return false;
    }
    let lets_through = |holds: bool| holds == statement.is_allow();
    let sign_ins = [(holds.key, SignIn::AccessKey), (holds.session, SignIn::Console)];
    let open: Vec<SignIn> =
        sign_ins.into_iter().filter(|(holds, _)| lets_through(*holds)).map(|(_, sign_in)| sign_in).collect();
    let denies = |asker: &Asker<'_, '_>| {
        let resources = asker.resources_of(statement);
        let actions: Vec<String> = match statement.actions.except {
            true => vec!["iamrail:anything".to_owned(), "iam:AttachUserPolicy".to_owned()],
            false => statement.actions.items.iter().map(|item| item.widest_pattern()).collect(),
        };
        let actions = actions.iter().map(|action| match action.contains(':') {
            true => action.as_str(),
            false => "iamrail:anything",
        });
        let mut requests =
            actions.flat_map(|action| resources.iter().map(move |resource| (action, resource)));
        requests.all(|(action, resource)| {
            open.iter().all(|sign_in| asker.is_denied(*sign_in, action, resource).is_some())
        })
    };
    let alone = [Prepared::identity(document, &statement.guard)];
    let by_document = Asker::new(None, &alone).is_some_and(|asker| denies(&asker));
    let by_others = || {
        let mut all =
            holders.iter().map(|holder| ask(model, *holder, |asker, _| denies(asker)) == Some(true));
        !holders.is_empty() && all.all(|denied| denied)
    };
    by_document || by_others()
}

/// What a Deny with the right conditions, meant for everything but enrolment, leaves open all the same.
fn gap(model: &Model, policy: &Prepared<'_>, statement: &Statement, holders: &[Holder]) -> Option<Flaw> {
    let enrols = |action| statement.actions.covered_by(action, true).0 == Answer::Yes;
    let is_for_everything = statement.actions.except
        && ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "sts:GetSessionToken"]
            .into_iter()
            .any(enrols);
    if !is_for_everything {
        return None;
    }
    let resources = statement.resources.as_ref()?;
    let everywhere = resources.covered_by("*", false).0;
    if (resources.except && !resources.items.is_empty()) || (!resources.except && everywhere == Answer::No) {
        return Some(Flaw::Resources);
    }
    for sign_in in [SignIn::AccessKey, SignIn::Console] {
        let context = sign_in.of(&direct_call());
        for condition in statement.conditions.iter().filter(|one| !asks_for_mfa(one) && !is_about_caller(one))
        {
            let this = |one: &Condition| std::ptr::eq(one, condition);
            let Answer::Yes = policy.conditions_hold(statement, &context, this) else {
                return Some(Flaw::Circumstances(Arc::clone(&condition.key)));
            };
        }
    }
    let mut open: BTreeSet<String> = exceptions(&statement.actions);
    open.retain(|action| defeats_guards(action) || Harm::of(action) == Harm::Tolerated);
    let mut used = BTreeSet::new();
    for holder in holders {
        let found = ask(model, *holder, |asker, documents| {
            let allows = |action: &String| {
                let statements = documents.iter().flat_map(|document| &document.statements);
                let mut allows = statements.filter(|one| one.is_allow() && surely_names(one, action));
                allows.any(|allow| {
                    asker.resources_of(allow).iter().any(|resource| {
                        let mut sign_ins = [SignIn::AccessKey, SignIn::Console].into_iter();
                        sign_ins.any(|sign_in| asker.is_open(sign_in, action, resource) == Answer::Yes)
                    })
                })
            };
            open.iter().filter(|action| allows(action)).cloned().collect::<Vec<_>>()
        });
        used.extend(found.into_iter().flatten());
    }
    let mut used: Vec<String> = used.into_iter().collect();
    used.sort_by_key(|action| !is_telling(action));
    let (real, tolerated): (Vec<_>, Vec<_>) =
        used.into_iter().partition(|action| Harm::of(action) == Harm::Real);
    match (real.is_empty(), tolerated.is_empty()) {
        (false, _) => Some(Flaw::Exceptions(real)),
        (true, false) => Some(Flaw::Tolerated(tolerated)),
        (true, true) => None,
    }
}

/// Whether a condition exempts callers, which is judged for each of them.
fn is_about_caller(condition: &Condition) -> bool {
    let key = condition.folded_key();
    key.starts_with("aws:principal") || key == "aws:username" || key == "aws:userid"
}

/// An action of a statement none of whose actions IAM understands.
fn without_actions(statement: &Statement) -> Option<String> {
    let written: Vec<String> = statement.actions.items.iter().map(|item| item.widest_pattern()).collect();
    let is_void = |action: &String| {
        let is_pattern = action.bytes().all(|byte| byte == b'*');
        action.contains([' ', ',', '\t', '\n']) || !(is_pattern || action.contains(':'))
    };
    let is_void =
        !statement.actions.except && statement.actions.open.is_none() && written.iter().all(is_void);
    written.into_iter().next().filter(|_| is_void)
}

fn has_variables(statement: &Statement) -> bool {
    let resources = statement.resources.iter().flat_map(|resources| &resources.items);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values.items);
    let mut items = resources.chain(values);
    items.any(|item| item.text.as_str().is_some_and(|text| text.contains("${")))
}
