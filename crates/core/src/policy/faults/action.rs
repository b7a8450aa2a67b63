//! Actions that AWS does not understand, or does not have.

use iamrail_catalog::{Standing, expand, service, standing};

use super::{Fault, PolicyKind, operation, service as slips, shown, to_no_effect};
use crate::policy::{Element, Statement, glob_matches};

pub(super) fn check(statement: &Statement, kind: PolicyKind, faults: &mut Vec<Fault>) {
    for element in &statement.actions.items {
        let Some(text) = element.text.as_str() else { continue };
        let found = malformed(&text).or_else(|| match kind {
            PolicyKind::Trust => not_of_sts(&text).or_else(|| unknown(statement, &text)),
            PolicyKind::Managed | PolicyKind::Inline => unknown(statement, &text),
        });
        faults.extend(found.map(|fault| fault.of(element)));
    }
}

/// The part of an action before the colon and the one behind it.
fn parts(action: &str) -> Option<(&str, &str)> {
    action.split_once(':')
}

/// What AWS refuses whatever services there are.
fn malformed(action: &str) -> Option<Fault> {
    if action == "*" {
        return None;
    }
    let Some((prefix, name)) = parts(action) else {
        let message = format!("the action {} does not name a service", shown(action));
        return Some(
            Fault::refused(message, None).help("write the prefix of the service before it, such as `s3:`"),
        );
    };
    if name.contains(':') {
        let message = format!("the action {} has more than one colon", shown(action));
        return Some(
            Fault::refused(message, None).help("write the prefix of the service, a colon, and the name"),
        );
    }
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let (what, help) = if prefix.is_empty() {
        ("has nothing before the colon", "write the prefix of the service before it, such as `s3:`")
    } else if prefix.contains(['*', '?']) && !(prefix == "*" && is_any(name)) {
        (
            "has a wildcard in the prefix of the service",
            "name the services; wildcards stand behind the colon only",
        )
    } else if prefix != "*" && !prefix.bytes().all(is_part) {
        (
            "has characters in the prefix of the service that none has",
            "write the prefix with letters, digits and hyphens only, without white space",
        )
    } else {
        return None;
    };
    Some(Fault::refused(format!("the action {} {what}", shown(action)), None).help(help))
}

/// Whether a name stands for every action: AWS takes `*:*` for `*`.
fn is_any(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte == b'*')
}

/// A trust policy speaks of the actions with which roles are assumed.
fn not_of_sts(action: &str) -> Option<Fault> {
    let (prefix, _) = parts(action)?;
    if prefix == "*" || prefix.eq_ignore_ascii_case("sts") {
        return None;
    }
    let message = format!("a trust policy may have actions of `sts` only, and {} is none", shown(action));
    Some(
        Fault::refused(message, None)
            .help("write `sts:AssumeRole`; what the role may do stands in its policies"),
    )
}

/// What AWS takes and never matches.
fn unknown(statement: &Statement, action: &str) -> Option<Fault> {
    let (prefix, name) = parts(action)?;
    let effect = match statement.actions.except {
        true => "so it excepts nothing",
        false => to_no_effect(statement),
    };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'?' | b'_' | b'-' | b'.');
    if name.is_empty() || !name.bytes().all(is_part) {
        let message = format!("no action is called {}, {effect}", shown(action));
        let help = match name.contains(',') {
            true => "write every action as a text of its own",
            false => "write the prefix of the service, a colon, and the name, without white space",
        };
        return Some(Fault::void(message, None).help(help));
    }
    if prefix == "*" {
        return None;
    }
    let Some(service) = service(prefix) else {
        // A service of which nothing is known may be newer than the catalog.
        let meant = slips::meant(prefix, name)?;
        let message = format!("there is no service `{prefix}`, {effect}");
        return Some(Fault::void(message, None).help(format!("write `{}:{name}`", meant.prefix())));
    };
    if !expand(action).is_empty() || slips::is_custom(name) {
        return None;
    }
    if standing(action) == Standing::Retired || retired_like(service, name) {
        let message =
            format!("{} is not among the actions that `{}` has today", shown(action), service.prefix());
        let fault = Fault { consequence: super::Consequence::Dated, ..Fault::void(message, None) };
        return Some(fault.help("leave it out, unless you know that AWS still asks for it"));
    }
    let message = format!("`{}` has no action {}, {effect}", service.prefix(), shown(name));
    if let Some(actions) = operation::actions(service.prefix(), name) {
        let help = format!("write {actions}: the operation of the API goes by that");
        return Some(Fault::void(message, None).help(help));
    }
    if let Some(meant) = slips::meant_action(service, name) {
        return Some(Fault::void(message, None).help(format!("write `{meant}`")));
    }
    let help = format!(
        "look the action up among those that AWS lists for `{}`; this is the list of {}",
        service.prefix(),
        iamrail_catalog::SOURCES.first().map_or("", |source| source.date),
    );
    Some(Fault::void(message, None).help(help))
}

/// Whether a pattern matches an action that the service had.
fn retired_like(service: &'static iamrail_catalog::Service, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut retired = service.retired_actions().iter();
    // A service without any action is retired as a whole.
    service.actions().is_empty() || retired.any(|one| glob_matches(&name, &one.to_ascii_lowercase()))
}

/// Whether IAM understands an action, and the catalog knows what it stands for.
pub(super) fn is_known(element: &Element) -> bool {
    element.text.as_str().is_some_and(|text| !expand(&text).is_empty())
}
