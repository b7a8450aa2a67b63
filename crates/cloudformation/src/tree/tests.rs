use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, SourceFile, Sources};
use proptest::prelude::*;

use super::{Node, Resolved, Tree};

fn file(text: &str) -> Arc<SourceFile> {
    Sources::new(MemoryFiles::default()).adopt("t.yaml", text.into()).expect("the text is UTF-8")
}

fn parsed(text: &str) -> (Arc<SourceFile>, Option<Tree>, Vec<Diagnostic>) {
    let file = file(text);
    let (tree, diagnostics) = Tree::parse(&file);
    (file, tree, diagnostics)
}

fn tree(text: &str) -> Tree {
    let (_, tree, diagnostics) = parsed(text);
    assert!(diagnostics.iter().all(|one| !one.incomplete), "{diagnostics:?}");
    tree.expect("it can be read")
}

fn root(tree: &Tree) -> Node<'_> {
    tree.documents().next().expect("there is a document")
}

fn written<'t>(tree: &'t Tree, node: Node<'_>) -> &'t str {
    tree.file().slice(node.span())
}

#[test]
fn places_cover_tags_quotes_and_blocks() {
    let tree =
        tree("a: !Ref  User\nb: 'it''s'\nc: !Join\n  - ','\n  - [x, !Ref Y]\nd: |\n  one\n  two\n\ne: 1\n");
    let of = |key: &str| written(&tree, root(&tree).get(key).expect("the key is there"));
    assert_eq!(of("a"), "!Ref  User");
    assert_eq!(of("b"), "'it''s'");
    assert_eq!(of("c"), "!Join\n  - ','\n  - [x, !Ref Y]");
    assert_eq!(of("d"), "one\n  two");
    assert_eq!(root(&tree).get("d").and_then(Node::text), Some("one\ntwo\n"));
    assert_eq!(of("e"), "1");
}

#[test]
fn scalars_stay_texts_where_digits_count() {
    let tree = tree(
        "[2012-10-17, 000123456789, 123456789012, yes, NO, Off, y, n, oN, true, ~, 'true', 1.10, -1, 1.5, !!str 1]",
    );
    let items = root(&tree).items().expect("it is a list");
    let resolved: Vec<_> = items.filter_map(Node::resolved).collect();
    let text = Resolved::Text;
    let expected = [
        text("2012-10-17"),
        text("000123456789"),
        Resolved::Int(123_456_789_012),
        Resolved::Bool(true),
        Resolved::Bool(false),
        Resolved::Bool(false),
        text("y"),
        text("n"),
        text("oN"),
        Resolved::Bool(true),
        Resolved::Null,
        text("true"),
        text("1.10"),
        Resolved::Int(-1),
        Resolved::Float(1.5),
        text("1"),
    ];
    assert_eq!(resolved, expected);
}

#[test]
fn json_has_the_same_tree() {
    let tree = tree("\u{FEFF}{\"a\": [1, true, null, \"x\\ny\"]}");
    let items: Vec<_> = root(&tree).get("a").and_then(Node::items).expect("it is a list").collect();
    assert_eq!(items[3].text(), Some("x\ny"));
    assert_eq!(written(&tree, items[3]), "\"x\\ny\"");
    assert_eq!(items[0].resolved(), Some(Resolved::Int(1)));
    assert!(items[2].is_null());
}

#[test]
fn aliases_are_shared_and_merged() {
    let tree = tree("base: &b {x: 1, y: 2}\none:\n  <<: *b\n  y: 3\ntwo: *b\n");
    let one = root(&tree).get("one").expect("it is there");
    let keys: Vec<_> = one.entries().expect("it is a map").map(|entry| entry.key.to_string()).collect();
    assert_eq!(keys, ["y", "x"]);
    assert_eq!(one.get("y").and_then(Node::text), Some("3"));
    assert_eq!(root(&tree).get("two").map(Node::id), root(&tree).get("base").map(Node::id));
}

