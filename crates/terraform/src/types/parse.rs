//! Reads type expressions.

use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey, UnaryOperator};
use iamrail_core::collections::IndexMap;
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, Number, Reason, Text, Unknown, Value};

use super::{Attribute, Constraint, TypeError, normalize};

/// How deep a type may be nested.
const DEPTH: usize = 64;

/// Gives the place of a range of bytes of the text that was parsed.
pub(crate) type Place<'p> = &'p dyn Fn(Range<usize>) -> Option<Span>;

impl Constraint {
    /// The type that most variables have: a keyword, or a collection of such. `None` for all others, and for what is none.
    pub(crate) fn plain(text: &str) -> Option<Constraint> {
        match text {
            "any" => Some(Constraint::Any),
            "string" => Some(Constraint::String),
            "number" => Some(Constraint::Number),
            "bool" => Some(Constraint::Bool),
            _ => {
                let (collection, element) = text.strip_suffix(')')?.split_once('(')?;
                let of = match collection {
                    "list" => Constraint::List,
                    "set" => Constraint::Set,
                    "map" => Constraint::Map,
                    _ => return None,
                };
                // Of more than one level, the rest is for the parser, which knows how deep it may be.
                let element = (!element.contains('(')).then(|| Constraint::plain(element))??;
                Some(of(Box::new(element)))
            }
        }
    }

    /// The type that an expression denotes. The quoted forms `"string"`, `"list"`, `"map"` of old configurations, and
    /// the quoted types of JSON, are read as well. `place` locates the default values of optional attributes.
    pub(crate) fn parse(expression: &Expression, place: Place<'_>) -> Result<Constraint, TypeError> {
        match expression {
            Expression::Variable(name) if name.as_str() == "list" => Ok(Constraint::List(Box::default())),
            Expression::Variable(name) if name.as_str() == "map" => Ok(Constraint::Map(Box::default())),
            Expression::String(quoted) => {
                let inner: Expression = quoted
                    .as_str()
                    .parse()
                    .map_err(|_| wrong(expression, format!("`{}` is not a type", quoted.as_str())))?;
                match inner {
                    // A quoted text in a quoted text denotes nothing, and would nest without end.
                    Expression::String(_) => {
                        Err(wrong(expression, "a type must not be quoted twice".to_owned()))
                    }
                    // Offsets in the quoted text are not those of the file.
                    inner => Constraint::parse(&inner, &|_| None)
                        .map_err(|error| TypeError { span: expression.span(), ..error }),
                }
            }
            _ => parse(expression, place, DEPTH),
        }
    }
}

fn parse(expression: &Expression, place: Place<'_>, depth: usize) -> Result<Constraint, TypeError> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(wrong(expression, "the type is nested too deeply".to_owned()));
    };
    match expression {
        Expression::Variable(name) => match name.as_str() {
            "any" => Ok(Constraint::Any),
            "string" => Ok(Constraint::String),
            "number" => Ok(Constraint::Number),
            "bool" => Ok(Constraint::Bool),
            name @ ("list" | "set" | "map" | "tuple" | "object") => {
                Err(wrong(expression, format!("the {name} type needs an argument")))
            }
            name => Err(wrong(expression, format!("`{name}` is not a type"))),
        },
        Expression::Parenthesis(inner) => parse(inner.inner(), place, depth),
        Expression::FuncCall(call) => constructed(expression, call, place, depth),
        _ => Err(wrong(expression, "a type is a keyword or a call such as `list(string)`".to_owned())),
    }
}

fn constructed(
    expression: &Expression,
    call: &FuncCall,
    place: Place<'_>,
    depth: usize,
) -> Result<Constraint, TypeError> {
    let name = call.name.name.as_str();
    if name == "optional" {
        return Err(wrong(
            expression,
            "`optional` stands only for an attribute of an object type".to_owned(),
        ));
    }
    let (Some(argument), 1) = (call.args.get(0), call.args.len()) else {
        return Err(wrong(expression, format!("the {name} type takes one argument")));
    };
    match (name, argument) {
        ("list", _) => Ok(Constraint::List(Box::new(parse(argument, place, depth)?))),
        ("set", _) => Ok(Constraint::Set(Box::new(parse(argument, place, depth)?))),
        ("map", _) => Ok(Constraint::Map(Box::new(parse(argument, place, depth)?))),
        ("tuple", Expression::Array(types)) => {
            types.iter().map(|one| parse(one, place, depth)).collect::<Result<_, _>>().map(Constraint::Tuple)
        }
        ("object", Expression::Object(attributes)) => object(attributes, place, depth),
        ("tuple", _) => Err(wrong(argument, "a tuple type takes a list of types".to_owned())),
        ("object", _) => Err(wrong(argument, "an object type takes a map of types".to_owned())),
        _ => Err(wrong(expression, format!("`{name}` is not a type"))),
    }
}

