//! Lines of reports that are made of text with marks, and how they are written so that nothing of the input acts: not as markup,
//! not as a link, not on the eye.

use std::borrow::Cow;
use std::fmt::Write;

use super::Scene;
use super::neutral::stand_in;

/// The longest part of a line in characters; more of it is cut.
const LONGEST: usize = 400;

/// A line, of which every part may hold text of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Prose(String),
    Code(String),
    /// The path of a file, with a line: it is there whatever the secrets in the files are.
    Place(String),
    Mark(Tone, &'static str),
}

/// How a mark is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not known.
    Open,
    /// Neither.
    Plain,
}

impl Tone {
    /// The class of the mark in HTML.
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "open",
            Self::Plain => "plain",
        }
    }
}

impl Line {
    /// A line of prose.
    pub(crate) fn prose(text: impl Into<String>) -> Self {
        Self::default().and_prose(text)
    }

    /// A line of one name or value.
    pub(crate) fn code(text: impl Into<String>) -> Self {
        Self::default().and_code(text)
    }

    /// A line of one mark.
    pub(crate) fn mark(tone: Tone, text: &'static str) -> Self {
        Self(vec![Part::Mark(tone, text)])
    }

    /// A place of the input as the user would write it: `main.tf:12`.
    pub(crate) fn place(place: impl Into<String>) -> Self {
        Self(vec![Part::Place(place.into())])
    }

    /// A message, in which text of the input stands between backticks. A backtick of the input itself may part them otherwise
    /// than was meant, which changes how the text looks and nothing else.
    pub(crate) fn message(scene: &Scene<'_>, text: &str) -> Self {
        let text = scene.text(text);
        let mut line = Self::default();
        if text.matches('`').count() % 2 == 1 {
            return line.and_prose(text);
        }
        for (at, piece) in text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty()) {
            line = if at % 2 == 0 { line.and_prose(piece) } else { line.and_code(piece) };
        }
        line
    }

    /// The line with prose behind it.
    #[must_use]
    pub(crate) fn and_prose(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Prose(text.into()));
        self
    }

    /// The line with a name or value behind it.
    #[must_use]
    pub(crate) fn and_code(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Code(text.into()));
        self
    }

    /// The line with another behind it.
    #[must_use]
    pub(crate) fn and(mut self, other: Line) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The line with names or values behind it, a comma between two; of more than `most`, the others are counted.
    #[must_use]
    pub(crate) fn and_codes(mut self, codes: &[String], most: usize) -> Self {
        for (at, code) in codes.iter().take(most).enumerate() {
            self = if at > 0 { self.and_prose(", ") } else { self };
            self = self.and_code(code.clone());
        }
        match codes.len().saturating_sub(most) {
            0 => self,
            more => self.and_prose(format!(" and {more} more")),
        }
    }

    /// In Markdown, as it may stand behind a marker of a list or in a cell of a table.
    pub(crate) fn markdown(&self, scene: &Scene<'_>) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Prose(text) => markdown_prose(&shown(&scene.text(text)), &mut out),
                Part::Code(text) => markdown_code(&shown(&scene.text(text)), &mut out),
                Part::Place(text) => markdown_code(&shown(text), &mut out),
                Part::Mark(Tone::Plain, text) => markdown_prose(text, &mut out),
                Part::Mark(_, text) => {
                    out.push_str("**");
                    markdown_prose(text, &mut out);
                    out.push_str("**");
                }
            }
        }
        out
    }

    /// In HTML that is XML too.
    pub(crate) fn html(&self, scene: &Scene<'_>) -> String {
        let mut out = String::new();
        for part in &self.0 {
            // Writing to a string does not fail.
            let _ = match part {
                Part::Prose(text) => write!(out, "{}", html(&shown(&scene.text(text)))),
                Part::Code(text) => write!(out, "<code>{}</code>", html(&shown(&scene.text(text)))),
                Part::Place(text) => write!(out, "<code>{}</code>", html(&shown(text))),
                Part::Mark(tone, text) => {
                    write!(out, "<span class=\"mark {}\">{}</span>", tone.class(), html(text))
                }
            };
        }
        out
    }
}

/// A text with nothing in it that controls or deceives, cut where it is too long to be read.
fn shown(text: &str) -> Cow<'_, str> {
    // Two characters that XML does not know.
    let is_harmful = |one: char| stand_in(one).is_some() || matches!(one, '\u{FFFE}' | '\u{FFFF}');
    let is_long = text.len() > LONGEST && text.chars().nth(LONGEST).is_some();
    if !is_long && !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let harmless = |one: char| if is_harmful(one) { stand_in(one).unwrap_or('\u{FFFD}') } else { one };
    let mut shown: String = text.chars().take(LONGEST).map(harmless).collect();
    if is_long {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// A text for HTML, in an element or in an attribute.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            one => out.push(one),
        }
    }
    out
}

