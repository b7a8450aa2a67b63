//! Nested blocks, some of which may only possibly be there.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Kind, Reason, Unknown, Value};

/// The blocks of one type.
#[derive(Default)]
pub(super) struct Blocks<'v> {
    /// The blocks in order.
    pub(super) items: Vec<Block<'v>>,
    /// Set when there may be more.
    pub(super) open: Option<Arc<Unknown>>,
}

/// A block, or anything else that may be one of several.
pub(super) struct Block<'v> {
    /// What is in it.
    pub(super) value: &'v Value,
    /// Whether it is there in any case.
    pub(super) is_certain: bool,
    guard: Guard,
    undecided: Option<Arc<Unknown>>,
    /// The choice that it is an alternative of; itself if it is certain.
    whole: &'v Value,
}

impl<'v> Blocks<'v> {
    /// The blocks in a value, as the evaluation of a body gives them: a list of maps.
    pub(super) fn of(value: Option<&'v Value>) -> Self {
        let mut blocks = Self::default();
        let Some(value) = value else { return blocks };
        for one in Block::each(value) {
            match one.value.as_list() {
                Some(list) => {
                    for item in &list.items {
                        blocks.take(item, &one);
                    }
                    blocks.open = blocks.open.take().or_else(|| list.open.clone());
                }
                None => blocks.take(one.value, &one),
            }
        }
        blocks
    }

    fn take(&mut self, item: &'v Value, within: &Block<'v>) {
        for one in Block::each(item) {
            match &one.value.kind {
                Kind::Unknown(unknown) => drop(self.open.get_or_insert_with(|| Arc::clone(unknown))),
                Kind::Null => {}
                _ => {
                    let Some(guard) = within.guard.and(&one.guard) else { continue };
                    let is_certain = within.is_certain && one.is_certain;
                    let undecided = within.undecided.clone().or_else(|| one.undecided.clone());
                    let whole = if within.is_certain { one.whole } else { within.whole };
                    self.items.push(Block { value: one.value, is_certain, guard, undecided, whole });
                }
            }
        }
    }
}

impl<'v> Block<'v> {
    /// The values that a value can be: itself, or the alternatives of a choice.
    pub(super) fn each(value: &'v Value) -> Vec<Block<'v>> {
        let is_certain = !matches!(value.kind, Kind::Choice(_));
        let possible = value.alternatives().into_iter().filter_map(|one| {
            let undecided = one.undecided.cloned();
            Some(Block { value: one.value?, is_certain, guard: one.guard, undecided, whole: value })
        });
        possible.collect()
    }

    /// Why it may not be there; `None` when it is there in any case.
    pub(super) fn doubt(&self) -> Option<Arc<Unknown>> {
        let unclear = || Arc::new(Unknown::new(Reason::Unsupported, "which of several values"));
        (!self.is_certain).then(|| self.undecided.clone().unwrap_or_else(unclear))
    }

    /// What became of this block, with the doubt whether it is there.
    pub(super) fn wrap(&self, made: Value) -> Value {
        if self.is_certain {
            return made;
        }
        let there = Alternative { guard: self.guard.clone(), value: Some(made.clone()) };
        let absent = Alternative { guard: Guard::always(), value: None };
        let choice = Choice { alternatives: vec![there, absent], undecided: self.undecided.clone() };
        let sensitive = made.sensitive || self.whole.sensitive;
        Value { kind: Kind::Choice(Arc::new(choice)), sensitive, ..made }
    }
}
