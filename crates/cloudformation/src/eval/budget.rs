//! Limits of one evaluation.

use std::cell::Cell;
use std::rc::Rc;

/// How many nodes are evaluated. The largest templates take some ten thousand.
const MOST_STEPS: u32 = 1_000_000;
/// How deeply evaluation nests, through the tree and through references.
const MOST_DEPTH: u32 = 256;
/// How many rounds all loops go through, and how many entries they make. A stack has five hundred resources at most.
pub(super) const MOST_ROUNDS: u32 = 100_000;
/// How many bytes a text may have that is put together. CloudFormation takes templates of one million.
pub(super) const MOST_TEXT: usize = 1 << 20;
/// How many bytes all values have together, those that are given on counted wherever they arrive.
const MOST_BYTES: usize = 1 << 26;
/// How many stacks one unit has, nested ones included.
const MOST_STACKS: u32 = 1_000;

#[derive(Debug, Default)]
pub(super) struct Budget {
    steps: Cell<u32>,
    depth: Rc<Cell<u32>>,
    stacks: Cell<u32>,
    rounds: Cell<u32>,
    bytes: Cell<usize>,
    reported: Cell<bool>,
}

/// A step into the evaluation of a node; dropping it leaves the node.
pub(super) struct Entered<'b>(&'b Budget);

impl Budget {
    /// The budget of another stack, whose evaluation may be part of this one.
    pub(super) fn beside(&self) -> Self {
        Self { depth: Rc::clone(&self.depth), ..Self::default() }
    }

    /// Enters a node; `None` when the budget is used up.
    pub(super) fn enter(&self) -> Option<Entered<'_>> {
        let is_used_up = self.steps.get() >= MOST_STEPS || self.bytes.get() > MOST_BYTES;
        if is_used_up || self.depth.get() >= MOST_DEPTH {
            return None;
        }
        self.steps.set(self.steps.get() + 1);
        self.depth.set(self.depth.get() + 1);
        Some(Entered(self))
    }

    /// Adds a nested stack; `false` when there are too many.
    pub(super) fn add_stack(&self) -> bool {
        self.stacks.set(self.stacks.get() + 1);
        self.stacks.get() <= MOST_STACKS
    }

    /// Makes a value of so many bytes; `false` when there are too many.
    pub(super) fn make(&self, bytes: usize) -> bool {
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        self.bytes.get() <= MOST_BYTES
    }

    /// Goes through one more round or entry of a loop; `false` when that was often enough.
    pub(super) fn add_round(&self) -> bool {
        self.rounds.set(self.rounds.get() + 1);
        self.rounds.get() <= MOST_ROUNDS
    }

    /// Whether this is the first time that the budget is found to be used up.
    pub(super) fn report_once(&self) -> bool {
        !self.reported.replace(true)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get().saturating_sub(1));
    }
}
