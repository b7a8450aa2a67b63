//! Which long-lived credentials reach the configuration of a workload.

use std::sync::Arc;

use super::credential_names::{announced, is_name, is_session_token};
use crate::collections::HashMap;
use crate::model::{AccessKey, Guard, Model, Setting, Workload};
use crate::source::Span;
use crate::value::{Flat, Hole, Kind, Origin, Part, Text, Unknown, Value};

/// Arguments of provider and backend blocks with the same meaning.
const ARGUMENTS: [&str; 2] = ["access_key", "secret_key"];
/// How deeply configuration is searched.
const DEPTH: usize = 32;

/// The access keys of an input, by the resources that declare them.
pub struct Keys<'m>(HashMap<&'m str, &'m AccessKey>);

/// The workloads of a model, each with what its configuration carries.
pub fn workloads(model: &Model) -> Vec<(&Workload, Carried<'_>)> {
    let keys = Keys::of(model);
    model.workloads.iter().map(|(_, workload)| (workload, keys.carried_by(workload))).collect()
}

/// What the configuration of a workload carries.
#[derive(Debug)]
pub struct Carried<'m> {
    /// The credentials, in the order in which they stand there.
    pub found: Vec<Found<'m>>,
    /// Places where a credential is written out.
    pub secrets: Vec<Span>,
    /// The argument that hides which variables there are, if one does, and why.
    pub hidden: Option<(&'m Setting, &'m Arc<Unknown>)>,
}

impl<'m> Keys<'m> {
    /// Of a model.
    pub fn of(model: &'m Model) -> Self {
        Self(model.access_keys.iter().map(|(_, key)| (key.declared.subject.as_ref(), key)).collect())
    }

    /// The key that an attribute belongs to, if it is the attribute of one.
    pub fn of_origin(&self, origin: &Origin) -> Option<&'m AccessKey> {
        self.0.get(origin.resource.as_ref()).copied()
    }

    /// The credentials that reach a workload.
    fn carried_by(&self, workload: &'m Workload) -> Carried<'m> {
        let has_arguments = workload.settings.iter().any(|setting| is_one_of(&setting.name, &ARGUMENTS));
        let mut search = Search {
            keys: &self.0,
            found: Vec::new(),
            has_arguments,
            temporary: false,
            secrets: Vec::new(),
            guard: Guard::always(),
            undecided: None,
            hidden: None,
        };
        for setting in &workload.settings {
            search.setting(setting);
        }
        if search.temporary {
            search.found.retain(|found| !matches!(found.what, What::Name));
        }
        Carried { found: search.found, secrets: search.secrets, hidden: search.hidden }
    }
}

/// Credentials in one place of a workload's configuration.
#[derive(Debug)]
pub struct Found<'m> {
    /// What they are.
    pub what: What<'m>,
    /// What the place is called there: an environment variable, an argument.
    pub name: Arc<str>,
    /// Where, if it stands anywhere.
    pub span: Option<Span>,
    /// The conditions under which they are there.
    pub guard: Guard,
    /// Why it is not known whether they are, if it is not.
    pub undecided: Option<Arc<Unknown>>,
}

/// What they are.
#[derive(Debug)]
pub enum What<'m> {
    /// An attribute of a key that the model declares.
    Key(&'m AccessKey, Origin),
    /// A credential written out.
    Literal,
    /// A value under a name that only credentials have.
    Name,
}

struct Search<'k, 'm> {
    keys: &'k HashMap<&'m str, &'m AccessKey>,
    found: Vec<Found<'m>>,
    /// Whether the configuration is that of a provider or backend, whose session token is the argument `token`.
    has_arguments: bool,
    /// Whether a session token stands beside the key.
    temporary: bool,
    /// Places where a credential is written out.
    secrets: Vec<Span>,
    /// The conditions under which what is looked at is there, and why it is not known whether it is.
    guard: Guard,
    undecided: Option<Arc<Unknown>>,
    /// The argument that hides which variables there are, if one does, and why.
    hidden: Option<(&'m Setting, &'m Arc<Unknown>)>,
}

