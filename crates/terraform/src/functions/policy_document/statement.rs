//! A `statement` block as a statement of IAM's JSON.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, Map, Unknown, Value};

use super::blocks::{Block, Blocks};
use super::elements::{has_variables, set, sorted, texts, with_variables};
use super::{checksum, list, map};

/// The version that knows no policy variables.
const WITHOUT_VARIABLES: &str = "2008-10-17";

/// The statement of a block.
///
/// # Errors
/// Says what the provider refuses.
pub(super) fn render(block: &Value, version: Option<&str>) -> Result<Value, String> {
    let Some(arguments) = block.as_map() else { return Ok(block.clone()) };
    let mut writer = Writer { arguments, version, entries: IndexMap::default() };
    writer.text("Sid", "sid", None);
    writer.text("Effect", "effect", Some("Allow"));
    writer.set("Action", "actions", false)?;
    writer.set("NotAction", "not_actions", false)?;
    writer.set("Resource", "resources", true)?;
    writer.set("NotResource", "not_resources", true)?;
    writer.principals("Principal", "principals")?;
    writer.principals("NotPrincipal", "not_principals")?;
    writer.conditions()?;
    let mut statement = map(writer.entries, arguments.open.clone()).at(block.span);
    statement.sensitive |= block.sensitive;
    Ok(statement)
}

struct Writer<'v> {
    arguments: &'v Map,
    version: Option<&'v str>,
    entries: IndexMap<Arc<str>, Field>,
}

impl Writer<'_> {
    fn put(&mut self, name: &str, argument: &str, value: Value) {
        let key = self.arguments.entries.get(argument).and_then(|field| field.key);
        self.entries.insert(name.into(), Field { key, value });
    }

    fn text(&mut self, name: &str, argument: &str, default: Option<&str>) {
        let value = self.arguments.get(argument).filter(|value| !value.is_null()).cloned();
        let is_empty = |value: &Value| value.as_str().is_some_and(|text| text.is_empty());
        if let Some(value) = value.or_else(|| default.map(Value::text)).filter(|value| !is_empty(value)) {
            self.put(name, argument, value);
        }
    }

    fn set(&mut self, name: &str, argument: &str, variables: bool) -> Result<(), String> {
        let value = self.arguments.get(argument);
        if variables {
            self.refuse_variables(value)?;
        }
        let each: &dyn Fn(Value) -> Value = if variables { &with_variables } else { &|text| text };
        if let Some(value) = set(value, each) {
            self.put(name, argument, value);
        }
        Ok(())
    }

    fn refuse_variables(&self, value: Option<&Value>) -> Result<(), String> {
        if self.version == Some(WITHOUT_VARIABLES) && value.is_some_and(has_variables) {
            return Err(format!("`&{{` is not supported in version {WITHOUT_VARIABLES}"));
        }
        Ok(())
    }

    fn principals(&mut self, name: &str, argument: &str) -> Result<(), String> {
        let blocks = Blocks::of(self.arguments.get(argument));
        let mut open = blocks.open.clone();
        let mut by_type: IndexMap<Arc<str>, Identifiers> = IndexMap::default();
        for block in in_order(blocks.items, |block| {
            let identifiers = in_set_order(block.value.get("identifiers")?)?;
            let kind = block.value.get("type")?.as_str()?;
            Some(format!("identifiers:{{{identifiers}}};type:{kind};"))
        }) {
            let identifiers = block.value.get("identifiers");
            self.refuse_variables(identifiers)?;
            let kind = block.value.get("type");
            let Some(kind) = kind.and_then(Value::as_str) else {
                open = open.or_else(|| kind.and_then(Value::unknown_part).cloned());
                continue;
            };
            by_type.entry(kind.as_ref().into()).or_default().take(&block, identifiers);
        }
        by_type.sort_keys();
        if by_type.is_empty() && open.is_none() {
            return Ok(());
        }
        let is_everyone = by_type.len() == 1 && open.is_none();
        let everyone = by_type.get("*").filter(|_| is_everyone).and_then(Identifiers::everyone);
        let value = everyone.cloned().unwrap_or_else(|| {
            let entries = by_type.into_iter().map(|(kind, identifiers)| (kind, identifiers.into_field()));
            map(entries.collect(), open)
        });
        self.put(name, argument, value);
        Ok(())
    }

    fn conditions(&mut self) -> Result<(), String> {
        let blocks = Blocks::of(self.arguments.get("condition"));
        let mut open = blocks.open.clone();
        let mut by_test: IndexMap<Arc<str>, IndexMap<Arc<str>, Field>> = IndexMap::default();
        for block in in_order(blocks.items, |block| {
            let text = |name| block.value.get(name).and_then(Value::as_str);
            let values = texts(block.value.get("values")?);
            let values =
                values.iter().map(|one| Some(format!("{};", one.as_str()?))).collect::<Option<String>>()?;
            Some(format!("test:{};values:({values});variable:{};", text("test")?, text("variable")?))
        }) {
            let part = |name| block.value.get(name);
            self.refuse_variables(part("values"))?;
            let names = (part("test").and_then(Value::as_str), part("variable").and_then(Value::as_str));
            let (true, (Some(test), Some(variable))) = (block.is_certain, names) else {
                // A condition that may not be there, or whose name is not known, restricts the statement in a way
                // that cannot be told.
                open = open.or_else(|| block.doubt()).or_else(|| block.value.unknown_part().cloned());
                continue;
            };
            let values = part("values").cloned().unwrap_or_default();
            let key = block.value.as_map().and_then(|map| map.entries.get("variable"));
            let key = key.and_then(|field| field.value.span.or(field.key));
            let variables = by_test.entry(test.as_ref().into()).or_default();
            let values = with_variables_in(values);
            match variables.get_mut(variable.as_ref()) {
                Some(known) => known.value = joined(&known.value, &values),
                None => drop(variables.insert(variable.as_ref().into(), Field { key, value: values })),
            }
        }
        by_test.sort_keys();
        if by_test.is_empty() && open.is_none() {
            return Ok(());
        }
        let by_test = by_test.into_iter().map(|(test, mut variables)| {
            variables.sort_keys();
            let variables = variables
                .into_iter()
                .map(|(variable, field)| (variable, Field { key: field.key, value: flat(field.value) }));
            (test, Field { key: None, value: map(variables.collect(), None) })
        });
        let value = map(by_test.collect(), open);
        self.put("Condition", "condition", value);
        Ok(())
    }
}

