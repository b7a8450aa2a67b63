//! The review as one page of HTML that needs nothing besides: no script, no other resource, and a policy that forbids both.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::page::{Page, Row, Section, Table, UnitPage};
use super::picture::svg;
use crate::output::{Line, Scene, html as escaped};

/// The style of the page.
const STYLE: &str = include_str!("style.css");

/// The meaning of what stands in a picture.
const LEGEND: &str = "<p class=\"legend\"><span class=\"key administrator\">A</span> administrator \
                      <span class=\"key perhaps\">?</span> perhaps one \
                      <span class=\"line loose\"></span> in some deployments, or perhaps \
                      <span class=\"line direct\"></span> a policy of a user without a group \
                      <span class=\"box elsewhere\"></span> declared elsewhere</p>\n";

/// Writes a review.
pub(super) fn html(scene: &Scene<'_>, page: &Page) -> String {
    let mut out = String::new();
    // The style is the only thing that is allowed, and by its hash: not even a style of the input would be applied.
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>IAM review</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1 id=\"top\">IAM review</h1>"
    );
    words(scene, &page.words, &mut out);
    table(scene, &page.overview, &mut out);
    page.units.iter().for_each(|one| unit(scene, one, &mut out));
    section(scene, "h2", &page.trouble, &mut out);
    out.push_str(
        "<section class=\"signature\">\n<h2>Sign-off</h2>\n<dl><dt>Reviewed by</dt><dd></dd><dt>On</dt><dd></dd>\
         <dt>Next review</dt><dd></dd></dl>\n</section>\n</main>\n</body>\n</html>\n",
    );
    out
}

fn unit(scene: &Scene<'_>, unit: &UnitPage, out: &mut String) {
    let (number, path) = (unit.number, unit.path.html(scene));
    let _ = writeln!(out, "<article id=\"unit-{number}\">\n<h2>{}. {path}</h2>", number + 1);
    words(scene, &unit.words, out);
    if let Some(picture) = &unit.picture {
        let title = "who is in which group, has which policy, and runs with which role";
        let drawn = svg(scene, picture, title);
        let _ = writeln!(out, "<figure>\n<div class=\"picture\">\n{drawn}</div>\n<figcaption>\n{LEGEND}");
        for (what, others, total) in picture.left_out() {
            let what = what.to_lowercase();
            let _ = writeln!(
                out,
                "<p class=\"cut\">Of {total} {what}, {} are drawn one by one; a box stands for the other {others}. \
                 The tables have all of them.</p>",
                total - others
            );
        }
        out.push_str("</figcaption>\n</figure>\n");
    }
    unit.sections.iter().for_each(|one| section(scene, "h3", one, out));
    out.push_str("<p class=\"back\"><a href=\"#top\">Back to the top</a></p>\n</article>\n");
}

fn section(scene: &Scene<'_>, level: &str, section: &Section, out: &mut String) {
    let heading = escaped(section.heading);
    let _ = writeln!(out, "<section>\n<{level}>{heading}</{level}>");
    words(scene, &section.words, out);
    table(scene, &section.table, out);
    out.push_str("</section>\n");
}

fn words(scene: &Scene<'_>, lines: &[Line], out: &mut String) {
    for line in lines {
        let _ = writeln!(out, "<p>{}</p>", line.html(scene));
    }
}

fn table(scene: &Scene<'_>, table: &Table, out: &mut String) {
    if table.rows.is_empty() {
        return;
    }
    out.push_str("<div class=\"table\">\n<table>\n<thead><tr>");
    for heading in &table.heading {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(heading));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        self::row(scene, table, row, out);
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn row(scene: &Scene<'_>, table: &Table, row: &Row, out: &mut String) {
    out.push_str("<tr>");
    for (at, (cell, heading)) in row.cells.iter().zip(&table.heading).enumerate() {
        let _ = write!(out, "<td data-heading=\"{}\">", escaped(heading));
        for line in cell {
            let line = line.html(scene);
            let _ = match row.leads_to.filter(|_| at == 0) {
                Some(unit) => write!(out, "<p><a href=\"#unit-{unit}\">{line}</a></p>"),
                None => write!(out, "<p>{line}</p>"),
            };
        }
        out.push_str("</td>");
    }
    out.push_str("</tr>\n");
}
