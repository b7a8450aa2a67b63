//! A declared thing with everything that overrides it.

use std::sync::{Arc, OnceLock};

use iamrail_core::source::Span;

use crate::syntax::{Body, Declaration};

/// A block of a module: a resource, a variable, a module call.
#[derive(Debug)]
pub(crate) struct Entity {
    declaration: Arc<Declaration>,
    overrides: Vec<Arc<Declaration>>,
    merged: OnceLock<Box<Body>>,
}

impl Entity {
    pub(super) fn new(declaration: Arc<Declaration>) -> Self {
        Self { declaration, overrides: Vec::new(), merged: OnceLock::new() }
    }

    pub(super) fn add_override(&mut self, declaration: Arc<Declaration>) {
        self.overrides.push(declaration);
    }

    /// The block that declares it.
    pub(crate) fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The place of its heading.
    pub(crate) fn heading(&self) -> Span {
        self.declaration.heading
    }

    /// Its blocks, the one that declares it first.
    pub(crate) fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        std::iter::once(&self.declaration).chain(&self.overrides).map(AsRef::as_ref)
    }

    /// What is in it, overrides applied.
    pub(crate) fn body(&self) -> &Body {
        if self.overrides.is_empty() {
            return self.declaration.body();
        }
        self.merged.get_or_init(|| {
            let mut body = self.declaration.body().clone();
            for declaration in &self.overrides {
                merge(&mut body, declaration.body());
            }
            Box::new(body)
        })
    }
}

/// Arguments replace those of the same name, nested blocks all blocks of their type.
fn merge(body: &mut Body, other: &Body) {
    for attribute in &other.attributes {
        match body.attributes.iter_mut().find(|one| one.name == attribute.name) {
            Some(one) => *one = attribute.clone(),
            None => body.attributes.push(attribute.clone()),
        }
    }
    let replaced = |kind: &str| other.blocks.iter().any(|block| block.produces() == kind);
    body.blocks.retain(|block| !replaced(block.produces()));
    body.blocks.extend(other.blocks.iter().cloned());
}
