//! What of a text may not be shown, whatever it is: a path, a message, an instruction.
//!
//! This errs towards hiding, where [`find`](crate::find) errs towards silence: nothing is lost by a few stars too many.

use std::ops::Range;

use crate::key_id::{self, FIRST, KeyId, PREFIXES};
use crate::run;
use crate::secret::{self, SECRET};

/// The shortest run that is taken for a token.
const SHORTEST_TOKEN: usize = 20;
/// How many characters of a token there are to a change between capitals, small letters and digits, at most. Random ones have two on
/// average; words that are written together mostly have more than four.
const STRIDE: usize = 4;

/// The parts of a text that are credentials, or look so much like one that they are not shown: sorted, and apart from each other.
///
/// Beyond what [`find`](crate::find) finds these are ids that are a part of a longer word, such as the name of a file, and what has
/// the form of a secret key although nothing announces it.
pub fn credentials(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut hidden: Vec<Range<usize>> = crate::find(bytes).into_iter().map(|one| one.range).collect();
    hidden.extend(ids(bytes));
    for run in runs(bytes) {
        // A path is one run with its slashes: a secret may be some steps of it.
        let encoded = run.range.len() != run.characters.len();
        if encoded && secret::is_secret(&run.characters) {
            hidden.push(run.range);
            continue;
        }
        let starts =
            run.range.clone().filter(|at| *at == run.range.start || bytes.get(at - 1) == Some(&b'/'));
        hidden.extend(starts.map(|start| start..start + SECRET).filter(|step| {
            let ends =
                step.end == run.range.end || step.end < run.range.end && bytes.get(step.end) == Some(&b'/');
            let own = bytes.get(step.clone()).unwrap_or_default();
            ends && secret::is_secret(own) && is_token(own)
        }));
    }
    merged(hidden)
}

/// The parts of a text that may be tokens or keys of any sort: long runs of characters of base64 that are no words. Sorted, and apart
/// from each other; what [`credentials`] gives is among them.
///
/// This is for what stands next to a credential, which mostly is another one.
pub fn tokens(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut hidden = credentials(text);
    let token = |run: &run::Run| is_token(&run.characters) || run.characters.len() > run::LONGEST;
    hidden.extend(runs(bytes).filter(token).map(|run| run.range));
    merged(hidden)
}

fn is_token(characters: &[u8]) -> bool {
    let class = |byte: u8| match byte {
        b'A'..=b'Z' => Some(0),
        b'a'..=b'z' => Some(1),
        b'0'..=b'9' => Some(2),
        // A path changes to a slash and back at every step.
        _ => None,
    };
    let turns = characters.windows(2).filter(|pair| match pair {
        [a, b] => class(*a).zip(class(*b)).is_some_and(|(a, b)| a != b),
        _ => false,
    });
    characters.len() >= SHORTEST_TOKEN && turns.count() >= characters.len() / STRIDE
}

fn runs(bytes: &[u8]) -> impl Iterator<Item = run::Run<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let run = run::next(bytes, at, bytes.len())?;
        at = run.range.end.max(at + 1);
        Some(run)
    })
}

/// The ids in a text, alone or not.
fn ids(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let starts = bytes.windows(key_id::LENGTH).enumerate();
    starts.filter_map(|(start, window)| {
        // Messages are long, and few of their letters are worth more than one comparison.
        let begins = window.first() == Some(&FIRST)
            && PREFIXES.iter().any(|prefix| window.starts_with(prefix.as_bytes()));
        (begins && KeyId::new(window).is_some()).then_some(start..start + key_id::LENGTH)
    })
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test fails by panicking")]
mod tests {
    use super::{FIRST, PREFIXES, credentials, tokens};

    fn id() -> String {
        ["AKIARZPUZD", "IKHHOY7W7M"].concat()
    }

    fn secret() -> String {
        ["2HPcHyGcFRl1SPnXNYvM", "IHa+2o76umfXfKm+r5kJ"].concat()
    }

    fn hidden(text: &str, of: impl Fn(&str) -> Vec<std::ops::Range<usize>>) -> Vec<&str> {
        of(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn every_prefix_begins_with_the_letter_that_is_looked_for() {
        assert!(PREFIXES.iter().all(|prefix| prefix.as_bytes().first() == Some(&FIRST)));
    }

    #[test]
    fn a_credential_in_a_name_is_hidden_and_the_rest_of_a_path_is_not() {
        let (id, secret) = (id(), secret());
        let slashed = secret.replace('+', "/");
        for one in [&id, &secret, &slashed] {
            for path in [
                format!("backup_{one}.env"),
                format!("some/b1/{one}"),
                format!("x/{one}/main.tf"),
                one.clone(),
            ] {
                assert_eq!(hidden(&path, credentials), [one.as_str()], "{path}");
            }
        }
        for path in [
            "usr/local/lib/Python3/site/Packages2/IAM/x.tf",
            "a/AKIAIOSFODNN7EXAMPLE.txt",
            "modules/VpcEndpoint2Az",
        ] {
            assert!(credentials(path).is_empty(), "{path}");
        }
    }

    #[test]
    fn what_looks_like_a_token_is_hidden_and_words_are_not() {
        let token = ["q7Zk2mVx", "L0aTn4RsWy8dBe1G"].concat();
        let line = format!(
            "RUN curl -u deploy:{token} https://example.com/usr/local/share/Certificates/AwsRootBundle"
        );
        assert_eq!(hidden(&line, tokens), [token.as_str()]);
        let words =
            "RUN ./configure --with-featureAwsCredentialProviders /opt/Application/Directory/of/Some/Length";
        assert!(tokens(words).is_empty());
    }
}
