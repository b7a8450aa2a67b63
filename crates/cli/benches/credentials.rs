//! The check of a directory, and the same by the rule on access keys alone, against ripgrep with one pattern for all that the rule looks
//! for, by the clock, taking turns.
//!
//! `cargo bench -p iamrail --bench credentials -- DIR...`. Cold means that the files were put out of the cache of the system before.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use iamrail::core::rules::RULES;
use ignore::WalkBuilder;
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

const ROUNDS: usize = 7;
/// Ids, names with what looks like a secret behind them, keys of Bedrock, and the beginnings of all that in base64.
const PATTERN: &str = "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b\
    |(?i:secret[a-z0-9_. -]{0,32}key|aws[a-z0-9_.-]{0,32}key)[^\\n]{0,80}?\\b[A-Za-z0-9/+]{40}\\b\
    |ABSKQmVkcm9ja0FQSUtleS|bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t\
    |QUtJQ|FLSU|BS0lB|QVNJQ|FTSU|BU0lB|QUJJQ|FCSU|BQklB|QUNDQ|FDQ0|BQ0NB|ZWNyZX|VjcmV0|lY3Jld|RUNSRV|VDUkVU|FQ1JFV";
/// The least that finds any key at all.
const IDS: &str = "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b";

fn main() {
    let alone = tempfile::NamedTempFile::new();
    let Some(alone) = alone.ok().filter(|file| std::fs::write(file.path(), without_others()).is_ok()) else {
        println!("no temporary file can be written");
        return;
    };
    for dir in std::env::args().skip(1).filter(|argument| argument != "--bench") {
        let dir = Path::new(&dir);
        let files = files(dir);
        let bytes: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
        println!("{}: {} files, {:.0} MB", dir.display(), files.len(), bytes as f64 / 1e6);
        for cold in [true, false] {
            let mut times = [const { Vec::new() }; 4];
            for _ in 0..ROUNDS {
                let mut keys = check(dir);
                keys.arg("--config").arg(alone.path());
                let commands = [check(dir), keys, ripgrep(PATTERN, dir), ripgrep(IDS, dir)];
                for (mut command, times) in commands.into_iter().zip(&mut times) {
                    if cold {
                        files.iter().for_each(|file| forget(file));
                    }
                    times.extend(time(&mut command));
                }
            }
            let [check, keys, all, ids] = times.map(median);
            let speed = |own: Option<Duration>, other: Option<Duration>| match (own, other) {
                (Some(own), Some(other)) => format!("{:.2}", other.as_secs_f64() / own.as_secs_f64()),
                _ => "unknown".to_owned(),
            };
            let both = |own| format!("{} and {}", speed(own, all), speed(own, ids));
            let shown = |time: Option<Duration>| {
                time.map_or("unknown".to_owned(), |time| format!("{:.0} ms", time.as_secs_f64() * 1e3))
            };
            println!(
                "  {}: check {}, by this rule alone {}, ripgrep {}, with ids alone {}: {} times as fast, by this rule alone {}",
                if cold { "cold" } else { "warm" },
                shown(check),
                shown(keys),
                shown(all),
                shown(ids),
                both(check),
                both(keys),
            );
        }
    }
}

/// A configuration that switches off all other rules.
fn without_others() -> String {
    let others = RULES.iter().filter(|rule| rule.name != "embedded-access-key");
    let off =
        others.map(|rule| format!("  {}:\n    level: \"off\"\n    reason: Access keys alone.\n", rule.name));
    format!("rules:\n{}", off.collect::<String>())
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(dir).standard_filters(false).git_ignore(true).require_git(false).build();
    let files =
        walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.map(ignore::DirEntry::into_path).collect()
}

fn check(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamrail"));
    command.args(["check", "--format", "json", "--root"]).arg(dir).arg(dir);
    command
}

fn ripgrep(pattern: &str, dir: &Path) -> Command {
    let mut command = Command::new("rg");
    command
        .args([
            "--hidden",
            "--no-require-git",
            "--no-ignore-global",
            "--no-config",
            "-g",
            "!.git",
            "-e",
            pattern,
        ])
        .arg(dir);
    command
}

/// How long a command takes; `None` if it cannot be run.
fn time(command: &mut Command) -> Option<Duration> {
    let start = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).status().ok()?;
    Some(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

/// Puts a file out of the cache of the system.
fn forget(path: &Path) {
    if let Ok(file) = File::open(path) {
        // What the system does not do leaves the file in the cache, and helps all that are measured.
        let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
    }
}
