//! The configuration of an image: the instructions that made it, and what its layers must come to.

use std::ops::Range;

use iamrail::core::credentials::redact::{credentials, tokens};
use serde::Deserialize;

use super::digest::{Found, Written};
use super::manifest::{or_default, parse};
use super::trouble::Trouble;

/// How much of an instruction or a name is shown, in characters.
const LONGEST: usize = 100;
/// How much of it is looked at for that, in bytes.
const LOOKED_AT: usize = 64 << 10;

/// What is written in an image's configuration and matters here.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Config {
    #[serde(default, deserialize_with = "or_default")]
    history: Vec<Step>,
    #[serde(default, deserialize_with = "or_default")]
    rootfs: RootFs,
}

/// What the layers come to when they are decompressed.
#[derive(Debug, Default, Deserialize)]
struct RootFs {
    #[serde(default, deserialize_with = "or_default")]
    diff_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Step {
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    empty_layer: bool,
}

impl Config {
    /// The configuration in a document.
    pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<Self, Trouble> {
        parse(name, bytes)
    }

    /// Whether the layers are those that the configuration is of: each with what came of it, where that is known.
    pub(super) fn verify(&self, layers: &[Option<&Found>]) -> Result<(), Trouble> {
        let said = &self.rootfs.diff_ids;
        if !said.is_empty() && said.len() != layers.len() {
            return Err(Trouble::Count(said.len(), layers.len()));
        }
        let differs = |(said, found): (&String, &Option<&Found>)| {
            let said = Written::parse(said).map(|(_, digest)| digest);
            let found = found.and_then(|found| found.digest.as_ref());
            said.zip(found).is_some_and(|(said, found)| said.differs(found))
        };
        match said.iter().zip(layers).position(differs) {
            Some(at) => Err(Trouble::Difference(at + 1)),
            None => Ok(()),
        }
    }

    /// The instructions that made the layers, by their order; none where it is not known which made which.
    pub(super) fn instructions(&self, layers: usize) -> Vec<&str> {
        let made = self.history.iter().filter(|step| !step.empty_layer);
        let made: Vec<&str> = made.map(|step| step.created_by.as_deref().unwrap_or_default()).collect();
        if made.len() == layers { made } else { Vec::new() }
    }
}

/// An instruction as it may be shown: without whatever may be a token in it, which would not be known again when it is cut.
pub(super) fn shown(instruction: &str) -> String {
    without(instruction, tokens)
}

/// A name as it may be shown: without credentials. Tags and paths hold digests, by which they are told from each other.
pub(super) fn named(name: &str) -> String {
    without(name, credentials)
}

fn without(text: &str, parts: impl Fn(&str) -> Vec<Range<usize>>) -> String {
    let whole = text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or_default();
    let mut text = String::new();
    let mut at = 0;
    for hidden in parts(whole) {
        text.push_str(whole.get(at..hidden.start).unwrap_or_default());
        text.push_str("****");
        at = hidden.end;
    }
    text.push_str(whole.get(at..).unwrap_or_default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, named, shown};

    #[test]
    fn an_instruction_is_shown_without_what_may_be_a_token() {
        let token = ["q7Zk2mVx", "L0aTn4RsWy8dBe1Gf6Hj3Kp5Mq9Nc2Ub"].concat();
        let instruction = format!("/bin/sh -c curl -u deploy:{token} https://example.com/a");
        assert_eq!(shown(&instruction), "/bin/sh -c curl -u deploy:**** https://example.com/a");
    }

    #[test]
    fn a_name_keeps_its_digest() {
        let id = ["AKIARZPUZD", "IKHHOY7W7M"].concat();
        let name = format!("shop:3f2a9c8d1e4b5a6f7c8d9e0a1b2c3d4e5f6a7b8c-{id}");
        assert_eq!(named(&name), "shop:3f2a9c8d1e4b5a6f7c8d9e0a1b2c3d4e5f6a7b8c-****");
    }

    #[test]
    fn null_stands_for_nothing() {
        let config = Config::parse("c", br#"{"config": null, "history": null}"#).unwrap();
        assert!(config.instructions(1).is_empty());
        let step = Config::parse("c", br#"{"history": [{"created_by": null, "empty_layer": null}]}"#);
        assert_eq!(step.unwrap().instructions(1), [""]);
    }
}
