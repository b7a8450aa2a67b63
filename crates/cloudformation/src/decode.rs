//! Texts that are not in UTF-8, which templates have to be in: read as far as they can be, so that nothing in them is overlooked.

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, Sources};

/// What stands in the place of what cannot be decoded.
const REPLACEMENT: char = '\u{FFFD}';

/// Keeps the text of a file that is not in UTF-8, and says what is wrong with it.
///
/// # Errors
/// Says why the file cannot be had.
pub(crate) fn adopt(path: &str, sources: &Sources) -> Result<Box<Diagnostic>, FileError> {
    let bytes = sources.files().read(path)?;
    let (text, encoding) = match wide(&bytes) {
        Some(Wide::Two(rest, unit)) => (utf16(rest, unit), Some("UTF-16")),
        Some(Wide::Four(rest, unit)) => (utf32(rest, unit), Some("UTF-32")),
        None => (String::from_utf8_lossy(&bytes).into_owned(), None),
    };
    let at = match encoding {
        Some(_) => 0..0,
        None => text.find(REPLACEMENT).map_or(0..0, |at| at..at + REPLACEMENT.len_utf8()),
    };
    let file = sources.adopt(path, text.into_bytes())?;
    let message = match encoding {
        Some(encoding) => format!("the template is in {encoding}; the AWS command line takes UTF-8 alone"),
        None => "what stands here is no UTF-8, which templates have to be in".to_owned(),
    };
    let diagnostic = Diagnostic::error("encoding", path, message).at(file.span(at.start, at.end));
    Ok(Box::new(diagnostic.help("save the file as UTF-8; all else in it was read")))
}

/// A text whose letters have several bytes each, and how those are a number.
#[derive(Clone, Copy)]
pub(crate) enum Wide<'b> {
    /// UTF-16.
    Two(&'b [u8], fn([u8; 2]) -> u16),
    /// UTF-32.
    Four(&'b [u8], fn([u8; 4]) -> u32),
}

/// Tells UTF-16 and UTF-32; `None` where the bytes are no such text. Without a mark the first letters tell, which templates
/// have from ASCII.
pub(crate) fn wide(bytes: &[u8]) -> Option<Wide<'_>> {
    let little = |bytes| Wide::Two(bytes, u16::from_le_bytes);
    let big = |bytes| Wide::Two(bytes, u16::from_be_bytes);
    let little_four = |bytes| Wide::Four(bytes, u32::from_le_bytes);
    let big_four = |bytes| Wide::Four(bytes, u32::from_be_bytes);
    Some(match bytes {
        [0xFF, 0xFE, 0, 0, rest @ ..] => little_four(rest),
        [0, 0, 0xFE, 0xFF, rest @ ..] => big_four(rest),
        [0xFF, 0xFE, rest @ ..] => little(rest),
        [0xFE, 0xFF, rest @ ..] => big(rest),
        [1..=0xFF, 0, 0, 0, 1..=0xFF, 0, 0, 0, ..] => little_four(bytes),
        [0, 0, 0, 1..=0xFF, 0, 0, 0, 1..=0xFF, ..] => big_four(bytes),
        [1..=0xFF, 0, 1..=0xFF, 0, ..] => little(bytes),
        [0, 1..=0xFF, 0, 1..=0xFF, ..] => big(bytes),
        _ => return None,
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let decoded = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let decoded = decoded.map(|letter| letter.unwrap_or(REPLACEMENT));
    decoded.chain(odd.iter().map(|_| REPLACEMENT)).collect()
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let (letters, odd) = bytes.as_chunks::<4>();
    let decoded = letters.iter().map(|letter| char::from_u32(unit(*letter)).unwrap_or(REPLACEMENT));
    decoded.chain(odd.first().map(|_| REPLACEMENT)).collect()
}
