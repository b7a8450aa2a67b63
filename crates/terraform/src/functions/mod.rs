//! The built-in functions of Terraform, a module for each family.

mod call;
mod case;
mod conversion;
mod csv;
mod date;
mod dispatch;
mod encoding;
mod fileset;
mod filesystem;
mod format;
mod function;
mod hash;
mod json;
mod language;
mod list;
mod map;
mod network;
mod numeric;
mod pieces;
mod policy_document;
mod re2;
mod search;
mod select;
mod set;
mod spread;
mod string;
mod yaml;

use std::sync::Arc;

use iamrail_core::source::{Entry, FileError, SourceFile};
use iamrail_core::value::Value;
use thiserror::Error;

pub(crate) use policy_document::policy_document;

use self::function::Function;

/// What functions need of the module that calls them.
pub(crate) trait Host {
    /// The text of a file; the path is as the call gives it, relative to the directory of the root module.
    fn read(&self, path: &str) -> Result<Arc<SourceFile>, FileError>;

    /// The entries of a directory, named as for [`Host::read`].
    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError>;

    /// A template rendered with these variables and nothing else in scope.
    fn render(&self, template: &Arc<SourceFile>, variables: &Value) -> Value;

    /// A template that is a value rendered likewise; `None` when its text is not known or stands nowhere.
    fn render_value(&self, template: &Value, variables: &Value) -> Option<Value>;
}

/// Why a call fails.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct CallError {
    /// The argument to blame, from 0; `None` when it is the call itself.
    pub(crate) argument: Option<usize>,
    /// What is wrong, in one lower-case line without full stop; the function is not named.
    pub(crate) message: String,
}

/// All functions, by family.
const FAMILIES: &[&[Function]] = &[
    case::FUNCTIONS,
    conversion::FUNCTIONS,
    csv::FUNCTIONS,
    date::FUNCTIONS,
    encoding::FUNCTIONS,
    filesystem::FUNCTIONS,
    format::FUNCTIONS,
    hash::FUNCTIONS,
    language::FUNCTIONS,
    list::FUNCTIONS,
    map::FUNCTIONS,
    network::FUNCTIONS,
    numeric::FUNCTIONS,
    search::FUNCTIONS,
    select::FUNCTIONS,
    set::FUNCTIONS,
    string::FUNCTIONS,
    yaml::FUNCTIONS,
];

/// Calls a function, with or without the namespace `core::`. Arguments may be unknown or partly known; the result keeps
/// what can be kept, and the origins of all that flowed into it. `None` when Terraform has no function of this name.
pub(crate) fn call(name: &str, arguments: &[Value], host: &dyn Host) -> Option<Result<Value, CallError>> {
    let function = dispatch::find(name.strip_prefix("core::").unwrap_or(name))?;
    Some(dispatch::dispatch(function, arguments, host))
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod places;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
