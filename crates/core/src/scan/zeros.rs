//! Texts that have zeros in them, as no text should.

use std::str::from_utf8;

use memchr::{memchr, memrchr};

use crate::source::file_name;

/// Extensions of texts in which credentials are kept or come to stand. A zero in one of these does not make it a picture.
const EXTENSIONS: [&str; 33] = [
    "bash",
    "bat",
    "cfg",
    "cmd",
    "conf",
    "config",
    "csv",
    "env",
    "go",
    "hcl",
    "ini",
    "java",
    "js",
    "json",
    "log",
    "md",
    "php",
    "pl",
    "properties",
    "ps1",
    "py",
    "rb",
    "sh",
    "sql",
    "tf",
    "tfbackend",
    "tfstate",
    "tfvars",
    "toml",
    "txt",
    "xml",
    "yaml",
    "yml",
];

/// Whether a file whose first bytes have zeros is a text nevertheless: by its name, or since lines of text stand before the first of
/// them, as in a log that a crash cut off, or nothing but text behind the last, as in one that was emptied while a program had it open.
pub(super) fn are_of_text(path: &str, head: &[u8]) -> bool {
    let (first, last) = (memchr(0, head).unwrap_or_default(), memrchr(0, head).unwrap_or_default());
    let before = head.get(..first).unwrap_or_default();
    let behind = head.get(last + 1..).unwrap_or_default();
    let only_zeros = || head.get(first..last).is_some_and(|between| between.iter().all(|byte| *byte == 0));
    (memchr(b'\n', before).is_some() && is_text(before))
        || (before.is_empty() && !behind.is_empty() && only_zeros() && is_text(behind))
        || is_named_as_text(path)
}

/// Whether all of it is text; a character may go on behind the end.
fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x1B);
    let is_utf8 = from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !bytes.iter().any(is_control)
}

/// Whether a file is called as texts are: `app.log`, `app.log.1`, `.env.production`, and the versions of such files.
fn is_named_as_text(path: &str) -> bool {
    let name = file_name(path);
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let extension = name.rsplit('.').find(|part| !is_number(part)).unwrap_or_default().to_ascii_lowercase();
    name.starts_with(".env") || (name.contains('.') && EXTENSIONS.contains(&&*extension))
}

#[cfg(test)]
mod tests {
    use super::are_of_text;

    #[test]
    fn texts_with_zeros_are_told_from_other_files() {
        let texts: [(&str, &[u8]); 9] = [
            ("a", b"one\ntwo\n\0\0\x01"),
            ("a", b"\0\0\0one\n"),
            ("a", b"\0caf\xC3"),
            ("app.LOG", b"\0\x01\xFF"),
            ("app.log.1", b"\0\x01\xFF"),
            ("logs/app.log@0123456789ab", b"\0\x01\xFF"),
            (".env", b"A=\0"),
            ("x/.env.production", b"A=\0"),
            ("dump.sql", b"INSERT x'\0\xFF'"),
        ];
        for (path, head) in texts {
            assert!(are_of_text(path, head), "{path} {head:?}");
        }
        let others: [(&str, &[u8]); 8] = [
            ("a", b"\0"),
            ("a", b"one\0two\n"),
            ("a", b"\0one\0two\n"),
            ("a", b"\0\x01one\n"),
            ("a", b"\0\xFFone\n"),
            ("photo.png", b"\x89PNG\r\n\x1A\n\0\0\0"),
            ("log/photo.png", b"\0\0\x01"),
            ("part.1", b"\0\xFF"),
        ];
        for (path, head) in others {
            assert!(!are_of_text(path, head), "{path} {head:?}");
        }
    }
}
