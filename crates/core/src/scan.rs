//! Looks for credentials in what is read piece by piece, and keeps no more of it than what surrounds them.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use iamrail_credentials::{Credential, MARGIN, find};
use memchr::{memchr, memchr_iter, memrchr};

use crate::report::Diagnostic;
use crate::sighting::{Medium, Sighting};
use crate::source::{Position, SourceFile, Sources};

mod utf16;
mod zeros;

/// How much is looked through at once, in bytes.
const WINDOW: usize = 1 << 20;
/// A zero among so many first bytes makes a file a binary one, as it does for git, unless more tells that it is a text.
const HEAD: usize = 8000;
/// Credentials nearer to each other than this are kept in one excerpt, in bytes.
const NEAR: usize = 1000;
/// How much of a line is kept before and behind a credential, in bytes.
const AROUND: usize = 300;
/// How many credentials of one text are told.
const MOST: usize = 1000;

/// Looks through texts, one after the other.
#[derive(Debug)]
pub struct Scanner<'s> {
    sources: &'s Sources,
    limit: u64,
    binaries: bool,
    window: Vec<u8>,
}

/// What looking through a text gave.
#[derive(Debug)]
#[non_exhaustive]
pub struct Scanned {
    /// The credentials in it.
    pub sightings: Vec<Sighting>,
    /// How far it was looked through.
    pub extent: Extent,
}

/// How far a text was looked through.
#[derive(Debug)]
#[non_exhaustive]
pub enum Extent {
    /// To its end.
    Whole,
    /// Not at all, since it is no text.
    Binary,
    /// To the limit of bytes.
    Limit,
    /// To the credential behind which there are too many to tell.
    Crowded,
    /// To where reading failed.
    Failed(io::Error),
}

impl Scanned {
    /// Looks through a text that was read for another purpose.
    pub fn of(file: &SourceFile) -> Self {
        let mut found = find(file.text().as_bytes());
        let extent = if found.len() > MOST { Extent::Crowded } else { Extent::Whole };
        found.truncate(MOST);
        let sighting = |one: Credential| {
            let span = file.span(one.range.start, one.range.end);
            Sighting::new(one, span, Medium::File)
        };
        Self { sightings: found.into_iter().map(sighting).collect(), extent }
    }
}

impl Extent {
    /// What is to be said of a text that was not looked through to its end; `limit` is that of bytes.
    pub fn trouble(&self, path: &Arc<str>, limit: u64) -> Option<Diagnostic> {
        let (code, message) = match self {
            Extent::Whole | Extent::Binary => return None,
            Extent::Limit => {
                let what = "of more bytes than the limit";
                (
                    "too-large",
                    format!("`{path}` is a text {what} of {limit}, and the rest was not looked through"),
                )
            }
            Extent::Crowded => {
                let what = "the rest was not looked through";
                ("too-large", format!("`{path}` holds more than {MOST} credentials, and {what}"))
            }
            Extent::Failed(error) => {
                ("unreadable", format!("`{path}` cannot be read to its end: {}", error.kind()))
            }
        };
        let help = match self {
            Extent::Limit => "leave the file out of the check, or raise the limit of bytes",
            _ => "",
        };
        Some(Diagnostic::error(code, Arc::clone(path), message).help(help))
    }
}

impl<'s> Scanner<'s> {
    /// A scanner that gives up on a text after `limit` bytes, and keeps what surrounds credentials in `sources`.
    pub fn new(sources: &'s Sources, limit: u64) -> Self {
        Self { sources, limit, binaries: false, window: Vec::new() }
    }

    /// The same looking through files too that are no text.
    #[must_use]
    pub fn with_binaries(self) -> Self {
        Self { binaries: true, ..self }
    }

    /// Looks through a text. `path` is what it is called.
    pub fn scan(&mut self, path: &Arc<str>, medium: &Medium, reader: &mut dyn Read) -> Scanned {
        let mut window = std::mem::take(&mut self.window);
        window.resize(WINDOW, 0);
        let mut pass =
            Pass { sources: self.sources, path, medium, line: 0, column: 0, sightings: Vec::new() };
        let mut reader = Ending { reader, error: None };
        let extent = self.read(&mut pass, &mut window, &mut reader);
        self.window = window;
        Scanned { sightings: pass.sightings, extent: reader.error.map_or(extent, Extent::Failed) }
    }

    fn read(&self, pass: &mut Pass<'_>, window: &mut [u8], reader: &mut dyn Read) -> Extent {
        let filled = match fill(reader, window) {
            Ok(filled) => filled,
            Err(error) => return Extent::Failed(error),
        };
        let head = window.get(..filled.min(HEAD)).unwrap_or_default();
        if let Some(utf16::Start { little, mark }) = utf16::start(head) {
            let start = window.get(mark..filled).unwrap_or_default().to_vec();
            let mut decoded = utf16::Decoded::new(io::Cursor::new(start).chain(reader), little);
            return match fill(&mut decoded, window) {
                Ok(filled) => self.windows(pass, window, filled, &mut decoded),
                Err(error) => Extent::Failed(error),
            };
        }
        if !self.binaries && memchr(0, head).is_some() && !zeros::are_of_text(pass.path, head) {
            return Extent::Binary;
        }
        self.windows(pass, window, filled, reader)
    }

