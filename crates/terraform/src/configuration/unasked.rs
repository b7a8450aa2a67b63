//! Values that no rule asks for. A credential may be put together in any of them.

use std::sync::Arc;

use iamrail_core::model::Kept;
use iamrail_core::report::Diagnostic;
use iamrail_core::value::Value;

use crate::eval::{Evaluator, Frame};
use crate::module::{Entities, Entity};
use crate::stack::with_room;

/// What all blocks of a configuration come to, those included that rules ask for; and what is to be said when that takes too much.
///
/// It is asked for last, so that what is wrong with blocks that rules need is known by then. What files come to that expressions read,
/// and put a credential together, is knowingly missed where no file of the configuration holds a part of one.
pub(super) fn kept(evaluator: &Evaluator<'_>) -> (Vec<Kept>, Option<Diagnostic>) {
    let Some(root) = evaluator.root() else { return Default::default() };
    let mut values = Values { evaluator, kept: Vec::new() };
    let is_whole = evaluator.unheard(|| values.module(&root));
    let given_up = || {
        let message =
            "not all values of this configuration are looked through for access keys: they take too long";
        let path = if root.module.dir.is_empty() { Arc::from(".") } else { Arc::clone(&root.module.dir) };
        Diagnostic::warning("unsearched-values", path, message)
    };
    let given_up = (!is_whole).then(given_up);
    (values.kept, given_up)
}

struct Values<'v> {
    evaluator: &'v Evaluator<'v>,
    kept: Vec<Kept>,
}

impl Values<'_> {
    /// What is in an instance of a module, then what is in those that its calls make.
    fn module(&mut self, frame: &Frame) {
        let evaluator = self.evaluator;
        for local in frame.module.local_blocks().flat_map(|block| &block.body().attributes) {
            self.keep(frame, &local.name, evaluator.local(frame, &local.name, local.name_span));
        }
        self.instances(frame, &frame.module.data);
        self.instances(frame, &frame.module.resources);
        for declaration in &frame.module.providers {
            self.keep(frame, declaration.name(), evaluator.block(frame, declaration.body()));
        }
        for (name, output) in &frame.module.outputs {
            self.keep(frame, name, evaluator.block(frame, output.body()));
        }
        for (name, call) in &frame.module.calls {
            let address: Arc<str> = format!("module.{name}").into();
            self.arguments(frame, &address, call);
            for instance in &evaluator.calls(frame, name, call).instances {
                if let Some(child) = evaluator.child(frame, name, call, instance) {
                    with_room(|| self.module(&child));
                }
            }
        }
    }

    fn instances(&mut self, frame: &Frame, entities: &Entities) {
        for (name, entity) in entities {
            self.arguments(frame, name, entity);
        }
    }

    /// What all instances of something are given.
    fn arguments(&mut self, frame: &Frame, name: &Arc<str>, entity: &Entity) {
        for instance in &self.evaluator.expansion(frame, name, entity).instances {
            let value = self.evaluator.arguments(frame, name, entity, instance);
            self.keep(frame, name, value);
        }
    }

    /// The name in the configuration may say what a value is; the type of a resource, which begins with `aws`, does not.
    fn keep(&mut self, frame: &Frame, name: &str, value: Value) {
        let name = frame.address(name.rsplit('.').next().unwrap_or(name));
        self.kept.push(Kept { name, value, is_anything: true });
    }
}
