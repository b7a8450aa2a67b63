//! `Ref`, `GetAtt`, and what resources answer to them.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Form, Kind, Origins, Reason, Text, Unknown, Value};

use super::call::Call;
use super::identity::{self, Answer};
use super::literal::{as_text, unknown_text};
use super::{Scope, Stack};
use crate::template::Resource;
use crate::tree::is_account;

/// The pseudo parameters that are the account and the region.
pub(super) const ACCOUNT: &str = "AWS::AccountId";
pub(super) const REGION: &str = "AWS::Region";

impl Stack {
    pub(super) fn ref_(&self, call: &Call<'_>, scope: &Scope) -> Option<Value> {
        match call.text() {
            Some(name) => self.refer(name, call.span, scope).map(|value| value.at(call.span)),
            // In a loop the name may be put together.
            None if !scope.bindings.is_empty()
                && let Some(name) = self.evaluate(call.argument, scope)
                && let Some(name) = name.as_str() =>
            {
                self.refer(&name, call.span, scope).map(|value| value.at(call.span))
            }
            None => Some(self.wrong(call.span, "`Ref` takes the name of a parameter or resource")),
        }
    }

    pub(super) fn get_att(&self, call: &Call<'_>, scope: &Scope) -> Value {
        if let Some(text) = call.text().map(|text| self.bound(text, call.span, scope))
            && let Some((resource, attribute)) = text.split_once('.')
        {
            return self.attribute(resource, attribute, call.span);
        }
        let arguments = call.arguments().unwrap_or_default();
        let (Some(resource), Some(attribute)) = (arguments.first(), arguments.get(1)) else {
            return self.wrong(call.span, "`GetAtt` takes a logical id and the name of an attribute");
        };
        let logical_id = self.evaluate(*resource, scope).filter(|_| !scope.bindings.is_empty());
        let logical_id = logical_id.as_ref().and_then(Value::as_str);
        let Some(resource) = logical_id.as_deref().or_else(|| resource.untagged_text()) else {
            return self.wrong(resource.span(), "`GetAtt` takes the logical id as a text");
        };
        // Outputs of nested stacks are often written in three parts.
        let rest = arguments.iter().skip(1).map(|one| one.untagged_text());
        match rest.collect::<Option<Vec<_>>>() {
            Some(names) => {
                self.attribute(resource, &self.bound(&names.join("."), call.span, scope), call.span)
            }
            None => {
                let attribute = self.evaluate(*attribute, scope).unwrap_or_default();
                if attribute.sensitive {
                    return self.wrong(call.span, "the attribute of `GetAtt` must not be a secret");
                }
                match attribute.as_str() {
                    Some(name) => self.attribute(resource, &name, call.span),
                    None => self.undetermined(&attribute, call.span, "the attribute of `GetAtt`"),
                }
            }
        }
    }

    /// The value of `Ref`; `None` for `AWS::NoValue`.
    pub(super) fn refer(&self, name: &str, span: Span, scope: &Scope) -> Option<Value> {
        if name == "AWS::NoValue" {
            return None;
        }
        if let Some(value) = scope.bindings.get(name) {
            return Some(Value::text(Arc::clone(value)).at(span));
        }
        let name = &*self.bound(name, span, scope);
        if let Some(parameter) = self.template.parameters.get(name) {
            return Some(self.parameter(name, parameter, span, scope));
        }
        if name.starts_with("AWS::") {
            let given = self.given.get(name).map(|given| given.value.clone());
            let unknown = Unknown::new(Reason::Environment, self.pseudo_id(name));
            return Some(match (given, name) {
                (Some(given), _) => given,
                (None, name) if let Some(value) = self.by_region(name) => Value::text(value).at(span),
                (None, "AWS::NotificationARNs") => Value::unknown(unknown),
                (None, _) => {
                    let origins = Origins::of_variable(Arc::clone(&unknown.what));
                    unknown_text(unknown, origins, span)
                }
            });
        }
        Some(self.attribute_of(name, "Ref", span))
    }

