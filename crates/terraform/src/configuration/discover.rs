//! Which directories are deployments of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, UnitSource};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, file_name, join, parent};
use rayon::prelude::*;

use super::{OPENTOFU, TERRAFORM};
use crate::flavor::is_for_opentofu_alone;
use crate::module::{Library, Module, configuration_file};
use crate::{Flavor, Options};

/// The directories that each directory calls as local modules.
type Calls<'d> = BTreeMap<&'d str, &'d BTreeSet<String>>;

/// The root modules among the directories of the candidates: those that no other of them calls. What a root calls is
/// checked through it.
pub(crate) fn discover(
    candidates: &[Candidate],
    sources: &Sources,
    library: &Library,
    options: &Options,
) -> Discovery {
    let mut discovery = Discovery::default();
    let mut dirs: BTreeSet<Arc<str>> = BTreeSet::new();
    for candidate in candidates {
        let name = file_name(&candidate.path);
        if is_bookkeeping(&candidate.path) {
            continue;
        }
        if matches!(name, "terragrunt.hcl" | "terragrunt.stack.hcl") {
            discovery.diagnostics.push(terragrunt(candidate));
        } else if configuration_file(name).is_some() {
            dirs.insert(parent(&candidate.path).into());
        } else if !(name.ends_with(".tfvars") || name.ends_with(".tfvars.json")) {
            continue;
        }
        discovery.claimed.push(Arc::clone(&candidate.path));
    }
    let dirs: Vec<Arc<str>> = dirs.into_iter().collect();
    let flavor = options.flavor.unwrap_or(Flavor::OpenTofu);
    let modules: Vec<Arc<Module>> = dirs.par_iter().map(|dir| library.module(dir, flavor, sources)).collect();
    let callees: Vec<BTreeSet<String>> = modules
        .par_iter()
        .map(|module| {
            let mut callees = local_calls(module);
            if options.flavor.is_none() && module.has_shadowed_files {
                callees.extend(local_calls(&library.module(&module.dir, Flavor::Terraform, sources)));
            }
            callees
        })
        .collect();
    let calls: Calls<'_> = dirs.iter().map(|dir| &**dir).zip(&callees).collect();
    let called: BTreeSet<&str> = calls
        .iter()
        .flat_map(|(caller, callees)| {
            callees.iter().map(String::as_str).filter(move |callee| callee != caller)
        })
        .collect();
    let mut roots: Vec<&Arc<str>> = Vec::new();
    for (dir, module) in dirs.iter().zip(&modules) {
        let is_broken = !module.problems.is_empty();
        if !called.contains(&**dir) && (module.deploys() || is_broken) {
            roots.push(dir);
        }
    }
    add_circles(&dirs, &modules, &calls, &mut roots);
    let opentofu = modules.iter().filter(|module| module.has_opentofu_files);
    let opentofu = opentofu.map(|module| (&*module.dir, module.has_shadowed_files)).collect();
    let readings = Readings { options, opentofu, calls: &calls, sources };
    for root in roots {
        let units = readings.of(root).iter().map(|kind| UnitSource::new(kind, Arc::clone(root)));
        discovery.units.extend(units);
    }
    discovery
}

/// What decides in which ways a root module is read.
struct Readings<'d> {
    options: &'d Options,
    /// The directories with files that only OpenTofu reads, and whether these take the place of others.
    opentofu: BTreeMap<&'d str, bool>,
    calls: &'d Calls<'d>,
    sources: &'d Sources,
}

impl Readings<'_> {
    /// The kinds of the units that a root module is.
    fn of(&self, root: &str) -> &'static [&'static str] {
        match self.options.flavor {
            Some(Flavor::Terraform) => return &[TERRAFORM],
            Some(Flavor::OpenTofu) => return &[OPENTOFU],
            None => {}
        }
        if self.opentofu.is_empty() {
            return &[TERRAFORM];
        }
        let mut reached = BTreeSet::new();
        let mut pending: Vec<&str> =
            self.calls.get_key_value(root).map(|(dir, _)| *dir).into_iter().collect();
        reach(&mut pending, self.calls, &mut reached);
        let own: Vec<bool> = reached.iter().filter_map(|dir| self.opentofu.get(dir).copied()).collect();
        if own.is_empty() {
            &[TERRAFORM]
        } else if own.contains(&true) && !is_for_opentofu_alone(root, self.sources) {
            &[OPENTOFU, TERRAFORM]
        } else {
            &[OPENTOFU]
        }
    }
}

/// Terragrunt makes a deployment of a module with inputs of its own, which are not evaluated.
fn terragrunt(candidate: &Candidate) -> Diagnostic {
    let path = &candidate.path;
    let make = if candidate.named { Diagnostic::error } else { Diagnostic::note };
    make(
        "terragrunt",
        Arc::clone(path),
        format!("`{path}` is read by Terragrunt, and its inputs are not known"),
    )
    .hides(Arc::clone(path))
    .help("check the module with `--var`, or the plan that `terragrunt show -json` prints")
}

/// Modules that call each other in a circle, and that nobody else calls, would be left out: the first of each circle
/// is a root.
fn add_circles<'d>(
    dirs: &'d [Arc<str>],
    modules: &[Arc<Module>],
    calls: &Calls<'_>,
    roots: &mut Vec<&'d Arc<str>>,
) {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut pending: Vec<&str> = Vec::new();
    for root in roots.iter() {
        pending.extend(calls.get_key_value(&***root).map(|(dir, _)| *dir));
    }
    reach(&mut pending, calls, &mut reached);
    for (dir, module) in dirs.iter().zip(modules) {
        if module.deploys() && !reached.contains(&**dir) {
            roots.push(dir);
            pending.push(dir);
            reach(&mut pending, calls, &mut reached);
        }
    }
}

fn reach<'d>(pending: &mut Vec<&'d str>, calls: &Calls<'d>, reached: &mut BTreeSet<&'d str>) {
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
