//! Placeholders: what people write where an access key id belongs.

/// How many letters of an id's body words take up at least where it is none. A random body holds a given word of four letters once in a
/// hundred thousand: one word says nothing, and several do.
const MADE_UP: usize = 10;
/// How many letters follow each other on a keyboard or in the alphabet, forwards or backwards, before they count as a word.
const ROW: usize = 4;
/// The rows of a keyboard, and the alphabet.
const ROWS: [&[u8]; 5] = [b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"234567", b"QWERTYUIOP", b"ASDFGHJKL", b"ZXCVBNM"];
/// The word that AWS itself puts into its examples: no id that holds it is one.
const EXAMPLE: &[u8] = b"EXAMPLE";
/// The words that placeholders are made of, of three letters and more.
const WORDS: [&str; 52] = [
    "ACCESS",
    "ACCOUNT",
    "ADD",
    "AKIA",
    "AMAZON",
    "AWS",
    "BOGUS",
    "CHANGE",
    "CHANGEME",
    "CREDENTIAL",
    "DEMO",
    "DUMMY",
    "ENTER",
    "FAKE",
    "FILL",
    "FOO",
    "BAR",
    "BAZ",
    "GOES",
    "HERE",
    "HIDDEN",
    "IDENTIFIER",
    "INSERT",
    "INVALID",
    "KEY",
    "KEYID",
    "MOCK",
    "NOTREAL",
    "NONE",
    "NULL",
    "PASTE",
    "PLACE",
    "PLACEHOLDER",
    "PUT",
    "RANDOM",
    "REAL",
    "REDACTED",
    "REMOVED",
    "REPLACE",
    "REPLACEME",
    "SAMPLE",
    "SECRET",
    "SOME",
    "TEST",
    "TESTING",
    "THIS",
    "TODO",
    "USER",
    "VALUE",
    "WITH",
    "YOUR",
    "YOURS",
];

/// Whether the body of an id is made of words, rows of letters and repetitions.
pub(crate) fn make_up(body: &[u8]) -> bool {
    let holds = |word: &[u8]| body.windows(word.len()).any(|window| window == word);
    if holds(EXAMPLE) || repeats(body) {
        return true;
    }
    // The most letters that words can take up of what stands before each place.
    let mut covered = vec![0; body.len() + 1];
    for start in 0..body.len() {
        let here = covered.get(start).copied().unwrap_or_default();
        let rest = body.get(start..).unwrap_or_default();
        let words = WORDS.iter().filter(|word| rest.starts_with(word.as_bytes())).map(|word| word.len());
        let rows = [row(rest), same(rest)].into_iter().filter(|length| *length >= ROW);
        let mut reach = |length: usize, covers: usize| {
            if let Some(there) = covered.get_mut(start + length) {
                *there = (*there).max(here + covers);
            }
        };
        reach(1, 0);
        words.chain(rows).for_each(|length| reach(length, length));
        // The last of words that go on behind the end, such as `SECR`.
        let cut = |word: &&&str| rest.len() >= ROW && word.as_bytes().starts_with(rest);
        if WORDS.iter().any(|word| cut(&word)) {
            reach(rest.len(), rest.len());
        }
    }
    covered.last().is_some_and(|covered| *covered >= MADE_UP)
}

/// Whether the same few letters are written again and again.
fn repeats(body: &[u8]) -> bool {
    (1..=body.len() / 2).any(|period| body.iter().zip(body.iter().skip(period)).all(|(a, b)| a == b))
}

/// How many letters follow each other as in one of the rows.
fn row(letters: &[u8]) -> usize {
    let along = |row: &[u8], back: bool| {
        let place = |letter: &u8| row.iter().position(|one| one == letter);
        let next = |pair: &[u8]| match pair {
            [a, b] => place(a).zip(place(b)).is_some_and(|(a, b)| if back { a == b + 1 } else { b == a + 1 }),
            _ => false,
        };
        letters.windows(2).take_while(|pair| next(pair)).count() + 1
    };
    ROWS.iter().flat_map(|row| [along(row, false), along(row, true)]).max().unwrap_or_default()
}

/// How many letters are the same.
fn same(letters: &[u8]) -> usize {
    letters.iter().take_while(|letter| Some(*letter) == letters.first()).count()
}

#[cfg(test)]
mod tests {
    use super::make_up;

    #[test]
    fn words_rows_and_repetitions_are_placeholders() {
        for body in [
            "REPLACEMEREPLACE",
            "CHANGEMECHANGEME",
            "QWERTYUIOPASDFGH",
            "ZYXWVUTSRQPONMLK",
            "YOURACCESSIDHERE",
            "SECRETSECRETSECR",
            "XXXXXXXXXXXXXXXX",
            "ABCDEFGHIJKLMNOP",
            "FAKEFAKEFAKEFAKE",
            "TESTTESTTESTTEST",
            "IOSFODNN7EXAMPLE",
            "YOURKEYXXXXXXXXX",
            "Q3Q3Q3Q3Q3Q3Q3Q3",
            "NOTREALNOTREALNO",
            "DUMMYDUMMYDUMMY2",
            "MYTESTACCESSKEY2",
        ] {
            assert!(make_up(body.as_bytes()), "{body}");
        }
        for body in [
            "RZPUZDIKHHOY7W7M",
            "RZPUZTESTHOY7W7M",
            "RZFAKEIKHHOY7W7M",
            "RZPUZDIKXXXX7W7M",
            "RZPMOCKHHOYKEY7M",
        ] {
            assert!(!make_up(body.as_bytes()), "{body}");
        }
    }
}
