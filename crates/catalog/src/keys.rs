//! Condition keys.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::global::{GLOBAL, global_key};

static TEXT: &str = include_str!("../data/keys.txt");

/// A key of the request's context.
#[derive(Debug)]
pub struct ConditionKey {
    /// The key as AWS writes it; `aws:ResourceTag/${TagKey}` stands for one key for each tag.
    pub name: &'static str,
    /// What its values are.
    pub kind: KeyType,
}

/// What the values of a condition key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyType {
    /// One ARN.
    Arn,
    /// One truth value.
    Bool,
    /// One date.
    Date,
    /// One number.
    Numeric,
    /// One address or one text.
    String,
    /// Any number of ARNs, truth values, dates, numbers or texts: a condition on it needs `ForAllValues` or `ForAnyValue`.
    Several,
}

/// Keys that are listed with several values, and that AWS's own policies and the pages of the service compare with one.
const SINGLE: [&str; 1] = ["events:detail-type"];

/// What is known of condition keys.
struct Keys {
    keys: Vec<ConditionKey>,
    by_name: HashMap<String, usize>,
    lists: Vec<Vec<u16>>,
}

fn all() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys::read(TEXT))
}

/// What is known of a condition key such as `aws:PrincipalTag/team`, whatever its case.
///
/// ```
/// use iamrail_catalog::{KeyType, condition_key};
/// assert_eq!(condition_key("aws:tagkeys").map(|key| key.kind), Some(KeyType::Several));
/// assert_eq!(condition_key("aws:ResourceTag/team").map(|key| key.name), Some("aws:ResourceTag/${TagKey}"));
/// assert_eq!(condition_key("aws:CalledVia").map(|key| key.kind), Some(KeyType::Several));
/// ```
pub fn condition_key(name: &str) -> Option<&'static ConditionKey> {
    let keys = all();
    let folded = name.to_ascii_lowercase();
    if folded.ends_with(['/', ':']) {
        return None;
    }
    // What is filled in may have slashes and colons itself.
    let start = |separator| {
        let mut separators = folded.match_indices(separator);
        separators.find_map(|(at, _)| keys.by_name.get(folded.get(..=at)?))
    };
    let place = keys.by_name.get(&folded).or_else(|| start('/')).or_else(|| start(':'));
    place.and_then(|place| keys.keys.get(*place)).or_else(|| global_key(&folded))
}

/// All condition keys that are known, those of every service first.
pub fn condition_keys() -> impl Iterator<Item = &'static ConditionKey> {
    GLOBAL.iter().chain(&all().keys)
}

/// The keys of a list.
pub(crate) fn keys_of(list: Option<u16>) -> impl Iterator<Item = &'static ConditionKey> {
    let places = list.and_then(|list| all().lists.get(usize::from(list)));
    places.into_iter().flatten().filter_map(|place| all().keys.get(usize::from(*place)))
}

impl Keys {
    /// Reads the lines that `data/catalog.py` describes.
    fn read(text: &'static str) -> Self {
        let mut keys = Self { keys: Vec::new(), by_name: HashMap::new(), lists: Vec::new() };
        for line in text.lines() {
            let mut fields = line.split('\t');
            match fields.next() {
                Some("K") => {
                    let name = fields.next().unwrap_or_default();
                    let kind = match SINGLE.contains(&name) {
                        true => KeyType::String,
                        false => KeyType::read(fields.next().unwrap_or_default()),
                    };
                    let folded = name.to_ascii_lowercase();
                    // A key with a part to fill in is found by what stands before that part.
                    let start = folded.find("${").and_then(|at| folded.get(..at));
                    let start = start.filter(|start| start.ends_with(['/', ':']));
                    let found_by = start.map_or(folded.clone(), str::to_owned);
                    keys.by_name.insert(found_by, keys.keys.len());
                    keys.keys.push(ConditionKey { name, kind });
                }
                _ => keys.lists.push(fields.filter_map(|place| place.parse().ok()).collect()),
            }
        }
        keys
    }
}

impl KeyType {
    fn read(kind: &str) -> Self {
        match kind {
            kind if kind.starts_with("ArrayOf") => Self::Several,
            "ARN" | "Arn" => Self::Arn,
            "Bool" | "Boolean" => Self::Bool,
            "Date" => Self::Date,
            "Numeric" | "Long" | "Integer" | "Number" => Self::Numeric,
            _ => Self::String,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_tags_in_them_are_found() {
        assert_eq!(
            condition_key("AWS:requesttag/Team").map(|key| key.name),
            Some("aws:RequestTag/${TagKey}")
        );
        assert_eq!(
            condition_key("kms:EncryptionContext:department").map(|key| key.name),
            Some("kms:EncryptionContext:${EncryptionContextKey}")
        );
        for unknown in ["aws:NoSuchKey", "kms:EncryptionContext:", "aws:PrincipalTag/", "aws:", "kms:x:y", ""]
        {
            assert_eq!(condition_key(unknown).map(|key| key.name), None, "{unknown}");
        }
    }

    #[test]
    fn the_keys_of_every_service_are_known() {
        for key in condition_keys().take(GLOBAL.len()) {
            let name = key.name.replace("${TagKey}", "Team").to_uppercase();
            assert_eq!(
                condition_key(&name).map(|found| (found.name, found.kind)),
                Some((key.name, key.kind))
            );
        }
    }

    #[test]
    fn all_of_the_keys_are_read() {
        assert!(all().keys.len() > 1_500, "{}", all().keys.len());
        assert!(all().keys.iter().any(|key| key.kind == KeyType::Bool));
        assert!(all().lists.iter().flatten().all(|place| usize::from(*place) < all().keys.len()));
    }
}
