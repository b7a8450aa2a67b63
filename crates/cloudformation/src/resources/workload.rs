//! What runs code or configures a connection: how its role and its settings are found.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Reference, Workload, WorkloadRole};
use iamrail_core::value::{Alternative, Value};

use super::path;
use super::properties::Properties;
use super::settings::{scripts, settings, settings_as};

/// What is read of a type of workload.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is, for messages.
    pub(super) what: &'static str,
    /// The role it runs with.
    pub(super) runs: Runs,
    /// The paths of the properties that name the role with which its service starts it.
    pub(super) execution: &'static [&'static str],
    /// The paths of the properties that name the launch template it starts from, which may bring a role along.
    pub(super) template: &'static [&'static str],
    /// The paths of the properties that reach it; the empty path stands for all of them.
    pub(super) settings: &'static [&'static str],
    /// The paths of scripts, which may be written in base64.
    pub(super) scripts: &'static [&'static str],
}

/// How a type of workload gets its role. The paths are tried in order.
#[derive(Debug)]
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
    /// With the instance profile that one of a list of options names.
    ProfileOption { list: &'static str, name: &'static str },
}

/// The properties that name a workload, whatever its type.
const NAMES: [&str; 11] = [
    "FunctionName",
    "Family",
    "ServiceName",
    "StateMachineName",
    "NotebookInstanceName",
    "JobDefinitionName",
    "ClusterName",
    "EndpointName",
    "JobQueueName",
    "LaunchTemplateName",
    "Name",
];

/// The metadata that `cfn-init` reads on the instance: files and commands that reach it like user data does.
const INIT: &str = "AWS::CloudFormation::Init";
/// The metadata that says with which credentials `cfn-init` downloads files.
const AUTHENTICATION: &str = "AWS::CloudFormation::Authentication";

/// Adds a workload with its role and its settings.
pub(super) fn workload(properties: &Properties<'_>, shape: &Shape, declarations: &mut Declarations) {
    let mut workload = Workload::new(Arc::clone(properties.declared));
    workload.what = shape.what;
    let name = NAMES.iter().find_map(|name| properties.all().get(name).filter(|name| !name.is_null()));
    workload.name = name.cloned().unwrap_or(Value::null());
    workload.role = role(properties.all(), &shape.runs);
    workload.asks_for_role = matches!(shape.runs, Runs::OptionalRole(_) | Runs::OptionalProfile(_));
    if let Runs::OptionalRole([argument, ..]) = shape.runs {
        workload.role_argument = Some(argument);
    }
    workload.execution_role = Reference::new(at(properties.all(), shape.execution).unwrap_or_default());
    workload.template = Reference::new(at(properties.all(), shape.template).unwrap_or_default());
    for path in shape.settings {
        settings(properties.all(), path, &mut workload.settings);
    }
    for path in shape.scripts {
        scripts(properties.all(), path, &mut workload.settings);
    }
    settings(properties.metadata(), INIT, &mut workload.settings);
    for member in ["accessKeyId", "secretKey"] {
        let path = format!("{AUTHENTICATION}.*.{member}");
        settings_as(
            &format!("Authentication.{member}"),
            properties.metadata(),
            &path,
            &mut workload.settings,
        );
    }
    declarations.workloads.add(workload);
}

fn role(properties: &Value, runs: &Runs) -> WorkloadRole {
    let role = |value| WorkloadRole::Role(Reference::new(value));
    let profile = |value| WorkloadRole::Profile(Reference::new(value));
    match runs {
        Runs::Alone => WorkloadRole::NotAsked,
        Runs::Role(paths) => at(properties, paths).map_or(WorkloadRole::NotAsked, role),
        Runs::OptionalRole(paths) => at(properties, paths).map_or(WorkloadRole::Absent, role),
        Runs::Profile(paths) => at(properties, paths).map_or(WorkloadRole::NotAsked, profile),
        Runs::ProfileOption { list, name } => {
            option(properties, list, name).map_or(WorkloadRole::NotAsked, profile)
        }
        Runs::OptionalProfile(paths) => at(properties, paths).map_or(WorkloadRole::Absent, profile),
    }
}

/// What stands at the first of the paths at which something always does, else whatever may stand at any of them.
fn at(properties: &Value, paths: &[&str]) -> Option<Value> {
    let found = paths.iter().flat_map(|path| path::follow(properties, path));
    let found = found.map(|one| Alternative { guard: one.guard, value: Some(one.value) });
    path::one_of(found.collect(), None)
}

fn option(properties: &Value, list: &str, name: &str) -> Option<Value> {
    let options = properties.get(list)?.as_list()?.items.iter();
    let is_it = |option: &&Value| option.get("OptionName").and_then(Value::as_str).as_deref() == Some(name);
    options.rev().find(is_it)?.get("Value").cloned()
}
