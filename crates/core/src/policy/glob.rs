//! Patterns taken apart: what they match, what they cover, and whether two have anything in common.

use iamrail_catalog::walk;

/// How many comparisons of two patterns are worth it. Beyond, neither answer is given for certain.
const MOST: usize = 1 << 24;

/// A pattern: letters, `?` for any one letter and `*` for any run of letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// Runs of wildcards have all of their `?` before the one `*`.
    tokens: Box<[Token]>,
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This letter.
    Letter(char),
    /// `?`
    One,
    /// `*`
    Any,
}

impl Glob {
    /// The pattern of a text, in which every `*` and `?` is a wildcard.
    ///
    /// ```
    /// use iamrail_core::policy::Glob;
    /// let glob = Glob::new("arn:aws:s3:::logs/*");
    /// assert!(glob.matches("arn:aws:s3:::logs/2026/11"));
    /// assert!(glob.covers(&Glob::new("arn:aws:s3:::logs/?/*")));
    /// assert!(glob.meets(&Glob::new("arn:aws:s3:::*/11")) && !glob.covers(&Glob::new("arn:aws:s3:::*/11")));
    /// ```
    pub fn new(text: &str) -> Self {
        Self::of(text.chars().map(|letter| match letter {
            '*' => Token::Any,
            '?' => Token::One,
            letter => Token::Letter(letter),
        }))
    }

    /// The pattern of these parts.
    pub(super) fn of(parts: impl IntoIterator<Item = Token>) -> Self {
        let parts = parts.into_iter();
        // Letters mostly take a byte each, which is the most that there may be.
        let mut tokens: Vec<Token> = Vec::with_capacity(parts.size_hint().1.unwrap_or_default());
        for token in parts {
            match (tokens.last(), token) {
                (Some(Token::Any), Token::Any) => {}
                (Some(Token::Any), Token::One) => {
                    tokens.pop();
                    tokens.extend([Token::One, Token::Any]);
                }
                _ => tokens.push(token),
            }
        }
        Self { tokens: tokens.into() }
    }

    /// Whether it matches every text.
    pub fn is_everything(&self) -> bool {
        *self.tokens == [Token::Any]
    }

    /// Whether it has a wildcard.
    pub fn has_wildcard(&self) -> bool {
        self.tokens.iter().any(|token| !matches!(token, Token::Letter(_)))
    }

    /// Whether it has a letter.
    pub fn has_letter(&self, letter: char) -> bool {
        self.tokens.contains(&Token::Letter(letter))
    }

    /// Whether it matches a text, in time that grows with the product of their lengths at most.
    pub fn matches(&self, text: &str) -> bool {
        let letter = |at| letter_at(text, at).map(|letter| (letter, letter.len_utf8()));
        walk(
            &self.tokens,
            |token| token == Token::Any,
            letter,
            |token, letter| match token {
                Token::Letter(one) => one == letter,
                Token::One => true,
                Token::Any => false,
            },
        )
    }

    /// Whether it matches everything that another pattern matches. Where that takes more than a look at one letter after the
    /// other, it errs on the side of `false`.
    pub fn covers(&self, other: &Glob) -> bool {
        if self.is_everything() || self == other {
            return true;
        }
        let Some((mine, others)) = without_ends(&self.tokens, &other.tokens) else { return false };
        if mine.len().saturating_mul(others.len()) > MOST {
            return false;
        }
        // Without `?`, the other's wildcards are letters that only `*` stands for.
        if !mine.contains(&Token::One) {
            let part = |at: usize| others.get(at).map(|part| (*part, 1));
            return walk(mine, |token| token == Token::Any, part, |token, part| token == part);
        }
        // below[j]: whether what is left of this pattern covers what is left of the other after j parts.
        let mut below = vec![false; others.len() + 1];
        if let Some(last) = below.last_mut() {
            *last = true;
        }
        for token in mine.iter().rev() {
            below_next(&mut below, others, |theirs, down, right, across| match (token, theirs) {
                (Token::Any, _) => down || right,
                // What the other's `*` matches is nothing, or a letter and again what it matches.
                (Token::One, Some(Token::Any)) => right && down,
                (Token::One, Some(_)) => across,
                (Token::Letter(one), Some(Token::Letter(letter))) => *one == letter && across,
                (Token::One | Token::Letter(_), _) => false,
            });
            if !below.contains(&true) {
                return false;
            }
        }
        below.first() == Some(&true)
    }

