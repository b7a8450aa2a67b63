//! What of a text may not be shown, whatever it is: a path, a message, an instruction.
//!
//! This errs towards hiding, where [`find`](crate::find) errs towards silence: nothing is lost by a few stars too many.

use std::ops::Range;

use crate::key_id::{self, FIRST, KeyId, PREFIXES};
use crate::plausible::turns_in_words;
use crate::run;
use crate::secret::{self, SECRET};

/// The shortest run that is taken for a token.
const SHORTEST_TOKEN: usize = 20;
/// The shortest run that may be told as a part of a credential.
const SHORTEST_PART: usize = 4;
/// The longest text that is hidden as a part of a credential.
const LONGEST_PART: usize = 128;
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
    let token = |run: &run::Run<'_>| is_token(&run.characters) || run.characters.len() > run::LONGEST;
    hidden.extend(runs(bytes).filter(token).map(|run| run.range));
    merged(hidden)
}

/// The parts of a text that may be parts of a credential, since the name before them announces one: what is written there as it is,
/// whatever expression it stands in. By place.
pub fn announced(text: &str) -> Vec<Range<usize>> {
    crate::announced::announced(text.as_bytes())
}

/// Whether a text may be a part of a credential whose rest is not known; `name` is what the whole is called. Where credentials belong,
/// whatever looks random may be one.
pub fn may_be_part(name: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    // A name written together is as lively as a token, but for digits.
    let is_run = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let is_mixed = text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase());
    is_part(name, text) || text.len() <= LONGEST_PART && is_run && is_mixed && is_token(bytes)
}

/// The same of a text that may as well be the name of anything: it begins an id, or its name announces a credential.
pub fn is_part(name: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    let refers = text.starts_with("arn:") || text.starts_with("{{resolve:");
    // What is longer, or has lines, is a script or a document, of which every line would be hidden.
    if text.len() > LONGEST_PART || text.contains('\n') || refers {
        return false;
    }
    let announced = || crate::context::is_of_secret(format!("aws {name}").as_bytes());
    let long_enough = |least: usize| run::next(bytes, 0, bytes.len(), least).is_some();
    let has_prefix = |prefix: &&str| {
        let body = text.split(prefix).nth(1).unwrap_or_default().bytes();
        body.take_while(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')).count() >= SHORTEST_PART
    };
    let begins_id = || bytes.contains(&FIRST) && PREFIXES.iter().any(has_prefix);
    begins_id() || long_enough(SHORTEST_PART) && announced()
}

fn is_token(characters: &[u8]) -> bool {
    characters.len() >= SHORTEST_TOKEN && turns_in_words(characters) >= characters.len() / STRIDE
}

fn runs(bytes: &[u8]) -> impl Iterator<Item = run::Run<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let run = run::next(bytes, at, bytes.len(), SHORTEST_TOKEN)?;
        at = run.range.end;
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
    use super::{FIRST, PREFIXES, credentials, is_part, may_be_part, tokens};

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
    fn parts_of_credentials_are_told_by_their_form_and_their_name() {
        let (id, secret) = (id(), secret());
        for (name, part) in [
            ("x", &id[..10]),
            ("x", &secret[..20]),
            ("AWS_SECRET_ACCESS_KEY", &secret[..6]),
            ("secret_key", &secret[25..]),
            ("AccessKeyId", &id[8..]),
        ] {
            assert!(may_be_part(name, part), "{name} {part}");
            // Where anything may stand, it takes more than its characters.
            assert_eq!(is_part(name, part), name != "x" || part.starts_with("AKIA"), "{name} {part}");
        }
        for (name, part) in [
            ("x", &secret[..6]),
            ("TABLE", "orders-"),
            ("x", "MicroVMExecutionRole"),
            ("x", "Run Job V2 Of The IoT Team Now"),
            ("user_data", "#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=$X\naws s3 ls 2HPcHyGcFRl1SPnXNYvM\n"),
            ("role", "arn:aws:iam::111122223333:role/StepFunctions-BatchJobManagementRole"),
            ("AWS_SECRET_ACCESS_KEY", ":"),
            ("AWS_SECRET_ACCESS_KEY", "{{resolve:secretsmanager:key:SecretString:"),
            ("AWS_SECRET_ACCESS_KEY", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"),
        ] {
            assert!(!may_be_part(name, part), "{name} {part}");
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
