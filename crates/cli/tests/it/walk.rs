//! What is found below a directory, and what is left out.

#[cfg(unix)]
use std::process::Command;

use crate::command::{CLEAN, directory, iamrail};
use crate::credentials::{check, id, leaks};

fn key() -> Vec<u8> {
    format!("KEY={}\n", id()).into_bytes()
}

#[test]
fn what_lists_leave_out_is_meant_from_where_they_stand() {
    let list = b"/x.txt\n*.log\n!keep.log\n".as_slice();
    let dir = directory(&[
        (".gitignore", list),
        ("main.tf", CLEAN),
        ("x.txt", &key()),
        ("a/.gitignore", list),
        ("a/x.txt", &key()),
        ("a/y/x.txt", &key()),
        ("a/y/z.log", &key()),
        ("a/y/keep.log", &key()),
        ("a/z/.gitignore", b"!z.log\n"),
        ("a/z/z.log", &key()),
        // A repository of its own, of which nobody said what to leave out.
        ("own/.git/HEAD", b"ref: refs/heads/main\n"),
        ("own/z.log", &key()),
    ]);
    let run = check(dir.path(), &["--fail-on", "never"]);
    let found = leaks(&run);
    let [(first, _, related)] = found.as_slice() else { panic!("{found:?}") };
    let found: Vec<&str> =
        std::iter::once(first).chain(related).filter_map(|place| place.split(' ').next()).collect();
    assert_eq!(found, ["a/y/keep.log:1:5", "a/y/x.txt:1:5", "a/z/z.log:1:5", "own/z.log:1:5"]);
}

#[test]
fn a_list_that_nobody_writes_by_hand_is_refused() {
    let dir = directory(&[
        ("main.tf", CLEAN),
        ("a/.gitignore", "a line\n".repeat(1 << 18).as_bytes()),
        ("a/x.txt", &key()),
        ("x.txt", &key()),
    ]);
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.out.contains("cannot look into `a`: `a/.gitignore` has more than 1048576 bytes"),
        "{}",
        run.out
    );
    let run = check(dir.path(), &["--no-ignore"]);
    assert_eq!((run.status, leaks(&run).len()), (1, 1), "{run:?}");
}

#[test]
fn what_package_managers_write_is_looked_through_for_keys_alone() {
    let template =
        br#"{"Resources": {"A": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "a"}}}}"#;
    let dir = directory(&[
        ("main.tf", CLEAN),
        ("package-lock.json", template.as_slice()),
        ("b/pnpm-lock.yaml", &key()),
    ]);
    let run = check(dir.path(), &["--fail-on", "never"]);
    let found = run.json();
    let found = found.pointer("/findings").and_then(|all| all.as_array()).unwrap();
    assert_eq!((found.len(), leaks(&run)[0].0.as_str()), (1, "b/pnpm-lock.yaml:1:5"));
    assert_eq!(check(dir.path(), &["package-lock.json"]).status, 1);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_said_to_be_ignored() {
    let dir = directory(&[("main.tf", CLEAN)]);
    assert!(Command::new("mkfifo").arg(dir.path().join("a.env")).status().unwrap().success());
    std::os::unix::fs::symlink("nowhere", dir.path().join("b.env")).unwrap();
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (0, Vec::new()), "{}", run.out);
}
