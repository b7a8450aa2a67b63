//! The engine: front ends read units in parallel, rules judge them in parallel, the report is in a fixed order.

mod checker;
mod credentials;
mod elsewhere;
mod environments;
mod fingerprint;
mod front_end;
mod run;
mod variants;

pub use crate::path_patterns::PathPatterns;
pub use checker::{Checker, Reading};
pub(crate) use elsewhere::Thing;
pub use environments::{Environment, Environments, OTHER};
pub use front_end::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
