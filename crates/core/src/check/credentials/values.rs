//! What is secret in the values of a model.

use std::sync::Arc;

use iamrail_credentials::find;
use iamrail_credentials::redact::{is_part, may_be_part};

use crate::model::{Model, Setting};
use crate::sighting::{Form, Medium, Sighting};
use crate::source::Span;
use crate::value::{Flat, HOLE, Kind, Part, Text, Value};

/// How deeply values are searched.
const DEPTH: usize = 32;
/// How long the shortest credential is, in bytes.
const SHORTEST: usize = 20;
/// How much text of all values of a unit is searched, in bytes, each text as often as it is contained.
const MOST: usize = 64 << 20;

/// What is secret in the values of a model.
pub(in crate::check) struct InValues {
    /// The credentials, wherever their parts stand.
    pub(in crate::check) found: Vec<Sighting>,
    /// Places that may be a part of a credential whose rest is not known.
    pub(in crate::check) parts: Vec<Span>,
    /// How much text may still be searched, in bytes; `None` when there was more than that.
    left: Option<usize>,
}

impl InValues {
    /// What is secret in the settings of workloads, in what is kept and in what is shown.
    pub(in crate::check) fn of(model: &Model) -> Self {
        let mut all = Self { found: Vec::new(), parts: Vec::new(), left: Some(MOST) };
        for (_, workload) in model.workloads.iter() {
            let mut page = all.page(false);
            page.head(0, &workload.declared.subject);
            for Setting { name, value, .. } in &workload.settings {
                page.value(1, name, value);
            }
            all.read(page);
        }
        let kept = model.kept.iter().map(|kept| (&kept.name, &kept.value, kept.is_anything));
        let shown = model.disclosures.iter().map(|one| (&one.declared.subject, &one.value, false));
        // What stands in a file as it is was looked through there.
        let is_of_use = |value: &Value, is_anything: bool| !is_anything || is_put_together(value, DEPTH);
        for (name, value, is_anything) in kept.chain(shown).filter(|one| is_of_use(one.1, one.2)) {
            let mut page = all.page(is_anything);
            page.value(0, name, value);
            all.read(page);
        }
        all
    }

    /// Whether all values were searched.
    pub(in crate::check) fn is_whole(&self) -> bool {
        self.left.is_some()
    }

    fn page(&self, is_anything: bool) -> Page {
        Page { is_anything, left: self.left, ..Page::default() }
    }

    fn read(&mut self, page: Page) {
        self.left = page.left;
        self.parts.extend(page.unsure);
        for sheet in page.apart.into_iter().chain([page.sheet]) {
            self.sheet(sheet);
        }
    }

    fn sheet(&mut self, sheet: Sheet) {
        let flat = Flat::new(&Text::from_parts(sheet.parts));
        for one in find(flat.text().as_bytes()) {
            let (start, end) = (one.range.start, one.range.end);
            let parts = flat.places(start, end);
            let line = sheet.lines.partition_point(|(from, _)| *from <= start).checked_sub(1);
            let whole = line.and_then(|line| sheet.lines.get(line)).and_then(|(_, span)| *span);
            let Some(span) = parts.first().copied().or(whole) else { continue };
            let seen = Sighting::new(one, span, Medium::File);
            let as_written = matches!(parts.as_slice(), [part] if part.len() as usize == end - start);
            let form = if as_written { seen.form } else { Form::Computed };
            self.found.push(Sighting { form, parts, ..seen });
        }
    }
}

/// Values laid out as a file would have them: names and neighbours say of them what they do in one.
#[derive(Default)]
struct Page {
    sheet: Sheet,
    /// What has several lines, each for itself: lines of its own would say something of the others.
    apart: Vec<Sheet>,
    /// Places that may be a part of a credential whose rest is not known.
    unsure: Vec<Span>,
    /// Whether its values are most likely no credentials.
    is_anything: bool,
    /// How much text it may still take, in bytes; `None` when there was more than that.
    left: Option<usize>,
}

