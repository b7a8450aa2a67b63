//! What a rule is: plain data with a function, and where it hands in its verdicts.

mod judge;
mod statement;

pub use judge::{Draft, Judge, Subject};
pub use statement::{DOCUMENTS, STATEMENTS, Statement, StatementId};

use std::sync::OnceLock;

use crate::analysis::administrators::Administrators;
use crate::analysis::escalation::Escalations;
use crate::analysis::mfa::Flaws;
use crate::analysis::power;
use crate::analysis::static_credentials::{self, Carried};
use crate::configuration::{Configuration, Matched};
use crate::exceptions::FaultKind;
use crate::model::{Model, Workload};
use crate::options::Options;
use crate::report::Level;
use crate::sighting::Sightings;
use crate::source::{SourceFile, Sources};

/// A guardrail that can be checked.
#[derive(Debug)]
pub struct Rule {
    /// Its name in kebab case; it names the pattern that is reported.
    pub name: &'static str,
    /// What it reports, in one line.
    pub summary: &'static str,
    /// Its weight unless options say otherwise.
    pub level: Level,
    /// The statements of the policy documents that it enforces.
    pub statements: &'static [StatementId],
    /// The inputs on which it can decide.
    pub inputs: Inputs,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// How it is checked.
    pub check: Check,
}

/// On which inputs a rule can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inputs {
    /// All that declare resources: Terraform source, plan, state, CloudFormation.
    Resources,
    /// Any text.
    Texts,
    /// Exceptions, wherever they stand.
    Exceptions,
    /// The configuration, with all that is checked.
    Configuration,
}

/// How a rule is checked.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Check {
    /// Once for every unit.
    Unit(fn(&Context<'_>, &mut Judge<'_>)),
    /// Once for every text that a front end read.
    Text(fn(&SourceFile, &mut Judge<'_>)),
    /// Once for all credentials that were seen anywhere.
    Credentials(fn(&Sightings, &Sources, &mut Judge<'_>)),
    /// Once for the exceptions of the run: for their faults of one kind.
    Exceptions(FaultKind),
    /// Once for the configuration of the run.
    Configuration(fn(&Configured<'_>, &mut Judge<'_>)),
    /// Once for every unit, and once for the configuration of the run.
    UnitAndConfiguration(fn(&Context<'_>, &mut Judge<'_>), fn(&Configured<'_>, &mut Judge<'_>)),
}

/// What a rule sees of the configuration.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Configured<'a> {
    /// The configuration.
    pub configuration: &'a Configuration,
    /// The options of the run.
    pub options: &'a Options,
    /// Which of its entries match anything; `None` when not all was checked that they speak of.
    pub(crate) matched: Option<&'a Matched>,
}

/// What a rule sees of a unit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The unit's model.
    pub model: &'a Model,
    /// The options of the run.
    pub options: &'a Options,
    /// What several rules ask of the unit.
    pub(crate) analyses: &'a Analyses<'a>,
}

/// What several rules ask of a unit: found when the first one asks, and kept for the others.
#[derive(Debug, Default)]
pub(crate) struct Analyses<'a> {
    direct: OnceLock<Administrators<'a>>,
    escalations: OnceLock<Escalations<'a>>,
    administrators: OnceLock<Administrators<'a>>,
    mfa_flaws: OnceLock<Flaws<'a>>,
    power: OnceLock<Vec<power::Source<'a>>>,
    carried: OnceLock<Vec<(&'a Workload, Carried<'a>)>>,
}

impl<'a> Context<'a> {
    /// Who is an administrator, by policies or by a path.
    pub fn administrators(&self) -> &'a Administrators<'a> {
        self.analyses.administrators.get_or_init(|| self.direct().clone().with(self.escalations()))
    }

    /// By which paths others become administrators.
    pub fn escalations(&self) -> &'a Escalations<'a> {
        self.analyses.escalations.get_or_init(|| Escalations::of(self.model, self.direct()))
    }

    fn direct(&self) -> &'a Administrators<'a> {
        self.analyses.direct.get_or_init(|| Administrators::direct(self.model))
    }

    /// The statements that are meant to demand MFA and do not.
    pub fn mfa_flaws(&self) -> &'a Flaws<'a> {
        self.analyses.mfa_flaws.get_or_init(|| Flaws::of(self.model, self.administrators()))
    }

    /// The workloads, each with the credentials that reach it.
    pub fn workloads(&self) -> &'a [(&'a Workload, Carried<'a>)] {
        self.analyses.carried.get_or_init(|| static_credentials::workloads(self.model))
    }

    /// Every place that hands out power, in the order of the input.
    pub fn power(&self) -> &'a [power::Source<'a>] {
        self.analyses.power.get_or_init(|| power::sources(self.model))
    }
}
