//! Gives values the resource attributes that flowed into them.
//!
//! Neither a plan nor a state says what an expression does with what it refers to. What is known is compared with the
//! attribute: if it is equal, it is the attribute; if it contains it, it was made with it. What is not known can only come
//! from attributes that are not known either.

use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::model::Declared;
use iamrail_core::value::{Kind, List, Map, Origins, Unknown, Value};

use crate::resources::{encoding, origins_of, path};

/// The attributes by which resources are referred to.
const NAMES: &[&str] = &["arn", "id", "name"];

/// The shortest value that is looked for inside of others: shorter ones are found everywhere.
const TELLING: usize = 6;

/// A resource attribute that flows into an argument.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// The address of the resource instance.
    pub(super) resource: Arc<str>,
    /// The attribute; `None` when the reference does not say, as through an index that is computed.
    pub(super) attribute: Option<Arc<str>>,
    /// Whether it flows through variables and outputs only.
    pub(super) direct: bool,
    /// Whether the instance has the key of the element that refers to it, or is the only one.
    pub(super) near: bool,
    /// What it flows through, the nearest to the argument first.
    pub(super) steps: Vec<Arc<str>>,
}

/// The attributes of resource instances, by address.
pub(super) type Attributes = HashMap<Arc<str>, Value>;

/// Attributes that are credentials, of which all but the id of a key are secret whatever the input says.
pub(super) const CREDENTIALS: &[(&str, &str)] = &[
    ("aws_iam_access_key", "id"),
    ("aws_iam_access_key", "secret"),
    ("aws_iam_access_key", "ses_smtp_password_v4"),
    ("aws_iam_service_specific_credential", "service_credential_secret"),
    ("aws_iam_service_specific_credential", "service_password"),
];

