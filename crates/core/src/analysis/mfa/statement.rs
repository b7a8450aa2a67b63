//! What single statements demand: the conditions that name MFA, judged by what they do.

use std::fmt;

use super::sign_in::{SignIn, asks_for_mfa, direct_call, is_misspelt};
use crate::policy::{Answer, Condition, Prepared, Statement};

/// What is wrong with the conditions of a statement that names MFA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It lets requests with access keys through, which do not have the key of the condition.
    KeysPass,
    /// It lets sessions without MFA through, which have the key of the condition.
    SessionsPass,
    /// It stops who has MFA, or lets through only who has none.
    Inverted,
    /// Its conditions never hold.
    Never,
    /// Its conditions hold with MFA and without.
    Always,
    /// It stops who used MFA too long ago, and nobody who did not use it.
    OnlyAge,
}

/// In which ways of signing in the conditions of a statement that name MFA hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holds {
    /// With an access key.
    pub(super) key: bool,
    /// With temporary credentials without MFA.
    pub(super) session: bool,
    /// With MFA.
    pub(super) mfa: bool,
    /// With MFA, long ago.
    pub(super) old_mfa: bool,
}

impl Holds {
    /// For a statement that names MFA; `None` for others, and when it is not known.
    pub(super) fn of(policy: &Prepared<'_>, statement: &Statement) -> Option<Self> {
        if !statement.conditions.iter().any(asks_for_mfa) {
            return None;
        }
        let misspelt = statement.conditions.iter().filter(|condition| is_misspelt(condition));
        let circumstances =
            misspelt.fold(direct_call(), |context, condition| context.without(&condition.key));
        let holds = |sign_in: SignIn| {
            let context = sign_in.of(&circumstances);
            match policy.conditions_hold(statement, &context, asks_for_mfa) {
                Answer::Yes => Some(true),
                Answer::No => Some(false),
                Answer::Perhaps(_) => None,
            }
        };
        Some(Self {
            key: holds(SignIn::AccessKey)?,
            session: holds(SignIn::Console)?,
            mfa: holds(SignIn::Mfa)?,
            old_mfa: holds(SignIn::OldMfa)?,
        })
    }

    /// What is wrong with a Deny under such conditions: it must hold without MFA, and not with it.
    pub(super) fn fault_of_deny(self) -> Option<Fault> {
        let Self { key, session, mfa, old_mfa } = self;
        match (key, session, mfa, old_mfa) {
            (true, true, false, _) => None,
            (true, true, true, _) => Some(Fault::Always),
            (_, _, true, _) => Some(Fault::Inverted),
            (false, true, false, _) => Some(Fault::KeysPass),
            (true, false, false, _) => Some(Fault::SessionsPass),
            (false, false, false, true) => Some(Fault::OnlyAge),
            (false, false, false, false) => Some(Fault::Never),
        }
    }

    /// What is wrong with an Allow under such conditions: it must hold with MFA, and not without it.
    pub(super) fn fault_of_allow(self) -> Option<Fault> {
        let Self { key, session, mfa, old_mfa } = self;
        match (key, session, mfa || old_mfa) {
            (false, false, true) => None,
            (true, true, true) => Some(Fault::Always),
            (true, false, true) => Some(Fault::KeysPass),
            (false, true, true) => Some(Fault::SessionsPass),
            (false, false, false) => Some(Fault::Never),
            (_, _, false) => Some(Fault::Inverted),
        }
    }
}

/// A fault in words, with the condition that shows it.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'s> {
    fault: &'s Fault,
    statement: &'s Statement,
}

impl Fault {
    /// The fault of a statement in words.
    pub fn explained<'s>(&'s self, statement: &'s Statement) -> Explained<'s> {
        Explained { fault: self, statement }
    }

