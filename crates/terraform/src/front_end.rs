//! The front end: directories and plans.

use iamrail_core::check::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
use iamrail_core::source::Sources;

use crate::{Terraform, configuration, plan};

impl FrontEnd for Terraform {
    fn name(&self) -> &'static str {
        "Terraform"
    }

    fn discover(&self, candidates: &[Candidate], sources: &Sources) -> Discovery {
        self.library.clear();
        let mut discovery = configuration::discover(candidates, sources, &self.library);
        let plans = plan::discover(candidates, sources);
        discovery.units.extend(plans.units);
        discovery.claimed.extend(plans.claimed);
        discovery.diagnostics.extend(plans.diagnostics);
        discovery
    }

    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit {
        if unit.kind == plan::KIND {
            plan::read(unit, sources)
        } else {
            configuration::read(unit, sources, &self.library, &self.options)
        }
    }
}
