//! Files with values of parameters.

mod samconfig;
mod undeclared;

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::SourceFile;

use crate::tree::{Node, Tree};
use crate::{Argument, Parameters};

pub(crate) use undeclared::undeclared;

/// Reads the values of parameters from a file, in JSON or YAML: the list that the AWS command line takes
/// (`[{"ParameterKey": "Stage", "ParameterValue": "prod"}]` or `["Stage=prod"]`), the template configuration of
/// CodePipeline (`{"Parameters": {"Stage": "prod"}}`), or a plain map (`{"Stage": "prod"}`). A file in TOML, or one that is
/// called `samconfig`, is the configuration of the SAM command line, of which the overrides in the environment with this name
/// count; those in `default` when there is none, or none is asked for.
///
/// # Errors
/// Says what is wrong with the file, with the place: a key that is given twice too, since only one of them can be meant.
pub fn parameters(file: &Arc<SourceFile>, environment: Option<&str>) -> Result<Parameters, Vec<Diagnostic>> {
    let overrides = |read: Result<Vec<(String, String)>, Box<Diagnostic>>| match read {
        Ok(values) => Ok(values.into_iter().map(|(name, value)| (name, value.into())).collect()),
        Err(diagnostic) => Err(vec![*diagnostic]),
    };
    if samconfig::is_it(file.path()) {
        return overrides(samconfig::read(file, environment));
    }
    let (tree, diagnostics) = Tree::parse(file);
    let Some(tree) = tree else { return Err(diagnostics) };
    let Some(root) = tree.documents().next() else { return Ok(Vec::new()) };
    if diagnostics.is_empty() && samconfig::is_one(file.path(), root) {
        return overrides(samconfig::read_node(file, root, environment));
    }
    let mut reader = Reader { file, values: Vec::new(), diagnostics };
    reader.root(root);
    if reader.diagnostics.is_empty() { Ok(reader.values) } else { Err(reader.diagnostics) }
}

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    values: Parameters,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn root(&mut self, root: Node<'_>) {
        let pipeline = root.get("Parameters").filter(|parameters| parameters.entries().is_some());
        let map = pipeline.unwrap_or(root);
        if let Some(entries) = map.entries() {
            for entry in entries {
                self.value(entry.key, entry.value);
            }
        } else if let Some(items) = root.items() {
            items.for_each(|item| self.item(item));
        } else {
            self.wrong(root, "a list or map of parameters is expected");
        }
    }

    fn item(&mut self, item: Node<'_>) {
        if let Some((name, value)) = item.text().and_then(|text| text.split_once('=')) {
            self.values.push((name.to_owned(), value.into()));
            return;
        }
        let name = item.get("ParameterKey").and_then(Node::text);
        match (name, item.get("ParameterValue")) {
            (Some(name), Some(value)) => self.value(name, value),
            (Some(name), None) if is_previous(item) => {
                self.values.push((name.to_owned(), Argument::Previous));
            }
            _ => {
                let message =
                    "a parameter needs a `ParameterKey`, and a `ParameterValue` or `UsePreviousValue`";
                self.wrong(item, message);
            }
        }
    }

    fn value(&mut self, name: &str, node: Node<'_>) {
        let text = match node.items() {
            Some(items) => items
                .map(|item| item.text().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .map(|list| list.join(",")),
            None => node.text().map(str::to_owned),
        };
        match text {
            Some(text) => self.values.push((name.to_owned(), text.into())),
            None => self.wrong(node, "the value of a parameter must be a text or a list of texts"),
        }
    }

    fn wrong(&mut self, node: Node<'_>, message: &str) {
        let path = Arc::clone(self.file.path());
        self.diagnostics.push(Diagnostic::error("invalid-parameters", path, message).at(node.span()));
    }
}

/// Whether a parameter keeps the value that it has.
fn is_previous(item: Node<'_>) -> bool {
    let previous = item.get("UsePreviousValue").and_then(Node::text);
    previous.is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use iamrail_core::source::{MemoryFiles, Sources};

    use super::{Argument, Parameters, parameters};

    fn read(text: &str) -> Result<Parameters, Vec<String>> {
        let file = Sources::new(MemoryFiles::default()).adopt("p.json", text.into()).expect("it is UTF-8");
        parameters(&file, None).map_err(|wrong| wrong.into_iter().map(|one| one.message).collect())
    }

    #[test]
    fn all_forms_give_names_and_values() {
        let expected = vec![("Stage".to_owned(), "prod".into()), ("Count".to_owned(), "2".into())];
        for text in [
            r#"[{"ParameterKey": "Stage", "ParameterValue": "prod"}, {"ParameterKey": "Count", "ParameterValue": 2}]"#,
            r#"["Stage=prod", "Count=2"]"#,
            r#"{"Parameters": {"Stage": "prod", "Count": "2"}, "Tags": {"a": "b"}}"#,
            "Stage: prod\nCount: 2\n",
        ] {
            assert_eq!(read(text), Ok(expected.clone()), "{text}");
        }
        assert_eq!(read("L: [a, b]"), Ok(vec![("L".to_owned(), "a,b".into())]));
        let kept = r#"[{"ParameterKey": "Stage", "UsePreviousValue": true}]"#;
        assert_eq!(read(kept), Ok(vec![("Stage".to_owned(), Argument::Previous)]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(read("{").is_err());
        assert!(read("text").is_err());
        assert!(read("[{}]").is_err());
        assert!(read(r#"[{"ParameterKey": "Stage", "UsePreviousValue": false}]"#).is_err());
        let twice = read("Stage: dev\nStage: prod\n").expect_err("one of them is wrong");
        assert!(twice.iter().any(|one| one.contains("`Stage` is given twice")), "{twice:?}");
    }
}
