//! Values of an environment that no root module has a variable for.

use std::sync::Arc;

use iamrail_core::check::UnitSource;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, Span};
use iamrail_core::suggest::closest;
use rayon::prelude::*;

use super::{OPENTOFU, TERRAFORM};
use crate::module::{Library, Module};
use crate::{Environment, Flavor};

/// Says for which of the variables none of the root modules has a declaration. What only one of them declares is in order, and so
/// is anything where not all of a module could be read.
pub(crate) fn undeclared(
    environment: &Environment,
    units: &[&UnitSource],
    sources: &Sources,
    library: &Library,
) -> Vec<Diagnostic> {
    if environment.variables.is_empty() {
        return Vec::new();
    }
    let module = |unit: &&UnitSource| match unit.kind {
        TERRAFORM => Some(library.module(&unit.path, Flavor::Terraform, sources)),
        OPENTOFU => Some(library.module(&unit.path, Flavor::OpenTofu, sources)),
        _ => None,
    };
    let modules: Vec<Arc<Module>> = units.par_iter().filter_map(module).collect();
    if modules.is_empty() || modules.iter().any(|module| !module.problems.is_empty()) {
        return Vec::new();
    }
    let is_declared = |name: &Arc<str>| modules.iter().any(|module| module.variables.contains_key(name));
    let declared = || modules.iter().flat_map(|module| module.variables.keys()).map(|name| &**name);
    let unknown = environment.places.iter().filter(|(name, _)| !is_declared(name));
    let diagnostic = |(name, span): &(Arc<str>, Span)| {
        let path = sources.file(span.file).map_or_else(|| ".".into(), |file| Arc::clone(file.path()));
        let message = format!("no root module declares the variable `{name}`, which is given a value");
        let help = match closest(name, declared()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "leave it out, or declare it".to_owned(),
        };
        Diagnostic::warning("unknown-variable", path, message).at(*span).help(help)
    };
    unknown.map(diagnostic).collect()
}
