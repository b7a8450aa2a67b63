//! What becomes of a run whose output is not taken.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::{CLEAN, VIOLATION, directory};

fn iamrail(dir: &Path, args: &[&str], out: Stdio) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamrail"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).stdout(out).stderr(Stdio::piped());
    command
}

#[test]
fn a_report_that_cannot_be_written_fails_the_run() {
    let dir = directory(&[("main.tf", CLEAN)]);
    for args in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["check", "--format", "checklist"],
        &["show"],
        &["review"],
        &["init", "--output", "-"],
        &["explain", "access-key"],
        &["rules"],
        &["rules", "--coverage"],
        &["exceptions", "list"],
        &["exceptions", "check"],
        &["exceptions", "import"],
        &["simulate", "--principal", "reports", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::a/b"],
        &["--version"],
        &["check", "--help"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = iamrail(dir.path(), args, full.into()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains("error: cannot write to standard output: "), "{args:?}: {said}");
    }
}

#[test]
fn whoever_stops_reading_changes_no_exit_status() {
    let dir = directory(&[("clean/main.tf", CLEAN), ("found/main.tf", VIOLATION)]);
    for (args, status) in [
        (&["check", "clean", "--format", "json"][..], 0),
        (&["check", "found", "--format", "json"], 1),
        (&["explain", "access-key"], 0),
    ] {
        let mut child = iamrail(dir.path(), args, Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(status), ""), "{args:?}");
    }
}
