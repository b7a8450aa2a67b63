//! What this is a version of.

use std::fmt::Write;

use iamrail::core::catalog;

/// The version; `verbose` adds the facts about AWS that are built in.
pub(crate) fn version(verbose: bool) -> String {
    let mut text = format!("iamrail {}\n", env!("CARGO_PKG_VERSION"));
    if verbose {
        for catalog::Source { what, package, version, date, licence } in catalog::SOURCES {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{what}: {package} {version} of PyPI, as of {date}, {licence}");
        }
    }
    text
}
