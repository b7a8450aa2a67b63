//! Unpacks what is embedded.

use std::io::Read;

/// The content of an embedded file, which lives as long as the program.
///
/// The files are part of the program and tests read all of them: content that cannot be unpacked is empty.
pub(crate) fn unpack(packed: &'static [u8]) -> &'static [u8] {
    let mut content = Vec::with_capacity(packed.len().saturating_mul(8));
    if let Ok(mut decoder) = ruzstd::decoding::StreamingDecoder::new(packed) {
        // What was read before an error is of no use either, but there is no error: see above.
        let _ = decoder.read_to_end(&mut content);
    }
    Vec::leak(content)
}
