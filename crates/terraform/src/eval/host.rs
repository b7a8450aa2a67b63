//! What functions need of the module that calls them.

use std::sync::Arc;

use iamrail_core::source::{Entry, FileError, SourceFile, Span, join};
use iamrail_core::value::{Kind, Part, Reason, Text, Unknown, Value};

use super::Evaluator;
use super::scope::Scope;
use crate::functions::Host;
use crate::syntax::{Places, read_template, read_template_text};

impl Host for Evaluator<'_> {
    fn read(&self, path: &str) -> Result<Arc<SourceFile>, FileError> {
        self.sources.load(&self.locate(path)?)
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.sources.files().list(&self.locate(dir)?)
    }

    fn render(&self, template: &Arc<SourceFile>, variables: &Value) -> Value {
        let expr = match read_template(template) {
            Ok(expr) => expr,
            Err(fault) => {
                return self.invalid(fault.span, "syntax", format!("invalid syntax: {}", fault.message));
            }
        };
        match &variables.kind {
            Kind::Map(map) => self.eval(&expr, &Scope::isolated(map)),
            _ => match variables.unknown_part() {
                Some(unknown) => Value::unknown(Arc::clone(unknown)),
                None => Value::unknown(Unknown::new(Reason::Invalid, "the variables of a template")),
            },
        }
    }

    fn render_value(&self, template: &Value, variables: &Value) -> Option<Value> {
        self.render_text(template.as_text()?, template.span?, variables)
    }
}

impl Evaluator<'_> {
    /// A path of a file function, which starts at the directory of the root module, as a path of the run.
    fn locate(&self, path: &str) -> Result<String, FileError> {
        join(&self.root, path).ok_or(FileError::OutsideRoot)
    }
}

impl Evaluator<'_> {
    /// A template that is a value. Its text has no place of its own where it has been computed.
    pub(super) fn render_text(&self, template: &Text, span: Span, variables: &Value) -> Option<Value> {
        let known = template.as_str()?;
        let places = match template.parts() {
            [Part::Literal { text, span: Some(span) }] if span.len() as usize == text.len() => {
                Places::direct(span.file, span.start as usize)
            }
            _ => Places::nowhere(span),
        };
        let expr = match read_template_text(&known, places) {
            Ok(expr) => expr,
            Err(fault) => {
                let message = format!("invalid syntax: {}", fault.message);
                return Some(self.invalid(span, "syntax", message));
            }
        };
        let map = variables.as_map()?;
        Some(self.eval(&expr, &Scope::isolated(map)))
    }
}
