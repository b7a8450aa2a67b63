use std::sync::Arc;

use iamrail_core::source::{Entry, FileError, MemoryFiles, SourceFile, Sources};
use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value, json};

use super::{Host, call};

/// A module without files but those given.
pub(super) struct Module(Sources);

impl Module {
    /// None.
    pub(super) fn empty() -> Self {
        Self(Sources::new(MemoryFiles::default()))
    }
}

impl Host for Module {
    fn read(&self, path: &str) -> Result<Arc<SourceFile>, FileError> {
        self.0.load(path)
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.0.files().list(dir)
    }

    fn render(&self, template: &Arc<SourceFile>, _: &Value) -> Value {
        Value::text(template.text())
    }

    fn render_value(&self, template: &Value, _: &Value) -> Option<Value> {
        Some(template.clone())
    }
}

/// Calls a function with arguments given as a JSON array. `"${x}"` in a text is a hole.
fn called(name: &str, arguments: &str) -> String {
    let Kind::List(list) = json::read(&with_holes(arguments)).unwrap().kind else { panic!("no list") };
    match call(name, &list.items, &Module::empty()).unwrap() {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.message,
    }
}

fn with_holes(text: &str) -> Text {
    let mut parts = Vec::new();
    for (at, piece) in text.split("${").enumerate() {
        let rest = match piece.split_once('}') {
            Some((what, rest)) if at > 0 => {
                let unknown = Arc::new(Unknown::new(Reason::NoValue, what));
                let origins = Origins::of(what, "arn");
                parts.push(Part::Hole(Arc::new(Hole { unknown, origins, span: None })));
                rest
            }
            _ => piece,
        };
        parts.push(Part::Literal { text: rest.into(), span: None });
    }
    Text::from_parts(parts)
}