/// Compares values with the attributes that may have flowed into them.
pub(super) struct Comparison<'a> {
    attributes: &'a Attributes,
    /// Credentials that are known, wherever they may turn up.
    credentials: Vec<Flow>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new<'d>(
        attributes: &'a Attributes,
        declared: impl Iterator<Item = &'d Arc<Declared>>,
    ) -> Self {
        let mut comparison = Self { attributes, credentials: Vec::new() };
        let credentials = declared.flat_map(|declared| {
            let of_kind = CREDENTIALS.iter().filter(|(kind, _)| *kind == &*declared.kind);
            of_kind.map(|(_, attribute)| Flow {
                resource: Arc::clone(&declared.subject),
                attribute: Some((*attribute).into()),
                direct: true,
                near: false,
                steps: Vec::new(),
            })
        });
        let credentials: Vec<Flow> = credentials.filter(|flow| !comparison.values(flow).is_empty()).collect();
        comparison.credentials = credentials;
        comparison
    }

    /// The attributes of a resource instance.
    pub(super) fn attributes_of(&self, address: &str) -> Option<&'a Value> {
        self.attributes.get(address)
    }

    /// The value with the origins among the flows. `alone` says that no other value came from the same expression.
    pub(super) fn apply(&self, value: Value, flows: &[Flow], is_link: bool, alone: bool) -> Value {
        match &value.kind {
            Kind::List(list) => {
                let alone = alone && list.items.len() == 1;
                let items = list.items.iter().map(|item| self.apply(item.clone(), flows, is_link, alone));
                rebuilt(&value, list, items.collect())
            }
            Kind::Map(map) => {
                let alone = alone && map.entries.len() == 1;
                let mut map = Map::clone(map);
                for field in map.entries.values_mut() {
                    field.value = self.apply(std::mem::take(&mut field.value), flows, is_link, alone);
                }
                let origins = Origins::of_all(map.iter().map(|(_, value)| &value.origins));
                Value { kind: Kind::Map(Arc::new(map)), origins, ..value }
            }
            Kind::Unknown(unknown) => {
                let flows = self.unknown_flows(flows, is_link, value.sensitive);
                let unknown = match flows.as_slice() {
                    [flow] => Arc::new(Unknown::new(unknown.reason, name(flow))),
                    _ => Arc::clone(unknown),
                };
                let origins = match flows.as_slice() {
                    [flow] if is_link && flow.direct && is_name(flow) => exact(flow),
                    flows => {
                        let all: Vec<_> = flows.iter().flat_map(|flow| self.attributes(flow)).collect();
                        Origins::of_all(&all)
                    }
                };
                Value { kind: Kind::Unknown(unknown), origins, ..value }
            }
            Kind::Text(text) => {
                let found = text.as_str().map(|text| self.origins_of(&text, flows, alone));
                let Some(origins) = found.filter(|origins| !origins.is_empty()) else { return value };
                // In JSON, only the member that has it came from it.
                let inside = path::inside(&value).map(|inside| self.apply(inside, flows, false, false));
                let text = match inside {
                    Some(inside) => text.clone().encoding(Arc::new(inside)),
                    None => text.clone(),
                };
                Value { kind: Kind::Text(text), origins, ..value }
            }
            _ => value,
        }
    }

    /// The flows that can make a value unknown.
    fn unknown_flows<'f>(&self, flows: &'f [Flow], is_link: bool, sensitive: bool) -> Vec<&'f Flow> {
        let unknown = |flow: &&Flow| match (&flow.attribute, self.attributes.get(&flow.resource)) {
            (Some(attribute), Some(known)) => {
                known.get(attribute).is_none_or(|value| value.unknown_part().is_some())
            }
            _ => true,
        };
        let mut flows: Vec<&Flow> = flows.iter().filter(unknown).collect();
        // Terraform marks whatever a secret flows into, and nothing else.
        if flows.iter().any(|flow| self.is_secret(flow) == sensitive) {
            flows.retain(|flow| self.is_secret(flow) == sensitive);
        }
        if is_link && flows.iter().any(|flow| flow.near) {
            flows.retain(|flow| flow.near);
        }
        flows
    }

    /// The origins of a text that is known.
    fn origins_of(&self, text: &str, flows: &[Flow], alone: bool) -> Origins {
        let decoded = encoding::decoded(text);
        let contains = |value: &str| {
            text.contains(value) || decoded.as_ref().is_some_and(|decoded| decoded.contains(value))
        };
        let mut made_with = Vec::new();
        let mut is: Option<&Flow> = None;
        for (flow, referred) in
            flows.iter().map(|flow| (flow, true)).chain(self.credentials.iter().map(|flow| (flow, false)))
        {
            let values = self.values(flow);
            if values.iter().any(|value| value == text) && is.is_none_or(|is| !is.near && flow.near) {
                is = Some(flow);
            }
            let found = values.iter().any(|value| value.len() >= TELLING && contains(value));
            // A secret may have been encoded on its way.
            if found || referred && alone && self.is_secret(flow) {
                made_with.extend(self.attributes(flow));
            }
        }
        match is {
            Some(flow) if flow.direct => exact(flow),
            Some(flow) => exact(flow).inexact(),
            None => Origins::of_all(&made_with),
        }
    }

    /// The known texts that a flow may carry.
    fn values(&self, flow: &Flow) -> Vec<String> {
        let Some(known) = self.attributes.get(&flow.resource) else { return Vec::new() };
        let text = |name: &str| known.get(name).and_then(Value::as_str).map(|text| text.into_owned());
        match &flow.attribute {
            Some(attribute) => text(attribute).into_iter().collect(),
            None => NAMES.iter().filter_map(|name| text(name)).collect(),
        }
    }

    fn is_secret(&self, flow: &Flow) -> bool {
        let known = self.attributes.get(&flow.resource);
        flow.attribute
            .as_ref()
            .zip(known)
            .and_then(|(name, known)| known.get(name))
            .is_some_and(|value| value.sensitive)
    }

    /// The attributes that a flow may be of, as origins.
    pub(super) fn attributes(&self, flow: &Flow) -> Vec<Origins> {
        let via = |attribute: &str| {
            let origins = origins_of(&flow.resource, attribute);
            flow.steps.iter().rev().fold(origins, |origins, step| origins.via(step, None)).inexact()
        };
        match (&flow.attribute, self.attributes.get(&flow.resource).and_then(Value::as_map)) {
            (Some(attribute), _) => vec![via(attribute)],
            (None, Some(known)) => {
                let unknown = known.iter().filter(|(_, value)| value.is_unknown() || value.sensitive);
                unknown.map(|(name, _)| via(name)).collect()
            }
            (None, None) => vec![via("id")],
        }
    }
}

fn exact(flow: &Flow) -> Origins {
    let origins = origins_of(&flow.resource, flow.attribute.as_deref().unwrap_or("id"));
    flow.steps.iter().rev().fold(origins, |origins, step| origins.via(step, None))
}

fn is_name(flow: &Flow) -> bool {
    flow.attribute.as_deref().is_none_or(|attribute| NAMES.contains(&attribute))
}

pub(super) fn name(flow: &Flow) -> String {
    match &flow.attribute {
        Some(attribute) => format!("{}.{attribute}", flow.resource),
        None => flow.resource.to_string(),
    }
}

pub(super) fn rebuilt(value: &Value, list: &List, items: Vec<Value>) -> Value {
    let origins = Origins::of_all(items.iter().map(|item| &item.origins));
    let list = List::new(items, list.open.clone());
    Value { kind: Kind::List(Arc::new(list)), origins, ..value.clone() }
}
