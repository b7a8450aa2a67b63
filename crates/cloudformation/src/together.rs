//! Templates that are deployed together: those that import values, and those of the same run that export them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iamrail_core::check::{Environments, UnitSource};
use iamrail_core::collections::IndexMap;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, Span};
use rayon::prelude::*;

use crate::eval::Stack;
use crate::{KIND, recognise, template};

/// What a template exchanges with others.
#[derive(Debug, Default)]
struct Exchange {
    exports: Vec<String>,
    imports: Vec<(String, Span)>,
}

/// How many templates a message names.
const SHOWN: usize = 4;

/// The units of templates that no other nests. An export with a name that several templates of an environment use tells
/// nothing, which is said.
pub(crate) fn units(
    templates: Vec<Arc<str>>,
    environments: &Environments,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<UnitSource> {
    let exchanges = exchanges(&templates, sources);
    // The group of a template is that of the first template in it.
    let mut groups: Vec<usize> = (0..templates.len()).collect();
    for (deployed, names) in deployments(&templates, &exchanges, environments) {
        let is_checked = names.is_empty() || names.iter().any(|name| environments.checks(name));
        let exchanges: Vec<(usize, &Exchange)> =
            deployed.into_iter().filter_map(|at| Some((at, exchanges.get(at)?))).collect();
        let mut exporters: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, exchange) in &exchanges {
            exchange.exports.iter().for_each(|name| exporters.entry(name).or_default().push(*at));
        }
        for (at, exchange) in exchanges {
            let mut said = BTreeSet::new();
            for (name, span) in &exchange.imports {
                match exporters.get(name.as_str()).map(Vec::as_slice) {
                    None | Some([]) => {}
                    Some([exporter]) => join(&mut groups, at, *exporter),
                    Some(several) if is_checked && !several.contains(&at) && said.insert(name) => {
                        let paths: Vec<_> = several.iter().filter_map(|&one| templates.get(one)).collect();
                        let path = templates.get(at).map(Arc::clone).unwrap_or_default();
                        let mut diagnostic = ambiguous(path, name, paths.into_iter(), *span);
                        let environments = names.iter().filter(|name| environments.checks(name));
                        diagnostic.environments = environments.cloned().collect();
                        diagnostics.push(diagnostic);
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let mut members: IndexMap<usize, Vec<Arc<str>>> = IndexMap::default();
    for (path, group) in templates.into_iter().zip(groups) {
        members.entry(group).or_default().push(path);
    }
    let unit = |mut paths: Vec<Arc<str>>| UnitSource::new(KIND, paths.remove(0)).beside(paths);
    members.into_values().map(unit).collect()
}

/// The templates that exchange anything, as they are deployed together, with the environments in which they are. Those that
/// belong to no environment are together as well.
fn deployments(
    templates: &[Arc<str>],
    exchanges: &[Exchange],
    environments: &Environments,
) -> IndexMap<Vec<usize>, Vec<Arc<str>>> {
    let mut deployed: IndexMap<Option<Arc<str>>, Vec<usize>> = IndexMap::default();
    for (at, (path, exchange)) in templates.iter().zip(exchanges).enumerate() {
        if exchange.exports.is_empty() && exchange.imports.is_empty() {
            continue;
        }
        let own = environments.of_path(path);
        let own = if own.is_empty() { vec![None] } else { own.into_iter().map(Some).collect() };
        own.into_iter().for_each(|name| deployed.entry(name).or_default().push(at));
    }
    let mut alike: IndexMap<Vec<usize>, Vec<Arc<str>>> = IndexMap::default();
    deployed.into_iter().for_each(|(name, templates)| alike.entry(templates).or_default().extend(name));
    alike
}

/// Says which templates export what another one imports.
fn ambiguous<'p>(
    path: Arc<str>,
    name: &str,
    exporters: impl ExactSizeIterator<Item = &'p Arc<str>>,
    span: Span,
) -> Diagnostic {
    let more = exporters.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = exporters.take(SHOWN).map(|path| format!("`{path}`")).collect();
    shown.extend((more > 0).then(|| format!("{more} more")));
    let message = format!(
        "several templates export `{name}`: {}; which of them is deployed beside this one is not known",
        shown.join(", ")
    );
    let help = "check this template together with the one that is";
    Diagnostic::warning("ambiguous-export", path, message).at(span).help(help)
}

fn join(groups: &mut [usize], one: usize, other: usize) {
    let (Some(&one), Some(&other)) = (groups.get(one), groups.get(other)) else { return };
    let (first, second) = (one.min(other), one.max(other));
    groups.iter_mut().filter(|group| **group == second).for_each(|group| *group = first);
}

/// What each template exchanges. Nobody has to know what is exported where nothing is imported.
fn exchanges(templates: &[Arc<str>], sources: &Sources) -> Vec<Exchange> {
    let read = |path: &Arc<str>, may_exchange: fn(&str) -> bool| {
        let may_exchange = sources.load(path).is_ok_and(|file| may_exchange(file.text()));
        may_exchange.then(|| exchange(path, sources)).flatten()
    };
    let mut exchanges: Vec<Option<Exchange>> =
        templates.par_iter().map(|path| read(path, recognise::may_import)).collect();
    if exchanges.iter().flatten().any(|exchange| !exchange.imports.is_empty()) {
        let others = templates.par_iter().zip(&mut exchanges).filter(|(_, exchange)| exchange.is_none());
        others.for_each(|(path, exchange)| *exchange = read(path, recognise::may_export));
    }
    exchanges.into_iter().map(Option::unwrap_or_default).collect()
}

fn exchange(path: &str, sources: &Sources) -> Option<Exchange> {
    // What is wrong with it is said when it is read.
    let template = template::load(path, sources, &mut Vec::new())?;
    let stack = Stack::new(template, IndexMap::default());
    Some(Exchange { exports: stack.known_exports(), imports: stack.known_imports() })
}
