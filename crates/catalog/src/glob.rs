//! Patterns: `*` for any run of letters, `?` for one.

/// Whether `pattern` matches `text`, byte by byte.
///
/// ```
/// assert!(iamrail_catalog::glob_matches("s3:Get*", "s3:GetObject"));
/// assert!(!iamrail_catalog::glob_matches("s3:Get?", "s3:Get"));
/// ```
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    bytes(pattern, text, |pattern, text| pattern == b'?' || pattern == text)
}

/// Whether `pattern` matches everything that the pattern `other` matches. Errs on the side of `false`.
///
/// ```
/// assert!(iamrail_catalog::glob_covers("iam:*", "iam:Create*"));
/// assert!(!iamrail_catalog::glob_covers("iam:Create*", "iam:*"));
/// ```
pub fn glob_covers(pattern: &str, other: &str) -> bool {
    // A wildcard of `other` is matched as a letter of its own: only a wildcard of `pattern` stands for it.
    bytes(pattern, other, |pattern, other| match pattern {
        b'?' => other != b'*',
        _ => pattern == other,
    })
}

/// The same without regard to the case of letters, as actions are compared.
///
/// ```
/// assert!(iamrail_catalog::glob_covers_folded("IAM:*", "iam:create*"));
/// ```
pub fn glob_covers_folded(pattern: &str, other: &str) -> bool {
    bytes(pattern, other, |pattern, other| match pattern {
        b'?' => other != b'*',
        _ => pattern.eq_ignore_ascii_case(&other),
    })
}

fn bytes(pattern: &str, text: &str, same: impl Fn(u8, u8) -> bool) -> bool {
    let text = text.as_bytes();
    walk(pattern.as_bytes(), |one| one == b'*', |at| Some((*text.get(at)?, 1)), same)
}

/// Walks along a text with a pattern. `letter` gives the letter at a place of the text and its length there, `same` whether a part of
/// the pattern that is no star stands for a letter. Takes time that grows with the product of the lengths at most, whatever the
/// pattern: after a star, the shortest run that it can stand for is tried first, and only the last star is tried again.
pub fn walk<P: Copy, L: Copy>(
    pattern: &[P],
    is_star: impl Fn(P) -> bool,
    letter: impl Fn(usize) -> Option<(L, usize)>,
    same: impl Fn(P, L) -> bool,
) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut restart: Option<(usize, usize)> = None;
    while let Some((one, length)) = letter(t) {
        match pattern.get(p) {
            Some(part) if is_star(*part) => {
                p += 1;
                if p == pattern.len() {
                    return true;
                }
                restart = Some((p, t));
            }
            Some(part) if same(*part, one) => {
                p += 1;
                t += length;
            }
            _ => {
                let Some((after_star, at)) = restart else { return false };
                p = after_star;
                t = at + letter(at).map_or(1, |(_, length)| length);
                restart = Some((after_star, t));
            }
        }
    }
    pattern.iter().skip(p).all(|rest| is_star(*rest))
}

#[cfg(test)]
mod tests {
    use super::{glob_covers, glob_matches};

    #[test]
    fn a_star_crosses_everything_and_a_question_mark_is_one_letter() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("arn:aws:iam::*:role/x", "arn:aws:iam::123:role/x", true),
            ("??", "ab", true),
            ("??", "a", false),
        ] {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn covering_means_matching_all_that_the_other_matches() {
        for (pattern, other, expected) in [
            ("*", "*", true),
            ("**", "*", true),
            ("a*", "a*b", true),
            ("a*b", "a*", false),
            ("?", "*", false),
            ("a?c", "a?c", true),
            ("a*", "a?", true),
        ] {
            assert_eq!(glob_covers(pattern, other), expected, "{pattern} {other}");
        }
    }

    /// Matching by its definition, exponential and obvious.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..])),
            ([b'?', rest @ ..], [_, text @ ..]) => naive(rest, text),
            ([one, rest @ ..], [letter, text @ ..]) if one == letter => naive(rest, text),
            _ => false,
        }
    }

    proptest::proptest! {
        #[test]
        fn matching_agrees_with_its_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            proptest::prop_assert_eq!(glob_matches(&pattern, &text), naive(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn what_covers_a_pattern_matches_all_that_it_matches(
            pattern in "[ab*?]{0,6}", other in "[ab*?]{0,6}", text in "[ab]{0,6}",
        ) {
            if glob_covers(&pattern, &other) && glob_matches(&other, &text) {
                proptest::prop_assert!(glob_matches(&pattern, &text), "{} {} {}", pattern, other, text);
            }
        }
    }
}
