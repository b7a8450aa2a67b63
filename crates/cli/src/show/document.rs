//! Policy documents of the model as JSON.

use iamrail::core::policy::{Document, Effect, Elements, Statement};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::json;

use super::value::value;
use crate::output::{Place, Scene};

/// A policy document.
#[derive(Serialize)]
pub(crate) struct DocumentEntry {
    pub(crate) version: Json,
    pub(crate) statements: Vec<StatementEntry>,
    /// Why there may be more statements than these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open: Option<String>,
}

/// A statement.
#[derive(Serialize)]
pub(crate) struct StatementEntry {
    pub(crate) location: Option<Place>,
    pub(crate) sid: Json,
    pub(crate) effect: String,
    pub(crate) actions: Patterns,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resources: Option<Patterns>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principals: Option<Vec<PrincipalEntry>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) conditions: Vec<ConditionEntry>,
    /// The conditions of the input under which it is part of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) when: Option<String>,
    /// Why it is not known whether it is part of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undecided: Option<String>,
}

/// Actions, resources or identifiers of principals.
#[derive(Serialize)]
pub(crate) struct Patterns {
    /// Whether everything except these is meant.
    pub(crate) except: bool,
    pub(crate) patterns: Vec<Json>,
    /// Why there may be more patterns than these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open: Option<String>,
}

/// Principals of one type.
#[derive(Serialize)]
pub(crate) struct PrincipalEntry {
    pub(crate) r#type: String,
    #[serde(flatten)]
    pub(crate) identifiers: Patterns,
}

/// A condition.
#[derive(Serialize)]
pub(crate) struct ConditionEntry {
    pub(crate) operator: String,
    pub(crate) key: String,
    pub(crate) values: Vec<Json>,
}

impl DocumentEntry {
    /// A document.
    pub(crate) fn new(scene: &Scene<'_>, document: &Document) -> Self {
        Self {
            version: value(scene, &document.version),
            statements: document.statements.iter().map(|one| StatementEntry::new(scene, one)).collect(),
            open: document.open.as_ref().map(|unknown| scene.text(&unknown.to_string()).into_owned()),
        }
    }
}

impl StatementEntry {
    fn new(scene: &Scene<'_>, statement: &Statement) -> Self {
        let shown = |text: &str| scene.text(text).into_owned();
        let condition = |condition: &iamrail::core::policy::Condition| ConditionEntry {
            operator: shown(&condition.operator),
            key: shown(&condition.key),
            values: Patterns::new(scene, &condition.values).patterns,
        };
        let principals = statement.principals.as_ref().map(|principals| {
            let entry = |(kind, elements): &(std::sync::Arc<str>, Elements)| PrincipalEntry {
                r#type: shown(kind),
                identifiers: Patterns { except: principals.except, ..Patterns::new(scene, elements) },
            };
            principals.entries.iter().map(entry).collect()
        });
        Self {
            location: statement.span.and_then(|span| Place::new(scene, span)),
            sid: value(scene, &statement.sid),
            effect: match &statement.effect {
                Effect::Allow => "Allow".to_owned(),
                Effect::Deny => "Deny".to_owned(),
                Effect::Unknown(unknown) => format!("${{{}}}", scene.text(&unknown.what)),
            },
            actions: Patterns::new(scene, &statement.actions),
            resources: statement.resources.as_ref().map(|resources| Patterns::new(scene, resources)),
            principals,
            conditions: statement.conditions.iter().map(condition).collect(),
            when: (!statement.guard.is_always()).then(|| shown(&statement.guard.to_string())),
            undecided: statement.undecided.as_ref().map(|unknown| shown(&unknown.to_string())),
        }
    }
}

impl Patterns {
    fn new(scene: &Scene<'_>, elements: &Elements) -> Self {
        Self {
            except: elements.except,
            patterns: elements.items.iter().map(|item| json!(scene.text(&item.text.display()))).collect(),
            open: elements.open.as_ref().map(|unknown| scene.text(&unknown.to_string()).into_owned()),
        }
    }
}
