//! Whether a user is a person or an application, and by which evidence.

use std::sync::Arc;

use crate::model::{Id, Model, User};
use crate::options::{UserKind, UserOptions};
use crate::policy::glob_matches;
use crate::value::{Text, Value};

/// Tags that say what a user is, in lower case.
const KIND_TAGS: [&str; 5] = ["kind", "type", "usertype", "identitytype", "usage"];
const HUMAN: [&str; 3] = ["human", "person", "employee"];
const APPLICATION: [&str; 6] = ["service", "application", "machine", "ci", "bot", "workload"];

/// What a user is, and how that is known.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What it is.
    pub kind: UserKind,
    /// By which evidence, to be read after "by": "the tag `Kind`", "its login profile".
    pub evidence: String,
    /// Whether nothing told and the default was taken.
    pub assumed: bool,
}

/// What a declared user is. The first evidence decides: tag, login profile, where its key goes, name or path, key without login
/// profile; otherwise the default of the options.
pub fn user_kind(model: &Model, options: &UserOptions, id: Id<User>) -> Judged {
    let judged = |kind, evidence: String| Judged { kind, evidence, assumed: false };
    let Some(user) = model.users.get(id) else {
        return Judged { kind: options.default, evidence: "default".to_owned(), assumed: true };
    };
    if let Some((kind, tag)) = by_tag(&user.tags) {
        return judged(kind, format!("its tag `{tag}`"));
    }
    if model.login_profiles_of_user(id).next().is_some() {
        return judged(UserKind::Human, "its login profile".to_owned());
    }
    let keys: Vec<&Arc<str>> = model.access_keys_of_user(id).map(|key| &key.declared.subject).collect();
    let reached = model.workloads.iter().filter(|_| !keys.is_empty()).find(|(_, workload)| {
        let mut origins = workload.settings.iter().flat_map(|setting| setting.value.origins.iter());
        origins.any(|origin| keys.contains(&&origin.resource))
    });
    if let Some((_, workload)) = reached {
        let evidence = format!("its key reaching the {} `{}`", workload.what, workload.declared.subject);
        return judged(UserKind::Application, evidence);
    }
    if let Some(found) = by_name(options, &user.name, &user.path) {
        return found;
    }
    if !keys.is_empty() {
        return judged(UserKind::Application, "its access key and the lack of a login profile".to_owned());
    }
    Judged {
        kind: options.default,
        evidence: "the default for users of whom nothing tells".to_owned(),
        assumed: true,
    }
}

fn by_tag(tags: &Value) -> Option<(UserKind, &str)> {
    tags.as_map()?.iter().find_map(|(key, value)| {
        let told = KIND_TAGS.contains(&key.to_ascii_lowercase().as_str());
        let value = value.as_str().filter(|_| told)?.to_ascii_lowercase();
        if HUMAN.contains(&value.as_str()) {
            Some((UserKind::Human, key.as_ref()))
        } else if APPLICATION.contains(&value.as_str()) {
            Some((UserKind::Application, key.as_ref()))
        } else {
            None
        }
    })
}

/// By the globs of the options. A glob with `/` at its start is a path: it matches that path and all below it.
fn by_name(options: &UserOptions, name: &Value, path: &Value) -> Option<Judged> {
    let name = name.as_text().map(Text::display).unwrap_or_default();
    let path = path.as_str().unwrap_or_default().into_owned();
    let matches = |globs: &[String]| {
        globs
            .iter()
            .find(|glob| match glob.starts_with('/') {
                true => {
                    path.starts_with(glob.as_str())
                        || path.contains(glob.as_str())
                        || glob_matches(glob, &path)
                }
                false => glob_matches(glob, &name),
            })
            .cloned()
    };
    let said = |kind, glob: String| {
        let what = if glob.starts_with('/') { "path" } else { "name" };
        Judged { kind, evidence: format!("its {what}, which matches `{glob}`"), assumed: false }
    };
    if let Some(glob) = matches(&options.human) {
        return Some(said(UserKind::Human, glob));
    }
    matches(&options.application).map(|glob| said(UserKind::Application, glob))
}