fn object(attributes: &Object, place: Place<'_>, depth: usize) -> Result<Constraint, TypeError> {
    let mut all = IndexMap::with_capacity_and_hasher(attributes.len(), <_>::default());
    for (key, value) in attributes.iter() {
        let name = key_name(key).ok_or_else(|| TypeError {
            message: "the names of attributes are plain words".to_owned(),
            span: key.span(),
        })?;
        all.insert(name, attribute(value.expr(), place, depth)?);
    }
    // Attributes are in the order of their names wherever Terraform lists them.
    all.sort_keys();
    Ok(Constraint::Object(all))
}

fn attribute(expression: &Expression, place: Place<'_>, depth: usize) -> Result<Attribute, TypeError> {
    let Expression::FuncCall(call) = expression else {
        return Ok(Attribute { constraint: parse(expression, place, depth)?, ..Attribute::default() });
    };
    if call.name.name.as_str() != "optional" {
        return Ok(Attribute { constraint: parse(expression, place, depth)?, ..Attribute::default() });
    }
    let (Some(constraint), 1..=2) = (call.args.get(0), call.args.len()) else {
        return Err(wrong(expression, "`optional` takes a type and, if wanted, a default value".to_owned()));
    };
    let constraint = parse(constraint, place, depth)?;
    let default = match call.args.get(1) {
        Some(default) => {
            let value = literal(default, place, depth);
            let value = constraint
                .convert(value)
                .map_err(|error| wrong(default, format!("the default value does not fit: {error}")))?;
            Some(value)
        }
        None => None,
    };
    Ok(Attribute { constraint, optional: true, default })
}

/// The value of an expression without variables and functions, which is all that a default may be.
fn literal(expression: &Expression, place: Place<'_>, depth: usize) -> Value {
    let span = expression.span();
    let located = span.clone().and_then(place);
    let Some(depth) = depth.checked_sub(1) else {
        return Value::unknown(Unknown::new(Reason::Budget, "a default value nested too deeply")).at(located);
    };
    let value = match expression {
        Expression::Null(_) => Value::null(),
        Expression::Bool(value) => Value::bool(**value),
        Expression::Number(number) => Value::new(Kind::Number(number_of(number.value()))),
        Expression::String(text) => {
            let inner = span.and_then(|span| place(span.start + 1..span.end.saturating_sub(1)));
            Value::new(Kind::Text(Text::literal(text.as_str(), inner)))
        }
        Expression::Parenthesis(inner) => return literal(inner.inner(), place, depth),
        Expression::Array(items) => {
            Value::list(items.iter().map(|item| literal(item, place, depth)).collect())
        }
        Expression::Object(fields) => {
            let fields = fields.iter().filter_map(|(key, value)| {
                let value = literal(value.expr(), place, depth);
                Some((key_name(key)?, Field { key: key.span().and_then(place), value }))
            });
            Value::map(fields.collect())
        }
        Expression::UnaryOp(operation) if *operation.operator.value() == UnaryOperator::Neg => {
            match literal(&operation.expr, place, depth).kind {
                Kind::Number(Number::Int(number)) => Value::int(number.saturating_neg()),
                Kind::Number(Number::Float(number)) => Value::new(Kind::Number(Number::Float(-number))),
                _ => unsupported(),
            }
        }
        _ => unsupported(),
    };
    value.at(located)
}

fn unsupported() -> Value {
    Value::unknown(Unknown::new(Reason::Unsupported, "a computed default of an optional attribute"))
}

fn number_of(number: &hcl_edit::Number) -> Number {
    if let Some(number) = number.as_i64() {
        Number::Int(number.into())
    } else if let Some(number) = number.as_u64() {
        Number::Int(number.into())
    } else {
        normalize(number.as_f64().unwrap_or(f64::INFINITY))
    }
}

fn key_name(key: &ObjectKey) -> Option<Arc<str>> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().into()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str().into()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.as_str().into()),
        ObjectKey::Expression(_) => None,
    }
}

fn wrong(expression: &Expression, message: String) -> TypeError {
    TypeError { message, span: expression.span() }
}
