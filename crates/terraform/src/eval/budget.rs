//! How much one evaluation may take: steps, nesting, sizes.

use std::cell::Cell;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Reason, Unknown, Value};

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
    /// Where it was used up first.
    exceeded: Cell<Option<Span>>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(STEPS),
            instances: Cell::new(INSTANCES),
            depth: Cell::new(DEPTH),
            exceeded: Cell::new(None),
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
        let place = self.report_budget(span);
        Value::unknown(Unknown::new(Reason::Budget, self.excerpt(place))).at(span)
    }

    /// Remembers the first place that took too much, and gives it: whatever is evaluated later is over budget because
    /// of it. It is no fault of the expression, which `try` would see: Terraform has a value for it.
    pub(super) fn report_budget(&self, span: Span) -> Span {
        let place = self.budget.exceeded.get().unwrap_or(span);
        self.budget.exceeded.set(Some(place));
        place
    }

    /// What a function made, which is over budget when the function gave up.
    pub(super) fn unless_given_up(&self, value: Value, span: Span) -> Value {
        let is_given_up =
            |value: &Value| matches!(&value.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Budget);
        if is_given_up(&value) {
            let (origins, sensitive) = (value.origins, value.sensitive);
            return Value { sensitive, ..self.over_budget(span) }.with_origins(origins);
        }
        if value.alternatives().iter().filter_map(|one| one.value).any(is_given_up) {
            self.report_budget(span);
        }
        value
    }

    /// Computes something that may take too much without saying so, and answers whether it did.
    pub(super) fn unless_exceeded(&self, compute: impl FnOnce()) -> bool {
        let before = self.budget.exceeded.get();
        compute();
        self.budget.exceeded.replace(before) != before
    }

    /// That the evaluation is not complete, said once.
    pub(super) fn exceeded(&self) -> Option<Diagnostic> {
        let message = "the evaluation takes more than it may and is given up here";
        self.budget.exceeded.get().map(|span| self.diagnostic(span, "budget-exceeded", message))
    }
}