    /// The condition that shows the fault of a statement.
    pub fn condition<'s>(&self, statement: &'s Statement) -> Option<&'s Condition> {
        let mut conditions = statement.conditions.iter().filter(|condition| asks_for_mfa(condition));
        conditions.clone().find(|condition| is_misspelt(condition)).or_else(|| conditions.next())
    }
}

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, statement } = self;
        let condition = fault.condition(statement);
        let (operator, key) = condition.map_or(("", ""), |condition| (&condition.operator, &condition.key));
        if condition.is_some_and(is_misspelt) {
            return write!(f, "AWS has no condition key `{key}`");
        }
        let is_deny = statement.is_deny();
        match fault {
            Fault::KeysPass if is_deny => {
                write!(
                    f,
                    "requests with an access key do not have `{key}`, and `{operator}` passes over them"
                )
            }
            Fault::KeysPass => {
                write!(
                    f,
                    "requests with an access key do not have `{key}`, and `{operator}` holds without it"
                )
            }
            Fault::SessionsPass if is_deny => {
                write!(f, "console sessions without MFA have `{key}`, and `{operator}` passes over them")
            }
            Fault::SessionsPass => {
                write!(f, "console sessions without MFA have `{key}`, and `{operator}` asks for no more")
            }
            Fault::Inverted if is_deny => write!(f, "it denies what is done with MFA"),
            Fault::Inverted => write!(f, "it allows only what is done without MFA"),
            Fault::Never if statement.conditions.iter().filter(|one| asks_for_mfa(one)).count() > 1 => {
                write!(f, "its conditions on MFA never hold together")
            }
            Fault::Never => write!(f, "`{operator}` on `{key}` never holds"),
            Fault::Always => write!(f, "`{operator}` on `{key}` holds with MFA and without"),
            Fault::OnlyAge => {
                write!(f, "`{operator}` on `{key}` stops old sessions with MFA, and none without it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Guard;
    use crate::policy::Document;

    const PRESENT: &str = "aws:MultiFactorAuthPresent";
    const AGE: &str = "aws:MultiFactorAuthAge";

    fn holds(conditions: &str) -> Holds {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{
                "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{{conditions}}}}}}}"#
        );
        let document = Document::from_text(&text);
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        Holds::of(&Prepared::identity(&document, &Guard::always()), &document.statements[0]).unwrap()
    }

    /// Which conditions hold with a key, with temporary credentials without MFA, with MFA now, and with MFA long ago.
    #[test]
    fn conditions_are_judged_by_what_they_do() {
        use Fault::{Always, Inverted, KeysPass, Never, OnlyAge, SessionsPass};
        let one = |operator: &str, key: &str, value: &str| format!(r#""{operator}": {{"{key}": "{value}"}}"#);
        let deny_via = format!(r#""BoolIfExists": {{"{PRESENT}": "false", "aws:ViaAWSService": "false"}}"#);
        let both = format!("{}, {}", one("Bool", PRESENT, "false"), one("Null", PRESENT, "true"));
        for (conditions, expected, deny, allow) in [
            (one("Bool", PRESENT, "false"), "-s--", Some(KeysPass), Some(Inverted)),
            (one("BoolIfExists", PRESENT, "false"), "ks--", None, Some(Inverted)),
            (one("Null", PRESENT, "true"), "k---", Some(SessionsPass), Some(Inverted)),
            (one("Null", PRESENT, "false"), "-smo", Some(Inverted), Some(SessionsPass)),
            (one("Bool", PRESENT, "true"), "--mo", Some(Inverted), None),
            (one("BoolIfExists", PRESENT, "true"), "k-mo", Some(Inverted), Some(KeysPass)),
            (one("StringNotEquals", PRESENT, "true"), "ks--", None, Some(Inverted)),
            (one("StringEquals", PRESENT, "true"), "--mo", Some(Inverted), None),
            (one("NumericLessThan", AGE, "3600"), "--m-", Some(Inverted), None),
            (one("NumericLessThanIfExists", AGE, "3600"), "ksm-", Some(Always), Some(Always)),
            (one("NumericGreaterThan", AGE, "3600"), "---o", Some(OnlyAge), None),
            (one("NumericGreaterThanIfExists", AGE, "3600"), "ks-o", None, Some(Always)),
            (one("Null", AGE, "true"), "ks--", None, Some(Inverted)),
            (one("Null", AGE, "false"), "--mo", Some(Inverted), None),
            (one("ForAllValues:Bool", PRESENT, "true"), "k-mo", Some(Inverted), Some(KeysPass)),
            (one("ForAnyValue:Bool", PRESENT, "false"), "-s--", Some(KeysPass), Some(Inverted)),
            (one("Bool", PRESENT, "flase"), "----", Some(Never), Some(Never)),
            (one("BoolIfExist", PRESENT, "false"), "----", Some(Never), Some(Never)),
            (one("Bool", "aws:MultiFactorAuthentication", "true"), "----", Some(Never), Some(Never)),
            (one("BoolIfExists", "aws:MFAPresent", "false"), "ksmo", Some(Always), Some(Always)),
            (one("bool", "AWS:multifactorauthpresent", "False"), "-s--", Some(KeysPass), Some(Inverted)),
            (deny_via, "ks--", None, Some(Inverted)),
            (both, "----", Some(Never), Some(Never)),
        ] {
            let found = holds(&conditions);
            let letter = |holds, letter| if holds { letter } else { '-' };
            let shown: String = [
                letter(found.key, 'k'),
                letter(found.session, 's'),
                letter(found.mfa, 'm'),
                letter(found.old_mfa, 'o'),
            ]
            .iter()
            .collect();
            assert_eq!(shown, expected, "{conditions}");
            assert_eq!(found.fault_of_deny(), deny, "deny under {conditions}");
            assert_eq!(found.fault_of_allow(), allow, "allow under {conditions}");
        }
    }
}
