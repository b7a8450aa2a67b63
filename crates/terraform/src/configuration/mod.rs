//! Configurations: directories of Terraform and OpenTofu files, evaluated and read into the model.

mod discover;
mod read;

#[cfg(test)]
mod tests;

pub(crate) use discover::discover;
pub(crate) use read::read;

/// The kind of the units that this module reads.
const KIND: &str = "terraform";
