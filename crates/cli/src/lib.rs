//! iamrail as a library: the core, the front ends, and a checker that has them all. No input and no output.
//!
//! The command of the same name adds files, arguments and renderers to this.

pub use iamrail_cloudformation as cloudformation;
pub use iamrail_core as core;
pub use iamrail_terraform as terraform;

pub mod builds;
pub mod config;
pub mod environments;
pub mod exceptions;

use iamrail_core::check::Checker;
use iamrail_core::options::Options;

/// A checker with all rules and all front ends.
pub fn checker(options: Options) -> Checker {
    checker_with(options, terraform::Options::default(), cloudformation::Options::default())
}

/// A checker with all rules and all front ends, and with values for the input.
pub fn checker_with(
    options: Options,
    terraform: terraform::Options,
    cloudformation: cloudformation::Options,
) -> Checker {
    let terraform = terraform::Terraform::new(terraform);
    checker_of(options, terraform, cloudformation::CloudFormation::new(cloudformation))
}

/// A checker with all rules and all front ends, of which some know what environments give.
pub fn checker_of(
    options: Options,
    terraform: terraform::Terraform,
    cloudformation: cloudformation::CloudFormation,
) -> Checker {
    Checker::new(options)
        .with_front_end(terraform)
        .with_front_end(cloudformation)
        .with_front_end(builds::Builds)
}
