//! Puts documents together, a statement of a later one taking the place of its namesake.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Field, Kind, Unknown, Value};

use super::blocks::Block;
use super::{list, map};

/// A document that is being put together.
#[derive(Default)]
pub(super) struct Draft {
    /// The `Version`.
    pub(super) version: Option<Value>,
    /// The `Id`.
    pub(super) id: Option<Value>,
    /// The statements in order.
    pub(super) statements: Vec<Named>,
    /// Set when there may be more statements.
    pub(super) open: Option<Arc<Unknown>>,
}

/// A statement with the name by which others replace it.
pub(super) struct Named {
    /// The `Sid`; `None` when it has none, and when that is not known.
    sid: Option<Arc<str>>,
    value: Value,
    /// Set when it may not be there.
    doubt: Option<Arc<Unknown>>,
}

impl Named {
    /// Whether it certainly is a statement with this `Sid`.
    pub(super) fn is_named(&self, sid: &str) -> bool {
        self.doubt.is_none() && self.sid.as_deref() == Some(sid)
    }
}

impl Draft {
    /// Adds the statement that a block became.
    pub(super) fn push(&mut self, value: Value, sid: &str, block: &Block<'_>) {
        let sid = Some(sid).filter(|sid| !sid.is_empty()).map(Into::into);
        self.statements.push(Named { sid, value: block.wrap(value), doubt: block.doubt() });
    }

    /// The document of one alternative: each of its statements may not be there.
    pub(super) fn doubted(mut self, block: &Block<'_>) -> Draft {
        for statement in &mut self.statements {
            statement.value = block.wrap(std::mem::take(&mut statement.value));
            statement.doubt = statement.doubt.take().or_else(|| block.doubt());
        }
        self
    }

    /// Merges a document whose statements must not replace others.
    ///
    /// # Errors
    /// Gives the `Sid` that both have.
    pub(super) fn merge_unique(&mut self, other: Draft) -> Result<(), Arc<str>> {
        let certain = |one: &Named| one.sid.clone().filter(|_| one.doubt.is_none());
        let mut sids: Vec<_> = self.statements.iter().filter_map(certain).collect();
        for sid in other.statements.iter().filter_map(certain) {
            if sids.contains(&sid) {
                return Err(sid);
            }
            sids.push(sid);
        }
        // An unknown source adds statements; if it had one of a known name, the provider would refuse it.
        let open = other.open.clone();
        self.merge(Draft { open: None, ..other });
        self.open = self.open.take().or(open);
        Ok(())
    }

    /// Merges a document whose statements take the place of those with the same `Sid`.
    ///
    /// Missed knowingly: a statement whose own `Sid` is not known is taken for a new one.
    pub(super) fn merge(&mut self, other: Draft) {
        self.id = other.id.or(self.id.take());
        self.version = newer(self.version.take(), other.version);
        if let Some(unknown) = other.open {
            for statement in self.statements.iter_mut().filter(|one| one.sid.is_some()) {
                let other = Value::unknown(Arc::clone(&unknown));
                statement.value = perhaps_replaced(&statement.value, Some(other), &unknown);
            }
            self.open.get_or_insert(unknown);
        }
        for statement in other.statements {
            let namesake =
                self.statements.iter_mut().find(|one| one.sid.is_some() && one.sid == statement.sid);
            match (namesake, &statement.doubt) {
                (Some(old), None) if old.doubt.is_none() => {
                    *old = statement;
                    continue;
                }
                (Some(old), Some(doubt)) => old.value = perhaps_replaced(&old.value, None, doubt),
                _ => {}
            }
            self.statements.push(statement);
        }
    }

    /// The document in the form of IAM's JSON.
    pub(super) fn into_value(self) -> Value {
        let mut entries = IndexMap::default();
        let is_empty = |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.is_empty());
        for (name, value) in [("Version", self.version), ("Id", self.id)] {
            if let Some(value) = value.filter(|value| !is_empty(value)) {
                entries.insert(name.into(), Field { key: None, value });
            }
        }
        if !self.statements.is_empty() || self.open.is_some() {
            let statements = self.statements.into_iter().map(|one| one.value).collect();
            entries.insert("Statement".into(), Field { key: None, value: list(statements, self.open) });
        }
        map(entries, None)
    }
}

/// The greater of two versions, as texts.
fn newer(old: Option<Value>, new: Option<Value>) -> Option<Value> {
    match (&old, &new) {
        (Some(a), Some(b)) => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) if a >= b => old,
            _ => new,
        },
        (None, _) => new,
        (_, None) => old,
    }
}

/// A statement that may have another one, or nothing, in its place.
fn perhaps_replaced(statement: &Value, other: Option<Value>, unknown: &Arc<Unknown>) -> Value {
    let alternative = |value| Alternative { guard: Guard::always(), value };
    let alternatives = vec![alternative(Some(statement.clone())), alternative(other)];
    let choice = Choice { alternatives, undecided: Some(Arc::clone(unknown)) };
    Value { kind: Kind::Choice(Arc::new(choice)), ..statement.clone() }
}
