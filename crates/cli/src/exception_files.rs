//! Finds the exceptions of a run: in files next to the configuration, in the configuration, or in those of a revision.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iamrail::core::check::{Candidate, Checker, Reading};
use iamrail::core::exceptions::{CodeOwners, Earlier, Entry, Exceptions, Standing, claims};
use iamrail::core::report::Diagnostic;
use iamrail::core::source::{FileError, SourceFile, Sources, Span};

use crate::args::InputArgs;
use crate::disk::reason;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Human;
use crate::paths::Paths;
use crate::repository::Repository;
use crate::revision::{GitFiles, Revision, name_in};
use crate::walk::slashed;

/// What files of exceptions are called.
pub(crate) const NAMES: [&str; 4] =
    ["iam-exceptions.yaml", "iam-exceptions.yml", "iamrail-exceptions.yaml", "iamrail-exceptions.yml"];

/// Where CODEOWNERS may be, in the order in which GitHub and GitLab look for it.
const CODEOWNERS: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// What an exception in a resource is marked with, in any format.
const MARK: &str = "iamrail";

/// The exceptions of a run.
pub(crate) struct Finder<'f> {
    pub(crate) args: &'f InputArgs,
    /// The configuration, if there is one.
    pub(crate) configuration: Option<&'f Path>,
    /// The first path of the command line.
    pub(crate) first: &'f Path,
    pub(crate) input: &'f Input,
    pub(crate) paths: &'f Paths,
}

/// A file with exceptions: where it is, and what it is called in the run and in the repository.
struct Found {
    file: Arc<SourceFile>,
    path: Arc<str>,
}