#[derive(Default)]
struct Sheet {
    parts: Vec<Part>,
    length: usize,
    /// Where each line begins, and the place of the value in it.
    lines: Vec<(usize, Option<Span>)>,
}

impl Page {
    /// A line that others belong to.
    fn head(&mut self, depth: usize, name: &str) {
        self.sheet.write(format!("{}{name}:\n", indent(depth)));
    }

    fn value(&mut self, depth: usize, name: &str, value: &Value) {
        if depth >= DEPTH {
            return;
        }
        match &value.kind {
            Kind::Map(map) => {
                self.head(depth, name);
                for (name, field) in &map.entries {
                    self.value(depth + 1, name, &field.value);
                }
            }
            Kind::List(list) | Kind::Set(list) => {
                list.items.iter().for_each(|item| self.value(depth, name, item));
            }
            Kind::Choice(_) => {
                let values = value.alternatives().into_iter().filter_map(|one| one.value);
                values.for_each(|value| self.value(depth, name, value));
            }
            Kind::Text(text) => match text.structure().or(text.decoded()) {
                Some(inside) => self.value(depth + 1, name, inside),
                None => self.text(depth, name, value, text),
            },
            _ => {}
        }
    }

    fn text(&mut self, depth: usize, name: &str, value: &Value, text: &Text) {
        self.left = self.left.and_then(|left| left.checked_sub(name.len() + length(text)));
        if self.left.is_none() {
            return;
        }
        if text.holes().next().is_some() {
            let may_be_part: fn(&str, &str) -> bool = if self.is_anything { is_part } else { may_be_part };
            self.unsure.extend(text.parts().iter().filter_map(|part| match part {
                Part::Literal { text, span } if may_be_part(name, text) => *span,
                _ => None,
            }));
        }
        let has_lines = |part: &Part| matches!(part, Part::Literal { text, .. } if text.contains('\n'));
        if text.parts().iter().any(has_lines) {
            let mut apart = Sheet::default();
            apart.line(0, name, value.span, text);
            self.apart.push(apart);
        } else {
            self.sheet.line(depth, name, value.span, text);
        }
    }
}

impl Sheet {
    fn write(&mut self, text: impl Into<Arc<str>>) {
        let text = text.into();
        self.length += text.len();
        self.parts.push(Part::Literal { text, span: None });
    }

    fn line(&mut self, depth: usize, name: &str, span: Option<Span>, text: &Text) {
        self.lines.push((self.length, span));
        self.write(format!("{}{name}=", indent(depth)));
        self.length += length(text);
        self.parts.extend(text.parts().iter().cloned());
        self.write("\n");
    }
}

/// How long a text is in one piece, in bytes.
fn length(text: &Text) -> usize {
    let length = |part: &Part| match part {
        Part::Literal { text, .. } => text.len(),
        Part::Hole(_) => HOLE.len_utf8(),
    };
    text.parts().iter().map(length).sum()
}

/// Whether a value has a text that stands nowhere as it is and is long enough for a credential, as deeply as it is searched.
fn is_put_together(value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let is_it = |value: &Value| is_put_together(value, depth);
    match &value.kind {
        Kind::Map(map) => map.entries.iter().any(|(_, field)| is_it(&field.value)),
        Kind::List(list) | Kind::Set(list) => list.items.iter().any(is_it),
        Kind::Choice(_) => value.alternatives().into_iter().filter_map(|one| one.value).any(is_it),
        Kind::Text(text) => match (text.structure().or(text.decoded()), text.parts()) {
            (Some(inside), _) => is_it(inside),
            (None, [Part::Literal { text, span: Some(span) }]) => span.len() as usize != text.len(),
            (None, parts) => {
                length(text) >= SHORTEST && parts.iter().any(|part| matches!(part, Part::Literal { .. }))
            }
        },
        _ => false,
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}