    /// What a pseudo parameter is called among those of other stacks: every stack has a name of its own, and what a stack set
    /// makes stands in accounts and regions of its own.
    pub(super) fn pseudo_id(&self, name: &str) -> Arc<str> {
        match name {
            _ if is_of_stack(name) => self.id(name),
            ACCOUNT | REGION => format!("{}{name}", self.place.set).into(),
            _ => name.into(),
        }
    }

    /// The value of a pseudo parameter.
    pub(crate) fn pseudo(&self, name: &str, span: Span) -> Value {
        self.refer(name, span, &Scope::default()).unwrap_or_default()
    }

    /// The account that it is deployed in, if that is known.
    pub(crate) fn account(&self, span: Span) -> Option<Arc<str>> {
        let given = self.pseudo(ACCOUNT, span);
        given.as_str().filter(|account| is_account(account)).map(Arc::from)
    }

    /// The value of `GetAtt`.
    pub(crate) fn attribute(&self, resource: &str, attribute: &str, span: Span) -> Value {
        self.attribute_of(resource, attribute, span).at(span)
    }

    fn attribute_of(&self, id: &str, attribute: &str, span: Span) -> Value {
        let Some((id, resource)) = self.resources().get_key_value(id) else {
            let is_of_module =
                || id.split_once('.').is_some_and(|(module, _)| self.resources().contains_key(module));
            if self.is_generated(id) || is_of_module() {
                return computed(&self.id(id), attribute, span);
            }
            if self.may_declare_more() {
                return unknown_text(self.unread(), Origins::none(), span);
            }
            return self.wrong(span, format!("there is no parameter or resource `{id}`"));
        };
        let key = (Arc::clone(id), Arc::<str>::from(attribute));
        match self.memo.borrow().attributes.get(&key) {
            Some(Some(value)) => return value.clone(),
            Some(None) => return self.wrong(span, format!("`{id}` refers to itself")),
            None => {}
        }
        self.memo.borrow_mut().attributes.insert(key.clone(), None);
        let named = attribute.strip_prefix("Outputs.");
        let passed_on = match identity::kept(&resource.kind, attribute) {
            Some(property) => self.property(resource, property),
            None => named.and_then(|name| self.output_of(id, name, span)),
        };
        let form = identity::form(&resource.kind, attribute);
        let made_up = || {
            let value = computed_as(&self.id(id), attribute, form, span);
            if identity::is_url(&resource.kind, attribute) { behind("https://", value) } else { value }
        };
        let value = match (passed_on, self.answer(id, resource, attribute)) {
            (Some(value), _) => {
                let step = format!("{}.{attribute}", self.id(id)).into();
                let origins = value.origins.via(&step, Some(span));
                value.with_origins(origins)
            }
            (None, Some(value)) => is_attribute(value, &made_up()),
            (None, None) => made_up(),
        };
        let sensitive = value.sensitive || identity::is_secret(&resource.kind, attribute);
        let value = Value { sensitive, ..value };
        self.memo.borrow_mut().attributes.insert(key, Some(value.clone()));
        value
    }

    /// Whether a logical id can be that of a resource that the serverless transform makes: it starts with the id of the
    /// resource that it is made for, or with one of a few fixed names.
    pub(super) fn is_generated(&self, id: &str) -> bool {
        let serverless = &self.sections.serverless;
        let fixed = ["Serverless", "CodeDeployServiceRole"];
        !serverless.is_empty()
            && (fixed.iter().any(|name| id.starts_with(name)) || starts_with_one(id, serverless))
    }

    /// The value of a property; `None` when it is not set, or the resource never exists.
    fn property(&self, resource: &Resource, name: &str) -> Option<Value> {
        let scope = self.scope(resource)?;
        let properties = self.template.node(resource.properties?);
        match Call::of(properties) {
            Some(_) => self.properties(resource, &scope).get(name).cloned(),
            None => self.evaluate(properties.get(name)?, &scope),
        }
    }

