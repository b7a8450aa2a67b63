//! The front end: directories, plans and states.

use iamrail_core::check::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
use iamrail_core::source::Sources;

use crate::{Terraform, artifact, configuration};

impl FrontEnd for Terraform {
    fn name(&self) -> &'static str {
        "Terraform"
    }

    fn discover(&self, candidates: &[Candidate], sources: &Sources) -> Discovery {
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
            _ => configuration::read(unit, sources, &self.library, &self.options),
        }
    }
}