    /// Whether there is a text that both patterns match.
    pub fn meets(&self, other: &Glob) -> bool {
        meet(&self.tokens, &other.tokens)
    }

    /// Whether there is an ARN that both patterns match, when no wildcard reaches over the end of one of its six parts.
    pub fn meets_in_parts(&self, other: &Glob) -> bool {
        let (mut mine, mut others) = (self.parts(6), other.parts(6));
        loop {
            match (mine.next(), others.next()) {
                (Some(mine), Some(other)) if meet(mine, other) => {}
                (None, None) => return true,
                _ => return false,
            }
        }
    }

    /// Whether there is an ARN that both patterns match, whose parts but for the last have no colons. Of a pattern that has not all
    /// six parts, a wildcard stands for any of them.
    pub fn meets_by_parts(&self, other: &Glob) -> bool {
        let (mine, others) = (self.segments(6), other.segments(6));
        match mine.len() == 6 && others.len() == 6 {
            true => mine.iter().zip(&others).all(|(mine, other)| mine.meets(other)),
            false => self.meets(other),
        }
    }

    /// The same in lower case.
    pub(super) fn to_lowercase(&self) -> Self {
        Self::of(self.tokens.iter().flat_map(|token| {
            let (letters, other) = match token {
                Token::Letter(letter) => (Some(letter.to_lowercase().map(Token::Letter)), None),
                other => (None, Some(*other)),
            };
            letters.into_iter().flatten().chain(other)
        }))
    }

    /// The patterns between the first colons, `count` at most; the last has the other colons.
    pub(super) fn segments(&self, count: usize) -> Vec<Glob> {
        self.parts(count).map(|tokens| Glob { tokens: tokens.into() }).collect()
    }

    fn parts(&self, count: usize) -> impl Iterator<Item = &[Token]> {
        self.tokens.splitn(count, |token| *token == Token::Letter(':'))
    }
}

/// Whether there is a text that both patterns match.
fn meet(mine: &[Token], others: &[Token]) -> bool {
    let Some((mine, others)) = without_ends(mine, others) else { return false };
    if matches!((mine, others), ([], []) | ([Token::Any], _) | (_, [Token::Any])) {
        return true;
    }
    if mine.len().saturating_mul(others.len()) > MOST {
        return true;
    }
    // below[j]: whether what is left of this pattern has a text in common with what is left of the other after j parts.
    let mut below = vec![false; others.len() + 1];
    below_next(&mut below, others, |theirs, _, right, _| {
        theirs.is_none_or(|theirs| theirs == Token::Any && right)
    });
    for token in mine.iter().rev() {
        below_next(&mut below, others, |theirs, down, right, across| match (token, theirs) {
            (Token::Any, None) => down,
            (_, None) => false,
            (Token::Any, Some(_)) | (_, Some(Token::Any)) => down || right,
            (Token::Letter(one), Some(Token::Letter(letter))) => *one == letter && across,
            (_, Some(_)) => across,
        });
        if !below.contains(&true) {
            return false;
        }
    }
    below.first() == Some(&true)
}

/// What is left of two patterns without the letters that both begin and end with; `None` when these differ, so that no text
/// matches both.
fn without_ends<'t>(mut one: &'t [Token], mut other: &'t [Token]) -> Option<(&'t [Token], &'t [Token])> {
    while let ([Token::Letter(a), mine @ ..], [Token::Letter(b), others @ ..]) = (one, other) {
        if a != b {
            return None;
        }
        (one, other) = (mine, others);
    }
    while let ([mine @ .., Token::Letter(a)], [others @ .., Token::Letter(b)]) = (one, other) {
        if a != b {
            return None;
        }
        (one, other) = (mine, others);
    }
    Some((one, other))
}