impl Finder<'_> {
    /// Reads them. `checker` reads the input of an earlier revision.
    pub(crate) fn find(&self, checker: &Checker) -> Result<Exceptions, Failure> {
        let dir = self.directory();
        let revision = match &self.args.exceptions_from {
            Some(name) => Some(Revision::find(&self.repository_of(dir.as_deref())?, name)?),
            None => None,
        };
        let reader =
            Reader { finder: self, revision: revision.as_ref(), git: self.files_of(revision.as_ref())? };
        let mut exceptions = Exceptions::default();
        if let Some(configuration) = self.configuration
            && let Some(found) = reader.read(configuration)?
        {
            let read = iamrail::exceptions::parse_configuration(&found.file, &found.path);
            let configured = read.map_err(|faults| self.refuse(&faults))?;
            exceptions.settings = configured.settings;
            exceptions.entries = configured.entries;
            self.stand_in(dir.as_deref(), &mut exceptions.entries);
        }
        for name in NAMES {
            let Some(found) = dir.as_ref().map(|dir| reader.read(&dir.join(name))).transpose()?.flatten()
            else {
                continue;
            };
            let read = iamrail::exceptions::parse(&found.file, &found.path);
            let mut entries = read.map_err(|faults| self.refuse(&faults))?;
            self.stand_in(dir.as_deref(), &mut entries);
            exceptions.entries.extend(entries);
        }
        exceptions.owners = reader.owners()?;
        exceptions.covers_all = self.covers(dir.as_deref());
        if let (Some(revision), Some(root)) = (&revision, &self.input.root) {
            exceptions.earlier = Some(self.earlier(revision, root, checker)?);
        }
        if revision.is_some() {
            let earlier = exceptions.earlier.iter().flat_map(|earlier| &earlier.entries);
            exceptions.aside =
                exceptions.entries.iter().chain(earlier).map(|entry| entry.span.file).collect();
        }
        Ok(exceptions)
    }

    /// The directory that holds files of exceptions: that of the configuration, or the nearest one that has such a file.
    fn directory(&self) -> Option<PathBuf> {
        if let Some(configuration) = self.configuration {
            return configuration.canonicalize().ok()?.parent().map(Path::to_owned);
        }
        let first = self.first.canonicalize().ok()?;
        for dir in first.ancestors() {
            if NAMES.iter().any(|name| dir.join(name).exists()) || Repository::has_work_tree(dir) {
                return Some(dir.to_owned());
            }
        }
        None
    }

    /// Notes that exceptions stand in files of a directory, which is canonical.
    fn stand_in(&self, dir: Option<&Path>, entries: &mut [Entry]) {
        let Some((root, dir)) = self.input.root.as_deref().zip(dir) else { return };
        let below = || Some(Standing::Below(slashed(dir.strip_prefix(root).ok()?)?.into()));
        let above = || Some(Standing::Above(slashed(root.strip_prefix(dir).ok()?)?.into()));
        let standing = below().or_else(above).unwrap_or_default();
        entries.iter_mut().for_each(|entry| entry.standing = standing.clone());
    }

    /// A directory in the repository that an earlier revision is looked for in.
    fn repository_of(&self, dir: Option<&Path>) -> Result<PathBuf, Failure> {
        let place = self.input.root.as_deref().or(dir).map(Path::to_owned);
        place.map_or_else(|| std::env::current_dir().map_err(|error| Failure::Path(".".into(), error)), Ok)
    }

    fn files_of(&self, revision: Option<&Revision>) -> Result<Option<GitFiles>, Failure> {
        revision.map(|revision| revision.files("", self.args.max_file_size)).transpose()
    }

    /// Whether all that files of exceptions in a directory speak of is checked.
    fn covers(&self, dir: Option<&Path>) -> bool {
        let is_complete = !self.input.diagnostics.iter().any(|one| one.incomplete);
        let reaches = |checked: &PathBuf| dir.is_some_and(|dir| dir.starts_with(checked));
        is_complete && self.input.directories.iter().any(reaches)
    }

    fn refuse(&self, faults: &[Diagnostic]) -> Failure {
        let shown = faults.iter().map(|one| Human::alone(&self.input.sources, one, self.paths));
        Failure::Configuration(shown.collect::<Vec<_>>().join("\n\n"))
    }

    /// The exceptions that resources claim in a revision.
    fn earlier(&self, revision: &Revision, root: &Path, checker: &Checker) -> Result<Earlier, Failure> {
        let mut earlier = Earlier { revision: revision.name.clone(), ..Earlier::default() };
        let Some(below) = revision.within(root) else { return Ok(earlier) };
        if !revision.mentions(MARK)? {
            return Ok(earlier);
        }
        let files = revision.files(&below, self.args.max_file_size)?;
        let checked = |path: &str| {
            let path = root.join(path);
            let found = self.input.directories.iter().any(|dir| path.starts_with(dir));
            found || self.input.candidates.iter().any(|one| root.join(&*one.path) == path)
        };
        let candidates: Vec<Candidate> =
            files.paths().filter(|path| checked(path)).map(Candidate::found).collect();
        let sources = Sources::new(files);
        for (index, reading) in checker.read(&sources, &candidates).into_iter().enumerate() {
            let Reading { source, environments, unit, .. } = reading;
            let path: Arc<str> = if source.path.is_empty() { ".".into() } else { Arc::clone(&source.path) };
            earlier.units.push((source.kind, path));
            let path_of = |span: Span| {
                sources.file(span.file).map_or_else(|| "".into(), |file| Arc::clone(file.path()))
            };
            for entry in claims(index, &environments, &unit.model.exceptions, path_of) {
                earlier.entries.extend(self.moved(entry, &sources, revision));
            }
        }
        Ok(earlier)
    }

    /// An exception of another revision, with its places in the sources of the run.
    fn moved(&self, entry: Entry, sources: &Sources, revision: &Revision) -> Option<Entry> {
        let file = sources.file(entry.span.file)?;
        let name = name_in(&revision.name, file.path());
        let copy = self.input.sources.adopt(&name, file.text().as_bytes().to_vec()).ok()?;
        Some(entry.moved_to(copy.id()))
    }
}

/// Reads single files, of the disk or of a revision.
struct Reader<'r> {
    finder: &'r Finder<'r>,
    revision: Option<&'r Revision>,
    git: Option<GitFiles>,
}

