//! What runs code or configures a connection: how its role and its settings are found.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Reference, Workload, WorkloadRole};
use iamrail_core::value::{Text, Value};

use super::arguments::Arguments;
use super::kept;
use super::path::{self, Found};
use super::settings::{self, Sink};

/// What is read of a type of workload.
pub(super) struct Shape {
    /// What it is, for messages.
    pub(super) what: &'static str,
    /// The role it runs with.
    pub(super) runs: Runs,
    /// The arguments that name the role with which its service starts it.
    pub(super) execution: &'static [&'static str],
    /// The arguments that reach it.
    pub(super) sinks: &'static [Sink],
    /// The arguments that name the launch template it starts from, which may bring a role along.
    pub(super) template: &'static [&'static str],
    /// An argument with a value under which it is a place where secrets may be kept, and no sink.
    pub(super) vault: Option<(&'static str, &'static str)>,
}

/// The arguments that name workloads; a type has one of them, or none.
pub(super) const NAMES: [&str; 4] = ["function_name", "family", "service_name", "name"];

impl Shape {
    /// The paths of all arguments that are read.
    pub(super) fn paths(&self) -> Vec<&'static str> {
        let mut paths: Vec<_> = self.sinks.iter().map(|sink| sink.path).collect();
        paths.extend(NAMES);
        paths.extend(self.runs.paths());
        paths.extend(self.execution);
        paths.extend(self.template);
        paths.extend(self.vault.map(|(argument, _)| argument));
        paths
    }
}

/// How a type of workload gets its role. The paths are tried in order.
pub(super) enum Runs {
    /// Without one, or with one that is not for its code.
    Alone,
    /// With a role that AWS demands, or that is not asked for.
    Role(&'static [&'static str]),
    /// With a role that may be left out.
    OptionalRole(&'static [&'static str]),
    /// With an instance profile that may be left out.
    OptionalProfile(&'static [&'static str]),
    /// With an instance profile that is not asked for.
    Profile(&'static [&'static str]),
}

impl Runs {
    /// The paths of the arguments that name the role or the instance profile.
    pub(super) fn paths(&self) -> &'static [&'static str] {
        match self {
            Runs::Alone => &[],
            Runs::Role(paths) | Runs::OptionalRole(paths) => paths,
            Runs::Profile(paths) | Runs::OptionalProfile(paths) => paths,
        }
    }
}

/// Adds a workload with its role and its settings.
pub(super) fn workload(arguments: &Arguments<'_>, shape: &Shape, declarations: &mut Declarations) {
    if shape.vault.is_some() {
        let paths: Vec<&str> = shape.sinks.iter().map(|sink| sink.path).collect();
        kept::keep(arguments, &paths, declarations);
    }
    // The rule on the key itself speaks of where it is kept well.
    if shape
        .vault
        .is_some_and(|(argument, value)| arguments.value(argument).as_str().as_deref() == Some(value))
    {
        return;
    }
    let mut workload = Workload::new(Arc::clone(arguments.declared));
    workload.what = shape.what;
    workload.name = NAMES
        .iter()
        .map(|name| arguments.value(name))
        .find(|name| !name.is_null())
        .unwrap_or_else(Value::null);
    workload.role = role(arguments, &shape.runs);
    workload.asks_for_role = matches!(shape.runs, Runs::OptionalRole(_) | Runs::OptionalProfile(_));
    if let Runs::OptionalRole([argument, ..]) = shape.runs {
        workload.role_argument = Some(argument);
    }
    workload.execution_role = Reference::new(optional(arguments, shape.execution));
    workload.template = Reference::new(optional(arguments, shape.template));
    for sink in shape.sinks {
        settings::settings(arguments.all(), sink, &mut workload.settings);
    }
    declarations.workloads.add(workload);
}

fn role(arguments: &Arguments<'_>, runs: &Runs) -> WorkloadRole {
    // Where there is none, the provider reads an empty text.
    let is_there = |found: &Found| !found.value.as_text().is_some_and(Text::is_empty);
    let first =
        |paths: &[&str]| paths.iter().flat_map(|path| path::follow(arguments.all(), path)).find(is_there);
    let role = |value| WorkloadRole::Role(Reference::new(value));
    let profile = |value| WorkloadRole::Profile(Reference::new(value));
    match runs {
        Runs::Alone => WorkloadRole::NotAsked,
        Runs::Role(paths) => first(paths).map_or(WorkloadRole::NotAsked, |found| role(found.value)),
        Runs::Profile(paths) => first(paths).map_or(WorkloadRole::NotAsked, |found| profile(found.value)),
        Runs::OptionalRole(paths) => Some(optional(arguments, paths))
            .filter(|value| !value.is_null())
            .map_or(WorkloadRole::Absent, role),
        Runs::OptionalProfile(paths) => Some(optional(arguments, paths))
            .filter(|value| !value.is_null())
            .map_or(WorkloadRole::Absent, profile),
    }
}

/// The first of several arguments that is set; what may be left out stays a choice with nothing.
fn optional(arguments: &Arguments<'_>, paths: &[&str]) -> Value {
    paths.iter().map(|path| path::at(arguments.all(), path)).reduce(path::or).unwrap_or_default()
}
