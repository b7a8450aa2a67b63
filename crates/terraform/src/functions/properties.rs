//! What holds of every function, whatever its arguments: it does not panic, and what it makes of arguments that are
//! partly known agrees with what it makes of the whole.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{
    Alternative, Choice, Field, Hole, Kind, List, Number, Origins, Part, Reason, Text, Unknown, Value,
};
use proptest::prelude::*;

use super::function::Function;
use super::tests::Module;
use super::{FAMILIES, call};
use crate::types::{Constraint, equal, into_set};

/// A value of which parts can be hidden.
#[derive(Clone, Debug)]
enum Seed {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// Pieces, each hidden or not.
    Text(Vec<(String, bool)>),
    List(Vec<Seed>),
    Set(Vec<Seed>),
    Map(Vec<(String, Seed)>),
    Hidden(Box<Seed>),
    OneOf(Vec<Seed>, usize),
}

fn unknown() -> Arc<Unknown> {
    Arc::new(Unknown::new(Reason::NoValue, "x"))
}

impl Seed {
    /// The value; with `hides`, without what is hidden.
    fn value(&self, hides: bool) -> Value {
        let all = |seeds: &[Seed]| seeds.iter().map(|one| one.value(hides)).collect::<Vec<_>>();
        match self {
            Seed::Null => Value::null(),
            Seed::Bool(value) => Value::bool(*value),
            Seed::Int(value) => Value::int(*value),
            Seed::Float(value) => Value::new(Kind::Number(Number::Float(*value))),
            Seed::Text(pieces) => {
                let part = |(text, hidden): &(String, bool)| match hides && *hidden {
                    true => Part::Hole(Arc::new(Hole {
                        unknown: unknown(),
                        origins: Origins::none(),
                        span: None,
                    })),
                    false => Part::Literal { text: text.as_str().into(), span: None },
                };
                Value::new(Kind::Text(Text::from_parts(pieces.iter().map(part).collect())))
            }
            Seed::List(seeds) => Value::list(all(seeds)),
            Seed::Set(seeds) => Value::new(Kind::Set(Arc::new(into_set(all(seeds), None)))),
            Seed::Map(entries) => {
                let field = |seed: &Seed| Field { key: None, value: seed.value(hides) };
                Value::map(entries.iter().map(|(key, seed)| (key.as_str().into(), field(seed))).collect())
            }
            Seed::Hidden(_) if hides => Value::unknown(unknown()),
            Seed::Hidden(seed) => seed.value(hides),
            Seed::OneOf(seeds, real) if !hides => seeds[*real % seeds.len()].value(hides),
            Seed::OneOf(seeds, _) => {
                let alternative = |value| Alternative { guard: Guard::always(), value: Some(value) };
                let alternatives = all(seeds).into_iter().map(alternative).collect();
                Value::new(Kind::Choice(Arc::new(Choice { alternatives, undecided: Some(unknown()) })))
            }
        }
    }
}

fn has_hidden_in_set(seed: &Seed) -> bool {
    match seed {
        Seed::Set(_) => !seed.value(true).is_wholly_known(),
        Seed::List(seeds) | Seed::OneOf(seeds, _) => seeds.iter().any(has_hidden_in_set),
        Seed::Map(entries) => entries.iter().any(|(_, seed)| has_hidden_in_set(seed)),
        Seed::Hidden(seed) => has_hidden_in_set(seed),
        _ => false,
    }
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c:/ ]{0,6}",
        "\\PC{0,4}",
        Just("arn:aws:iam::123456789012:role/x".to_owned()),
        Just("%s-%d".to_owned()),
        Just("{\"a\": [1, \"b\"]}".to_owned()),
        Just("2020-01-02T03:04:05Z".to_owned()),
        Just("10.0.0.0/8".to_owned()),
        Just("/[ab]+/".to_owned()),
        "-?[0-9]{1,3}",
    ]
}

fn seeds() -> impl Strategy<Value = Seed> {
    let leaf = prop_oneof![
        1 => Just(Seed::Null),
        1 => any::<bool>().prop_map(Seed::Bool),
        3 => (-3i128..6).prop_map(Seed::Int),
        1 => any::<i128>().prop_map(Seed::Int),
        1 => any::<f64>().prop_map(Seed::Float),
        6 => prop::collection::vec((words(), prop::bool::weighted(0.3)), 0..4).prop_map(Seed::Text),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 0..4).prop_map(Seed::List),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Seed::Set),
            2 => prop::collection::vec(("[a-c]", inner.clone()), 0..4).prop_map(Seed::Map),
            2 => inner.clone().prop_map(|seed| Seed::Hidden(Box::new(seed))),
            1 => (prop::collection::vec(inner, 1..3), any::<usize>()).prop_map(|(all, at)| Seed::OneOf(all, at)),
        ]
    })
}

fn functions() -> impl Strategy<Value = &'static Function> {
    let all: Vec<&Function> = FAMILIES.iter().flat_map(|family| family.iter()).collect();
    prop::sample::select(all)
}

