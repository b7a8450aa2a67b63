//! Templates that are deployed together: those that import values, and those of the same run that export them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iamrail_core::check::{Environments, UnitSource};
use iamrail_core::collections::IndexMap;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, Span};
use rayon::prelude::*;

use crate::eval::Stack;
use crate::template::{self, Values};
use crate::{KIND, Parameters, recognise, unit};

/// What a template exchanges with others.
#[derive(Debug, Default)]
struct Exchange {
    exports: Vec<String>,
    imports: Vec<(String, Span)>,
}

/// How many templates a message names.
const SHOWN: usize = 4;

/// The units of templates that no other nests, together wherever any of the values that are given makes them exchange something in
/// an environment. An export with a name that several templates of one use tells nothing, which is said.
pub(crate) fn units(
    templates: Vec<Arc<str>>,
    given: &[Parameters],
    environments: &Environments,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<UnitSource> {
    // The group of a template is that of the first template in it.
    let mut groups: Vec<usize> = (0..templates.len()).collect();
    let mut said = BTreeSet::new();
    let all = exchanges(&templates, given, sources);
    let each = all.iter().flat_map(|exchanges| {
        let deployments = deployments(&templates, exchanges, environments);
        deployments.into_iter().map(move |deployed| (exchanges, deployed))
    });
    for (exchanges, (deployed, names)) in each {
        let is_checked = names.is_empty() || names.iter().any(|name| environments.checks(name));
        let exchanges: Vec<(usize, &Exchange)> =
            deployed.into_iter().filter_map(|at| Some((at, exchanges.get(at)?))).collect();
        let mut exporters: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, exchange) in &exchanges {
            exchange.exports.iter().for_each(|name| exporters.entry(name).or_default().push(*at));
        }
        for (at, exchange) in exchanges {
            for (name, span) in &exchange.imports {
                match exporters.get(name.as_str()).map(Vec::as_slice) {
                    None | Some([]) => {}
                    Some([exporter]) => join(&mut groups, at, *exporter),
                    Some(several)
                        if is_checked
                            && !several.contains(&at)
                            && said.insert((at, name.clone(), names.clone())) =>
                    {
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

/// What each template exchanges, with each of the values that are given. Nobody has to know what is exported where nothing is
/// imported.
fn exchanges(templates: &[Arc<str>], given: &[Parameters], sources: &Sources) -> Vec<Vec<Exchange>> {
    let read = |path: &Arc<str>, may_exchange: fn(&str) -> bool| {
        let may_exchange = sources.load(path).is_ok_and(|file| may_exchange(file.text()));
        may_exchange.then(|| exchange(path, given, sources)).flatten()
    };
    let mut exchanges: Vec<Option<Vec<Exchange>>> =
        templates.par_iter().map(|path| read(path, recognise::may_import)).collect();
    if exchanges.iter().flatten().flatten().any(|exchange| !exchange.imports.is_empty()) {
        let others = templates.par_iter().zip(&mut exchanges).filter(|(_, exchange)| exchange.is_none());
        others.for_each(|(path, exchange)| *exchange = read(path, recognise::may_export));
    }
    let mut exchanges: Vec<_> =
        exchanges.into_iter().map(|each| each.unwrap_or_default().into_iter()).collect();
    let of_one = |_| exchanges.iter_mut().map(|each| each.next().unwrap_or_default()).collect();
    given.iter().map(of_one).collect()
}

/// What a template exchanges, with each of the values that are given.
fn exchange(path: &str, given: &[Parameters], sources: &Sources) -> Option<Vec<Exchange>> {
    let given = unit::by_each_caller(path, given);
    // What is wrong with it is said when it is read.
    let template = template::load(path, &given, sources, &mut Vec::new())?;
    let read = |values: Values| {
        let stack = Stack::new(Arc::clone(&template), values);
        Exchange { exports: stack.known_exports(), imports: stack.known_imports() }
    };
    Some(given.into_iter().map(read).collect())
}
