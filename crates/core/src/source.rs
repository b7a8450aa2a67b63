//! Where things are: files, byte ranges in them, lines and columns.

use crate::collections::HashMap;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use thiserror::Error;

use self::kept::Kept;

mod kept;

/// A file of one run. Identifiers are handed out in the order of loading, which differs between runs:
/// anything that is shown is sorted by path, never by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A half-open range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`; an end before the start is moved to the start.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end: end.max(start) }
    }

    /// The number of bytes.
    pub fn len(&self) -> u32 {
        self.end - self.start
    }

    /// Whether no byte is covered.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The smallest span that covers both, if they lie in one file; otherwise `self`.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file == other.file {
            Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
        } else {
            self
        }
    }

    /// Whether `other` lies within this span.
    pub fn contains(&self, other: &Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A position as people count it: both from 1, columns in Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// Where every text begins.
    pub const START: Position = Position { line: 1, column: 1 };
}

/// A text of the run with its path as the user would write it.
#[derive(Debug)]
pub struct SourceFile {
    id: FileId,
    path: Arc<str>,
    text: String,
    /// Where the text begins in the file: at its first character, unless it is an excerpt.
    begins: Position,
    lines: OnceLock<Vec<u32>>,
    /// How many characters begin before each block of [`BLOCK`] bytes, so that long lines are not counted again and again.
    characters: OnceLock<Vec<u32>>,
}

/// The bytes between two counts of characters.
const BLOCK: usize = 4096;

impl SourceFile {
    /// The identifier.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path relative to the root of the run, with `/` between its parts.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text; a byte order mark at its start is kept, so that offsets are those of the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span of this file, empty when the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The span of the byte range `start..end` of this file.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let clamp = |n: usize| u32::try_from(n.min(self.text.len())).unwrap_or(u32::MAX);
        Span::new(self.id, clamp(start), clamp(end))
    }

    /// Where a byte offset is; an offset past the end is the end. A byte order mark takes up no column.
    pub fn position(&self, offset: u32) -> Position {
        let lines = self.lines.get_or_init(|| line_starts(&self.text));
        let line = lines.partition_point(|&start| start <= offset).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len()).max(start);
        let column = if end - start <= BLOCK {
            self.text.as_bytes().get(start..end).map_or(0, count_characters)
        } else {
            self.characters_before(end).saturating_sub(self.characters_before(start))
        };
        let cut = if line == 1 { self.begins.column } else { 1 };
        // A byte order mark is no character of the text.
        let marked = line == 1 && self.begins == Position::START && self.text.starts_with('\u{FEFF}');
        Position {
            line: to_u32(line).saturating_add(self.begins.line - 1),
            column: column.saturating_sub(u32::from(marked)).saturating_add(cut),
        }
    }

    /// Whether the text begins in the middle of a line of its file.
    pub fn begins_within_a_line(&self) -> bool {
        self.begins.column > 1
    }

    /// How many characters begin before a byte offset.
    fn characters_before(&self, offset: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let blocks = self.characters.get_or_init(|| {
            let sums = bytes.chunks(BLOCK).scan(0, |sum, block| {
                let before = *sum;
                *sum += count_characters(block);
                Some(before)
            });
            sums.collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        let before = blocks.get(block).copied().unwrap_or(0);
        before + bytes.get(block * BLOCK..offset).map_or(0, count_characters)
    }
}

/// Counting the bytes that are no continuation counts characters without a boundary check.
fn count_characters(bytes: &[u8]) -> u32 {
    to_u32(bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count())
}

fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| to_u32(at + 1)));
    starts
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Why a file could not be had. The messages are complete sentences without the path: whoever reports them names it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Nothing exists at the path.
    #[error("no such file")]
    NotFound,
    /// The path, or a link on the way, leads out of the root of the run.
    #[error("the path leads out of the directory that is checked")]
    OutsideRoot,
    /// The operating system refuses to read it.
    #[error("permission denied")]
    Denied,
    /// The file has more bytes than the run accepts.
    #[error("the file has {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes are no UTF-8; UTF-16 with a byte order mark is named as such.
    #[error("not UTF-8 text: byte {offset}, in line {line}, cannot be decoded{}", if *utf16 { " (it looks like UTF-16)" } else { "" })]
    NotText {
        /// Offset of the first byte that cannot be decoded.
        offset: usize,
        /// The line that the byte stands in, counted from one.
        line: usize,
        /// Whether the file starts with a byte order mark of UTF-16.
        utf16: bool,
    },
    /// A directory, device, pipe or socket.
    #[error("not a regular file")]
    NotAFile,
    /// Anything else, in the words of the operating system.
    #[error("{0}")]
    Other(String),
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name within the directory.
    pub name: String,
    /// Whether it is a directory (links are followed only as far as the root allows).
    pub is_dir: bool,
}

