//! The statements that are meant to demand MFA and do not.

use std::sync::Arc;

use super::flaw::{Flaw, fault, flaw};
use super::sign_in::asks_for_mfa;
use super::statement::{Fault, Holds};
use super::trust::Trusts;
use crate::analysis::administrators::Administrators;
use crate::analysis::holding::Holder;
use crate::collections::HashMap;
use crate::model::{Declared, Grant, Granted, Guard, Model, Role};
use crate::policy::{Answer, Document, Prepared, Statement};
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

impl<'m> Flaws<'m> {
    /// Of a model. Trust policies of administrators are left out where they let people in without MFA: that is a matter of the role.
    pub fn of(model: &'m Model, administrators: &Administrators<'m>) -> Self {
        let mut flaws = Self::default();
        let trusts = Trusts::of(model);
        for (id, policy) in model.policies.iter() {
            let grants = model.grants_of_policy(id).collect();
            flaws.take(&trusts, &policy.declared, &policy.document, grants);
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
            flaws.take(&trusts, &grant.declared, document, grants);
        }
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
        trusts: &Trusts<'m>,
        declared: &'m Arc<Declared>,
        document: &'m Document,
        grants: Vec<&'m Grant>,
    ) {
        let mut in_role = false;
        for statement in guards(document) {
            match flaw(trusts, document, statement, &grants) {
                // One document in the wrong place is one fault.
                Some(Flaw::Role(_)) if std::mem::replace(&mut in_role, true) => {}
                Some(flaw) => self.add(Flawed { declared, statement, flaw, grants: grants.clone() }),
                None => self.sound += 1,
            }
        }
    }

    fn take_trust(&mut self, trusts: &Trusts<'m>, role: &'m Role, is_administrator: bool) {
        let meant = |statement: &&Statement| statement.is_deny() || trusts.is_for_people(statement);
        let mut meant = guards(&role.trust).filter(meant).peekable();
        if meant.peek().is_none() {
            return;
        }
        let trust = Prepared::resource(&role.trust, &Guard::always());
        for statement in meant {
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
