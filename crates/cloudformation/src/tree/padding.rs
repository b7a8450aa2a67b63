//! Indents lines that the parser finds indented too little, and keeps where everything was.
//!
//! JSON policies are often pasted into quoted scalars with their closing lines at the margin. CloudFormation takes
//! that. The white space at the start of such a line is no part of the value, so more of it changes nothing.

use std::borrow::Cow;

/// More than any line of a template is indented.
const WIDTH: usize = 256;

/// A text with some lines indented more.
#[derive(Debug)]
pub(super) struct Padding<'t> {
    text: Cow<'t, str>,
    /// How many bytes stand before what was written.
    opening: usize,
    /// Where in the text what was written begins.
    start: usize,
    /// Where spaces were put in, as offsets in the padded text, ascending.
    at: Vec<usize>,
}

impl<'t> Padding<'t> {
    /// The text as it is.
    pub(super) fn none(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), opening: 0, start: 0, at: Vec::new() }
    }

    /// What follows a place of the text, behind words that open what it stands in.
    pub(super) fn behind(opening: &str, text: &'t str, start: usize) -> Self {
        let rest = text.get(start..).unwrap_or_default();
        let text = if opening.is_empty() { rest.into() } else { format!("{opening}{rest}").into() };
        Self { text, opening: opening.len(), start, at: Vec::new() }
    }

    /// The padded text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The same with the line indented that holds an offset of the padded text; `None` if it was indented already.
    pub(super) fn pad_line_at(&self, offset: usize) -> Option<Self> {
        let before = self.text.get(..offset)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        if self.at.contains(&start) {
            return None;
        }
        let mut text = String::with_capacity(self.text.len() + WIDTH);
        text.push_str(self.text.get(..start)?);
        text.extend(std::iter::repeat_n(' ', WIDTH));
        text.push_str(self.text.get(start..)?);
        let shifted = |&at: &usize| if at > start { at + WIDTH } else { at };
        let mut at: Vec<usize> = self.at.iter().map(shifted).chain([start]).collect();
        at.sort_unstable();
        Some(Self { text: Cow::Owned(text), at, ..*self })
    }

    /// The offset in the text as it was written.
    pub(super) fn original(&self, offset: usize) -> usize {
        let added: usize = self.at.iter().map(|&at| offset.saturating_sub(at).min(WIDTH)).sum();
        (offset - added).saturating_sub(self.opening) + self.start
    }
}

#[cfg(test)]
mod tests {
    use super::{Padding, WIDTH};

    #[test]
    fn offsets_lead_back_to_the_text_as_it_was_written() {
        let padded =
            Padding::none("ab\ncd\nef").pad_line_at(4).and_then(|padding| padding.pad_line_at(7 + WIDTH));
        let padded = padded.expect("both lines can be padded");
        let back = |needle| padded.original(padded.text().find(needle).expect("it is there"));
        assert_eq!((back("ab"), back("cd"), back("ef")), (0, 3, 6));
        assert!(padded.pad_line_at(4).is_none());
    }
}
