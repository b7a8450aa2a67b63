//! Evaluates configurations on demand: what something asks for is computed once, with what it needs, and nothing else.
//!
//! Whatever cannot be computed is an unknown value with the reason; nothing stops the evaluation of the rest.

mod access;
mod body;
mod budget;
mod call;
mod choice;
mod collection;
mod conditional;
mod data;
mod expansion;
mod expression;
mod frame;
mod given;
mod guard;
mod history;
mod host;
mod instance;
mod modules;
mod narrow;
mod operators;
mod reference;
mod resource;
mod scope;
mod template;
mod variables;
mod weight;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, Span};
use iamrail_core::value::{Reason, Unknown, Value};

pub(crate) use frame::{Frame, FrameId};

use crate::module::{Entity, Installed, Library, syntax_error};
use crate::syntax::{Body, Declaration};
use crate::{Environment, Flavor, Options};
use budget::Budget;
use frame::{Memo, Node};
use given::Given;

/// Evaluates one root module.
pub(crate) struct Evaluator<'r> {
    sources: &'r Sources,
    library: &'r Library,
    options: &'r Options,
    environment: Option<&'r Environment>,
    /// The directory of the root module.
    root: Arc<str>,
    /// Whose reading of the files counts.
    flavor: Flavor,
    installed: Installed,
    /// What is given for the root module.
    given: Given,
    frames: RefCell<Vec<Rc<Frame>>>,
    budget: Budget,
    /// What is wrong with the value that is being computed. `try` listens here.
    sink: RefCell<Vec<Diagnostic>>,
    /// Whether `try` or `can` listens.
    is_trying: Cell<bool>,
    /// What is wrong with values that are computed.
    diagnostics: RefCell<Vec<Diagnostic>>,
    /// What is no syntax in the blocks that were needed: a module counts as a whole only for those who need all of it.
    faults: RefCell<BTreeMap<Span, Diagnostic>>,
}

impl<'r> Evaluator<'r> {
    /// An evaluator of the root module in a directory, as a program reads it.
    pub(crate) fn new(
        root: &Arc<str>,
        flavor: Flavor,
        sources: &'r Sources,
        library: &'r Library,
        options: &'r Options,
    ) -> Self {
        Self::of(root, flavor, sources, library, options, None)
    }

    /// The same with what an environment gives.
    pub(crate) fn of(
        root: &Arc<str>,
        flavor: Flavor,
        sources: &'r Sources,
        library: &'r Library,
        options: &'r Options,
        environment: Option<&'r Environment>,
    ) -> Self {
        let mut evaluator = Self {
            sources,
            library,
            options,
            environment,
            root: Arc::clone(root),
            flavor,
            installed: Installed::read(root, sources),
            given: Given::default(),
            frames: RefCell::default(),
            budget: Budget::default(),
            sink: RefCell::default(),
            is_trying: Cell::default(),
            diagnostics: RefCell::default(),
            faults: RefCell::default(),
        };
        let frame = evaluator.add_root();
        evaluator.given = evaluator.what_is_given(&frame);
        evaluator
    }

    /// Whether the root module comes to the same with what another evaluator of it was given. This one has evaluated it.
    pub(crate) fn comes_to_the_same(&self, other: &Evaluator<'_>) -> bool {
        self.given.answers_like(&other.given) && self.exceeded().is_none()
    }

    /// The root module.
    pub(crate) fn root(&self) -> Option<Rc<Frame>> {
        self.frames.borrow().first().cloned()
    }

    /// The instance of a module that has an identifier.
    pub(crate) fn frame(&self, id: FrameId) -> Option<Rc<Frame>> {
        self.frames.borrow().get(id.0).cloned()
    }

