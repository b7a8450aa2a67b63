//! Regular expressions as Go understands them.

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// The most bytes that a compiled pattern may take.
const SIZE: usize = 4 << 20;

/// The most bytes that a pattern may have.
const LENGTH: usize = 1 << 16;

/// The most repetitions that Go takes, those of repetitions within multiplied.
const MOST_REPETITIONS: usize = 1000;

/// The classes that are of ASCII in Go and of Unicode here, as they stand inside of brackets.
const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = "\\t\\n\\x0C\\r ";

/// Compiles a pattern.
///
/// # Errors
/// Says what is wrong with it, in one line.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let too_large = || "the pattern is too large".to_owned();
    if pattern.len() > LENGTH {
        return Err(too_large());
    }
    let mut translator = Translator { rest: pattern.chars().peekable(), written: String::new() };
    translator.pattern()?;
    let compiled = RegexBuilder::new(&translator.written).size_limit(SIZE).dfa_size_limit(SIZE).build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => too_large(),
        error => {
            let message = error.to_string();
            message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    })
}

/// How often what has been read is repeated at most, by all repetitions around it.
#[derive(Default)]
struct Repeated {
    /// In the groups that are open, from the outermost.
    groups: Vec<usize>,
    /// In what stands last in the innermost.
    last: usize,
}

impl Repeated {
    /// A letter that is no repetition.
    fn letter(&mut self, letter: char) {
        match letter {
            '(' => {
                self.groups.push(1);
                self.last = 1;
            }
            ')' => self.last = self.groups.pop().unwrap_or(1),
            _ => self.last = 1,
        }
        self.contain();
    }

    /// What stands last is repeated: how often that is in all.
    fn times(&mut self, count: usize) -> usize {
        self.last = self.last.saturating_mul(count.max(1));
        self.contain();
        self.last
    }

    fn contain(&mut self) {
        if let Some(most) = self.groups.last_mut() {
            *most = self.last.max(*most);
        }
    }
}

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
}

impl Translator<'_> {
    fn pattern(&mut self) -> Result<(), String> {
        let mut before = String::new();
        let mut repeated = Repeated::default();
        while let Some(letter) = self.rest.next() {
            let repetition = match letter {
                '*' | '+' | '?' => letter.to_string(),
                '{' => self.counts(),
                _ => String::new(),
            };
            if repetition.is_empty() {
                repeated.letter(letter);
                match letter {
                    '\\' => self.escape(false),
                    '[' => self.class(),
                    '(' => self.group()?,
                    // Braces without numbers between them mean themselves.
                    '{' => self.written.push_str("\\{"),
                    letter => self.written.push(letter),
                }
                before.clear();
                continue;
            }
            let counts = repetition.trim_matches(['{', '}']).split(',').filter(|count| !count.is_empty());
            // What has more digits than a number holds is too many as well.
            let counts = counts.map(|count| count.parse().unwrap_or(usize::MAX));
            if let Some(most) = counts.max().filter(|_| letter == '{')
                && repeated.times(most) > MOST_REPETITIONS
            {
                return Err(format!("invalid repeat count in {repetition}"));
            }
            self.written.push_str(&repetition);
            let lazy = if self.rest.next_if_eq(&'?').is_some() { "?" } else { "" };
            self.written.push_str(lazy);
            if !before.is_empty() {
                return Err(format!("invalid nested repetition operator in {before}{repetition}{lazy}"));
            }
            before = repetition + lazy;
        }
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,3}`, as far as that is what comes next.
    fn counts(&mut self) -> String {
        let is_count = |letter: &char| matches!(letter, '0'..='9' | ',');
        let ahead: String = self.rest.clone().take_while(is_count).collect();
        // A number that begins with a zero is none to Go.
        let is_number = |text: &str| {
            let has_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            has_digits && (text == "0" || !text.starts_with('0'))
        };
        let is_counts = match ahead.split_once(',') {
            Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
            None => is_number(&ahead),
        };
        // The numbers are ASCII, one byte a letter; the brace behind them must be there too.
        if !is_counts || self.rest.clone().nth(ahead.len()) != Some('}') {
            return String::new();
        }
        self.rest.by_ref().take(ahead.len() + 1).for_each(drop);
        format!("{{{ahead}}}")
    }

    /// What follows an opening parenthesis. Go knows fewer flags.
    fn group(&mut self) -> Result<(), String> {
        self.written.push('(');
        if self.rest.peek() != Some(&'?') {
            return Ok(());
        }
        let is_flag = |letter: &char| letter.is_ascii_alphabetic() || matches!(letter, '-' | '<');
        let flags: String = self.rest.clone().skip(1).take_while(is_flag).collect();
        let end = flags.find(['x', 'R', 'u']).filter(|_| !flags.starts_with(['P', '<']));
        match end.and_then(|end| flags.get(..=end)) {
            Some(start) => Err(format!("invalid or unsupported Perl syntax in (?{start}")),
            None => Ok(()),
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
            '1'..='7' if !self.rest.peek().is_some_and(|next| matches!(next, '0'..='7')) => {
                // A reference to a group, which is refused.
                self.written.extend(['\\', letter]);
            }
            '0'..='7' => self.octal(letter),
            'p' | 'P' | 'x' => self.named(letter),
            letter if letter.is_ascii_punctuation() => {
                self.written.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4])));
            }
            letter => {
                self.written.push('\\');
                self.written.push(letter);
            }
        }
    }

    /// A class by its name or a letter by its number, with what stands in braces behind it.
    fn named(&mut self, letter: char) {
        self.written.extend(['\\', letter]);
        if self.rest.peek() != Some(&'{') {
            return;
        }
        for letter in self.rest.by_ref() {
            self.written.push(letter);
            if letter == '}' {
                return;
            }
        }
    }

    /// A letter by its number, in up to three digits.
    fn octal(&mut self, first: char) {
        let mut code = first.to_digit(8).unwrap_or_default();
        for _ in 0..2 {
            let Some(digit) = self.rest.peek().and_then(|next| next.to_digit(8)) else { break };
            self.rest.next();
            code = code * 8 + digit;
        }
        self.written.push_str(&format!("\\x{{{code:x}}}"));
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

    #[test]
    fn repetitions_are_those_of_go() {
        for (pattern, text) in [
            ("a{,2}", "a{,2}"),
            ("a{", "a{"),
            ("a{2", "a{2"),
            (r"\<", "<"),
            (r"\101", "A"),
            (r"\p{Greek}{2}", "αβ"),
            (r"\x{41}", "A"),
            ("a{01}", "a{01}"),
            ("(a{100}){10}", &"a".repeat(1000)),
            ("(a{100}b|c){10}", "cccccccccc"),
            ("a{1000}|(b){11}", "bbbbbbbbbbb"),
        ] {
            assert!(compile(pattern).unwrap().is_match(text), "{pattern}");
        }
        for pattern in [
            "a**",
            "a{1001}",
            "a+*",
            "a*?+",
            "a{2}{3}",
            "(?x)a b",
            "(?R)a",
            r"\1",
            "(a{100}){11}",
            "((a{10}b)*){101}",
            "a{99999999999999999999999}",
        ] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
        assert!(compile("(a*)*|b{2}?").is_ok());
    }

    #[test]
    fn long_patterns_are_read_up_to_a_length() {
        for (part, is_right) in [("{", true), ("{1,", true), ("(?", false)] {
            assert_eq!(compile(&part.repeat(super::LENGTH / part.len())).is_ok(), is_right, "{part}");
            assert!(compile(&part.repeat(super::LENGTH + 1)).is_err(), "{part}");
        }
    }
}
