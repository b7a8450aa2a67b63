//! iamrail as a library: the core, the front ends, and a checker that has them all. No input and no output.
//!
//! The command of the same name adds files, arguments and renderers to this.

pub use iamrail_cloudformation as cloudformation;
pub use iamrail_core as core;
pub use iamrail_terraform as terraform;

pub mod config;
pub mod suggest;

use iamrail_core::check::Checker;
use iamrail_core::options::Options;

/// A checker with all rules and all front ends.
pub fn checker(options: Options) -> Checker {
    Checker::new(options)
}
