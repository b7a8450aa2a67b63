//! `csvdecode`, with the strictness of Go's reader.

use std::iter::Peekable;
use std::str::Chars;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Value};

use super::call::{Call, Fault, MOST_ELEMENTS};
use super::function::{Function, Outcome, text};

pub(super) const FUNCTIONS: &[Function] = &[Function::known("csvdecode", &[text("str")], csvdecode)];

fn csvdecode(call: &Call<'_>) -> Outcome {
    let text = call.str(0);
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let names = reader.record()?.ok_or_else(|| Fault::call("missing header line"))?;
    let mut header: Vec<Arc<str>> = Vec::with_capacity(names.len());
    for name in names {
        if header.iter().any(|one| **one == *name) {
            return Err(Fault::call(format!("duplicate column name {name:?}")));
        }
        header.push(name.into());
    }
    let mut rows = Vec::new();
    let mut cells = 0;
    loop {
        let line = reader.line;
        let Some(record) = reader.record()? else { break };
        if record.len() != header.len() {
            return Err(refused(line, "wrong number of fields"));
        }
        cells += record.len();
        if cells > MOST_ELEMENTS {
            return Err(Fault::too_large());
        }
        let fields = header.iter().zip(record);
        let mut entries: IndexMap<_, _> = fields
            .map(|(name, value)| (Arc::clone(name), Field { key: None, value: Value::text(value) }))
            .collect();
        entries.sort_keys();
        rows.push(Value::map(entries));
    }
    Ok(Value::list(rows))
}

fn refused(line: usize, what: &str) -> Fault {
    Fault::call(format!("CSV parse error on line {line}: {what}"))
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
    line: usize,
}

impl Reader<'_> {
    /// The next line that is not empty.
    fn record(&mut self) -> Result<Option<Vec<String>>, Fault> {
        while self.eat_line_end() {}
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        loop {
            let field = if self.rest.next_if_eq(&'"').is_some() { self.quoted()? } else { self.plain()? };
            fields.push(field);
            if self.rest.next_if_eq(&',').is_some() {
                continue;
            }
            self.eat_line_end();
            return Ok(Some(fields));
        }
    }

    fn eat_line_end(&mut self) -> bool {
        let has_return = self.rest.next_if_eq(&'\r').is_some();
        let has_feed = self.rest.next_if_eq(&'\n').is_some();
        self.line += usize::from(has_feed);
        has_feed || has_return
    }

    fn plain(&mut self) -> Result<String, Fault> {
        let mut field = String::new();
        while let Some(letter) = self.rest.next_if(|letter| !matches!(letter, ',' | '\n')) {
            match letter {
                '"' => return Err(refused(self.line, "bare \" in non-quoted-field")),
                '\r' if self.rest.peek().is_none_or(|next| *next == '\n') => {}
                letter => field.push(letter),
            }
        }
        Ok(field)
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let mut field = String::new();
        while let Some(letter) = self.rest.next() {
            match letter {
                '"' if self.rest.next_if_eq(&'"').is_some() => field.push('"'),
                '"' => match self.rest.peek() {
                    None | Some(',' | '\n' | '\r') => return Ok(field),
                    Some(_) => break,
                },
                '\r' if self.rest.peek() == Some(&'\n') => {}
                letter => {
                    self.line += usize::from(letter == '\n');
                    field.push(letter);
                }
            }
        }
        // The end of the last line begins no other.
        self.line -= usize::from(self.rest.peek().is_none() && field.ends_with('\n'));
        Err(refused(self.line, "extraneous or missing \" in quoted-field"))
    }
}
