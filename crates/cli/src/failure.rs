//! Why the command could not run. Trouble with the input itself is a diagnostic of the report instead.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why the command could not run: exit status 2.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A path of the command line cannot be had.
    #[error("error: cannot read `{path}`: {error}", path = .0.display(), error = .1)]
    Path(PathBuf, #[source] io::Error),
    /// A path of the command line is not below the root that the caller named.
    #[error("error: `{path}` is not below the root `{root}`", path = .0.display(), root = .1.display())]
    OutsideRoot(PathBuf, PathBuf),
    /// Standard input cannot be read.
    #[error("error: cannot read standard input: {0}")]
    StandardInput(#[source] io::Error),
    /// The cases to simulate cannot be understood.
    #[error("error: the cases in `{path}` are {1}", path = .0.display())]
    Cases(PathBuf, String),
    /// An option contradicts another or makes no sense.
    #[error("error: {0}")]
    Usage(String),
    /// The configuration is wrong; the text is a rendered diagnostic.
    #[error("{0}")]
    Configuration(String),
    /// Nothing to check was found; the notes name what was left aside.
    #[error(
        "error: no input found in {0}: iamrail reads directories of Terraform or OpenTofu files (`.tf`, `.tf.json`, `.tofu`), \
         plans (`terraform show -json PLAN`), states, and CloudFormation or SAM templates in YAML or JSON{notes}",
        notes = .1.iter().map(|note| format!("\nnote: {note}")).collect::<String>()
    )]
    NoInput(String, Vec<String>),
    /// An output cannot be written.
    #[error("error: cannot write `{path}`: {error}", path = .0.display(), error = .1)]
    Output(PathBuf, #[source] io::Error),
    /// Standard output takes no more, though somebody could read it.
    #[error("error: cannot write to standard output: {0}")]
    StandardOutput(#[source] io::Error),
    /// The thread pool cannot be built.
    #[error("error: cannot start {0} threads")]
    Threads(usize),
}
