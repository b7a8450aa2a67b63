//! What a review says, whatever it is written in.

use super::picture::Picture;
use crate::output::Line;

/// The review of a run.
pub(super) struct Page {
    /// What was read, and how it ended.
    pub(super) words: Vec<Line>,
    /// The units, a row each.
    pub(super) overview: Table,
    /// Those that have something to do with IAM.
    pub(super) units: Vec<UnitPage>,
    /// What could not be read or understood.
    pub(super) trouble: Section,
}

/// The review of a unit.
pub(super) struct UnitPage {
    /// The number of the unit among all, which links lead to.
    pub(super) number: usize,
    /// Its path.
    pub(super) path: Line,
    /// What it is and how much there is in it.
    pub(super) words: Vec<Line>,
    /// How its parts belong together; `None` where no two do.
    pub(super) picture: Option<Picture>,
    pub(super) sections: Vec<Section>,
}

/// A part under a heading.
pub(super) struct Section {
    pub(super) heading: &'static str,
    /// What is said before the table, or instead of it.
    pub(super) words: Vec<Line>,
    /// Without rows, it is left out.
    pub(super) table: Table,
}

/// A table.
#[derive(Default)]
pub(super) struct Table {
    pub(super) heading: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
}

/// A row, with a cell for every column.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// The number of the unit that the first cell leads to.
    pub(super) leads_to: Option<usize>,
}

/// A cell.
pub(super) type Cell = Vec<Line>;

impl Section {
    /// A section; `empty` is said when there are no rows.
    pub(super) fn new(heading: &'static str, columns: &[&'static str], rows: Vec<Row>, empty: &str) -> Self {
        let words = if rows.is_empty() { vec![Line::prose(empty)] } else { Vec::new() };
        Self { heading, words, table: Table { heading: columns.to_vec(), rows } }
    }

    /// The same with a line before all others.
    #[must_use]
    pub(super) fn saying(mut self, line: Line) -> Self {
        self.words.insert(0, line);
        self
    }
}

impl Row {
    /// A row that leads nowhere.
    pub(super) fn new(cells: impl Into<Vec<Cell>>) -> Self {
        Self { cells: cells.into(), leads_to: None }
    }
}
