//! What the command takes on a directory, beside what parsing its files takes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};

use super::{FLOOR, floor};

/// How often each is measured; the median counts.
const ROUNDS: usize = 5;

/// What was measured.
pub(super) struct Measured {
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// Processor time of the floor from its start to its end.
    pub(super) floor: Duration,
    /// Processor time of the command from its start to its end.
    pub(super) check: Duration,
    /// The same by the clock on the wall.
    pub(super) wall: Duration,
    /// The most memory that the command had at once, in bytes.
    pub(super) memory: u64,
}

/// Measures a directory. The floor, which is the program `itself`, and the command take turns, so that whatever else the machine
/// does hits both.
pub(super) fn measure(dir: &Path, itself: &Path) -> Measured {
    let files = floor::sources(dir);
    let bytes = files.iter().filter_map(|path| fs::metadata(path).ok()).map(|found| found.len()).sum();
    let check = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iamrail"));
        run(command.arg("check").arg("--format").arg("json").arg(dir));
    };
    // The floor, of whose memory nobody asks, must not have run yet.
    check();
    let memory = most_memory();
    let mut rounds: Vec<(Duration, Duration, Duration)> = (0..ROUNDS)
        .map(|_| {
            let before = used();
            run(Command::new(itself).arg(FLOOR).arg(dir));
            let floor = used() - before;
            let before = used();
            let start = Instant::now();
            check();
            (floor, used() - before, start.elapsed())
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
        memory,
    }
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.ok().and_then(|status| status.code());
    assert!(matches!(status, Some(0 | 1 | 3)), "{command:?} ended with {status:?}");
}

/// What all children took so far.
fn used() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok();
    let micros = |time: TimeVal| u64::try_from(time.num_microseconds()).unwrap_or_default();
    let micros = usage.map_or(0, |usage| micros(usage.user_time()) + micros(usage.system_time()));
    Duration::from_micros(micros)
}

/// The most memory that any child has had: a process measures one directory only.
fn most_memory() -> u64 {
    let kibibytes = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
    u64::try_from(kibibytes).unwrap_or_default() * 1024
}
