//! The picture of a unit: who is in which group, who has which policy, what runs with which role.

mod gather;
mod layout;
mod svg;
#[cfg(test)]
mod tests;

use iamrail::core::collections::HashSet;

pub(super) use gather::picture;
pub(super) use svg::svg;

/// The most boxes of one column.
const TALLEST: usize = 48;

/// Boxes in columns, and lines between boxes of different columns.
#[derive(Debug, Default)]
pub(super) struct Picture {
    columns: Vec<Column>,
    edges: Vec<Edge>,
}

/// Boxes of one kind.
#[derive(Debug)]
struct Column {
    kind: Kind,
    nodes: Vec<Node>,
    /// How many there are in all, those of the last box included.
    total: usize,
}

/// What stands in a column, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    User,
    Group,
    Policy,
    Role,
    Workload,
}

/// A box.
#[derive(Clone, Debug, Default)]
struct Node {
    /// The name of what it stands for.
    label: String,
    rank: Rank,
    /// Whether it is not declared in the unit.
    is_elsewhere: bool,
    /// How many things it stands for besides, when it is the last box of a column that is too long.
    others: usize,
}

/// What the picture points out of a box, the more important later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    #[default]
    Ordinary,
    /// Perhaps an administrator.
    Perhaps,
    /// An administrator.
    Administrator,
}

/// A line between two boxes: from which column and place to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Edge {
    from: At,
    to: At,
    /// Whether it is there in some deployments only, or perhaps.
    is_loose: bool,
    /// Whether it is a policy that a user has without a group.
    is_direct: bool,
}

/// A box by its column and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct At {
    column: usize,
    row: usize,
}

impl Kind {
    /// All, in the order of the columns.
    const ALL: [Self; 5] = [Self::User, Self::Group, Self::Policy, Self::Role, Self::Workload];

    /// What the column is called.
    fn heading(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
            Self::Policy => "Policies",
            Self::Role => "Roles",
            Self::Workload => "Workloads",
        }
    }

    /// The class of its boxes.
    fn class(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Policy => "policy",
            Self::Role => "role",
            Self::Workload => "workload",
        }
    }
}

impl Picture {
    /// What is not drawn one by one: how many of which kind, and of how many.
    pub(super) fn left_out(&self) -> Vec<(&'static str, usize, usize)> {
        let others = |column: &Column| column.nodes.iter().map(|node| node.others).sum();
        let out = self.columns.iter().map(|column| (column.kind.heading(), others(column), column.total));
        out.filter(|(_, others, _)| *others > 0).collect()
    }

    /// The same with no column longer than [`TALLEST`]: those that are administrators or have the most lines are kept, and one box
    /// stands for the others, with their lines.
    fn shortened(mut self) -> Self {
        let mut lines: Vec<Vec<usize>> =
            self.columns.iter().map(|column| vec![0; column.nodes.len()]).collect();
        for at in self.edges.iter().flat_map(|edge| [edge.from, edge.to]) {
            if let Some(count) = lines.get_mut(at.column).and_then(|column| column.get_mut(at.row)) {
                *count += 1;
            }
        }
        let mut places: Vec<Vec<usize>> = Vec::new();
        for (column, lines) in self.columns.iter_mut().zip(lines) {
            places.push(shorten(column, &lines));
        }
        let moved = |at: At| {
            let row = places.get(at.column)?.get(at.row)?;
            Some(At { row: *row, ..at })
        };
        let mut seen = HashSet::default();
        self.edges = self
            .edges
            .iter()
            .filter_map(|edge| Some(Edge { from: moved(edge.from)?, to: moved(edge.to)?, ..*edge }))
            .filter(|edge| seen.insert(*edge))
            .collect();
        self
    }
}

/// Shortens a column and tells where each of its boxes went.
fn shorten(column: &mut Column, lines: &[usize]) -> Vec<usize> {
    let all = column.nodes.len();
    if all <= TALLEST {
        return (0..all).collect();
    }
    let mut by_weight: Vec<(usize, &Node)> = column.nodes.iter().enumerate().collect();
    by_weight.sort_by_key(|(place, node)| {
        std::cmp::Reverse((node.rank, lines.get(*place).copied().unwrap_or_default()))
    });
    let kept: HashSet<usize> = by_weight.iter().take(TALLEST - 1).map(|(place, _)| *place).collect();
    let mut places = Vec::with_capacity(all);
    let mut nodes = Vec::with_capacity(TALLEST);
    let mut rank = Rank::Ordinary;
    for (place, node) in column.nodes.iter().enumerate() {
        if kept.contains(&place) {
            places.push(nodes.len());
            nodes.push(node.clone());
        } else {
            places.push(TALLEST - 1);
            rank = rank.max(node.rank);
        }
    }
    let others = all - nodes.len();
    nodes.push(Node { label: format!("{others} more"), rank, is_elsewhere: false, others });
    column.nodes = nodes;
    places
}
