//! Values that no rule asks for. A credential may be put together in any of them.

use iamrail_core::model::{Declarations, Kept};

use crate::eval::Stack;

/// Adds what the resources and outputs of a stack and of those nested in it come to, if their texts may hold a credential in part;
/// `is_given_parts` says whether what they are given may.
///
/// It is asked for last, so that what is wrong with what rules need is known by then.
pub(crate) fn keep(stack: &Stack, is_given_parts: bool, declarations: &mut Declarations) {
    let is_in_parts = is_given_parts || stack.holds_parts();
    let kept = &mut declarations.kept;
    if is_in_parts {
        stack.unheard(|| {
            for (id, resource) in stack.resources() {
                let Some(scope) = stack.scope(resource) else { continue };
                for value in [stack.properties(resource, &scope), stack.metadata(resource, &scope)] {
                    kept.push(Kept { name: id.clone(), value, is_anything: true });
                }
            }
            let outputs = stack.outputs().into_iter();
            kept.extend(outputs.map(|output| Kept {
                name: output.name,
                value: output.value,
                is_anything: true,
            }));
        });
    }
    for (id, _) in stack.resources() {
        stack.children(id).iter().for_each(|child| keep(&child.stack, is_in_parts, declarations));
    }
}
