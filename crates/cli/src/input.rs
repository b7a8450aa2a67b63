//! What a run reads: the paths of the command line, the root that holds them, the files below.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::report::Diagnostic;
use iamrail::core::source::{Entry, FileError, Files, MemoryFiles, Sources};

use crate::disk::DiskFiles;
use crate::failure::Failure;
use crate::repository::Repository;
use crate::walk::{Walk, slashed};

/// How the input is gathered.
#[derive(Clone, Debug)]
pub(crate) struct Gathering {
    /// The root, when the caller names it.
    pub(crate) root: Option<PathBuf>,
    /// The most bytes of a file.
    pub(crate) max_file_size: u64,
    /// Whether `.gitignore` files are heeded.
    pub(crate) gitignore: bool,
    /// The directory of the configuration behind plans and states, which is read besides the paths.
    pub(crate) source: Option<PathBuf>,
}

/// What a run reads.
#[derive(Debug)]
pub(crate) struct Input {
    /// The texts.
    pub(crate) sources: Arc<Sources>,
    /// The files that may be checked, sorted.
    pub(crate) candidates: Vec<Candidate>,
    /// What could not be looked into.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Files that git ignores and that mostly hold secrets.
    pub(crate) ignored: Vec<String>,
    /// The directories with a repository, canonical: those that the paths are in, and those below.
    pub(crate) repositories: Vec<PathBuf>,
    /// The directories of which all was looked at, canonical.
    pub(crate) directories: Vec<PathBuf>,
    /// The root, canonical; `None` for standard input alone.
    pub(crate) root: Option<PathBuf>,
}

impl Input {
    /// Nothing yet.
    fn new(sources: Sources, root: Option<PathBuf>) -> Self {
        Self {
            sources: Arc::new(sources),
            candidates: Vec::new(),
            diagnostics: Vec::new(),
            ignored: Vec::new(),
            repositories: Vec::new(),
            directories: Vec::new(),
            root,
        }
    }
}

impl Gathering {
    /// Standard input as a file of its own.
    pub(crate) fn standard_input(&self) -> Result<Input, Failure> {
        const NAME: &str = "stdin";
        let mut bytes = Vec::new();
        let mut input = std::io::stdin().lock().take(self.max_file_size + 1);
        input.read_to_end(&mut bytes).map_err(Failure::StandardInput)?;
        let size = bytes.len() as u64;
        let mut diagnostics = Vec::new();
        let mut candidates = Vec::new();
        if size > self.max_file_size {
            let error = FileError::TooLarge { size, limit: self.max_file_size };
            diagnostics.push(Diagnostic::error("unreadable", NAME, format!("standard input: {error}")));
        } else {
            candidates.push(Candidate::named(NAME));
        }
        let piped = MemoryFiles::new([(NAME, bytes)]);
        let (sources, root) = match &self.source {
            None => (Sources::new(piped), None),
            Some(source) => {
                let (root, _) = self.root_of(&[directory(source)?])?;
                let disk = DiskFiles::new(root.clone(), self.max_file_size);
                (Sources::new(Piped { piped, disk }), Some(root))
            }
        };
        Ok(Input { candidates, diagnostics, ..Input::new(sources, root) })
    }

    /// The files at and below paths. Runs on the rayon thread pool it is called in.
    pub(crate) fn paths(&self, paths: &[PathBuf]) -> Result<Input, Failure> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| canonical(path)).collect::<Result<_, _>>()?;
        let source = self.source.as_deref().map(directory).transpose()?;
        let all: Vec<PathBuf> = paths.iter().cloned().chain(source).collect();
        let (root, repository) = self.root_of(&all)?;
        let walk = Walk { root: &root, gitignore: self.gitignore, repository };
        let mut candidates = Vec::new();
        let mut diagnostics = Vec::new();
        let mut ignored = Vec::new();
        let mut repositories = Vec::new();
        let mut walked = Vec::new();
        for path in &paths {
            let relative = path.strip_prefix(&root).ok().and_then(slashed);
            let Some(relative) = relative else { return Err(Failure::OutsideRoot(path.clone(), root)) };
            let mut above = path.ancestors().take_while(|above| above.starts_with(&root));
            repositories.extend(above.find(|above| Repository::is_at(above)).map(Path::to_owned));
            if path.is_dir() {
                let found = walk.find(path);
                candidates.extend(found.candidates);
                diagnostics.extend(found.diagnostics);
                ignored.extend(found.ignored);
                repositories.extend(found.repositories);
                walked.extend(found.directories);
            } else {
                candidates.push(Candidate::named(relative));
            }
        }
        // A file that is named and found as well counts as named.
        candidates.sort_by(|a, b| (&a.path, b.named, a.aside).cmp(&(&b.path, a.named, b.aside)));
        candidates.dedup_by(|later, earlier| later.path == earlier.path);
        repositories.sort();
        repositories.dedup();
        let files = DiskFiles::new(root.clone(), self.max_file_size);
        let sources = Sources::new(files.knowing(walked));
        let directories = paths.into_iter().filter(|path| path.is_dir()).collect();
        let input = Input::new(sources, Some(root));
        Ok(Input { candidates, diagnostics, ignored, repositories, directories, ..input })
    }

    /// No files, seen from the current directory or the root that is named.
    pub(crate) fn nothing(&self) -> Result<Input, Failure> {
        let (root, _) = self.root_of(&[canonical(Path::new("."))?])?;
        Ok(Input::new(Sources::new(DiskFiles::new(root.clone(), self.max_file_size)), Some(root)))
    }

    /// The directory that nothing is read outside of, and whether it is a repository.
    fn root_of(&self, paths: &[PathBuf]) -> Result<(PathBuf, bool), Failure> {
        if let Some(root) = &self.root {
            let root = canonical(root)?;
            let repository = Repository::has_work_tree(&root);
            return Ok((root, repository));
        }
        let common = common_directory(paths);
        if let Some(repository) = common.ancestors().find(|dir| Repository::has_work_tree(dir)) {
            return Ok((repository.to_owned(), true));
        }
        // Without a repository, what is called by way of `../modules` may still lie below the current directory.
        let current = std::env::current_dir().and_then(|dir| dir.canonicalize());
        let current = current.ok().filter(|dir| common.starts_with(dir) && dir.parent().is_some());
        Ok((current.unwrap_or(common), false))
    }
}

/// Standard input, and files on disk.
struct Piped {
    piped: MemoryFiles,
    disk: DiskFiles,
}

impl Files for Piped {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.piped.read(path).or_else(|_| self.disk.read(path))
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FileError> {
        self.piped.open(path).or_else(|_| self.disk.open(path))
    }

    fn limit(&self) -> u64 {
        self.disk.limit()
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.disk.list(dir)
    }
}

fn directory(path: &Path) -> Result<PathBuf, Failure> {
    let path = canonical(path)?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err(Failure::Usage(format!("`{}` is no directory", path.display())))
    }
}

fn canonical(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::Path(path.to_owned(), error))
}

/// The deepest directory that holds all paths.
fn common_directory(paths: &[PathBuf]) -> PathBuf {
    let mut dirs = paths.iter().map(|path| if path.is_dir() { path } else { path.parent().unwrap_or(path) });
    let Some(first) = dirs.next() else { return PathBuf::new() };
    dirs.fold(first.to_owned(), |common, dir| {
        let shared = common.ancestors().find(|ancestor| dir.starts_with(ancestor));
        shared.map(Path::to_owned).unwrap_or_default()
    })
}
