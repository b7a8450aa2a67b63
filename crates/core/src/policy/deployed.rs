//! Documents as single deployments have them.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Document, Element, Elements, Statement};
use crate::model::{Deployment, Guard};
use crate::value::Unknown;

impl Document {
    /// The guards of its parts, those that are always there left out.
    pub fn guards(&self) -> impl Iterator<Item = &Guard> {
        let own = self.statements.iter().map(|statement| &statement.guard).filter(|guard| !guard.is_always());
        own.chain(self.statements.iter().flat_map(Statement::guards))
    }

    /// The same with those alone of its statements that matter, so that conditions of others tell no deployments apart. A
    /// document that is the same in every deployment is left as it is.
    pub fn with_statements(&self, matters: impl Fn(&Statement) -> bool) -> Cow<'_, Document> {
        if self.guards().next().is_none() {
            return Cow::Borrowed(self);
        }
        let statements = self.statements.iter().filter(|statement| matters(statement)).cloned().collect();
        Cow::Owned(self.saying(statements))
    }

    /// The same with other statements.
    pub(crate) fn saying(&self, statements: Vec<Statement>) -> Document {
        let (open, problems) = (self.open.clone(), self.problems.clone());
        let (version, id, size) = (self.version.clone(), self.id.clone(), self.size);
        Document { span: self.span, version, id, statements, open, problems, size }
    }

    /// What it says in a deployment: without the parts that are not there, and nothing guarded any more. Of a deployment
    /// of which not enough is known, parts may be undecided. `undecided` is why it is not known whether the whole is there.
    pub fn deployed(&self, deployment: &Deployment, undecided: Option<&Arc<Unknown>>) -> Cow<'_, Document> {
        if undecided.is_none() && self.guards().next().is_none() {
            return Cow::Borrowed(self);
        }
        let mut statements: Vec<&Statement> = self.statements.iter().collect();
        // What is always there explains more than what is there under conditions.
        statements.sort_by_key(|statement| statement.guard.terms().len());
        let statements = statements.into_iter().filter_map(|one| one.deployed(deployment, undecided));
        Cow::Owned(self.saying(statements.map(Cow::into_owned).collect()))
    }
}

impl Statement {
    /// The guards of its parts, its own and those of parts that are always there left out.
    pub fn guards(&self) -> impl Iterator<Item = &Guard> {
        let principals = self.principals.iter().flat_map(|principals| &principals.entries);
        let lists = std::iter::once(&self.actions).chain(&self.resources);
        let lists = lists.chain(principals.map(|(_, elements)| elements));
        let lists = lists.chain(self.conditions.iter().map(|condition| &condition.values));
        let items = lists.flat_map(|elements| &elements.items).map(|element| &element.guard);
        let conditions = self.conditions.iter().map(|condition| &condition.guard);
        items.chain(conditions).filter(|guard| !guard.is_always())
    }

    /// What it says in a deployment, as [`Document::deployed`]; `None` when it is not there.
    pub fn deployed(
        &self,
        deployment: &Deployment,
        undecided: Option<&Arc<Unknown>>,
    ) -> Option<Cow<'_, Statement>> {
        let mut undecided = self.undecided.as_ref().or(undecided).cloned();
        if !deployment.keeps(&self.guard, &mut undecided) {
            return None;
        }
        let is_the_same =
            self.guard.is_always() && undecided == self.undecided && self.guards().next().is_none();
        if is_the_same {
            return Some(Cow::Borrowed(self));
        }
        let mut statement = Statement { guard: Guard::always(), undecided, ..self.clone() };
        settle(&mut statement.actions, deployment);
        statement.resources.iter_mut().for_each(|resources| settle(resources, deployment));
        let principals = statement.principals.iter_mut().flat_map(|principals| &mut principals.entries);
        principals.for_each(|(_, elements)| settle(elements, deployment));
        let open = &mut statement.conditions_open;
        statement.conditions.retain_mut(|condition| {
            settle(&mut condition.values, deployment);
            let guard = std::mem::take(&mut condition.guard);
            // A condition that may be missing is one that may be there besides the others.
            deployment.keeps(&guard, open) && deployment.holds(&guard).is_some()
        });
        Some(Cow::Owned(statement))
    }
}

fn settle(elements: &mut Elements, deployment: &Deployment) {
    if elements.items.iter().all(|element| element.guard.is_always()) {
        return;
    }
    elements.items.sort_by_key(|element| element.guard.terms().len());
    elements
        .items
        .retain_mut(|Element { guard, undecided, .. }| deployment.keeps(&std::mem::take(guard), undecided));
}
