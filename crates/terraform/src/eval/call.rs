//! Calls of functions.

use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::choice::{as_one_list, choose};
use super::collection::items_of;
use super::scope::Scope;
use crate::functions;
use crate::syntax::{Call, Expr};

impl Evaluator<'_> {
    pub(super) fn call(&self, call: &Call, span: Span, scope: &Scope<'_>) -> Value {
        match &*call.name {
            "try" => return self.try_each(&call.arguments, span, scope),
            "can" => return self.can(&call.arguments, span, scope),
            _ => {}
        }
        let mut arguments: Vec<Value> =
            call.arguments.iter().map(|argument| self.eval(argument, scope)).collect();
        if call.expand
            && let Some(last) = arguments.pop()
        {
            match &last.kind {
                Kind::List(list) | Kind::Set(list) if list.open.is_none() => {
                    arguments.extend(items_of(&last).iter().cloned());
                }
                _ if last.unknown_part().is_some() => {
                    // How many arguments there are is not known, and so is nothing of the result.
                    arguments.push(last);
                    return unknown_of(&arguments, span);
                }
                _ => {
                    let at = call.arguments.last().map_or(span, |argument| argument.span);
                    return self.invalid(at, "invalid-function-call", "`...` expands a list, set or tuple");
                }
            }
        }
        if &*call.name == "concat" {
            // Told apart as whole lists, even what all of them have in common would count as uncertain.
            arguments = arguments.iter().map(as_one_list).collect();
        }
        self.call_with(call, &arguments, span)
    }

    fn call_with(&self, call: &Call, arguments: &[Value], span: Span) -> Value {
        let references: Vec<&Value> = arguments.iter().collect();
        if let Some(value) = self.in_each_case(&references, |case| self.call_with(call, case, span)) {
            return value.at(span);
        }
        if call.name.contains("::") && !call.name.starts_with("core::") {
            let origins = Origins::of_all(arguments.iter().map(|argument| &argument.origins));
            let unknown = Unknown::new(Reason::Unsupported, format!("{}()", call.name));
            return Value::unknown(unknown).with_origins(origins).at(span);
        }
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        match functions::call(name, arguments, self) {
            Some(Ok(value)) => {
                self.report_unread(name, &value, arguments, span);
                let value = self.bounded(self.unless_given_up(value, span), span);
                let value = self.via(value, &call.name, Some(call.name_span));
                // A text keeps the places of its own parts; a value that was computed stands where it is called.
                if value.span.is_some() { value } else { value.at(span) }
            }
            Some(Err(error)) => {
                let at = error.argument.and_then(|at| call.arguments.get(at)).map_or(span, |one| one.span);
                let message = format!("`{name}`: {}", error.message);
                if is_checksum_of_file(name) {
                    self.warn(at, "file-not-read", message, "");
                    return Value::unknown(Unknown::new(Reason::Missing, self.excerpt(span))).at(span);
                }
                self.invalid(at, "invalid-function-call", message)
            }
            None => {
                let message = format!("there is no function `{}`", call.name);
                self.invalid(call.name_span, "unknown-function", message)
            }
        }
    }

    /// Says so when a file is not read that is known by name.
    fn report_unread(&self, name: &str, value: &Value, arguments: &[Value], span: Span) {
        let Kind::Unknown(unknown) = &value.kind else { return };
        let is_missing = unknown.reason == Reason::Missing;
        if is_missing && arguments.iter().all(|argument| argument.unknown_part().is_none()) {
            let message = format!("`{name}`: `{}` is not read, since it lies outside", unknown.what);
            self.warn(span, "file-not-read", message, "name a directory that holds it with `--root`");
        }
    }

    /// The first argument that can be evaluated. Where one can be in some cases only, the next stands in for it in the
    /// others.
    fn try_each(&self, arguments: &[Expr], span: Span, scope: &Scope<'_>) -> Value {
        if arguments.is_empty() {
            return self.invalid(span, "invalid-function-call", "`try`: at least one argument is required");
        }
        let mut faults = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            let (value, own) = self.trial(|| self.eval(argument, scope));
            if own.is_empty() {
                return match arguments.get(at + 1..) {
                    Some(others @ [_, ..]) => without_failing(value, || self.try_each(others, span, scope)),
                    _ => value,
                };
            }
            faults = own;
        }
        self.sink.borrow_mut().extend(faults);
        Value::unknown(Unknown::new(Reason::Invalid, self.excerpt(span))).at(span)
    }

    /// Whether its argument can be evaluated.
    fn can(&self, arguments: &[Expr], span: Span, scope: &Scope<'_>) -> Value {
        let [argument] = arguments else {
            return self.invalid(span, "invalid-function-call", "`can` takes one argument");
        };
        let (value, faults) = self.trial(|| self.eval(argument, scope));
        if !faults.is_empty() {
            return Value::bool(false).at(span);
        }
        match value.unknown_part() {
            Some(unknown) => Value::unknown(unknown.clone()).at(span),
            None => Value::bool(true).at(span),
        }
    }
}

/// A choice with something else in place of the alternatives that cannot be evaluated.
fn without_failing(value: Value, otherwise: impl FnOnce() -> Value) -> Value {
    let fails = |one: &Alternative| {
        let value = one.value.as_ref();
        matches!(value.map(|value| &value.kind), Some(Kind::Unknown(unknown)) if unknown.reason == Reason::Invalid)
    };
    let Kind::Choice(choice) = &value.kind else { return value };
    if !choice.alternatives.iter().any(fails) {
        return value;
    }
    let other = otherwise();
    let alternatives = choice.alternatives.iter().map(|one| match fails(one) {
        true => Alternative { guard: one.guard.clone(), value: Some(other.clone()) },
        false => one.clone(),
    });
    Value { span: value.span, ..choose(alternatives.collect(), choice.undecided.clone()) }
}

/// Checksums are taken of packages that are built before Terraform runs and kept out of the repository. They say that
/// something has changed, never what anybody may do: that one is missing leaves nothing out.
fn is_checksum_of_file(name: &str) -> bool {
    name.starts_with("file") && (name.contains("sha") || name.contains("md5"))
}

fn unknown_of(arguments: &[Value], span: Span) -> Value {
    let origins = Origins::of_all(arguments.iter().map(|argument| &argument.origins));
    let unknown = arguments.iter().find_map(Value::unknown_part).cloned();
    let sensitive = arguments.iter().any(|argument| argument.sensitive);
    match unknown {
        Some(unknown) => Value { sensitive, ..Value::unknown(unknown) }.with_origins(origins).at(span),
        None => Value::null(),
    }
}
