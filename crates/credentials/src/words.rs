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
/// The pairs of letters that are the most frequent in English; three of four in a text are among them, and one of six by chance.
const PAIRS: [&[u8]; 5] = [
    b"THHEINERANREONATENNDTIESORTEOFEDISITALARSTTO",
    b"NTNGSEHAASOUIOLEVECOMEDEHIRIROICNEEARACELICH",
    b"LLBEMASIOMURCAELTALANSDIFOHOPEECPRNOCTUSACOT",
    b"ILTRLYNCETUTSSSORSUNLOWAGEIEWHEEWIEMADOLRTPO",
    b"WENAULNITSMOOWPAIMMIAISHIRSUIDOSIVIAAMFICIVI",
];
/// How many of the fifteen pairs of a body are among them at least where it is English.
const FREQUENT: usize = 9;
/// How many pairs of words in camel case are among them at least.
const FREQUENT_IN_WORDS: usize = 12;
/// The fewest letters of a word in camel case that is looked at.
const SHORTEST_WORD: usize = 3;
/// The words that placeholders are made of, of three letters and more.
const WORDS: [&str; 91] = [
    "ACCESS",
    "ACCOUNT",
    "ADD",
    "ADMIN",
    "AKIA",
    "ALL",
    "AMAZON",
    "AWAY",
    "AWS",
    "BAR",
    "BAZ",
    "BOGUS",
    "BROWN",
    "BUILD",
    "CHANGE",
    "CHANGEME",
    "CLIENT",
    "CONFIG",
    "CREDENTIAL",
    "DEMO",
    "DEVELOP",
    "DEVELOPMENT",
    "DOLOR",
    "DONT",
    "DUMMY",
    "ENTER",
    "EXIST",
    "FAKE",
    "FILL",
    "FIXTURE",
    "FOO",
    "FOX",
    "GOES",
    "HELLO",
    "HERE",
    "HIDDEN",
    "IDENTIFIER",
    "INSERT",
    "INTEGRATION",
    "INVALID",
    "IPSUM",
    "KEY",
    "KEYID",
    "LOCAL",
    "LOREM",
    "MINIO",
    "MOCK",
    "NONE",
    "NOREAL",
    "NOT",
    "NOTREAL",
    "NULL",
    "ONLY",
    "PASTE",
    "PLACE",
    "PLACEHOLDER",
    "PLEASE",
    "PROD",
    "PRODUCTION",
    "PUT",
    "QUICK",
    "QUUX",
    "QUX",
    "RANDOM",
    "REAL",
    "REDACTED",
    "REMOVED",
    "REPLACE",
    "REPLACEME",
    "SAMPLE",
    "SECRET",
    "SERVICE",
    "SESSION",
    "SHOULD",
    "SOME",
    "STAGING",
    "TEMP",
    "TEMPORARY",
    "TEST",
    "TESTING",
    "THIS",
    "THROW",
    "TODO",
    "TOKEN",
    "USER",
    "VALID",
    "VALUE",
    "WITH",
    "WORLD",
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

/// Whether letters follow each other as they do in English. Of a hundred thousand random bodies about four do, or are made of words.
pub(crate) fn read_as_english(body: &[u8]) -> bool {
    let is_frequent =
        |pair: &&[u8]| PAIRS.iter().any(|row| row.as_chunks::<2>().0.iter().any(|one| one == *pair));
    let all = body.iter().all(u8::is_ascii_uppercase);
    all && body.windows(2).filter(is_frequent).count() >= FREQUENT
}

/// Whether characters are words that are written together, such as `TheKeyOfSomething`, by the pairs of letters in those of three and
/// more. Of a hundred thousand random secrets about one reads like that.
pub(crate) fn written_together(characters: &[u8]) -> bool {
    let goes_on = |_: &u8, next: &u8| next.is_ascii_lowercase();
    let words = characters.chunk_by(goes_on).filter(|word| word.len() >= SHORTEST_WORD);
    let is_frequent = |pair: &&[u8]| {
        let upper = pair.to_ascii_uppercase();
        PAIRS.iter().any(|row| row.as_chunks::<2>().0.iter().any(|one| one.as_slice() == upper))
    };
    words.flat_map(|word| word.windows(2)).filter(is_frequent).count() >= FREQUENT_IN_WORDS
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
    use super::{make_up, read_as_english, written_together};

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
            "FOOBARBAZQUXQUUX",
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

    #[test]
    fn words_in_camel_case_are_told_from_random_secrets() {
        for words in [
            "NotARealSecretKeyJustForDocumentation123",
            "AwsSdkCredentialsProviderChainFactoryV2X",
            "getSecretFromVaultWithDefaultValue12Aws/",
            "ApplicationLoadBalancerTargetGroupArn123",
        ] {
            assert!(written_together(words.as_bytes()), "{words}");
        }
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut state = 1u64;
        let mut secret = || {
            [(); 40].map(|()| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *alphabet.get((state >> 40) as usize % 64).unwrap()
            })
        };
        let lost = (0..100_000).map(|_| secret()).filter(|secret| written_together(secret)).count();
        assert!(lost <= 10, "{lost}");
    }

    #[test]
    fn words_that_nobody_listed_are_placeholders_and_random_letters_are_none() {
        for body in [
            "THISISNOTAREALID",
            "NOTAREALKEYATALL",
            "THROWAWAYTESTKEY",
            "LOREMIPSUMDOLORS",
            "TEMPORARYSESSION",
            "MOCKSESSIONTOKEN",
            "HELLOWORLDHELLOW",
            "YOURTEMPORARYKEY",
            "PACIFICNORTHEAST",
            "INTEGRATIONTESTS",
            "DONOTUSETHISHERE",
            "DEVELOPMENTMYKEY",
        ] {
            assert!(make_up(body.as_bytes()) || read_as_english(body.as_bytes()), "{body}");
        }
        let mut state = 1u64;
        let mut body = || {
            [(); 16].map(|()| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".get((state >> 40) as usize % 32).unwrap()
            })
        };
        let taken =
            (0..100_000).map(|_| body()).filter(|body| make_up(body) || read_as_english(body)).count();
        assert!(taken <= 10, "{taken}");
    }
}
