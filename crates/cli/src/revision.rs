//! Files of a git revision, read through the program `git`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use iamrail::core::source::{Entry, FileError, Files, normalize};

use crate::failure::Failure;
use crate::walk::slashed;

/// A commit of the repository that a directory is in.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// What the user calls it.
    pub(crate) name: String,
    /// The top directory of the repository, canonical.
    pub(crate) top: PathBuf,
    commit: String,
}

/// Nothing that `git` would run or fetch on its own.
fn git(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.args([
        "--no-pager",
        "--no-replace-objects",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    command.arg("-C").arg(dir);
    command
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command
}

/// The output of a run of `git`, or what it says is wrong.
fn output(mut command: Command) -> Result<Result<Vec<u8>, String>, Failure> {
    let output = command.output().map_err(missing)?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

fn missing(error: io::Error) -> Failure {
    Failure::Usage(format!("`--exceptions-from` needs the program `git`, which cannot be run: {error}"))
}

impl Revision {
    /// The commit that a name stands for in the repository that `dir` is in.
    pub(crate) fn find(dir: &Path, name: &str) -> Result<Self, Failure> {
        let wrong = |what: &str, said: &str| {
            let said = said.strip_prefix("fatal: ").unwrap_or(said);
            let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
            Failure::Usage(format!("`--exceptions-from {name}`: {what}{said}"))
        };
        // A name that begins like an option would be one to some commands.
        if name.is_empty() || name.starts_with('-') {
            return Err(wrong("this is no name of a revision", ""));
        }
        let mut command = git(dir);
        command.args(["rev-parse", "--show-toplevel"]);
        let top = match output(command)? {
            Ok(top) => PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches(['\r', '\n'])),
            Err(said) => return Err(wrong(&format!("`{}` is in no git repository", dir.display()), &said)),
        };
        let top = top.canonicalize().map_err(|error| Failure::Path(top.clone(), error))?;
        let mut command = git(dir);
        command
            .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
            .arg(format!("{name}^{{commit}}"));
        let commit = match output(command)? {
            Ok(commit) => String::from_utf8_lossy(&commit).trim().to_owned(),
            Err(said) => {
                let what =
                    "there is no such commit here; fetch it first, such as with `git fetch origin BRANCH`";
                return Err(wrong(what, &said));
            }
        };
        Ok(Self { name: name.to_owned(), top, commit })
    }

    /// The path of a file of the working tree within the repository; `None` when it is not in it.
    pub(crate) fn within(&self, path: &Path) -> Option<String> {
        slashed(path.strip_prefix(&self.top).ok()?)
    }

    /// Whether some file has a text.
    pub(crate) fn mentions(&self, text: &str) -> Result<bool, Failure> {
        let mut command = git(&self.top);
        command.args(["grep", "--quiet", "--fixed-strings", "-e", text]).arg(&self.commit).arg("--");
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().map_err(missing)?;
        // Anything but "not found" is looked into.
        Ok(status.code() != Some(1))
    }

    /// The files below a directory of the repository; `limit` is the most bytes of a file.
    pub(crate) fn files(&self, below: &str, limit: u64) -> Result<GitFiles, Failure> {
        let mut command = git(&self.top);
        command.args(["ls-tree", "-r", "-z", "--full-tree"]).arg(&self.commit);
        let listing = match output(command)? {
            Ok(listing) => listing,
            Err(said) => return Err(Failure::Usage(format!("`{}` cannot be listed: {said}", self.name))),
        };
        let prefix = if below.is_empty() { String::new() } else { format!("{below}/") };
        let files = listing.split(|byte| *byte == 0).filter_map(|line| file(line, &prefix));
        let files: BTreeMap<String, String> = files.collect();
        let mut command = git(&self.top);
        command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(missing)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let Some((input, output)) = pipes else {
            return Err(missing(io::ErrorKind::BrokenPipe.into()));
        };
        let batch = Batch { child, input, output: BufReader::new(output) };
        Ok(GitFiles { files, limit, batch: Mutex::new(batch) })
    }
}

/// The path and object of a line of `git ls-tree`, if it is a regular file below the prefix.
fn file(line: &[u8], prefix: &str) -> Option<(String, String)> {
    let line = std::str::from_utf8(line).ok()?;
    let (about, path) = line.split_once('\t')?;
    let mut about = about.split(' ');
    let (mode, _, object) = (about.next()?, about.next()?, about.next()?);
    // Links lead somewhere else, and modules of git are no files.
    mode.starts_with("100").then_some(())?;
    Some((path.strip_prefix(prefix)?.to_owned(), object.to_owned()))
}

/// The files of a revision, with paths relative to a directory of the repository.
pub(crate) struct GitFiles {
    /// The objects by path.
    files: BTreeMap<String, String>,
    limit: u64,
    batch: Mutex<Batch>,
}

/// A running `git cat-file --batch`.
struct Batch {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl GitFiles {
    /// The paths of all files, sorted.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl Batch {
    fn read(&mut self, object: &str, limit: u64) -> io::Result<Result<Vec<u8>, FileError>> {
        writeln!(self.input, "{object}")?;
        self.input.flush()?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        // `<object> <type> <size>`, or `<object> missing` in a clone that does not have it.
        let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else {
            return Ok(Err(FileError::Other("git does not have it here".to_owned())));
        };
        let mut content = (&mut self.output).take(size);
        let bytes = if size > limit {
            io::copy(&mut content, &mut io::sink())?;
            Err(FileError::TooLarge { size, limit })
        } else {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        self.output.read_exact(&mut [0])?;
        Ok(bytes)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It ends by itself when nothing more can be asked; this only does not wait for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Files for GitFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let path = normalize(path).ok_or(FileError::OutsideRoot)?;
        let object = self.files.get(&path).ok_or(FileError::NotFound)?;
        let mut batch = self.batch.lock().unwrap_or_else(PoisonError::into_inner);
        batch.read(object, self.limit).unwrap_or_else(|error| Err(FileError::Other(error.to_string())))
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        let dir = normalize(dir).ok_or(FileError::OutsideRoot)?;
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let below = self.files.range(prefix.clone()..).map_while(|(path, _)| path.strip_prefix(&prefix));
        let entries: BTreeSet<Entry> = below
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => Entry { name: name.to_owned(), is_dir: true },
                None => Entry { name: rest.to_owned(), is_dir: false },
            })
            .collect();
        if entries.is_empty() && !dir.is_empty() {
            Err(FileError::NotFound)
        } else {
            Ok(entries.into_iter().collect())
        }
    }
}

/// The name of a file of a revision, as git writes it.
pub(crate) fn name_in(revision: &str, path: &str) -> String {
    format!("{revision}:{path}")
}
