//! Nested stacks.

use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::{Call, Guard};
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Kind, Reason, Unknown, Value};

use super::branches::spread;
use super::literal::text;
use super::{Scope, Stack};
use crate::template::{Resource, Template};

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
        let (id, resource) = self.resources().get_key_value(id)?;
        let template = self.template.nested.get(&resource.properties?)?;
        // A stack whose parameters depend on its own outputs finds itself missing.
        self.children.borrow_mut().insert(Arc::clone(id), None);
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
        let given = self.arguments(&address, resource, template, &scope);
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
    fn arguments(
        &self,
        address: &str,
        resource: &Resource,
        template: &Template,
        scope: &Scope,
    ) -> IndexMap<Arc<str>, Given> {
        // Pseudo parameters are the same in all stacks.
        let pseudo = self.given.iter().filter(|(name, _)| name.starts_with("AWS::"));
        let mut given: IndexMap<_, _> =
            pseudo.map(|(name, given)| (Arc::clone(name), given.clone())).collect();
        let [value, symbolic] = [scope.clone(), scope.clone().symbolic()].map(|scope| {
            let parameters = self.properties(resource, &scope).get("Parameters").cloned();
            spread(parameters.unwrap_or_default())
        });
        for (name, field) in value.as_map().into_iter().flat_map(|map| &map.entries) {
            let step = format!("{address}.{name}").into();
            let argument = |value: &Value| {
                let value = self.joined(or_default(value.clone(), name, template));
                let origins = value.origins.via(&step, field.key);
                value.with_origins(origins)
            };
            let symbolic = symbolic.get(name).unwrap_or(&field.value);
            let argument = Given { value: argument(&field.value), symbolic: argument(symbolic) };
            given.insert(Arc::clone(name), argument);
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

    /// The outputs that the stack has in some deployment.
    pub(crate) fn outputs(&self) -> Vec<Output> {
        let outputs = self.sections.outputs.iter().filter_map(|(name, output)| {
            let node = self.template.node(output.node);
            let condition =
                node.get("Condition").and_then(|condition| Some((condition.text()?, condition.span())));
            let guard = match condition {
                Some((condition, span)) => self.guard_under(condition, span, &self.place.guard)?,
                None => self.place.guard.clone(),
            };
            let written = node.get("Value")?;
            let scope = Scope::under(guard.clone()).within(&output.bindings);
            let value = self.evaluate(written, &scope)?;
            Some(Output { name: Arc::clone(name), span: written.span(), guard, value })
        });
        outputs.collect()
    }
}

/// An output of a stack.
pub(crate) struct Output {
    pub(crate) name: Arc<str>,
    /// Where its value stands.
    pub(crate) span: Span,
    /// The conditions under which there is one.
    pub(crate) guard: Guard,
    /// What it shows.
    pub(crate) value: Value,
}

/// What is given to a parameter, which has its default where nothing is.
fn or_default(value: Value, name: &str, template: &Template) -> Value {
    let Kind::Choice(choice) = &value.kind else { return value };
    let default = || match template.parameters.get(name).and_then(|parameter| parameter.default) {
        Some(default) => text(template.node(default)),
        None => Value::unknown(Unknown::new(Reason::NoValue, name)),
    };
    let alternatives = choice.alternatives.iter().map(|one| Alternative {
        guard: one.guard.clone(),
        value: Some(one.value.clone().map_or_else(default, |value| or_default(value, name, template))),
    });
    let alternatives = alternatives.collect();
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided: choice.undecided.clone() }));
    Value { kind, ..value }
}
