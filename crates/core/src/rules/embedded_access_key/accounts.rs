//! Which accounts the configuration names.

use std::collections::BTreeSet;

use crate::source::Sources;

/// How many digits the number of an account has.
const DIGITS: usize = 12;

/// Those of the accounts whose number stands in a text of the front ends: in an ARN, among the allowed accounts of a provider.
pub(super) fn named(mut accounts: BTreeSet<String>, sources: &Sources) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for file in sources.all() {
        if accounts.is_empty() {
            break;
        }
        for number in numbers(file.text()) {
            named.extend(accounts.take(number));
        }
    }
    named
}

/// The numbers of a text that have as many digits as that of an account.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric());
    words.filter(|word| word.len() == DIGITS && word.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn accounts_are_numbers_of_twelve_digits_that_stand_alone() {
        let text = "arn:aws:iam::111122223333:root \"444455556666\" 1234567890123 a777788889999 2024-01-01";
        assert_eq!(numbers(text).collect::<Vec<_>>(), ["111122223333", "444455556666"]);
    }
}
