//! What a run does not exceed, and what it looks through although it could be taken for something else.

use std::fs;
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex};

use iamrail::core::check::Candidate;
use iamrail::core::options::Options;
use iamrail::core::source::{Entry, FileError, Files, Sources};

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

/// One file that is long, and the paths that were read whole.
struct Long(String, Arc<Mutex<Vec<String>>>);

impl Files for Long {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.1.lock().unwrap().push(path.to_owned());
        Ok(self.0.clone().into_bytes())
    }

    fn open(&self, _: &str) -> Result<Box<dyn Read + Send>, FileError> {
        Ok(Box::new(Cursor::new(self.0.clone().into_bytes())))
    }

    fn list(&self, _: &str) -> Result<Vec<Entry>, FileError> {
        Ok(Vec::new())
    }
}

#[test]
fn a_long_text_is_read_whole_only_if_it_may_be_code() {
    let lines = "2026-01-01 one more line\n".repeat(100_000);
    let log = format!("{lines}KEY={}\n", id());
    let zeros = format!("{}KEY={}\n", "\0".repeat(lines.len()), id());
    let plan = format!(
        "{{\"format_version\": \"1.2\", \"terraform_version\": \"1.9.0\", \"planned_values\": {{}}, \"x\": [{}]}}\n",
        "\"one\",\n".repeat(200_000) + "1"
    );
    for (path, text, reads, leaks) in [
        ("app.log", &log, 0, 1),
        ("app.txt", &log, 0, 1),
        ("app", &log, 0, 1),
        ("app.log", &zeros, 0, 1),
        ("app", &zeros, 0, 0),
        ("plan", &plan, 1, 0),
    ] {
        let read = Arc::default();
        let sources = Arc::new(Sources::new(Long(text.clone(), Arc::clone(&read))));
        let report = iamrail::checker(Options::default()).check(&sources, &[Candidate::named(path)]);
        let read = read.lock().unwrap();
        assert_eq!((!read.is_empty(), report.findings.len()), (reads > 0, leaks), "{path}: {read:?}");
        assert_eq!(report.units.len(), reads, "{path}");
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

#[test]
fn code_that_declares_nothing_is_code_wherever_the_check_begins() {
    let dir = directory(&[("b/sub/main.tf", b"provider \"aws\" {}\n"), ("b/notes.txt", b"none\n")]);
    let run = iamrail(dir.path(), &["check", "b/sub"]);
    assert!(run.out.contains("checked 1 file and 0 resources in"), "{}", run.out);
    let run = iamrail(dir.path(), &["check", "b"]);
    let said = "checked 1 file and 0 resources, looked through 1 other text for access keys in";
    assert!(run.out.contains(said), "{}", run.out);
    fs::remove_file(dir.path().join("b/sub/main.tf")).unwrap();
    let run = iamrail(dir.path(), &["check", "b"]);
    assert!(run.out.contains("checked no infrastructure code, looked through 1 text"), "{}", run.out);
}
