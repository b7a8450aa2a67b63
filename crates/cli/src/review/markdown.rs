//! The review in Markdown, with tables as GitHub and GitLab read them.

use std::fmt::Write;

use super::page::{Cell, Page, Row, Section, Table};
use crate::output::{Line, Scene};

/// Writes a review.
pub(super) fn markdown(scene: &Scene<'_>, page: &Page) -> String {
    let mut out = "# IAM review\n\n".to_owned();
    words(scene, &page.words, &mut out);
    table(scene, &page.overview, &mut out);
    for unit in &page.units {
        // Writing to a string does not fail.
        let _ = writeln!(out, "## {}. {}\n", unit.number + 1, unit.path.markdown(scene));
        words(scene, &unit.words, &mut out);
        unit.sections.iter().for_each(|one| section(scene, "###", one, &mut out));
    }
    section(scene, "##", &page.trouble, &mut out);
    out.push_str("## Sign-off\n\nReviewed by:\n\nOn:\n\nNext review:\n");
    out
}

fn section(scene: &Scene<'_>, level: &str, section: &Section, out: &mut String) {
    let _ = writeln!(out, "{level} {}\n", section.heading);
    words(scene, &section.words, out);
    table(scene, &section.table, out);
}

fn words(scene: &Scene<'_>, lines: &[Line], out: &mut String) {
    for line in lines {
        let _ = writeln!(out, "{}\n", line.markdown(scene));
    }
}

fn table(scene: &Scene<'_>, table: &Table, out: &mut String) {
    if table.rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "| {} |", table.heading.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(table.heading.len()));
    for Row { cells, .. } in &table.rows {
        let cell =
            |cell: &Cell| cell.iter().map(|line| line.markdown(scene)).collect::<Vec<_>>().join("<br>");
        let _ = writeln!(out, "| {} |", cells.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
    out.push('\n');
}