/// A text for one line of a picture or an attribute of HTML: harmless, masked and escaped.
pub(crate) fn html_text(scene: &Scene<'_>, text: &str) -> String {
    html(&shown(&scene.text(text)))
}

/// A text in quotes for YAML, of which JSON is a part: without line ends.
pub(crate) fn yaml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Prose. Words that a service would make a link of, such as `@team`, `#1` or an address, become code, in which it makes none.
fn markdown_prose(text: &str, out: &mut String) {
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let is_link = word.contains(['@', '#']) || word.contains("://") || word.contains("www.");
        if is_link {
            markdown_code(word, out);
            continue;
        }
        for one in word.chars() {
            let is_plain = one.is_alphanumeric() || !one.is_ascii() || ".,;:'()/%?\"-=".contains(one);
            if is_plain { out.push(one) } else { entity(one, out) }
        }
    }
}

/// A name or value. In the code of Markdown nothing acts; what would end it, or a cell around it, is written in HTML instead.
fn markdown_code(text: &str, out: &mut String) {
    if !text.trim().is_empty() && !text.contains(['`', '|', '\\']) {
        out.push('`');
        out.push_str(text);
        out.push('`');
        return;
    }
    out.push_str("<code>");
    for one in text.chars() {
        if one.is_alphanumeric() || !one.is_ascii() { out.push(one) } else { entity(one, out) }
    }
    out.push_str("</code>");
}

fn entity(one: char, out: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(out, "&#{};", u32::from(one));
}

#[cfg(test)]
mod tests {
    use iamrail::core::source::{MemoryFiles, Sources};

    use super::*;
    use crate::output::Mask;
    use crate::paths::Paths;

    fn written(line: &Line) -> (String, String) {
        let sources = Sources::new(MemoryFiles::default());
        let scene = Scene { sources: &sources, paths: &Paths::default(), mask: Mask::new(&[], &sources) };
        (line.markdown(&scene), line.html(&scene))
    }

    fn message(text: &str) -> Line {
        let sources = Sources::new(MemoryFiles::default());
        let scene = Scene { sources: &sources, paths: &Paths::default(), mask: Mask::new(&[], &sources) };
        Line::message(&scene, text)
    }

    #[test]
    fn names_stand_out_of_messages() {
        let (markdown, html) = written(&message("the user `ann` has no group"));
        assert_eq!(markdown, "the user `ann` has no group");
        assert_eq!(html, "the user <code>ann</code> has no group");
    }

    #[test]
    fn no_text_becomes_markup() {
        for text in ["<script>alert(1)</script>", "[a](javascript:alert(1))", "*a* _b_ ~c~ $d$", "a|b", "\\"]
        {
            for line in [Line::prose(text), Line::code(text), message(&format!("the user `{text}`"))] {
                let (markdown, html) = written(&line);
                assert!(!html.contains("<script") && !html.contains("&lt;code"), "{html}");
                let outside: String = markdown.split('`').step_by(2).collect();
                assert!(!outside.contains(['*', '_', '[', ']', '|', '~', '$', '\\']), "{markdown}");
                assert!(!outside.contains("<script"), "{markdown}");
            }
        }
    }

    #[test]
    fn a_backtick_of_the_input_does_not_end_the_code() {
        let (markdown, _) = written(&Line::code("a`b|c"));
        assert_eq!(markdown, "<code>a&#96;b&#124;c</code>");
        let (markdown, html) = written(&message("the user `a`<b>` is @everyone's"));
        assert_eq!(markdown, "the user &#96;a&#96;&#60;b&#62;&#96; is `@everyone's`");
        assert_eq!(html, "the user `a`&lt;b&gt;` is @everyone&#39;s");
    }

    #[test]
    fn what_controls_or_reverses_text_is_shown_instead() {
        let (markdown, html) = written(&Line::code("a\u{1b}[31m\n\u{202e}b\u{ffff}"));
        assert_eq!(markdown, "`a\u{241b}[31m\u{240a}\u{fffd}b\u{fffd}`");
        assert_eq!(html, "<code>a\u{241b}[31m\u{240a}\u{fffd}b\u{fffd}</code>");
    }

    #[test]
    fn what_is_too_long_is_cut_and_what_is_too_many_counted() {
        let (markdown, _) = written(&Line::code("x".repeat(500)));
        assert_eq!(markdown.chars().count(), LONGEST + 3);
        let codes: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(written(&Line::default().and_codes(&codes, 2)).0, "`a`, `b` and 1 more");
        assert_eq!(written(&Line::default().and_codes(&codes, 3)).0, "`a`, `b`, `c`");
    }
}
