//! Files that are read, and files that are none.

use std::sync::Arc;

use iamrail_core::source::{MemoryFiles, SourceFile, Sources, Span};
use iamrail_core::value::Part;
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use super::{
    Declaration, Expr, ExprKind, Index, Piece, read_expression, read_file, read_template, read_variables,
};

fn file(path: &str, text: &str) -> Arc<SourceFile> {
    Sources::new(MemoryFiles::new([(path, text.as_bytes().to_vec())])).load(path).unwrap()
}

fn read(text: &str) -> (Arc<SourceFile>, Index) {
    let file = file("main.tf", text);
    let index = read_file(&file);
    (file, index)
}

fn headings(index: &Index) -> Vec<String> {
    let heading = |one: &Declaration| {
        let labels = one.labels.iter().map(|label| format!(" {}", label.text));
        format!("{}{}", one.kind, labels.collect::<String>())
    };
    index.declarations.iter().map(heading).collect()
}

/// Where the faults of a file begin, as line and column.
fn faults(file: &SourceFile, index: &Index) -> Vec<(u32, u32)> {
    let of_blocks = index.declarations.iter().filter_map(Declaration::fault);
    let mut found: Vec<(u32, u32)> = index
        .faults
        .iter()
        .chain(of_blocks)
        .map(|fault| file.position(fault.span.start))
        .map(|at| (at.line, at.column))
        .collect();
    found.dedup();
    found
}

#[test]
fn blocks_are_found_whatever_is_in_them() {
    let (file, index) = read(concat!(
        "\u{feff}# } a comment\n// { another\n/* resource \"x\" \"y\" { */\n",
        "resource \"a\" \"b\" {\n  x = \"} ${ \"}\" } %{ if true }{%{ endif } $${ \\\" \"\n",
        "  y = <<-EOT\n    } EOT {\n    \"\n  EOT\n}\n",
        "locals { a = { b = [1, 2] } }\n",
        "module m {\n}\r\n",
        "output \"o\" { value = 1 << 2 }\n",
    ));
    assert_eq!(headings(&index), ["resource a b", "locals", "module m", "output o"]);
    assert_eq!(faults(&file, &index), [(14, 14)]);
    let heading = file.slice(index.declarations[0].heading);
    assert_eq!(heading, "resource \"a\" \"b\"");
}

#[test]
fn a_broken_block_is_located_and_leaves_the_others() {
    for (text, place) in [
        ("resource \"a\" \"b\" {\n  x = = 1\n}\nlocals {}\n", (2, 7)),
        ("resource \"a\" \"b\" {\n  x = [1, 2\n}\nlocals {}\n", (3, 1)),
        ("resource \"a\" \"b\" {\n  x = \"y\n}\nlocals {}\n", (2, 7)),
        ("resource \"a\" \"b\" {\n  x = <<EOT\n}\nlocals {}\n", (3, 1)),
        ("resource \"a\" \"b\" {\n  x = 1\nlocals {}\n", (2, 8)),
        ("x = {\n  a = 1\n}\nlocals {}\n", (1, 1)),
        ("resource \"a {\n}\nlocals {}\n", (1, 10)),
        (")\nlocals {}\n", (1, 1)),
    ] {
        let (file, index) = read(text);
        assert!(headings(&index).iter().any(|heading| heading == "locals"), "{text}: {index:?}");
        let found = faults(&file, &index);
        assert_eq!(found.first().map(|(line, _)| *line), Some(place.0), "{text}: {found:?}");
    }
}

#[test]
fn nesting_without_end_is_a_fault_and_no_overflow() {
    let deep = 20_000;
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{ a = ", "}"), ("f(", ")"), ("\"${", "}\""), ("!", ""), ("-", "")]
    {
        let text =
            format!("locals {{\n  v = {}1{}\n}}\nlocals {{}}\n", open.repeat(deep), close.repeat(deep));
        let (file, index) = read(&text);
        assert_eq!(index.declarations.len(), 2);
        assert_eq!(faults(&file, &index)[0].0, 2, "{open}");
    }
    let json = format!("{{\"locals\": {{\"v\": {}{}}}}}", "[".repeat(deep), "]".repeat(deep));
    assert_eq!(read_file(&file("main.tf.json", &json)).faults.len(), 1);
}

/// Runs something on a stack as a thread has that nobody gave more.
fn on_a_small_stack(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, run).unwrap().join().unwrap();
    });
}

