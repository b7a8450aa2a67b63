//! The reader against the parser.

use iamrail_core::source::{MemoryFiles, Sources, Span};
use iamrail_core::value::{Part, Text};
use proptest::prelude::{Strategy, prop, prop_oneof, proptest};

use super::{DEPTH, OPERATORS, is_block, read_block, read_template};
use crate::syntax::expression::{Access, Expr, ExprKind, Piece};
use crate::syntax::lower::Lowering;
use crate::syntax::mend::{parse_body, parse_template};
use crate::syntax::places::Places;
use crate::syntax::structure::Body;
use crate::syntax::tests::fragments;

/// Where the parts of all texts of a body stand: what its debugging output leaves out.
#[derive(Default)]
struct TextPlaces(Vec<Option<Span>>);

impl TextPlaces {
    fn of(body: &Body) -> Vec<Option<Span>> {
        let mut places = Self::default();
        places.body(body);
        places.0
    }

    fn body(&mut self, body: &Body) {
        body.attributes.iter().for_each(|attribute| self.expr(&attribute.value));
        body.blocks.iter().for_each(|block| self.body(&block.body));
    }

    fn exprs<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>) {
        all.into_iter().for_each(|expr| self.expr(expr));
    }

    fn text(&mut self, text: &Text) {
        self.0.extend(text.parts().iter().map(|part| match part {
            Part::Literal { span, .. } => *span,
            Part::Hole(hole) => hole.span,
        }));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) => {}
            ExprKind::Text(text) => self.text(text),
            ExprKind::Template(pieces) => self.pieces(pieces),
            ExprKind::Tuple(items) => self.exprs(items),
            ExprKind::Object(items) => self.exprs(items.iter().flat_map(|item| [&item.key, &item.value])),
            ExprKind::Access(base, steps) => {
                self.expr(base);
                self.steps(steps);
            }
            ExprKind::Conditional(one) => self.exprs([&one.condition, &one.then, &one.otherwise]),
            ExprKind::Not(operand) | ExprKind::Negative(operand) => self.expr(operand),
            ExprKind::Binary(_, operands) => self.exprs(&**operands),
            ExprKind::Call(call) => self.exprs(&call.arguments),
            ExprKind::For(each) => {
                self.exprs([&each.collection, &each.value]);
                self.exprs(each.key.iter().chain(&each.condition));
            }
        }
    }

    fn steps(&mut self, steps: &[Access]) {
        for step in steps {
            match step {
                Access::Attribute(..) | Access::Splat(..) => {}
                Access::Index(index) => self.expr(index),
            }
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Literal(text) => self.text(text),
                Piece::Interpolation(value) => self.expr(value),
                Piece::If(one) => {
                    self.pieces(&one.then);
                    self.pieces(&one.otherwise);
                }
                Piece::For(each) => self.pieces(&each.body),
            }
        }
    }
}

