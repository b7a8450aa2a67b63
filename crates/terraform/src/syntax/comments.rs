//! Comments that speak to iamrail: `# iamrail: allow access-key reason="..." owner="..." approved-by="..." until=2027-01-31`.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::exceptions::{is_field, plain};
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::{Field, Kind, Text, Value};

use super::scan::Index;
use super::structure::Declaration;
use super::walk::{Passed, Walk};

/// What such comments begin with.
const ADDRESS: &str = "iamrail:";

/// An exception in a comment.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// The comment.
    pub(crate) span: Span,
    /// Its fields; why it has none otherwise.
    pub(crate) written: Result<Value, (Span, String)>,
    /// The heading of the block that it stands in or right above.
    pub(crate) heading: Option<Span>,
}

/// A line of a comment without its marks: its offset in the text, and what it says.
type Line<'t> = (usize, &'t str);

/// The exceptions in the comments of a file with these blocks.
pub(crate) fn claims(file: &SourceFile, index: &Index) -> Vec<Claim> {
    let text = file.text();
    if memchr::memmem::find(text.as_bytes(), ADDRESS.as_bytes()).is_none() {
        return Vec::new();
    }
    let comments = comments(text);
    let blocks = blocks(text, index, &comments);
    let mut claims = Vec::new();
    for (at, ((start, end), block)) in comments.iter().zip(&blocks).enumerate() {
        let mut lines = lines(text, *start, *end);
        let Some((offset, said)) = lines.first().copied() else { continue };
        let Some(rest) = said.strip_prefix(ADDRESS) else { continue };
        if let Some(first) = lines.first_mut() {
            *first = (offset + ADDRESS.len(), rest);
        }
        let mut last = *end;
        for (start, end) in comments.iter().skip(at + 1) {
            let more = self::lines(text, *start, *end);
            if !goes_on(text, last, *start, &more) {
                break;
            }
            lines.extend(more);
            last = *end;
        }
        let span = file.span(*start, last);
        let written = fields(file, &lines).map(|value| value.at(span));
        claims.push(Claim { span, written, heading: block.map(|block| block.heading) });
    }
    claims
}

/// Where the comments of a text stand, up to where its brackets and quotes are no longer balanced.
fn comments(text: &str) -> Vec<(usize, usize)> {
    let mut comments = Vec::new();
    let mut walk = Walk::new(text);
    loop {
        let start = walk.cursor.at();
        match walk.step() {
            Ok(Passed::Comment) => comments.push((start, walk.cursor.at())),
            Ok(_) => {}
            Err(_) => return comments,
        }
    }
}

/// The lines of a comment that say something.
fn lines(text: &str, start: usize, end: usize) -> Vec<Line<'_>> {
    let comment = text.get(start..end).unwrap_or_default();
    let marks = if comment.starts_with('#') { 1 } else { 2 };
    let inner = comment.get(marks..).unwrap_or_default();
    let inner = if comment.starts_with("/*") { inner.strip_suffix("*/").unwrap_or(inner) } else { inner };
    let mut lines = Vec::new();
    let mut at = start + marks;
    for line in inner.split_inclusive('\n') {
        // Stars down the side of a comment of several lines.
        let said = line.trim_start().trim_start_matches('*').trim_start();
        let offset = at + (line.len() - said.len());
        let said = said.trim_end();
        if !said.is_empty() {
            lines.push((offset, said));
        }
        at += line.len();
    }
    lines
}

/// Whether a comment of one line goes on with more fields on the next.
fn goes_on(text: &str, from: usize, to: usize, lines: &[Line<'_>]) -> bool {
    let between = text.get(from..to).unwrap_or("x");
    let name = lines.first().and_then(|(_, said)| said.split_once('=')).map(|(name, _)| name.trim_end());
    between.trim().is_empty() && between.matches('\n').count() == 1 && name.is_some_and(is_field)
}

/// The block of each of the comments of a text: the one that it stands in, or ends the line of, or stands right above with
/// nothing but comments between.
fn blocks<'i>(text: &str, index: &'i Index, comments: &[(usize, usize)]) -> Vec<Option<&'i Declaration>> {
    let mut blocks = vec![None; comments.len()];
    let mut next: Option<(usize, Option<&Declaration>)> = None;
    // What a comment stands above is what the next one does, if that is on the next line: the last one comes first.
    for (block, (start, end)) in blocks.iter_mut().zip(comments).rev() {
        let at = index.declarations.partition_point(|one| (one.heading.start as usize) <= *start);
        let before = at.checked_sub(1).and_then(|at| index.declarations.get(at));
        let following = next_on_line(text, *end);
        let below = match next {
            Some((start, below)) if following == Some(start) => below,
            _ => index.declarations.get(at).filter(|one| following == Some(one.heading.start as usize)),
        };
        *block = before.filter(|one| holds(text, one, *start)).or(below);
        next = Some((*start, below));
    }
    blocks
}

/// Whether a block is around a position behind its heading, or ends on the same line before it.
fn holds(text: &str, block: &Declaration, at: usize) -> bool {
    let Some(end) = block.whole().map(|whole| whole.end as usize) else { return false };
    at < end
        || text.get(end..at).is_some_and(|between| between.chars().all(|letter| matches!(letter, ' ' | '\t')))
}

/// Where something stands behind a position: on the same line or the next.
fn next_on_line(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let found = from + rest.find(|letter: char| !letter.is_whitespace())?;
    (text.get(from..found)?.matches('\n').count() < 2).then_some(found)
}

