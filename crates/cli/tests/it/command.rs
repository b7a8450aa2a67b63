//! Runs the command.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a run of the command left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The report, of a run with `--format json`.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The rules of the findings, of a run with `--format json`.
    pub(crate) fn rules(&self) -> Vec<String> {
        self.texts("/findings", "rule")
    }

    /// The codes of the diagnostics, of a run with `--format json`.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.texts("/diagnostics", "code")
    }

    fn texts(&self, list: &str, key: &str) -> Vec<String> {
        let json = self.json();
        let list = json.pointer(list).unwrap().as_array().unwrap();
        list.iter().map(|entry| entry.get(key).unwrap().as_str().unwrap().to_owned()).collect()
    }
}

/// Runs the command in a directory, with nothing on its standard input.
pub(crate) fn iamrail(dir: &Path, args: &[&str]) -> Run {
    iamrail_with(dir, args, b"")
}

/// Runs the command in a directory with an input.
pub(crate) fn iamrail_with(dir: &Path, args: &[&str], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamrail"))
        .args(args)
        .current_dir(dir)
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory of its own with these files, and with the mark of a repository.
pub(crate) fn directory(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    for (path, bytes) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

/// A user with a policy of his own: a finding wherever it stands.
pub(crate) const VIOLATION: &[u8] = br#"
resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
"#;

/// A role about which there is nothing to say.
pub(crate) const CLEAN: &[u8] = br#"
resource "aws_iam_role" "reports" {
  name        = "reports"
  description = "Lets the reports site read its pages"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
"#;

/// A role of which it is not known whether it says what it is for.
pub(crate) const UNDETERMINED: &[u8] = br#"
variable "description" {
  type = string
}

resource "aws_iam_role" "reports" {
  name        = "reports"
  description = var.description
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
"#;
