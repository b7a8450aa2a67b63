//! The configuration of an image: environment, command, labels and the instructions that made it.

use std::sync::Arc;

use iamrail::core::credentials::find;
use iamrail::core::credentials::redact::tokens;
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::Scanned;
use iamrail::core::sighting::{Medium, Sighting};
use iamrail::core::source::{Position, Sources};

/// How much of an instruction is shown, in characters.
const LONGEST: usize = 100;

/// The credentials in the document of a configuration, and what is to be said where they are too many.
pub(super) fn look(
    sources: &Sources,
    path: &Arc<str>,
    bytes: &[u8],
    of: &str,
) -> (Vec<Sighting>, Option<Diagnostic>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if find(text.as_bytes()).is_empty() {
        return (Vec::new(), None);
    }
    let file = sources.adopt_excerpt(Arc::clone(path), text, Position::START);
    let Scanned { mut sightings, extent, .. } = Scanned::of(&file);
    let mut fields = Fields::new(file.text().as_bytes());
    for one in &mut sightings {
        let field = fields.at(one.span.start as usize);
        one.medium = Medium::Image(format!("its configuration{of}, in `{field}`").into());
    }
    (sightings, extent.trouble(path, u64::MAX))
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

/// The fields of a JSON document, asked for places in their order. The document is taken for valid.
struct Fields<'j> {
    json: &'j [u8],
    at: usize,
    /// Where the text ends that the last place is in.
    end: usize,
    /// What encloses the place.
    within: Vec<Within>,
}

/// An object with the key that was read last, or an array with a count.
enum Within {
    Object(String),
    Array(usize),
}

impl<'j> Fields<'j> {
    fn new(json: &'j [u8]) -> Self {
        Self { json, at: 0, end: 0, within: Vec::new() }
    }

    /// Where a place belongs: `config.Env[2]`. It is not before the one that was asked for last.
    fn at(&mut self, place: usize) -> String {
        while self.at < place {
            match self.json.get(self.at) {
                Some(b'{') => self.within.push(Within::Object(String::new())),
                Some(b'[') => self.within.push(Within::Array(0)),
                Some(b'}' | b']') => drop(self.within.pop()),
                Some(b',') => {
                    if let Some(Within::Array(count)) = self.within.last_mut() {
                        *count += 1;
                    }
                }
                Some(b'"') => {
                    let end = if self.end > self.at { self.end } else { self.end_of_text(self.at + 1) };
                    if place <= end {
                        self.end = end;
                        // The place is within this text, which the next one may be in too.
                        break;
                    }
                    self.text(end);
                    self.at = end;
                }
                _ => {}
            }
            self.at += 1;
        }
        let mut path = String::new();
        for step in &self.within {
            match step {
                Within::Object(key) if path.is_empty() => path.push_str(key),
                Within::Object(key) => path.push_str(&format!(".{key}")),
                Within::Array(count) => path.push_str(&format!("[{count}]")),
            }
        }
        path
    }

    /// The offset of the mark that ends a text.
    fn end_of_text(&self, mut at: usize) -> usize {
        while self.json.get(at).is_some_and(|byte| *byte != b'"') {
            at += if self.json.get(at) == Some(&b'\\') { 2 } else { 1 };
        }
        at
    }

    /// Takes the text that begins where the reader stands, if it is a key.
    fn text(&mut self, end: usize) {
        let rest = self.json.get(end + 1..).unwrap_or_default();
        let is_key = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        if let Some(Within::Object(key)) = self.within.last_mut().filter(|_| is_key) {
            *key = String::from_utf8_lossy(self.json.get(self.at + 1..end).unwrap_or_default()).into_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, shown};

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
            Fields::new(json).at(json.windows(needle.len()).position(|at| at == needle.as_bytes()).unwrap())
        };
        assert_eq!(of("here"), "config.Env[1]");
        assert_eq!(of("there"), r#"config.Labels.o\"n"#);
        assert_eq!(of("last"), "history[1].by");
        let mut fields = Fields::new(json);
        let told: Vec<_> = ["x,{", "=1", "K=", "here", "last"]
            .map(|needle| {
                fields.at(json.windows(needle.len()).position(|at| at == needle.as_bytes()).unwrap())
            })
            .into();
        assert_eq!(told, ["a", "config.Env[0]", "config.Env[1]", "config.Env[1]", "history[1].by"]);
    }
}