    /// Everything that turned out to be wrong so far.
    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let exceeded = self.exceeded();
        let mut all = self.diagnostics.into_inner();
        all.extend(exceeded);
        all.extend(self.sink.into_inner());
        all.extend(self.faults.into_inner().into_values());
        all
    }

    /// Computes what no rule asks for, and answers whether it took no more than it may: what is wrong with it is said to nobody.
    pub(crate) fn unheard(&self, compute: impl FnOnce()) -> bool {
        let said = self.diagnostics.borrow().len();
        let faults = self.faults.borrow().clone();
        let exceeded = self.unless_exceeded(|| self.apart(compute));
        self.diagnostics.borrow_mut().truncate(said);
        self.faults.replace(faults);
        !exceeded
    }

    /// What is in a block that is needed. What is wrong with its syntax is said once.
    pub(crate) fn need<'e>(&self, entity: &'e Entity) -> &'e Body {
        let body = entity.body();
        for fault in entity.declarations().filter_map(Declaration::fault) {
            if let Some(file) = self.sources.file(fault.span.file) {
                self.faults.borrow_mut().entry(fault.span).or_insert_with(|| syntax_error(&file, fault));
            }
        }
        body
    }

    /// A value that is computed once in a frame.
    fn node(&self, frame: &Frame, node: Node, span: Span, compute: impl FnOnce() -> Value) -> Value {
        match frame.memo.borrow().get(&node) {
            Some(Memo::Done(value)) => return value.clone(),
            Some(Memo::Running) => {
                let name = frame.address(&node.name());
                self.report_cycle(span, &name);
                return Value::unknown(Unknown::new(Reason::Invalid, name)).at(span);
            }
            None => {}
        }
        frame.memo.borrow_mut().insert(node.clone(), Memo::Running);
        let value = self.apart(compute);
        frame.memo.borrow_mut().insert(node, Memo::Done(value.clone()));
        value
    }

    /// Whether a value is being computed right now.
    fn is_running(&self, frame: &Frame, node: &Node) -> bool {
        matches!(frame.memo.borrow().get(node), Some(Memo::Running))
    }

    /// Computes something whose faults are its own, whoever asks for it.
    fn apart<T>(&self, compute: impl FnOnce() -> T) -> T {
        let outer = self.sink.take();
        let was_trying = self.is_trying.replace(false);
        let value = compute();
        self.is_trying.set(was_trying);
        let own = self.sink.replace(outer);
        self.diagnostics.borrow_mut().extend(own);
        value
    }

    /// Computes something and hands out what is wrong with it instead of reporting it. That it takes more than it may
    /// is not among that.
    fn attempt<T>(&self, compute: impl FnOnce() -> T) -> (T, Vec<Diagnostic>) {
        let outer = self.sink.take();
        let value = compute();
        let faults = self.sink.replace(outer);
        (value, faults)
    }

    /// The same, for those who go on with something else where it is wrong.
    fn trial<T>(&self, compute: impl FnOnce() -> T) -> (T, Vec<Diagnostic>) {
        let was_trying = self.is_trying.replace(true);
        let tried = self.attempt(compute);
        self.is_trying.set(was_trying);
        tried
    }

    /// Says what is wrong at a place.
    fn report(&self, span: Span, code: &'static str, message: impl Into<String>) {
        self.sink.borrow_mut().push(self.diagnostic(span, code, message));
    }

    fn diagnostic(&self, span: Span, code: &'static str, message: impl Into<String>) -> Diagnostic {
        let path = self.sources.file(span.file).map_or_else(|| "".into(), |file| Arc::clone(file.path()));
        Diagnostic::error(code, path, message).at(span)
    }

    fn report_cycle(&self, span: Span, name: &str) {
        self.report(span, "cycle", format!("`{name}` depends on itself"));
    }

    /// Says what is wrong at a place, and gives the value that stands for it.
    fn invalid(&self, span: Span, code: &'static str, message: impl Into<String>) -> Value {
        self.report(span, code, message);
        Value::unknown(Unknown::new(Reason::Invalid, self.excerpt(span))).at(span)
    }

    /// The text at a place, shortened.
    fn excerpt(&self, span: Span) -> String {
        let Some(file) = self.sources.file(span.file) else { return String::new() };
        let text = file.slice(span);
        let line = text.lines().next().unwrap_or_default();
        let short: String = line.chars().take(60).collect();
        if short.len() < text.len() { format!("{short}...") } else { short }
    }
}

impl Node {
    fn name(&self) -> String {
        match self {
            Node::Variable(name) => format!("var.{name}"),
            Node::Local(name) => format!("local.{name}"),
            Node::Output(name) => format!("output.{name}"),
            Node::Arguments(entity, key) | Node::Object(entity, key) => format!("{entity}{key}"),
            Node::Attribute(entity, key, name) => format!("{entity}{key}.{name}"),
        }
    }
}