    fn windows(
        &self,
        pass: &mut Pass<'_>,
        window: &mut [u8],
        mut filled: usize,
        reader: &mut dyn Read,
    ) -> Extent {
        let mut read = filled as u64;
        let mut from = 0;
        loop {
            let ended = filled < window.len();
            let text = window.get(..filled).unwrap_or_default();
            let to = if ended { filled } else { filled.saturating_sub(MARGIN) };
            if !pass.look(text, from..to) {
                return Extent::Crowded;
            }
            if ended {
                return Extent::Whole;
            }
            if read >= self.limit {
                return Extent::Limit;
            }
            let dropped = filled - 2 * MARGIN;
            pass.pass_over(text.get(..dropped).unwrap_or_default());
            window.copy_within(dropped..filled, 0);
            let kept = filled - dropped;
            match fill(reader, window.get_mut(kept..).unwrap_or_default()) {
                Ok(more) => {
                    filled = kept + more;
                    read += more as u64;
                }
                Err(error) => return Extent::Failed(error),
            }
            from = MARGIN;
        }
    }
}

/// Ends where reading fails: what was read before is looked through.
struct Ending<'r> {
    reader: &'r mut dyn Read,
    error: Option<io::Error>,
}

impl Read for Ending<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(0);
        }
        match self.reader.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.error = Some(error);
                Ok(0)
            }
            read => read,
        }
    }
}

/// Reads until the buffer is full or nothing is left.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// One text that is looked through.
struct Pass<'p> {
    sources: &'p Sources,
    path: &'p Arc<str>,
    medium: &'p Medium,
    /// How many lines end before the window.
    line: usize,
    /// How many characters of its line stand before the window.
    column: usize,
    sightings: Vec<Sighting>,
}

impl Pass<'_> {
    /// Takes what begins in a part of a window; `false` if that is too much.
    fn look(&mut self, text: &[u8], part: Range<usize>) -> bool {
        let mut found = find(text);
        found.retain(|one| part.contains(&one.range.start));
        let fits = self.sightings.len() + found.len() <= MOST;
        found.truncate(MOST.saturating_sub(self.sightings.len()));
        let mut rest = found.as_slice();
        while let Some(first) = rest.first() {
            let mut end = first.range.end;
            let near = rest.iter().take_while(|one| {
                let is_near = one.range.start <= end + NEAR;
                end = if is_near { end.max(one.range.end) } else { end };
                is_near
            });
            let (cluster, others) = rest.split_at(near.count());
            self.keep(text, cluster, end);
            rest = others;
        }
        fits
    }

    /// Keeps an excerpt with credentials that stand near each other; the last of them ends at `end`.
    fn keep(&mut self, text: &[u8], cluster: &[Credential], end: usize) {
        let Some(first) = cluster.first().map(|one| one.range.start) else { return };
        let least = first.saturating_sub(AROUND);
        let before = text.get(least..first).unwrap_or_default();
        let start = memrchr(b'\n', before).map_or(least, |newline| least + newline + 1);
        let behind = text.get(end..text.len().min(end + AROUND)).unwrap_or_default();
        let stop = end + memchr(b'\n', behind).unwrap_or(behind.len());
        let begins = self.position(text.get(..start).unwrap_or_default());
        // Whatever is no UTF-8 is replaced: the places of the credentials are counted anew.
        let mut excerpt = String::new();
        let mut at = start;
        let mut ranges = Vec::new();
        for one in cluster {
            let from = one.range.start.max(at);
            excerpt.push_str(&String::from_utf8_lossy(text.get(at..from).unwrap_or_default()));
            let shown = excerpt.len().saturating_sub(at.saturating_sub(one.range.start));
            excerpt.push_str(&String::from_utf8_lossy(text.get(from..one.range.end).unwrap_or_default()));
            ranges.push(shown..excerpt.len());
            at = at.max(one.range.end);
        }
        excerpt.push_str(&String::from_utf8_lossy(text.get(at..stop).unwrap_or_default()));
        let file = self.sources.adopt_excerpt(Arc::clone(self.path), excerpt, begins);
        self.sightings.extend(cluster.iter().zip(ranges).map(|(one, range)| {
            let span = file.span(range.start, range.end);
            Sighting::new(one.clone(), span, self.medium.clone())
        }));
    }

    /// Where the text behind `before` begins, which is at the start of the window.
    fn position(&self, before: &[u8]) -> Position {
        let (line, column) = self.behind(before);
        let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Position { line: count(line), column: count(column) }
    }

    fn pass_over(&mut self, dropped: &[u8]) {
        (self.line, self.column) = self.behind(dropped);
    }

    fn behind(&self, text: &[u8]) -> (usize, usize) {
        // A byte order mark is no character of the text.
        let starts = (self.line, self.column) == (0, 0);
        let text = text.strip_prefix(b"\xEF\xBB\xBF").filter(|_| starts).unwrap_or(text);
        let characters = |text: &[u8]| text.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let lines = memchr_iter(b'\n', text).count();
        match memrchr(b'\n', text) {
            Some(newline) => (self.line + lines, characters(text.get(newline + 1..).unwrap_or_default())),
            None => (self.line, self.column + characters(text)),
        }
    }
}
