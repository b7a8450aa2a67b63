//! Drafts of exceptions.

use std::collections::BTreeSet;
use std::fmt::Write;

use iamrail::core::exceptions::without_keys;
use iamrail::core::report::Report;

use super::suppression::{Suppression, suppressions};
use crate::failure::Failure;
use crate::output::{Shown, neutral, yaml_text};
use crate::session::Session;

const HEADING: &str = "\
# Drafts of exceptions, from the suppressions of other tools. None of them counts before it says who owns it and who approved
# it: fill in what is empty, and leave out what is not needed.
";

/// An exception in the making.
struct Draft {
    rules: &'static [&'static str],
    resources: Vec<String>,
    reason: String,
    /// The suppressions that it stands for.
    from: Vec<String>,
}

/// A file of exceptions with a draft for the suppressions in the input that a rule of iamrail looks for as well; the others
/// are named.
///
/// # Errors
/// There is no input.
pub(super) fn drafts(session: &Session) -> Result<String, Failure> {
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    let clean = |text: &str| neutral(&shown.scene.text(text)).into_owned();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for file in session.texts() {
        for suppression in suppressions(&file) {
            let line = file.position(suppression.span.start).line;
            let at = session.paths().show(file.path());
            let from = clean(&format!("{} {}, {at}:{line}", suppression.tool, suppression.check));
            let rules = suppression.rules();
            let resources = resources(&report, &suppression);
            if rules.is_empty() {
                others.push(format!("{from}: no rule looks for this"));
            } else if resources.is_empty() {
                others.push(format!("{from}: no finding is about what it stands at"));
            } else {
                let same = |one: &&mut Draft| one.rules == rules && one.resources == resources;
                match drafts.iter_mut().find(same) {
                    Some(draft) => draft.from.push(from),
                    None => {
                        let reason = clean(&suppression.reason);
                        drafts.push(Draft { rules, resources, reason, from: vec![from] });
                    }
                }
            }
        }
    }
    let mut text = HEADING.to_owned();
    text.push_str(if drafts.is_empty() { "exceptions: []\n" } else { "exceptions:\n" });
    // Writing to a string does not fail.
    let _ = drafts.iter().try_for_each(|draft| draft.write(&mut text));
    let _ = others.iter().try_for_each(|other| writeln!(text, "# {other}"));
    Ok(text)
}

/// The resources that a suppression is about, as findings name them: their addresses with the modules that call them. One that
/// no finding is about is named as it stands there, unless it is no resource.
fn resources(report: &Report, suppression: &Suppression) -> Vec<String> {
    let Some(resource) = &suppression.resource else { return Vec::new() };
    let is_it = |subject: &str| {
        subject.strip_suffix(resource).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let rules = suppression.rules();
    let about = report.findings.iter().filter(|finding| rules.contains(&finding.rule.name));
    let of_file = about.filter(|finding| finding.span.file == suppression.span.file);
    let found = of_file.filter_map(|finding| {
        let subject = without_keys(&finding.subject);
        let is_within = suppression.around.is_some_and(|around| around.contains(&finding.span));
        (is_within || is_it(&subject)).then_some(subject)
    });
    let found: BTreeSet<String> = found.collect();
    let is_resource =
        !["data.", "module.", "locals", "variable."].iter().any(|kind| resource.starts_with(kind));
    match found.is_empty() {
        true if is_resource => vec![resource.clone()],
        _ => found.into_iter().collect(),
    }
}

impl Draft {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        let list = |items: Vec<String>| match items.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        for from in &self.from {
            writeln!(text, "  # {from}")?;
        }
        writeln!(text, "  - rule: {}", list(self.rules.iter().map(|rule| (*rule).to_owned()).collect()))?;
        writeln!(text, "    resource: {}", list(self.resources.iter().map(|one| yaml_text(one)).collect()))?;
        let reason =
            if self.reason.is_empty() { String::new() } else { format!(" {}", yaml_text(&self.reason)) };
        writeln!(text, "    reason:{reason}")?;
        writeln!(text, "    owner:\n    approved by:\n    review date:")
    }
}
