//! Bytes of files that several look at, to find out what each is.

use std::io::{Cursor, Read};
use std::sync::{Arc, PoisonError};

use super::{FileError, Sources};
use crate::collections::HashMap;

/// The longest file that is kept, in bytes: to read a longer one again takes little more than to keep it.
const LONGEST: usize = 16 << 10;
/// How much of a file tells what it is whose name does not, in bytes.
const START: u64 = 1 << 20;
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

    /// The first bytes of a file, for whoever wants to know what it is and has no name to go by, and whether they are all of it. Of one
    /// that is all there the bytes are the caller's, as those that are [looked at](Self::look_at) are.
    ///
    /// # Errors
    /// Says why the file cannot be had.
    pub fn look_at_start(&self, path: &str) -> Result<(Vec<u8>, bool), FileError> {
        if let Some(bytes) = self.take_kept(path) {
            return Ok((bytes, true));
        }
        let mut start = Vec::new();
        let read = self.files.open(path)?.take(START).read_to_end(&mut start);
        match read {
            Ok(read) if read as u64 == START => Ok((start, false)),
            Ok(read) if read as u64 <= self.files.limit() => Ok((start, true)),
            // Whoever cannot read it, or may not, knows why.
            _ => Ok((self.files.read(path)?, true)),
        }
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
    fn what_has_no_name_to_go_by_is_read_as_far_as_it_tells_what_it_is() {
        let sources = Sources::new(Counted(Arc::default()));
        let most = usize::try_from(super::START).unwrap();
        for (size, start, is_whole) in [(0, 0, true), (most - 1, most - 1, true), (most + 1, most, false)] {
            let (bytes, whole) = sources.look_at_start(&size.to_string()).unwrap();
            assert_eq!((bytes.len(), whole), (start, is_whole), "{size}");
        }
        assert_eq!(sources.look_at_start("none"), Err(FileError::NotFound));
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
