//! `Equals`: when two texts are equal of which not all is known.

use std::fmt::Write as _;
use std::sync::Arc;

use iamrail_core::model::{Conditions, Formula};
use iamrail_core::value::{Hole, Kind, Part, Reason, Text, Value};

use super::rest::{Bit, Rest, strip};

/// How many texts one side of an equality is followed through, and how many ways a pattern may make one text.
const MOST_CASES: usize = 128;
/// How many places are tried in one equality where a text could be split among the variables of a pattern.
const MOST_PLACES: usize = 1 << 16;
/// How many pieces and letters are gone through in one equality to find what texts have in common.
const MOST_LETTERS: usize = 1 << 20;
/// How many pieces and bytes may be left of two texts when what they have in common is gone.
pub(super) const MOST_LEFT: usize = 1 << 12;
/// How many parts a pattern and how many bytes a text have for which that is tried.
const MOST_PIECES: usize = 64;
const MOST_TEXT: usize = 1_024;

/// The texts that one side of an equality can be, each under a condition.
pub(super) struct Side(Vec<(Formula, Pattern)>);

/// A text with variables in it: a known one has none.
pub(super) type Pattern = Vec<Piece>;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// A known text, which is not empty.
    Literal(String),
    /// What may be any text: a parameter, a pseudo parameter, or something else that has one value in a deployment.
    Variable(Arc<str>),
}

/// What may still be spent on one equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effort {
    /// How many places may still be tried.
    places: usize,
    /// How many pieces and letters may still be gone through.
    letters: usize,
}

impl Effort {
    const ALL: Self = Self { places: MOST_PLACES, letters: MOST_LETTERS };

    /// Goes through so many pieces and letters; `None` when they are too many.
    pub(super) fn read(&mut self, letters: usize) -> Option<()> {
        self.letters = self.letters.checked_sub(letters)?;
        Some(())
    }
}

