//! Tells the manifest of an assembly from other files.

use iamrail_core::source::{file_name, join, parent};
use memchr::memmem;

/// The name of the manifest.
const NAME: &str = "manifest.json";

/// Whether a file is the manifest of an assembly that has stacks or stages.
pub(crate) fn is_manifest(path: &str, bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    file_name(path) == NAME
        && has("\"artifacts\"")
        && (has("\"aws:cloudformation:stack\"") || has("\"cdk:cloud-assembly\""))
}

/// The directory of an assembly by its manifest, which is the path of the unit.
pub(crate) fn directory(manifest: &str) -> &str {
    parent(manifest)
}

/// The manifest of an assembly by its directory.
pub(super) fn manifest(dir: &str) -> Option<String> {
    join(dir, NAME)
}
