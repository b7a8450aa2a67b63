//! `Equals`: when two texts are equal of which not all is known.

use std::fmt::Write as _;
use std::sync::Arc;

use iamrail_core::model::{Conditions, Formula};
use iamrail_core::value::{Hole, Kind, Part, Reason, Text, Value};

/// How many texts one side of an equality is followed through, and how many ways a pattern may make one text.
const MOST_CASES: usize = 128;
/// How many places are tried in one equality where a text could be split among the variables of a pattern.
const MOST_PLACES: usize = 1 << 16;
/// How many parts a pattern and how many bytes a text have for which that is tried.
const MOST_PIECES: usize = 64;
const MOST_TEXT: usize = 1_024;

/// The texts that one side of an equality can be, each under a condition.
type Side = Vec<(Formula, Pattern)>;

/// A text with variables in it: a known one has none.
type Pattern = Vec<Piece>;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// A known text, which is not empty.
    Literal(String),
    /// What may be any text: a parameter, a pseudo parameter, or something else that has one value in a deployment.
    Variable(Arc<str>),
}

/// When two values are equal; `None` when nothing is known of that.
pub(super) fn equality(conditions: &Conditions, left: &Value, right: &Value) -> Option<Formula> {
    let (left, right) = (side(conditions, left)?, side(conditions, right)?);
    let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
    let mut places = MOST_PLACES;
    let equal =
        pairs.filter_map(|((one, mine), (other, others))| match are_equal(mine, others, &mut places) {
            Formula::Known(false) => None,
            equal => Some(both(&both(one, other), &equal)),
        });
    Some(any(equal.collect()))
}

/// The variable that is the only one of a text, with what stands before and behind it.
pub(super) fn only_variable(text: &Text) -> Option<(String, Arc<str>, String)> {
    let (mut before, mut variable, mut after) = (String::new(), None, String::new());
    for piece in pattern(text)? {
        match (piece, &variable) {
            (Piece::Literal(text), None) => before = text,
            (Piece::Literal(text), Some(_)) => after = text,
            (Piece::Variable(name), None) => variable = Some(name),
            (Piece::Variable(_), Some(_)) => return None,
        }
    }
    Some((before, variable?, after))
}

fn any(formulas: Vec<Formula>) -> Formula {
    match <[Formula; 1]>::try_from(formulas) {
        Ok([formula]) => formula,
        Err(formulas) => Formula::Any(formulas.into()),
    }
}

/// Both formulas at once.
fn both(one: &Formula, other: &Formula) -> Formula {
    match (one, other) {
        (Formula::Known(true), formula) | (formula, Formula::Known(true)) => formula.clone(),
        _ => Formula::All([one.clone(), other.clone()].into()),
    }
}

fn side(conditions: &Conditions, value: &Value) -> Option<Side> {
    let known = |text: String| {
        let pattern = if text.is_empty() { Vec::new() } else { vec![Piece::Literal(text)] };
        Some(vec![(Formula::Known(true), pattern)])
    };
    match &value.kind {
        Kind::Null => known(String::new()),
        Kind::Bool(truth) => known(truth.to_string()),
        Kind::Number(number) => known(number.to_string()),
        Kind::Text(text) => Some(vec![(Formula::Known(true), pattern(text)?)]),
        Kind::Choice(_) => of_choice(conditions, value),
        _ => None,
    }
}

fn of_choice(conditions: &Conditions, value: &Value) -> Option<Side> {
    let mut cases = Vec::new();
    for possible in value.alternatives() {
        let guard = conditions.formula(&possible.guard);
        let own =
            possible.value.map_or_else(|| side(conditions, &Value::null()), |one| side(conditions, one));
        let own = own.filter(|_| possible.undecided.is_none())?;
        cases.extend(own.into_iter().map(|(formula, pattern)| (both(&formula, &guard), pattern)));
        if cases.len() > MOST_CASES {
            return None;
        }
    }
    Some(cases)
}

fn pattern(text: &Text) -> Option<Pattern> {
    let mut pieces = Pattern::new();
    for part in text.parts() {
        match (part, pieces.last_mut()) {
            (Part::Literal { text, .. }, _) if text.is_empty() => {}
            (Part::Literal { text, .. }, Some(Piece::Literal(before))) => before.push_str(text),
            (Part::Literal { text, .. }, _) => pieces.push(Piece::Literal((**text).to_owned())),
            (Part::Hole(hole), _) => pieces.push(Piece::Variable(variable(hole)?)),
        }
    }
    Some(pieces)
}

