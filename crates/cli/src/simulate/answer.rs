//! What is answered: the decision, and what it rests on.

use iamrail::core::policy::{
    Answer as Applies, Clashing, Decision, Effect, Ground, Policies, PolicyPlace, Request, Side, Statement,
    Verdict, decide, near_misses,
};
use iamrail::core::value::Reason;
use serde::{Serialize, Serializer};

use super::parts;

/// The answer to a case.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// The identifier of the case.
    pub(super) id: String,
    #[serde(serialize_with = "decision")]
    pub(super) decision: Decision,
    /// The environments in which it is the answer; not there when the principal belongs to none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) environments: Vec<String>,
    /// The conditions of the input under which this is the answer, each one of several ways to it; none when it always is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) when: Vec<String>,
    /// What is taken for granted because nothing is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) assuming: Option<String>,
    pub(super) because: Vec<Because>,
}

/// What a decision rests on.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Because {
    /// What it says.
    pub(super) message: String,
    /// The policy with the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<String>,
    /// The place of the statement in the policy, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) statement: Option<usize>,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    /// Its effect, unless that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) effect: Option<&'static str>,
    /// Where it stands: file, line and column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<String>,
    /// The actions that it is said of, where a pattern asks for several that are decided differently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) actions: Vec<String>,
}

impl Answer {
    /// An answer that depends on nothing but the question.
    pub(super) fn new(id: String, decision: Decision, because: Vec<Because>) -> Self {
        Self { id, decision, environments: Vec::new(), when: Vec::new(), assuming: None, because }
    }
}

impl Because {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }
}

fn decision<S: Serializer>(decision: &Decision, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(decision)
}

/// What becomes of a request, and what that rests on. `name` names policies, `at` says where a statement stands.
pub(super) fn judge(
    request: &Request,
    policies: Policies<'_, '_>,
    name: &dyn Fn(PolicyPlace) -> String,
    at: &dyn Fn(&Statement) -> Option<String>,
) -> (Decision, Vec<Because>) {
    let verdict = decide(request, policies);
    let mut because = because(request, policies, &verdict, name, at);
    if verdict.decision != Decision::Undetermined {
        return (verdict.decision, because);
    }
    let parts = parts::of(request, policies);
    because.extend(parts.iter().map(parts::Part::because));
    match parts.as_slice() {
        [all] => (all.decision, because),
        _ => (verdict.decision, because),
    }
}

fn because(
    request: &Request,
    policies: Policies<'_, '_>,
    verdict: &Verdict<'_>,
    name: &dyn Fn(PolicyPlace) -> String,
    at: &dyn Fn(&Statement) -> Option<String>,
) -> Vec<Because> {
    let entry = |ground: &Ground<'_>, message: String| Because {
        message,
        policy: Some(name(ground.policy)),
        statement: Some(ground.place),
        sid: ground.statement.sid.as_str().filter(|sid| !sid.is_empty()).map(|sid| sid.into_owned()),
        effect: match &ground.statement.effect {
            Effect::Allow => Some("Allow"),
            Effect::Deny => Some("Deny"),
            Effect::Unknown(_) => None,
        },
        at: at(ground.statement),
        actions: Vec::new(),
    };
    let mut because: Vec<Because> = verdict.rule.into_iter().map(Because::new).collect();
    because.extend(verdict.lacking.map(|side| Because::new(lacking(request, side))));
    because.extend(verdict.statements.iter().map(|ground| entry(ground, said(request, ground))));
    if let Some(unknown) = &verdict.unknown {
        let told = verdict
            .statements
            .iter()
            .any(|ground| matches!(&ground.applies, Applies::Perhaps(one) if one == unknown));
        if !told {
            because.push(Because::new(unknown.to_string()));
        }
    }
    if verdict.decision == Decision::ImplicitlyDenied {
        let missed = near_misses(request, policies, verdict.lacking);
        if verdict.statements.is_empty() && missed.is_empty() {
            because.push(Because::new(format!("no statement allows `{}`", request.action)));
        }
        because.extend(missed.iter().map(|ground| entry(ground, missing(ground))));
    }
    because
}

/// Whose consent is missing beside that of the others, which the statements show.
fn lacking(request: &Request, side: Side) -> String {
    match side {
        Side::Caller => format!("no policy of the principal allows `{}`, which it needs too", request.action),
        Side::Resource => {
            format!(
                "no policy of the resource allows `{}` to the principal, which it needs too",
                request.action
            )
        }
    }
}

fn said(request: &Request, ground: &Ground<'_>) -> String {
    let denies = ground.statement.is_deny();
    let account =
        if ground.delegates { " to those in the account whose own policies allow it too" } else { "" };
    match &ground.applies {
        Applies::Yes if denies => "denies it".to_owned(),
        Applies::Yes => format!("allows it{account}"),
        Applies::Perhaps(unknown) => {
            let verb = if denies { "deny" } else { "allow" };
            let part =
                (unknown.reason == Reason::Undocumented).then(|| parts::in_common(request, ground.statement));
            match part.flatten() {
                Some(part) if denies => format!("denies a part of what is asked for: {part}"),
                Some(part) => format!("allows a part of what is asked for: {part}"),
                None => format!("may {verb} it: {unknown}"),
            }
        }
        Applies::No => "does not apply".to_owned(),
    }
}

fn missing(ground: &Ground<'_>) -> String {
    match ground.clashing {
        Some(Clashing::Resource) => "allows the action on other resources".to_owned(),
        Some(Clashing::Principal) => "allows the action to others".to_owned(),
        Some(Clashing::Condition(place)) => match ground.statement.conditions.get(place) {
            Some(condition) => {
                format!(
                    "allows the action when `{}` on `{}` holds, which it does not",
                    condition.operator, condition.key
                )
            }
            None => "allows the action under a condition that does not hold".to_owned(),
        },
        Some(Clashing::Action) | None => "allows other actions".to_owned(),
    }
}
