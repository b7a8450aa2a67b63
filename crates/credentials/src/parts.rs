//! Texts that may hold a credential in part, which an expression puts together.

use std::ops::RangeInclusive;

use crate::key_id::{LENGTH, PREFIXES};
use crate::plausible::turns_in_words;
use crate::secret::SECRET;

/// How many characters a part of a secret has. A shorter one says nothing.
const PART: RangeInclusive<usize> = 8..=SECRET;
/// How many characters the prefix of an id has.
const PREFIX: usize = 4;
/// How many small letters behind a capital make a word.
const WORD: usize = 5;

/// Whether a text may hold a credential in part: the beginning of an id without its rest, or random characters, as many as a secret has
/// or fewer.
///
/// It says where it is worth to know what values come to. What words are mostly made of is passed over: of secrets in two or three parts
/// that leaves out one in twenty-five, where no id goes with them.
pub fn holds_parts(text: &str) -> bool {
    let is_character = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut runs = text.as_bytes().split(|byte| !is_character(byte));
    runs.any(|run| run.len() >= PREFIX && (begins_id(run) || is_random_part(run)))
}

/// Whether a run begins with the prefix of an id and goes on with less, or something else, than an id.
fn begins_id(run: &[u8]) -> bool {
    let of_body = |byte: &&u8| matches!(byte, b'A'..=b'Z' | b'2'..=b'7');
    let body = PREFIXES.iter().find_map(|prefix| run.strip_prefix(prefix.as_bytes()));
    body.is_some_and(|body| body.iter().take_while(of_body).count() < LENGTH - PREFIX)
}

/// Whether a run looks random: of all three sorts of characters, which take turns often, and without a word.
fn is_random_part(run: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| run.iter().any(is);
    PART.contains(&run.len())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && turns_in_words(run) * 5 >= run.len() * 2
        && !has_word(run)
}

fn has_word(run: &[u8]) -> bool {
    run.windows(WORD + 1).any(|window| {
        window.split_first().is_some_and(|(first, rest)| {
            first.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_lowercase)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::holds_parts;

    #[test]
    fn beginnings_of_ids_and_random_characters_are_told_from_words_and_whole_ids() {
        for text in [
            "\"AKIA\"",
            "a = \"AKIARZPUZ\"",
            "x=AKIARZPUZD-IKHHOY7W7M",
            "\"2HPcHyGcFRl1SPnXNYvM\"",
            "'IHa+2o76umfXfKm+r5kJ'",
            "\"2HPcHyGc\"",
        ] {
            assert!(holds_parts(text), "{text}");
        }
        for text in [
            &["AKIARZPUZD", "IKHHOY7W7M"].concat(),
            "EC2S3BucketWriteAndDeleteAccessPolicy",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
            "AmazonEC2ContainerServiceforEC2Role",
            "ami-0abcdef1234567890 eu-west-1a t3.micro TLSv1.2_2021",
            "modules/Vpc2/Subnets/Private1/Zone3/Table",
            "12345678 0123456789abcdef 7Zk2mV",
        ] {
            assert!(!holds_parts(text), "{text}");
        }
    }

    #[test]
    fn few_secrets_in_parts_are_passed_over() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut state = 1u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((state >> 33) % bound).unwrap()
        };
        let mut lost = [0, 0];
        for _ in 0..10_000 {
            let secret: String = (0..40).map(|_| char::from(alphabet[next(64)])).collect();
            let (one, other) = secret.split_at(12 + next(17));
            let (first, second) = one.split_at(one.len() / 2);
            let is_lost = |parts: &[&str]| usize::from(!parts.iter().any(|part| holds_parts(part)));
            lost[0] += is_lost(&[one, other]);
            lost[1] += is_lost(&[first, second, other]);
        }
        assert!(lost[0] <= 400 && lost[1] <= 400, "{lost:?}");
    }
}
