//! The configuration file of the SAM command line, as far as it gives parameters values.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::SourceFile;
use toml::{Table, Value};

/// The environment that counts.
const ENVIRONMENT: &str = "default";

/// Whether a file is such a configuration, by its name.
pub(super) fn is_it(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "toml")
}

/// The values in a configuration: those for all commands, then those for `deploy`, which count.
pub(super) fn read(file: &Arc<SourceFile>) -> Result<Vec<(String, String)>, Box<Diagnostic>> {
    let fault = |message: &str| Diagnostic::error("invalid-parameters", Arc::clone(file.path()), message);
    let wrong = |message: &str| Box::new(fault(message));
    let config: Table = file.text().parse().map_err(|error: toml::de::Error| {
        let span = error.span().unwrap_or_default();
        let said = format!("no TOML: {}", error.message());
        Box::new(fault(&said).at(file.span(span.start, span.end)))
    })?;
    let Some(environment) = config.get(ENVIRONMENT).and_then(Value::as_table) else {
        let others: Vec<String> = config
            .iter()
            .filter(|(_, value)| value.is_table())
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let has = if others.is_empty() { String::new() } else { format!("; there is {}", others.join(", ")) };
        return Err(wrong(&format!("the environment `default`, whose values count, is missing{has}")));
    };
    let mut values = Vec::new();
    for command in ["global", "deploy"] {
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
            return Err(wrong("`parameter_overrides` must be `Name=value` pairs in a text or list"));
        };
        let read: Vec<(String, String)> = read;
        values.extend(read);
    }
    Ok(values)
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

    use crate::parameters;

    fn read(text: &str) -> Result<Vec<(String, String)>, Vec<String>> {
        let file =
            Sources::new(MemoryFiles::default()).adopt("samconfig.toml", text.into()).expect("it is UTF-8");
        parameters(&file).map_err(|wrong| {
            wrong.into_iter().map(|one| format!("{} {}", one.message, one.span.is_some())).collect()
        })
    }

    #[test]
    fn overrides_are_texts_or_lists() {
        let expected = |values: &[(&str, &str)]| -> Vec<(String, String)> {
            values.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
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
