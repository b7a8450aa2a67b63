//! What the product does, seen from outside: fixtures of the rules, their pages, whole projects, the command.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod advice;
mod agreement;
mod artifacts;
mod bad_input;
mod caret;
mod catalog;
mod command;
mod comparisons;
mod conditions;
mod credentials;
mod discovery;
mod docs;
mod exit_status;
mod fixtures;
mod images;
mod markdown;
mod outputs;
mod pages;
mod permissions;
mod projects;
mod simulate;
mod twins;

use std::path::{Path, PathBuf};

/// The repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The date of the checks, whatever day it is.
fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 7, 1)
}
