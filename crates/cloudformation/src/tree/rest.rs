//! Goes on behind a fault, at the next section, resource or parameter that begins there without doubt.
//!
//! Of a text in lines, the indentation tells: nothing that a broken entry holds stands as far to the left as the entry
//! itself. Where anything else does, what it belongs to is not sure, and the rest is left. Of JSON in one line, the brackets
//! tell. What is gone on with is read like a text of its own, and its entries join those before the fault.

use std::ops::Range;
use std::sync::Arc;

use iamrail_core::collections::HashSet;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};

use super::keys::Entries;
use super::padding::Padding;
use super::passages::{conflicts, is_directive, is_in_conflict, quoted};
use super::{Content, Data, NodeId, Pair, Tree, is_faulty, json, yaml};
use crate::template::SECTIONS;

/// How often reading goes on behind a fault.
const MOST_FAULTS: usize = 32;
/// How many bytes are read again in all.
const MOST_REREAD: usize = 16 << 20;
/// The sections whose entries can be told by their `Type`.
const TYPED: [&str; 2] = ["Resources", "Parameters"];

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// YAML in lines.
    Yaml,
    /// YAML in brackets.
    Flow,
    /// JSON.
    Json,
}

/// A tree, with what is wrong with its text.
type Read = (Option<Tree>, Vec<Diagnostic>);

/// What was read, with what follows the faults of the text as far as it can be told apart.
pub(super) fn with_rest(file: &Arc<SourceFile>, read: Read, notation: Notation) -> Read {
    if !is_faulty(&read) {
        return read;
    }
    let (tree, mut diagnostics) = read;
    let conflicts = conflicts(file.text());
    // A text that cannot be read from its first line on may seem to be a scalar.
    let is_more =
        |tree: &Tree| tree.documents().any(|root| root.entries().is_some() || root.items().is_some());
    let tree = tree.filter(is_more);
    let mut is_something = tree.is_some();
    let mut tree = tree.unwrap_or_else(|| Tree::unread(file, &diagnostics));
    // An alias without an anchor leaves all else as it is.
    let Some(mut gap) = Gap::of(&mut tree, None, &conflicts) else {
        return (is_something.then_some(tree), diagnostics);
    };
    let mut reread = 0;
    for _ in 0..MOST_FAULTS {
        let Some(start) = gap.end(file, notation, &conflicts) else { break };
        reread += file.text().len() - start.at;
        if reread > MOST_REREAD {
            break;
        }
        let (rest, said) = start.read(file, notation);
        let Some(mut rest) = rest else { break };
        let next = Gap::of(&mut rest, Some(&gap), &conflicts).filter(|next| next.from > start.at);
        if tree.join(rest).is_none() {
            break;
        }
        is_something = true;
        diagnostics.extend(said);
        match next {
            Some(next) => gap = next,
            None => break,
        }
    }
    let diagnostics = diagnostics.into_iter().map(|one| of_conflict(one, file, &conflicts)).collect();
    (is_something.then_some(tree), diagnostics)
}

