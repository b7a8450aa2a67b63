use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_credentials::Kind;

use crate::report::{Level, Related};
use crate::rule::{Check, Inputs, Judge, Rule, StatementId};
use crate::sighting::{Form, Medium, Sighting, Sightings};
use crate::source::{Sources, Span, file_name};

mod accounts;
mod key;

use key::{Key, keys};

pub(super) static RULE: Rule = Rule {
    name: "embedded-access-key",
    summary: "an AWS credential is written into a file, a version of it, or an image",
    level: Level::Error,
    statements: &[StatementId("UB-3.1"), StatementId("FG-P2")],
    inputs: Inputs::Texts,
    page: include_str!("embedded_access_key.md"),
    check: Check::Credentials(check),
};

const IN_FILE: &str = "create a new key and switch to it if a key is needed at all, deactivate this one, then remove it from the file; \
                       a key that was ever committed stays leaked";
const IN_URL: &str = "make the URL where it is needed, and let it expire soon: whoever has it can do what it was signed for until then";
const IN_HISTORY: &str = "create a new key and switch to it if a key is needed at all, then deactivate this one: whoever has a copy of \
                          the repository has the key, also when its history is rewritten";
const IN_IMAGE: &str = "create a new key and switch to it if a key is needed at all, then deactivate this one and build the image without \
                        it: whoever has the image has the key, also where a later layer deletes it";

fn check(sightings: &Sightings, sources: &Sources, judge: &mut Judge<'_>) {
    let path_of =
        |span: Span| sources.file(span.file).map(|file| Arc::clone(file.path())).unwrap_or_default();
    let path = |one: &Sighting| path_of(one.span);
    let goes_on = |one: &Sighting| {
        let message = format!("{} goes on here", called(one.kind));
        let parts = one.parts.iter().skip(1).copied();
        parts.map(|part| Related::new(path_of(part), Some(part), message.clone())).collect::<Vec<_>>()
    };
    let mut leaking: Vec<Arc<str>> = sightings.all.iter().map(path).collect();
    leaking.sort_unstable();
    leaking.dedup();
    judge.holds_for(sightings.texts.saturating_sub(leaking.len()));
    sightings.all.iter().flat_map(|one| &one.parts).for_each(|span| judge.secret(*span));
    let keys = keys(&sightings.all);
    let accounts = accounts::named(keys.iter().filter_map(Key::account).collect(), sources);
    for key in keys {
        let Some((first, others)) = key.places.split_first() else { continue };
        let subject = path(first);
        let draft = judge.violated(&subject, first.span, message(&key, first, &accounts));
        draft.help(help(&key, first)).key(name(&key, first)).label(label(&key, first, &subject));
        if key.id.is_some_and(|id| id.is_planted()) {
            draft.at_most(Level::Note);
        } else if key.id.is_some_and(|id| id.is_doubtful()) && !key.has_secret() || key.is_presigned() {
            draft.at_most(Level::Warning);
        }
        draft.in_environments(key.environments()).of_access_key(key.id);
        for part in goes_on(first) {
            draft.related(part);
        }
        for other in others {
            draft.related(Related::new(path(other), Some(other.span), said(other, first)));
            for part in goes_on(other) {
                draft.related(part);
            }
        }
    }
}

/// What a key is called: by its id where that is known.
fn name(key: &Key<'_>, first: &Sighting) -> String {
    match (key.id, first.kind) {
        (Some(id), _) => id.to_string(),
        (None, Kind::SecretKey) => "****".to_owned(),
        (None, kind) => kind.to_string(),
    }
}

fn message(key: &Key<'_>, first: &Sighting, configured: &BTreeSet<String>) -> String {
    let what = match (key.id, first.kind) {
        (Some(id), _) if id.is_doubtful() && !key.has_secret() => {
            format!("what looks like the access key `{id}`, though its account cannot be,")
        }
        (Some(id), _) => format!("the access key `{id}`"),
        (None, Kind::SmtpPassword | Kind::BedrockKey) => format!("an {}", first.kind),
        (None, kind) => format!("a {kind}"),
    };
    let account = match key.account() {
        Some(account) if configured.contains(&account) => {
            format!(" of account {account}, an account of this configuration,")
        }
        Some(account) => format!(" of account {account}"),
        None => String::new(),
    };
    let place = match (&first.medium, first.form) {
        (Medium::File, Form::Plain) => "is written into the file".to_owned(),
        (Medium::File, Form::Base64) => "is written into the file in base64".to_owned(),
        (Medium::File, Form::Computed) => "is put together of parts in the file".to_owned(),
        (Medium::History { since, .. }, _) => format!("is in the history since {since}"),
        (Medium::Image(part), _) => format!("is in the image: {part}"),
    };
    format!("{what}{account} {place}")
}

fn help(key: &Key<'_>, first: &Sighting) -> &'static str {
    match first.medium {
        _ if key.id.is_some_and(|id| id.is_planted()) => {
            "keys of this account are planted to be found, and to tell when somebody uses them: leave it, if that is why it is here"
        }
        _ if key.is_presigned() => IN_URL,
        Medium::File => IN_FILE,
        Medium::History { .. } => IN_HISTORY,
        Medium::Image(_) => IN_IMAGE,
    }
}

fn label(key: &Key<'_>, first: &Sighting, path: &str) -> &'static str {
    let name = file_name(path);
    let builds =
        name.starts_with("Dockerfile") || name.starts_with("Containerfile") || name.ends_with(".Dockerfile");
    let temporary = key.id.is_some_and(|id| id.is_temporary()) || first.kind == Kind::BedrockToken;
    match (builds, temporary) {
        (true, _) => "every image that is built of this file carries it",
        (_, true) => "expires, but is a secret as long as it works",
        _ => "never expires by itself",
    }
}

/// What a credential is called where it belongs to a key.
fn called(kind: Kind) -> String {
    match kind {
        Kind::KeyId => "its id".to_owned(),
        Kind::SecretKey => "its secret".to_owned(),
        kind => format!("its {kind}"),
    }
}

/// What stands at another place of a key.
fn said(other: &Sighting, first: &Sighting) -> String {
    let what = match other.kind {
        Kind::SecretKey if first.kind == Kind::SecretKey => "it".to_owned(),
        kind => called(kind),
    };
    let again = if other.kind == first.kind { " stands here too" } else { "" };
    let form = match other.form {
        Form::Plain => "",
        Form::Base64 => ", in base64",
        Form::Computed => ", put together of parts",
    };
    match &other.medium {
        Medium::File => format!("{what}{again}{form}"),
        Medium::History { since: place, .. } | Medium::Image(place) => {
            format!("{what}{again}{form}: {place}")
        }
    }
}
