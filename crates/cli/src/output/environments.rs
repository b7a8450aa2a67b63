//! The environments that something holds in, in words.

use std::sync::Arc;

use iamrail::core::report::{Diagnostic, Finding, Report};

/// How many environments are named; the rest is counted.
const MOST_NAMED: usize = 8;

/// Where a finding holds: "in every environment: `production`, `staging`"; `None` when it does not depend on environments.
pub(crate) fn of_finding(report: &Report, finding: &Finding) -> Option<String> {
    let own = &finding.environments;
    let all = report.units.get(finding.unit).map_or(&[][..], |unit| &unit.environments);
    let names = names(own)?;
    Some(match (own.len(), own.len() < all.len()) {
        (1, true) => format!("in the environment {names} alone"),
        (1, false) => format!("in the environment {names}"),
        (_, true) => format!("in the environments {names} alone"),
        (_, false) => format!("in every environment: {names}"),
    })
}

/// In which environments a diagnostic is said; `None` when it is in all of them.
pub(crate) fn of_diagnostic(diagnostic: &Diagnostic) -> Option<String> {
    let names = names(&diagnostic.environments)?;
    let several = if diagnostic.environments.len() == 1 { "" } else { "s" };
    Some(format!("in the environment{several} {names}"))
}

/// The names, in backticks; `None` when there are none.
pub(crate) fn names(environments: &[Arc<str>]) -> Option<String> {
    let named = environments.iter().take(MOST_NAMED).map(|name| format!("`{name}`"));
    let named = named.collect::<Vec<_>>().join(", ");
    match environments.len().saturating_sub(MOST_NAMED) {
        _ if environments.is_empty() => None,
        0 => Some(named),
        more => Some(format!("{named} and {more} more")),
    }
}
