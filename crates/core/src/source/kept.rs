//! Bytes of files that several look at, to find out what each is.

use std::io::{Cursor, Read};
use std::sync::{Arc, PoisonError};

use super::{FileError, Sources};
use crate::collections::HashMap;

/// The longest file that is kept, in bytes: to read a longer one again takes little more than to keep it.
const LONGEST: usize = 16 << 10;
/// How many bytes are kept together.
const MOST: usize = 16 << 20;

/// What was read and is nothing to whoever read it.
#[derive(Default)]
pub(super) struct Kept {
    files: HashMap<Arc<str>, Vec<u8>>,
    /// How many bytes they have.
    size: usize,
}

impl Kept {
    fn put(&mut self, path: &Arc<str>, bytes: Vec<u8>) {
        if bytes.len() <= LONGEST && self.size + bytes.len() <= MOST {
            self.size += bytes.len();
            let before = self.files.insert(Arc::clone(path), bytes);
            self.size -= before.map_or(0, |before| before.len());
        }
    }

    fn take(&mut self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.files.remove(path)?;
        self.size -= bytes.len();
        Some(bytes)
    }
}

impl Sources {
    /// The bytes of a file, for whoever wants to know what it is. Whoever does not adopt them gives them [back](Self::give_back).
    ///
    /// # Errors
    /// Says why the file cannot be had.
    pub fn look_at(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.take_kept(path).map_or_else(|| self.files.read(path), Ok)
    }

    /// Hands over the bytes of a file to whoever looks at it next, so that small ones are not read again.
    pub fn give_back(&self, path: &Arc<str>, bytes: Vec<u8>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).put(path, bytes);
    }

    /// A file to be read piece by piece, for the last time.
    pub(crate) fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FileError> {
        match self.take_kept(path) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => self.files.open(path),
        }
    }

    fn take_kept(&self, path: &str) -> Option<Vec<u8>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take(path)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::LONGEST;
    use crate::source::{Entry, FileError, Files, Sources};

    /// Files of as many bytes as their names say, and how often one was read.
    struct Counted(Arc<AtomicUsize>);

    impl Files for Counted {
        fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            path.parse().map(|size| vec![b' '; size]).map_err(|_| FileError::NotFound)
        }

        fn list(&self, _: &str) -> Result<Vec<Entry>, FileError> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn small_files_that_are_given_back_are_read_once() {
        let count = Arc::new(AtomicUsize::new(0));
        let sources = Sources::new(Counted(Arc::clone(&count)));
        for (size, reads) in [(0, 1), (LONGEST, 1), (LONGEST + 1, 3)] {
            count.store(0, Ordering::Relaxed);
            let path: Arc<str> = size.to_string().into();
            for _ in 0..2 {
                let bytes = sources.look_at(&path).unwrap();
                assert_eq!(bytes.len(), size);
                sources.give_back(&path, bytes);
            }
            let mut read = Vec::new();
            sources.open(&path).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!((read.len(), count.load(Ordering::Relaxed)), (size, reads));
        }
        // Whoever takes it last keeps it.
        assert_eq!(sources.look_at("0"), Ok(Vec::new()));
        assert_eq!(count.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let sources = Sources::new(Counted(Arc::default()));
        for at in 0..2000 {
            sources.give_back(&format!("{at}").into(), vec![b' '; LONGEST]);
            sources.give_back(&"same".into(), vec![b' '; at]);
        }
        let kept = sources.kept.lock().unwrap();
        let sum: usize = kept.files.values().map(Vec::len).sum();
        assert_eq!((kept.size, sum <= super::MOST), (sum, true));
    }
}
