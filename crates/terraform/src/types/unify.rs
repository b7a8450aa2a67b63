//! Finds the type that several values can all be converted to.

use std::sync::Arc;

use super::{Attribute, Constraint};
use iamrail_core::collections::IndexMap;

/// The type that values of all these types can be converted to, as Terraform chooses it for the elements of a
/// list or the branches of a conditional; `None` when there is none. Of no type at all: any.
pub(crate) fn unify<'t>(types: impl IntoIterator<Item = &'t Constraint>) -> Option<Constraint> {
    use Constraint::{Bool, List, Map, Number, Object, Set, String, Tuple};
    let types: Vec<_> = types.into_iter().filter(|one| !one.is_any()).collect();
    let all = |is: fn(&Constraint) -> bool| types.iter().all(|one| is(one));
    let any = |is: fn(&Constraint) -> bool| types.iter().any(|one| is(one));
    let Some(first) = types.first() else { return Some(Constraint::Any) };
    match first {
        Bool if all(|one| matches!(one, Bool)) => Some(Bool),
        Number if all(|one| matches!(one, Number)) => Some(Number),
        Bool | Number | String => {
            let has_text = any(|one| matches!(one, String));
            (has_text && all(|one| matches!(one, Bool | Number | String))).then_some(String)
        }
        List(_) | Set(_) | Tuple(_) if all(|one| matches!(one, List(_) | Set(_) | Tuple(_))) => {
            // A list is converted to a set, never the other way round.
            if any(|one| matches!(one, Set(_))) {
                return Some(Set(Box::new(unify_parts(&types)?)));
            }
            match columns(&types) {
                Some(columns) => Some(Tuple(columns.into_iter().map(unify).collect::<Option<_>>()?)),
                None => Some(List(Box::new(unify_parts(&types)?))),
            }
        }
        Map(_) | Object(_) if all(|one| matches!(one, Map(_) | Object(_))) => match fields(&types) {
            Some(fields) => {
                let attributes = fields.into_iter().map(|(name, types)| {
                    Some((name, Attribute { constraint: unify(types)?, ..Attribute::default() }))
                });
                Some(Object(attributes.collect::<Option<_>>()?))
            }
            None => Some(Map(Box::new(unify_parts(&types)?))),
        },
        _ => None,
    }
}

/// The one type of everything that is in these collections.
fn unify_parts(types: &[&Constraint]) -> Option<Constraint> {
    let parts = types.iter().flat_map(|one| -> Vec<&Constraint> {
        match one {
            Constraint::List(element) | Constraint::Set(element) | Constraint::Map(element) => vec![element],
            Constraint::Tuple(types) => types.iter().collect(),
            Constraint::Object(attributes) => attributes.values().map(|one| &one.constraint).collect(),
            _ => Vec::new(),
        }
    });
    unify(parts)
}

/// The types at each position, when all are tuples of one length.
fn columns<'t>(types: &[&'t Constraint]) -> Option<Vec<Vec<&'t Constraint>>> {
    let mut columns: Option<Vec<Vec<&Constraint>>> = None;
    for one in types {
        let Constraint::Tuple(elements) = one else { return None };
        let columns = columns.get_or_insert_with(|| vec![Vec::new(); elements.len()]);
        if columns.len() != elements.len() {
            return None;
        }
        for (column, element) in columns.iter_mut().zip(elements) {
            column.push(element);
        }
    }
    columns
}

/// The types under each name, when all are objects with the same attributes.
fn fields<'t>(types: &[&'t Constraint]) -> Option<IndexMap<Arc<str>, Vec<&'t Constraint>>> {
    let mut fields: Option<IndexMap<Arc<str>, Vec<&Constraint>>> = None;
    for one in types {
        let Constraint::Object(attributes) = one else { return None };
        let fields = fields
            .get_or_insert_with(|| attributes.keys().map(|name| (Arc::clone(name), Vec::new())).collect());
        if fields.len() != attributes.len() {
            return None;
        }
        for (name, attribute) in attributes {
            fields.get_mut(name)?.push(&attribute.constraint);
        }
    }
    fields
}