#[test]
fn no_length_and_no_depth_of_an_expression_overflows_the_stack() {
    // What begins it, what comes so many times, what is in the middle, and what closes each.
    let shapes = [
        ("a", "[*]", "", ""),
        ("a", ".*", "", ""),
        ("a", ".*[0]", "", ""),
        ("a", "[0]", "", ""),
        ("a", ".b", "", ""),
        ("1", " + 1", "", ""),
        ("true", " || true", "", ""),
        ("", "!", "true", ""),
        ("", "-", "a", ""),
        ("", "(", "1", ")"),
        ("", "a[", "1", "]"),
        ("", "a ? b : ", "c", ""),
        ("", "a ? ", "b", ": c"),
        ("", "[for a in b : ", "c", "]"),
        ("", "{ for a, b in c : a => ", "d", "}"),
        ("", "{ (a) = ", "1", "}"),
        ("", "{ (", "1", ") = 1 }"),
        ("", "f(", "1", ")"),
        ("", "\"${", "a", "}\""),
        ("", "\"%{ if a }", "b", "%{ endif }\""),
        ("", "\"%{ for a in b }", "c", "%{ endfor }\""),
    ];
    on_a_small_stack(|| {
        for (start, open, middle, close) in shapes {
            for times in [20, 60, 64, 120, 128, 250, 500, 20_000] {
                let value = format!("{start}{}{middle}{}", open.repeat(times), close.repeat(times));
                let (_, index) = read(&format!("locals {{\n  v = {value}\n}}\n"));
                let declaration = &index.declarations[0];
                let is_refused = declaration.fault().is_some();
                drop((format!("{:?}", declaration.body()), declaration.body().clone()));
                assert_eq!(declaration.fault().is_some(), is_refused, "{open}");
                drop(read_expression(&file("value", &value)));
                drop(read_template(&file("template", &format!("${{{value}}}"))));
                drop(read_variables(&file("a.tfvars", &format!("v = {value}\n"))));
            }
        }
    });
}

#[test]
fn the_last_of_equal_keys_counts() {
    let (_, index) = read("locals {\n  v = { k = 1, other = 2, \"k\" = 3, k = 4, q = 5, q = 6 }\n}\n");
    assert!(index.declarations[0].fault().is_none());
    let ExprKind::Object(items) = &index.declarations[0].body().attributes[0].value.kind else { panic!() };
    let keys: Vec<String> = items.iter().map(|item| item.key.literal().unwrap()).collect();
    assert_eq!(keys, ["k", "other", "k", "k", "q", "q"]);
}

#[test]
fn expressions_and_templates_are_mended_as_blocks_are() {
    let given = read_expression(&file("value", "{ a = \"x\", a = { for k, v in b : k =>\n v\n } }")).unwrap();
    let ExprKind::Object(items) = &given.kind else { panic!() };
    let keys: Vec<String> = items.iter().map(|item| item.key.literal().unwrap()).collect();
    assert_eq!(keys, ["a", "a"]);
    let text =
        "\"} # ${a}\n%{ if b }${jsonencode({ c = 1, c = 2 })}%{ endif }/* ${[{ for d in e : d\n=> d }]} */";
    let template = read_template(&file("template", text)).unwrap();
    let ExprKind::Template(pieces) = &template.kind else { panic!() };
    let shown: Vec<&str> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.parts().first().map_or("", |part| match part {
                Part::Literal { text, .. } => text,
                Part::Hole(_) => "hole",
            }),
            Piece::Interpolation(_) => "${}",
            Piece::If(_) => "%{if}",
            Piece::For(_) => "%{for}",
        })
        .collect();
    assert_eq!(shown, ["\"} # ", "${}", "\n", "%{if}", "/* ", "${}", " */"]);
}

#[test]
fn lines_may_end_anywhere_in_a_for_expression() {
    let (file, index) = read(concat!(
        "locals {\n  v = { # comment\n    for k, v in var.x : k =>\n    v.a\n    ? { b = 1\n c = 2 }\n",
        "    : { b = 2 } // }\n    if v.c\n  }\n  w = { for k, v in x : k => \"b\" == v\n    && true }\n}\n",
    ));
    assert_eq!(faults(&file, &index), []);
    let attributes = &index.declarations[0].body().attributes;
    assert_eq!(file.slice(attributes[1].name_span), "w");
}

