//! Places as programs get them.

use iamrail::core::source::{Location, Span};
use serde::Serialize;

use super::Scene;

/// A place: lines and columns from 1, columns in characters, the end behind the last character.
#[derive(Debug, Serialize)]
pub(crate) struct Place {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl Place {
    /// The place of a span.
    pub(crate) fn new(scene: &Scene<'_>, span: Span) -> Option<Self> {
        let Location { path, start, end } = scene.sources.locate(span)?;
        Some(Self {
            file: scene.path(&path),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        })
    }
}
