//! Patterns of actions and resources: `*` for any run of characters, `?` for one.

/// Whether `pattern` matches `text`, byte by byte. Linear in both but for one restart a `*`: at most the product
/// of their lengths, whatever the pattern.
///
/// ```
/// assert!(iamrail_core::policy::glob_matches("s3:Get*", "s3:GetObject"));
/// assert!(!iamrail_core::policy::glob_matches("s3:Get?", "s3:Get"));
/// ```
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    walk(pattern.as_bytes(), text.as_bytes(), |pattern, text| pattern == b'?' || pattern == text)
}

/// Whether `pattern` matches everything that the pattern `other` matches. Errs on the side of `false`.
///
/// ```
/// assert!(iamrail_core::policy::glob_covers("iam:*", "iam:Create*"));
/// assert!(!iamrail_core::policy::glob_covers("iam:Create*", "iam:*"));
/// ```
pub fn glob_covers(pattern: &str, other: &str) -> bool {
    // A wildcard of `other` is matched as a letter of its own: only a wildcard of `pattern` stands for it.
    walk(pattern.as_bytes(), other.as_bytes(), |pattern, other| match pattern {
        b'?' => other != b'*',
        _ => pattern == other,
    })
}

fn walk(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut restart: Option<(usize, usize)> = None;
    while let Some(&letter) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                restart = Some((p, t));
            }
            Some(&one) if same(one, letter) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, at)) = restart else { return false };
                p = after_star;
                t = at + 1;
                restart = Some((after_star, at + 1));
            }
        }
    }
    pattern.iter().skip(p).all(|&rest| rest == b'*')
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
