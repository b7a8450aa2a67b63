//! Holes of a text as characters that YAML lets pass, and the way back.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Hole, Kind, Origins, Part, Text, Value};

/// The first of the characters for private use. A text that contains one itself is not read.
const FIRST: u32 = 0xE000;

/// The last of them.
const LAST: u32 = 0xF8FF;

/// The holes of a text, each with a character of its own.
#[derive(Default)]
pub(super) struct Marks(Vec<Arc<Hole>>);

impl Marks {
    /// A text in one piece with its holes marked; `None` when that cannot be told from what it contains.
    pub(super) fn set(text: &Text) -> Option<(String, Marks)> {
        let mut whole = String::new();
        let mut marks = Marks::default();
        for part in text.parts() {
            match part {
                Part::Literal { text, .. } => whole.push_str(text),
                Part::Hole(hole) => {
                    let code = u32::try_from(marks.0.len()).ok().map(|index| FIRST + index);
                    whole.push(code.filter(|code| *code <= LAST).and_then(char::from_u32)?);
                    marks.0.push(Arc::clone(hole));
                }
            }
        }
        let is_mark = |letter: char| (FIRST..=LAST).contains(&u32::from(letter));
        let is_clear =
            marks.0.is_empty() || whole.chars().filter(|letter| is_mark(*letter)).count() == marks.0.len();
        is_clear.then_some((whole, marks))
    }

    /// The scalar with its holes; `None` when it has none.
    pub(super) fn scalar(&self, text: &str, is_plain: bool, span: Option<Span>) -> Option<Value> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        for letter in text.chars() {
            match self.hole(letter) {
                None => literal.push(letter),
                Some(hole) => {
                    parts.push(Part::Literal { text: std::mem::take(&mut literal).into(), span: None });
                    parts.push(Part::Hole(Arc::clone(hole)));
                }
            }
        }
        let holes =
            || parts.iter().filter_map(|part| if let Part::Hole(hole) = part { Some(hole) } else { None });
        let first = holes().next()?;
        // Alone and without quotes it may be of any type, or even a collection.
        if is_plain && literal.is_empty() && text.chars().count() == 1 {
            let unknown = Value::unknown(Arc::clone(&first.unknown)).with_origins(first.origins.clone());
            return Some(unknown.at(span.or(first.span)));
        }
        let origins = Origins::of_all(holes().map(|hole| &hole.origins));
        parts.push(Part::Literal { text: literal.into(), span: None });
        Some(Value::new(Kind::Text(Text::from_parts(parts))).with_origins(origins).at(span))
    }

    fn hole(&self, letter: char) -> Option<&Arc<Hole>> {
        u32::from(letter).checked_sub(FIRST).and_then(|index| self.0.get(index as usize))
    }
}