#[test]
fn a_bomb_of_aliases_is_left_out_and_the_rest_stands() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    text.push_str("rest: stands\n");
    let (_, tree, diagnostics) = parsed(&text);
    let tree = tree.expect("the rest can be read");
    assert_eq!(root(&tree).get("rest").and_then(Node::text), Some("stands"));
    assert!(root(&tree).get("a7").and_then(Node::items).is_some_and(|mut items| items.all(Node::is_unread)));
    let large: Vec<_> = diagnostics.iter().filter(|one| one.code == "too-large").collect();
    assert!(matches!(large.as_slice(), [one] if one.span.is_some() && one.incomplete), "{diagnostics:?}");
}

#[test]
fn an_alias_within_its_own_anchor_is_named() {
    let (_, tree, diagnostics) = parsed("a: &a\n  b: *a\n");
    assert!(tree.is_some());
    assert!(diagnostics.iter().any(|one| one.message.contains("within the node")), "{diagnostics:?}");
}

#[test]
fn deep_nesting_is_refused_with_a_place() {
    for text in ["[".repeat(20_000), format!("x: {}", "{a: ".repeat(20_000)), "- ".repeat(20_000)] {
        let (_, tree, diagnostics) = parsed(&text);
        assert!(tree.is_some_and(|tree| tree.nodes.len() <= 101));
        assert!(diagnostics.iter().any(|one| one.span.is_some() && one.incomplete), "{diagnostics:?}");
    }
}

#[test]
fn what_follows_twenty_thousand_brackets_is_read() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
    for text in [
        format!("a: {}\nb: c\n", deep("[", "]")),
        format!("a: {}\nb: c\n", deep("{x: ", "}")),
        format!("a:\n  {}\nb: c\n", "- ".repeat(20_000)),
        format!("{{\"a\": {}, \"b\": \"c\"}}", deep("[", "]")),
        format!("{{\"a\": {}, \"b\": \"c\"}}", deep("{\"x\":", "}")),
    ] {
        let (_, tree, diagnostics) = parsed(&text);
        let tree = tree.expect("it can be read");
        assert_eq!(root(&tree).get("b").and_then(Node::text), Some("c"), "{diagnostics:?}");
        assert!(matches!(diagnostics.as_slice(), [one] if one.code == "too-deep" && one.span.is_some()));
    }
}

#[test]
fn a_key_that_is_no_text_is_named_and_its_map_is_not_known() {
    for text in [
        "a: {!Ref b: c}\nd: e\n",
        "a: [!GetAtt b: c]\nd: e\n",
        "a:\n  ? [b]\n  : c\nd: e\n",
        "a: {&x !Ref b: c}\nd: e\n",
    ] {
        let (_, tree, diagnostics) = parsed(text);
        let tree = tree.expect("it can be read");
        assert!(tree.nodes().any(Node::is_unread), "{text}");
        assert_eq!(root(&tree).get("d").and_then(Node::text), Some("e"), "{text}");
        let said: Vec<_> = diagnostics.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(said, ["a key of a map must be a text"], "{text}");
    }
}

#[test]
fn a_tag_without_a_name_leaves_a_key_as_it_is() {
    for text in ["a: [! \"Ref\": b]\n", "a: [{! Ref: b}]\n", "a: [{&x ! Ref: b}]\n"] {
        let (_, tree, diagnostics) = parsed(text);
        let sketch = tree.map(|tree| sketch(root(&tree))).unwrap_or_default();
        assert_eq!((sketch.as_str(), diagnostics.len()), ("{a: [{Ref: b}]}", 0), "{text}: {diagnostics:?}");
    }
}

#[test]
fn a_character_that_cannot_be_is_pointed_at() {
    for text in ["a: xy\u{1B}z\nb: c\n", "a: |\n  one\n  t\u{1B}wo\n", "a: @b\n"] {
        let (file, _, diagnostics) = parsed(text);
        let span = diagnostics[0].span.expect("it has a place");
        assert!(matches!(file.slice(span), "\u{1B}" | "@"), "{diagnostics:?}");
    }
}

