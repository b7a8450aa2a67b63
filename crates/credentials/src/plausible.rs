//! What tells random characters from words.

/// Shannon entropy in bits a byte.
pub(crate) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let share = |count: &u32| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(share).sum()
}

/// Whether so many characters follow each other as in the alphabet, or as digits do.
pub(crate) fn has_sequence(bytes: &[u8], length: usize) -> bool {
    let mut run = 1;
    bytes.windows(2).any(|pair| {
        let follows = matches!(pair, [a, b] if a.is_ascii_alphanumeric() && *b == a + 1);
        run = if follows { run + 1 } else { 1 };
        run >= length
    })
}

/// How often a capital, a small letter, a digit and anything else take turns. Words and paths change seldom: of forty random
/// characters about 25 differ from the one before, and less than [`LEAST_TURNS`] do once in a hundred thousand.
pub(crate) fn turns(bytes: &[u8]) -> usize {
    changes(bytes, |byte| Some(sort(byte)))
}

/// How often a capital, a small letter and a digit take turns. A path changes to a slash and back at every step, which does not count.
pub(crate) fn turns_in_words(bytes: &[u8]) -> usize {
    changes(bytes, |byte| Some(sort(byte)).filter(|sort| *sort != Sort::Other))
}

#[derive(PartialEq, Eq)]
enum Sort {
    Capital,
    Small,
    Digit,
    Other,
}

fn sort(byte: u8) -> Sort {
    match byte {
        b'A'..=b'Z' => Sort::Capital,
        b'a'..=b'z' => Sort::Small,
        b'0'..=b'9' => Sort::Digit,
        _ => Sort::Other,
    }
}

/// How often a character of one class follows one of another; what is of no class has no part in that.
pub(crate) fn changes<C: PartialEq>(bytes: &[u8], class: impl Fn(u8) -> Option<C>) -> usize {
    let differ = |pair: &&[u8]| match pair {
        [a, b] => class(*a).zip(class(*b)).is_some_and(|(a, b)| a != b),
        _ => false,
    };
    bytes.windows(2).filter(differ).count()
}

/// The fewest turns of a secret key.
pub(crate) const LEAST_TURNS: usize = 12;

/// How often a capital follows a capital. Words that are written together have them in abbreviations only.
pub(crate) fn pairs_of_capitals(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| pair.iter().all(u8::is_ascii_uppercase)).count()
}
