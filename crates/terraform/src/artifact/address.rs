//! Addresses and references as plans write them: `module.app["eu"].aws_iam_role.this[0].arn`.

use std::fmt;

use iamrail_core::model;
use iamrail_core::source::Span;
use serde::Deserialize;

/// The key of an instance: of `count` or of `for_each`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Number(u64),
    Text(String),
}

/// The key of an instance as JSON writes it.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Index {
    Number(u64),
    Text(String),
}

impl From<Index> for Key {
    fn from(index: Index) -> Self {
        match index {
            Index::Number(number) => Key::Number(number),
            Index::Text(text) => Key::Text(text),
        }
    }
}

/// A part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Name(&'a str),
    Key(Key),
}

/// The parts of an address or reference; `None` when it is written in no known way.
pub(super) fn parse(address: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = address;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (key, after) = key(inner)?;
            parts.push(Part::Key(key));
            rest = after;
        } else {
            rest = rest.strip_prefix('.').filter(|_| !parts.is_empty()).unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty() {
                return None;
            }
            parts.push(Part::Name(name));
            rest = after;
        }
    }
    Some(parts)
}

/// The key behind an opening bracket, and what follows the closing one.
fn key(inner: &str) -> Option<(Key, &str)> {
    let Some(quoted) = inner.strip_prefix('"') else {
        let (digits, after) = inner.split_once(']')?;
        return Some((Key::Number(digits.parse().ok()?), after));
    };
    let mut text = String::new();
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            '"' => return Some((Key::Text(text), letters.as_str().strip_prefix(']')?)),
            '\\' => match letters.next()? {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(number) => write!(f, "[{number}]"),
            Key::Text(text) => {
                f.write_str("[\"")?;
                for letter in text.chars() {
                    match letter {
                        '"' | '\\' => write!(f, "\\{letter}")?,
                        '\n' => f.write_str("\\n")?,
                        '\t' => f.write_str("\\t")?,
                        '\r' => f.write_str("\\r")?,
                        other => write!(f, "{other}")?,
                    }
                }
                f.write_str("\"]")
            }
        }
    }
}

/// A module instance on the way from the root: the name of its call and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) key: Option<Key>,
}

/// The module instances that the address of a module leads through.
pub(super) fn calls(module_address: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut parts = parse(module_address).unwrap_or_default().into_iter();
    while let Some(part) = parts.next() {
        match part {
            Part::Name("module") => {
                let Some(Part::Name(name)) = parts.next() else { break };
                calls.push(Call { name: name.to_owned(), key: None });
            }
            Part::Key(key) => {
                if let Some(call) = calls.last_mut() {
                    call.key = Some(key);
                }
            }
            Part::Name(_) => break,
        }
    }
    calls
}

/// An address without the keys of instances, known or not: that of the block they are made of.
pub(crate) fn without_keys(address: &str) -> String {
    let address = address.replace("[*]", "");
    let Some(parts) = parse(&address) else { return address };
    let names = parts.iter().filter_map(|part| match part {
        Part::Name(name) => Some(*name),
        Part::Key(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// The address of the module instance that these calls lead to; empty for the root module.
pub(super) fn module_address(calls: &[Call]) -> String {
    let mut address = String::new();
    for call in calls {
        let dot = if address.is_empty() { "" } else { "." };
        address.push_str(&format!("{dot}module.{}", call.name));
        if let Some(key) = &call.key {
            address.push_str(&key.to_string());
        }
    }
    address
}

/// The module calls on the way to a resource, all of which a plan or state mentions in one place only.
pub(super) fn path(calls: &[Call], span: Span) -> Vec<model::Call> {
    let inner = (1..=calls.len()).filter_map(|depth| calls.get(..depth));
    inner.map(|calls| model::Call { subject: module_address(calls).into(), span }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_taken_apart() {
        let text = |key: &str| Part::Key(Key::Text(key.to_owned()));
        for (reference, expected) in [
            ("var.x", Some(vec![Part::Name("var"), Part::Name("x")])),
            (
                r#"aws_iam_policy.team["a.b[\"c\"]"].arn"#,
                Some(vec![
                    Part::Name("aws_iam_policy"),
                    Part::Name("team"),
                    text("a.b[\"c\"]"),
                    Part::Name("arn"),
                ]),
            ),
            (
                "module.m[0].x",
                Some(vec![Part::Name("module"), Part::Name("m"), Part::Key(Key::Number(0)), Part::Name("x")]),
            ),
            ("a..b", None),
            ("a[b", None),
            (r#"a["b"#, None),
        ] {
            assert_eq!(parse(reference), expected, "{reference}");
        }
    }

    #[test]
    fn the_instances_of_a_block_differ_in_their_keys_only() {
        for address in [
            r#"module.m["a.b"].aws_iam_role.r[0]"#,
            "module.m[*].aws_iam_role.r",
            "module.m.aws_iam_role.r[1]",
        ] {
            assert_eq!(without_keys(address), "module.m.aws_iam_role.r");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_the_parser_fail(address in any::<String>()) {
            let _ = parse(&address);
        }

        #[test]
        fn a_key_is_read_as_it_is_written(key in any::<String>()) {
            let calls = [Call { name: "m".to_owned(), key: Some(Key::Text(key)) }];
            prop_assert_eq!(super::calls(&module_address(&calls)), calls);
        }
    }
}
