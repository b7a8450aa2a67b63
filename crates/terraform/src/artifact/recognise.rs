//! Tells plans from what is easily mistaken for one.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use serde::Deserialize;

/// What a file is, as far as Terraform writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// A plan as `terraform show -json` prints it.
    Plan,
    /// A plan whose format has another major version than those that are known.
    UnknownFormat(String),
    /// A state as `terraform show -json` prints it.
    State,
    /// A state as Terraform stores it, with its version.
    StateFile(u64),
    /// A ZIP archive, which is what `terraform plan -out` writes.
    BinaryPlan,
    /// Anything, compressed with gzip.
    Gzip,
    /// The log that `terraform plan -json` prints.
    Log,
    /// A state or plan that OpenTofu has encrypted.
    Encrypted,
    /// Any of these in UTF-16, as a redirection of Windows PowerShell leaves it.
    Utf16,
}

/// What every line of a log has. To make the search ready takes longer than to go through a small file.
static LOG: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["\"@level\"", "\"@message\""].map(Finder::new));
/// What all other files of Terraform have one of.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new(["\"terraform_version\"", "\"format_version\"", "\"encrypted_data\""]).ok()
});

/// What may stand before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// More bytes than an empty state is shown in.
const SHORT: usize = 256;

/// The members at the top that tell them apart.
#[derive(Deserialize)]
struct Top<'t> {
    #[serde(borrow)]
    format_version: Option<Cow<'t, str>>,
    terraform_version: Option<serde::de::IgnoredAny>,
    planned_values: Option<serde::de::IgnoredAny>,
    resource_changes: Option<serde::de::IgnoredAny>,
    configuration: Option<serde::de::IgnoredAny>,
    values: Option<serde::de::IgnoredAny>,
    version: Option<u64>,
    lineage: Option<serde::de::IgnoredAny>,
    backend: Option<serde::de::IgnoredAny>,
    serial: Option<serde::de::IgnoredAny>,
    encrypted_data: Option<serde::de::IgnoredAny>,
    encryption_version: Option<serde::de::IgnoredAny>,
}

/// All that is shown of a state without resources.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {
    #[serde(rename = "format_version")]
    _format_version: String,
}

/// What a file is, `None` when it is nothing that Terraform writes. Cheap for files that are not: JSON is parsed only if
/// the words occur in it that all of these have.
pub(crate) fn recognise(bytes: &[u8]) -> Option<Recognised> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(Recognised::BinaryPlan);
    }
    if bytes.starts_with(b"\x1F\x8B\x08") {
        return Some(Recognised::Gzip);
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let ascii: Vec<u8> =
            bytes.iter().copied().filter(|byte| byte.is_ascii_graphic()).take(65_536).collect();
        let marked = memchr::memmem::find(&ascii, b"terraform_version").is_some();
        return marked.then_some(Recognised::Utf16);
    }
    if !is_json(bytes) {
        return None;
    }
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
    let first_line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if LOG.iter().all(|word| word.find(first_line).is_some()) {
        return Some(Recognised::Log);
    }
    if WORDS.as_ref().is_some_and(|words| !words.is_match(text)) {
        return None;
    }
    if text.len() < SHORT && serde_json::from_slice::<Empty>(text).is_ok() {
        return Some(Recognised::State);
    }
    let top: Top<'_> = serde_json::from_slice(text).ok()?;
    if top.encrypted_data.is_some() && top.encryption_version.is_some() {
        return Some(Recognised::Encrypted);
    }
    let is_plan =
        top.planned_values.is_some() || top.resource_changes.is_some() || top.configuration.is_some();
    let is_stored = top.lineage.is_some() || top.serial.is_some();
    match top.format_version {
        Some(version) if is_plan || top.terraform_version.is_some() => {
            match (version.split('.').next(), is_plan) {
                (Some("0" | "1"), true) => Some(Recognised::Plan),
                (Some("0" | "1"), false) => top.values.map(|_| Recognised::State),
                _ => Some(Recognised::UnknownFormat(version.into_owned())),
            }
        }
        // What `terraform init` keeps of the backend looks like a state of version 3.
        None if top.terraform_version.is_some() && is_stored && top.backend.is_none() => {
            top.version.map(Recognised::StateFile)
        }
        _ => None,
    }
}

/// Whether a text begins as an object of JSON does.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start().starts_with(b"{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_terraform_is_told_apart() {
        let cases: [(&[u8], Option<Recognised>); 16] = [
            (
                br#"{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{}}"#,
                Some(Recognised::Plan),
            ),
            (
                br#"{"planned_values":{},"format_version":"0.1","terraform_version":"0.12.0"}"#,
                Some(Recognised::Plan),
            ),
            (
                br#"{"format_version":"2.0","terraform_version":"9.0.0","planned_values":{}}"#,
                Some(Recognised::UnknownFormat("2.0".to_owned())),
            ),
            (br#"{"format_version":"1.0","terraform_version":"1.9.0","values":{}}"#, Some(Recognised::State)),
            (
                br#"{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"x"}"#,
                Some(Recognised::StateFile(4)),
            ),
            (br#"{"version":3,"terraform_version":"0.11.0","serial":1}"#, Some(Recognised::StateFile(3))),
            (br#"{"format_version":"1.0"}"#, Some(Recognised::State)),
            (
                br#"{"serial":1,"lineage":"x","meta":{},"encrypted_data":"eA==","encryption_version":"v0"}"#,
                Some(Recognised::Encrypted),
            ),
            (b"PK\x03\x04....tfplan....", Some(Recognised::BinaryPlan)),
            (b"\x1F\x8B\x08....plan.json....", Some(Recognised::Gzip)),
            (
                br#"{"@level":"info","@message":"Terraform 1.9","@module":"terraform.ui","type":"version"}
{"@level":"info"}"#,
                Some(Recognised::Log),
            ),
            (
                b"\xFF\xFE{\0\"\0t\0e\0r\0r\0a\0f\0o\0r\0m\0_\0v\0e\0r\0s\0i\0o\0n\0\"\0",
                Some(Recognised::Utf16),
            ),
            (br#"{"version":3,"terraform_version":"1.9.0","serial":1,"backend":{}}"#, None),
            (br#"{"format_version":"1.2","resource_changes":[]}"#, Some(Recognised::Plan)),
            (br#"{"name":"x","terraform_version":"1"}"#, None),
            (br#"{"AWSTemplateFormatVersion":"2010-09-09"}"#, None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(recognise(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
