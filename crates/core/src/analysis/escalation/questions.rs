//! What is asked of a deployment of which not everything is known.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Guard, undecided};
use crate::policy::{Answer, Ground};
use crate::value::Unknown;

/// The conditions that hold in a deployment, and a note of the others that matter to whoever takes paths in it.
#[derive(Debug)]
pub(super) struct Questions {
    given: Guard,
    asked: RefCell<Asked>,
    count: Cell<usize>,
}

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The first condition of which it is not known whether it holds.
    pub(super) condition: Option<Arc<str>>,
    /// The places of those on whose power it depends.
    pub(super) leaned_on: BTreeSet<usize>,
    /// Whether a path was given up for a doubt that comes of conditions, perhaps.
    pub(super) is_cut: bool,
}

/// What something depends on.
#[derive(Clone, Debug)]
pub(super) enum Open {
    /// A condition of the input of which it is not known whether it holds.
    Condition(Arc<str>),
    /// Something else that is not known.
    Unknown(Arc<Unknown>),
}

impl Asked {
    /// The same with what was asked later.
    pub(super) fn extend(&mut self, later: Self) {
        self.condition = self.condition.take().or(later.condition);
        self.leaned_on.extend(later.leaned_on);
        self.is_cut |= later.is_cut;
    }
}

impl Questions {
    pub(super) fn new(given: Guard) -> Self {
        Self { given, asked: RefCell::default(), count: Cell::default() }
    }

    /// The conditions that hold.
    pub(super) fn given(&self) -> &Guard {
        &self.given
    }

    /// What was asked since this was called the last time.
    pub(super) fn take(&self) -> Asked {
        self.asked.take()
    }

    /// Whether something is there: `None` when it is not; otherwise what that depends on, if it does. `undecided` says why it is
    /// not known whatever the conditions are, if it is not.
    pub(super) fn presence(&self, guard: &Guard, undecided: Option<&Arc<Unknown>>) -> Option<Option<Open>> {
        if guard.contradicts(&self.given) {
            return None;
        }
        if let Some(unknown) = undecided {
            return Some(Some(Open::Unknown(Arc::clone(unknown))));
        }
        let open = guard.terms().iter().find(|term| !self.given.terms().contains(term));
        Some(open.map(|term| Open::Condition(Arc::clone(&term.condition))))
    }

    /// Notes that something depends on this: why it is doubtful.
    pub(super) fn ask(&self, open: &Open) -> Arc<Unknown> {
        match open {
            Open::Unknown(unknown) => Arc::clone(unknown),
            Open::Condition(condition) => {
                self.asked.borrow_mut().condition.get_or_insert_with(|| Arc::clone(condition));
                self.count.set(self.count.get() + 1);
                Arc::new(undecided())
            }
        }
    }

    /// Notes the conditions on which it depends whether statements apply, each with the guard of its policy.
    pub(super) fn ask_about<'g, 's: 'g>(
        &self,
        grounds: impl IntoIterator<Item = (Option<&'g Guard>, &'g Ground<'s>)>,
    ) {
        for (held, ground) in grounds {
            if !matches!(ground.applies, Answer::Perhaps(_)) {
                continue;
            }
            let own = std::iter::once(&ground.statement.guard).chain(ground.statement.guards());
            let mut open = held.into_iter().chain(own).filter_map(|guard| self.presence(guard, None)?);
            if let Some(open) = open.next() {
                self.ask(&open);
            }
        }
    }

    /// How many conditions were asked for.
    pub(super) fn count(&self) -> usize {
        self.count.get()
    }

    /// Notes that something depends on the power of someone.
    pub(super) fn lean_on(&self, place: usize) {
        self.asked.borrow_mut().leaned_on.insert(place);
    }

    /// Notes that a path is given up for a doubt.
    pub(super) fn cut(&self) {
        let mut asked = self.asked.borrow_mut();
        asked.is_cut |= asked.condition.is_some();
    }
}