/// The files that a run may see. Paths are relative to the root of the run, with `/` between their parts;
/// `..` and links must not lead out of it: an implementation answers [`FileError::OutsideRoot`] then.
pub trait Files: Send + Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Says why the file cannot be had.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;

    /// The most bytes of a file that are read.
    fn limit(&self) -> u64 {
        u64::from(u32::MAX)
    }

    /// A file to be read piece by piece, whatever its size.
    ///
    /// # Errors
    /// Says why the file cannot be had.
    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FileError> {
        Ok(Box::new(Cursor::new(self.read(path)?)))
    }

    /// The entries of a directory in the order of their names; the empty path is the root.
    ///
    /// # Errors
    /// Says why the directory cannot be listed.
    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError>;
}

/// Files held in memory: for embedding, for tests and for standard input.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFiles {
    /// The given files; paths are normalised, and one that leads out of the root is dropped.
    pub fn new<P: AsRef<str>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let files =
            files.into_iter().filter_map(|(path, bytes)| Some((normalize(path.as_ref())?, bytes.into())));
        Self { files: files.collect() }
    }

    /// The paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let path = normalize(path).ok_or(FileError::OutsideRoot)?;
        self.files.get(&path).cloned().ok_or(FileError::NotFound)
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        let dir = normalize(dir).ok_or(FileError::OutsideRoot)?;
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let mut entries = BTreeMap::new();
        for path in self.files.range(prefix.clone()..).map(|(path, _)| path) {
            let Some(rest) = path.strip_prefix(&prefix) else { break };
            match rest.split_once('/') {
                Some((name, _)) => entries.insert(name.to_owned(), true),
                None => entries.insert(rest.to_owned(), false),
            };
        }
        if entries.is_empty() && !dir.is_empty() {
            return Err(FileError::NotFound);
        }
        Ok(entries.into_iter().map(|(name, is_dir)| Entry { name, is_dir }).collect())
    }
}

