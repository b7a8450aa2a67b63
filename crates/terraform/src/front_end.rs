//! The front end: directories, plans and states.

use std::sync::Arc;

use iamrail_core::analysis::aws_managed;
use iamrail_core::check::{Candidate, Discovery, Environments, FrontEnd, Unit, UnitSource};
use iamrail_core::model::Model;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Sources;
use iamrail_core::value::{Reason, Unknown};

use crate::configuration::undeclared;
use crate::{Environment, Terraform, artifact, configuration};

impl FrontEnd for Terraform {
    fn name(&self) -> &'static str {
        "Terraform"
    }

    fn discover(&self, candidates: &[Candidate], _: &Environments, sources: &Sources) -> Discovery {
        self.library.clear();
        let mut discovery = configuration::discover(candidates, sources, &self.library, &self.options);
        let artifacts = artifact::discover(candidates, sources);
        discovery.units.extend(artifacts.units);
        discovery.claimed.extend(artifacts.claimed);
        discovery.diagnostics.extend(artifacts.diagnostics);
        discovery
    }

    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit {
        match unit.kind {
            artifact::PLAN | artifact::STATE => artifact::read(unit, sources, &self.library, &self.options),
            _ => {
                let mut read = None;
                let mut take = |_, unit| read = Some(unit);
                configuration::read_each(unit, sources, &self.library, &self.options, &[None], &mut take);
                read.unwrap_or_else(|| Unit::new(Model::default(), Vec::new(), 0))
            }
        }
    }

    fn read_in(
        &self,
        unit: &UnitSource,
        environments: &[Arc<str>],
        sources: &Sources,
        take: &mut dyn FnMut(Vec<Arc<str>>, Unit),
    ) {
        // Plans and states hold their values.
        if [artifact::PLAN, artifact::STATE].contains(&unit.kind) {
            return take(environments.to_vec(), self.read(unit, sources));
        }
        let given: Vec<Option<&Environment>> =
            environments.iter().map(|name| self.environments.get(name)).collect();
        let mut take = |places: Vec<usize>, unit: Unit| {
            take(places.iter().filter_map(|place| environments.get(*place).cloned()).collect(), unit);
        };
        configuration::read_each(unit, sources, &self.library, &self.options, &given, &mut take);
    }

    fn unused(&self, environment: &str, units: &[&UnitSource], sources: &Sources) -> Vec<Diagnostic> {
        match self.environments.get(environment) {
            Some(environment) => undeclared::undeclared(environment, units, sources, &self.library),
            None => Vec::new(),
        }
    }

    fn settle(&self, _unit: &UnitSource, unknown: &Unknown) -> String {
        let what = &unknown.what;
        match unknown.reason {
            Reason::NoValue if what.starts_with("terraform.workspace") => {
                "name the workspace with `--workspace`".to_owned()
            }
            Reason::NoValue => format!("give `{what}` a value, for example with `--var`"),
            Reason::Computed
            | Reason::DataSource
            | Reason::Environment
            | Reason::Deployer
            | Reason::Volatile => {
                "check the plan, where this is known: `terraform show -json PLAN`".to_owned()
            }
            Reason::Applied => {
                "check the configuration that the plan was made from, or the state once it is applied"
                    .to_owned()
            }
            Reason::HandedOn => format!("check what uses `{what}` together with this"),
            Reason::Import => format!("check the input that `{what}` comes from together with this one"),
            Reason::Missing => {
                format!("make `{what}` available, for example with `terraform init`, or check the plan")
            }
            Reason::Invalid => "mend what is wrong here".to_owned(),
            Reason::Unlisted => aws_managed::advice(what),
            Reason::Runtime => format!("look in the account for {what}, or grant less"),
            Reason::Undocumented | Reason::Unstated | Reason::Unsupported | Reason::Budget => {
                "review this by hand, or check the plan".to_owned()
            }
            _ => "review this by hand".to_owned(),
        }
    }
}
