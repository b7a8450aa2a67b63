//! Texts of policies with all that they may have in them: wildcards, policy variables, and parts that are not known.

use std::borrow::Cow;
use std::sync::Arc;

use super::Answer;
use super::glob::{Glob, Token};
use super::request::{Context, Entry};
use crate::value::{Flat, HOLE, Hole, Reason, Text, Unknown};

/// What letters of a text mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// Whether `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// Whether `${...}` is a variable, which depends on the version of the policy.
    pub(super) variables: &'a Answer,
}

/// A text taken apart.
#[derive(Clone, Debug)]
pub(super) struct Wording {
    pieces: Vec<Piece>,
    /// The pattern that it is, unless it depends on the request or on what is not known.
    fixed: Option<Glob>,
    /// The pattern with letters for what is not known but the same wherever the input names it, if that is all it depends on.
    named: Option<Glob>,
}

#[derive(Clone, Debug)]
enum Piece {
    Token(Token),
    Variable(Arc<Variable>),
    /// Not known, with letters that stand for it if there are some.
    Hole(Arc<Unknown>, Option<Box<str>>),
}

/// A variable, with the text that stands in for it when the request does not have the key.
#[derive(Debug)]
struct Variable {
    key: Box<str>,
    default: Option<Box<str>>,
}

/// What a text is in a request.
#[derive(Debug)]
pub(super) enum Resolved<'w> {
    /// This pattern.
    Known(Cow<'w, Glob>),
    /// Nothing: the request has no value for a variable.
    Nothing,
    /// Not known.
    Unknown {
        /// It is at most this pattern.
        widest: Glob,
        /// The pattern in letters that stand for what is not known: requests may have the same.
        named: Option<&'w Glob>,
        /// Why.
        unknown: Arc<Unknown>,
    },
}

impl Resolved<'_> {
    /// Whether it matches, when a pattern does that `matches` says so of. What stands for the same in the request matches whatever
    /// it is; otherwise the widest pattern tells what may match.
    pub(super) fn answer(self, matches: impl Fn(&Glob) -> bool) -> Answer {
        match self {
            Self::Known(glob) => matches(&glob).into(),
            Self::Unknown { named: Some(named), .. } if matches(named) => Answer::Yes,
            Self::Unknown { widest, unknown, .. } if matches(&widest) => Answer::Perhaps(unknown),
            Self::Unknown { .. } | Self::Nothing => Answer::No,
        }
    }
}

impl Wording {
    pub(super) fn read(text: &Text, reading: Reading<'_>) -> Self {
        let pieces = match text.as_str() {
            Some(known) => pieces(&known, &|_| None, reading),
            None => {
                let flat = Flat::new(text);
                pieces(flat.text(), &|at| flat.hole_at(at), reading)
            }
        };
        Self::of(pieces)
    }

    fn of(pieces: Vec<Piece>) -> Self {
        let token = |piece: &Piece| match piece {
            Piece::Token(token) => Some(*token),
            Piece::Variable(_) | Piece::Hole(..) => None,
        };
        let fixed = pieces.iter().map(token).collect::<Option<Vec<_>>>().map(Glob::of);
        let named = if fixed.is_none() { named(&pieces) } else { None };
        Self { pieces, fixed, named }
    }

    /// The pattern, when it depends neither on the request nor on what is not known.
    pub(super) fn fixed(&self) -> Option<&Glob> {
        self.fixed.as_ref()
    }

    /// Whether a part of it is not known.
    pub(super) fn unknown(&self) -> Option<&Arc<Unknown>> {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Hole(unknown, _) => Some(unknown),
            _ => None,
        })
    }

    /// Whether it has a variable.
    pub(super) fn has_variable(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Variable(_)))
    }

    /// Whether it has a wildcard.
    pub(super) fn has_wildcard(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Token(Token::Any | Token::One)))
    }

    /// The parts between the first colons, `count` at most; the last has the other colons.
    pub(super) fn segments(&self, count: usize) -> Vec<Wording> {
        let is_colon = |piece: &Piece| matches!(piece, Piece::Token(Token::Letter(':')));
        self.pieces.splitn(count, is_colon).map(|pieces| Self::of(pieces.to_vec())).collect()
    }

    /// The text of segments.
    pub(super) fn joined(segments: &[Wording]) -> Self {
        let mut pieces = Vec::new();
        for (at, segment) in segments.iter().enumerate() {
            if at > 0 {
                pieces.push(Piece::Token(Token::Letter(':')));
            }
            pieces.extend(segment.pieces.iter().cloned());
        }
        Self::of(pieces)
    }

    /// The same in lower case.
    pub(super) fn folded(&self) -> Self {
        let fold = |piece: &Piece| match piece {
            Piece::Token(Token::Letter(letter)) => Piece::Token(Token::Letter(letter.to_ascii_lowercase())),
            other => other.clone(),
        };
        Self::of(self.pieces.iter().map(fold).collect())
    }

    /// The text `*`.
    pub(super) fn anything() -> Self {
        Self::of(vec![Piece::Token(Token::Any)])
    }

    /// What it is in a request.
    pub(super) fn resolve(&self, context: &Context) -> Resolved<'_> {
        if let Some(fixed) = &self.fixed {
            return Resolved::Known(Cow::Borrowed(fixed));
        }
        let mut tokens = Vec::with_capacity(self.pieces.len() + 16);
        let mut unknown = None;
        let letters = |tokens: &mut Vec<Token>, text: &str| tokens.extend(text.chars().map(Token::Letter));
        for piece in &self.pieces {
            match piece {
                Piece::Token(token) => tokens.push(*token),
                Piece::Hole(hole, _) => {
                    unknown.get_or_insert_with(|| Arc::clone(hole));
                    tokens.push(Token::Any);
                }
                Piece::Variable(variable) => match (context.entry(&variable.key), &variable.default) {
                    (Entry::Values([value]), _) => letters(&mut tokens, value),
                    (entry @ (Entry::Unknown(_) | Entry::Unstated(_)), _) => {
                        unknown = unknown.or_else(|| entry.unknown(&variable.key));
                        tokens.push(Token::Any);
                    }
                    // A key with several values cannot be a variable.
                    (Entry::Values(_), _) | (Entry::Absent, None) => return Resolved::Nothing,
                    (Entry::Absent, Some(default)) => letters(&mut tokens, default),
                },
            }
        }
        let glob = Glob::of(tokens);
        match unknown {
            Some(unknown) => Resolved::Unknown { widest: glob, named: self.named.as_ref(), unknown },
            None => Resolved::Known(Cow::Owned(glob)),
        }
    }
}

