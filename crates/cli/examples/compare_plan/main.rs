//! Compares what iamrail computes from a configuration with what Terraform computed for a plan of it.
//!
//! ```text
//! terraform plan -out=p && terraform show -json p >plan.json
//! cargo run --release -p iamrail --example compare_plan -- ROOT DIR plan.json WORKSPACE [KIND...]
//! ```
//!
//! `ROOT` is a directory that has everything the configuration may read, `DIR` the root module below it,
//! `WORKSPACE` the one that was planned in, usually `default`, `KIND` the start of the types of resources to
//! compare. Variables have the values that the plan was made with.
//!
//! Every argument that differs, that only one of both knows, or that has a default is a line with the reason;
//! the last line counts. The exit status is 1 when something differs or is there on one side only, when
//! iamrail does not know what it could, and when it knows what the plan does not and nothing shows that it is
//! right.

mod compare;
mod comparison;
mod expected;
mod plan;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use iamrail::core::source::{MemoryFiles, Sources};
use ignore::WalkBuilder;

use comparison::Comparison;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool shows what it finds")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, dir, plan, workspace, kinds @ ..] = arguments.as_slice() else {
        eprintln!("usage: compare_plan ROOT DIR PLAN.json WORKSPACE [KIND...]");
        return ExitCode::from(2);
    };
    let Some(Ok(json)) = read(Path::new(plan), PLAN).map(|bytes| serde_json::from_slice(&bytes)) else {
        eprintln!("{plan} is no plan");
        return ExitCode::from(2);
    };
    let sources = Sources::new(MemoryFiles::new(files(Path::new(root))));
    let dir = if dir == "." { "" } else { dir };
    let comparison = Comparison::new(&sources, dir, &json, workspace, kinds);
    for line in &comparison.lines {
        println!("{line}");
    }
    let counts: Vec<String> =
        comparison.counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    println!("total {}", counts.join(", "));
    ExitCode::from(u8::from(comparison.fails))
}

/// How many bytes of a plan are read.
const PLAN: u64 = 1 << 30;
/// How many bytes of a file are read, as by the command.
const FILE: u64 = 64 << 20;
/// How many bytes of all files are read.
const FILES: u64 = 1 << 30;

/// All files below a directory. Links are not followed: what they lead to is found by itself, or is outside.
fn files(root: &Path) -> Vec<(Arc<str>, Vec<u8>)> {
    let mut left = FILES;
    let mut files = Vec::new();
    for entry in WalkBuilder::new(root).standard_filters(false).build().flatten() {
        let name = entry.path().strip_prefix(root).ok().and_then(Path::to_str);
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if let Some(name) = name.filter(|_| is_file)
            && let Some(bytes) = read(entry.path(), FILE.min(left))
        {
            left = left.saturating_sub(bytes.len() as u64);
            files.push((name.into(), bytes));
        }
    }
    files
}

/// A file, unless it is larger than that.
fn read(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    File::open(path).ok()?.take(limit + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= limit).then_some(bytes)
}
