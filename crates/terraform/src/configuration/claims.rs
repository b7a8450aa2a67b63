//! Exceptions that the comments of a configuration claim for its resources.

use std::sync::Arc;

use iamrail_core::model::{Declared, Exception};
use iamrail_core::source::Span;

use crate::eval::Frame;
use crate::module::Claim;
use crate::syntax::Declaration;

/// The kinds of blocks that a finding can be about.
const BLOCKS: [&str; 3] = ["resource", "provider", "output"];

/// The exceptions for a block, which is declared under this name in a module.
pub(super) fn of_block(frame: &Frame, kind: &str, name: &str, block: &Declaration) -> Vec<Exception> {
    let claims = frame.module.claims.iter().filter(|claim| claim.heading == Some(block.heading));
    claims.map(|claim| exception(frame, kind, name, block.heading, claim).within(block.whole())).collect()
}

fn exception(frame: &Frame, kind: &str, name: &str, heading: Span, claim: &Claim) -> Exception {
    let mut declared = Declared::new(frame.address(name), kind, heading);
    declared.calls = frame.calls.clone();
    let declared = Arc::new(declared);
    match &claim.written {
        Ok(written) => Exception::new(declared, claim.span, written.clone()),
        Err((at, message)) => Exception::misread(declared, claim.span, *at, message.clone()),
    }
}

/// The exceptions of a module that stand where no finding can be about anything.
pub(super) fn astray(frame: &Frame) -> Vec<Exception> {
    let module = &frame.module;
    let mut astray = Vec::new();
    for claim in &module.claims {
        let block = claim.heading.and_then(|heading| module.heading_kind(heading));
        let message = match block {
            Some(kind) if BLOCKS.contains(&kind) => continue,
            Some(kind) => format!(
                "it stands in a `{kind}` block, and no finding is about one: write it to the resource, or one for a \
                 key that is written here into a file of exceptions"
            ),
            None => "no resource is around it or right below it".to_owned(),
        };
        let file = module.files.iter().find(|file| file.id() == claim.span.file);
        let path = file.map_or_else(|| Arc::clone(&module.dir), |file| Arc::clone(file.path()));
        let declared = Arc::new(Declared::new(path, "file", claim.span));
        astray.push(Exception::misread(declared, claim.span, claim.span, message));
    }
    astray
}