/// Goes one part back in a pattern: from what holds of the parts behind it, with every part of another pattern and with its end,
/// to what holds with it. `answer` is asked from the end on: for a part of the other, with what held there, what holds and what held
/// one part further.
fn below_next(
    below: &mut [bool],
    others: &[Token],
    answer: impl Fn(Option<Token>, bool, bool, bool) -> bool,
) {
    let (mut right, mut across) = (false, false);
    let theirs = std::iter::once(None).chain(others.iter().rev().map(|token| Some(*token)));
    for (cell, theirs) in below.iter_mut().rev().zip(theirs) {
        let down = *cell;
        *cell = answer(theirs, down, right, across);
        (right, across) = (*cell, down);
    }
}

fn letter_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text.get(at..)?.chars().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Matching by its definition, exponential and obvious.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..])),
            (['?', rest @ ..], [_, text @ ..]) => naive(rest, text),
            ([one, rest @ ..], [letter, text @ ..]) if one == letter => naive(rest, text),
            _ => false,
        }
    }

    fn naive_matches(pattern: &str, text: &str) -> bool {
        naive(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
    }

    /// Every text over three letters, one of which is in no pattern, up to a length.
    fn texts(length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut longest = all.clone();
        for _ in 0..length {
            longest = longest
                .iter()
                .flat_map(|text| ["a", "b", "é"].map(|letter| format!("{text}{letter}")))
                .collect();
            all.extend(longest.iter().cloned());
        }
        all
    }

    #[test]
    fn parts_of_arns_meet_their_likes() {
        for (one, other, expected) in [
            ("arn:*:iam::*:policy/*", "arn:aws:iam::111122223333:role/*", false),
            ("arn:*:iam::*:role/a*", "arn:aws:iam::111122223333:role/*", true),
            ("arn:*:iam::*:role/a*", "*", true),
            ("arn:*:kms:*", "arn:aws:kms:us-east-1:111122223333:alias/*", true),
        ] {
            let (one, other) = (Glob::new(one), Glob::new(other));
            assert_eq!((one.meets_by_parts(&other), other.meets_by_parts(&one)), (expected, expected));
        }
    }

    #[test]
    fn a_question_mark_is_one_letter_and_not_one_byte() {
        assert!(Glob::new("caf?").matches("café"));
        assert!(!Glob::new("caf??").matches("café"));
        assert!(Glob::new("*?é").matches("éé"));
    }

    #[test]
    fn covering_sees_through_the_order_of_wildcards() {
        for (pattern, other) in
            [("*?", "?*"), ("?*", "*a"), ("*?", "*a"), ("*a*", "*?a"), ("??*", "*a*b*"), ("*", "")]
        {
            assert!(Glob::new(pattern).covers(&Glob::new(other)), "{pattern} {other}");
        }
    }

    #[test]
    fn patterns_of_a_thousand_wildcards_are_compared_in_no_time() {
        let stars = Glob::new(&"*a".repeat(1_000));
        let ones = Glob::new(&("?*b".repeat(1_000) + "*"));
        assert!(!stars.matches(&"a".repeat(999)));
        assert!(!stars.covers(&ones));
        assert!(stars.meets(&ones));
    }

    proptest::proptest! {
        #[test]
        fn matching_agrees_with_its_definition(pattern in "[abé*?]{0,8}", text in "[abé]{0,8}") {
            proptest::prop_assert_eq!(Glob::new(&pattern).matches(&text), naive_matches(&pattern, &text));
        }

        #[test]
        fn patterns_meet_when_a_text_matches_both(one in "[ab*?]{0,4}", other in "[ab*?]{0,4}") {
            let (a, b) = (Glob::new(&one), Glob::new(&other));
            let expected = texts(6).iter().any(|text| naive_matches(&one, text) && naive_matches(&other, text));
            proptest::prop_assert_eq!(a.meets(&b), expected, "{} {}", one, other);
            proptest::prop_assert_eq!(a.meets(&b), b.meets(&a));
        }

        #[test]
        fn what_is_covered_is_matched(one in "[ab*?]{0,4}", other in "[ab*?]{0,4}") {
            let matched = texts(6).iter().all(|text| !naive_matches(&other, text) || naive_matches(&one, text));
            if Glob::new(&one).covers(&Glob::new(&other)) {
                proptest::prop_assert!(matched, "{} {}", one, other);
            }
        }
    }
}
