//! What flawed statements are meant to say.

use super::flaw::Flaw;
use super::open::matching;
use super::sign_in::asks_for_mfa;
use crate::model::Guard;
use crate::policy::{Condition, Element, Elements, Statement};
use crate::value::{Text, Value};

impl Flaw {
    /// Lets a statement with this flaw do what it is meant to do.
    pub(super) fn mend(&self, statement: &mut Statement) {
        match self {
            Self::Conditions(_) | Self::Circumstances(_) => {
                let (operator, value) = match statement.is_deny() {
                    true => ("BoolIfExists", "false"),
                    false => ("Bool", "true"),
                };
                let drops_all = matches!(self, Self::Circumstances(_));
                statement.conditions.retain(|condition| !drops_all && !asks_for_mfa(condition));
                statement.conditions.push(demand(operator, value));
            }
            Self::Resources | Self::Variables => {
                statement.resources = Some(Elements { items: vec![element("*")], ..Elements::default() });
            }
            Self::Exceptions(actions) | Self::Tolerated(actions) => {
                let is_kept = |item: &Element| {
                    !matching(&item.widest_pattern()).iter().any(|action| actions.contains(action))
                };
                statement.actions.items.retain(is_kept);
            }
            Self::Actions(_) => {
                statement.actions.items = vec![element("*")];
            }
            Self::Role(_) => {}
        }
    }
}

fn demand(operator: &str, value: &str) -> Condition {
    Condition {
        operator: operator.into(),
        key: "aws:MultiFactorAuthPresent".into(),
        key_span: None,
        values: Elements { items: vec![element(value)], ..Elements::default() },
        guard: Guard::always(),
    }
}

fn element(text: &str) -> Element {
    Element {
        text: Text::literal(text, None),
        span: None,
        value: Value::text(text),
        guard: Guard::always(),
        undecided: None,
    }
}
