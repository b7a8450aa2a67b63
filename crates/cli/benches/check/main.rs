//! The whole command against the floor of parsing alone, in processor time.
//!
//! `cargo bench` measures made-up inputs: many files of each language, and some that are large in one respect.
//! `cargo bench -- DIR...` measures directories. The floor is a process as well, which finds the files of the languages, reads them
//! and parses each into a tree with the parser of its language, and does no more; the ratio is what the command takes for one unit
//! of that. Each input is measured in a process of its own, of whose children the memory is known.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod deep;
mod floor;
mod generate;
mod measure;

use std::fs;
use std::path::Path;
use std::process::Command;

use measure::measure;

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Files by path.
type Input = Vec<(String, String)>;

/// Tells a process to measure one directory, named as it is to be called.
const ONE: &str = "--one";
/// Tells a process to be the floor for a directory.
const FLOOR: &str = "--floor";

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [one, name, dir] if one == ONE => print(name, Path::new(dir))?,
        [floor, dir] if floor == FLOOR => floor::parse(Path::new(dir)),
        // `cargo test --benches` only asks whether it runs.
        [] if !std::env::args().any(|argument| argument == "--bench") => {
            made("Terraform", &generate::terraform(50))?;
        }
        [] => {
            for (name, input) in all() {
                made(&name, &input)?;
            }
        }
        dirs => {
            for dir in dirs {
                apart(dir, Path::new(dir))?;
            }
        }
    }
    Ok(())
}

fn all() -> Vec<(String, Input)> {
    let elements = [10_000, 100_000];
    let mut all: Vec<(String, Input)> = vec![("one tiny file".to_owned(), generate::terraform(1))];
    all.extend([1_000, 10_000].map(|n| (format!("Terraform, {n} files"), generate::terraform(n))));
    all.extend([1_000, 10_000].map(|n| (format!("CloudFormation, {n} files"), generate::cloudformation(n))));
    all.extend([1_000, 10_000].map(|n| (format!("{n} resources in one root"), deep::resources(n))));
    all.extend([3, 30].map(|n| (format!("modules nested {n} deep"), deep::nested(n))));
    all.extend([500, 5_000].map(|n| (format!("for_each over {n} elements"), deep::for_each(n))));
    all.extend(
        elements.map(|n| (format!("{} expressions", n * deep::EXPRESSIONS_AN_ELEMENT), deep::expressions(n))),
    );
    let sizes = [100_000, 1_000_000];
    all.extend(sizes.map(|n| (format!("a template of {} kB", n / 1_000), deep::template(n))));
    all.extend([3, 30].map(|n| (format!("a plan of {n} MB"), deep::plan(n * 1_000_000))));
    all
}

fn made(name: &str, input: &Input) -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    for (path, text) in input {
        let path = dir.path().join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    apart(name, dir.path())
}

/// Measures in a process of its own.
fn apart(name: &str, dir: &Path) -> std::io::Result<()> {
    let status = Command::new(std::env::current_exe()?).arg(ONE).arg(name).arg(dir).status()?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("`{name}` cannot be measured"))) }
}

fn print(name: &str, dir: &Path) -> std::io::Result<()> {
    let measured = measure(dir, &std::env::current_exe()?);
    let megabytes = measured.bytes as f64 / 1e6;
    let check = measured.check.as_secs_f64();
    println!(
        "{name:32} {:6} files {megabytes:6.2} MB: parse {:7.1} ms, check {:7.1} ms of processor time, ratio {:.2}; \
         {:7.1} ms in all, {:6.1} MB/s, memory {:6.1} MB, {:.1} times the input",
        measured.files,
        measured.floor.as_secs_f64() * 1e3,
        check * 1e3,
        check / measured.floor.as_secs_f64(),
        measured.wall.as_secs_f64() * 1e3,
        megabytes / check,
        measured.memory as f64 / 1e6,
        measured.memory as f64 / measured.bytes as f64,
    );
    Ok(())
}
