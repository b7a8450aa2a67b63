//! `Equals`: when two texts are equal of which not all is known.

use std::sync::Arc;

use iamrail_core::model::{Conditions, Formula};
use iamrail_core::value::{Kind, Part, Text, Value};

/// How many texts one side of an equality is followed through.
const MOST_CASES: usize = 128;

/// A side of an equality.
enum Side {
    /// One of these texts, each under a condition; a single one when it is known.
    Cases(Vec<(Formula, Arc<str>)>),
    /// A parameter or pseudo parameter that may have any value, between two texts.
    Around { before: String, variable: Arc<str>, after: String },
}

/// When two values are equal; `None` when nothing is known of that.
pub(super) fn equality(conditions: &Conditions, left: &Value, right: &Value) -> Option<Formula> {
    let equal: Vec<Formula> = match (Side::of(conditions, left)?, Side::of(conditions, right)?) {
        (Side::Cases(left), Side::Cases(right)) => {
            let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
            let equal = pairs.filter(|((_, one), (_, other))| one == other);
            equal.map(|((one, _), (other, _))| both(one, other)).collect()
        }
        (Side::Cases(cases), around) | (around, Side::Cases(cases)) => {
            cases.iter().filter_map(|(formula, text)| Some(both(formula, &around.is(text)?))).collect()
        }
        (Side::Around { before, variable, after }, other) => {
            return other.is_around(&before, &variable, &after).then_some(Formula::Known(true));
        }
    };
    Some(match <[Formula; 1]>::try_from(equal) {
        Ok([formula]) => formula,
        Err(formulas) => Formula::Any(formulas.into()),
    })
}

/// Both formulas at once.
fn both(one: &Formula, other: &Formula) -> Formula {
    match (one, other) {
        (Formula::Known(true), formula) | (formula, Formula::Known(true)) => formula.clone(),
        _ => Formula::All([one.clone(), other.clone()].into()),
    }
}

impl Side {
    fn of(conditions: &Conditions, value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::Null => Some(Self::known("")),
            Kind::Bool(truth) => Some(Self::known(truth.to_string())),
            Kind::Number(number) => Some(Self::known(number.to_string())),
            Kind::Text(text) => Self::of_text(text),
            Kind::Choice(_) => Self::of_choice(conditions, value),
            _ => None,
        }
    }

    fn known(text: impl Into<Arc<str>>) -> Self {
        Self::Cases(vec![(Formula::Known(true), text.into())])
    }

    fn of_text(text: &Text) -> Option<Self> {
        if let Some(known) = text.as_str() {
            return Some(Self::known(&*known));
        }
        let (mut before, mut after) = (String::new(), String::new());
        let mut variable = None;
        for part in text.parts() {
            match (part, &variable) {
                (Part::Literal { text, .. }, None) => before.push_str(text),
                (Part::Literal { text, .. }, Some(_)) => after.push_str(text),
                (Part::Hole(hole), None) => variable = Some(Arc::clone(&hole.unknown.what)),
                (Part::Hole(_), Some(_)) => return None,
            }
        }
        Some(Self::Around { before, variable: variable?, after })
    }

    fn of_choice(conditions: &Conditions, value: &Value) -> Option<Self> {
        let mut cases = Vec::new();
        for possible in value.alternatives() {
            let guard = conditions.formula(&possible.guard);
            let side =
                possible.value.map_or_else(|| Some(Self::known("")), |value| Self::of(conditions, value));
            let Some(Self::Cases(more)) = side.filter(|_| possible.undecided.is_none()) else { return None };
            cases.extend(more.into_iter().map(|(formula, text)| (both(&formula, &guard), text)));
            if cases.len() > MOST_CASES {
                return None;
            }
        }
        Some(Self::Cases(cases))
    }

    /// When it is a text; `None` when it never is.
    fn is(&self, text: &str) -> Option<Formula> {
        let Self::Around { before, variable, after } = self else { return None };
        let value = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
        Some(Formula::Is { variable: Arc::clone(variable), value: value.into() })
    }

    fn is_around(&self, start: &str, name: &str, end: &str) -> bool {
        matches!(self, Self::Around { before, variable, after }
            if before == start && **variable == *name && after == end)
    }
}
