//! What is found in a text that is looked through piece by piece.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::encode;
use crate::{Credential, MARGIN, find};

/// How much of a text is looked through at once, in bytes, and how much of one there is at most.
const WINDOW: usize = 3 * MARGIN;
const LONGEST: usize = 5 * MARGIN;
/// How many texts are looked through.
const TEXTS: u32 = 100;

/// What a text is made of. The numbers tell ids and secrets from each other.
#[derive(Clone, Debug)]
enum Part {
    Id(u64),
    Secret(u64),
    /// A secret of AWS only if an id is found for it.
    Doubtful(u64),
    Pair(u64),
    Head,
    /// So many bytes that say nothing.
    Filler(usize),
    Base64(Vec<Part>),
    Base64Twice(Vec<Part>),
    Wrapped(Vec<Part>),
    Utf16(Vec<Part>),
}

fn characters(number: u64, length: usize, alphabet: &[u8]) -> String {
    let mut state = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(alphabet[(state >> 40) as usize % alphabet.len()])
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn id(number: u64) -> String {
    format!("{}{}", ["AK", "IA"].concat(), characters(number, 16, b"QZWXVKJPG2FDH5TR"))
}

fn secret(number: u64) -> String {
    characters(number + 1000, 40, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}

fn text_of(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        text += &match part {
            Part::Id(number) => format!("access_key = {}\n", id(*number)),
            Part::Secret(number) => format!("aws_secret_access_key = {}\n", secret(*number)),
            Part::Doubtful(number) => format!("secret_key = {}\n", secret(*number)),
            Part::Pair(number) => {
                format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", id(*number), secret(*number))
            }
            Part::Head => "[section]\n".to_owned(),
            Part::Filler(length) => "option = True\n".repeat(length.div_ceil(14)),
            Part::Base64(parts) => format!("data = {}\n", encode(text_of(parts).as_bytes())),
            Part::Base64Twice(parts) => {
                let inner = format!("data = {}\n", encode(text_of(parts).as_bytes()));
                format!("data = {}\n", encode(inner.as_bytes()))
            }
            Part::Wrapped(parts) => {
                let coded = encode(text_of(parts).as_bytes());
                let lines = coded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\n");
                lines.collect()
            }
            Part::Utf16(parts) => {
                let wide: Vec<u8> = text_of(parts).encode_utf16().flat_map(u16::to_le_bytes).collect();
                format!("data = {}\n", encode(&wide))
            }
        };
    }
    text
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let plain = || {
        prop_oneof![
            4 => (0u64..6).prop_map(Part::Id),
            3 => (0u64..1000).prop_map(Part::Secret),
            3 => (0u64..1000).prop_map(Part::Doubtful),
            2 => (0u64..6).prop_map(Part::Pair),
            1 => Just(Part::Head),
            6 => (0usize..7500).prop_map(Part::Filler),
            1 => (0usize..30 << 10).prop_map(Part::Filler),
        ]
    };
    let inner = || prop::collection::vec(plain(), 1..9);
    let part = prop_oneof![
        8 => plain(),
        1 => inner().prop_map(Part::Base64),
        1 => inner().prop_map(Part::Base64Twice),
        1 => inner().prop_map(Part::Wrapped),
        1 => inner().prop_map(Part::Utf16),
    ];
    prop::collection::vec(part, 4..40)
}

/// What is taken of a window, which is what begins no nearer to its edges than the margin, but where they are those of the text; and
/// what was found there in the whole of the text.
fn taken(text: &str, whole: &[Credential], start: usize) -> [Vec<Credential>; 2] {
    let end = text.len().min(start + WINDOW);
    let from = if start == 0 { 0 } else { start + MARGIN };
    let to = if end == text.len() { end } else { end - MARGIN };
    let mut found = find(&text.as_bytes()[start..end]);
    for one in &mut found {
        one.range = one.range.start + start..one.range.end + start;
    }
    [found.as_slice(), whole]
        .map(|all| all.iter().filter(|one| (from..to).contains(&one.range.start)).cloned().collect())
}

#[test]
fn in_windows_that_overlap_by_twice_the_margin_is_found_what_is_found_in_the_whole() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config { cases: TEXTS, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let run = runner.run(&(parts(), 0..MARGIN), |(parts, shift)| {
        let mut text = text_of(&parts);
        text.truncate(LONGEST);
        let whole = find(text.as_bytes());
        let starts =
            (shift..).step_by(WINDOW - 2 * MARGIN).take_while(|start| start + WINDOW < text.len() + MARGIN);
        for start in std::iter::once(0).chain(starts) {
            let [found, own] = taken(&text, &whole, start);
            prop_assert_eq!(found, own, "{:?}", start..start + WINDOW);
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
}

#[test]
fn what_tells_the_id_of_a_secret_is_within_the_margin_however_it_is_encoded() {
    let codings: [fn(Vec<Part>) -> Part; 4] = [Part::Base64, Part::Base64Twice, Part::Wrapped, Part::Utf16];
    for far in [900, 1900, 6900] {
        // Whether the second id is lone is told by the pair, and that tells whether the secret has the first.
        let mut section = [Part::Id(0), Part::Secret(0), Part::Id(1), Part::Pair(1)];
        for doubtful in [false, true] {
            section[1] = if doubtful { Part::Doubtful(0) } else { Part::Secret(0) };
            let fill = |part: &Part| [part.clone(), Part::Filler(far)];
            let forth: Vec<Part> = section.iter().flat_map(fill).collect();
            let back: Vec<Part> = section.iter().rev().flat_map(fill).collect();
            for parts in [forth, back] {
                let coded = codings.iter().map(|coding| vec![coding(parts.clone())]);
                for middle in coded.chain([parts.clone()]) {
                    let filler = || vec![Part::Filler(2 * MARGIN)];
                    let text = text_of(&[filler(), middle, filler()].concat());
                    let whole = find(text.as_bytes());
                    for start in (0..text.len().saturating_sub(WINDOW)).step_by(4000) {
                        let [found, own] = taken(&text, &whole, start);
                        assert_eq!(found, own, "{far} {parts:?} {start}");
                    }
                }
            }
        }
    }
}
