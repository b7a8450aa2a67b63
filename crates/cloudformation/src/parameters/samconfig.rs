//! The configuration file of the SAM command line, as far as it gives parameters values.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, file_name};
use toml::{Table, Value};

use crate::tree::{Entry, Node};

/// The environment that counts where none is asked for, or the file has none of that name.
const ENVIRONMENT: &str = "default";

/// The commands whose values count, the last one most.
const COMMANDS: [&str; 2] = ["global", "deploy"];
const MALFORMED: &str = "`parameter_overrides` must be `Name=value` pairs in a text or list";

/// Whether a file is such a configuration in TOML, by its name.
pub(super) fn is_it(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "toml")
}

/// The values in a configuration for an environment: those for all commands, then those for `deploy`, which count.
pub(super) fn read(
    file: &Arc<SourceFile>,
    environment: Option<&str>,
) -> Result<Vec<(String, String)>, Box<Diagnostic>> {
    let fault = |message: &str| Diagnostic::error("invalid-parameters", Arc::clone(file.path()), message);
    let wrong = |message: &str| Box::new(fault(message));
    let config: Table = file.text().parse().map_err(|error: toml::de::Error| {
        let span = error.span().unwrap_or_default();
        let said = format!("no TOML: {}", error.message());
        Box::new(fault(&said).at(file.span(span.start, span.end)))
    })?;
    let named = |name: &str| config.get(name).and_then(Value::as_table);
    let Some(environment) = environment.and_then(named).or_else(|| named(ENVIRONMENT)) else {
        let others = config.iter().filter(|(_, value)| value.is_table());
        return Err(wrong(&missing(others.map(|(name, _)| name.as_str()))));
    };
    let mut values = Vec::new();
    for command in COMMANDS {
        let parameters = environment.get(command).and_then(|command| command.get("parameters"));
        let Some(overrides) = parameters.and_then(|parameters| parameters.get("parameter_overrides")) else {
            continue;
        };
        let read = match overrides {
            Value::String(text) => words(text).iter().map(|word| assignment(word)).collect(),
            Value::Array(items) => items.iter().map(|item| assignment(item.as_str()?)).collect(),
            _ => None,
        };
        let Some(read) = read else {
            return Err(wrong(MALFORMED));
        };
        let read: Vec<(String, String)> = read;
        values.extend(read);
    }
    Ok(values)
}

/// Whether a text in YAML or JSON is such a configuration, by the name of its file.
pub(super) fn is_one(path: &str, root: Node<'_>) -> bool {
    file_name(path).split('.').next() == Some("samconfig") && root.find("version").is_some()
}

/// The same of a configuration in YAML, which may give the overrides as a map as well.
pub(super) fn read_node(
    file: &Arc<SourceFile>,
    root: Node<'_>,
    environment: Option<&str>,
) -> Result<Vec<(String, String)>, Box<Diagnostic>> {
    let wrong = |message: &str, at: Node<'_>| {
        let path = Arc::clone(file.path());
        Box::new(Diagnostic::error("invalid-parameters", path, message).at(at.span()))
    };
    let asked = environment.and_then(|name| root.get(name)).filter(|table| table.entries().is_some());
    let Some(environment) = asked.or_else(|| root.get(ENVIRONMENT)) else {
        let entries = root.entries().into_iter().flatten().filter(|entry| entry.value.entries().is_some());
        return Err(wrong(&missing(entries.map(|entry| &**entry.key)), root));
    };
    let mut values = Vec::new();
    for command in COMMANDS {
        let parameters = environment.get(command).and_then(|command| command.get("parameters"));
        let Some(overrides) = parameters.and_then(|parameters| parameters.get("parameter_overrides")) else {
            continue;
        };
        let words = |item: Node<'_>| item.untagged_text().map(words);
        let items = || overrides.items()?.map(words).collect::<Option<Vec<_>>>();
        let listed = words(overrides).or_else(|| Some(items()?.concat()));
        let read: Option<Vec<_>> = match (listed, overrides.entries()) {
            (Some(words), _) => words.iter().map(|word| assignment(word)).collect(),
            (None, Some(mut entries)) => {
                let value =
                    |entry: Entry<'_>| Some((entry.key.to_string(), entry.value.value_text()?.to_owned()));
                entries.by_ref().map(value).collect()
            }
            (None, None) => None,
        };
        values.extend(read.ok_or_else(|| wrong(MALFORMED, overrides))?);
    }
    Ok(values)
}

/// Says that the environment is missing whose values count.
fn missing<'n>(others: impl Iterator<Item = &'n str>) -> String {
    let others: Vec<String> = others.map(|name| format!("`{name}`")).collect();
    let has = if others.is_empty() { String::new() } else { format!("; there is {}", others.join(", ")) };
    format!("the environment `default`, whose values count, is missing{has}")
}

/// `Name=value`, or `ParameterKey=Name,ParameterValue=value`.
fn assignment(word: &str) -> Option<(String, String)> {
    let long = word.strip_prefix("ParameterKey=").and_then(|rest| rest.split_once(",ParameterValue="));
    let (name, value) = long.or_else(|| word.split_once('='))?;
    Some((unquoted(name).to_owned(), unquoted(value).to_owned()))
}

fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// The words of a text, between white space that is not quoted. Quotes stay, a backslash takes what follows as it is.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if quote.is_none() && letter.is_whitespace() {
            words.push(String::new());
            continue;
        }
        let Some(word) = words.last_mut() else { break };
        match (letter, quote) {
            ('\\', _) => word.extend(letters.next()),
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.push(letter);
            }
            (letter, _) => {
                quote = quote.filter(|open| *open != letter);
                word.push(letter);
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use iamrail_core::source::{MemoryFiles, Sources};

    use crate::Parameters;
    use crate::parameters;

    fn read(text: &str) -> Result<Parameters, Vec<String>> {
        let file =
            Sources::new(MemoryFiles::default()).adopt("samconfig.toml", text.into()).expect("it is UTF-8");
        parameters(&file, None).map_err(|wrong| {
            wrong.into_iter().map(|one| format!("{} {}", one.message, one.span.is_some())).collect()
        })
    }

    #[test]
    fn overrides_are_texts_or_lists() {
        let expected = |values: &[(&str, &str)]| -> Parameters {
            values.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect()
        };
        for overrides in [
            r#""Stage=prod Names=\"a b\" Empty=''""#,
            r#"'Stage=prod Names="a b" Empty='"#,
            r#"["Stage=prod", "Names=a b", "Empty="]"#,
            r#""ParameterKey=Stage,ParameterValue=prod ParameterKey=Names,ParameterValue=a\\ b Empty=""#,
        ] {
            let text =
                format!("version = 0.1\n[default.deploy.parameters]\nparameter_overrides = {overrides}\n");
            let values = [("Stage", "prod"), ("Names", "a b"), ("Empty", "")];
            assert_eq!(read(&text), Ok(expected(&values)), "{overrides}");
        }
        let both = "[default.global.parameters]\nparameter_overrides = 'Stage=dev'\n[default.deploy.parameters]\nparameter_overrides = 'Stage=prod'\n";
        assert_eq!(read(both), Ok(expected(&[("Stage", "dev"), ("Stage", "prod")])));
        assert_eq!(read("[default.deploy.parameters]\nstack_name = 'x'\n"), Ok(Vec::new()));
    }

    fn read_yaml(text: &str) -> Result<Parameters, Vec<String>> {
        let file =
            Sources::new(MemoryFiles::default()).adopt("a/samconfig.yaml", text.into()).expect("it is UTF-8");
        parameters(&file, None).map_err(|wrong| wrong.into_iter().map(|one| one.message).collect())
    }

    #[test]
    fn a_configuration_in_yaml_says_the_same() {
        let expected = Ok(vec![("Stage".to_owned(), "prod".into()), ("Name".to_owned(), "a b".into())]);
        for overrides in [
            "Stage=prod Name=\"a b\"",
            "[Stage=prod, 'Name=\"a b\"']",
            "{Stage: prod, Name: a b}",
            "\n        - Stage=prod\n        - Name='a b'",
        ] {
            let text = format!(
                "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      stack_name: x\n      parameter_overrides: {overrides}\n"
            );
            assert_eq!(read_yaml(&text), expected, "{text}");
        }
        let missing = "the environment `default`, whose values count, is missing; there is `prod`".to_owned();
        assert_eq!(read_yaml("version: 0.1\nprod: {}\n"), Err(vec![missing]));
        let wrong = "`parameter_overrides` must be `Name=value` pairs in a text or list".to_owned();
        let text = "version: 0.1\ndefault: {deploy: {parameters: {parameter_overrides: [Stage]}}}\n";
        assert_eq!(read_yaml(text), Err(vec![wrong]));
    }

    #[test]
    fn an_environment_has_the_table_with_its_name() {
        let toml = "[default.deploy.parameters]\nparameter_overrides = 'Stage=dev'\n[prod.deploy.parameters]\nparameter_overrides = 'Stage=prod'\n";
        let yaml = "version: 0.1\ndefault: {deploy: {parameters: {parameter_overrides: Stage=dev}}}\nprod: {deploy: {parameters: {parameter_overrides: Stage=prod}}}\n";
        for (path, text) in [("samconfig.toml", toml), ("samconfig.yaml", yaml)] {
            let file = Sources::new(MemoryFiles::default()).adopt(path, text.into()).expect("it is UTF-8");
            for (environment, stage) in [(None, "dev"), (Some("prod"), "prod"), (Some("test"), "dev")] {
                let read = parameters(&file, environment).expect("it is in order");
                assert_eq!(read, [("Stage".to_owned(), stage.into())], "{path} {environment:?}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            read("[prod.deploy.parameters]\n"),
            Err(vec![
                "the environment `default`, whose values count, is missing; there is `prod` false".to_owned()
            ])
        );
        let wrong = "`parameter_overrides` must be `Name=value` pairs in a text or list false".to_owned();
        for overrides in ["1", "'Stage'", "[1]"] {
            let text = format!("[default.deploy.parameters]\nparameter_overrides = {overrides}\n");
            assert_eq!(read(&text), Err(vec![wrong.clone()]), "{overrides}");
        }
        assert!(read("[default").is_err_and(|said| said.iter().all(|one| one.ends_with("true"))));
    }
}
