//! Reads services and their actions from what is embedded.
//!
//! The files are part of the program, and tests read all of them: a part that is not there is empty.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::actions::{Access, Action, ResourceType, Service};

static INDEX: &str = include_str!("../data/services.txt");
static ACTIONS: &str = include_str!("../data/actions.txt");

/// What is known of services before anything is asked of one.
pub(crate) struct Facts {
    pub(crate) services: Vec<Service>,
    pub(crate) by_prefix: HashMap<&'static str, usize>,
    pub(crate) principals: Vec<&'static str>,
}

/// What a service has.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) actions: Vec<Action>,
    pub(crate) types: Vec<ResourceType>,
    pub(crate) retired: Vec<&'static str>,
    /// The types of the resources of all actions, by their places, each with whether it is required.
    pub(crate) on: Vec<(u16, bool)>,
}

pub(crate) fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(Facts::read)
}

impl Facts {
    /// Reads the lines that `data/catalog.py` describes.
    fn read() -> Self {
        let mut services: Vec<Service> = Vec::with_capacity(512);
        let mut by_prefix = HashMap::with_capacity(512);
        let mut principals = Vec::with_capacity(512);
        let (mut first, mut texts) = (0, ACTIONS);
        for line in INDEX.lines() {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            match next() {
                "S" => {
                    let (prefix, name) = (next(), next());
                    let end = first + number::<u32>(next());
                    let text = take(&mut texts, number(next()));
                    by_prefix.insert(prefix, services.len());
                    let place = u16::try_from(services.len()).unwrap_or(u16::MAX);
                    let contents = OnceLock::new();
                    services.push(Service { prefix, name, place, first, end, text, contents });
                    first = end;
                }
                _ => principals.push(next()),
            }
        }
        Self { services, by_prefix, principals }
    }
}

/// Takes a part of some length from the start of a text.
pub(crate) fn take(text: &mut &'static str, length: usize) -> &'static str {
    let (part, rest) = text.split_at_checked(length).unwrap_or_default();
    *text = rest;
    part
}

pub(crate) fn number<T: std::str::FromStr + Default>(field: &str) -> T {
    field.parse().unwrap_or_default()
}

impl Contents {
    /// What the service at a place among all services has, the first of whose actions has this number.
    pub(crate) fn read(text: &'static str, service: u16, first: u32) -> Self {
        // The names in lower case stand at the same places of a text of their own.
        let folded: &'static str = String::leak(text.to_ascii_lowercase());
        let mut contents = Self::default();
        for (line, folded) in text.lines().zip(folded.lines()) {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            match next() {
                "A" => {
                    let (name, access, keys) = (next(), Access::read(next()), next().parse().ok());
                    let folded = folded.get(2..2 + name.len()).unwrap_or_default();
                    let from = contents.on.len();
                    contents.on.extend(fields.map(read_type));
                    let on = (size(from), size(contents.on.len() - from));
                    let index = first + size(contents.actions.len());
                    contents.actions.push(Action { index, service, name, folded, access, keys, on });
                }
                "T" => {
                    let (name, arn) = (next(), next());
                    let (keys, pattern) = (next().parse().ok(), OnceLock::new());
                    contents.types.push(ResourceType { name, arn, keys, pattern });
                }
                _ => contents.retired.push(next()),
            }
        }
        contents
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
