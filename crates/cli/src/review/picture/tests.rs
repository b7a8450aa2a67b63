//! Pictures without an input.

use iamrail::core::source::{MemoryFiles, Sources};

use super::*;
use crate::output::{Mask, Scene};
use crate::paths::Paths;

fn column(kind: Kind, labels: impl IntoIterator<Item = String>) -> Column {
    let nodes: Vec<Node> = labels.into_iter().map(|label| Node { label, ..Node::default() }).collect();
    Column { kind, total: nodes.len(), nodes }
}

fn edge(from: (usize, usize), to: (usize, usize)) -> Edge {
    let at = |(column, row)| At { column, row };
    Edge { from: at(from), to: at(to), is_loose: false, is_direct: false }
}

fn labels(picture: &Picture, column: usize) -> Vec<&str> {
    picture.columns.get(column).unwrap().nodes.iter().map(|node| node.label.as_str()).collect()
}

fn drawn(picture: &Picture) -> String {
    let sources = Sources::new(MemoryFiles::default());
    let scene = Scene { sources: &sources, paths: &Paths::default(), mask: Mask::new(&[], &sources) };
    svg(&scene, picture, "a picture")
}

#[test]
fn a_long_column_keeps_administrators_and_one_box_for_the_others() {
    let mut users = column(Kind::User, (0..200).map(|n| format!("user-{n}")));
    users.nodes.last_mut().unwrap().rank = Rank::Administrator;
    let groups = column(Kind::Group, ["staff".to_owned()]);
    let edges = (0..200).map(|n| edge((0, n), (1, 0))).collect();
    let picture = Picture { columns: vec![users, groups], edges }.shortened().arranged();
    assert_eq!(picture.columns.first().unwrap().nodes.len(), TALLEST);
    assert!(labels(&picture, 0).contains(&"user-199"));
    assert_eq!(labels(&picture, 0).last(), Some(&"153 more"));
    assert_eq!(picture.left_out(), [("Users", 153, 200)]);
    // The lines of those that are not drawn are those of their box.
    assert_eq!(picture.edges.len(), TALLEST);
}

#[test]
fn boxes_stand_near_to_those_that_they_have_lines_to() {
    let users = column(Kind::User, ["a", "b", "c"].map(str::to_owned));
    let groups = column(Kind::Group, ["of-c", "of-b", "of-a"].map(str::to_owned));
    let edges = vec![edge((0, 0), (1, 2)), edge((0, 1), (1, 1)), edge((0, 2), (1, 0))];
    let picture = Picture { columns: vec![users, column(Kind::Policy, []), groups], edges: Vec::new() };
    assert_eq!(picture.arranged().columns.len(), 2);
    let users = column(Kind::User, ["a", "b", "c"].map(str::to_owned));
    let groups = column(Kind::Group, ["of-c", "of-b", "of-a"].map(str::to_owned));
    let picture = Picture { columns: vec![users, groups], edges }.arranged();
    let order =
        |column: usize| labels(&picture, column).iter().map(|label| label.chars().last()).collect::<Vec<_>>();
    assert_eq!(order(0), order(1));
}

#[test]
fn a_line_past_a_column_crosses_none_of_its_boxes() {
    let names = |count: usize| (0..count).map(|n| format!("n{n}"));
    let columns =
        vec![column(Kind::User, names(4)), column(Kind::Group, names(3)), column(Kind::Policy, names(4))];
    let edges: Vec<Edge> = (0..4).map(|n| edge((0, n), (2, 3 - n))).collect();
    let text = drawn(&Picture { columns, edges });
    let boxes: Vec<usize> = text
        .split("<rect x=\"254\" y=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(boxes.len(), 3, "{text}");
    let levels: Vec<usize> =
        text.split(" L430 ").skip(1).map(|rest| rest.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(levels.len(), 4, "{text}");
    for level in levels {
        assert!(boxes.iter().all(|top| !(*top..*top + 22).contains(&level)), "{level} {boxes:?}");
    }
}

#[test]
fn names_are_cut_to_the_width_of_a_box_and_told_in_full_beside() {
    let long = "arn-of-something-that-is-long-indeed-<b>";
    let text = drawn(&Picture { columns: vec![column(Kind::Role, [long.to_owned()])], edges: Vec::new() });
    assert!(text.contains("<title>arn-of-something-that-is-long-indeed-&lt;b&gt;</title>"), "{text}");
    assert!(text.contains(">arn-of-som…ndeed-&lt;b&gt;</text>"), "{text}");
}
