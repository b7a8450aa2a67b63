//! Variables and locals.

use std::collections::BTreeSet;
use std::sync::Arc;

use hcl_edit::expr::Expression;
use iamrail_core::collections::HashMap;
use iamrail_core::credentials::holds_parts;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span, join};
use iamrail_core::value::{Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::frame::{Frame, Node};
use super::given::Given;
use super::scope::Scope;
use crate::module::{Entity, syntax_error};
use crate::syntax::{Expr, ExprKind, read_expression, read_variables};
use crate::types::Constraint;

impl Evaluator<'_> {
    /// The value of a local.
    pub(crate) fn local(&self, frame: &Frame, name: &Arc<str>, span: Span) -> Value {
        let Some(local) = frame.module.local(name) else {
            return self.undeclared_in(frame, span, &format!("no local value `{name}` is declared here"));
        };
        self.node(frame, Node::Local(Arc::clone(name)), span, || {
            let value = self.eval(&local.value, &Scope::of(frame));
            self.via(value, &frame.address(&format!("local.{name}")), Some(local.name_span))
        })
    }

    /// The value of a variable.
    pub(super) fn variable(&self, frame: &Frame, name: &Arc<str>, span: Span) -> Value {
        let Some(declared) = frame.module.variables.get(name) else {
            return self.undeclared_in(frame, span, &format!("no variable `{name}` is declared here"));
        };
        self.node(frame, Node::Variable(Arc::clone(name)), span, || {
            let value = self.variable_value(frame, name, declared);
            let is_secret = |argument: &str| {
                declared.body().value(argument).is_some_and(|one| matches!(one.kind, ExprKind::Bool(true)))
            };
            Value { sensitive: value.sensitive || is_secret("sensitive"), ..value }
        })
    }

    fn variable_value(&self, frame: &Frame, name: &Arc<str>, declared: &Entity) -> Value {
        let body = self.need(declared);
        let constraint = self.constraint(declared);
        let scope = Scope::of(frame);
        let default = || body.value("default").map(|expr| (self.eval(expr, &scope), expr.span));
        let nullable = !body.value("nullable").is_some_and(|expr| matches!(expr.kind, ExprKind::Bool(false)));
        let given = match &frame.caller {
            Some(_) => self.argument_of_call(frame, name),
            None => self.given.value(name).cloned().map(|value| (value.clone(), value.span)),
        };
        let given = given.filter(|(value, _)| nullable || !value.is_null());
        let (value, span) = match given.or_else(|| default().map(|(value, span)| (value, Some(span)))) {
            Some(found) => found,
            None => {
                let unknown = Unknown::new(Reason::NoValue, frame.address(&format!("var.{name}")));
                let origins = Origins::of_variable(Arc::clone(&unknown.what));
                return Value::unknown(unknown).with_origins(origins).at(declared.heading());
            }
        };
        let at = span.unwrap_or_else(|| declared.heading());
        match constraint.convert(value) {
            Ok(value) => value,
            Err(message) => {
                let message = format!("the value of variable `{name}` does not fit its type: {message}");
                self.invalid(at, "invalid-value", message)
            }
        }
    }

    /// What the call of a module gives for one of its variables.
    fn argument_of_call(&self, frame: &Frame, name: &Arc<str>) -> Option<(Value, Option<Span>)> {
        let caller = frame.caller.as_ref()?;
        let parent = self.frame(caller.frame)?;
        let call = parent.module.calls.get(&caller.name)?;
        let attribute = call.body().attribute(name)?;
        let value = self.eval(&attribute.value, &Scope::for_instance(&parent, &caller.instance));
        let what = frame.address(&format!("var.{name}"));
        let value = self.via(value, &what, Some(attribute.name_span));
        Some((value, Some(attribute.value.span)))
    }

    /// The type of a variable, from its text: the parser's form of it is what types are read from.
    fn constraint(&self, declared: &Entity) -> Constraint {
        let Some(expr) = declared.body().value("type") else { return Constraint::Any };
        let Some(file) = self.sources.file(expr.span.file) else { return Constraint::Any };
        let literal = expr.literal();
        let text = literal.as_deref().unwrap_or_else(|| file.slice(expr.span));
        if let Some(constraint) = Constraint::plain(text) {
            return constraint;
        }
        let start = expr.span.start as usize;
        let place = |range: std::ops::Range<usize>| {
            literal.is_none().then(|| file.span(start + range.start, start + range.end))
        };
        let parsed = text.parse::<Expression>().map_err(|error| error.to_string());
        match parsed.and_then(|parsed| Constraint::parse(&parsed, &place).map_err(|error| error.message)) {
            Ok(constraint) => constraint,
            Err(message) => {
                self.report(expr.span, "invalid-type", message);
                Constraint::Any
            }
        }
    }

    /// What is given for the root module: by files, by the environment, and by the options, which come last.
    pub(super) fn what_is_given(&self, frame: &Frame) -> Given {
        let mut values = HashMap::default();
        let before = self.diagnostics.borrow().len();
        let own = frame.module.value_files.iter().filter_map(|name| join(&self.root, name));
        self.add_files(own, &mut values);
        if let Some(environment) = self.environment {
            self.add_files(environment.var_files.iter().cloned(), &mut values);
            let own = environment.variables.iter();
            values.extend(own.map(|(name, value)| (Arc::clone(name), value.clone())));
        }
        self.add_files(self.options.var_files.iter().cloned(), &mut values);
        for (name, text) in &self.options.variables {
            let value = self.value_on_command_line(frame, name, text);
            values.insert(Arc::from(name.as_str()), value);
        }
        let workspace = self.environment.and_then(|environment| environment.workspace.clone());
        let workspace = self.options.workspace.clone().or(workspace);
        Given::new(values, workspace, self.diagnostics.borrow().len() > before)
    }

    fn add_files(&self, paths: impl IntoIterator<Item = String>, values: &mut HashMap<Arc<str>, Value>) {
        for path in paths {
            match self.sources.load(&path) {
                Ok(file) => self.add_values(&file, values),
                Err(error) => {
                    let message = format!("the file of variables `{path}` cannot be read: {error}");
                    self.diagnostics.borrow_mut().push(Diagnostic::error("unreadable", path, message));
                }
            }
        }
    }

    /// The value of a variable of the root module, if it is declared.
    pub(crate) fn root_variable(&self, name: &Arc<str>) -> Option<Value> {
        let root = self.root()?;
        let declared = root.module.variables.get(name)?;
        Some(self.variable(&root, name, declared.heading()))
    }

    /// Whether what is given for the root module may hold a credential in part.
    pub(crate) fn is_given_parts(&self) -> bool {
        let files: BTreeSet<_> = self.given.all().filter_map(|value| Some(value.span?.file)).collect();
        let in_file = |id| self.sources.file(id).is_some_and(|file| holds_parts(file.text()));
        let has_parts = |value: &Value| value.as_str().is_some_and(|text| holds_parts(&text));
        files.into_iter().any(in_file) || self.given.all().any(has_parts)
    }

    /// Gives variables of the root module these values, whatever else gives them one.
    pub(crate) fn give(&mut self, values: impl IntoIterator<Item = (Arc<str>, Value)>) {
        self.given.add(values);
    }

    fn add_values(&self, file: &Arc<SourceFile>, given: &mut HashMap<Arc<str>, Value>) {
        let (body, faults) = read_variables(file);
        for fault in &faults {
            self.diagnostics.borrow_mut().push(syntax_error(file, fault));
        }
        let nothing = iamrail_core::value::Map::default();
        for attribute in &body.attributes {
            let value = self.apart(|| self.eval(&attribute.value, &Scope::isolated(&nothing)));
            given.insert(Arc::clone(&attribute.name), value);
        }
    }

    /// A value on the command line is a text where the variable is one, and an expression otherwise.
    fn value_on_command_line(&self, frame: &Frame, name: &str, text: &str) -> Value {
        let constraint =
            frame.module.variables.get(name).map_or(Constraint::Any, |declared| self.constraint(declared));
        let is_simple = matches!(
            constraint,
            Constraint::Any | Constraint::String | Constraint::Number | Constraint::Bool
        );
        if is_simple {
            return Value::text(text);
        }
        let path = format!("<value of {name}>");
        let parsed: Option<Expr> = self
            .sources
            .adopt(&path, text.as_bytes().to_vec())
            .ok()
            .and_then(|file| read_expression(&file).ok());
        match parsed {
            Some(expr) => {
                let nothing = iamrail_core::value::Map::default();
                let value = self.eval(&expr, &Scope::isolated(&nothing));
                Value { span: None, ..value }
            }
            None => {
                let message = format!("the value given for variable `{name}` is no expression");
                self.diagnostics.borrow_mut().push(Diagnostic::error("invalid-value", path, message));
                Value::unknown(Unknown::new(Reason::Invalid, format!("var.{name}")))
            }
        }
    }
}
