//! What is left of two texts when what they have in common is taken away.

use std::sync::Arc;

use super::equality::{Effort, MOST_LEFT, Pattern, Piece};

/// What is left of a pattern when what another one has as well is taken away at its start and its end.
pub(super) struct Rest<'p> {
    pieces: &'p [Piece],
    /// How many bytes of the first piece are gone.
    before: usize,
    /// How many of the last.
    after: usize,
}

/// What is left of a piece.
pub(super) enum Bit<'p> {
    Literal(&'p str),
    Variable(&'p Arc<str>),
}

impl<'p> Rest<'p> {
    pub(super) fn of(pieces: &'p [Piece]) -> Self {
        Self { pieces, before: 0, after: 0 }
    }

    /// The first of what is left, or the last.
    pub(super) fn outermost(&self, is_end: bool) -> Option<Bit<'p>> {
        self.bit(if is_end { self.pieces.len().checked_sub(1)? } else { 0 })
    }

    fn bit(&self, at: usize) -> Option<Bit<'p>> {
        Some(match self.pieces.get(at)? {
            Piece::Literal(text) => {
                let start = if at == 0 { self.before } else { 0 };
                let end = if at + 1 == self.pieces.len() { text.len() - self.after } else { text.len() };
                Bit::Literal(text.get(start..end)?)
            }
            Piece::Variable(name) => Bit::Variable(name),
        })
    }

    /// Takes away so many bytes of the first piece, or of the last: all of it, if it has no more or is a variable.
    fn take(&mut self, bytes: usize, is_end: bool) {
        let is_part = matches!(self.outermost(is_end), Some(Bit::Literal(text)) if bytes < text.len());
        let gone = if is_end { &mut self.after } else { &mut self.before };
        if is_part {
            *gone += bytes;
            return;
        }
        *gone = 0;
        let (first, last) = (self.pieces.split_first(), self.pieces.split_last());
        let rest = if is_end { last } else { first };
        self.pieces = rest.map(|(_, rest)| rest).unwrap_or_default();
    }

    /// How many pieces and bytes of text it has; many when there are too many to count.
    pub(super) fn size(&self) -> usize {
        if self.pieces.len() > MOST_LEFT {
            return usize::MAX;
        }
        let bits = (0..self.pieces.len()).filter_map(|at| self.bit(at));
        let bytes = bits.map(|bit| match bit {
            Bit::Literal(text) => 1 + text.len(),
            Bit::Variable(name) => 1 + name.len(),
        });
        bytes.sum()
    }

    pub(super) fn pattern(&self) -> Pattern {
        let bits = (0..self.pieces.len()).filter_map(|at| self.bit(at));
        let pieces = bits.map(|bit| match bit {
            Bit::Literal(text) => Piece::Literal(text.to_owned()),
            Bit::Variable(name) => Piece::Variable(Arc::clone(name)),
        });
        pieces.collect()
    }
}

/// Takes away what both start with, or end with; `false` when that is nothing.
pub(super) fn strip(
    left: &mut Rest<'_>,
    right: &mut Rest<'_>,
    is_end: bool,
    effort: &mut Effort,
) -> Option<bool> {
    let common = match (left.outermost(is_end), right.outermost(is_end)) {
        (Some(Bit::Variable(one)), Some(Bit::Variable(two))) if one == two => 0,
        (Some(Bit::Literal(one)), Some(Bit::Literal(two))) => match shared(one, two, is_end) {
            0 => return Some(false),
            common => common,
        },
        _ => return Some(false),
    };
    effort.read(1 + common)?;
    left.take(common, is_end);
    right.take(common, is_end);
    Some(true)
}

/// How many bytes two texts share at their start or end, in whole letters.
fn shared(one: &str, other: &str, is_end: bool) -> usize {
    let count = |pairs: &mut dyn Iterator<Item = (char, char)>| {
        pairs.take_while(|(one, other)| one == other).map(|(letter, _)| letter.len_utf8()).sum()
    };
    match is_end {
        true => count(&mut one.chars().rev().zip(other.chars().rev())),
        false => count(&mut one.chars().zip(other.chars())),
    }
}
