//! What the product does, seen from outside: fixtures of the rules, their pages, whole projects, the command.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod advice;
mod agreement;
mod artifacts;
mod bad_input;
mod builds;
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
mod history_broken;
mod history_packs;
mod history_places;
mod images;
mod images_broken;
mod images_layers;
mod images_metadata;
#[cfg(unix)]
mod images_packages;
mod images_packed;
mod images_shared;
mod init;
mod key_exceptions;
mod leaks;
mod limits;
mod markdown;
mod outputs;
mod pages;
mod permissions;
mod projects;
mod review;
mod revision;
mod simulate;
mod standard_output;
mod texts;
mod twins;
mod walk;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// The day on which fixtures and pages are checked.
const TODAY: Date = jiff::civil::date(2026, 7, 1);

/// The repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
