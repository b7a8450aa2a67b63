//! Reads the environments of a configuration file: what each of them gives to the code that is deployed to it.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::exceptions::Written;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::suggest::closest;
use iamrail_core::value::{Field, Kind, Map, Value};

/// How many environments a configuration may have: everything may have to be checked once for each.
const MOST: usize = 128;

/// How many characters the name of an environment may have.
const LONGEST: usize = 100;

/// What an environment may have.
const KEYS: [&str; 5] = ["paths", "var_files", "variables", "workspace", "parameters"];

/// What a truth value is in YAML 1.1, and a text in YAML 1.2.
const AMBIGUOUS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// An environment as it is written. Paths are as seen from the directory of the configuration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Environment {
    /// Its name.
    pub name: Written,
    /// Patterns of the units that are deployed to it; `None` stands for all.
    pub paths: Option<Vec<Written>>,
    /// Files of Terraform variables.
    pub var_files: Vec<Written>,
    /// Terraform variables with their values.
    pub variables: Vec<(Written, Value)>,
    /// The Terraform workspace.
    pub workspace: Option<Written>,
    /// Files of CloudFormation parameters.
    pub parameter_files: Vec<Written>,
    /// CloudFormation parameters with their values.
    pub parameters: Vec<(Written, String)>,
}

/// The environments that a configuration has, in its order; what else it says is not looked at.
///
/// # Errors
/// Says what cannot be understood and where.
pub fn parse(file: &Arc<SourceFile>) -> Result<Vec<Environment>, Vec<Diagnostic>> {
    let root = iamrail_cloudformation::yaml(file)?;
    let Some(written) = root.as_map().and_then(|map| map.get("environments")) else { return Ok(Vec::new()) };
    let mut reader = Reader { file, whole: written.span, wrong: Vec::new() };
    let environments = reader.environments(written);
    if reader.wrong.is_empty() { Ok(environments) } else { Err(reader.wrong) }
}

