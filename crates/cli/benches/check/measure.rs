//! What the command takes on a directory, beside what parsing its files takes.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ignore::WalkBuilder;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use rayon::prelude::*;

/// How often each is measured; the median counts.
const ROUNDS: usize = 5;

/// What was measured.
pub(super) struct Measured {
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// Processor time of reading and parsing every file, on all threads together.
    pub(super) floor: Duration,
    /// Processor time of the command from its start to its end.
    pub(super) check: Duration,
    /// The same by the clock on the wall.
    pub(super) wall: Duration,
    /// The most memory that the command had at once, in bytes.
    pub(super) memory: u64,
}

/// Measures a directory. The floor and the command take turns, so that whatever else the machine does hits both.
pub(super) fn measure(dir: &Path) -> Measured {
    let files = sources(dir);
    let bytes = files.iter().filter_map(|path| fs::metadata(path).ok()).map(|found| found.len()).sum();
    let mut rounds: Vec<(Duration, Duration, Duration)> = (0..ROUNDS)
        .map(|_| {
            let before = used(UsageWho::RUSAGE_SELF);
            files.par_iter().for_each(|path| parse(path));
            let floor = used(UsageWho::RUSAGE_SELF) - before;
            let before = used(UsageWho::RUSAGE_CHILDREN);
            let start = Instant::now();
            run(dir);
            (floor, used(UsageWho::RUSAGE_CHILDREN) - before, start.elapsed())
        })
        .collect();
    let mut median = |of: fn(&(Duration, Duration, Duration)) -> Duration| {
        rounds.sort_by_key(of);
        rounds.get(ROUNDS / 2).map(of).unwrap_or_default()
    };
    Measured {
        files: files.len(),
        bytes,
        floor: median(|round| round.0),
        check: median(|round| round.1),
        wall: median(|round| round.2),
        memory: most_memory(),
    }
}

/// The files that the command would find. What no front end reads is no part of the floor.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(dir).standard_filters(false).git_ignore(true).require_git(false).build();
    let files =
        walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let mut found: Vec<PathBuf> = files
        .map(ignore::DirEntry::into_path)
        .filter(|path| {
            let name = path.to_string_lossy();
            [".tf", ".tofu", ".yaml", ".yml", ".json", ".template"].iter().any(|end| name.ends_with(end))
                && !name.contains("/.git/")
        })
        .collect();
    found.sort();
    found
}

fn parse(path: &Path) {
    let Ok(text) = fs::read_to_string(path) else { return };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => {
            let options = jsonc_parser::ParseOptions::default();
            let collect = jsonc_parser::CollectOptions::default();
            black_box(jsonc_parser::parse_to_ast(&text, &collect, &options).is_ok());
        }
        Some("tf" | "tofu") => {
            black_box(hcl_edit::parser::parse_body(&text).is_ok());
        }
        _ => {
            black_box(granit_parser::Parser::new_from_str(&text).filter(Result::is_ok).count());
        }
    }
}

fn run(dir: &Path) {
    let command = Path::new(env!("CARGO_BIN_EXE_iamrail"));
    let mut command = Command::new(command);
    command.arg("check").arg("--format").arg("json").arg(dir).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().ok().and_then(|status| status.code());
    assert!(matches!(status, Some(0 | 1 | 3)), "the check of {} ended with {status:?}", dir.display());
}

fn used(who: UsageWho) -> Duration {
    let usage = getrusage(who).ok();
    let micros = |time: TimeVal| u64::try_from(time.num_microseconds()).unwrap_or_default();
    let micros = usage.map_or(0, |usage| micros(usage.user_time()) + micros(usage.system_time()));
    Duration::from_micros(micros)
}

/// The most memory that any child has had: a process measures one directory only.
fn most_memory() -> u64 {
    let kibibytes = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
    u64::try_from(kibibytes).unwrap_or_default() * 1024
}
