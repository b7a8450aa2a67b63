//! Files that git ignores and that mostly hold secrets: whoever has them may want to know that nobody looked.

use std::collections::{HashSet, VecDeque};
use std::path::Path;

use iamrail::core::check::Candidate;
use iamrail::core::source::{file_name, parent};

use super::{COPIES, GIT};

/// Directories of ignored packages, which are published by others.
const PACKAGES: &[&str] = &["node_modules", "site-packages"];
/// How many entries of ignored directories are looked at for files to name, and how deeply.
const MOST: usize = 50_000;
const DEEPEST: usize = 12;

/// What the walk left out, relative to the root.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// The files whose names are those of secrets.
    pub(super) files: Vec<String>,
    pub(super) directories: Vec<String>,
}

impl LeftOut {
    pub(super) fn append(&mut self, mut more: Self) {
        self.files.append(&mut more.files);
        self.directories.append(&mut more.directories);
    }

    /// The files that mostly hold secrets, those in directories that were left out too, sorted. Some candidates are tracked all the same.
    pub(super) fn name(self, root: &Path, candidates: &[Candidate]) -> Vec<String> {
        let Self { mut files, mut directories } = self;
        directories.sort();
        let mut open: VecDeque<(String, usize)> = directories.into_iter().map(|path| (path, 0)).collect();
        let mut rest = MOST;
        while let Some((path, depth)) = open.pop_front() {
            if PACKAGES.contains(&file_name(&path)) || depth > DEEPEST {
                continue;
            }
            let mut listed = list(root, &path, &mut rest);
            if path.split('/').any(|part| COPIES.contains(&part)) {
                // Examples come with modules, and states do not.
                listed.files.retain(|path| path.contains(".tfstate"));
            }
            files.append(&mut listed.files);
            listed.directories.sort();
            open.extend(listed.directories.into_iter().map(|path| (path, depth + 1)));
        }
        let known: HashSet<&str> = candidates.iter().map(|one| &*one.path).collect();
        files.retain(|path| !known.contains(path.as_str()));
        files.sort();
        files.dedup();
        files
    }
}

/// What of a directory may hold secrets; `rest` is how many entries may be looked at.
fn list(root: &Path, dir: &str, rest: &mut usize) -> LeftOut {
    let mut listed = LeftOut::default();
    for entry in root.join(dir).read_dir().into_iter().flatten().flatten() {
        if *rest == 0 {
            break;
        }
        *rest -= 1;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let path = format!("{dir}/{name}");
        if is_directory && name != GIT {
            listed.directories.push(path);
        } else if !is_directory && is_secretive(&path) {
            listed.files.push(path);
        }
    }
    listed
}

/// Whether a file mostly holds secrets, by its name; for that of the AWS command line, by the directory that it is kept in too.
pub(super) fn is_secretive(path: &str) -> bool {
    let name = file_name(path);
    let ends = [".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup", ".env"];
    ends.iter().any(|end| name.ends_with(end))
        || name.contains(".env.")
        || matches!(name, ".envrc" | ".s3cfg" | ".boto")
        || name == "credentials" && file_name(parent(path)) == ".aws"
}
