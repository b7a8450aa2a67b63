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
    let (text, encoding) = match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => (utf16(rest, u16::from_le_bytes), Some("UTF-16")),
        [0xFE, 0xFF, rest @ ..] => (utf16(rest, u16::from_be_bytes), Some("UTF-16")),
        _ => (String::from_utf8_lossy(&bytes).into_owned(), None),
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

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let decoded = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let decoded = decoded.map(|letter| letter.unwrap_or(REPLACEMENT));
    decoded.chain(odd.iter().map(|_| REPLACEMENT)).collect()
}