/// A path without `.`, `..`, doubled or trailing separators; `None` when it leads out of the root.
///
/// ```
/// assert_eq!(iamrail_core::source::normalize("a/./b/../c"), Some("a/c".to_owned()));
/// assert_eq!(iamrail_core::source::normalize("../x"), None);
/// ```
pub fn normalize(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `path` as seen from the directory `base`, normalised; `None` when it leads out of the root. An absolute path does.
pub fn join(base: &str, path: &str) -> Option<String> {
    if path.starts_with('/') { None } else { normalize(&format!("{base}/{path}")) }
}

/// The directory part of a path, empty for a file in the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// All texts of a run, each read and decoded once, shared by every thread.
pub struct Sources {
    files: Box<dyn Files>,
    loaded: RwLock<Loaded>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Loaded {
    /// Texts and excerpts, by their identifiers.
    all: Vec<Arc<SourceFile>>,
    by_path: HashMap<Arc<str>, FileId>,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources").field("loaded", &self.loaded().all.len()).finish_non_exhaustive()
    }
}

impl Sources {
    /// The sources of a run over the given files.
    pub fn new(files: impl Files + 'static) -> Self {
        Self { files: Box::new(files), loaded: RwLock::default(), kept: Mutex::default() }
    }

    /// The files behind the sources, for listing directories and for reads that need not be kept.
    pub fn files(&self) -> &dyn Files {
        self.files.as_ref()
    }

    /// The text at a path. Read once: later calls answer from memory.
    ///
    /// # Errors
    /// Says why the file cannot be had, or that it is no UTF-8.
    pub fn load(&self, path: &str) -> Result<Arc<SourceFile>, FileError> {
        // Most paths are normalised as they come.
        if let Some(file) = self.loaded().at(path) {
            return Ok(file);
        }
        let path = normalize(path).ok_or(FileError::OutsideRoot)?;
        if let Some(file) = self.loaded().at(&path) {
            return Ok(file);
        }
        let bytes = self.files.read(&path)?;
        self.adopt(&path, bytes)
    }

    /// Keeps bytes that were read already under their path; the first text adopted for a path stays.
    ///
    /// # Errors
    /// Says where the bytes are no UTF-8, or that they are more than 4 GiB.
    pub fn adopt(&self, path: &str, bytes: Vec<u8>) -> Result<Arc<SourceFile>, FileError> {
        let size = bytes.len();
        if u32::try_from(size).is_err() {
            return Err(FileError::TooLarge { size: size as u64, limit: u64::from(u32::MAX) });
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let utf16 = matches!(error.as_bytes(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
                let before = error.as_bytes().iter().take(offset);
                let line = 1 + before.filter(|byte| **byte == b'\n').count();
                return Err(FileError::NotText { offset, line, utf16 });
            }
        };
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = loaded.at(path) {
            return Ok(file);
        }
        let path: Arc<str> = path.into();
        let file = loaded.keep(Arc::clone(&path), text, Position::START);
        loaded.by_path.insert(path, file.id);
        Ok(file)
    }

    /// Keeps a part of a text that is not kept as a whole: too large for that, or out of an archive. It is no text of the run that
    /// could be loaded; its places are those in the file.
    pub fn adopt_excerpt(&self, path: Arc<str>, text: String, begins: Position) -> Arc<SourceFile> {
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.keep(path, text, begins)
    }

    /// Keeps a text once more under the path of a copy; `None` if the file does not belong to this run.
    pub fn adopt_copy(&self, id: FileId, path: Arc<str>) -> Option<Arc<SourceFile>> {
        let file = self.file(id)?;
        Some(self.adopt_excerpt(path, file.text.clone(), file.begins))
    }

    /// The file with an identifier, if it belongs to this run.
    pub fn file(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.loaded().all.get(id.0 as usize).cloned()
    }

    /// Every text that was loaded, sorted by path.
    pub fn all(&self) -> Vec<Arc<SourceFile>> {
        let loaded = self.loaded();
        let is_whole = |file: &&Arc<SourceFile>| loaded.by_path.get(&file.path) == Some(&file.id);
        let mut all: Vec<_> = loaded.all.iter().filter(is_whole).cloned().collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// Whether a text was loaded from a path.
    pub fn has(&self, path: &str) -> bool {
        self.loaded().by_path.contains_key(path)
    }

    /// A span as path, start and end.
    pub fn locate(&self, span: Span) -> Option<Location> {
        let file = self.file(span.file)?;
        Some(Location {
            path: Arc::clone(file.path()),
            start: file.position(span.start),
            end: file.position(span.end),
        })
    }

    fn loaded(&self) -> std::sync::RwLockReadGuard<'_, Loaded> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Loaded {
    fn at(&self, path: &str) -> Option<Arc<SourceFile>> {
        let id = self.by_path.get(path)?;
        self.all.get(id.0 as usize).cloned()
    }

    fn keep(&mut self, path: Arc<str>, text: String, begins: Position) -> Arc<SourceFile> {
        let file = Arc::new(SourceFile {
            id: FileId(to_u32(self.all.len())),
            path,
            text,
            begins,
            lines: OnceLock::new(),
            characters: OnceLock::new(),
        });
        self.all.push(Arc::clone(&file));
        file
    }
}

/// A span in the terms of people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The path relative to the root of the run.
    pub path: Arc<str>,
    /// The first character.
    pub start: Position,
    /// The character behind the last one.
    pub end: Position,
}
