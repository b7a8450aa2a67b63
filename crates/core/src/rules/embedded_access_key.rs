
use crate::collections::HashMap;
use crate::credential::{Credential, Form, find};
use crate::report::{Level, Related};
use crate::rule::{Check, Inputs, Judge, Rule, StatementId};
use crate::source::SourceFile;

pub(super) static RULE: Rule = Rule {
    name: "embedded-access-key",
    summary: "an AWS credential is written into a file",
    level: Level::Error,
    statements: &[StatementId("UB-3.1"), StatementId("FG-P2")],
    inputs: Inputs::Texts,
    page: include_str!("embedded_access_key.md"),
    check: Check::Text(check),
};

const HELP: &str = "create a new key and switch to it if a key is needed at all, deactivate this one, then remove it from the file; \
                    a key that was ever committed stays leaked";

fn check(file: &SourceFile, judge: &mut Judge<'_>) {
    let found = find(file.text());
    for credential in &found {
        judge.secret(file.span(credential.start, credential.end));
    }
    let keys = keys(file, &found);
    if keys.is_empty() {
        judge.holds();
    }
    for Key { first, others, .. } in keys {
        let message = match (first.form, first.account()) {
            (Form::KeyId, Some(account)) => {
                format!("the access key `{first}` of account {account} is written into the file")
            }
            (Form::KeyId, None) => format!("the access key `{first}` is written into the file"),
            (Form::Secret, _) => "a secret access key is written into the file".to_owned(),
        };
        let draft = judge.violated(file.path(), file.span(first.start, first.end), message);
        draft.help(HELP).key(first.to_string());
        draft.label(if first.is_temporary() { "expires, but is a secret as long as it works" } else { "never expires by itself" });
        for other in others {
            let message = match other.form {
                Form::KeyId => "its id stands here too",
                Form::Secret => "its secret",
            };
            draft.related(Related::new(file.path().clone(), Some(file.span(other.start, other.end)), message));
        }
    }
}

/// How far behind an id its secret may stand, in bytes.
const NEARBY: usize = 400;

/// A key: what was found of it first, and all else.
struct Key<'f, 't> {
    first: &'f Credential<'t>,
    others: Vec<&'f Credential<'t>>,
    is_pair: bool,
}

/// An id and the secret that stands next to it are one key; so is what stands in several places.
fn keys<'f, 't>(file: &SourceFile, found: &'f [Credential<'t>]) -> Vec<Key<'f, 't>> {
    let mut keys: Vec<Key<'f, 't>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::default();
    for credential in found {
        let text = file.slice(file.span(credential.start, credential.end));
        if let Some(key) = known.get(text).and_then(|&at| keys.get_mut(at)) {
            key.others.push(credential);
            continue;
        }
        match keys.last_mut() {
            Some(key) if !key.is_pair && is_pair(key.first, credential) => {
                key.others.push(credential);
                key.is_pair = true;
                known.insert(text, keys.len() - 1);
            }
            _ => {
                known.insert(text, keys.len());
                keys.push(Key { first: credential, others: Vec::new(), is_pair: false });
            }
        }
    }
    keys
}

fn is_pair(one: &Credential<'_>, next: &Credential<'_>) -> bool {
    one.form != next.form && next.start.saturating_sub(one.end) <= NEARBY
}