#[test]
fn a_key_given_twice_is_reported_and_the_last_one_counts() {
    let (_, tree, diagnostics) = parsed("a: 1\nb: 2\na: 3\n");
    let tree = tree.expect("it can be read");
    assert_eq!(root(&tree).get("a").and_then(Node::text), Some("3"));
    assert_eq!(diagnostics.len(), 1);
    assert!(diagnostics[0].message.contains("first in line 1"), "{diagnostics:?}");
    assert_eq!(diagnostics[0].span.map(|span| span.start), Some(10));
}

#[test]
fn a_key_given_many_times_is_reported_once() {
    let (_, tree, diagnostics) = parsed(&format!("b: 0\n{}", "a: 1\n".repeat(50)));
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert_eq!(tree.map(|tree| root(&tree).entries().map(|all| all.len())), Some(Some(2)));
}

#[test]
fn entries_of_large_maps_are_found() {
    let text: String = (0..100).rev().map(|at| format!("k{at}: {at}\n")).collect();
    let tree = tree(&text);
    let all =
        (0..100).map(|at| root(&tree).get(&format!("k{at}")).and_then(Node::text) == Some(&*at.to_string()));
    assert!(all.into_iter().all(|is_found| is_found) && root(&tree).get("k").is_none());
}

#[test]
fn maps_that_are_merged_in_too_often_are_left_out() {
    let keys: String = (0..5_000).map(|at| format!("k{at}: 1, ")).collect();
    let merged: String = (0..500).map(|at| format!("x{at}: {{<<: *m}}\n")).collect();
    let (_, tree, diagnostics) = parsed(&format!("m: &m {{{keys}}}\n{merged}"));
    let entries: usize =
        tree.map_or(0, |tree| tree.nodes().filter_map(Node::entries).map(|all| all.len()).sum());
    assert!(entries < 1_100_000, "{entries}");
    let large = diagnostics.iter().find(|one| one.code == "too-large").expect("it is too large");
    assert!(large.span.is_some() && large.incomplete);
}

/// A tree with `?` for what could not be read, and `...` at the end of what was read only in part.
fn sketch(node: Node<'_>) -> String {
    let end = if node.is_cut() { " ..." } else { "" };
    let text = node.text().map(str::to_owned);
    let entry = |entry: crate::tree::Entry<'_>| format!("{}: {}", entry.key, sketch(entry.value));
    let join = |all: Vec<String>| all.join(", ");
    match (node.items(), node.entries()) {
        (Some(items), _) => format!("[{}{end}]", join(items.map(sketch).collect())),
        (None, Some(entries)) => format!("{{{}{end}}}", join(entries.map(entry).collect())),
        (None, None) => text.unwrap_or_else(|| "?".to_owned()),
    }
}