/// Whether a value that is partly known can turn out to be another.
fn admits(partial: &Value, whole: &Value) -> bool {
    match (&partial.kind, &whole.kind) {
        (Kind::Unknown(_), _) => true,
        (Kind::Choice(_), _) => {
            partial.alternatives().iter().any(|one| one.value.is_none_or(|value| admits(value, whole)))
        }
        (Kind::Text(partial), Kind::Text(whole)) => whole.as_str().is_some_and(|whole| fits(partial, &whole)),
        (Kind::List(partial), Kind::List(whole)) if partial.open.is_none() => {
            partial.items.len() == whole.items.len()
                && partial.items.iter().zip(&whole.items).all(|(partial, whole)| admits(partial, whole))
        }
        // A list becomes a set when another argument turns out to be one.
        (Kind::List(partial), Kind::List(whole) | Kind::Set(whole)) => each_is_there(partial, whole),
        (Kind::Set(partial), Kind::Set(whole)) => {
            let is_expected = |item: &Value| partial.items.iter().any(|one| admits(one, item));
            each_is_there(partial, whole) && (partial.open.is_some() || whole.items.iter().all(is_expected))
        }
        (Kind::Map(partial), Kind::Map(whole)) => {
            let expected = |key: &Arc<str>| partial.open.is_some() || partial.entries.contains_key(key);
            whole.entries.keys().all(expected)
                && partial.iter().all(|(key, value)| whole.get(key).is_some_and(|whole| admits(value, whole)))
        }
        // Numbers that are none are not equal to themselves.
        (Kind::Number(Number::Float(number)), Kind::Number(_)) if number.is_nan() => true,
        // The elements of a list become texts when one of them turns out to be a text.
        (Kind::Bool(_) | Kind::Number(_), Kind::Text(_))
        | (Kind::Text(_), Kind::Bool(_) | Kind::Number(_)) => {
            let text = |value: &Value| Constraint::String.convert(value.clone()).unwrap();
            admits(&text(partial), &text(whole))
        }
        _ => equal(partial, whole) == Some(true),
    }
}

fn each_is_there(partial: &List, whole: &List) -> bool {
    partial.items.iter().all(|item| whole.items.iter().any(|one| admits(item, one)))
}

fn fits(partial: &Text, whole: &str) -> bool {
    let mut pattern = String::from("(?s)\\A");
    for part in partial.parts() {
        match part {
            Part::Literal { text, .. } => pattern.push_str(&regex::escape(text)),
            Part::Hole(_) => pattern.push_str(".*"),
        }
    }
    regex::Regex::new(&format!("{pattern}\\z")).unwrap().is_match(whole)
}

/// Functions that take something for granted: `distinct` that an unknown element equals no other, `flatten` that an unknown element is none of the lists, `format` that
/// there is no verb in a hole of its template, `jsondecode` and `yamldecode` that holes do not change the structure of a text, `can` and `try` that
/// their arguments have been evaluated.
const ASSUMING: [&str; 8] =
    ["yamldecode", "distinct", "flatten", "format", "formatlist", "jsondecode", "can", "try"];

/// Functions that pick one of their arguments or elements: what decides which is not what the result is made of.
const CHOOSING: [&str; 8] =
    ["can", "coalesce", "coalescelist", "element", "issensitive", "lookup", "one", "try"];

/// Functions that cut the first argument or leave it as it is: the others only say where.
const CUTTING: [&str; 5] = ["replace", "substr", "trim", "trimprefix", "trimsuffix"];

/// The value as an attribute of a resource, with all that is in it.
fn of_resource(value: &Value, name: &str) -> Value {
    let within = |list: &List| {
        let items = list.items.iter().map(|item| of_resource(item, name)).collect();
        Arc::new(List::new(items, list.open.clone()))
    };
    let kind = match &value.kind {
        Kind::List(list) => Kind::List(within(list)),
        Kind::Set(list) => Kind::Set(within(list)),
        Kind::Map(map) => {
            let field = |(key, value): (&Arc<str>, &Value)| {
                (Arc::clone(key), Field { key: None, value: of_resource(value, name) })
            };
            Value::map(map.iter().map(field).collect()).kind
        }
        kind => kind.clone(),
    };
    Value::new(kind).with_origins(Origins::of(name, "arn"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn what_is_made_of_a_part_agrees_with_what_is_made_of_the_whole(
        function in functions(),
        arguments in prop::collection::vec(seeds(), 0..4),
    ) {
        let values = |hides| arguments.iter().map(|one| one.value(hides)).collect::<Vec<_>>();
        let module = Module::empty();
        let partial = call(function.name, &values(true), &module).unwrap();
        // In texts the elements of a set keep their order, wherever those that are not known belong.
        prop_assume!(function.name != "jsonencode" || !arguments.iter().any(has_hidden_in_set));
        // What this one makes is known of no argument.
        prop_assume!(function.name != "base64gzip");
        if let Ok(whole) = call(function.name, &values(false), &module).unwrap()
            && !ASSUMING.contains(&function.name)
        {
            let partial = partial.map_err(|error| TestCaseError::fail(format!("{}: {error}", function.name)))?;
            prop_assert!(admits(&partial, &whole), "{}: {partial:?} is not {whole:?}", function.name);
        }
    }

    #[test]
    fn what_a_result_is_made_of_is_among_its_origins(
        function in functions(),
        arguments in prop::collection::vec(seeds(), 1..4),
        other in seeds(),
        at in any::<usize>(),
    ) {
        prop_assume!(!CHOOSING.contains(&function.name));
        let at = if CUTTING.contains(&function.name) { 0 } else { at % arguments.len() };
        let name = |at: usize| format!("aws_iam_role.r{at}");
        let marked = |(at, seed): (usize, &Seed)| of_resource(&seed.value(false), &name(at));
        let one: Vec<Value> = arguments.iter().enumerate().map(marked).collect();
        let mut two = one.clone();
        two[at] = marked((at, &other));
        let module = Module::empty();
        let [one, two] = [one, two].map(|arguments| call(function.name, &arguments, &module).unwrap());
        if let (Ok(one), Ok(two)) = (one, two)
            && equal(&one, &two) == Some(false)
        {
            for made in [one, two] {
                let is_known = made.origins.iter().any(|origin| *origin.resource == *name(at));
                prop_assert!(is_known, "{} forgets argument {at} of {arguments:?}", function.name);
            }
        }
    }
}