impl<'m> Search<'_, 'm> {
    fn setting(&mut self, setting: &'m Setting) {
        if let Some(unknown) = whole_unknown(&setting.value)
            && !setting.variable
            && Setting::holds_variables(&setting.name)
        {
            self.hidden.get_or_insert((setting, unknown));
        }
        self.guard = setting.guard.clone();
        self.undecided.clone_from(&setting.undecided);
        self.value(&setting.name, setting.name_span, &setting.value, 0);
    }

    fn value(&mut self, name: &Arc<str>, key: Option<Span>, value: &Value, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match &value.kind {
            Kind::Map(map) => {
                self.named_pair(value, depth);
                for (name, field) in &map.entries {
                    self.value(name, field.key, &field.value, depth + 1);
                }
            }
            Kind::List(list) | Kind::Set(list) => {
                for item in &list.items {
                    self.value(name, key, item, depth + 1);
                }
            }
            Kind::Choice(_) => self.choice(name, key, value, depth),
            _ => self.leaf(name, key, value),
        }
    }

    /// Which value is the real one may not be known; where all of them are credentials, that does not matter.
    fn choice(&mut self, name: &Arc<str>, key: Option<Span>, choice: &Value, depth: usize) {
        let (outer, before) = ((self.guard.clone(), self.undecided.clone()), self.found.len());
        let mut all = true;
        for possible in choice.alternatives() {
            let Some(guard) = outer.0.and(&possible.guard) else { continue };
            let found = self.found.len();
            if let Some(value) = possible.value {
                self.guard = guard;
                self.undecided = outer.1.clone().or_else(|| possible.undecided.cloned());
                self.value(name, key, value, depth + 1);
            }
            all &= self.found.len() > found;
        }
        if all {
            self.found.iter_mut().skip(before).for_each(|found| found.undecided.clone_from(&outer.1));
        }
        (self.guard, self.undecided) = outer;
    }

    /// A container's environment is a list of names with values.
    fn named_pair(&mut self, pair: &Value, depth: usize) {
        let field = |names: [&str; 2]| names.iter().find_map(|name| pair.get(name));
        let Some(name) = field(["name", "Name"]).and_then(Value::as_str) else { return };
        for value in ["value", "Value", "valueFrom", "ValueFrom"].iter().filter_map(|key| pair.get(key)) {
            self.value(&name.as_ref().into(), None, value, depth + 1);
        }
    }

    fn leaf(&mut self, name: &Arc<str>, key: Option<Span>, value: &Value) {
        let span = value.span.or(key);
        let is_token = is_session_token(name) || (name.as_ref() == "token" && self.has_arguments);
        self.temporary |= is_token && !is_empty(value);
        let of_key = value.origins.iter().find_map(|origin| {
            let declared = self.keys.get(origin.resource.as_ref())?;
            is_credential_attribute(&origin.attribute).then(|| (*declared, origin.clone()))
        });
        let is_credential = of_key.is_some() || is_name(name) || is_one_of(name, &ARGUMENTS);
        if is_credential && value.as_str().is_some() {
            Value { sensitive: true, ..value.clone() }.sensitive_places(&mut self.secrets);
        }
        if let Some((declared, origin)) = of_key {
            let span = hole_of(value, &origin).or(span);
            self.add(What::Key(declared, origin), name, span);
        } else if let Some(at) = literal(value) {
            self.add(What::Literal, name, at.or(span));
        } else if (is_name(name) && !is_empty(value)) || (is_one_of(name, &ARGUMENTS) && value.is_unknown()) {
            self.add(What::Name, name, span);
        } else if let Some((announced, at)) = announced(value) {
            self.add(What::Name, &announced.into(), at.or(span));
        }
    }

    fn add(&mut self, what: What<'m>, name: &Arc<str>, span: Option<Span>) {
        // A pair of name and value is met as a pair and again as two fields.
        let is_known = |found: &Found<'_>| found.span == span && span.is_some() && found.guard == self.guard;
        if !self.found.iter().any(is_known) {
            let (guard, undecided) = (self.guard.clone(), self.undecided.clone());
            self.found.push(Found { what, name: Arc::clone(name), span, guard, undecided });
        }
    }
}

/// Why nothing of a value is known.
fn whole_unknown(value: &Value) -> Option<&Arc<Unknown>> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown),
        Kind::Text(text) => match text.parts() {
            [Part::Hole(hole)] => Some(&hole.unknown),
            _ => None,
        },
        _ => None,
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_text().is_some_and(Text::is_empty)
}

/// Attributes of a key that are credentials. What else is known of it (its user, its status, its date) is not.
fn is_credential_attribute(attribute: &str) -> bool {
    matches!(
        attribute,
        "id" | "secret"
            | "ses_smtp_password_v4"
            | "service_password"
            | "service_credential_secret"
            | "Ref"
            | "Id"
            | "SecretAccessKey"
            | "ServicePassword"
            | "ServiceCredentialSecret"
    )
}

/// The place in a longer text, such as a script, where an attribute is put in.
fn hole_of(value: &Value, origin: &Origin) -> Option<Span> {
    let holes = value.as_text()?.holes();
    let puts_in = |hole: &&Arc<Hole>| {
        hole.origins.iter().any(|one| one.resource == origin.resource && one.attribute == origin.attribute)
    };
    let span = holes.filter(puts_in).find_map(|hole| hole.span)?;
    value.span.filter(|whole| whole.contains(&span)).map(|_| span)
}

/// The place of a credential that is written out in a value.
fn literal(value: &Value) -> Option<Option<Span>> {
    let flat = Flat::new(value.as_text()?);
    let found = iamrail_credentials::find(flat.text().as_bytes());
    found.first().map(|first| flat.places(first.range.start, first.range.end).first().copied())
}