/// Says of a fault at a conflict what it comes from.
fn of_conflict(said: Diagnostic, file: &SourceFile, conflicts: &[Range<usize>]) -> Diagnostic {
    let is_at = |conflict: &&Range<usize>| {
        let at = said.span.map_or(0, |span| span.start as usize);
        said.code == "syntax" && conflict.start <= at && at <= conflict.end
    };
    let Some(conflict) = conflicts.iter().find(is_at) else { return said };
    let message = "a conflict of git is not resolved here";
    let line = file.text().get(conflict.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let span = file.span(conflict.start, conflict.start + line.len());
    let error = Diagnostic::error("syntax", Arc::clone(file.path()), message).at(span);
    error.help("choose one side and remove the markers; nothing is known of the entries around them")
}

/// What a fault leaves unread, as far as the tree before it tells.
struct Gap {
    /// From where on nothing is sure.
    from: usize,
    /// The column of the sections.
    margin: usize,
    /// The sections before the fault.
    known: HashSet<Arc<str>>,
    /// The section that the fault is in.
    section: Option<Section>,
}

/// A section with entries that can be told by their `Type`.
struct Section {
    name: Arc<str>,
    /// The column of its entries; `None` where they do not begin lines.
    column: Option<usize>,
    /// Where the key ends of the entry with the fault; the line of the section where none of its entries was read.
    last: usize,
}

/// Where reading goes on.
struct Start {
    at: usize,
    /// The column of the sections.
    margin: usize,
    /// The column of what begins here.
    indent: usize,
    /// The section of the entry that begins here; `None` where a section does.
    section: Option<Arc<str>>,
}

impl Gap {
    /// The gap at the fault of a tree, which may itself be what follows another one. What is doubtful of the tree is left out.
    fn of(tree: &mut Tree, before: Option<&Gap>, conflicts: &[Range<usize>]) -> Option<Self> {
        let fault = tree.fault?;
        let root = tree.documents().last().filter(|root| root.is_cut())?;
        let margin = match before {
            Some(before) => before.margin,
            None => root.entries()?.next().and_then(|one| column(&tree.file, one.key_span)).unwrap_or(0),
        };
        let mut known: HashSet<Arc<str>> = root.entries()?.map(|entry| Arc::clone(entry.key)).collect();
        known.extend(before.into_iter().flat_map(|before| before.known.iter().cloned()));
        let is_conflict = |key: Span| is_in_conflict(key.start as usize, conflicts);
        let doubtful = tree.doubt(&is_conflict);
        let tree = &*tree;
        let root = tree.documents().last()?;
        let sections = root.entries()?.filter(|section| TYPED.contains(&&**section.key));
        // Reading goes on behind the first of the last section that something is doubtful in.
        let found = sections.filter_map(|section| {
            let (name, last) = (Arc::clone(section.key), section.key_span.end as usize);
            let Some(entries) = section.value.entries().filter(|entries| entries.len() > 0) else {
                let text = tree.file.text();
                let last = last + text.get(last..)?.find('\n')? + 1;
                let column = first_column(text.get(last..)?).filter(|column| *column > margin)?;
                return section.value.is_unread().then_some(Section { name, column: Some(column), last });
            };
            let broken = entries.clone().find(|entry| doubtful.contains(&entry.key_span))?.key_span;
            let columns: HashSet<Option<usize>> = entries
                .take_while(|entry| entry.key_span.start <= broken.start)
                .map(|entry| column(&tree.file, entry.key_span))
                .collect();
            let only = if columns.len() == 1 { columns.into_iter().next().flatten() } else { None };
            Some(Section { name, column: only.filter(|only| *only > margin), last: broken.end as usize })
        });
        let section = found.last();
        let from = section.as_ref().map_or(fault, |section| section.last);
        Some(Self { from, margin, known, section })
    }

    /// Where it ends; `None` when that is not sure.
    fn end(&self, file: &SourceFile, notation: Notation, conflicts: &[Range<usize>]) -> Option<Start> {
        let text = file.text();
        let section = self.section.as_ref();
        if let Some(section) =
            section.filter(|section| section.column.is_none() && notation != Notation::Yaml)
        {
            return self.behind_brackets(text, section);
        }
        let column = section.and_then(|section| section.column);
        let mut at = text.get(..self.from)?.rfind('\n').map_or(0, |end| end + 1);
        let mut quoted_to = 0;
        for line in text.get(at..)?.split_inclusive('\n') {
            let start = at;
            at += line.len();
            if start < quoted_to || is_in_conflict(start, conflicts) {
                continue;
            }
            if notation == Notation::Yaml {
                quoted_to = quoted(text, start, line).unwrap_or_default();
            }
            let Line::Key { indent, key, rest } = Line::of(line, notation) else { continue };
            if Some(indent) == column {
                let section = section.map(|section| Arc::clone(&section.name));
                let key = key?;
                if start + indent >= self.from
                    && is_typed_entry(key, rest, text.get(at..)?, indent, section.as_deref())
                {
                    return Some(Start { at: start + indent, margin: self.margin, indent, section });
                }
            } else if indent == self.margin {
                let is_new = key.is_some_and(|key| SECTIONS.contains(&key) && !self.known.contains(key));
                let begins = is_new && start + indent >= self.from;
                return begins.then_some(Start {
                    at: start + indent,
                    margin: self.margin,
                    indent,
                    section: None,
                });
            } else if indent < column.unwrap_or(self.margin) {
                // An entry that stands too far to the left is one all the same.
                let name = section.map(|section| &*section.name);
                is_typed_entry(key?, rest, text.get(at..)?, indent, name).then_some(())?;
            }
        }
        None
    }

    /// The entry behind the one with the fault, whose brackets are in order.
    fn behind_brackets(&self, text: &str, section: &Section) -> Option<Start> {
        let value = section.last + text.get(section.last..)?.find('{')?;
        let end = value + balanced(text.get(value..)?)?;
        let rest = text.get(end..)?.trim_start().trim_start_matches(',').trim_start();
        let at = text.len() - rest.len();
        let (key, behind) = key_of(rest)?;
        let begins = behind.trim_start().strip_prefix('{')?.trim_start();
        let is_typed = begins.starts_with("\"Type\"") && at >= self.from && !key.is_empty();
        is_typed.then(|| Start { at, margin: 0, indent: 0, section: Some(Arc::clone(&section.name)) })
    }
}

impl Start {
    fn read(&self, file: &Arc<SourceFile>, notation: Notation) -> Read {
        let [margin, indent] = [self.margin, self.indent].map(|column| " ".repeat(column));
        let opening = match (&self.section, notation) {
            (Some(section), Notation::Yaml) => format!("{margin}\"{section}\":\n{indent}"),
            (None, Notation::Yaml) => indent,
            (Some(section), _) => format!("{{\"{section}\":{{"),
            (None, _) => "{".to_owned(),
        };
        let rest = Padding::behind(&opening, file.text(), self.at);
        match notation {
            Notation::Json => json::parse_rest(file, &rest),
            Notation::Yaml | Notation::Flow => yaml::parse_rest(file, rest),
        }
    }
}

/// What a line is, as far as that tells what it belongs to.
enum Line<'t> {
    /// Empty, a comment, indented by tabs, or nothing but the ends of collections.
    Nothing,
    /// Anything else, with the key that it begins with, if it does.
    Key { indent: usize, key: Option<&'t str>, rest: &'t str },
}

