//! Assemblies of the AWS CDK: the stacks of an app as it was synthesised (`cdk.out`).
//!
//! The manifest says which templates are deployed, into which account and region, and which construct of the app every
//! resource comes from. The assembly of a stage lies in a directory of its own, with a manifest of its own.

mod assets;
mod constructs;
mod manifest;
mod recognise;

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Sources;

pub(crate) use assets::Assets;
pub(crate) use constructs::Constructs;
pub(crate) use recognise::{directory, is_manifest};

/// The stacks of an assembly.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    /// In the order of the manifest.
    pub(crate) stacks: Vec<Synthesised>,
    /// The files that the templates refer to by the place where they are uploaded.
    pub(crate) assets: Assets,
}

/// A stack that was synthesised.
#[derive(Debug)]
pub(crate) struct Synthesised {
    /// Its identifier in the manifest: `Prod-Network`.
    pub(crate) id: Arc<str>,
    /// The path of its template.
    pub(crate) template: String,
    /// The parameters whose values the manifest tells, pseudo parameters included.
    pub(crate) given: Vec<(Arc<str>, Arc<str>)>,
    /// The constructs of its resources, those of nested stacks included.
    pub(crate) constructs: Constructs,
}

impl Assembly {
    /// Reads the assembly in a directory.
    pub(crate) fn read(dir: &str, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Self {
        manifest::read(dir, sources, diagnostics)
    }

    /// The paths of all templates: those of its stacks and those that they nest.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &str> {
        self.stacks.iter().map(|stack| &*stack.template).chain(self.assets.templates())
    }
}

#[cfg(test)]
mod tests;
