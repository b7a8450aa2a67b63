//! What a request names and AWS does not have: it is answered all the same, and said on the way.

use iamrail::core::catalog::{
    Standing, action, condition_key, condition_keys, expand, service, services, standing,
};
use iamrail::core::collections::IndexMap;
use iamrail::core::policy::Request;
use iamrail::core::suggest::closest;

use crate::complain;

/// Something about a request that whoever asks should know.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Slip {
    /// Whether it keeps the request from being answered.
    pub(super) is_fatal: bool,
    pub(super) message: String,
}

/// The slips in a request: its action, and the condition keys that it was given.
pub(super) fn of<'k>(request: &Request, keys: impl IntoIterator<Item = &'k str>) -> Vec<Slip> {
    let of_action = in_action(request).into_iter();
    let messages = of_action.chain(keys.into_iter().filter_map(in_key));
    messages.map(|message| Slip { is_fatal: false, message }).collect()
}

/// Says each slip once for all cases that have it.
pub(super) fn tell(slips: impl IntoIterator<Item = (Slip, Option<String>)>) {
    let mut told: IndexMap<Slip, (Option<String>, usize)> = IndexMap::default();
    for (slip, case) in slips {
        told.entry(slip).or_insert((case, 0)).1 += 1;
    }
    for (Slip { is_fatal, message }, (case, count)) in told {
        let level = if is_fatal { "error" } else { "warning" };
        let case = match (case, count) {
            (None, _) => String::new(),
            (Some(case), 1) => format!("case `{case}`: "),
            (Some(case), count) => format!("case `{case}` and {} more: ", count - 1),
        };
        complain(&format!("{level}: {case}{message}"));
    }
}

fn in_action(request: &Request) -> Option<String> {
    let asked = &request.action;
    let (prefix, name) = (asked.service(), asked.name());
    let Some(service) = service(prefix) else {
        let have_it = services().iter().map(|service| service.prefix());
        let have_it = have_it.filter(|prefix| !expand(&format!("{prefix}:{name}")).is_empty());
        let meant = closest(prefix, have_it).map(|prefix| match action(&format!("{prefix}:{name}")) {
            Some(meant) => meant.to_string(),
            None => format!("{prefix}:{name}"),
        });
        return Some(format!("no service `{prefix}` is known{}", did_you_mean(meant)));
    };
    if asked.pattern().is_some() {
        let is_none = expand(&asked.to_string()).is_empty();
        return is_none.then(|| format!("`{asked}` matches no action that is known"));
    }
    match standing(&asked.to_string()) {
        Standing::Current => None,
        Standing::Retired => Some(format!("`{asked}` is not among the actions that `{prefix}` has today")),
        _ => {
            let names = service.actions().iter().map(|action| action.folded_name());
            let meant = closest(name, names).and_then(|name| action(&format!("{prefix}:{name}")));
            let meant = did_you_mean(meant.map(ToString::to_string));
            Some(format!("no action `{asked}` is known{meant}"))
        }
    }
}

/// A key that neither every service has nor the one of its prefix. Those of identity providers are anybody's.
fn in_key(key: &str) -> Option<String> {
    let prefix = key.split_once(':').map(|(prefix, _)| prefix.to_ascii_lowercase());
    let prefix = prefix.as_deref();
    let of_aws = prefix.filter(|prefix| *prefix == "aws" || service(prefix).is_some());
    let is_of_provider = of_aws.is_none() && prefix.is_some_and(|prefix| prefix.contains('.'));
    if is_of_provider || condition_key(key).is_some() {
        return None;
    }
    // What is filled in tells nothing of the key.
    let start = |name: &'static str| name.find("${").and_then(|at| name.get(..at)).unwrap_or(name);
    let folded = key.to_ascii_lowercase();
    let known: Vec<(String, &str)> =
        condition_keys().map(|key| (start(key.name).to_ascii_lowercase(), key.name)).collect();
    let is_of = |name: &str| of_aws.is_none_or(|prefix| name.split(':').next() == Some(prefix));
    let like = known.iter().map(|(folded, _)| folded.as_str()).filter(|name| is_of(name));
    let meant = closest(&folded, like).and_then(|meant| known.iter().find(|(folded, _)| folded == meant));
    let meant = meant.map(|(_, name)| (*name).to_owned());
    Some(format!("no condition key `{key}` is known{}", did_you_mean(meant)))
}

fn did_you_mean(meant: Option<String>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"))
}
