//! Which directories are deployments of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, UnitSource};
use iamrail_core::source::{Sources, file_name, join, parent};
use rayon::prelude::*;

use super::KIND;
use crate::module::{Library, Module, configuration_file};

/// The root modules among the directories of the candidates: those that no other of them calls. What a root calls is
/// checked through it.
pub(crate) fn discover(candidates: &[Candidate], sources: &Sources, library: &Library) -> Discovery {
    let mut discovery = Discovery::default();
    let mut dirs: BTreeSet<Arc<str>> = BTreeSet::new();
    for candidate in candidates {
        let name = file_name(&candidate.path);
        if is_bookkeeping(&candidate.path) {
            continue;
        }
        if configuration_file(name).is_some() {
            dirs.insert(parent(&candidate.path).into());
        } else if !(name.ends_with(".tfvars") || name.ends_with(".tfvars.json")) {
            continue;
        }
        discovery.claimed.push(Arc::clone(&candidate.path));
    }
    let dirs: Vec<Arc<str>> = dirs.into_iter().collect();
    let modules: Vec<Arc<Module>> = dirs.par_iter().map(|dir| library.module(dir, sources)).collect();
    let callees: Vec<BTreeSet<String>> = modules.par_iter().map(|module| local_calls(module)).collect();
    let calls: BTreeMap<&str, &BTreeSet<String>> =
        dirs.iter().map(|dir| &**dir).zip(callees.iter()).collect();
    let called: BTreeSet<&str> = calls
        .iter()
        .flat_map(|(caller, callees)| {
            callees.iter().map(String::as_str).filter(move |callee| callee != caller)
        })
        .collect();
    for (dir, module) in dirs.iter().zip(&modules) {
        let is_broken = !module.problems.is_empty();
        if !called.contains(&**dir) && (module.deploys() || is_broken) {
            discovery.units.push(UnitSource::new(KIND, Arc::clone(dir)));
        }
    }
    add_circles(&dirs, &modules, &calls, &mut discovery);
    discovery
}

/// Modules that call each other in a circle, and that nobody else calls, would be left out: the first of each circle
/// is a root.
fn add_circles(
    dirs: &[Arc<str>],
    modules: &[Arc<Module>],
    calls: &BTreeMap<&str, &BTreeSet<String>>,
    discovery: &mut Discovery,
) {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let roots: Vec<Arc<str>> = discovery.units.iter().map(|unit| Arc::clone(&unit.path)).collect();
    let mut pending: Vec<&str> = Vec::new();
    for root in &roots {
        pending.extend(calls.get_key_value(&**root).map(|(dir, _)| *dir));
    }
    reach(&mut pending, calls, &mut reached);
    for (dir, module) in dirs.iter().zip(modules) {
        if module.deploys() && !reached.contains(&**dir) {
            discovery.units.push(UnitSource::new(KIND, Arc::clone(dir)));
            pending.push(dir);
            reach(&mut pending, calls, &mut reached);
        }
    }
}

fn reach<'d>(
    pending: &mut Vec<&'d str>,
    calls: &BTreeMap<&'d str, &'d BTreeSet<String>>,
    reached: &mut BTreeSet<&'d str>,
) {
    while let Some(dir) = pending.pop() {
        if reached.insert(dir) {
            pending.extend(calls.get(dir).into_iter().flat_map(|callees| callees.iter().map(String::as_str)));
        }
    }
}

/// The directories of the local modules that a module calls.
fn local_calls(module: &Module) -> BTreeSet<String> {
    let sources = module.calls.values().filter_map(|call| call.body().value("source")?.literal());
    let local = sources.filter(|source| source.starts_with("./") || source.starts_with("../"));
    local.filter_map(|source| join(&module.dir, &source)).collect()
}

/// Directories in which tools keep copies: what is called from there is read through its caller.
fn is_bookkeeping(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, ".terraform" | ".terragrunt-cache"))
}
