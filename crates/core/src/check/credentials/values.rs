//! What is secret in the values of a model.

use std::sync::Arc;

use iamrail_credentials::find;
use iamrail_credentials::redact::{is_part, may_be_part};

use crate::model::{Model, Setting};
use crate::sighting::{Form, Medium, Sighting};
use crate::source::Span;
use crate::value::{Flat, Kind, Part, Text, Value};

/// How deeply values are searched.
const DEPTH: usize = 32;

/// What is secret in the values of a model.
#[derive(Default)]
pub(in crate::check) struct InValues {
    /// The credentials, wherever their parts stand.
    pub(in crate::check) found: Vec<Sighting>,
    /// Places that may be a part of a credential whose rest is not known.
    pub(in crate::check) parts: Vec<Span>,
}

impl InValues {
    /// What is secret in the settings of workloads, in what is kept and in what is shown.
    pub(in crate::check) fn of(model: &Model) -> Self {
        let mut all = Self::default();
        for (_, workload) in model.workloads.iter() {
            let mut page = Page::default();
            page.head(0, &workload.declared.subject);
            for Setting { name, value, .. } in &workload.settings {
                page.value(1, name, value);
            }
            all.read(page);
        }
        let kept = model.kept.iter().map(|kept| (&kept.name, &kept.value, kept.is_anything));
        let shown = model.disclosures.iter().map(|one| (&one.declared.subject, &one.value, false));
        for (name, value, is_anything) in kept.chain(shown) {
            let mut page = Page { is_anything, ..Page::default() };
            page.value(0, name, value);
            all.read(page);
        }
        all
    }

    fn read(&mut self, page: Page) {
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
        self.length += Flat::new(text).text().len();
        self.parts.extend(text.parts().iter().cloned());
        self.write("\n");
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}
