//! Terraform's types: the constraints of variables, conversion to them, unification and equality.
//!
//! A [`Value`](iamrail_core::value::Value) does not tell a list from a tuple or a map from an object, and for what
//! Terraform computes the difference shows in few places: [`equal`] says which.

mod constraint;
mod convert;
mod equality;
mod number;
mod parse;
mod text;
mod unify;

pub(crate) use constraint::{Attribute, Constraint, TypeError, type_name};
pub(crate) use equality::{compare, equal, into_set};
pub(crate) use number::{
    Inexact, add, divide, format_number, is_close, is_rounded, multiply, negate, normalize, parse_number,
    remainder, rounded, to_float,
};
pub(crate) use text::{composed, continues_letter};
pub(crate) use unify::unify;

#[cfg(test)]
mod tests;