struct Reader<'f> {
    file: &'f SourceFile,
    /// The place of what has none.
    whole: Option<Span>,
    wrong: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn refuse(&mut self, span: Option<Span>, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = Diagnostic::error("configuration", Arc::clone(self.file.path()), message);
        self.wrong.push(diagnostic.at(span.or(self.whole)).help(help));
    }

    fn written(&self, text: &str, span: Option<Span>) -> Written {
        Written { text: text.into(), span: span.or(self.whole).unwrap_or_else(|| self.file.span(0, 0)) }
    }

    fn environments(&mut self, written: &Value) -> Vec<Environment> {
        let Some(map) = self.map(written, "`environments` is a mapping of names to what each of them gives")
        else {
            return Vec::new();
        };
        if map.entries.len() > MOST {
            let message = format!("there are {} environments, more than {MOST}", map.entries.len());
            self.refuse(None, message, "split the configuration into several, each for a part of the code");
            return Vec::new();
        }
        map.entries.iter().map(|(name, field)| self.environment(name, field)).collect()
    }

    fn environment(&mut self, name: &str, field: &Field) -> Environment {
        let mut environment = Environment {
            name: self.written(name, field.key),
            paths: None,
            var_files: Vec::new(),
            variables: Vec::new(),
            workspace: None,
            parameter_files: Vec::new(),
            parameters: Vec::new(),
        };
        if !is_name(name) {
            let message = "this is no name of an environment";
            let help = "begin it with a letter or digit, and use letters, digits, spaces and `-_./:@+` only";
            self.refuse(field.key, message, help);
        }
        let expected =
            format!("an environment is a mapping of {}", KEYS.map(|key| format!("`{key}`")).join(", "));
        for (key, field) in self.map(&field.value, &expected).into_iter().flat_map(|map| &map.entries) {
            let value = &field.value;
            match &**key {
                "paths" => environment.paths = Some(self.patterns(value)),
                "var_files" => environment.var_files = self.texts(key, value),
                "variables" => environment.variables = self.variables(value),
                "workspace" => environment.workspace = self.workspace(value),
                "parameters" if value.as_map().is_some() => environment.parameters = self.parameters(value),
                "parameters" => environment.parameter_files = self.texts(key, value),
                _ => {
                    let help = match closest(key, KEYS) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("known here: {}", KEYS.join(", ")),
                    };
                    self.refuse(field.key, format!("unknown key `{key}`"), help);
                }
            }
        }
        environment
    }

    /// A mapping; nothing at all is an empty one.
    fn map<'v>(&mut self, value: &'v Value, expected: &str) -> Option<&'v Map> {
        if value.as_map().is_none() && !value.is_null() {
            self.refuse(value.span, expected, "see docs/configuration.md for how environments are written");
        }
        value.as_map()
    }

    /// A list of texts, or one.
    fn texts(&mut self, key: &str, value: &Value) -> Vec<Written> {
        let items = match value.as_list() {
            Some(list) => list.items.iter().collect(),
            None if value.is_null() => Vec::new(),
            None => vec![value],
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_str().filter(|text| !text.is_empty()) {
                Some(text) => texts.push(self.written(&text, item.span)),
                None => {
                    self.refuse(item.span, format!("`{key}` is a list of texts"), "write a path in quotes")
                }
            }
        }
        texts
    }

    fn patterns(&mut self, value: &Value) -> Vec<Written> {
        let patterns = self.texts("paths", value);
        if value.is_null() || value.as_list().is_some_and(|list| list.items.is_empty()) {
            self.refuse(
                value.span,
                "`paths` names nothing",
                "leave it out for an environment that has all units",
            );
        }
        for pattern in &patterns {
            if pattern.text.starts_with('!') || pattern.text.contains(['{', '}', '[', ']']) {
                let message = "a pattern of paths has `*`, `**` and `?` only";
                self.refuse(
                    Some(pattern.span),
                    message,
                    "write a pattern for each of the paths that are meant",
                );
            }
            let is_outside = pattern.text.split('/').any(|part| part == "..");
            if is_outside || pattern.text.starts_with('/') || pattern.text.contains('\\') {
                let message =
                    "a pattern of paths counts from the directory of this file, and leads further down";
                self.refuse(Some(pattern.span), message, "write it with `/`, such as `stacks/production/**`");
            }
        }
        patterns
    }

    fn workspace(&mut self, value: &Value) -> Option<Written> {
        match self.scalar(value) {
            Some(text) if !text.is_empty() => return Some(self.written(&text, value.span)),
            None if value.is_null() => {}
            _ => {
                self.refuse(value.span, "`workspace` is the name of a Terraform workspace", "write one text")
            }
        }
        None
    }

    fn variables(&mut self, value: &Value) -> Vec<(Written, Value)> {
        let Some(map) = self.map(value, "`variables` is a mapping of names to values") else {
            return Vec::new();
        };
        let variable = |(name, field): (&Arc<str>, &Field)| {
            let value = self.value(&field.value);
            (self.written(name, field.key), value)
        };
        map.entries.iter().map(variable).collect()
    }

    /// A value as Terraform has it: its maps are sorted.
    fn value(&mut self, value: &Value) -> Value {
        self.refuse_ambiguous(value);
        let kind = match &value.kind {
            Kind::List(list) => Value::list(list.items.iter().map(|item| self.value(item)).collect()).kind,
            Kind::Map(map) => {
                let mut entries: Vec<(Arc<str>, Field)> = Vec::with_capacity(map.entries.len());
                for (key, field) in &map.entries {
                    let value = self.value(&field.value);
                    entries.push((Arc::clone(key), Field { key: field.key, value }));
                }
                entries.sort_by(|(one, _), (other, _)| one.cmp(other));
                Value::map(entries.into_iter().collect::<IndexMap<_, _>>()).kind
            }
            kind => kind.clone(),
        };
        Value { kind, ..value.clone() }
    }

    fn parameters(&mut self, value: &Value) -> Vec<(Written, String)> {
        let mut parameters = Vec::new();
        for (name, field) in value.as_map().into_iter().flat_map(|map| &map.entries) {
            let value = &field.value;
            let items = value.as_list().map_or(std::slice::from_ref(value), |list| &list.items);
            items.iter().for_each(|item| self.refuse_ambiguous(item));
            let text = match value.as_list() {
                Some(list) => list
                    .items
                    .iter()
                    .map(|item| self.scalar(item))
                    .collect::<Option<Vec<_>>>()
                    .map(|all| all.join(",")),
                None => self.scalar(value),
            };
            match text {
                Some(text) => parameters.push((self.written(name, field.key), text)),
                None => {
                    let message =
                        format!("the value of the parameter `{name}` is no text and no list of texts");
                    self.refuse(value.span.or(field.key), message, "write it as CloudFormation is given it");
                }
            }
        }
        parameters
    }

    /// A text, number or truth value as it is written.
    fn scalar(&self, value: &Value) -> Option<String> {
        match &value.kind {
            Kind::Text(text) => text.as_str().map(|text| text.into_owned()),
            Kind::Bool(_) | Kind::Number(_) => Some(self.file.slice(value.span?).to_owned()),
            _ => None,
        }
    }

    /// Whether `yes` without quotes is a truth value depends on who reads it.
    fn refuse_ambiguous(&mut self, value: &Value) {
        let Some(span) = value.span.filter(|_| matches!(value.kind, Kind::Bool(_) | Kind::Text(_))) else {
            return;
        };
        let text = self.file.slice(span);
        if AMBIGUOUS.contains(&text.to_lowercase().as_str()) {
            let message = format!("`{text}` is a truth value to some readers of YAML, and a text to others");
            self.refuse(Some(span), message, "write `true` or `false`, or put the text in quotes");
        }
    }
}

/// Whether a text can name an environment in every output.
fn is_name(name: &str) -> bool {
    let is_fit = |letter: char| letter.is_alphanumeric() || " -_./:@+".contains(letter);
    name.starts_with(char::is_alphanumeric)
        && !name.ends_with(' ')
        && name.chars().count() <= LONGEST
        && name.chars().all(is_fit)
}
