//! The syntax of Terraform: from texts to blocks and expressions with their places.

mod comments;
mod cursor;
mod expression;
mod hcl;
mod json;
mod lower;
mod mend;
mod parts;
mod places;
mod reader;
mod references;
mod scan;
mod structure;
mod template;
mod walk;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iamrail_core::source::SourceFile;

pub(crate) use comments::{Claim, claims};
pub use comments::{Comment, read_comments};
pub(crate) use expression::{
    Access, Call, Conditional, Expr, ExprKind, For, ForDirective, IfDirective, Item, Operator, Piece,
};
pub(crate) use places::Places;
pub(crate) use references::Referred;
pub(crate) use scan::Index;
pub(crate) use structure::{Attribute, Block, Body, Declaration, Fault};

/// The blocks of a configuration file, by the ending of its name HCL or JSON.
pub(crate) fn read_file(file: &Arc<SourceFile>) -> Index {
    if file.path().ends_with(".json") { json::read(file) } else { scan::scan(file) }
}

/// The arguments of a file of variables, by the ending of its name HCL or JSON.
pub(crate) fn read_variables(file: &Arc<SourceFile>) -> (Body, Vec<Fault>) {
    if file.path().ends_with(".json") {
        json::read_arguments(file)
    } else {
        let parsed = hcl::parse_arguments(file);
        (parsed.body, parsed.fault.into_iter().collect())
    }
}

/// A whole file as a template.
pub(crate) fn read_template(file: &SourceFile) -> Result<Expr, Fault> {
    hcl::parse_template(file.text(), Places::direct(file.id(), 0))
}

/// A text as a template.
pub(crate) fn read_template_text(text: &str, places: Places) -> Result<Expr, Fault> {
    hcl::parse_template(text, places)
}

/// An expression that stands alone: a value on the command line.
pub(crate) fn read_expression(file: &SourceFile) -> Result<Expr, Fault> {
    hcl::parse_expression(file.text(), Places::direct(file.id(), 0))
}
