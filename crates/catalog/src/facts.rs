//! Reads services, actions and condition keys from what is embedded.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::actions::{Access, Action, ConditionKey, KeyType, ResourceType, Service};
use crate::load::unpack;

static PACKED: &[u8] = include_bytes!("../data/actions.zst");

/// What is known of services.
pub(crate) struct Facts {
    pub(crate) services: Vec<Service>,
    pub(crate) by_prefix: HashMap<&'static str, usize>,
    pub(crate) actions: Vec<Action>,
    /// The types of the resources of all actions, by their places in the service, each with whether it is required.
    pub(crate) on: Vec<(u16, bool)>,
    pub(crate) keys: Vec<ConditionKey>,
    pub(crate) keys_by_name: HashMap<String, usize>,
    pub(crate) key_lists: Vec<Vec<u16>>,
    pub(crate) principals: Vec<&'static str>,
}

pub(crate) fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(|| Facts::read(std::str::from_utf8(unpack(PACKED)).unwrap_or_default()))
}

impl Facts {
    /// Reads the lines that `data/catalog.py` describes.
    fn read(text: &'static str) -> Self {
        // The names in lower case stand at the same places of a text of their own.
        let folded: &'static str = String::leak(text.to_ascii_lowercase());
        let mut facts = Self {
            services: Vec::with_capacity(512),
            by_prefix: HashMap::with_capacity(512),
            actions: Vec::with_capacity(24_000),
            on: Vec::with_capacity(24_000),
            keys: Vec::new(),
            keys_by_name: HashMap::new(),
            key_lists: Vec::new(),
            principals: Vec::new(),
        };
        for (line, folded) in text.lines().zip(folded.lines()) {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            match next() {
                "A" => {
                    let (name, access, keys) = (next(), Access::read(next()), next().parse().ok());
                    let folded = folded.get(2..2 + name.len()).unwrap_or_default();
                    let first = facts.on.len();
                    facts.on.extend(fields.map(read_type));
                    let on = (size(first), size(facts.on.len() - first));
                    let service = u16::try_from(facts.services.len().saturating_sub(1)).unwrap_or_default();
                    let index = size(facts.actions.len());
                    facts.actions.push(Action { index, service, name, folded, access, keys, on });
                    if let Some(service) = facts.services.last_mut() {
                        service.end = index + 1;
                    }
                }
                "R" => {
                    if let Some(service) = facts.services.last_mut() {
                        service.retired.push(next());
                    }
                }
                "T" => {
                    let resource = ResourceType { name: next(), arn: next(), keys: next().parse().ok() };
                    if let Some(service) = facts.services.last_mut() {
                        service.types.push(resource);
                    }
                }
                "S" => {
                    let first = size(facts.actions.len());
                    let (prefix, name) = (next(), next());
                    facts.by_prefix.insert(prefix, facts.services.len());
                    let (types, retired) = (Vec::new(), Vec::new());
                    facts.services.push(Service { prefix, name, first, end: first, types, retired });
                }
                "K" => {
                    let (name, kind) = (next(), KeyType::read(next()));
                    let folded = name.to_ascii_lowercase();
                    // A key with a part to fill in is found by what stands before that part.
                    let found_by =
                        folded.split_once("/${").map_or(folded.clone(), |(before, _)| format!("{before}/"));
                    facts.keys_by_name.insert(found_by, facts.keys.len());
                    facts.keys.push(ConditionKey { name, kind });
                }
                "L" => facts.key_lists.push(fields.filter_map(|place| place.parse().ok()).collect()),
                "P" => facts.principals.push(next()),
                _ => {}
            }
        }
        facts
    }
}

fn size(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn read_type(field: &str) -> (u16, bool) {
    match field.strip_suffix('*') {
        Some(place) => (place.parse().unwrap_or(u16::MAX), true),
        None => (field.parse().unwrap_or(u16::MAX), false),
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