/// The identifiers of one type of principal.
#[derive(Default)]
struct Identifiers {
    key: Option<Span>,
    span: Option<Span>,
    items: Vec<Value>,
    open: Option<Arc<Unknown>>,
    /// How many lists they came in. One text of one list is written without brackets.
    lists: usize,
}

impl Identifiers {
    fn take(&mut self, block: &Block<'_>, identifiers: Option<&Value>) {
        let field = block.value.as_map().and_then(|map| map.entries.get("type"));
        self.key = self.key.or_else(|| field.and_then(|field| field.value.span.or(field.key)));
        let Some(identifiers) = identifiers else { return };
        self.span = self.span.or(identifiers.span);
        for one in Block::each(identifiers) {
            match &one.value.kind {
                Kind::Unknown(unknown) => drop(self.open.get_or_insert_with(|| Arc::clone(unknown))),
                _ => {
                    let texts = sorted(texts(one.value).into_iter().map(with_variables).collect());
                    self.lists += 1;
                    self.items.extend(texts.into_iter().map(|text| block.wrap(one.wrap(text))));
                    let open = one.value.as_list().and_then(|list| list.open.clone());
                    self.open = self.open.take().or(open);
                }
            }
        }
    }

    /// The `*`, if it is the only identifier.
    fn everyone(&self) -> Option<&Value> {
        match self.items.as_slice() {
            [one] if self.open.is_none() && one.as_str().as_deref() == Some("*") => Some(one),
            _ => None,
        }
    }

    fn into_field(mut self) -> Field {
        let is_text = self.items.first().is_some_and(|one| matches!(one.kind, Kind::Text(_)));
        let value = match self.items.pop() {
            Some(one) if self.lists == 1 && self.items.is_empty() && self.open.is_none() && is_text => one,
            last => {
                self.items.extend(last);
                list(self.items, self.open).at(self.span)
            }
        };
        Field { key: self.key, value }
    }
}

/// Blocks of a set in the order of the provider, which is that of checksums; as written when not all is known.
fn in_order<'v>(blocks: Vec<Block<'v>>, code: impl Fn(&Block<'v>) -> Option<String>) -> Vec<Block<'v>> {
    let codes: Option<Vec<String>> =
        blocks.iter().map(|block| Some(checksum(&code(block)?).to_string())).collect();
    let Some(codes) = codes else { return blocks };
    let mut blocks: Vec<_> = codes.into_iter().zip(blocks).collect();
    blocks.sort_by(|(a, _), (b, _)| a.cmp(b));
    blocks.dedup_by(|(a, _), (b, _)| a == b);
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// The elements of a set of texts in the order of the provider, each followed by a semicolon.
fn in_set_order(value: &Value) -> Option<String> {
    let texts = texts(value);
    let mut texts: Vec<String> =
        texts.iter().map(|one| Some(format!("{};", one.as_str()?))).collect::<Option<_>>()?;
    texts.sort_by_key(|text| checksum(text).to_string());
    texts.dedup();
    Some(texts.concat())
}

fn with_variables_in(values: Value) -> Value {
    match values.as_list() {
        Some(items) => {
            let texts = texts(&values).into_iter().map(with_variables).collect();
            list(texts, items.open.clone()).at(values.span)
        }
        None => values,
    }
}

/// Values of two blocks with the same test and variable.
fn joined(first: &Value, second: &Value) -> Value {
    let (Some(a), Some(b)) = (first.as_list(), second.as_list()) else {
        // One of them is not known as a whole: some of the values are all that can be said.
        let known = first.as_list().or(second.as_list()).map(|list| list.items.clone()).unwrap_or_default();
        let open = first.unknown_part().or(second.unknown_part()).cloned();
        return list(known, open).at(first.span);
    };
    let items = a.items.iter().chain(&b.items).cloned().collect();
    list(items, a.open.clone().or_else(|| b.open.clone())).at(first.span)
}

/// One value is written without brackets.
fn flat(values: Value) -> Value {
    match values.as_list().map(|list| (list.items.as_slice(), &list.open)) {
        Some(([one], None)) if matches!(one.kind, Kind::Text(_)) => one.clone(),
        _ => values,
    }
}
