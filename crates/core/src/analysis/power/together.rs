//! Policies that amount to administration only together.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Source, document};
use crate::analysis::administration::{Administration, administration_of, has_say};
use crate::analysis::aws_managed::Power;
use crate::analysis::bearer::Bearer;
use crate::analysis::documents::each_once;
use crate::analysis::holding::{Holder, policies};
use crate::collections::{HashMap, HashSet};
use crate::model::{Case, Declared, Deployment, Grant, Guard, Membership, Model};
use crate::policy::Document;

/// A policy on its way to a principal.
struct Way<'m> {
    grant: &'m Grant,
    /// The membership that it takes, when it reaches a user through a group.
    through: Option<&'m Membership>,
    /// Those of its statements that have a say in administration.
    document: Arc<Document>,
}

/// The statements of documents that have a say in administration, each document read once: many principals have the same.
type Says = HashMap<*const Document, Arc<Document>>;

impl<'m> Way<'m> {
    fn of(
        model: &'m Model,
        grant: &'m Grant,
        through: Option<&'m Membership>,
        says: &mut Says,
    ) -> Option<Self> {
        let whole = document(model, grant)?;
        let says = says.entry(std::ptr::from_ref(whole));
        let says = says.or_insert_with(|| Arc::new(whole.with_statements(has_say).into_owned()));
        Some(Self { grant, through, document: Arc::clone(says) })
    }

    fn guards(&self) -> impl Iterator<Item = &Guard> {
        let through = self.through.map(|membership| &membership.guard);
        std::iter::once(&self.grant.guard).chain(through).chain(self.document.guards())
    }

    /// What reaches the principal in a deployment.
    fn deployed(&self, deployment: &Deployment) -> Option<Cow<'_, Document>> {
        let through = self.through.and_then(|membership| membership.undecided.as_ref());
        let mut undecided = self.grant.undecided.as_ref().or(through).cloned();
        let is_there = deployment.keeps(&self.grant.guard, &mut undecided)
            && self.through.is_none_or(|one| deployment.keeps(&one.guard, &mut undecided));
        is_there.then(|| self.document.deployed(deployment, undecided.as_ref()))
    }
}

/// Declared principals whose policies amount to administration only together.
pub(super) fn combinations<'m>(model: &'m Model, single: &[Source<'m>]) -> Vec<Source<'m>> {
    let alone: HashSet<*const Grant> = single
        .iter()
        .filter(|source| {
            source.power == Ok(Power::Administration) && source.guards.iter().all(Guard::is_always)
        })
        .flat_map(|source| source.grants.iter().map(|grant| std::ptr::from_ref(*grant)))
        .collect();
    let users = model.users.iter().map(|(id, user)| {
        let own = model.grants_of_user(id).map(|grant| (grant, None));
        let joined = model.memberships_of_user(id).flat_map(|membership| {
            let group = membership.group.declared().into_iter();
            group.flat_map(|id| model.grants_of_group(id)).map(move |grant| (grant, Some(membership)))
        });
        (Holder::User(id), &user.declared, own.chain(joined).collect::<Vec<_>>())
    });
    let groups = model.groups.iter().map(|(id, group)| {
        (
            Holder::Group(id),
            &group.declared,
            model.grants_of_group(id).map(|grant| (grant, None)).collect::<Vec<_>>(),
        )
    });
    let roles = model.roles.iter().map(|(id, role)| {
        (
            Holder::Role(id),
            &role.declared,
            model.grants_of_role(id).map(|grant| (grant, None)).collect::<Vec<_>>(),
        )
    });
    let principals = users.chain(groups).chain(roles);
    let mut says = Says::default();
    principals
        .filter_map(|(holder, declared, grants)| {
            combination(model, (holder, declared), &grants, &alone, &mut says)
        })
        .collect()
}

fn combination<'m>(
    model: &'m Model,
    (holder, declared): (Holder, &'m Arc<Declared>),
    grants: &[(&'m Grant, Option<&'m Membership>)],
    alone: &HashSet<*const Grant>,
    says: &mut Says,
) -> Option<Source<'m>> {
    let is_enough_alone = |(grant, through): &(&'m Grant, Option<&Membership>)| {
        let is_joined = through.is_none_or(|one| one.guard.is_always() && one.undecided.is_none());
        is_joined && grant.guard.is_always() && alone.contains(&std::ptr::from_ref(*grant))
    };
    if grants.len() < 2 || grants.iter().any(is_enough_alone) {
        return None;
    }
    let ways: Vec<Way<'m>> =
        grants.iter().filter_map(|(grant, through)| Way::of(model, grant, *through, says)).collect();
    if ways.len() < 2 {
        return None;
    }
    let held = policies(model, holder);
    let bearer = Bearer::of(model, holder, held.iter().flat_map(|held| &held.document.statements));
    let judge = |deployment: &Deployment| {
        let deployed: Vec<_> = ways.iter().filter_map(|way| way.deployed(deployment)).collect();
        let documents = each_once(&deployed);
        let is_enough_alone =
            |document: &&Document| matches!(administration_of(&[document], &bearer), Administration::Yes(_));
        match administration_of(&documents, &bearer) {
            Administration::Yes(grounds) if !documents.iter().any(is_enough_alone) => {
                Some((grounds.how, deployed.len()))
            }
            _ => None,
        }
    };
    // Most policies do not amount to it, whatever is deployed.
    let all: Vec<_> = ways.iter().filter_map(|way| way.deployed(&Deployment::default())).collect();
    if matches!(administration_of(&each_once(&all), &bearer), Administration::No) {
        return None;
    }
    // Where one of them is enough by itself nothing is combined: without those that are wherever they are there, the rest must be.
    let mut enough: HashMap<*const Document, bool> = HashMap::default();
    let mut is_enough = |document: &Arc<Document>| {
        let is_enough = enough.entry(Arc::as_ptr(document));
        *is_enough
            .or_insert_with(|| matches!(administration_of(&[document], &bearer), Administration::Yes(_)))
    };
    let rest = ways.iter().filter(|way| !is_enough(&way.document));
    let rest: Vec<_> = rest.filter_map(|way| way.deployed(&Deployment::default())).collect();
    if matches!(administration_of(&each_once(&rest), &bearer), Administration::No) {
        return None;
    }
    let guards: Vec<&Guard> = ways.iter().flat_map(|way| way.guards()).collect();
    let cases = model.conditions.cases(&declared.guard, guards, judge);
    cases.into_iter().find_map(|Case { outcome, guards }| {
        let (how, count) = outcome?;
        let source = Source {
            declared,
            span: declared.span,
            what: format!("the combination of its {count} policies"),
            how,
            power: Ok(Power::Administration),
            grants: grants.iter().map(|(grant, _)| *grant).collect(),
            guards,
            together: Some(holder),
        };
        source.possible(model)
    })
}
