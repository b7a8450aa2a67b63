//! What functions take, and what they refuse.

use super::{SECTIONS, evaluated, shown, value};

#[test]
fn an_element_that_is_not_there_shifts_what_follows_it() {
    for (property, expected) in [
        ("!Select [0, [!If [Prod, a, !Ref AWS::NoValue], b]]", ["Prod: a", "not Prod: b"]),
        ("!Select [1, [a, !If [Prod, !If [Prod, b, c], !Ref AWS::NoValue], d]]", ["Prod: b", "not Prod: d"]),
        ("!Select [0, !If [Prod, [!If [Prod, !Ref AWS::NoValue, a], b], [c]]]", ["Prod: b", "not Prod: c"]),
        ("!Select [0, [a, !If [Prod, b, !Ref AWS::NoValue]]]", ["a", ""]),
        ("!Length [a, !If [Prod, b, !Ref AWS::NoValue]]", ["Prod: 2", "not Prod: 1"]),
    ] {
        let expected: Vec<_> = expected.into_iter().filter(|one| !one.is_empty()).collect();
        assert_eq!(shown(&value(property)), expected, "{property}");
    }
    let many: String = (0..12).map(|at| format!("!If [C{at}, x, !Ref AWS::NoValue], ")).collect();
    let conditions: String = (0..12).map(|at| format!("  C{at}: !Equals [!Ref P{at}, x]\n")).collect();
    let parameters: String = (0..12).map(|at| format!("  P{at}: {{Type: String}}\n")).collect();
    let sections = format!("Parameters:\n{parameters}Conditions:\n{conditions}");
    let (many, messages) = evaluated(&format!("!Select [3, [{many}y]]"), &sections, &[]);
    assert!(many.is_unknown() && messages.is_empty(), "{many:?} {messages:?}");
}

/// What is said of a property.
fn said(property: &str) -> Vec<String> {
    evaluated(property, SECTIONS, &[]).1
}

#[test]
fn what_cidr_takes_is_checked() {
    for (property, expected) in [
        ("!Cidr [!Ref Free, 6, 5]", ""),
        ("!Cidr ['10.0.0.0/16', '256']", ""),
        ("!Cidr ['fd00::/56', !Ref Free, 64]", ""),
        ("!Cidr ['10.0.0.0/16']", "`Cidr` takes a list of a block, a number of blocks and a number of bits"),
        ("!Cidr ['10.0.0.0', 1, 8]", "the first argument of `Cidr` must be a block such as `10.0.0.0/16`"),
        ("!Cidr ['10.0.0.0/33', 1, 8]", "the first argument of `Cidr` must be a block such as `10.0.0.0/16`"),
        ("!Cidr ['10.0.0.0/16', 257, 8]", "`Cidr` makes between 1 and 256 blocks, not 257"),
        ("!Cidr ['10.0.0.0/16', 1, 0]", "a block of `Cidr` has between 1 and 128 bits, not 0"),
    ] {
        let expected: Vec<_> = Some(expected).filter(|one| !one.is_empty()).into_iter().collect();
        assert_eq!(said(property), expected, "{property}");
    }
}
