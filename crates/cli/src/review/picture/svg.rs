//! The picture as SVG, which takes its colours from the style of the page.

use std::fmt::Write;

use super::{Picture, Rank};
use crate::output::{Scene, html_text};

/// The width of a box, the distance between two columns, the height of a box, and the distance from one box to the next.
const WIDTH: usize = 176;
const GAP: usize = 72;
const HEIGHT: usize = 22;
const PITCH: usize = 30;
/// What is left free for the headings, and at the edges.
const TOP: usize = 34;
const MARGIN: usize = 6;
/// How many narrow characters fit into a box, and how many into one with a letter at its end.
const FITTING: usize = 21;
const FITTING_BESIDE: usize = 18;

/// Writes the picture. `title` says what it shows.
pub(in crate::review) fn svg(scene: &Scene<'_>, picture: &Picture, title: &str) -> String {
    let columns = picture.columns.len().max(1);
    let tallest = picture.columns.iter().map(|column| column.nodes.len()).max().unwrap_or_default();
    let width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP;
    let height = TOP + tallest * PITCH + MARGIN;
    let mut out = String::new();
    let title = html_text(scene, title);
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{title}\">"
    );
    let place = |column: usize, row: usize| {
        let length = picture.columns.get(column).map_or(0, |column| column.nodes.len());
        let above = (tallest - length) * PITCH / 2;
        (MARGIN + column * (WIDTH + GAP), TOP + above + row * PITCH)
    };
    // The middle of the room between two boxes of a column that is next to a height, which may be above the first of them or
    // below the last.
    let room = |column: usize, y: usize| {
        let above = place(column, 0).1 - (PITCH - HEIGHT) / 2;
        let length = picture.columns.get(column).map_or(0, |column| column.nodes.len());
        above + ((y.saturating_sub(above) + PITCH / 2) / PITCH).min(length) * PITCH
    };
    for edge in &picture.edges {
        let (from, to) = (place(edge.from.column, edge.from.row), place(edge.to.column, edge.to.row));
        let (start, end) = ((from.0 + WIDTH, from.1 + HEIGHT / 2), (to.0, to.1 + HEIGHT / 2));
        let mut way = format!("M{} {}", start.0, start.1);
        let mut at = start;
        for column in edge.from.column + 1..edge.to.column {
            let (x, y) = (place(column, 0).0, room(column, (at.1 + end.1) / 2));
            way.push_str(&curve(at, (x, y)));
            let _ = write!(way, " L{} {y}", x + WIDTH);
            at = (x + WIDTH, y);
        }
        way.push_str(&curve(at, end));
        let direct = if edge.is_direct { " direct" } else { "" };
        let loose = if edge.is_loose { " loose" } else { "" };
        let _ = writeln!(out, "<path class=\"edge{direct}{loose}\" d=\"{way}\"/>");
    }
    for (number, column) in picture.columns.iter().enumerate() {
        let x = MARGIN + number * (WIDTH + GAP) + WIDTH / 2;
        let _ = writeln!(
            out,
            "<text class=\"heading\" x=\"{x}\" y=\"18\" text-anchor=\"middle\">{} ({})</text>",
            column.kind.heading(),
            column.total
        );
        for (row, node) in column.nodes.iter().enumerate() {
            let (x, y) = place(number, row);
            let mut class = format!("node {}", column.kind.class());
            class.push_str(match node.rank {
                Rank::Administrator => " administrator",
                Rank::Perhaps => " perhaps",
                Rank::Ordinary => "",
            });
            class.push_str(if node.is_elsewhere { " elsewhere" } else { "" });
            class.push_str(if node.others > 0 { " others" } else { "" });
            let full = html_text(scene, &node.label);
            let fitting = if node.rank == Rank::Ordinary { FITTING } else { FITTING_BESIDE };
            let label = html_text(scene, &shortened(&scene.text(&node.label), fitting));
            let _ = write!(
                out,
                "<g class=\"{class}\"><title>{full}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" \
                 height=\"{HEIGHT}\" rx=\"4\"/><text x=\"{}\" y=\"{}\">{label}</text>",
                x + 10,
                y + 15
            );
            if node.rank != Rank::Ordinary {
                let letter = if node.rank == Rank::Administrator { "A" } else { "?" };
                let (x, y) = (x + WIDTH - 12, y + HEIGHT / 2);
                let _ = write!(
                    out,
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"8\"/><text class=\"letter\" x=\"{x}\" y=\"{}\" \
                     text-anchor=\"middle\">{letter}</text>",
                    y + 4
                );
            }
            out.push_str("</g>\n");
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The way from one point to another that starts and ends level.
fn curve(from: (usize, usize), to: (usize, usize)) -> String {
    let middle = usize::midpoint(from.0, to.0);
    format!(" C{middle} {} {middle} {} {} {}", from.1, to.1, to.0, to.1)
}

/// A label that fits into a box: its end tells more than its middle. Most characters that are not of ASCII are wider.
fn shortened(label: &str, fitting: usize) -> String {
    let wide = |one: char| if one.is_ascii() { 1 } else { 2 };
    if label.chars().map(wide).sum::<usize>() <= fitting {
        return label.to_owned();
    }
    let take = |letters: &mut dyn Iterator<Item = char>, most: usize| {
        let mut width = 0;
        letters
            .take_while(|one| {
                width += wide(*one);
                width <= most
            })
            .collect::<String>()
    };
    let start = take(&mut label.chars(), fitting / 2);
    let end: String = take(&mut label.chars().rev(), fitting - fitting / 2 - 2).chars().rev().collect();
    format!("{start}…{end}")
}
