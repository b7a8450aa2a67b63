//! The format of cases: policies and a request, each in the words of AWS.

use std::sync::Arc;

use iamrail::core::model::Guard;
use iamrail::core::policy::{
    Caller, Context, Decision, Document, Policies, PolicyPlace, Prepared, Request, ResourcePolicies,
};
use iamrail::core::suggest::closest;
use iamrail::core::value::{Field, Kind, Number, Value};
use serde::Deserialize;
use serde_json::Value as Json;

use super::answer::{self, Answer, Because};
use super::circumstances;
use super::slips::{self, Slip};

/// What a case is made of.
const FIELDS: [&str; 6] =
    ["id", "identity_policies", "resource_policies", "resource_policy", "trust_policy", "request"];
/// What may stand beside that and decides nothing.
const REMARKS: [&str; 11] = [
    "cite",
    "comment",
    "description",
    "expected",
    "group",
    "name",
    "note",
    "notes",
    "reason",
    "source",
    "title",
];
/// What a request is made of.
const REQUEST_FIELDS: [&str; 5] = ["principal", "action", "resource", "account", "context"];

/// A case.
#[derive(Debug, Deserialize)]
struct Case {
    #[serde(default)]
    identity_policies: Json,
    #[serde(default)]
    resource_policies: Json,
    #[serde(default)]
    resource_policy: Json,
    #[serde(default)]
    trust_policy: Json,
    request: Asked,
}

#[derive(Debug, Deserialize)]
struct Asked {
    principal: String,
    action: String,
    resource: String,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    context: Option<serde_json::Map<String, Json>>,
}

/// A policy with its name in the case: `identity_policies[0]`.
struct Named {
    name: String,
    document: Document,
}

/// Answers the case at a place of the list, and names the slips in its request. One that makes no sense is undetermined, and says
/// why.
pub(super) fn answer(place: usize, case: &Json) -> (Answer, Vec<Slip>) {
    let id = match case.get("id") {
        Some(Json::String(id)) => id.clone(),
        Some(id @ Json::Number(_)) => id.to_string(),
        _ => place.to_string(),
    };
    let read = Case::deserialize(case).map_err(|error| error.to_string());
    let read = read.and_then(|read| foreign_field(case).map_or(Ok(read), Err));
    let read = read.map_err(|error| format!("this is no case: {error}"));
    match read.and_then(|case| case.answer(id.clone())) {
        Ok(answer) => answer,
        Err(message) => {
            let answer = Answer::new(id, Decision::Undetermined, vec![Because::new(message.clone())]);
            (answer, vec![Slip { is_fatal: true, message }])
        }
    }
}

/// A field that no case has. Leaving it aside would answer another question than the one that was asked.
fn foreign_field(case: &Json) -> Option<String> {
    let foreign = |object: &Json, known: &[&str]| {
        object.as_object()?.keys().find(|key| !known.contains(&key.as_str())).cloned()
    };
    let unknown =
        |field: String, of: &str, known: &[&'static str]| match closest(&field, known.iter().copied()) {
            Some(meant) => format!("{of} has no field `{field}`; did you mean `{meant}`?"),
            None => format!("{of} has no field `{field}`; it has `{}`", known.join("`, `")),
        };
    match foreign(case, &[&FIELDS[..], &REMARKS].concat()) {
        Some(field) => Some(unknown(field, "a case", &FIELDS)),
        None => foreign(case.get("request")?, &REQUEST_FIELDS)
            .map(|field| unknown(field, "a request", &REQUEST_FIELDS)),
    }
}

