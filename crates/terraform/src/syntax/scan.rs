//! The index of a file: its blocks by heading, found without parsing them.

use std::sync::Arc;

use iamrail_core::source::SourceFile;

use super::cursor::Cursor;
use super::structure::{Declaration, Fault, Label};

/// How many lines of a file may be no block before the rest of it is given up.
const MOST_FAULTS: usize = 20;

/// What a file declares.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Its blocks in order.
    pub(crate) declarations: Vec<Declaration>,
    /// What is no block, or a block without end.
    pub(crate) faults: Vec<Fault>,
}

/// The blocks of an HCL file.
pub(super) fn scan(file: &Arc<SourceFile>) -> Index {
    let text = file.text();
    let mut index = Index::default();
    let mut unclosed = 0;
    let mut cursor = Cursor::new(text, 0);
    if text.starts_with('\u{feff}') {
        cursor.advance('\u{feff}'.len_utf8());
    }
    loop {
        let before = cursor.clone();
        cursor.skip_trivia();
        if cursor.peek().is_none() {
            index.faults.extend(before.unclosed_comment().map(|at| Fault {
                message: "the comment has no end".to_owned(),
                span: file.span(at, at + 2),
            }));
            return index;
        }
        match scan_block(file, &mut cursor) {
            Ok(declaration) => index.declarations.push(declaration),
            Err(Failure::Unclosed(declaration)) => {
                index.faults.extend(declaration.fault().cloned());
                index.declarations.push(*declaration);
                // The end of each was looked for in all that follows.
                unclosed += 1;
                if unclosed > MOST_FAULTS {
                    let message = "very many blocks have no end; the file is given up here".to_owned();
                    index.faults.push(Fault { message, span: file.span(cursor.at(), cursor.at()) });
                    return index;
                }
            }
            Err(Failure::NoBlock(fault)) if index.faults.len() < MOST_FAULTS => index.faults.push(fault),
            // What is no configuration at all is not worth a message for every line.
            Err(Failure::NoBlock(_)) => return index,
        }
    }
}

enum Failure {
    Unclosed(Box<Declaration>),
    NoBlock(Fault),
}

fn scan_block<'f>(file: &'f Arc<SourceFile>, cursor: &mut Cursor<'f>) -> Result<Declaration, Failure> {
    let start = cursor.at();
    let Some(kind) = cursor.identifier() else {
        return Err(no_block(file, cursor, start, "expected a block such as `resource`"));
    };
    let mut labels = Vec::new();
    let mut heading_end = cursor.at();
    loop {
        cursor.skip_blanks();
        let at = cursor.at();
        match cursor.peek() {
            Some(b'{') => break,
            Some(b'"') => {
                let Some(text) = cursor.quoted() else {
                    return Err(no_block(file, cursor, at, "the label has no closing quote"));
                };
                labels.push(Label { text: text.into(), span: file.span(at + 1, at + 1 + text.len()) });
            }
            Some(b'=') => {
                return Err(no_block(file, cursor, start, "an argument is not expected outside of a block"));
            }
            _ => match cursor.identifier() {
                Some(text) => {
                    labels.push(Label { text: text.into(), span: file.span(at, at + text.len()) });
                }
                None => return Err(no_block(file, cursor, at, "expected `{` after the heading of a block")),
            },
        }
        heading_end = cursor.at();
    }
    labels.shrink_to_fit();
    let heading = file.span(start, heading_end);
    let closed = cursor.skip_brackets().is_ok();
    if !closed {
        *cursor = Cursor::new(file.text(), next_heading(file.text(), heading_end));
    }
    let span = file.span(start, cursor.at());
    let declaration = Declaration::unparsed(kind.into(), labels, heading, Arc::clone(file), span);
    if closed { Ok(declaration) } else { Err(Failure::Unclosed(Box::new(declaration))) }
}

fn no_block(file: &Arc<SourceFile>, cursor: &mut Cursor<'_>, at: usize, message: &str) -> Failure {
    // An argument may have a value over several lines, which begins on this one.
    let mut probe = cursor.clone();
    while !matches!(probe.peek(), None | Some(b'\n' | b'{' | b'[' | b'(')) {
        probe.advance(1);
    }
    if matches!(probe.peek(), Some(b'{' | b'[' | b'(')) && probe.skip_brackets().is_ok() {
        *cursor = probe;
    } else {
        cursor.skip_past(b'\n');
    }
    let end = file.text().get(at..).and_then(|rest| rest.find('\n')).map_or(cursor.at(), |n| at + n);
    Failure::NoBlock(Fault { message: message.to_owned(), span: file.span(at, end) })
}

/// Where reading goes on behind a block without end: at the next line that looks like the heading of a block and is not
/// indented, as formatted configurations have it.
fn next_heading(text: &str, from: usize) -> usize {
    let mut cursor = Cursor::new(text, from);
    loop {
        cursor.skip_past(b'\n');
        let line = cursor.at();
        if cursor.peek().is_none() {
            return line;
        }
        if cursor.identifier().is_none() {
            continue;
        }
        cursor.skip_blanks();
        while cursor.quoted().is_some() {
            cursor.skip_blanks();
        }
        if cursor.peek() == Some(b'{') {
            return line;
        }
    }
}
