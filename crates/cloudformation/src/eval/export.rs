//! What stacks export, and others import.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, Reason, Text, Unknown, Value};

use super::budget::Budget;
use super::call::{Call, Function};
use super::distribute::choose;
use super::literal::unknown_text;
use super::{Scope, Stack};
use crate::tree::Node;

/// The exports of the stacks that are deployed together.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    stacks: RefCell<Vec<Weak<Stack>>>,
    /// Read when the first value is imported, when all stacks are there.
    found: RefCell<Option<Rc<ByName>>>,
    /// The addresses of the outputs that are being imported, each for the sake of the one before.
    importing: RefCell<Vec<String>>,
    budget: Budget,
}

/// Exports by name. A stack has several of the same name when no deployment has more than one of them.
type ByName = IndexMap<String, Vec<Export>>;

/// An output that is exported.
#[derive(Debug)]
struct Export {
    stack: Weak<Stack>,
    output: Arc<str>,
}

impl Exports {
    /// Adds a stack.
    pub(crate) fn add(&self, stack: &Rc<Stack>) {
        self.stacks.borrow_mut().push(Rc::downgrade(stack));
    }

    /// The budget of a stack, whose evaluation may be part of that of another.
    pub(super) fn budget(&self) -> Budget {
        self.budget.beside()
    }

    /// The value that is exported under a name, with the address of the output; `None` when no stack here exports it,
    /// when several do, or when it depends on itself.
    fn value(&self, name: &str) -> Option<(Value, String)> {
        let found = self.found();
        let exports = found.get(name)?;
        let stack = exports.first()?.stack.upgrade()?;
        if let [export] = exports.as_slice() {
            return self.output(&stack, &export.output);
        }
        let is_same = |export: &Export| Weak::ptr_eq(&export.stack, &Rc::downgrade(&stack));
        let guards: Vec<Guard> = exports
            .iter()
            .filter(|one| is_same(one))
            .map(|one| stack.existence(&one.output))
            .collect::<Option<_>>()?;
        let exclude = |(at, one): (usize, &Guard)| {
            guards.iter().skip(at + 1).all(|other| stack.exclude_each_other(one, other))
        };
        if guards.len() < exports.len() || !guards.iter().enumerate().all(exclude) {
            return None;
        }
        let mut alternatives = Vec::new();
        let mut address = None;
        for (export, guard) in exports.iter().zip(guards) {
            let (value, of) = self.output(&stack, &export.output)?;
            address.get_or_insert(of);
            alternatives.push(Alternative { guard, value: Some(value) });
        }
        Some((choose(alternatives, None, false), address?))
    }

    /// The output of a stack with its address; `None` when there is none, or when it depends on itself.
    fn output(&self, stack: &Stack, output: &str) -> Option<(Value, String)> {
        let address = format!("{}Outputs.{output}", stack.place.prefix);
        if self.importing.borrow().contains(&address) {
            return None;
        }
        self.importing.borrow_mut().push(address.clone());
        let value = stack.output(output);
        self.importing.borrow_mut().pop();
        Some((value?, address))
    }

    /// The stack with a name, if it is at hand.
    fn named(&self, name: &str) -> Option<Rc<Stack>> {
        let has_name = |stack: &Rc<Stack>| {
            let own = stack.given.get("AWS::StackName").and_then(|given| given.value.as_str());
            own.as_deref() == Some(name)
        };
        self.stacks.borrow().iter().filter_map(Weak::upgrade).find(has_name)
    }

    fn found(&self) -> Rc<ByName> {
        if let Some(found) = &*self.found.borrow() {
            return Rc::clone(found);
        }
        // Names of exports may not be imported themselves: meanwhile there are none.
        *self.found.borrow_mut() = Some(Rc::default());
        let mut found = ByName::default();
        for stack in self.stacks.borrow().iter().filter_map(Weak::upgrade) {
            for (output, name) in stack.exported() {
                let export = Export { stack: Rc::downgrade(&stack), output };
                found.entry(name).or_default().push(export);
            }
        }
        let found = Rc::new(found);
        *self.found.borrow_mut() = Some(Rc::clone(&found));
        found
    }
}