#[test]
fn a_file_of_blocks_without_end_is_given_up_and_said_so() {
    for block in ["a {\n", "locals {\n  a = <<EOT\nx\nEOT)\n}\n"] {
        let (file, index) = read(&block.repeat(10_000));
        assert!(index.declarations.len() < 100);
        assert!(index.faults.last().unwrap().message.contains("given up"), "{:?}", faults(&file, &index));
    }
}

#[test]
fn a_heredoc_ends_where_its_marker_stands_alone() {
    let text = "locals {\n  a = <<EOT\nEOT # goes on\n EOTX\nEOT\"\n  EOT  \n  b = 1\n}\n";
    let (file, index) = read(text);
    assert_eq!(faults(&file, &index), []);
    let attributes = &index.declarations[0].body().attributes;
    assert_eq!(attributes[0].value.literal().unwrap(), "EOT # goes on\n EOTX\nEOT\"\n");
    assert_eq!(&*attributes[1].name, "b");
}

#[test]
fn comments_stand_in_headings_and_have_an_end() {
    let (file, index) = read("locals /* { */ {\n  a = 1\n}\nresource /* a */ \"b\" /* c */ \"d\" {}\n");
    assert_eq!(
        (faults(&file, &index), headings(&index)),
        (vec![], vec!["locals".to_owned(), "resource b d".to_owned()])
    );
    assert_eq!(index.declarations[0].body().attributes.len(), 1);
    for (text, expected) in
        [("locals {}\n/* a\n", vec![(2, 1)]), ("/*/\n", vec![(1, 1)]), ("/**/ // /*", vec![])]
    {
        let (file, index) = read(text);
        assert_eq!(faults(&file, &index), expected, "{text}");
    }
}

#[test]
fn a_key_may_have_the_name_of_null() {
    let (_, index) = read("locals {\n  v = { null = 1 }\n}\n");
    let ExprKind::Object(items) = &index.declarations[0].body().attributes[0].value.kind else { panic!() };
    assert_eq!(items[0].key.literal().unwrap(), "null");
}

#[test]
fn characters_of_json_strings_are_where_they_were_written() {
    let text = r#"{"locals": {"v": "a\n\"b\" ${x} \u00e9c"}}"#;
    let file = file("main.tf.json", text);
    let index = read_file(&file);
    let ExprKind::Template(pieces) = &index.declarations[0].body().attributes[0].value.kind else { panic!() };
    let mut seen = Vec::new();
    for piece in pieces {
        let super::Piece::Literal(text) = piece else { continue };
        for part in text.parts() {
            let Part::Literal { span: Some(span), .. } = part else { panic!() };
            seen.push(file.slice(*span).to_owned());
        }
    }
    assert_eq!(seen, ["a", r"\n", "\\\"", "b", "\\\"", " ", " ", r"\u00e9", "c"]);
}

/// Text that is likely to be nearly right.
pub(super) fn fragments() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "resource", "\"a\"", "{", "}", "[", "]", "(", ")", "\n", " ", "=", "x", "\"", "${", "%{", "if",
            "for", "in", "endif", "~", "<<EOT\n", "<<-EOT\n", "EOT\n", "#", "/*", "*/", "1", ",", ":", "=>",
            "...", ".", "[*]", "\\", "?", "!", "-", "é", "locals", "$${", "\r\n",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(|c| c.to_string()),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

fn spans(expr: &Expr, all: &mut Vec<Span>) {
    all.push(expr.span);
    if let ExprKind::Text(text) = &expr.kind {
        for part in text.parts() {
            if let Part::Literal { span: Some(span), .. } = part {
                all.push(*span);
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_makes_reading_fail_and_every_place_is_in_the_file(text in fragments()) {
        for path in ["main.tf", "main.tf.json"] {
            let file = file(path, &text);
            let index = read_file(&file);
            let mut all = Vec::new();
            for declaration in &index.declarations {
                all.push(declaration.heading);
                all.extend(declaration.fault().map(|fault| fault.span));
                for attribute in &declaration.body().attributes {
                    spans(&attribute.value, &mut all);
                }
            }
            all.extend(index.faults.iter().map(|fault| fault.span));
            for span in all {
                assert!(file.text().get(span.start as usize..span.end as usize).is_some(), "{span:?}");
            }
            read_variables(&file);
        }
    }
}
