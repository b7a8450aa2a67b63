//! The reader against the parser.

use std::sync::Arc;

use iamrail_core::source::{MemoryFiles, SourceFile, Sources};
use proptest::prelude::*;

use super::{Read, read_json, read_yaml};
use crate::tree::{Tree, json, yaml};

fn file(text: &str) -> Arc<SourceFile> {
    Sources::new(MemoryFiles::default()).adopt("t.yaml", text.into()).expect("the text is UTF-8")
}

fn shown(tree: &Tree) -> String {
    format!("{:#?} {:?}", tree.nodes, tree.documents)
}

fn agree(
    text: &str,
    file: &Arc<SourceFile>,
    read: Option<Read>,
    parse: fn(&Arc<SourceFile>) -> Read,
) -> bool {
    let Some((read, notes)) = read else { return false };
    let (parsed, diagnostics) = parse(file);
    let parsed = parsed.unwrap_or_else(|| panic!("{diagnostics:?}: {text}"));
    assert_eq!(read.as_ref().map(shown), Some(shown(&parsed)), "{text}");
    assert_eq!(format!("{notes:?}"), format!("{diagnostics:?}"), "{text}");
    true
}

/// Whether the reader knows the text; then its tree must be that of the parser.
fn reads_as_the_parser_does(text: &str) -> bool {
    let file = file(text);
    agree(text, &file, read_yaml(&file), yaml::parse_events)
}

/// The same of a text in JSON.
fn reads_json_as_the_parser_does(text: &str) -> bool {
    let file = file(text);
    agree(text, &file, read_json(&file), json::parse_strictly)
}

#[test]
fn templates_as_they_mostly_are_need_no_parser() {
    for text in [
        "---\n# a comment\nA: b   # another\n\nEmpty:\nBelow: # nothing\n\nTag: !Ref\nLast:",
        "S:\n- a\n-\n- - x\n  - y\n-   k: v\n    l: w\n- # nothing\n-\n  m:\n  - n\nT:\n  - !Ref a\n  - !Sub\n    - b\n",
        "A: |\n  one\n    two\n\n  three\n\n\nB: >-\n    one\n    two\n\n     three\n    four\nC: !Sub |+ # a comment\n\n  x\n\n",
        "A:\n  B: >\n\n      one\n      two \n\n   \n  C: |-\n      three\n   \n  # a comment\nD: |\n  four",
        "A: [a, !Ref b, {c: d, \"e\":f, 'g' : h}, [], {}, i ,]\nB: {x: [1,\n    # a comment\n    2], y: [3 # four\n    ]\n  }\n",
        "A: !If\n  - B\n  - {x: y}\nB: !Map\n  a: b\nC:\n  !Sub\n  - a\nD: !Join\n- c\nE:\n  !GetAtt a.b\n",
        "A: one\n  two\n\n\n  three # four\nB:\n  five\n   six\nC: :x\n",
        "A: \"a\\n\\t\\\"b\\\\\\/\"\n\"B\": 'it''s'\n'C' : \"x\" # y\nD : a#b:c -d\n",
        "\"\": x\nÄ: ö # ü\nA: |\n  ß\n",
        "A:\r\n  B: c\r\n  D: |\r\n    e\r\n\r\n    f\r\n  G: h\r\n    i # j\r\n# k\r\nL: 'm'\r\n",
        "  A: b\n  C:\n  - d\n",
        "A: 1\nA: 2\n<<: {B: c}\n",
        "- a\n- b: c\n",
    ] {
        assert!(reads_as_the_parser_does(text), "{text}");
    }
}

#[test]
fn what_the_reader_does_not_know_is_left_to_the_parser() {
    for text in [
        "",
        "a",
        "{A: b}",
        "A: &x b\nC: *x\n",
        "? a\n: b\n",
        "A: [b: c]\n",
        "A: \"b\n  c\"\n",
        "A: !!str 1\n",
        "A: |2\n    b\n",
        "A:\tb\n",
        "A: b: c\n",
        "A: b\n  c: d\n",
        "A: b # c\n  d\n",
        "A: |\n    b\n  c\n",
        "A: |\n     \n  c\n",
        "A: [b,\nc]\n",
        "A: b\n---\nC: d\n",
        "A: b\n...\n",
        "A: \u{1}\n",
        "A: b\rC: d\n",
        "A: @b\n",
        "A: 'b'c\n",
        "A: \"\\q\"\n",
        "A:\n- b\n  - c\nD\n",
    ] {
        assert!(!reads_as_the_parser_does(text), "{text}");
    }
    let deep = format!("A: {}{}\n", "[".repeat(60), "]".repeat(60));
    assert!(!reads_as_the_parser_does(&deep));
    let long = format!("{}: b\n", "a".repeat(1001));
    assert!(!reads_as_the_parser_does(&long));
}

