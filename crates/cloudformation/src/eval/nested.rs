//! Nested stacks.

use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::{Call, Guard};
use iamrail_core::value::{Kind, Value};

use super::{Scope, Stack};
use crate::template::Resource;
use crate::tree::Node;

/// Where a stack stands among others.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// What its addresses start with: `Network.`; empty for the outermost stack.
    pub(super) prefix: Arc<str>,
    /// The stacks that lead here, the outermost first.
    pub(super) calls: Vec<Call>,
    /// The conditions under which it exists.
    pub(super) guard: Guard,
}

/// The value that is given to a parameter.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    /// The same where conditions are evaluated: what it owes to the default of a parameter is left open.
    pub(super) symbolic: Value,
}

impl Given {
    /// A value that does not depend on any default.
    pub(super) fn certainly(value: Value) -> Self {
        Self { symbolic: value.clone(), value }
    }
}

impl Stack {
    /// Whether it is part of another stack.
    pub(super) fn is_nested(&self) -> bool {
        !self.place.calls.is_empty()
    }

    /// The nested stack with a logical id, if its template is at hand and it is ever deployed.
    pub(crate) fn child(&self, id: &str) -> Option<Rc<Stack>> {
        if let Some(child) = self.children.borrow().get(id) {
            return child.clone();
        }
        let (id, template) = self.template.nested.get_key_value(id)?;
        // A stack whose parameters depend on its own outputs finds itself missing.
        self.children.borrow_mut().insert(Arc::clone(id), None);
        let resource = self.resources().get(id)?;
        let scope = self.scope(resource)?;
        let entered = self.budget.enter().filter(|_| self.budget.add_stack());
        if entered.is_none() {
            self.too_large(resource.span);
            return None;
        }
        let address = self.id(id);
        let call = Call { subject: Arc::clone(&address), span: resource.span };
        let place = Place {
            prefix: format!("{address}.").into(),
            calls: self.place.calls.iter().cloned().chain([call]).collect(),
            guard: scope.guard.clone(),
        };
        let given = self.arguments(&address, resource, &scope);
        let child = Rc::new(Stack::at(
            place,
            Arc::clone(template),
            given,
            Rc::clone(&self.budget),
            Rc::clone(&self.exports),
            Rc::clone(&self.conditions),
        ));
        self.children.borrow_mut().insert(Arc::clone(id), Some(Rc::clone(&child)));
        Some(child)
    }

    /// The values of the parameters of a nested stack.
    fn arguments(&self, address: &str, resource: &Resource, scope: &Scope) -> IndexMap<Arc<str>, Given> {
        let parameters = resource.properties.map(|properties| self.template.node(properties));
        let parameters = parameters.and_then(|properties| properties.get("Parameters"));
        // Pseudo parameters are the same in all stacks.
        let pseudo = self.given.iter().filter(|(name, _)| name.starts_with("AWS::"));
        let mut given: IndexMap<_, _> =
            pseudo.map(|(name, given)| (Arc::clone(name), given.clone())).collect();
        for entry in parameters.and_then(Node::entries).into_iter().flatten() {
            let step = format!("{address}.{}", entry.key).into();
            let value = |scope: &Scope| {
                let value = self.evaluate(entry.value, scope)?;
                let value = self.joined(value);
                let origins = value.origins.via(&step, Some(entry.key_span));
                Some(value.with_origins(origins))
            };
            if let (Some(value), Some(symbolic)) = (value(scope), value(&scope.clone().symbolic())) {
                given.insert(Arc::clone(entry.key), Given { value, symbolic });
            }
        }
        given
    }

    /// A list in the place of a parameter is given as one text.
    fn joined(&self, value: Value) -> Value {
        match &value.kind {
            Kind::List(_) => self.joined_list(value, ","),
            _ => value,
        }
    }

    /// The value of an output.
    pub(super) fn output(&self, name: &str) -> Option<Value> {
        let output = self.sections.outputs.get(name)?;
        let value = self.template.node(output.node).get("Value")?;
        self.evaluate(value, &Scope::under(self.place.guard.clone()).within(&output.bindings))
    }
}
