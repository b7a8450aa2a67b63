//! What a run does not exceed, and what it looks through although it could be taken for something else.

use crate::command::{CLEAN, directory, iamrail};
use crate::credentials::{check, id, leaks};

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

#[test]
fn texts_with_zeros_are_looked_through() {
    let zeros = [0_u8; 4096];
    let key = id();
    let emptied = [&zeros[..], key.as_bytes(), b"\n"].concat();
    let dump = format!("INSERT INTO a VALUES ('\0\u{1}\0');\nINSERT INTO b VALUES ('{key}');\n");
    let dotenv = format!("A=\0\nKEY={key}\n");
    let picture = [b"\x89PNG\r\n\x1A\n\0\0\0\r".as_slice(), key.as_bytes()].concat();
    for (path, bytes, expected) in [
        ("app", emptied.as_slice(), 1),
        ("app.log.1", &emptied, 1),
        ("dump.sql", dump.as_bytes(), 1),
        (".env", dotenv.as_bytes(), 1),
        ("logo.png", &picture, 0),
        ("logo", &picture, 0),
    ] {
        let dir = directory(&[(path, bytes), ("main.tf", CLEAN)]);
        let run = check(dir.path(), &[]);
        assert_eq!(leaks(&run).len(), expected, "{path}: {run:?}");
        assert_eq!(run.json().pointer("/summary/binaries"), Some(&(1 - expected).into()), "{path}");
    }
}
