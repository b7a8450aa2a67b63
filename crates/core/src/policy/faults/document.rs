//! Documents as a whole: their version, their size, their characters, and what every statement must have.

use std::sync::Arc;

use iamrail_credentials::redact::tokens;

use super::remedy::remedy;
use super::{Fault, PolicyKind, shown};
use crate::collections::HashMap;
use crate::policy::{Document, Element, Principals, Statement};
use crate::value::Value;

/// The versions that AWS has. Only the second has variables.
const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];
/// How many characters a customer-managed policy may have, white space left out.
const MOST_OF_MANAGED: usize = 6_144;
/// How many a trust policy may have once its quota has been raised as far as it goes.
const MOST_OF_TRUST: usize = 8_192;

pub(super) fn faults(document: &Document, kind: PolicyKind) -> Vec<Fault> {
    let mut faults: Vec<Fault> = document.problems.iter().map(problem).collect();
    version(document, kind, &mut faults);
    size(document, kind, &mut faults);
    repeated_sids(document, &mut faults);
    faults
}

fn problem(problem: &crate::policy::Problem) -> Fault {
    let mut fault = Fault::refused(&problem.message, problem.span);
    fault.help = match problem.meant {
        Some(meant) => format!("write `{meant}`"),
        None => remedy(&problem.message).to_owned(),
    };
    Fault { guard: problem.guard.clone(), undecided: problem.undecided.clone(), ..fault }
}

fn version(document: &Document, kind: PolicyKind, faults: &mut Vec<Fault>) {
    // Of a document without a frame nothing can be missing.
    if document.size == 0 {
        return;
    }
    let span = document.version.span;
    let needed = kind == PolicyKind::Managed;
    for one in document.version.alternatives() {
        if one.value.is_none_or(Value::is_null) && needed && !is_misspelt(document) {
            let message =
                "a customer-managed policy must have the `Version` 2012-10-17, and this one has none";
            let fault =
                Fault::refused(message, span.or(document.span)).help("add `Version` with `2012-10-17`");
            faults.push(Fault { guard: one.guard, undecided: one.undecided.cloned(), ..fault });
            continue;
        }
        let Some(version) = one.value.and_then(Value::as_str) else { continue };
        let span = one.value.and_then(|value| value.span).or(span);
        let fault = if !VERSIONS.contains(&version.as_ref()) {
            let message = format!("{} is no version of the policy language", shown(&version));
            Fault::refused(message, span).help("write `2012-10-17`, whatever the date is")
        } else if needed && version == VERSIONS[0] {
            let message = "a customer-managed policy must have the `Version` 2012-10-17, not 2008-10-17";
            Fault::refused(message, span).help("write `2012-10-17`")
        } else {
            continue;
        };
        faults.push(Fault { guard: one.guard, undecided: one.undecided.cloned(), ..fault });
    }
}

/// Whether a document names its version in another way than AWS does, which is reported as such.
fn is_misspelt(document: &Document) -> bool {
    document.problems.iter().any(|problem| problem.meant == Some("Version"))
}

fn size(document: &Document, kind: PolicyKind, faults: &mut Vec<Fault>) {
    let (most, what) = match kind {
        PolicyKind::Managed => (MOST_OF_MANAGED, "a customer-managed policy may have 6,144"),
        PolicyKind::Trust => (MOST_OF_TRUST, "a trust policy may have 8,192 once its quota is raised"),
        // The inline policies of a principal count together.
        PolicyKind::Inline => return,
    };
    if document.size > most {
        let message = format!("it has {} characters without white space, and {what}", document.size);
        faults.push(Fault::refused(message, document.span).help("split it into several policies"));
    }
}

fn repeated_sids(document: &Document, faults: &mut Vec<Fault>) {
    let mut seen: HashMap<Arc<str>, Vec<&Statement>> = HashMap::default();
    for statement in &document.statements {
        let Some(sid) = statement.sid.as_str().filter(|sid| !sid.is_empty()) else { continue };
        // Statements that exclude each other, as two branches of one condition do, may share an identifier.
        if statement.undecided.is_some() {
            continue;
        }
        let earlier = seen.entry(Arc::from(sid.as_ref())).or_default();
        let clash = earlier.iter().find_map(|one| Some((one, one.guard.and(&statement.guard)?)));
        match clash {
            Some((one, _)) if one.span.is_some() && one.span == statement.span => {}
            Some((one, guard)) => {
                let message = format!("two statements have the `Sid` {}", shown(&sid));
                let span = statement.sid.span.or(statement.span);
                let fault =
                    Fault::refused(message, span).help("give every statement a `Sid` of its own, or none");
                let first = one.sid.span.or(one.span);
                faults.push(Fault { related: Some((first, "the first one".to_owned())), guard, ..fault });
            }
            None => earlier.push(statement),
        }
    }
}

/// A `Sid` has letters and digits.
pub(super) fn sid(statement: &Statement, faults: &mut Vec<Fault>) {
    let Some(sid) = statement.sid.as_str() else { return };
    if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let message = format!("the `Sid` {} has other characters than letters and digits", shown(&sid));
        let plain: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
        // Without its marks a secret is not recognised any more.
        let is_shown = !plain.is_empty() && tokens(&sid).is_empty();
        let help = if is_shown { format!("write `{plain}`") } else { "leave it out".to_owned() };
        faults.push(Fault::refused(message, statement.sid.span.or(statement.span)).help(help));
    }
}

/// What the policies of users, groups and roles must have, and what they cannot have.
pub(super) fn elements_of_identities(statement: &Statement, faults: &mut Vec<Fault>) {
    let is_certain = |principals: &&Principals| {
        principals.entries.iter().flat_map(|(_, elements)| &elements.items).any(|one| one.undecided.is_none())
    };
    if let Some(principals) = statement.principals.as_ref().filter(is_certain) {
        let message = "the policy of an identity cannot have a `Principal`: it speaks of whoever has it";
        let fault = Fault::refused(message, principals.key.or(statement.span));
        faults.push(fault.help("leave it out; only policies of resources name principals"));
    }
    if statement.resources.is_none() {
        let fault = Fault::refused("the statement has no `Resource`", statement.span);
        faults.push(fault.help("add `Resource` with the ARNs that the statement speaks of"));
    }
    let resources = statement.resources.iter().flat_map(|resources| &resources.items);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values.items);
    faults.extend(resources.chain(values).filter_map(foreign_letter));
}

/// IAM takes the letters of Latin-1 and no others, unless they are written as escapes.
fn foreign_letter(element: &Element) -> Option<Fault> {
    use crate::value::Part;
    element.text.parts().iter().find_map(|part| {
        let Part::Literal { text, span: Some(span) } = part else { return None };
        let is_as_written = span.len() as usize == text.len();
        let letter = text.chars().find(|letter| u32::from(*letter) > 0xff).filter(|_| is_as_written)?;
        let message = format!("the character `{letter}` is none that policies may have");
        Some(Fault::refused(message, None).of(element).help("use characters up to U+00FF"))
    })
}
