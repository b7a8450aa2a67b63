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
    // An id and the secret that follows it are one key; so is an id that stands in several places.
    let mut keys: Vec<(&Credential<'_>, Vec<&Credential<'_>>)> = Vec::new();
    for credential in &found {
        let known = keys.iter_mut().find(|(first, others)| {
            let pair = first.form != credential.form && !others.iter().any(|other| other.form == credential.form);
            is_same(file, first, credential) || pair
        });
        match known {
            Some((_, others)) => others.push(credential),
            None => keys.push((credential, Vec::new())),
        }
    }
    if keys.is_empty() {
        judge.holds();
    }
    for (first, others) in keys {
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

fn is_same(file: &SourceFile, one: &Credential<'_>, other: &Credential<'_>) -> bool {
    file.slice(file.span(one.start, one.end)) == file.slice(file.span(other.start, other.end))
}
