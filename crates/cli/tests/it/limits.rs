//! What a run does not exceed, and what it looks through although it could be taken for something else.

use crate::command::{CLEAN, directory, iamrail};

#[test]
fn more_threads_than_make_sense_are_refused() {
    let dir = directory(&[("main.tf", CLEAN)]);
    assert_eq!(iamrail(dir.path(), &["check", "--threads", "256"]).status, 0);
    for threads in ["257", "100000"] {
        let run = iamrail(dir.path(), &["check", "--threads", threads]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.err.contains("0..=256"), "{}", run.err);
    }
}
