//! Compares what iamrail computes from a configuration with what Terraform computed for a plan of it.
//!
//! ```text
//! terraform plan -out=p && terraform show -json p >plan.json
//! cargo run --release -p iamrail --example compare_plan -- ROOT DIR plan.json WORKSPACE [KIND...]
//! ```
//!
//! `ROOT` is a directory that has everything the configuration may read, `DIR` the root module below it, `WORKSPACE` the
//! one that was planned in, usually `default`, `KIND` the start of the types of resources to compare. Every argument that differs, or that Terraform knows and iamrail does not,
//! is a line; the last line counts. The exit status says whether anything differs.
//!
//! Variables have the values of the files that Terraform reads by itself.

mod compare;
mod plan;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use iamrail::core::source::{MemoryFiles, Sources};
use iamrail::terraform::{Evaluated, Options, Terraform};

use compare::{Verdict, compare};
use plan::{Planned, planned};

/// How many arguments, or instances, came out how.
#[derive(Default)]
struct Count(BTreeMap<&'static str, usize>);

impl Count {
    fn add(&mut self, name: &'static str) {
        *self.0.entry(name).or_default() += 1;
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool shows what it finds")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, dir, plan, workspace, kinds @ ..] = arguments.as_slice() else {
        eprintln!("usage: compare_plan ROOT DIR PLAN.json WORKSPACE [KIND...]");
        return ExitCode::from(2);
    };
    let mut files = Vec::new();
    collect(Path::new(root), "", &mut files);
    let plan: serde_json::Value = match fs::read(plan).map(|bytes| serde_json::from_slice(&bytes)) {
        Ok(Ok(plan)) => plan,
        _ => {
            eprintln!("{plan} is no plan");
            return ExitCode::from(2);
        }
    };
    let sources = Sources::new(MemoryFiles::new(files));
    let dir = if dir == "." { "" } else { dir };
    let mut options = Options::default();
    options.workspace = Some(workspace.clone());
    let evaluation = Terraform::new(options).evaluate(dir, &sources);
    let is_asked_for =
        |kind: &str| kinds.is_empty() || kinds.iter().any(|start| kind.starts_with(start.as_str()));

    let mut count = Count::default();
    let mut planned = planned(&plan);
    planned.retain(|_, block| is_asked_for(&block.kind));
    for block in evaluation.blocks.iter().filter(|block| is_asked_for(&block.kind)) {
        match planned.remove(&*block.address) {
            Some(other) => arguments_of(block, &other, &mut count),
            None => surplus(block, &mut planned, &mut count),
        }
    }
    for address in planned.keys() {
        count.add("missing");
        println!("missing {address}");
    }
    for diagnostic in &evaluation.diagnostics {
        count.add("diagnostics");
        let line = diagnostic.span.and_then(|span| sources.locate(span)).map_or(0, |place| place.start.line);
        println!("diagnostic {}:{line} {}: {}", diagnostic.path, diagnostic.code, diagnostic.message);
    }
    let counts: Vec<String> = count.0.iter().map(|(name, count)| format!("{name} {count}")).collect();
    println!("total {}", counts.join(", "));
    let differs = ["different", "missing", "surplus"].iter().any(|name| count.0.contains_key(name));
    ExitCode::from(u8::from(differs))
}

/// Compares the arguments of a block that both have.
#[expect(clippy::print_stdout, reason = "a tool shows what it finds")]
fn arguments_of(block: &Evaluated, planned: &Planned<'_>, count: &mut Count) {
    count.add("instances");
    let Some(arguments) = block.arguments.as_map() else {
        count.add("different");
        println!("different {}: its arguments are no map", block.address);
        return;
    };
    for (name, value) in arguments.iter() {
        // These speak to Terraform, and no plan has them.
        let is_of_output = matches!(&**name, "sensitive" | "description" | "ephemeral");
        if matches!(&**name, "lifecycle" | "provisioner" | "connection")
            || (is_of_output && &*block.kind == "output")
        {
            continue;
        }
        let place = if &*block.kind == "output" { "" } else { &**name };
        let outcome = compare(value, planned.after.get(place), planned.unknown.get(place));
        count.add(outcome.verdict.name());
        if matches!(outcome.verdict, Verdict::Different | Verdict::Gap | Verdict::Early | Verdict::Defaulted)
        {
            println!("{} {}.{name}{}", outcome.verdict.name(), block.address, outcome.detail);
        }
    }
}

/// A block that the plan does not have under this address: one that stands for several takes those with it.
#[expect(clippy::print_stdout, reason = "a tool shows what it finds")]
fn surplus(block: &Evaluated, planned: &mut BTreeMap<String, Planned<'_>>, count: &mut Count) {
    let Some(unknown) = &block.instances else {
        count.add("surplus");
        println!("surplus {}", block.address);
        return;
    };
    let pattern = plan::without_keys(&block.address);
    planned.retain(|address, _| plan::without_keys(address) != pattern);
    count.add("unexpanded");
    println!("unexpanded {}: {unknown}", block.address);
}

/// All files below a directory.
fn collect(dir: &Path, prefix: &str, files: &mut Vec<(Arc<str>, Vec<u8>)>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else if let Ok(bytes) = fs::read(&path) {
            files.push((name.into(), bytes));
        }
    }
}