#[test]
fn what_stands_before_a_fault_is_kept() {
    for (text, expected) in [
        // The lines of YAML.
        ("a: {b: c}\nd:\n  e: f\n\tg: h\ni: j\n", "{a: {b: c}, d: {e: ? ...} ...}"),
        ("a:\n  - b\n  - c: d\n e: f\n", "{a: [b, {c: d ...} ...] ...}"),
        // What may have taken in what follows.
        ("a: x\nb:\n  c [d\n  e: f\n", "{a: x, b: ? ...}"),
        ("a: x\nb: [c, d\ne: f\ng: h\n", "{a: x, b: ? ...}"),
        ("a: x\nb: \"c\nd: \"e\"\nf: g\n", "{a: x, b: ? ...}"),
        // JSON.
        (r#"{"a": {"b": ["c", "d"], "e": "f" "g": 1}, "h": 2}"#, "{a: {b: [c, d], e: f ...} ...}"),
        (r#"{"a": ["b", "c", "d": 1}, "e": 2}"#, "{a: [b, c, ? ...] ...}"),
        (r#"{"a": {"b": "c", "d": }"#, "{a: {b: c, d: ? ...} ...}"),
        (r#"{"a": "b", "c": [1, {"d": 2"#, "{a: b, c: [1, {d: 2 ...} ...] ...}"),
    ] {
        let (_, tree, diagnostics) = parsed(text);
        assert_eq!(tree.map(|tree| sketch(root(&tree))).as_deref(), Some(expected), "{text}");
        let faults = diagnostics.iter().filter(|one| one.incomplete && one.span.is_some());
        assert_eq!(faults.count(), 1, "{diagnostics:?}");
    }
}

/// A template of which the resource `A` is written so, in YAML.
fn around(broken: &str) -> String {
    format!(
        "Resources:\n  A:\n    Type: X::Y::Z\n{broken}  B: # next\n\n    Type: X::Y::Z\nOutputs:\n  O: {{Value: 1}}\n"
    )
}

const REST: &str = "B: {Type: X::Y::Z} ...}, Outputs: {O: {Value: 1}} ...}";

#[test]
fn what_follows_a_fault_is_read_where_an_entry_begins_without_doubt() {
    for (broken, expected) in [
        ("    P: [b, {c: d\n", "A: {Type: X::Y::Z ...}, "),
        ("\tP: 1\n", "A: ?, "),
        ("     P: 1\n", "A: ?, "),
        ("    P: 'c\n    Q: 1\n", "A: {Type: X::Y::Z ...}, "),
        ("    P:\n      - a\n     b: c\n", "A: {Type: X::Y::Z ...}, "),
        ("    P: {a: b}}\n  C: [\n", "A: {Type: X::Y::Z ...}, "),
    ] {
        let (_, tree, diagnostics) = parsed(&around(broken));
        let sketch = tree.map(|tree| sketch(root(&tree))).unwrap_or_default();
        assert_eq!(sketch, format!("{{Resources: {{{expected}{REST}"), "{broken:?}");
        assert!(diagnostics.iter().all(|one| one.incomplete && one.span.is_some()), "{diagnostics:?}");
    }
}

#[test]
fn what_follows_a_fault_is_left_where_it_may_belong_to_anything() {
    for broken in [
        // Lines of a text that is not indented.
        "    P: |\necho\n  X:\n    Type: X::Y::Z\n",
        "    P: |\n  echo a\n  X:\n    Type: X::Y::Z\n",
        // A section that was there before.
        "    P: [\nResources:\n",
    ] {
        let (_, tree, _) = parsed(&around(broken));
        let sketch = tree.map(|tree| sketch(root(&tree))).unwrap_or_default();
        assert!(!sketch.contains("B: ") && !sketch.contains("X: "), "{broken:?}: {sketch}");
    }
}

#[test]
fn several_faults_are_told_each_with_its_place() {
    let text = "Parameters:\n  P: {Type: [\n  Q: {Type: String}\nResources:\n  A: {Type: 'X::Y'\n  B: {Type: 'X::Y'}\n\
        \x20 C:\n    Type: X::Y\n   D: 1\n  E: {Type: X::Y}\nOutputs: 1\n";
    let (file, tree, diagnostics) = parsed(text);
    let sketch = tree.map(|tree| sketch(root(&tree))).unwrap_or_default();
    let expected = "{Parameters: {P: ?, Q: {Type: String} ...}, Resources: {A: ?, B: {Type: X::Y}, C: {Type: X::Y ...}, \
        E: {Type: X::Y} ...}, Outputs: 1 ...}";
    assert_eq!(sketch, expected);
    let lines: Vec<u32> =
        diagnostics.iter().filter_map(|one| Some(file.position(one.span?.start).line)).collect();
    assert_eq!(lines.len(), 3, "{diagnostics:?}");
}

#[test]
fn what_follows_a_fault_in_json_is_read_likewise() {
    let lines = |broken: &str| {
        format!(
            "{{\n  \"Resources\": {{\n    \"A\": {{\n      \"Type\": \"X::Y\"{broken}\n    }},\n    \"B\": {{\n      \"Type\": \"X::Y\"\n    }}\n  }},\n  \"Outputs\": {{}}\n}}\n"
        )
    };
    let one_line = |broken: &str| {
        format!(
            "{{\"Resources\": {{\"A\": {{\"Type\": \"X::Y\"{broken}}}, \"B\": {{\"Type\": \"X::Y\"}}}}, \"Outputs\": {{}}}}"
        )
    };
    let all = [" \"P\": 1", ", \"P\": [1, \"a\" \"b\"]", ", \"P\": nothing:"];
    let only_in_lines = [", \"P\": [1", ", \"P\": \"a"];
    let texts = all.iter().flat_map(|broken| [lines(broken), one_line(broken)]);
    for text in texts.chain(only_in_lines.map(lines)) {
        let (_, tree, diagnostics) = parsed(&text);
        let sketch = tree.map(|tree| sketch(root(&tree))).unwrap_or_default();
        assert!(sketch.ends_with(", B: {Type: X::Y} ...}, Outputs: {} ...}"), "{text}: {sketch}");
        assert_eq!(diagnostics.iter().filter(|one| one.incomplete).count(), 1, "{diagnostics:?}");
    }
    for text in only_in_lines.map(one_line) {
        let (_, tree, _) = parsed(&text);
        let sketch = tree.map(|tree| sketch(root(&tree))).unwrap_or_default();
        assert!(!sketch.contains("}, B:"), "{text}: {sketch}");
    }
}

#[test]
fn what_lies_beside_something_nested_too_deep_is_kept() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(300), close.repeat(300));
    let block: String = (1..300).map(|level| format!("{}x:\n", " ".repeat(level))).collect();
    for text in [
        format!("{{\"a\": {}, \"b\": \"c\"}}", deep("[", "]")),
        format!("a: {}\nb: c\n", deep("[", "]")),
        format!("a: {}\nb: c\n", deep("{x: [", "]}")),
        format!("a:\n{block}b: c\n"),
    ] {
        let (_, tree, diagnostics) = parsed(&text);
        let tree = tree.expect("it can be read");
        assert_eq!(root(&tree).get("b").and_then(Node::text), Some("c"), "{diagnostics:?}");
        let deepest = tree.nodes().filter(|node| node.is_unread()).count();
        assert!(deepest > 0 && diagnostics.iter().all(|one| one.code == "too-deep"), "{diagnostics:?}");
        assert_eq!(diagnostics.len(), 1);
    }
}

#[test]
fn tabs_are_named_with_their_place() {
    let (file, _, diagnostics) = parsed("a:\n\tb: 1\n");
    let span = diagnostics[0].span.expect("it has a place");
    assert_eq!(file.position(span.start).line, 2, "{diagnostics:?}");
}

#[test]
fn windows_line_ends_make_no_difference() {
    let tree = tree("a: |\r\n  x\r\n  y\r\nb: z\r\n");
    assert_eq!(root(&tree).get("a").and_then(Node::text), Some("x\ny\n"));
    assert_eq!(root(&tree).get("b").map(|node| written(&tree, node)), Some("z"));
}

#[test]
fn quoted_lines_at_the_margin_are_taken_with_their_places() {
    let tree = tree("x:\n  a: '{\n    \"k\": 1\n}'\n  b: c\n");
    let x = root(&tree).get("x").expect("it is there");
    assert_eq!(x.get("a").and_then(Node::text), Some("{ \"k\": 1 }"));
    assert_eq!(x.get("b").map(|node| written(&tree, node)), Some("c"));
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "[ \n\t\\[\\]{}:,a&*!<'\"|>-]{0,60}") {
        let (_, tree, diagnostics) = parsed(&text);
        prop_assert!(tree.is_some() || !diagnostics.is_empty());
    }

    #[test]
    fn pieces_with_equal_lengths_stand_where_they_say(text in "[ \nab\\\\\"':|>-]{0,40}") {
        let file = file(&text);
        let Some(tree) = Tree::parse(&file).0 else { return Ok(()) };
        for node in (0..tree.nodes.len()).map(|at| tree.node(super::NodeId(at as u32))) {
            for (piece, span) in node.pieces().unwrap_or_default() {
                if let Some(span) = span.filter(|span| span.len() as usize == piece.len() && piece.len() > 1) {
                    prop_assert_eq!(file.slice(span), piece);
                }
            }
        }
    }
}
