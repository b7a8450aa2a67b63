//! The types of workloads: which of their properties reach their code, and which one is their role.

mod applications;
mod automation;
mod compute;
mod data;
mod devices;
mod machine_learning;

use std::sync::LazyLock;

use iamrail_core::collections::HashMap;

use super::workload::{Runs, Shape};

pub(super) type Row = (&'static str, Shape);

const fn row(
    kind: &'static str,
    what: &'static str,
    runs: Runs,
    settings: &'static [&'static str],
    scripts: &'static [&'static str],
) -> Row {
    (kind, Shape { what, runs, execution: &[], template: &[], settings, scripts })
}

/// The same of a workload that may start from a launch template.
const fn started((kind, shape): Row, template: &'static [&'static str]) -> Row {
    (kind, Shape { template, ..shape })
}

/// The same of a workload that its service starts with a role of its own.
const fn executed((kind, shape): Row, execution: &'static [&'static str]) -> Row {
    (kind, Shape { execution, ..shape })
}

/// Everything that a template gives to a custom resource reaches the code behind it.
pub(super) static CUSTOM_RESOURCE: Shape = Shape {
    what: "custom resource",
    runs: Runs::Alone,
    execution: &[],
    template: &[],
    settings: &[""],
    scripts: &[],
};

/// The rows of all tables by type: every resource of every template is asked for.
static BY_TYPE: LazyLock<HashMap<&'static str, &'static Shape>> =
    LazyLock::new(|| all().map(|(name, shape)| (*name, shape)).collect());

/// What a type of workload reads.
pub(super) fn shape(kind: &str) -> Option<&'static Shape> {
    BY_TYPE.get(kind).copied()
}

/// The types with what is read of them.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    TABLES.into_iter().flatten()
}

/// The tables of all kinds.
const TABLES: [&[Row]; 6] = [
    applications::WORKLOADS,
    automation::WORKLOADS,
    compute::WORKLOADS,
    data::WORKLOADS,
    devices::WORKLOADS,
    machine_learning::WORKLOADS,
];
