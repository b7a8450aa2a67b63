//! Reads one template into the model.

use std::sync::Arc;

use iamrail_core::check::Unit;
use iamrail_core::model::{Declarations, Declared, Model, Role};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Value;

use crate::Options;
use crate::eval::{Scope, Stack};
use crate::resources::{Instance, is_relevant, lower};
use crate::sam;
use crate::template::{Resource, Template};
use crate::tree::Tree;

/// Reads the template at a path.
pub(crate) fn read(path: &Arc<str>, options: &Options, sources: &Sources) -> Unit {
    let nothing = |diagnostics| Unit::new(Model::default(), diagnostics, 0);
    let file = match sources.load(path) {
        Ok(file) => file,
        Err(error) => {
            let message = format!("`{path}` cannot be read: {error}");
            return nothing(vec![Diagnostic::error("unreadable", Arc::clone(path), message)]);
        }
    };
    let (tree, mut diagnostics) = Tree::parse(&file);
    let template = tree.and_then(|tree| Template::read(tree, &mut diagnostics));
    let Some(template) = template else { return nothing(diagnostics) };
    let given = options.parameters.iter();
    let given = given.map(|(name, value)| (Arc::from(name.as_str()), Value::text(value.as_str())));
    let stack = Stack::new(template, given.collect());

    let mut declarations = Declarations::default();
    for (id, resource) in &stack.template().resources {
        if is_relevant(&resource.kind) || sam::is_serverless(&resource.kind) {
            declare(&stack, id, resource, &mut declarations);
        }
    }
    let resources = stack.template().resources.len();
    diagnostics.extend(stack.into_diagnostics());
    Unit::new(declarations.link(), diagnostics, resources)
}

/// Adds what a resource declares, if it is ever deployed.
fn declare(stack: &Stack, id: &Arc<str>, resource: &Resource, declarations: &mut Declarations) {
    let Some(guard) = stack.guard(resource) else { return };
    let scope = Scope::under(guard.clone());
    let mut declared = Declared::new(Arc::clone(id), Arc::clone(&resource.kind), resource.span);
    declared.guard = guard;
    let instance = Instance {
        declared: Arc::new(declared),
        properties: stack.properties(resource, &scope),
        metadata: stack.metadata(resource, &scope),
        itself: stack.itself(id, resource),
        is_implicit: false,
    };
    for instance in sam::expand(stack, instance, &scope) {
        // Several resources may share what a transform makes for them.
        let same = |role: &Role| role.declared.subject == instance.declared.subject;
        if !instance.is_implicit || !declarations.roles.iter().any(|(_, role)| same(role)) {
            lower(&instance, declarations);
        }
    }
}

/// What is wrong with the syntax of a text that is no template as it stands; `None` when nothing is.
pub(crate) fn syntax_error(path: &str, bytes: Vec<u8>, sources: &Sources) -> Option<Diagnostic> {
    // A text that turns out to be no template is kept apart from those of the run.
    let apart = Sources::new(MemoryFiles::default());
    let first = |sources: &Sources, bytes| match sources.adopt(path, bytes) {
        Ok(file) => Tree::parse(&file).1.into_iter().find(|one| one.incomplete),
        Err(error) => {
            Some(Diagnostic::error("unreadable", path, format!("`{path}` cannot be read: {error}")))
        }
    };
    first(&apart, bytes.clone())?;
    first(sources, bytes)
}