/// What has the value of a hole, the same wherever it is named; `None` when holes that say the same may differ.
fn variable(hole: &Hole) -> Option<Arc<str>> {
    let unknown = &hole.unknown;
    if matches!(unknown.reason, Reason::NoValue | Reason::Environment | Reason::Import) {
        return Some(Arc::clone(&unknown.what));
    }
    let origin = hole.origins.exact()?;
    Some(format!("{}.{}", origin.resource, origin.attribute).into())
}

/// When two patterns make the same text. `places` is how many places may still be tried.
fn are_equal(left: &[Piece], right: &[Piece], places: &mut usize) -> Formula {
    if let ([] | [Piece::Literal(_)], [] | [Piece::Literal(_)]) = (left, right) {
        return Formula::Known(left == right);
    }
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    for is_end in [false, true] {
        while strip(&mut left, &mut right, is_end) {}
    }
    let differ = |one: Option<&Piece>, other: Option<&Piece>| {
        matches!((one, other), (Some(Piece::Literal(_)), Some(Piece::Literal(_))))
    };
    let made = match (left.as_slice(), right.as_slice()) {
        ([], []) => return Formula::Known(true),
        // What they have in common is gone.
        _ if differ(left.first(), right.first()) || differ(left.last(), right.last()) => {
            return Formula::Known(false);
        }
        ([], pieces) | (pieces, []) => made(pieces, "", places),
        ([Piece::Literal(text)], pieces) | (pieces, [Piece::Literal(text)]) => made(pieces, text, places),
        _ => None,
    };
    made.unwrap_or_else(|| atom(&left, &right))
}

/// Takes away what both start with, or end with; `false` when that is nothing.
fn strip(left: &mut Pattern, right: &mut Pattern, is_end: bool) -> bool {
    let place = |pieces: &Pattern| if is_end { pieces.len().checked_sub(1) } else { Some(0) };
    let (Some(at), Some(other_at)) = (place(left), place(right)) else { return false };
    let (Some(mine), Some(other)) = (left.get_mut(at), right.get_mut(other_at)) else { return false };
    let common = match (&*mine, &*other) {
        (Piece::Variable(one), Piece::Variable(two)) if one == two => None,
        (Piece::Literal(one), Piece::Literal(two)) => Some(shared(one, two, is_end)),
        _ => return false,
    };
    for (pieces, at) in [(left, at), (right, other_at)] {
        match (pieces.get_mut(at), common) {
            (Some(Piece::Literal(text)), Some(common)) if common < text.len() => {
                let range = if is_end { text.len() - common..text.len() } else { 0..common };
                text.replace_range(range, "");
            }
            _ => drop(pieces.remove(at)),
        }
    }
    common != Some(0)
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

/// When a pattern makes a text; `None` when there are too many ways to it.
fn made(pieces: &[Piece], text: &str, places: &mut usize) -> Option<Formula> {
    if pieces.len() > MOST_PIECES || (pieces.len() > 1 && text.len() > MOST_TEXT) {
        return None;
    }
    let mut ways = Ways { found: Vec::new(), places };
    ways.follow(pieces, text, &mut Vec::new())?;
    Some(any(ways.found))
}

/// The ways in which a text can be split among the variables of a pattern.
struct Ways<'w> {
    found: Vec<Formula>,
    /// How many places may still be tried.
    places: &'w mut usize,
}

impl Ways<'_> {
    /// Follows all ways behind those in which variables have these values; `None` when they are too many.
    fn follow<'p>(
        &mut self,
        pieces: &'p [Piece],
        text: &'p str,
        values: &mut Vec<(&'p Arc<str>, &'p str)>,
    ) -> Option<()> {
        *self.places = self.places.checked_sub(1 + text.len()).filter(|_| self.found.len() <= MOST_CASES)?;
        match pieces {
            [] if text.is_empty() => self.found.push(all(values)),
            [] => {}
            [Piece::Literal(literal), rest @ ..] => {
                if let Some(text) = text.strip_prefix(literal.as_str()) {
                    self.follow(rest, text, values)?;
                }
            }
            [Piece::Variable(variable), rest @ ..] => {
                let known = values.iter().find(|(one, _)| *one == variable).map(|(_, value)| *value);
                if let Some(value) = known {
                    return match text.strip_prefix(value) {
                        Some(text) => self.follow(rest, text, values),
                        None => Some(()),
                    };
                }
                let ends: Vec<usize> = match rest.first() {
                    None => vec![text.len()],
                    Some(Piece::Literal(next)) => {
                        let starts_here =
                            |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(next));
                        text.char_indices().map(|(at, _)| at).filter(starts_here).collect()
                    }
                    Some(Piece::Variable(_)) => {
                        text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
                    }
                };
                for end in ends {
                    let (value, behind) = text.split_at(end);
                    values.push((variable, value));
                    self.follow(rest, behind, values)?;
                    values.pop();
                }
            }
        }
        Some(())
    }
}