/// The fields of an exception: `allow RULE... NAME=VALUE...`.
fn fields(file: &SourceFile, lines: &[Line<'_>]) -> Result<Value, (Span, String)> {
    let mut reader = Reader { file, fields: IndexMap::default(), rules: Vec::new(), allows: false };
    for (offset, line) in lines {
        reader.line(*offset, line)?;
    }
    if !reader.allows {
        let (offset, line) = lines.first().copied().unwrap_or_default();
        return Err((
            file.span(offset, offset + line.len()),
            "`allow` is expected behind `iamrail:`".to_owned(),
        ));
    }
    let mut fields = reader.fields;
    if !reader.rules.is_empty() {
        let rule = Field { key: None, value: Value::list(reader.rules) };
        if fields.insert(Arc::from("rule"), rule).is_some() {
            let (offset, line) = lines.first().copied().unwrap_or_default();
            return Err((file.span(offset, offset + line.len()), "the rule is given twice".to_owned()));
        }
    }
    Ok(Value::map(fields))
}

struct Reader<'f> {
    file: &'f SourceFile,
    fields: IndexMap<Arc<str>, Field>,
    rules: Vec<Value>,
    allows: bool,
}

impl Reader<'_> {
    fn line(&mut self, offset: usize, line: &str) -> Result<(), (Span, String)> {
        let mut at = 0;
        loop {
            let rest = line.get(at..).unwrap_or_default();
            let begun = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
            at += rest.len() - begun.len();
            if begun.is_empty() {
                return Ok(());
            }
            let length = begun
                .find(|letter: char| letter.is_whitespace() || matches!(letter, '=' | ','))
                .unwrap_or(begun.len());
            let (word, behind) = begun.split_at_checked(length).unwrap_or((begun, ""));
            let span = self.file.span(offset + at, offset + at + word.len());
            match behind.strip_prefix('=') {
                Some(value) => {
                    let start = at + length + 1;
                    let (text, inner, length) = self.value(offset + start, value)?;
                    self.field(word, span, text, inner)?;
                    at = start + length;
                }
                None => {
                    self.word(word, span)?;
                    at += length;
                }
            }
        }
    }

    fn word(&mut self, word: &str, span: Span) -> Result<(), (Span, String)> {
        match word {
            "allow" if !self.allows => self.allows = true,
            _ if !self.allows => {
                return Err((span, format!("`allow` is expected behind `{ADDRESS}`, and not `{word}`")));
            }
            _ if self.fields.is_empty() => self.rules.push(text_at(word, span)),
            _ => {
                return Err((
                    span,
                    format!("`{word}` is no field: write `NAME=VALUE`, with quotes around several words"),
                ));
            }
        }
        Ok(())
    }

    fn field(&mut self, name: &str, key: Span, text: String, span: Span) -> Result<(), (Span, String)> {
        if !self.allows {
            return Err((key, format!("`allow` is expected behind `{ADDRESS}`")));
        }
        if self.fields.keys().any(|known| plain(known) == plain(name)) {
            return Err((key, format!("`{name}` is given twice")));
        }
        // The name of an environment has no comma in it.
        let several = plain(name).starts_with("environment") && text.contains(',');
        let value = match several {
            true => Value::list(text.split(',').map(|one| text_at(one.trim(), span)).collect()),
            false => text_at(&text, span),
        };
        let field = Field { key: Some(key), value };
        self.fields.insert(Arc::from(name), field);
        Ok(())
    }

    /// A value with its place and the bytes that it takes, quotes included.
    fn value(&self, offset: usize, value: &str) -> Result<(String, Span, usize), (Span, String)> {
        let Some(quoted) = value.strip_prefix('"') else {
            let length = value.find(char::is_whitespace).unwrap_or(value.len());
            let word = value.get(..length).unwrap_or_default();
            return Ok((word.to_owned(), self.file.span(offset, offset + length), length));
        };
        let mut text = String::new();
        let mut letters = quoted.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => return Ok((text, self.file.span(offset + 1, offset + 1 + at), at + 2)),
                '\\' => text.extend(letters.next().map(|(_, letter)| letter)),
                letter => text.push(letter),
            }
        }
        Err((self.file.span(offset, offset + value.len()), "the quote has no end on its line".to_owned()))
    }
}

fn text_at(text: &str, span: Span) -> Value {
    Value::new(Kind::Text(Text::literal(text, Some(span)))).at(span)
}

/// A comment of a configuration file.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Where it stands, its marks included.
    pub span: Span,
    /// The block that it stands in, ends the line of, or stands right above: its address in the module
    /// (`aws_iam_user.ann`, `data.aws_iam_policy_document.p`) and its whole place.
    pub block: Option<(String, Span)>,
}

/// The comments of an HCL file, for tools that read what is said to others.
pub fn read_comments(file: &Arc<SourceFile>) -> Vec<Comment> {
    let index = super::scan::scan(file);
    let comments = comments(file.text());
    let blocks = blocks(file.text(), &index, &comments);
    let comment = |(&(start, end), block): (&(usize, usize), Option<&Declaration>)| Comment {
        span: file.span(start, end),
        block: block.and_then(|block| Some((address(block), block.whole()?))),
    };
    comments.iter().zip(blocks).map(comment).collect()
}

fn address(block: &Declaration) -> String {
    let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
    match &*block.kind {
        "resource" => labels.join("."),
        kind => [&[kind], labels.as_slice()].concat().join("."),
    }
}
