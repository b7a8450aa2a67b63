//! Module calls: where the module is, the instances of it, and what flows back.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::{Call, Guard};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, Span, join};
use iamrail_core::value::{Field, Reason, Unknown, Value};

use super::Evaluator;
use super::collection::map_with;
use super::frame::{Caller, Frame, FrameId, Node};
use super::instance::{Expansion, Instance};
use super::scope::Scope;
use crate::module::{Entity, Module};

/// How many instances of modules one root module may have.
const MOST_MODULES: usize = 20_000;

/// How deep module calls may be nested.
const DEPTH: usize = 50;

impl Evaluator<'_> {
    pub(super) fn add_root(&self) -> Rc<Frame> {
        let module = self.library.module(&self.root, self.flavor, self.sources);
        self.add_frame(|id| Frame {
            id,
            module,
            path: "".into(),
            names: "".into(),
            caller: None,
            calls: Vec::new(),
            guard: Guard::always(),
            instances: None,
            memo: RefCell::default(),
            expansions: RefCell::default(),
            children: RefCell::default(),
        })
    }

    fn add_frame(&self, make: impl FnOnce(FrameId) -> Frame) -> Rc<Frame> {
        let id = FrameId(self.frames.borrow().len());
        let frame = Rc::new(make(id));
        self.frames.borrow_mut().push(Rc::clone(&frame));
        self.diagnostics.borrow_mut().extend(frame.module.problems.iter().cloned());
        frame
    }

    /// The instances of a module call.
    pub(crate) fn calls(&self, frame: &Frame, name: &Arc<str>, call: &Entity) -> Rc<Expansion> {
        let entity: Arc<str> = format!("module.{name}").into();
        self.expansion(frame, &entity, call)
    }

    /// The module that an instance of a call makes; `None` when its text is not at hand.
    pub(crate) fn child(
        &self,
        frame: &Frame,
        name: &Arc<str>,
        call: &Entity,
        instance: &Instance,
    ) -> Option<Rc<Frame>> {
        let key = (Arc::clone(name), instance.key.clone());
        if let Some(known) = frame.children.borrow().get(&key) {
            return known.and_then(|id| self.frame(id));
        }
        let child = self.apart(|| self.make_child(frame, name, call, instance));
        frame.children.borrow_mut().insert(key, child.as_ref().map(|child| child.id));
        child
    }

    fn make_child(
        &self,
        frame: &Frame,
        name: &Arc<str>,
        call: &Entity,
        instance: &Instance,
    ) -> Option<Rc<Frame>> {
        let names: Arc<str> =
            if frame.names.is_empty() { Arc::clone(name) } else { format!("{}.{name}", frame.names).into() };
        let module = self.called_module(frame, name, &names, call)?;
        if self.frames.borrow().len() >= MOST_MODULES {
            self.report_budget(call.heading());
            return None;
        }
        if frame.depth() >= DEPTH {
            let message = format!("modules are nested more than {DEPTH} deep here");
            self.report(call.heading(), "module-too-deep", message);
            return None;
        }
        let path = frame.address(&instance.address(&format!("module.{name}")));
        let mut calls = frame.calls.clone();
        calls.push(Call { subject: Arc::clone(&path), span: call.heading() });
        let guard = frame.guard.and(&instance.guard).unwrap_or_default();
        let instances = frame.instances.clone().or_else(|| instance.instances.clone());
        Some(self.add_frame(|id| Frame {
            id,
            module,
            path,
            names,
            caller: Some(Caller { frame: frame.id, name: Arc::clone(name), instance: instance.clone() }),
            calls,
            guard,
            instances,
            memo: RefCell::default(),
            expansions: RefCell::default(),
            children: RefCell::default(),
        }))
    }

    fn called_module(
        &self,
        frame: &Frame,
        name: &Arc<str>,
        names: &str,
        call: &Entity,
    ) -> Option<Arc<Module>> {
        let Some(source) = call.body().value("source") else {
            // A block that is no syntax has no source either, and that has been said.
            if call.declaration().fault().is_none() {
                self.report(
                    call.heading(),
                    "invalid-module",
                    format!("the call of `{name}` has no `source`"),
                );
            }
            return None;
        };
        let Some(written) = source.literal() else {
            let message = format!("the source of module `{name}` is not known");
            self.hidden(name, source.span, message, "give the plan, where modules are resolved");
            return None;
        };
        let is_local = written.starts_with("./") || written.starts_with("../");
        let dir: Option<Arc<str>> = if is_local {
            join(&frame.module.dir, &written).map(Arc::from)
        } else {
            self.installed.directory(names).cloned()
        };
        let Some(dir) = dir else {
            if is_local {
                let error = FileError::OutsideRoot;
                let message = format!("the module `{written}` cannot be read: {error}");
                self.report(source.span, "module-not-found", message);
            } else {
                let message = format!("the module `{written}` is not installed; what it makes is not known");
                self.hidden(&written, source.span, message, "run `terraform init`, or give the plan");
            }
            return None;
        };
        if self.calls_itself(frame, &dir) {
            let message = format!("the module `{written}` calls itself");
            self.report(source.span, "module-cycle", message);
            return None;
        }
        let module = self.library.module(&dir, self.flavor, self.sources);
        if module.files.is_empty() && module.problems.iter().all(|problem| problem.code == "unreadable") {
            let message = format!("there is no module in `{written}`");
            self.report(source.span, "module-not-found", message);
            return None;
        }
        Some(module)
    }

    fn calls_itself(&self, frame: &Frame, dir: &str) -> bool {
        let mut next = Some(frame.id);
        while let Some(frame) = next.and_then(|id| self.frame(id)) {
            if &*frame.module.dir == dir {
                return true;
            }
            next = frame.caller.as_ref().map(|caller| caller.frame);
        }
        false
    }

    pub(super) fn warn(&self, span: Span, code: &'static str, message: String, help: &str) {
        let diagnostic = self.warning(span, code, message, help);
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Says of a module that is not at hand that what it makes is not known.
    fn hidden(&self, module: &str, span: Span, message: String, help: &str) {
        let diagnostic = self.warning(span, "module-not-found", message, help).hides(module);
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Not a fault of the expression that asks: it goes past `try`.
    fn warning(&self, span: Span, code: &'static str, message: String, help: &str) -> Diagnostic {
        let path = self.sources.file(span.file).map_or_else(|| "".into(), |file| Arc::clone(file.path()));
        Diagnostic::warning(code, path, message).at(span).help(help)
    }

    /// An output of an instance of a module call.
    pub(super) fn output_of(
        &self,
        frame: &Frame,
        name: &Arc<str>,
        call: &Entity,
        instance: &Instance,
        output: &Arc<str>,
        span: Span,
    ) -> Value {
        let address = frame.address(&instance.address(&format!("module.{name}")));
        match self.child(frame, name, call, instance) {
            Some(child) => self.output(&child, output, span),
            None => Value::unknown(Unknown::new(Reason::Missing, format!("{address}.{output}"))).at(span),
        }
    }

    /// All outputs of an instance of a module call.
    pub(super) fn outputs_of(
        &self,
        frame: &Frame,
        name: &Arc<str>,
        call: &Entity,
        instance: &Instance,
        span: Span,
    ) -> Value {
        let Some(child) = self.child(frame, name, call, instance) else {
            let address = frame.address(&instance.address(&format!("module.{name}")));
            return Value::unknown(Unknown::new(Reason::Missing, address)).at(span);
        };
        let entries: IndexMap<Arc<str>, Field> = child
            .module
            .outputs
            .keys()
            .map(|output| (Arc::clone(output), Field { key: None, value: self.output(&child, output, span) }))
            .collect();
        self.bounded(map_with(entries, None).at(span), span)
    }

    /// The value of an output of a module.
    pub(crate) fn output(&self, frame: &Frame, name: &Arc<str>, span: Span) -> Value {
        let Some(declared) = frame.module.outputs.get(name) else {
            let message = format!("the module `{}` has no output `{name}`", frame.module.dir);
            return self.undeclared_in(frame, span, &message);
        };
        self.node(frame, Node::Output(Arc::clone(name)), span, || {
            let body = self.need(declared);
            let Some(expr) = body.value("value") else {
                return Value::unknown(Unknown::new(Reason::Invalid, format!("output.{name}")));
            };
            let scope = Scope::of(frame);
            let value = self.eval(expr, &scope);
            let secret =
                body.value("sensitive").is_some_and(|one| self.eval(one, &scope).as_bool() == Some(true));
            let what: Arc<str> =
                if frame.path.is_empty() { format!("output.{name}").into() } else { frame.address(name) };
            let value = self.via(value, &what, Some(declared.heading()));
            Value { sensitive: value.sensitive || secret, ..value }
        })
    }
}