impl Reader<'_> {
    /// A file, if there is one. In a revision, a file outside of the repository is the one on disk: no change of the
    /// repository can touch it.
    fn read(&self, path: &Path) -> Result<Option<Found>, Failure> {
        let canonical = path.parent().and_then(|dir| dir.canonicalize().ok()).zip(path.file_name());
        let canonical = canonical.map_or_else(|| path.to_owned(), |(dir, name)| dir.join(name));
        if let (Some(revision), Some(git)) = (self.revision, &self.git)
            && let Some(within) = revision.within(&canonical)
        {
            return self.in_revision(revision, git, &within, &canonical);
        }
        if !canonical.exists() && !canonical.is_symlink() {
            return Ok(None);
        }
        if self.leads_out(&canonical) {
            return Err(unreadable(path, &FileError::OutsideRoot));
        }
        let name = self.name(&canonical, path);
        let bytes = self.bytes(&canonical).map_err(|error| unreadable(path, &error))?;
        self.adopt(&name, name.clone().into(), bytes, path).map(Some)
    }

    fn in_revision(
        &self,
        revision: &Revision,
        git: &GitFiles,
        within: &str,
        path: &Path,
    ) -> Result<Option<Found>, Failure> {
        use iamrail::core::source::Files;
        let shown = name_in(&revision.name, within);
        match git.read(within) {
            Ok(bytes) => {
                let in_run = self.name(path, path);
                self.adopt(&shown, in_run.into(), bytes, Path::new(&shown)).map(Some)
            }
            Err(FileError::NotFound) => Ok(None),
            Err(error) => Err(unreadable(Path::new(&shown), &error)),
        }
    }

    /// Whether a file of the root is a link to one that is not.
    fn leads_out(&self, path: &Path) -> bool {
        let root = self.finder.input.root.as_deref().filter(|root| path.starts_with(root));
        root.is_some_and(|root| path.canonicalize().is_ok_and(|target| !target.starts_with(root)))
    }

    /// What a file is called in the run: by its path below the root, or as the user calls it.
    fn name(&self, canonical: &Path, given: &Path) -> String {
        let root = self.finder.input.root.as_deref();
        let below = root.and_then(|root| slashed(canonical.strip_prefix(root).ok()?));
        below.unwrap_or_else(|| given.to_string_lossy().into_owned())
    }

    fn bytes(&self, path: &Path) -> Result<Vec<u8>, FileError> {
        let limit = self.finder.args.max_file_size;
        let metadata = std::fs::metadata(path).map_err(|error| reason(&error))?;
        if !metadata.is_file() {
            return Err(FileError::NotAFile);
        }
        if metadata.len() > limit {
            return Err(FileError::TooLarge { size: metadata.len(), limit });
        }
        std::fs::read(path).map_err(|error| reason(&error))
    }

    fn adopt(&self, name: &str, path: Arc<str>, bytes: Vec<u8>, shown: &Path) -> Result<Found, Failure> {
        let file = self.finder.input.sources.adopt(name, bytes).map_err(|error| unreadable(shown, &error))?;
        Ok(Found { file, path })
    }

    /// Who owns which file of the repository that the run is in.
    fn owners(&self) -> Result<Option<CodeOwners>, Failure> {
        let Some(root) = &self.finder.input.root else { return Ok(None) };
        let top = match self.revision {
            Some(revision) => Some(revision.top.as_path()),
            None => root.ancestors().find(|dir| Repository::has_work_tree(dir)),
        };
        let Some(top) = top else { return Ok(None) };
        let below = root.strip_prefix(top).ok().and_then(slashed).unwrap_or_default();
        for name in CODEOWNERS {
            let text = match &self.git {
                Some(git) => {
                    use iamrail::core::source::Files;
                    git.read(name)
                }
                None => self.bytes(&top.join(name)),
            };
            match text {
                Ok(bytes) => return Ok(Some(CodeOwners::parse(&String::from_utf8_lossy(&bytes), &below))),
                Err(FileError::NotFound) => {}
                Err(error) => return Err(unreadable(&top.join(name), &error)),
            }
        }
        Ok(None)
    }
}

/// A file that is there and cannot be read: nobody may take it for one that excepts nothing, or demands nothing.
fn unreadable(path: &Path, error: &FileError) -> Failure {
    let help = match error {
        FileError::NotAFile => "; a file of exceptions is expected under this name",
        FileError::NotText { .. } => "; save it as UTF-8",
        _ => "",
    };
    Failure::Configuration(format!("error: `{}` cannot be read: {error}{help}", path.display()))
}
