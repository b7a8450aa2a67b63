//! A configuration as values: what its resources are given, without what that means.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Sources;
use iamrail_core::value::{Unknown, Value};

use crate::artifact::without_keys;
use crate::eval::{Evaluator, Frame};
use crate::module::Library;
use crate::stack::with_room;
use crate::{Flavor, Options};

/// What the root module in a directory, with all that it calls, comes to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Evaluation {
    /// The instances of all managed resources, and the outputs of the root module.
    pub blocks: Vec<Evaluated>,
    /// What is wrong with the configuration, as far as these reach into it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A block with the values of its arguments.
#[derive(Debug)]
#[non_exhaustive]
pub struct Evaluated {
    /// Its address: `module.app["x"].aws_iam_role.r[0]`, `output.arn`.
    pub address: Arc<str>,
    /// The type of the resource; `output` for an output.
    pub kind: Arc<str>,
    /// The arguments that are written, in a map: nested blocks are lists of maps under the type of the block, and what
    /// the provider would add is not there. What is not known has its reason, see [`Value::unknown_part`].
    pub arguments: Value,
    /// Set when it stands for a number of instances that is not known.
    pub instances: Option<Arc<Unknown>>,
}

impl Evaluated {
    /// Whether it is the instance with this address, as plans and states write it, or stands for that among others.
    pub fn stands_for(&self, address: &str) -> bool {
        match self.instances {
            Some(_) => without_keys(&self.address) == without_keys(address),
            None => *self.address == *address,
        }
    }
}

/// Evaluates everything in the root module in a directory.
pub(crate) fn evaluate(
    dir: &Arc<str>,
    sources: &Sources,
    library: &Library,
    options: &Options,
) -> Evaluation {
    let flavor = options.flavor.unwrap_or(Flavor::Terraform);
    let evaluator = Evaluator::new(dir, flavor, sources, library, options);
    let mut blocks = Vec::new();
    if let Some(root) = evaluator.root() {
        resources(&evaluator, &root, &mut blocks);
        outputs(&evaluator, &root, &mut blocks);
    }
    Evaluation { blocks, diagnostics: evaluator.into_diagnostics() }
}

/// The resources of an instance of a module, then those of its calls, which are nested only as deep as the evaluator
/// allows.
fn resources(evaluator: &Evaluator<'_>, frame: &Frame, blocks: &mut Vec<Evaluated>) {
    for (name, entity) in &frame.module.resources {
        for instance in &evaluator.expansion(frame, name, entity).instances {
            blocks.push(Evaluated {
                address: frame.address(&instance.address(name)),
                kind: entity.declaration().label(0).into(),
                arguments: evaluator.arguments(frame, name, entity, instance),
                instances: instance.instances.clone().or_else(|| frame.instances.clone()),
            });
        }
    }
    for (name, call) in &frame.module.calls {
        for instance in &evaluator.calls(frame, name, call).instances {
            if let Some(child) = evaluator.child(frame, name, call, instance) {
                with_room(|| resources(evaluator, &child, blocks));
            }
        }
    }
}

fn outputs(evaluator: &Evaluator<'_>, frame: &Frame, blocks: &mut Vec<Evaluated>) {
    for (name, entity) in &frame.module.outputs {
        blocks.push(Evaluated {
            address: format!("output.{name}").into(),
            kind: "output".into(),
            arguments: evaluator.block(frame, entity.body()),
            instances: None,
        });
    }
}
