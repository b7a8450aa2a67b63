//! Maps of which a condition chooses one as a whole: `Properties: !If [...]`.

use std::sync::Arc;

use iamrail_core::collections::{HashSet, IndexMap};
use iamrail_core::value::{Alternative, Choice, Field, Kind, Map, Possible, Value};

/// A choice of maps as a map of choices: every entry is what the branches have under its key, each under the condition of
/// its branch. Anything else stays as it is.
pub(super) fn spread(value: Value) -> Value {
    let Kind::Choice(choice) = &value.kind else { return value };
    let branches = value.alternatives();
    let maps = || branches.iter().filter_map(|one| one.value?.as_map());
    let mut seen = HashSet::default();
    let keys = maps().flat_map(|map| map.entries.keys()).filter(|key| seen.insert(Arc::clone(key)));
    let entry = |key: &Arc<str>| {
        let alternatives: Vec<_> = branches.iter().map(|branch| of_branch(branch, key)).collect();
        let key = maps().find_map(|map| map.entries.get(key)?.key);
        let mut present = alternatives.iter().filter_map(|one| one.value.as_ref());
        // What several branches have stands nowhere but in all of them.
        let span = match (present.next(), present.next()) {
            (Some(only), None) => only.span,
            _ => value.span,
        };
        let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided: choice.undecided.clone() }));
        Field { key, value: Value { kind, span, ..value.clone() } }
    };
    let entries: IndexMap<_, _> = keys.map(|key| (Arc::clone(key), entry(key))).collect();
    let open = branches.iter().find_map(|branch| match &branch.value?.kind {
        Kind::Unknown(unknown) => Some(Arc::clone(unknown)),
        Kind::Map(map) => map.open.clone(),
        _ => None,
    });
    Value { kind: Kind::Map(Arc::new(Map { entries, open })), ..value.clone() }
}

/// What a branch has under a key: nothing, or what cannot be told, as the case may be.
fn of_branch(branch: &Possible<'_>, key: &str) -> Alternative {
    let value = branch.value.and_then(|value| match &value.kind {
        Kind::Map(map) => {
            map.get(key).cloned().or_else(|| map.open.as_ref().map(|open| Value::unknown(Arc::clone(open))))
        }
        Kind::Unknown(_) => Some(value.clone()),
        _ => None,
    });
    Alternative { guard: branch.guard.clone(), value }
}
