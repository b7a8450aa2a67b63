//! What is wrong with a single statement that is meant to demand MFA.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::asker::Asker;
use super::open::{Harm, defeats_guards, exceptions, is_telling, matching, surely_names};
use super::ready::deployed;
use super::sign_in::{SignIn, asks_for_mfa, direct_call};
use super::statement::{Fault, Holds};
use super::trust::Trusts;
use crate::analysis::holding::{Holder, policies};
use crate::model::{Deployment, Grant, Model, Principal};
use crate::policy::{Answer, Condition, Document, Prepared, Statement};

/// What is wrong with it.
#[derive(Clone, Debug)]
pub enum Flaw {
    /// Its conditions on MFA.
    Conditions(Fault),
    /// It leaves these actions open, which let whoever has no MFA remove or pass it.
    Exceptions(Vec<String>),
    /// It leaves these actions open, which enrolment does not take and which do not defeat it.
    Tolerated(Vec<String>),
    /// It depends on a condition key besides, which callers get around.
    Circumstances(Arc<str>),
    /// It does not deny on every resource, though it is meant for every action.
    Resources,
    /// It names no action that IAM understands.
    Actions(String),
    /// It has policy variables, which its version of the policy language takes for plain text.
    Variables,
    /// It stands in a policy of a role that is assumed without MFA, or by no people. Sessions of roles do not tell of MFA: `true` when it
    /// holds all the same. Where the trust policy demands MFA, it says no more than that.
    Role(bool),
}

/// The fault of its conditions on MFA.
pub(super) fn fault(statement: &Statement, holds: Holds) -> Option<Fault> {
    if statement.is_deny() {
        holds.fault_of_deny()
    } else if statement.is_allow() {
        holds.fault_of_allow()
    } else {
        None
    }
}

/// What is wrong with a statement of a document that is granted so, if anything is.
pub(super) fn flaw(
    trusts: &Trusts<'_>,
    document: &Document,
    statement: &Statement,
    grants: &[&Grant],
) -> Option<Flaw> {
    let policy = Prepared::identity(document, &statement.guard);
    let holds = Holds::of(&policy, statement)?;
    let is_of_role = |grant: &&Grant| matches!(grant.principal, Principal::Role(_));
    let has_no_mfa = |grant: &&Grant| match &grant.principal {
        Principal::Role(role) => role.declared().is_some_and(|role| trusts.is_without_mfa(role)),
        Principal::User(_) | Principal::Group(_) => false,
    };
    let in_role = grants.iter().filter(|one| one.undecided.is_none()).any(has_no_mfa);
    if !grants.is_empty() && grants.iter().all(is_of_role) {
        return in_role.then_some(Flaw::Role(holds.key));
    }
    let holders = holders(trusts.model(), grants);
    if let Some(fault) = fault(statement, holds) {
        let is_excused = is_for_enrolment(statement, &fault)
            || is_made_up_for(trusts, document, statement, &fault, holds, &holders);
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
        if let Some(flaw) = gap(trusts, &policy, statement, &holders) {
            return Some(flaw);
        }
    }
    in_role.then_some(Flaw::Role(holds.key))
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
    trusts: &Trusts<'_>,
    holder: Holder,
    question: impl FnOnce(&Asker<'_, '_>, &[Cow<'_, Document>]) -> R,
) -> Option<R> {
    let model = trusts.model();
    let (held, deployment) = (policies(model, holder), Deployment::default());
    let documents: Vec<Cow<'_, Document>> =
        held.iter().filter_map(|held| deployed(held, &deployment)).collect();
    let prepared = trusts.ready().prepared(&documents);
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
    trusts: &Trusts<'_>,
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
            holders.iter().map(|holder| ask(trusts, *holder, |asker, _| denies(asker)) == Some(true));
        !holders.is_empty() && all.all(|denied| denied)
    };
    by_document || by_others()
}

/// What a Deny with the right conditions, meant for everything but enrolment, leaves open all the same.
fn gap(
    trusts: &Trusts<'_>,
    policy: &Prepared<'_>,
    statement: &Statement,
    holders: &[Holder],
) -> Option<Flaw> {
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
        let found = ask(trusts, *holder, |asker, documents| {
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
