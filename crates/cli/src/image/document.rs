//! The documents of an image: its configuration with environment, command, labels and the instructions that made it, its manifests and
//! indexes, and what builders attest.

use std::sync::Arc;

use iamrail::core::credentials::find;
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Scanned, Scanner};
use iamrail::core::sighting::{Medium, Sighting};

/// The size below which a document is looked through at once, in bytes.
pub(super) const LARGEST: u64 = 1 << 20;
/// How many steps of a way to a field are told, and how much of each, in bytes.
const STEPS: usize = 12;
const LONGEST: usize = 60;

/// The credentials in a document, each with the field that it stands in, and what is to be said where they are too many. Of a document
/// that is no smaller than [`LARGEST`] the fields are not told.
pub(super) fn look(
    scanner: &mut Scanner<'_>,
    path: &Arc<str>,
    bytes: &[u8],
) -> (Vec<(String, Sighting)>, Option<Diagnostic>) {
    let Scanned { sightings, extent, .. } = scanner.scan(path, &Medium::Image("".into()), &mut &*bytes);
    let mut fields = Fields::new(bytes);
    let is_small = (bytes.len() as u64) < LARGEST;
    let offsets = if is_small && !sightings.is_empty() { find(bytes) } else { Vec::new() };
    let mut offsets = offsets.into_iter().map(|one| one.range.start);
    let with_field = |one| (offsets.next().map(|offset| fields.at(offset)).unwrap_or_default(), one);
    (sightings.into_iter().map(with_field).collect(), extent.trouble(path, u64::MAX))
}

/// The fields of a JSON document, asked for places in their order. The document is taken for valid.
struct Fields<'j> {
    json: &'j [u8],
    at: usize,
    /// Where the text ends that the last place is in.
    end: usize,
    /// What encloses the place, from outside, and how many more there are within that.
    within: Vec<Within>,
    deeper: usize,
}

/// An object with the key that was read last, or an array with a count.
enum Within {
    Object(String),
    Array(usize),
}

impl<'j> Fields<'j> {
    fn new(json: &'j [u8]) -> Self {
        Self { json, at: 0, end: 0, within: Vec::new(), deeper: 0 }
    }

    /// Where a place belongs: `config.Env[2]`. It is not before the one that was asked for last.
    fn at(&mut self, place: usize) -> String {
        let mut is_key = false;
        while self.at < place.min(self.json.len()) {
            match self.json.get(self.at) {
                Some(b'{' | b'[') if self.within.len() == STEPS => self.deeper += 1,
                Some(b'}' | b']') if self.deeper > 0 => self.deeper -= 1,
                Some(b'{') => self.within.push(Within::Object(String::new())),
                Some(b'[') => self.within.push(Within::Array(0)),
                Some(b'}' | b']') => drop(self.within.pop()),
                Some(b',') if self.deeper == 0 => {
                    if let Some(Within::Array(count)) = self.within.last_mut() {
                        *count += 1;
                    }
                }
                Some(b'"') => {
                    let end = if self.end > self.at { self.end } else { self.end_of_text(self.at + 1) };
                    if place <= end {
                        self.end = end;
                        is_key = self.is_key(end);
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
        let innermost = self.within.len().wrapping_sub(1);
        for (depth, step) in self.within.iter().enumerate() {
            match step {
                // A key belongs to the object that it is one of.
                Within::Object(_) if is_key && depth == innermost => {}
                Within::Object(key) if path.is_empty() => path.push_str(key),
                Within::Object(key) => path.push_str(&format!(".{key}")),
                Within::Array(count) => path.push_str(&format!("[{count}]")),
            }
        }
        if self.deeper > 0 {
            path.push('…');
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

    /// Whether the text that ends at an offset is the key of a field.
    fn is_key(&self, end: usize) -> bool {
        let rest = self.json.get(end + 1..).unwrap_or_default();
        rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    /// Takes the text that begins where the reader stands, if it is a key.
    fn text(&mut self, end: usize) {
        let is_key = self.deeper == 0 && self.is_key(end);
        if let Some(Within::Object(key)) = self.within.last_mut().filter(|_| is_key) {
            let text = self.json.get(self.at + 1..end).unwrap_or_default();
            let told = text.get(..LONGEST).unwrap_or(text);
            *key = String::from_utf8_lossy(told).into_owned();
            if told.len() < text.len() {
                key.push('…');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, LONGEST, STEPS};

    #[test]
    fn a_place_in_a_document_is_told_by_its_field() {
        let json = br#"{"a": "x,{", "config": {"Env": ["P=1", "K=here"], "Labels": {"o\"n": "there"}}, "history": [{}, {"by": "last"}]}"#;
        let of = |needle: &str| {
            Fields::new(json).at(json.windows(needle.len()).position(|at| at == needle.as_bytes()).unwrap())
        };
        assert_eq!(of("here"), "config.Env[1]");
        assert_eq!(of("there"), r#"config.Labels.o\"n"#);
        assert_eq!(of("last"), "history[1].by");
        assert_eq!(of("o\\"), "config.Labels");
        let mut fields = Fields::new(json);
        let told: Vec<_> = ["x,{", "=1", "K=", "here", "last"]
            .map(|needle| {
                fields.at(json.windows(needle.len()).position(|at| at == needle.as_bytes()).unwrap())
            })
            .into();
        assert_eq!(told, ["a", "config.Env[0]", "config.Env[1]", "config.Env[1]", "history[1].by"]);
    }
    #[test]
    fn of_a_long_way_the_beginning_is_told() {
        let deep = format!("{}\"here\"", "[".repeat(1000));
        assert_eq!(Fields::new(deep.as_bytes()).at(1001), format!("{}…", "[0]".repeat(STEPS)));
        let back = format!("{}{}, \"here\"", "[".repeat(1000), "]".repeat(999));
        assert_eq!(Fields::new(back.as_bytes()).at(2003), "[1]");
        let long = format!("{{\"{}\": \"here\"}}", "k".repeat(1000));
        assert_eq!(Fields::new(long.as_bytes()).at(1007), format!("{}…", "k".repeat(LONGEST)));
    }
}