impl Stack {
    /// The outputs that are exported, each with the name of the export.
    fn exported(&self) -> Vec<(Arc<str>, String)> {
        let name = |node: Node<'_>, scope: &Scope| {
            let name = self.evaluate(node.get("Export")?.get("Name")?, scope)?;
            name.as_text().map(|text| text.display())
        };
        let outputs = self.sections.outputs.iter();
        outputs
            .filter_map(|(output, declaration)| {
                let scope = Scope::under(self.existence(output)?).within(&declaration.bindings);
                Some((Arc::clone(output), name(self.template.node(declaration.node), &scope)?))
            })
            .collect()
    }

    /// The conditions under which an output exists; `None` when it never does.
    pub(super) fn existence(&self, output: &str) -> Option<Guard> {
        let declaration = self.sections.outputs.get(output)?;
        let scope = Scope::under(self.place.guard.clone()).within(&declaration.bindings);
        let node = self.template.node(declaration.node).get("Condition");
        let Some((node, name)) = node.and_then(|node| Some((node, node.untagged_text()?))) else {
            return Some(scope.guard);
        };
        self.guard_under(&self.bound(name, node.span(), &scope), node.span(), &scope.guard)
    }

    /// Whether no deployment keeps both of two guards, of which the second says which condition it adds.
    fn exclude_each_other(&self, one: &Guard, other: &Guard) -> bool {
        match one.and(other) {
            None => true,
            Some(both) => !self.conditions.borrow().is_possible(&both),
        }
    }

    /// The names of exports, as far as they are known.
    pub(crate) fn known_exports(&self) -> Vec<String> {
        let names = self.exported().into_iter().map(|(_, name)| name).filter(|name| !name.contains("${"));
        // Two outputs that exclude each other may have one name.
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The names of what is imported anywhere, as far as they are known, with the place of each.
    pub(crate) fn known_imports(&self) -> Vec<(String, Span)> {
        let calls = self.template.tree.nodes().filter_map(Call::of);
        let imports = calls.filter(|call| call.function == Function::ImportValue);
        let name = |call: Call<'_>| {
            let name = self.argument(&call, &Scope::default())?.as_str()?.into_owned();
            Some((name, call.span))
        };
        imports.filter_map(name).collect()
    }

    /// The value of `ImportValue`: what another stack exports, if it is at hand.
    pub(super) fn import_value(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let argument = self.argument(call, scope).unwrap_or_default();
        if argument.as_list().is_some() || argument.as_map().is_some() {
            return self.wrong(call.span, "`ImportValue` takes the name of an export");
        }
        let name = argument.as_text().map(|text| text.display());
        // The name of a stack is another one in every stack.
        let name = name.filter(|name| !name.contains("AWS::Stack"));
        if let Some((value, output)) = name.and_then(|name| self.exports.value(&name)) {
            return via(value, &output, call.span);
        }
        match self.unknown_call(call, scope, Reason::Import) {
            // What is exported is a text.
            Value { kind: Kind::Unknown(unknown), origins, .. } => {
                unknown_text(unknown.as_ref().clone(), origins, call.span)
            }
            other => other,
        }
    }
}

/// Where the output of another stack stands in the argument of `GetStackOutput`.
const STACK_OUTPUT: [&str; 2] = ["StackName", "OutputName"];

impl Stack {
    /// The value of `GetStackOutput`: an output of another stack, if that is at hand. Stacks of other regions may have the
    /// same name.
    pub(super) fn get_stack_output(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let argument = self.argument(call, scope).unwrap_or_default();
        let [stack, output] = STACK_OUTPUT.map(|name| argument.get(name));
        let (Some(stack), Some(output)) = (stack, output) else {
            return self
                .wrong(call.span, "`GetStackOutput` takes a map with a `StackName` and an `OutputName`");
        };
        let elsewhere = ["Region", "RoleArn"].iter().any(|name| argument.get(name).is_some());
        let [stack, output] = [stack, output].map(|one| one.as_text().map(Text::display).unwrap_or_default());
        let at_hand = self.exports.named(&stack).filter(|_| !elsewhere);
        if let Some((value, address)) = at_hand.and_then(|stack| self.exports.output(&stack, &output)) {
            return via(value, &address, call.span);
        }
        let what = format!("!GetStackOutput {stack}.{output}");
        unknown_text(Unknown::new(Reason::Import, what), argument.origins.inexact(), call.span)
    }
}

fn via(value: Value, output: &str, span: Span) -> Value {
    let origins = value.origins.via(&Arc::from(output), Some(span));
    value.with_origins(origins)
}
