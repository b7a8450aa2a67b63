//! How much one evaluation may take: steps, nesting, sizes.

use std::cell::Cell;

use iamrail_core::source::Span;
use iamrail_core::value::{Reason, Unknown, Value};

use super::Evaluator;
use crate::stack::with_room;

/// How many expressions are evaluated for one root module. Tests see to the end of it, and do not want to wait.
const STEPS: usize = if cfg!(test) { 200_000 } else { 8_000_000 };

/// How deep evaluations may be nested, through all locals, modules and functions between.
const DEPTH: usize = 600;

/// How many bytes or parts a text may have.
const TEXT: usize = 8 << 20;

/// How many elements a collection may have.
pub(super) const ELEMENTS: usize = 1 << 18;

/// How many instances all blocks of a root module may have.
const INSTANCES: usize = 200_000;

/// What is left.
pub(super) struct Budget {
    steps: Cell<usize>,
    instances: Cell<usize>,
    depth: Cell<usize>,
    is_exceeded: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(STEPS),
            instances: Cell::new(INSTANCES),
            depth: Cell::new(DEPTH),
            is_exceeded: Cell::new(false),
        }
    }
}

impl Evaluator<'_> {
    /// Computes a value one level deeper, unless the budget is used up.
    pub(super) fn deeper(&self, span: Span, compute: impl FnOnce() -> Value) -> Value {
        let (steps, depth) = (self.budget.steps.get(), self.budget.depth.get());
        if steps == 0 || depth == 0 {
            return self.over_budget(span);
        }
        self.budget.steps.set(steps - 1);
        self.budget.depth.set(depth - 1);
        let value = with_room(compute);
        self.budget.depth.set(depth);
        value
    }

    /// Uses up steps for work that is done without evaluating expressions.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let left = self.budget.steps.get();
        self.budget.steps.set(left.saturating_sub(steps));
        left > steps
    }

    /// Whether so many more instances may be made.
    pub(super) fn allows_instances(&self, count: usize) -> bool {
        let left = self.budget.instances.get();
        self.budget.instances.set(left.saturating_sub(count));
        left >= count
    }

    /// Whether a text of this size may be made.
    pub(super) fn allows_text(&self, bytes: usize, parts: usize) -> bool {
        bytes <= TEXT && parts <= TEXT / 16
    }

    /// The value in place of one that would be too large.
    pub(super) fn over_budget(&self, span: Span) -> Value {
        self.report_budget(span);
        Value::unknown(Unknown::new(Reason::Budget, self.excerpt(span))).at(span)
    }

    /// Said once: whatever is evaluated after it is over budget as well.
    pub(super) fn report_budget(&self, span: Span) {
        if !self.budget.is_exceeded.replace(true) {
            self.report(
                span,
                "budget-exceeded",
                "the evaluation takes more than it may and is given up here",
            );
        }
    }
}
