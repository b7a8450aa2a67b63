//! Which box stands where in its column: near to those that it has lines to, so that few lines cross.

use super::{At, Picture};

/// How often the columns are gone through, there and back.
const SWEEPS: usize = 4;

impl Picture {
    /// The same without empty columns, and with the boxes of each in an order in which few lines cross. Boxes that nothing tells
    /// apart stay in the order of the input; the one that stands for others stays last.
    pub(super) fn arranged(mut self) -> Self {
        self.drop_empty();
        let count = self.columns.len();
        for _ in 0..SWEEPS {
            for column in (0..count).chain((0..count).rev()) {
                self.sort(column);
            }
        }
        self.edges.sort_unstable();
        self
    }

    fn drop_empty(&mut self) {
        let mut next = 0;
        let mut places = Vec::new();
        for column in &self.columns {
            places.push(next);
            next += usize::from(!column.nodes.is_empty());
        }
        self.columns.retain(|column| !column.nodes.is_empty());
        for edge in &mut self.edges {
            for at in [&mut edge.from, &mut edge.to] {
                at.column = places.get(at.column).copied().unwrap_or_default();
            }
        }
    }

    /// Sorts a column by where the neighbours of its boxes stand, as a part of the length of their columns.
    fn sort(&mut self, column: usize) {
        let lengths: Vec<usize> = self.columns.iter().map(|column| column.nodes.len()).collect();
        let Some(sorted) = self.columns.get_mut(column) else { return };
        // The sum of the heights of the neighbours in thousandths, and how many they are.
        let mut sums = vec![(0_usize, 0_usize); sorted.nodes.len()];
        let ends = self.edges.iter().flat_map(|edge| [(edge.from, edge.to), (edge.to, edge.from)]);
        for (own, other) in ends.filter(|(own, _)| own.column == column) {
            let length = lengths.get(other.column).copied().unwrap_or_default().max(1);
            if let Some((sum, count)) = sums.get_mut(own.row) {
                *sum += (2 * other.row + 1) * 1000 / (2 * length);
                *count += 1;
            }
        }
        let own_length = sorted.nodes.len().max(1);
        let height = |row: usize| match sums.get(row) {
            Some((sum, count)) if *count > 0 => sum / count,
            // Without a line, it stays about where it is.
            _ => (2 * row + 1) * 1000 / (2 * own_length),
        };
        let mut order: Vec<usize> = (0..sorted.nodes.len()).collect();
        order.sort_by_key(|row| (sorted.nodes.get(*row).is_some_and(|node| node.others > 0), height(*row)));
        let mut places = vec![0; order.len()];
        for (place, row) in order.iter().enumerate() {
            if let Some(moved) = places.get_mut(*row) {
                *moved = place;
            }
        }
        sorted.nodes = order.iter().filter_map(|row| sorted.nodes.get(*row).cloned()).collect();
        let move_to = |at: &mut At| {
            if at.column == column {
                at.row = places.get(at.row).copied().unwrap_or_default();
            }
        };
        self.edges.iter_mut().flat_map(|edge| [&mut edge.from, &mut edge.to]).for_each(move_to);
    }
}
