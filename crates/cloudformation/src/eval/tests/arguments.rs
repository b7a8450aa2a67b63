//! What functions take, and what they refuse.

use super::{evaluated, shown, value};

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