    /// What an attribute is when it follows from the properties; `None` when AWS makes it up.
    fn answer(&self, id: &str, resource: &Resource, attribute: &str) -> Option<Value> {
        let answer = identity::answer(&resource.kind, attribute)?;
        let scope = self.scope(resource)?;
        let property = |name: &str| self.property(resource, name);
        let pseudo = |name: &str| self.refer(name, resource.span, &scope);
        let parts = match answer {
            Answer::Property(name) => return property(name).map(as_text),
            Answer::Bucket { name } => {
                let name = property(name).map(as_text);
                let name =
                    name.unwrap_or_else(|| computed_as(&self.id(id), "Ref", Form::Name, resource.span));
                vec![
                    Some(Value::text("arn:")),
                    pseudo("AWS::Partition"),
                    Some(Value::text(":s3:::")),
                    Some(name),
                ]
            }
            Answer::Arn { form, name } => {
                let name = property(name);
                let path = property("Path").unwrap_or_else(|| Value::text("/"));
                let name = name.unwrap_or_else(|| {
                    let unknown = Unknown::new(Reason::Computed, format!("the name of the {form}"));
                    unknown_text(unknown, Origins::none(), resource.span)
                });
                vec![
                    Some(Value::text("arn:")),
                    pseudo("AWS::Partition"),
                    Some(Value::text(":iam::")),
                    pseudo("AWS::AccountId"),
                    Some(Value::text(format!(":{form}"))),
                    Some(path),
                    Some(name),
                ]
            }
        };
        let span = resource.span;
        Some(super::distribute::distribute(parts, &move |parts| self.concat(parts, span, attribute)))
    }
}

/// Whether a text starts with one of a set.
fn starts_with_one(text: &str, starts: &BTreeSet<Arc<str>>) -> bool {
    let mut most = text;
    // What is behind the last letter that a text shares with the one before it in the order starts no other one.
    while let Some(before) = starts.range::<str, _>((Bound::Unbounded, Bound::Included(most))).next_back() {
        if text.starts_with(&**before) {
            return true;
        }
        let shared = most.char_indices().zip(before.chars()).find(|((_, one), other)| one != other);
        let Some(shorter) = shared.and_then(|((at, _), _)| most.get(..at)) else { return false };
        most = shorter;
    }
    false
}

/// An attribute that AWS makes up.
pub(crate) fn computed(id: &str, attribute: &str, span: Span) -> Value {
    computed_as(id, attribute, Form::Any, span)
}

fn computed_as(id: &str, attribute: &str, form: Form, span: Span) -> Value {
    let what = if attribute == "Ref" { id.to_owned() } else { format!("{id}.{attribute}") };
    unknown_text(Unknown::new(Reason::Computed, what), Origins::of_form(id, attribute, form), span)
}

/// A text behind a start that is known.
fn behind(start: &str, value: Value) -> Value {
    let Kind::Text(text) = &value.kind else { return value };
    let mut whole = Text::literal(start, None);
    whole.append(text);
    Value { kind: Kind::Text(whole), ..value }
}

/// Says of a value, and of everything it can be, that it is an attribute of a resource. Where a property is not set from
/// which it follows, AWS makes the attribute up.
fn is_attribute(value: Value, computed: &Value) -> Value {
    let kind = match &value.kind {
        Kind::Choice(choice) => {
            let alternatives = choice.alternatives.iter().map(|one| Alternative {
                guard: one.guard.clone(),
                value: Some(match &one.value {
                    Some(value) => is_attribute(value.clone(), computed),
                    None => computed.clone(),
                }),
            });
            let alternatives = alternatives.collect();
            Kind::Choice(Arc::new(Choice { alternatives, undecided: choice.undecided.clone() }))
        }
        kind => kind.clone(),
    };
    Value { kind, origins: computed.origins.clone(), ..value }
}

/// Whether a pseudo parameter is another one in every stack.
pub(super) fn is_of_stack(name: &str) -> bool {
    matches!(name, "AWS::StackName" | "AWS::StackId")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::starts_with_one;

    proptest! {
        #[test]
        fn the_start_of_an_id_is_found_among_others(starts in prop::collection::btree_set("[ab]{1,4}", 0..6), id in "[abc]{0,6}") {
            let is_start = starts.iter().any(|start| id.starts_with(start.as_str()));
            let starts: BTreeSet<_> = starts.iter().map(|start| start.as_str().into()).collect();
            prop_assert_eq!(starts_with_one(&id, &starts), is_start);
        }
    }
}