/// When two values are equal; `None` when nothing is known of that.
pub(super) fn equality(conditions: &Conditions, left: &Value, right: &Value) -> Option<Formula> {
    Side::of(conditions, left)?.equals(&Side::of(conditions, right)?)
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

/// That one of the formulas holds.
pub(super) fn any(formulas: Vec<Formula>) -> Formula {
    match <[Formula; 1]>::try_from(formulas) {
        Ok([formula]) => formula,
        Err(formulas) if formulas.is_empty() => Formula::Known(false),
        Err(formulas) => Formula::Any(formulas.into()),
    }
}

/// That all of the formulas hold, of which those that always do say nothing.
pub(super) fn all(mut formulas: Vec<Formula>) -> Formula {
    formulas.retain(|formula| *formula != Formula::Known(true));
    match <[Formula; 1]>::try_from(formulas) {
        Ok([formula]) => formula,
        Err(formulas) if formulas.is_empty() => Formula::Known(true),
        Err(formulas) if formulas.contains(&Formula::Known(false)) => Formula::Known(false),
        Err(formulas) => Formula::All(formulas.into()),
    }
}

/// Both formulas at once.
fn both(one: &Formula, other: &Formula) -> Formula {
    match (one, other) {
        (Formula::Known(true), formula) | (formula, Formula::Known(true)) => formula.clone(),
        _ => Formula::All([one.clone(), other.clone()].into()),
    }
}

impl Side {
    /// How many texts it is followed through.
    pub(super) fn cases(&self) -> usize {
        self.0.len()
    }

    /// The texts that a value can be; `None` when nothing is known of them.
    pub(super) fn of(conditions: &Conditions, value: &Value) -> Option<Self> {
        let always = |pattern| Some(Self(vec![(Formula::Known(true), pattern)]));
        let known =
            |text: String| always(if text.is_empty() { Vec::new() } else { vec![Piece::Literal(text)] });
        match &value.kind {
            Kind::Null => known(String::new()),
            Kind::Bool(truth) => known(truth.to_string()),
            Kind::Number(number) => known(number.to_string()),
            Kind::Text(text) => always(pattern(text)?),
            Kind::Choice(_) => Self::of_choice(conditions, value),
            _ => None,
        }
    }

    fn of_choice(conditions: &Conditions, value: &Value) -> Option<Self> {
        let mut cases = Vec::new();
        for possible in value.alternatives() {
            let guard = conditions.formula(&possible.guard);
            let own = possible
                .value
                .map_or_else(|| Self::of(conditions, &Value::null()), |one| Self::of(conditions, one));
            let own = own.filter(|_| possible.undecided.is_none())?;
            cases.extend(own.0.into_iter().map(|(formula, pattern)| (both(&formula, &guard), pattern)));
            if cases.len() > MOST_CASES {
                return None;
            }
        }
        Some(Self(cases))
    }

    /// When both sides are equal; `None` when nothing is known of that.
    pub(super) fn equals(&self, other: &Self) -> Option<Formula> {
        let mut effort = Effort::ALL;
        let mut equal = Vec::new();
        for (one, mine) in &self.0 {
            for (other, others) in &other.0 {
                match are_equal(mine, others, &mut effort)? {
                    Formula::Known(false) => {}
                    formula => equal.push(both(&both(one, other), &formula)),
                }
            }
        }
        Some(any(equal))
    }
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
    // A parameter that keeps its value has a name all the same.
    let origin = hole.origins.iter().find(|origin| origin.exact)?;
    Some(match &*origin.attribute {
        "" => Arc::clone(&origin.resource),
        attribute => format!("{}.{attribute}", origin.resource).into(),
    })
}

/// When two patterns make the same text; `None` when that takes too long to find out.
fn are_equal(left: &[Piece], right: &[Piece], effort: &mut Effort) -> Option<Formula> {
    if let ([] | [Piece::Literal(_)], [] | [Piece::Literal(_)]) = (left, right) {
        return Some(Formula::Known(left == right));
    }
    let (mut left, mut right) = (Rest::of(left), Rest::of(right));
    for is_end in [false, true] {
        while strip(&mut left, &mut right, is_end, effort)? {}
        // What they have in common is gone.
        if let (Some(Bit::Literal(_)), Some(Bit::Literal(_))) =
            (left.outermost(is_end), right.outermost(is_end))
        {
            return Some(Formula::Known(false));
        }
    }
    let size = left.size().saturating_add(right.size());
    effort.read(size).filter(|()| size <= MOST_LEFT)?;
    let (left, right) = (left.pattern(), right.pattern());
    let places = &mut effort.places;
    let made = match (left.as_slice(), right.as_slice()) {
        ([], []) => return Some(Formula::Known(true)),
        ([], pieces) | (pieces, []) => made(pieces, "", places),
        ([Piece::Literal(text)], pieces) | (pieces, [Piece::Literal(text)]) => made(pieces, text, places),
        _ => None,
    };
    Some(made.unwrap_or_else(|| atom(&left, &right)))
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
            [] if text.is_empty() => self.found.push(have(values)),
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
fn have(values: &[(&Arc<str>, &str)]) -> Formula {
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

    use super::{Effort, MOST_LETTERS, Pattern, Piece, Side, are_equal};
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
            let equal = are_equal(&left, &right, &mut Effort::ALL.clone()).expect("they are short");
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
            .map(|(left, right)| are_equal(left, right, &mut Effort::ALL.clone()));
        assert!(matches!(&one, Some(Formula::Is { variable, .. }) if variable.starts_with("condition ")));
        assert_eq!(one, other);
    }

    /// A pattern of a variable so many times, and a text behind it.
    fn repeated(times: usize, text: &str) -> Pattern {
        let mut pattern = vec![Piece::Variable("A".into()); times];
        pattern.extend((!text.is_empty()).then(|| Piece::Literal(text.into())));
        pattern
    }

    #[test]
    fn what_texts_have_in_common_is_gone_through_once() {
        const MANY: usize = 250_000;
        for (left, right, expected, letters) in [
            ("x", "x", true, MANY + 2),
            ("x", "y", false, MANY),
            ("", "", true, MANY),
            ("same and x", "same and y", false, MANY + 10),
        ] {
            let mut effort = Effort::ALL;
            let equal = are_equal(&repeated(MANY, left), &repeated(MANY, right), &mut effort);
            assert_eq!(equal, Some(Formula::Known(expected)), "{left} {right}");
            assert_eq!(MOST_LETTERS - effort.letters, letters, "{left} {right}");
        }
    }

    #[test]
    fn long_texts_in_many_cases_tell_nothing() {
        let side = |text| Side((0..100).map(|_| (Formula::Known(true), repeated(250, text))).collect());
        assert_eq!(side("x").equals(&side("y")), None);
        let other = [(Formula::Known(true), repeated(1, "x"))];
        let long = [(Formula::Known(true), repeated(100_000, "y"))];
        assert_eq!(Side(other.to_vec()).equals(&Side(long.to_vec())), Some(Formula::Known(false)));
        let open = Pattern::from([Piece::Literal("x".into()), Piece::Variable("B".into())]);
        assert_eq!(are_equal(&repeated(100_000, ""), &open, &mut Effort::ALL.clone()), None);
    }
}
