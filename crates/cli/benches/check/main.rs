//! The whole check against the floor of parsing alone, on inputs in memory.
//!
//! `cargo bench` prints, for each language and number of files, the medians and their ratio. Both run in parallel on all
//! cores; the floor parses every text once with the same parsers and throws the result away.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod generate;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iamrail::core::check::Candidate;
use iamrail::core::options::Options;
use iamrail::core::source::{MemoryFiles, Sources};
use rayon::prelude::*;

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each is measured.
const ROUNDS: usize = 7;

type Input = Vec<(String, String)>;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let sizes: &[usize] = if std::env::args().any(|arg| arg == "--bench") { &[1_000, 10_000] } else { &[50] };
    for &files in sizes {
        measure("Terraform", &generate::terraform(files), |(_, text)| {
            black_box(hcl_edit::parser::parse_body(text).is_ok());
        });
        measure("CloudFormation", &generate::cloudformation(files), parse_template);
    }
}

fn parse_template((path, text): &(String, String)) {
    if path.ends_with(".json") {
        let options = jsonc_parser::ParseOptions::default();
        black_box(
            jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &options).is_ok(),
        );
    } else {
        black_box(granit_parser::Parser::new_from_str(text).filter(Result::is_ok).count());
    }
}

fn measure(language: &str, input: &Input, parse: impl Fn(&(String, String)) + Sync) {
    let bytes: usize = input.iter().map(|(_, text)| text.len()).sum();
    let floor = median(|| {
        let start = Instant::now();
        input.par_iter().for_each(&parse);
        start.elapsed()
    });
    let checker = iamrail::checker(Options::default());
    let candidates: Vec<_> = input.iter().map(|(path, _)| Candidate::found(path.as_str())).collect();
    let mut findings = 0;
    let check = median(|| {
        let files = MemoryFiles::new(input.iter().map(|(path, text)| (path, text.as_bytes())));
        let sources = Arc::new(Sources::new(files));
        let start = Instant::now();
        let report = checker.check(&sources, &candidates);
        let time = start.elapsed();
        findings = report.findings.len();
        time
    });
    println!(
        "{language:14} {:6} files {:5.1} MB: parse {:8.1} ms, check {:8.1} ms, ratio {:.2}, {findings} findings",
        input.len(),
        bytes as f64 / 1e6,
        floor.as_secs_f64() * 1e3,
        check.as_secs_f64() * 1e3,
        check.as_secs_f64() / floor.as_secs_f64(),
    );
}

fn median(mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| run()).collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