impl Case {
    fn answer(&self, id: String) -> Result<(Answer, Vec<Slip>), String> {
        let identity = policies(&self.identity_policies, "identity_policies")?.unwrap_or_default();
        let resource = policies(&self.resource_policies, "resource_policies")?;
        let resource = match policies(&self.resource_policy, "resource_policy")? {
            Some(more) => Some(resource.into_iter().flatten().chain(more).collect()),
            None => resource,
        };
        let trust = policies(&self.trust_policy, "trust_policy")?;
        let request = self.request.read()?;
        let keys = self.request.context.iter().flatten().map(|(key, _)| key.as_str());
        let slips = slips::of(&request, keys);

        let always = Guard::always();
        let identities: Vec<_> =
            identity.iter().map(|named| Prepared::identity(&named.document, &always)).collect();
        let on_resource = trust.as_ref().or(resource.as_ref());
        let resources: Vec<_> = on_resource
            .into_iter()
            .flatten()
            .map(|named| Prepared::resource(&named.document, &always))
            .collect();
        let policies = Policies {
            identity: &identities,
            resource: match (&trust, &resource, resources.as_slice()) {
                (Some(_), _, [trust]) => ResourcePolicies::Trust(trust),
                (Some(_), ..) => return Err("`trust_policy` must be one policy".to_owned()),
                (None, Some(_), these) => ResourcePolicies::These(these),
                (None, None, _) => ResourcePolicies::Unasked,
            },
        };
        let named = |place: PolicyPlace| match place {
            PolicyPlace::Identity(place) => identity.get(place),
            PolicyPlace::Resource(place) => resource.as_ref().and_then(|resource| resource.get(place)),
            PolicyPlace::Trust => trust.as_ref().and_then(|trust| trust.first()),
        };
        let name = |place| named(place).map(|named| named.name.clone()).unwrap_or_default();
        let (decision, mut because) = answer::judge(&request, policies, &name, &|_| None);
        for named in identity.iter().chain(on_resource.into_iter().flatten()) {
            // What is wrong and hides nothing changes no decision.
            let wrong = named.document.problems.iter().filter(|_| named.document.open.is_some());
            because.extend(wrong.map(|problem| Because::new(format!("{}: {}", named.name, problem.message))));
        }
        Ok((Answer::new(id, decision, because), slips))
    }
}

impl Asked {
    fn read(&self) -> Result<Request, String> {
        let caller = Caller::read(&self.principal).map_err(|error| error.to_string())?;
        let mut context = circumstances::of(&caller, Context::new());
        for (key, values) in self.context.iter().flatten() {
            context = context.with(
                key,
                texts(values).ok_or_else(|| {
                    format!(
                        "the values of `{key}` must be a text, a number, a truth value, or a list of such"
                    )
                })?,
            );
        }
        let mut request =
            Request::new(caller, &self.action, &self.resource, context).map_err(|error| error.to_string())?;
        request.account = self.account.as_deref().map(Into::into);
        Ok(request)
    }
}

/// The values of a context key.
fn texts(values: &Json) -> Option<Vec<String>> {
    match values {
        Json::Null => Some(Vec::new()),
        Json::Bool(value) => Some(vec![value.to_string()]),
        Json::Number(number) => Some(vec![number.to_string()]),
        Json::String(text) => Some(vec![text.clone()]),
        Json::Array(values) => {
            let single = |value| texts(value).filter(|texts| texts.len() == 1);
            values.iter().map(single).collect::<Option<Vec<_>>>().map(|values| values.concat())
        }
        Json::Object(_) => None,
    }
}

/// One policy or a list of policies; `None` when nothing is given.
fn policies(json: &Json, name: &str) -> Result<Option<Vec<Named>>, String> {
    let one = |name: String, json: &Json| match json {
        Json::String(text) => Ok(Named { name, document: Document::from_text(text) }),
        Json::Object(_) => Ok(Named { name, document: Document::read(&value(json)) }),
        _ => Err(format!("`{name}` must be a policy: an object, or its text")),
    };
    match json {
        Json::Null => Ok(None),
        Json::Array(list) => {
            let each = list.iter().enumerate().map(|(at, json)| one(format!("{name}[{at}]"), json));
            each.collect::<Result<_, _>>().map(Some)
        }
        json => one(name.to_owned(), json).map(|named| Some(vec![named])),
    }
}

/// A value of the model.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::int(whole),
            (None, Some(other)) => Value::new(Kind::Number(Number::Float(other))),
            (None, None) => Value::text(number.to_string()),
        },
        Json::String(text) => Value::text(text.as_str()),
        Json::Array(list) => Value::list(list.iter().map(value).collect()),
        Json::Object(map) => {
            let field = |(key, json): (&String, &Json)| {
                (Arc::from(key.as_str()), Field { key: None, value: value(json) })
            };
            Value::map(map.iter().map(field).collect())
        }
    }
}
