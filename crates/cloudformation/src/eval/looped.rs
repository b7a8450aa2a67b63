//! `Fn::ForEach`: entries of a map that are written once and stand there many times.

use std::borrow::Cow;
use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Value};

use super::budget::{MOST_ROUNDS, MOST_TEXT};
use super::{Scope, Stack};
use crate::advice;
use crate::tree::{Entry, Node};

/// The start of a key that is a loop.
pub(super) const PREFIX: &str = "Fn::ForEach::";
/// How deeply loops nest: CloudFormation allows five.
const MOST_DEPTH: usize = 8;

impl Stack {
    /// Visits every entry of a map under the key that it will have, those that loops make included.
    pub(super) fn each_entry<'t>(
        &self,
        map: Node<'t>,
        scope: &Scope,
        visit: &mut dyn FnMut(&Arc<str>, Entry<'t>, &Scope),
    ) {
        self.visit_entries(map, scope, 0, visit);
    }

    fn visit_entries<'t>(
        &self,
        map: Node<'t>,
        scope: &Scope,
        depth: usize,
        visit: &mut dyn FnMut(&Arc<str>, Entry<'t>, &Scope),
    ) {
        for entry in map.entries().into_iter().flatten() {
            if entry.key.starts_with(PREFIX) && entry.value.items().is_some() && !entry.value.is_cut() {
                self.visit_loop(entry, scope, depth, visit);
            } else if scope.bindings.is_empty() {
                visit(entry.key, entry, scope);
            } else {
                // What stands in the body of a loop stands there many times.
                if depth > 0 && !self.add_round(entry.key_span) {
                    return;
                }
                visit(&self.bound(entry.key, entry.key_span, scope).into(), entry, scope);
            }
        }
    }

    fn visit_loop<'t>(
        &self,
        entry: Entry<'t>,
        scope: &Scope,
        depth: usize,
        visit: &mut dyn FnMut(&Arc<str>, Entry<'t>, &Scope),
    ) {
        let Some(_entered) = self.budget.enter() else {
            self.too_large(entry.key_span);
            return;
        };
        let arguments: Vec<Node<'t>> = entry.value.items().into_iter().flatten().collect();
        let [identifier, collection, body] = arguments.as_slice() else {
            self.wrong(entry.key_span, "`ForEach` takes an identifier, a collection and a map");
            return;
        };
        if !self.template.asks_for("AWS::LanguageExtensions") && !self.may_declare_more() {
            let message = "loops need `Transform: AWS::LanguageExtensions`, which the template lacks";
            self.warn("missing-transform", message, entry.key_span);
        }
        let Some(identifier) = identifier.untagged_text().filter(|_| depth < MOST_DEPTH) else {
            self.wrong(
                identifier.span(),
                "the identifier of `ForEach` must be a text, and loops must not nest deeply",
            );
            return;
        };
        let collection_value = self.evaluate(*collection, scope).unwrap_or_default();
        let what = entry.key.trim_start_matches(PREFIX);
        // What loops go through becomes part of names, which are shown.
        if collection_value.sensitive {
            let message = format!("the collection of the loop `{what}` must not be a secret");
            self.report("unknown-loop", message, collection.span());
            return;
        }
        let Some(rounds) = rounds(&collection_value) else {
            let message = format!("the collection of the loop `{what}` is not known");
            let help = collection_value.unknown_part().map(|unknown| advice::settle(unknown));
            let diagnostic = Diagnostic::error("unknown-loop", self.path_of(collection.span()), message);
            self.say(diagnostic.help(help.unwrap_or_default()), collection.span());
            return;
        };
        for value in rounds {
            if !self.add_round(entry.key_span) {
                return;
            }
            let bindings = scope.bindings.with(identifier, &value);
            self.visit_entries(*body, &scope.clone().within(&bindings), depth + 1, visit);
        }
    }
}

impl Stack {
    /// A text with the identifiers of the loops around it replaced.
    pub(super) fn bound<'t>(&self, text: &'t str, span: Span, scope: &Scope) -> Cow<'t, str> {
        if scope.bindings.is_empty() {
            return Cow::Borrowed(text);
        }
        match scope.bindings.apply(text, MOST_TEXT) {
            Some(bound) if self.budget.make(bound.len()) => bound,
            _ => {
                self.too_large(span);
                Cow::Borrowed(text)
            }
        }
    }

    /// Goes through one more round or entry of a loop; `false`, with a diagnostic, when that was often enough.
    fn add_round(&self, span: Span) -> bool {
        let may_go_on = self.budget.add_round();
        if !may_go_on && self.budget.report_once() {
            let message = format!("the loops of the template make more than {MOST_ROUNDS} entries");
            self.report("too-large", message, span);
        }
        may_go_on
    }
}

/// The values that a loop goes through; `None` when not all of them are known.
fn rounds(collection: &Value) -> Option<Vec<String>> {
    let Kind::List(list) = &collection.kind else { return None };
    if list.open.is_some() {
        return None;
    }
    let text = |value: &Value| match &value.kind {
        Kind::Number(number) => Some(number.to_string()),
        _ => value.as_str().map(|text| text.into_owned()),
    };
    list.items.iter().map(text).collect()
}