#[test]
fn json_needs_no_parser() {
    for text in [
        "{}",
        " [ ] \n",
        "{\"a\": {\"b\" : [1, -2.5e+3, 0, true ,false, null, \"\"]},\r\n\t\"c\":[[]],\"a\":{}}",
        r#"{"a\n": "\"\\\/\t\r\u00e4ä"}"#,
        "\"a\"",
    ] {
        assert!(reads_json_as_the_parser_does(text), "{text}");
    }
    for text in [
        "",
        "{",
        "[1,]",
        "{\"a\" 1}",
        "01",
        "1.",
        "-",
        "'a'",
        "{a: 1}",
        "[1] 2",
        r#""\ud83d\ude00""#,
        "\"\t\"",
        "nul",
        "// a\n1",
    ] {
        assert!(!reads_json_as_the_parser_does(text), "{text}");
    }
}

fn json_texts() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "-0",
        "1.5E3",
        "01",
        "true",
        "nulls",
        "\"\"",
        "\"a\"",
        r#""\u0041\n""#,
        r#""\b""#,
        "\"a\tb\"",
        "\"ä\"",
        "",
        "a",
    ]);
    let space = || prop::sample::select(vec!["", "", " ", "\n", "\t", "\r\n", ","]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, move |inner| {
        let elements = prop::collection::vec((space(), inner, space()), 0..4);
        (elements, any::<bool>()).prop_map(|(elements, is_list)| {
            let key = if is_list { "" } else { "\"k\": " };
            let elements =
                elements.iter().map(|(before, element, after)| format!("{before}{key}{element}{after}"));
            let all = elements.collect::<Vec<_>>().join(",");
            if is_list { format!("[{all}]") } else { format!("{{{all}}}") }
        })
    })
}

fn texts() -> impl Strategy<Value = String> {
    let indentation = (0..5_usize).prop_map(|width| " ".repeat(width));
    let start = prop_oneof![
        8 => Just(""), 4 => Just("k: "), 2 => Just("k:"), 2 => Just("- "), 1 => Just("-"), 1 => Just("- - "),
        1 => Just("\"k\" : "), 1 => Just("- l: "), 1 => Just("'k':"), 1 => Just("- !T "),
    ];
    let tag = prop_oneof![6 => Just(""), 1 => Just("!T "), 1 => Just("!T")];
    let rest = prop_oneof![
        4 => "[ab:#,'\"\\[\\]{}|>!&*?-]{0,6}",
        2 => "[a: #-]{0,8}",
        4 => prop::sample::select(vec![
            "a", "", "a b", "|", ">", "|-", ">+", "'a'", "\"a\"", "[a, b]", "{a: b}", "[a,", "b]", "{a: [", "]}", "# c",
            "a # c", "---", "...", "a:b", "\"a\\n\"", "'a''b'", "l: m", "\ta", "a\t", "{a: b,", "c: d}", "[{", "}]", "<<: a",
        ]).prop_map(str::to_owned),
    ];
    let end = prop_oneof![20 => Just("\n"), 2 => Just(" \n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
    let line = (indentation, start, tag, rest, end)
        .prop_map(|(indentation, start, tag, rest, end)| format!("{indentation}{start}{tag}{rest}{end}"));
    (prop::collection::vec(line, 0..7), any::<bool>()).prop_map(|(lines, is_ended)| {
        let text = format!("k:\n{}", lines.concat());
        if is_ended { text } else { text.trim_end().to_owned() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_reader_makes_of_a_text_what_the_parser_does(text in texts()) {
        reads_as_the_parser_does(&text);
    }

    #[test]
    fn the_reader_makes_of_json_what_the_parser_does(text in json_texts()) {
        reads_json_as_the_parser_does(&text);
    }
}
