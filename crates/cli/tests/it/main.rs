//! What the product does, seen from outside: fixtures of the rules, their pages, whole projects, the command.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod advice;
mod agreement;
mod artifacts;
mod bad_input;
mod caret;
mod catalog;
mod command;
mod comparisons;
mod composed_keys;
mod conditions;
mod configuration;
mod credentials;
mod discovery;
mod docs;
mod elsewhere;
mod environment_stacks;
mod environment_values;
mod environments;
mod exceptions;
mod exit_status;
mod fixtures;
mod governing;
mod history;
mod history_places;
mod images;
mod images_broken;
mod init;
mod leaks;
mod markdown;
mod outputs;
mod pages;
mod permissions;
mod projects;
mod review;
mod revision;
mod simulate;
mod texts;
mod twins;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// The day on which fixtures and pages are checked.
const TODAY: Date = jiff::civil::date(2026, 7, 1);

/// The repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
