//! What the product does, seen from outside: fixtures of the rules, their pages, whole projects, the command.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod agreement;
mod artifacts;
mod bad_input;
mod caret;
mod catalog;
mod command;
mod comparisons;
mod conditions;
mod discovery;
mod docs;
mod exit_status;
mod fixtures;
mod markdown;
mod outputs;
mod pages;
mod permissions;
mod projects;
mod review;
mod simulate;
mod twins;

use std::path::{Path, PathBuf};

/// The repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