/// That variables have these values.
fn all(values: &[(&Arc<str>, &str)]) -> Formula {
    let is = |(variable, value): &(&Arc<str>, &str)| Formula::Is {
        variable: Arc::clone(variable),
        value: (*value).into(),
    };
    match values {
        [one] => is(one),
        values => Formula::All(values.iter().map(is).collect()),
    }
}

/// That two patterns make the same text, of which no more is known: it is so or not, the same wherever it is asked.
fn atom(left: &[Piece], right: &[Piece]) -> Formula {
    let mut sides = [left, right].map(|pieces| {
        let mut shown = String::new();
        for piece in pieces {
            let _ = match piece {
                Piece::Literal(text) => write!(shown, "{text:?}"),
                Piece::Variable(name) => write!(shown, "{{{name}}}"),
            };
        }
        shown
    });
    sides.sort();
    // No parameter has a name with a space.
    Formula::Is { variable: format!("condition {}", sides.join(" = ")).into(), value: "true".into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST_PLACES, Pattern, Piece, are_equal};
    use iamrail_core::model::Formula;

    const VARIABLES: [&str; 2] = ["A", "B"];

    fn patterns() -> impl Strategy<Value = Pattern> {
        let piece = prop_oneof![
            "[xy]{1,2}".prop_map(Piece::Literal),
            prop::sample::select(VARIABLES.to_vec()).prop_map(|name| Piece::Variable(name.into())),
        ];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| {
            let mut pattern = Pattern::new();
            for piece in pieces {
                match (piece, pattern.last_mut()) {
                    (Piece::Literal(text), Some(Piece::Literal(before))) => before.push_str(&text),
                    (piece, _) => pattern.push(piece),
                }
            }
            pattern
        })
    }

    fn value<'v>(variable: &str, values: [&'v str; 2]) -> Option<&'v str> {
        VARIABLES.iter().position(|one| *one == variable).map(|at| values[at])
    }

    /// Whether a formula holds; `None` when it asks for what patterns do not tell.
    fn holds(formula: &Formula, values: [&str; 2]) -> Option<bool> {
        match formula {
            Formula::Known(truth) => Some(*truth),
            Formula::Is { variable, value: wanted } => {
                value(variable, values).map(|value| *value == **wanted)
            }
            Formula::Not(one) => holds(one, values).map(|truth| !truth),
            Formula::All(all) => all.iter().try_fold(true, |truth, one| Some(holds(one, values)? && truth)),
            Formula::Any(any) => any.iter().try_fold(false, |truth, one| Some(holds(one, values)? || truth)),
        }
    }

    fn made(pattern: &[Piece], values: [&str; 2]) -> String {
        let each = pattern.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Variable(name) => value(name, values).expect("it is one of the variables"),
        });
        each.collect()
    }

    proptest! {
        #[test]
        fn patterns_are_equal_when_they_make_the_same_text(
            left in patterns(),
            right in patterns(),
            (a, b) in ("[xy]{0,3}", "[xy]{0,3}"),
        ) {
            let values = [a.as_str(), b.as_str()];
            let equal = are_equal(&left, &right, &mut MOST_PLACES.clone());
            let is_literal = |pattern: &[Piece]| !pattern.iter().any(|piece| matches!(piece, Piece::Variable(_)));
            let found = holds(&equal, values);
            prop_assert!(found.is_some() || !is_literal(&left) && !is_literal(&right), "{:?}", equal);
            prop_assert!(found.is_none_or(|found| found == (made(&left, values) == made(&right, values))), "{:?}", equal);
        }
    }

    #[test]
    fn what_takes_too_long_stays_open_and_is_the_same_wherever_it_is_asked() {
        let variables = (0..40).map(|at| Piece::Variable(format!("P{at}").into())).collect::<Pattern>();
        let text = [Piece::Literal("x".repeat(400))];
        let [one, other] = [(&*variables, &text[..]), (&text[..], &*variables)]
            .map(|(left, right)| are_equal(left, right, &mut MOST_PLACES.clone()));
        assert!(matches!(&one, Formula::Is { variable, .. } if variable.starts_with("condition ")));
        assert_eq!(one, other);
    }
}
