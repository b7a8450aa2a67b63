//! The configuration of an image: environment, command, labels and the instructions that made it.

use std::sync::Arc;

use iamrail::core::credentials::find;
use iamrail::core::credentials::redact::tokens;
use iamrail::core::sighting::{Medium, Sighting};
use iamrail::core::source::{Position, Sources};

/// How much of an instruction is shown, in characters.
const LONGEST: usize = 100;

/// The credentials in the document of a configuration.
pub(super) fn look(sources: &Sources, path: &Arc<str>, bytes: &[u8], of: &str) -> Vec<Sighting> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if find(text.as_bytes()).is_empty() {
        return Vec::new();
    }
    let file = sources.adopt_excerpt(Arc::clone(path), text, Position::START);
    let mut found = Sighting::in_text(&file);
    for one in &mut found {
        let field = field(file.text().as_bytes(), one.span.start as usize);
        one.medium = Medium::Image(format!("its configuration{of}, in `{field}`").into());
    }
    found
}

/// An instruction as it may be shown: without whatever may be a token in it, which would not be known again when it is cut.
pub(super) fn shown(instruction: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    for hidden in tokens(instruction) {
        text.push_str(instruction.get(at..hidden.start).unwrap_or_default());
        text.push_str("****");
        at = hidden.end;
    }
    text.push_str(instruction.get(at..).unwrap_or_default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Where a place of a JSON document belongs: `config.Env[2]`. The document is taken for valid.
fn field(json: &[u8], place: usize) -> String {
    /// What encloses the place: an object with the key that was read last, or an array with a count.
    enum Within {
        Object(String),
        Array(usize),
    }
    let mut within: Vec<Within> = Vec::new();
    let mut at = 0;
    while at < place {
        match json.get(at) {
            Some(b'{') => within.push(Within::Object(String::new())),
            Some(b'[') => within.push(Within::Array(0)),
            Some(b'}' | b']') => drop(within.pop()),
            Some(b',') => {
                if let Some(Within::Array(count)) = within.last_mut() {
                    *count += 1;
                }
            }
            Some(b'"') => {
                let start = at + 1;
                at = start;
                while json.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if json.get(at) == Some(&b'\\') { 2 } else { 1 };
                }
                let rest = json.get(at + 1..).unwrap_or_default();
                let is_key = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                if let Some(Within::Object(key)) = within.last_mut().filter(|_| is_key && at < place) {
                    *key = String::from_utf8_lossy(json.get(start..at).unwrap_or_default()).into_owned();
                }
            }
            _ => {}
        }
        at += 1;
    }
    let mut path = String::new();
    for step in within {
        match step {
            Within::Object(key) if path.is_empty() => path = key,
            Within::Object(key) => path.push_str(&format!(".{key}")),
            Within::Array(count) => path.push_str(&format!("[{count}]")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{field, shown};

    #[test]
    fn an_instruction_is_shown_without_what_may_be_a_token() {
        let token = ["q7Zk2mVx", "L0aTn4RsWy8dBe1Gf6Hj3Kp5Mq9Nc2Ub"].concat();
        let instruction = format!("/bin/sh -c curl -u deploy:{token} https://example.com/a");
        assert_eq!(shown(&instruction), "/bin/sh -c curl -u deploy:**** https://example.com/a");
    }

    #[test]
    fn a_place_in_a_document_is_told_by_its_field() {
        let json = br#"{"a": "x,{", "config": {"Env": ["P=1", "K=here"], "Labels": {"o\"n": "there"}}, "history": [{}, {"by": "last"}]}"#;
        let of = |needle: &str| {
            field(json, json.windows(needle.len()).position(|at| at == needle.as_bytes()).unwrap())
        };
        assert_eq!(of("here"), "config.Env[1]");
        assert_eq!(of("there"), r#"config.Labels.o\"n"#);
        assert_eq!(of("last"), "history[1].by");
    }
}