/// Whether the reader knows the block; then it must be what the parser makes of it.
fn reads_as_the_parser_does(text: &str) -> bool {
    let sources = Sources::new(MemoryFiles::new([("main.tf", text.as_bytes().to_vec())]));
    let file = sources.load("main.tf").unwrap();
    let lowering = Lowering { text, places: Places::direct(file.id(), 0) };
    let read = read_block(&lowering);
    assert_eq!(is_block(&lowering), read.is_some(), "{text}");
    let Some(read) = read else { return false };
    let parsed = parse_body(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let parsed = lowering.block(parsed.blocks().next().unwrap()).body;
    assert_eq!(format!("{read:?}"), format!("{parsed:?}"), "{text}");
    assert_eq!(TextPlaces::of(&read), TextPlaces::of(&parsed), "{text}");
    true
}

/// Whether the reader knows the template; then it must be what the parser makes of it.
fn reads_a_template_as_the_parser_does(text: &str) -> bool {
    let sources = Sources::new(MemoryFiles::new([("t.tftpl", text.as_bytes().to_vec())]));
    let file = sources.load("t.tftpl").unwrap();
    let lowering = Lowering { text, places: Places::direct(file.id(), 0) };
    let Some(read) = read_template(&lowering) else { return false };
    let parsed = parse_template(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let parsed = lowering.template(&parsed);
    assert_eq!(format!("{read:?}"), format!("{parsed:?}"), "{text}");
    let places = [read, parsed].map(|kind| {
        let mut places = TextPlaces::default();
        places.expr(&Expr::new(kind, file.span(0, text.len())));
        places.0
    });
    assert_eq!(places[0], places[1], "{text}");
    true
}

/// Templates, most of which the reader should know.
fn templates() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        " ",
        "\n",
        "\r\n",
        "\"",
        "\\n",
        "$",
        "%",
        "{",
        "}",
        "$${",
        "%%{",
        "é",
        "# ",
        "/*",
        "${a}",
        "${ a.b }",
        "${\n  a\n}",
        "${a /* } */}",
        "${\"b-${c}\"}",
        "${jsonencode({ a = 1 })}",
        "${[for a in b : a]}",
        "${~ a ~}",
        "%{ if a }",
        "%{ else }",
        "%{ endif }",
        "%{ for a in b ~}",
        "%{ endfor }",
        "${",
        "${a b}",
        "${<<A\nb\nA\n}",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Blocks of a formatted configuration, most of which the reader should know.
fn blocks() -> impl Strategy<Value = String> {
    let term = prop::sample::select(vec![
        "1",
        "1.5",
        "\"a\"",
        "\"a-${b}\"",
        "a.b",
        "a[0].b",
        "a[*].b",
        "f(a, b)",
        "[1, 2]",
        "{ a = 1 }",
        "(a)",
        "!a",
        "-1",
        "{\n    a = 1\n    b : 2,\n  }",
        "[\n    1,\n    # c\n    2,\n  ]",
        "[for a in b : a if a]",
        "{ for a, b in c : a => b... }",
        "<<-EOT\n    a ${b}\n  EOT",
        "<<EOT\n%{ if a }b%{ endif }\nEOT",
        "f(a...)",
        "null",
        "a.*.b",
        "a.0.b",
        "\"$${a}\"",
        "\"\\n\"",
        "{ \"a\" = 1, (b) = 2 }",
        "[",
        "}",
        "a b",
        "a = b",
        "1 2",
        ". a",
        "\"${\"",
        "{ a = }",
        "f(",
        "a ?",
        "{ for a in b : a }",
        "{ for = 1, if = 2 }",
        "{ null = 1, true = 2 }",
        "{ in : 1 }",
        "for",
        "if.else",
        "1e5",
        "1.5E-3",
        "2e",
        "\"${\n  a\n}\"",
        "\"${a /* c */}\"",
        "\"${ # c\n  a }\"",
        "\"é${b}\"",
        "é",
        "aé.b",
        "{ é = 1 }",
        "a::b(c)",
        "<<A\na ${<<B\nb\nB\n}\nA",
        "<<-A\n  ${f(<<-B\n    b\n  B\n  )}\n A",
        "a[*].b.*.c",
        "a.*.b[*].c",
        "!-!a",
    ]);
    let operator = prop::sample::select(vec![
        " + ",
        " == ",
        " && ",
        " ? 1 : ",
        " - ",
        "\n  + ",
        " /* c */ * ",
        "?2:",
        " => ",
        " ",
    ]);
    let expr = (term.clone(), prop::collection::vec((operator, term), 0..3)).prop_map(|(first, rest)| {
        rest.into_iter().fold(first.to_owned(), |expr, (operator, term)| expr + operator + term)
    });
    let line = (prop::sample::select(vec!["a = ", "b=", "c  =  ", "d \"x\" ", "e "]), expr).prop_map(
        |(name, expr)| {
            if name.contains('=') {
                format!("  {name}{expr}\n")
            } else {
                format!("  {name}{{ x = {expr} }} # c\n")
            }
        },
    );
    (prop::collection::vec(line, 0..4), prop::bool::weighted(0.2)).prop_map(|(lines, returns)| {
        let text = format!("resource \"a\" \"b\" {{\n{}}}", lines.concat());
        if returns { text.replace('\n', "\r\n") } else { text }
    })
}

#[test]
fn all_that_is_common_in_configurations_is_read() {
    for text in [
        "resource \"a\" b {\n  c = -1\n  d = - 1.50\n  e = [1, \"\", null, true]\n}\n",
        "locals { a = b.c[0].d[\"e\"].*.f[*].g.0.h }",
        "x {\n  a = b.*.c[0].d\n  e = b[*].c[0].*.d[1]\n}",
        "x {\n  a = b * (c + d) / 2 - e % f == g || !h && i != -j\n}",
        "x {\n  a = (b ? c : d) ? (e) : [\n    f\n    ? g\n    : h,\n  ]\n}",
        "x {\n  a = \"b-${c(d, [e]...)}-$${f}%%{g} $ % \\\"h\\\" ${\"i${j}\"}\"\n}",
        "x {\n  a = <<-EOT\n      b ${c}\n    d $${e}\n\n      f\n  EOT\n  g = <<H\nH\n}",
        "x {\n  a = {\n    b = 1, (c) = 2\n    \"d\" : 3 # e\n    f.g = 4\n    b = 5\n  }\n}",
        "x {\r\n  a = { for k, v in b : k => v... if v } // c\r\n  d = [for e in f : e /* g */]\r\n}",
        "x \"y\" {\n  # a\n  b \"c\" d {\n    e { f = 1 }\n    g {}\n  }\n}\n# h",
    ] {
        assert!(reads_as_the_parser_does(text), "{text}");
    }
}

#[test]
fn what_the_parser_refuses_is_left_to_it() {
    for text in [
        "x {\n  a = 1\n  a = 2\n}",
        "x {\n  a = 1 b = 2\n}",
        "x { a {} }",
        "x {\n  a = [1 2]\n}",
        "x {\n  a = \"\\q\"\n}",
        "x {\n  a = b.\n}",
        "x {\n  a = b ?: c\n}",
        "x {\n  a = b..c\n}",
        "x {} y {}",
        "x = 1",
    ] {
        assert!(!reads_as_the_parser_does(text), "{text}");
    }
}

#[test]
fn an_argument_may_come_once_however_many_there_are() {
    let many: String = (0..100).map(|n| format!("  a{n} = {n}\n")).collect();
    assert!(reads_as_the_parser_does(&format!("x {{\n{many}}}")));
    for again in ["a1", "a80"] {
        assert!(!reads_as_the_parser_does(&format!("x {{\n{many}  {again} = 1\n}}")), "{again}");
    }
}

#[test]
fn the_parser_takes_all_depths_that_are_read_and_fewer_operators() {
    let nested = |depth| format!("x {{\n  a = {}1{}\n}}", "[".repeat(depth), "]".repeat(depth));
    assert!(reads_as_the_parser_does(&nested(DEPTH - 2)));
    assert!(!reads_as_the_parser_does(&nested(DEPTH)));
    assert!(parse_body(&nested(60)).is_ok());
    assert!(parse_body(&nested(70)).unwrap_err().message().contains("at most 64 nested levels"));

    let chain = |operators| format!("x {{\n  a = b{}\n}}", " || b".repeat(operators));
    assert!(reads_as_the_parser_does(&chain(128)));
    assert!(parse_body(&chain(129)).unwrap_err().message().contains("at most 128 chained"));
    for (text, is_read) in [
        (chain(OPERATORS), true),
        (chain(OPERATORS + 1), false),
        (format!("x {{\n  a = [b{0}, b{0}]\n}}", " || b".repeat(OPERATORS)), true),
        (format!("x {{\n  a = (b{0}){0}\n}}", " || b".repeat(OPERATORS / 2)), true),
        (format!("x {{\n  a = (b{0}){0} || b\n}}", " || b".repeat(OPERATORS / 2)), false),
        (format!("x {{\n  a = f(b{0}, c) + 1\n}}", " || b".repeat(OPERATORS)), false),
    ] {
        let sources = Sources::new(MemoryFiles::new([("main.tf", text.as_bytes().to_vec())]));
        let places = Places::direct(sources.load("main.tf").unwrap().id(), 0);
        assert_eq!(read_block(&Lowering { text: &text, places }).is_some(), is_read, "{text}");
    }
}

#[test]
fn what_is_common_in_templates_is_read() {
    for text in
        ["", "a", "a ${b} $${c} %%{d} \"$\" %\n", "${jsonencode({\n  a = [\"${b}\"]\n})}\n", "\\n ${a}é\r\n"]
    {
        assert!(reads_a_template_as_the_parser_does(text), "{text}");
    }
}

#[test]
fn a_line_that_only_begins_with_the_marker_ends_no_heredoc_for_either() {
    assert!(reads_as_the_parser_does(
        "resource \"a\" \"b\" {\n  a = <<-EOT\n    a ${b}\n  EOT + <<-EOT\n    a ${b}\n  EOT\n}"
    ));
}

proptest! {
    #[test]
    fn whatever_is_read_of_a_template_is_read_as_the_parser_does(text in prop_oneof![templates(), fragments()]) {
        reads_a_template_as_the_parser_does(&text);
    }

    #[test]
    fn whatever_is_read_is_read_as_the_parser_does(text in prop_oneof![blocks(), fragments()]) {
        reads_as_the_parser_does(&text);
    }
}