#[test]
fn texts_with_holes_keep_what_is_certain() {
    for (name, arguments, expected) in [
        ("upper", r#"["a-${x}-b"]"#, r#""A-${x}-B""#),
        ("trimspace", r#"[" ${x} b "]"#, r#""${x} b""#),
        ("trimprefix", r#"["https://${x}", "https://"]"#, r#""${x}""#),
        ("trimprefix", r#"["${x}:sub", "https://"]"#, r#""${x}:sub""#),
        ("trimprefix", r#"["ht${x}", "https://"]"#, "<unknown: `x` has no value>"),
        ("trimsuffix", r#"["${x}/*", "/*"]"#, r#""${x}""#),
        ("join", r#"[",", ["a", "${x}", "b"]]"#, r#""a,${x},b""#),
        ("split", r#"[",", "a,b${x},c,d"]"#, r#"["a", "c", "d", "..."]"#),
        ("replace", r#"["a-${x}-b", "-", "+"]"#, r#""a+${x}+b""#),
        ("replace", r#"["ARN/*", "ARN", "${x}"]"#, r#""${x}/*""#),
        ("replace", r#"["a${x}", "ab", "c"]"#, "<unknown: `x` has no value>"),
        ("substr", r#"["hello${x}", 1, 3]"#, r#""ell""#),
        ("substr", r#"["hello${x}", 1, 5]"#, "<unknown: `x` has no value>"),
        ("basename", r#"["${x}/live/app/"]"#, r#""app""#),
        ("basename", r#"["live/${x}"]"#, "<unknown: `x` has no value>"),
        ("startswith", r#"["arn:${x}", "arn:"]"#, "true"),
        ("startswith", r#"["arn:${x}", "b"]"#, "false"),
        ("endswith", r#"["${x}:root", "t"]"#, "true"),
        ("strcontains", r#"["${x}", "t"]"#, "<unknown: `x` has no value>"),
        ("format", r#"["%s/%03d-%s", "${x}", 7, "b"]"#, r#""${x}/007-b""#),
        ("formatlist", r#"["%s/*", ["${x}", "b"]]"#, r#"["${x}/*", "b/*"]"#),
        ("base64encode", r#"["abcd${x}"]"#, r#""YWJj${x}""#),
        ("jsonencode", r#"[{"b": "<${x}>", "a": ${y}}]"#, r#""{\"a\":${y},\"b\":\"\\u003c${x}\\u003e\"}""#),
    ] {
        assert_eq!(called(name, arguments), expected, "{name}{arguments}");
    }
}

#[test]
fn collections_with_unknown_parts_keep_the_rest() {
    for (name, arguments, expected) in [
        ("concat", r#"[["a"], ${x}, ["b"]]"#, r#"["a", "b", "..."]"#),
        ("flatten", r#"[["a", ["b", [1]]]]"#, r#"["a", "b", 1]"#),
        ("compact", r#"[["a", "", null, "${x}/*"]]"#, r#"["a", "${x}/*"]"#),
        ("merge", r#"[{"b": 1}, null, {"a": 2}]"#, r#"{"a": 2, "b": 1}"#),
        (
            "merge",
            r#"[{"b": 1}, ${x}, {"a": 2}]"#,
            r#"{"a": 2, "b": {Some(1), Some(<unknown: `x` has no value>)}}"#,
        ),
        ("lookup", r#"[{"a": "${x}"}, "a"]"#, r#""${x}""#),
        ("lookup", r#"[{"a": 1, "b": 2}, ${x}, 3]"#, "{Some(1), Some(2), Some(3)}"),
        ("coalesce", r#"[null, "", "a"]"#, r#""a""#),
        ("coalesce", r#"[${x}, "a", "b"]"#, r#"{Some(<unknown: `x` has no value>), Some("a")}"#),
        ("element", r#"[["a", "${x}", "c"], 5]"#, r#""c""#),
        ("slice", r#"[${x}, 0, 2]"#, "[<unknown: `x` has no value>, <unknown: `x` has no value>]"),
        ("slice", r#"[["a", "${x}"], 0, 1]"#, r#"["a"]"#),
        ("length", r#"[["${x}", 1]]"#, "2"),
        ("length", r#"[[${x}, 1]]"#, "<unknown: `x` has no value>"),
        ("contains", r#"[["a", "${x}"], "a"]"#, "true"),
        ("contains", r#"[["a", "b-${x}"], "c"]"#, "false"),
        ("alltrue", r#"[[false, "${x}"]]"#, "false"),
        (
            "yamldecode",
            r#"["a: ${x}\nb: ${x}/*\n${x}: 1\nc: [1]\n"]"#,
            r#"{"a": <unknown: `x` has no value>, "b": "${x}/*", "c": [1]}"#,
        ),
        ("yamldecode", r#"["a: [${x}"]"#, "<unknown: `x` has no value>"),
        ("jsondecode", r#"["{\"a\": \"${x}/b\"}"]"#, r#"{"a": "${x}/b"}"#),
    ] {
        assert_eq!(called(name, arguments), expected, "{name}{arguments}");
    }
}

#[test]
fn only_what_passes_unchanged_stays_a_link() {
    let arn = Value::text("arn").with_origins(Origins::of("aws_iam_role.r", "arn"));
    let list = Value::list(vec![arn.clone()]);
    let exact = |name: &str, arguments: &[Value]| {
        let value = call(name, arguments, &Module::empty()).unwrap().unwrap();
        assert!(!value.origins.is_empty(), "{name}");
        value.origins.exact().is_some()
    };
    assert!(exact("element", &[list.clone(), Value::int(0)]));
    assert!(exact("one", std::slice::from_ref(&list)));
    assert!(exact("coalesce", &[Value::null(), arn.clone()]));
    assert!(exact("sensitive", std::slice::from_ref(&arn)));
    assert!(exact("trimspace", std::slice::from_ref(&arn)));
    assert!(!exact("upper", std::slice::from_ref(&arn)));
    assert!(!exact("join", &[Value::text(","), list.clone()]));
    assert!(!exact("format", &[Value::text("%s"), arn]));
    assert!(!exact("concat", &[list]));
}

#[test]
fn what_is_secret_stays_so_and_is_not_told() {
    let secret = Value { sensitive: true, ..Value::text("hunter2") };
    let value = call("upper", std::slice::from_ref(&secret), &Module::empty()).unwrap().unwrap();
    assert!(value.sensitive);
    let open = call("nonsensitive", std::slice::from_ref(&secret), &Module::empty()).unwrap().unwrap();
    assert!(!open.sensitive);
    let error = call("tonumber", &[secret], &Module::empty()).unwrap().unwrap_err();
    assert!(!error.message.contains("hunter2"), "{error}");
}

#[test]
fn what_is_larger_than_it_looks_is_given_up() {
    let mut value = Value::text("x");
    for _ in 0..64 {
        value = Value::list(vec![value.clone(), value]);
    }
    for name in ["jsonencode", "flatten", "tolist", "yamlencode", "length", "distinct"] {
        let made = call(name, std::slice::from_ref(&value), &Module::empty()).unwrap().unwrap();
        assert!(matches!(&made.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Budget), "{name}");
    }
    let long = "x".repeat(1 << 20);
    let many = Value::list(vec![Value::text("y"); 1 << 10]);
    let is_given_up = |name: &str, arguments: &[Value]| {
        let made = call(name, arguments, &Module::empty()).unwrap().unwrap();
        matches!(&made.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Budget)
    };
    assert!(is_given_up("join", &[Value::text(long.as_str()), many]));
    let error = call("format", &[Value::text("%999999999s"), Value::text("x")], &Module::empty());
    assert!(error.unwrap().is_err());
    let wide = Value::text("x".repeat(1 << 13));
    assert!(is_given_up("replace", &[wide.clone(), Value::text("x"), wide]));
    assert!(is_given_up("regexall", &[Value::text("x"), Value::text("x".repeat(300_000))]));
}

#[test]
fn a_text_of_very_many_parts_is_put_together() {
    let parts = |value: &Value| value.as_text().unwrap().parts().len();
    let many = Value::list(vec![Value::text("x"); 100_000]);
    let joined = call("join", &[Value::text("-"), many], &Module::empty()).unwrap().unwrap();
    assert_eq!((parts(&joined), joined.as_str().unwrap().len()), (1, 199_999));
    let arguments = [joined, Value::text("-"), Value::text("+")];
    let replaced = call("replace", &arguments, &Module::empty()).unwrap().unwrap();
    assert_eq!(parts(&replaced), 1);
    assert!(replaced.as_str().unwrap().starts_with("x+x+"));
}

#[test]
fn calls_that_do_not_fit_are_refused() {
    for (name, arguments, expected) in [
        ("abs", "[]", "expects 1 argument(s); missing value for \"num\""),
        ("abs", "[1, 2]", "expects only 1 argument(s)"),
        ("core::abs", "[\"x\"]", "invalid value for \"num\" parameter: a number is required"),
        ("upper", "[null]", "invalid value for \"str\" parameter: argument must not be null"),
        ("sum", "[[]]", "invalid value for \"list\" parameter: cannot sum an empty list"),
        ("element", "[[], 0]", "cannot use element function with an empty list"),
    ] {
        assert_eq!(called(name, arguments), expected);
    }
    assert!(call("nosuch", &[], &Module::empty()).is_none());
}
