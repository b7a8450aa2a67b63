//! Files on disk below a root that no path and no link may leave.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

use iamrail::core::source::{Entry, FileError, Files, file_name, normalize, parent};

/// How long a path is whose parts are looked at one by one, in bytes: no system takes longer ones.
const LONGEST: usize = 4096;

/// The files below a directory.
#[derive(Debug)]
pub(crate) struct DiskFiles {
    root: PathBuf,
    limit: u64,
    /// Where directories are after all links were followed: most hold several files, and following every part of every
    /// path takes longer than reading the file.
    directories: RwLock<HashMap<String, PathBuf>>,
}

impl DiskFiles {
    /// The files below `root`, which must be canonical. Files of more than `limit` bytes are refused unread.
    pub(crate) fn new(root: PathBuf, limit: u64) -> Self {
        Self { root, limit, directories: RwLock::default() }
    }

    /// The same knowing that these directories below the root are none that links lead to.
    pub(crate) fn knowing(self, directories: Vec<String>) -> Self {
        let places = directories.into_iter().map(|path| {
            let place = self.root.join(&path);
            (path, place)
        });
        Self { directories: RwLock::new(places.collect()), ..self }
    }

    /// The place of a directory after all links were followed, if that is below the root.
    fn directory(&self, path: &str) -> Result<PathBuf, FileError> {
        if let Some(known) = self.known(path) {
            return Ok(known);
        }
        // Where the directory above is known, one look tells whether this one is a link. A link that leads outside may have another
        // one behind it that leads back.
        let above = match path.is_empty() || path.len() > LONGEST {
            true => None,
            false => match self.directory(parent(path)) {
                Err(FileError::OutsideRoot) => None,
                above => Some(above?),
            },
        };
        let looked_at = above.map(|above| {
            let place = above.join(file_name(path));
            (fs::symlink_metadata(&place), place)
        });
        let resolved = match looked_at {
            Some((Ok(found), place)) if found.is_dir() => place,
            Some((Err(error), _)) if error.kind() == io::ErrorKind::NotFound => return Err(reason(&error)),
            _ => self.resolve(path)?,
        };
        let mut directories = self.directories.write().unwrap_or_else(PoisonError::into_inner);
        directories.insert(path.to_owned(), resolved.clone());
        Ok(resolved)
    }

    /// A regular file, and its size in bytes.
    fn regular(&self, path: &str) -> Result<(fs::File, u64), FileError> {
        let path = normalize(path).ok_or(FileError::OutsideRoot)?;
        let mut place = self.directory(parent(&path))?.join(file_name(&path));
        // Looked at before it is opened: opening a pipe would wait for somebody to write to it.
        let mut metadata = fs::symlink_metadata(&place).map_err(|error| reason(&error))?;
        if metadata.is_symlink() {
            place = self.resolve(&path)?;
            metadata = fs::metadata(&place).map_err(|error| reason(&error))?;
        }
        if !metadata.is_file() {
            return Err(FileError::NotAFile);
        }
        Ok((fs::File::open(&place).map_err(|error| reason(&error))?, metadata.len()))
    }

    fn known(&self, path: &str) -> Option<PathBuf> {
        self.directories.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    fn resolve(&self, path: &str) -> Result<PathBuf, FileError> {
        let resolved = self.root.join(path).canonicalize().map_err(|error| reason(&error))?;
        if resolved.starts_with(&self.root) { Ok(resolved) } else { Err(FileError::OutsideRoot) }
    }
}

impl Files for DiskFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let (file, size) = self.regular(path)?;
        if size > self.limit {
            return Err(FileError::TooLarge { size, limit: self.limit });
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or_default() + 1];
        // A file may grow while it is read.
        let mut file = file.take(self.limit + 1);
        let read = once(&mut file, &mut bytes).map_err(|error| reason(&error))?;
        bytes.truncate(read);
        // As much as it was said to have, though there was room for more, is all of it: nothing tells more by being asked again.
        if read as u64 != size {
            file.read_to_end(&mut bytes).map_err(|error| reason(&error))?;
        }
        let size = bytes.len() as u64;
        if size > self.limit {
            return Err(FileError::TooLarge { size, limit: self.limit });
        }
        Ok(bytes)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FileError> {
        let (file, size) = self.regular(path)?;
        Ok(Box::new(Whole { file, rest: size, is_said: size > 0 }))
    }

