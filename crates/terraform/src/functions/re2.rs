//! Regular expressions as Go understands them.

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// The most bytes that a compiled pattern may take.
const SIZE: usize = 4 << 20;

/// The classes that are of ASCII in Go and of Unicode here, as they stand inside of brackets.
const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = "\\t\\n\\x0C\\r ";

/// Compiles a pattern.
///
/// # Errors
/// Says what is wrong with it, in one line.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let mut translator = Translator { rest: pattern.chars().peekable(), written: String::new() };
    translator.pattern();
    let compiled = RegexBuilder::new(&translator.written).size_limit(SIZE).dfa_size_limit(SIZE).build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        error => {
            let message = error.to_string();
            message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    })
}

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
}

impl Translator<'_> {
    fn pattern(&mut self) {
        while let Some(letter) = self.rest.next() {
            match letter {
                '\\' => self.escape(false),
                '[' => self.class(),
                letter => self.written.push(letter),
            }
        }
    }

    fn escape(&mut self, in_class: bool) {
        let Some(letter) = self.rest.next() else {
            self.written.push('\\');
            return;
        };
        let mut class = |class: &str, negated: bool| match (in_class, negated) {
            (true, false) => self.written.push_str(class),
            (_, true) => self.written.extend(["[^", class, "]"]),
            (false, false) => self.written.extend(["[", class, "]"]),
        };
        match letter {
            'd' => class(DIGIT, false),
            'D' => class(DIGIT, true),
            'w' => class(WORD, false),
            'W' => class(WORD, true),
            's' => class(SPACE, false),
            'S' => class(SPACE, true),
            'b' if !in_class => self.written.push_str("(?-u:\\b)"),
            'B' if !in_class => self.written.push_str("(?-u:\\B)"),
            'Q' if !in_class => self.quoted(),
            letter => {
                self.written.push('\\');
                self.written.push(letter);
            }
        }
    }

    /// What stands between `\Q` and `\E` means itself.
    fn quoted(&mut self) {
        let mut text = String::new();
        while let Some(letter) = self.rest.next() {
            if letter == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                break;
            }
            text.push(letter);
        }
        self.written.push_str(&regex::escape(&text));
    }

    /// A class in brackets. `[`, `&`, `~` and a doubled `-` have no meaning there in Go.
    fn class(&mut self) {
        self.written.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.written.push('^');
        }
        if self.rest.next_if_eq(&']').is_some() {
            self.written.push_str("\\]");
        }
        while let Some(letter) = self.rest.next() {
            match letter {
                ']' => {
                    self.written.push(']');
                    return;
                }
                '\\' => self.escape(true),
                '[' if self.rest.peek() == Some(&':') => self.named_class(),
                '[' | '&' | '~' => {
                    self.written.push('\\');
                    self.written.push(letter);
                }
                '-' if self.rest.peek() == Some(&'-') => self.written.push_str("\\-"),
                letter => self.written.push(letter),
            }
        }
    }

    /// `[:alpha:]`, up to its bracket.
    fn named_class(&mut self) {
        self.written.push('[');
        for letter in self.rest.by_ref() {
            self.written.push(letter);
            if letter == ']' {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn classes_are_those_of_go() {
        for (pattern, text, expected) in [
            (r"\d+", "٣٤5", Some("5")),
            (r"[\w-]+", "é-ab", Some("-ab")),
            (r"[^\W]+", "-é_b", Some("_b")),
            (r"[[:alpha:]]+", "1ab", Some("ab")),
            (r"[a&&b]+", "&&", Some("&&")),
            (r"\Qa.b\E", "axb a.b", Some("a.b")),
            (r"[]a]+", "]a", Some("]a")),
            (r".", "é", Some("é")),
            (r"\bé", "é", None),
            (r"(?i)K", "k", Some("k")),
        ] {
            let regex = compile(pattern).unwrap();
            assert_eq!(regex.find(text).map(|found| found.as_str()), expected, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_explodes_is_refused() {
        assert!(compile("(((a{100}){100}){100}){100}").is_err());
        assert!(compile("(").is_err());
    }
}
