//! The engine: front ends read units in parallel, rules judge them in parallel, the report is in a fixed order.

mod checker;
mod credentials;
mod environments;
mod fingerprint;
mod front_end;
mod path_patterns;
mod run;
mod variants;

pub use checker::{Checker, Reading};
pub use environments::{Environment, Environments, OTHER};
pub use front_end::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
pub use path_patterns::PathPatterns;
