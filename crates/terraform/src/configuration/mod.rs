//! Configurations: directories of Terraform and OpenTofu files, evaluated and read into the model.

mod claims;
mod discover;
mod evaluation;
mod mentions;
mod read;
mod references;
mod unasked;
pub(crate) mod undeclared;

#[cfg(test)]
mod tests;

pub(crate) use discover::discover;
pub(crate) use evaluation::evaluate;
pub use evaluation::{Evaluated, Evaluation};
pub(crate) use read::{Instances, instances, read_each};

/// The kind of the units that are read as Terraform does.
const TERRAFORM: &str = "terraform";

/// The kind of the units that are read as OpenTofu does.
const OPENTOFU: &str = "opentofu";
