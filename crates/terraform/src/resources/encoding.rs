//! Base64, in which user data and secrets are written.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The text behind base64, `None` when it is none.
pub(crate) fn decoded(encoded: &str) -> Option<String> {
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let packed: Cow<'_, [u8]> = match encoded.as_bytes().iter().any(blank) {
        true => encoded.bytes().filter(|byte| !blank(byte)).collect(),
        false => Cow::Borrowed(encoded.as_bytes()),
    };
    // A short word is more likely a word than base64.
    if packed.len() < 8 {
        return None;
    }
    String::from_utf8(STANDARD.decode(packed).ok()?).ok()
}