    fn limit(&self) -> u64 {
        self.limit
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        let dir = self.directory(&normalize(dir).ok_or(FileError::OutsideRoot)?)?;
        let mut entries = Vec::new();
        for entry in fs::read_dir(dir).map_err(|error| reason(&error))? {
            let entry = entry.map_err(|error| reason(&error))?;
            // A name that is no UTF-8 cannot be named by any configuration.
            let Ok(name) = entry.file_name().into_string() else { continue };
            // Whether a link leads to a directory is only told when it leads nowhere outside.
            let is_dir = match entry.file_type() {
                Ok(kind) if kind.is_symlink() => {
                    let target = entry.path().canonicalize();
                    target.is_ok_and(|target| target.starts_with(&self.root) && target.is_dir())
                }
                Ok(kind) => kind.is_dir(),
                Err(_) => false,
            };
            entries.push(Entry { name, is_dir });
        }
        entries.sort();
        Ok(entries)
    }
}

/// A file as long as it is said to be: nothing tells more by being asked again.
struct Whole {
    file: fs::File,
    /// How many bytes are left of those that it is said to have.
    rest: u64,
    /// Whether it is said to have any. What the system makes up when it is read is said to have none.
    is_said: bool,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_said && self.rest == 0 {
            return Ok(0);
        }
        let read = self.file.read(buffer)?;
        self.rest = self.rest.saturating_sub(read as u64);
        Ok(read)
    }
}

/// Reads what there is, and begins anew when a signal comes between.
fn once(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// What an error of the operating system means for a file.
pub(crate) fn reason(error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::NotFound,
        io::ErrorKind::PermissionDenied => FileError::Denied,
        io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => FileError::NotAFile,
        _ => FileError::Other(error.kind().to_string()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_as_long_as_they_end_below_the_root() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (root, outside) = (root.path().canonicalize().unwrap(), outside.path());
        fs::create_dir_all(root.join("real/deep")).unwrap();
        fs::write(root.join("real/deep/main.tf"), "inside").unwrap();
        fs::write(outside.join("main.tf"), "outside").unwrap();
        symlink("real", root.join("link")).unwrap();
        symlink(outside, root.join("out")).unwrap();
        symlink(root.join("real"), outside.join("back")).unwrap();
        let files = DiskFiles::new(root, 100);
        for path in ["real/deep/main.tf", "link/deep/main.tf", "out/back/deep/main.tf"] {
            assert_eq!(files.read(path).unwrap(), b"inside", "{path}");
        }
        assert!(matches!(files.read("out/main.tf"), Err(FileError::OutsideRoot)));
        for path in ["none/main.tf", "none/of/these/main.tf", "link/none/main.tf"] {
            assert!(matches!(files.read(path), Err(FileError::NotFound)), "{path}");
        }
        assert!(files.read(&"a/".repeat(100_000)).is_err());
    }

    #[test]
    fn files_are_read_to_their_end_whatever_they_are_said_to_have() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let files = DiskFiles::new(root.clone(), 100);
        for size in [0, 1, 100] {
            fs::write(root.join("main.tf"), vec![b'a'; size]).unwrap();
            assert_eq!(files.read("main.tf").unwrap(), vec![b'a'; size]);
        }
        fs::write(root.join("main.tf"), [b'a'; 101]).unwrap();
        assert!(matches!(files.read("main.tf"), Err(FileError::TooLarge { size: 101, limit: 100 })));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_has_more_than_it_is_said_to_have_is_read_to_its_end() {
        let root = fs::canonicalize("/proc/self").unwrap();
        assert_eq!(fs::metadata(root.join("status")).unwrap().len(), 0);
        let text = DiskFiles::new(root.clone(), 1 << 20).read("status").unwrap();
        assert!(text.starts_with(b"Name:") && text.ends_with(b"\n"), "{}", text.len());
        assert!(matches!(
            DiskFiles::new(root, 10).read("status"),
            Err(FileError::TooLarge { size: 11, limit: 10 })
        ));
    }
}