impl<'t> Line<'t> {
    fn of(line: &'t str, notation: Notation) -> Self {
        let line = line.trim_end();
        let content = line.trim_start_matches(' ');
        let is_nothing = content.is_empty() || content.starts_with('\t');
        let is_comment = notation != Notation::Json && content.starts_with('#');
        let is_end =
            notation != Notation::Yaml && content.chars().all(|one| matches!(one, '}' | ']' | ',' | ' '));
        if is_nothing || is_comment || is_end || is_directive(content) {
            return Self::Nothing;
        }
        let (key, rest) = key_of(content).map_or((None, ""), |(key, rest)| (Some(key), rest));
        Self::Key { indent: line.len() - content.len(), key, rest }
    }
}

/// The key at the start of a text with what follows its colon.
fn key_of(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let (key, rest) = match quote {
        Some(quote) => text.get(1..)?.split_once(quote)?,
        None => text.split_at(text.find(|one: char| !one.is_ascii_alphanumeric())?),
    };
    let rest = rest.trim_start_matches(' ').strip_prefix(':')?;
    let is_key = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_key && (quote.is_some() || rest.is_empty() || rest.starts_with(' '))).then_some((key, rest))
}

/// Whether an entry is one of a section: a map with a `Type` of its kind.
fn is_typed_entry(key: &str, rest: &str, behind: &str, indent: usize, section: Option<&str>) -> bool {
    let rest = rest.trim_start();
    let opens = rest.is_empty() || rest.starts_with('#') || rest.starts_with('{');
    let deeper = behind.lines().take_while(|line| {
        let content = line.trim_start_matches(' ');
        content.is_empty() || content.starts_with('#') || line.len() - content.len() > indent
    });
    let written = || std::iter::once(rest.trim_start_matches('{')).chain(deeper.map(str::trim_start));
    let mut kinds = written().filter_map(|line| key_of(line.trim_start()).filter(|(key, _)| *key == "Type"));
    opens
        && !key.is_empty()
        && kinds.next().is_some_and(|(_, kind)| section != Some("Resources") || kind.contains("::"))
}

/// The length of the collection at the start of a text in JSON; `None` when its brackets are not in order.
fn balanced(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => loop {
                match bytes.next()?.1 {
                    b'"' => break,
                    b'\\' => drop(bytes.next()?),
                    b'\n' => return None,
                    _ => {}
                }
            },
            // YAML has other quotes, within which anything may stand.
            b'\'' => return None,
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                let opened = open.pop()?;
                if (opened == b'{') != (byte == b'}') {
                    return None;
                }
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The column of the first key that begins a line.
fn first_column(text: &str) -> Option<usize> {
    text.lines().find_map(|line| match Line::of(line, Notation::Yaml) {
        Line::Key { indent, key: Some(_), .. } => Some(indent),
        _ => None,
    })
}

/// The column of what begins its line with nothing but spaces before it.
pub(super) fn column(file: &SourceFile, span: Span) -> Option<usize> {
    let before = file.text().get(..span.start as usize)?;
    let indent = before.rsplit('\n').next()?;
    let indent = indent.trim_start_matches('\u{FEFF}');
    indent.bytes().all(|byte| byte == b' ').then_some(indent.len())
}

impl Tree {
    /// The tree of a text that is no syntax from its beginning.
    fn unread(file: &Arc<SourceFile>, said: &[Diagnostic]) -> Self {
        let start = file.span(0, 0);
        let fault = said.iter().find_map(|one| one.span).unwrap_or(start).start as usize;
        let root = Data { span: start, tag: None, content: Content::Mapping(Entries::new(Vec::new())) };
        Self {
            file: Arc::clone(file),
            grafted: Vec::new(),
            included: 0,
            nodes: vec![root],
            documents: vec![NodeId(0)],
            change_set: None,
            cut: HashSet::from_iter([NodeId(0)]),
            fault: Some(fault),
            fault_in_bracket: false,
        }
    }

    /// Takes in what follows a fault: sections, and entries of the section that the fault is in. Those that stand before it
    /// as well stay as they are.
    fn join(&mut self, rest: Tree) -> Option<()> {
        let root = *self.documents.last()?;
        let joined = self.adopt(rest).ok()??;
        for pair in self.pairs(joined)?.to_vec() {
            let own = self.pairs(root)?.iter().find(|own| own.key == pair.key).map(|own| own.value);
            match own {
                None => self.extend(root, vec![pair]),
                Some(section) => {
                    let new = self.pairs(pair.value).map(<[Pair]>::to_vec).unwrap_or_default();
                    self.extend(section, new);
                }
            }
        }
        Some(())
    }
}
