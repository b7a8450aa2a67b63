//! The engine: front ends read units in parallel, rules judge them in parallel, the report is in a fixed order.

mod checker;
mod credentials;
mod elsewhere;
mod fingerprint;
mod front_end;
mod run;

pub use checker::Checker;
pub(crate) use elsewhere::Thing;
pub use front_end::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
