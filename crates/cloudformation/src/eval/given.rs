//! Values that parameters are given must be such that CloudFormation takes them: with others nothing is deployed.

use std::sync::Arc;

use iamrail_core::collections::{HashSet, IndexMap};
use iamrail_core::report::Diagnostic;
use iamrail_core::suggest::closest;
use iamrail_core::value::{Map, Value};
use regex::RegexBuilder;

use super::Stack;
use super::nested::Given;
use super::reference::ACCOUNT;
use crate::Argument;
use crate::template::{Parameter, Template, Values};
use crate::tree::Node;

/// How large a pattern may become, in bytes.
const MOST_PATTERN: usize = 1 << 20;
/// What means something else in Java's patterns, or nothing at all in these.
const FOREIGN: [&str; 6] = ["\\p", "\\P", "\\v", "\\<", "\\>", "(?"];
/// How many allowed values a message names.
const SHOWN: usize = 8;

/// What a caller gives to a stack.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// Values of parameters and pseudo parameters.
    pub(super) given: IndexMap<Arc<str>, Given>,
    /// The parameters that keep the values which they have in the deployed stack.
    pub(super) kept: HashSet<Arc<str>>,
}

impl Arguments {
    /// What a template is given, along with what it tells of that itself.
    pub(super) fn new(template: &Template, values: Values) -> Self {
        let mut arguments = Self::default();
        if let Some(account) = template.tree.account() {
            arguments.given.insert(ACCOUNT.into(), Given::certainly(Value::text(account)));
        }
        for (name, value) in values {
            match value {
                Argument::Text(text) => {
                    drop(arguments.given.insert(name, Given::certainly(Value::text(text))));
                }
                Argument::Previous => drop(arguments.kept.insert(name)),
            }
        }
        arguments
    }
}

impl Stack {
    /// Says which of the given values are refused.
    pub(super) fn check_given(&self) {
        for (name, parameter) in &self.template.parameters {
            // What is given for an entry of the parameter store is its name.
            let given = self.given.get(name).filter(|_| !parameter.is_stored());
            let Some(text) = given.and_then(|given| given.value.as_str()) else { continue };
            let Some(why) = self.refusal(parameter, &text) else { continue };
            let declared = self.template.section("Parameters").and_then(|section| section.find(name));
            let Some(span) = declared.map(|entry| entry.key_span) else { continue };
            let is_secret = parameter.no_echo || given.is_some_and(|given| given.value.sensitive);
            let shown = if is_secret { "a value".to_owned() } else { format!("`{text}`") };
            let message = format!("the parameter `{name}` is given {shown}, which {why}");
            let help = "CloudFormation deploys nothing with this value: give another one";
            self.say(Diagnostic::error("invalid-parameter", self.path_of(span), message).help(help), span);
        }
    }

    /// Why a parameter cannot have a value, to be read after "which"; `None` when it can.
    fn refusal(&self, parameter: &Parameter, text: &str) -> Option<String> {
        let declared = self.template.node(parameter.node);
        let each: Vec<&str> = match parameter.is_list() {
            true if text.is_empty() => Vec::new(),
            true => text.split(',').map(str::trim).collect(),
            false => vec![text],
        };
        let allowed = parameter.allowed.iter().map(|&node| self.template.node(node).value_text());
        // A value that is no plain text may be any.
        let allowed = allowed.collect::<Option<Vec<_>>>().filter(|allowed| !allowed.is_empty());
        let is_same = |one: &str, other: &str| {
            one == other || parameter.is_number() && number(one).is_some_and(|one| Some(one) == number(other))
        };
        if let Some(allowed) = &allowed
            && !each.iter().all(|value| allowed.iter().any(|one| is_same(one, value)))
        {
            let mut shown: Vec<String> = allowed.iter().take(SHOWN).map(|one| format!("`{one}`")).collect();
            shown.extend((allowed.len() > SHOWN).then(|| "...".to_owned()));
            let what = if parameter.no_echo { String::new() } else { format!(": {}", shown.join(", ")) };
            return Some(format!("is none of the allowed values{what}"));
        }
        if parameter.is_number() {
            return each.iter().find_map(|value| refused_number(declared, value));
        }
        refused_length(declared, text).or_else(|| each.iter().find_map(|value| refused_text(declared, value)))
    }
}

impl Stack {
    /// Says which of the parameters that a nested stack is given its template does not declare.
    pub(super) fn check_arguments(&self, template: &Template, arguments: &Map) {
        if template.root().is_cut() {
            return;
        }
        for (name, field) in &arguments.entries {
            let Some(span) = field.key.filter(|_| !template.parameters.contains_key(name)) else { continue };
            let message = format!("the nested template declares no parameter `{name}`");
            let meant = closest(name, template.parameters.keys().map(|name| &**name));
            let help = meant.map(|meant| format!("did you mean `{meant}`?")).unwrap_or_default();
            self.say(Diagnostic::warning("unknown-name", self.path_of(span), message).help(help), span);
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn refused_number(declared: Node<'_>, text: &str) -> Option<String> {
    let Some(value) = number(text) else { return Some("is no number".to_owned()) };
    let limit = |name: &str| declared.get(name).and_then(Node::text).and_then(number);
    let least = limit("MinValue").filter(|least| value < *least);
    let most = limit("MaxValue").filter(|most| value > *most);
    least
        .map(|least| format!("is less than {least}"))
        .or_else(|| most.map(|most| format!("is more than {most}")))
}

fn refused_length(declared: Node<'_>, text: &str) -> Option<String> {
    let limit =
        |name: &str| declared.get(name).and_then(Node::text).and_then(|text| text.trim().parse().ok());
    let count = text.chars().count();
    let least: Option<usize> = limit("MinLength").filter(|least| count < *least);
    let most: Option<usize> = limit("MaxLength").filter(|most| count > *most);
    least
        .map(|least| format!("is shorter than {least}"))
        .or_else(|| most.map(|most| format!("is longer than {most}")))
}

/// A pattern has to match the whole value. It is one of Java's: where the same letters could mean something else here,
/// nothing is said.
fn refused_text(declared: Node<'_>, text: &str) -> Option<String> {
    let pattern = declared.get("AllowedPattern").and_then(Node::untagged_text)?;
    let is_known = !FOREIGN.iter().any(|part| pattern.replace("(?:", "(").contains(part));
    if !is_known || !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let whole = RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(MOST_PATTERN).build().ok()?;
    (!whole.is_match(text)).then(|| format!("does not match the pattern `{pattern}`"))
}