/// The pattern with letters for what is not known.
fn named(pieces: &[Piece]) -> Option<Glob> {
    let mut tokens = Vec::with_capacity(pieces.len() + 16);
    for piece in pieces {
        match piece {
            Piece::Token(token) => tokens.push(*token),
            Piece::Hole(_, symbol) => tokens.extend(symbol.as_ref()?.chars().map(Token::Letter)),
            Piece::Variable(_) => return None,
        }
    }
    Some(Glob::of(tokens))
}

/// The pieces of a text, in which holes are marked.
fn pieces<'h>(
    text: &str,
    hole_at: &dyn Fn(usize) -> Option<&'h Arc<Hole>>,
    reading: Reading<'_>,
) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(text.len());
    // Behind the last brace, and the last part that may have one, no variable ends, and none need be looked for.
    let last_hole = text.rmatch_indices(HOLE).map(|(at, _)| at).find(|at| hole_at(*at).is_some());
    let last = text.rfind('}').max(last_hole).unwrap_or_default();
    let mut rest = text;
    // The parts of an ARN that say where a resource is end with the fifth colon.
    let is_arn = text.starts_with("arn:");
    let mut colons = 0;
    while let Some(letter) = rest.chars().next() {
        let at = text.len() - rest.len();
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        colons += usize::from(letter == ':');
        pieces.push(match letter {
            '*' if reading.wildcards => Piece::Token(Token::Any),
            '?' if reading.wildcards => Piece::Token(Token::One),
            HOLE if let Some(found) = hole_at(at) => hole(found, is_arn && colons >= 5),
            '$' if at < last
                && *reading.variables != Answer::No
                && let Some(inside) = rest.strip_prefix('{')
                && let closed = inside.find('}')
                && let name = inside.get(..closed.unwrap_or(inside.len())).unwrap_or_default()
                && let open = hole_within(name, at + 2, hole_at)
                && let Some(end) = closed.or(open) =>
            {
                let (name, after) = inside.split_at(end);
                rest = after.strip_prefix(['}', HOLE]).unwrap_or(after);
                let open = open.and_then(|inside| hole_at(at + 2 + inside)).map(|hole| &hole.unknown);
                match (reading.variables, name, open) {
                    (Answer::Perhaps(unknown), ..) | (_, _, Some(unknown)) => {
                        Piece::Hole(Arc::clone(unknown), None)
                    }
                    (_, "*" | "?" | "$", _) => {
                        Piece::Token(Token::Letter(name.chars().next().unwrap_or(letter)))
                    }
                    (_, name, _) => Piece::Variable(Arc::new(Variable::read(name))),
                }
            }
            letter => Piece::Token(Token::Letter(letter)),
        });
    }
    pieces
}

/// Where in a text the first part stands that is not known: it may be the end of a variable.
fn hole_within<'h>(
    text: &str,
    start: usize,
    hole_at: &dyn Fn(usize) -> Option<&'h Arc<Hole>>,
) -> Option<usize> {
    text.match_indices(HOLE).map(|(at, _)| at).find(|at| hole_at(start + at).is_some())
}

/// A part that depends on where the input is deployed is whatever the request says: it is deployed where the request is made. That
/// is not so in the name of a resource, where a request may have anything.
fn hole(hole: &Hole, is_in_name: bool) -> Piece {
    match hole.unknown.reason {
        Reason::Environment if !is_in_name => Piece::Token(Token::Any),
        _ => Piece::Hole(Arc::clone(&hole.unknown), hole.symbol().map(Into::into)),
    }
}

impl Variable {
    /// Reads `key` or `key, 'default'`.
    fn read(text: &str) -> Self {
        let default = text.split_once(',').and_then(|(key, default)| {
            let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            Some((key.trim_end(), default))
        });
        match default {
            Some((key, default)) => {
                Self { key: key.to_ascii_lowercase().into(), default: Some(default.into()) }
            }
            None => Self { key: text.to_ascii_lowercase().into(), default: None },
        }
    }
}
