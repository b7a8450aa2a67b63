//! Whether a user is a person or an application, and by which evidence.

use std::sync::Arc;

use super::credentials::Credentials;
use crate::model::{Case, Deployment, Guard, Id, Model, User, Workload};
use crate::options::{UserKind, UserOptions};
use crate::policy::glob_matches;
use crate::value::{Map, Text, Value};

/// Tags that say what a user is, in lower case.
const KIND_TAGS: [&str; 5] = ["kind", "type", "usertype", "identitytype", "usage"];
const HUMAN: [&str; 3] = ["human", "person", "employee"];
const APPLICATION: [&str; 6] = ["service", "application", "machine", "ci", "bot", "workload"];

/// What a user is, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What it is.
    pub kind: UserKind,
    /// By which evidence, to be read after "by": "the tag `Kind`", "its login profile".
    pub evidence: String,
    /// Whether nothing told and the default was taken.
    pub assumed: bool,
    /// Whether it has a key or a password here.
    pub has_credential: bool,
}

/// What a declared user is, in each of the deployments in which that differs, all of them such that `assumed` holds. The first
/// evidence decides: tag, login profile, where its key goes, name or path, key without login profile; otherwise the default of
/// the options.
pub fn user_kinds(model: &Model, options: &UserOptions, id: Id<User>, assumed: &Guard) -> Vec<Case<Judged>> {
    let Some(user) = model.users.get(id) else { return Vec::new() };
    let credentials = Credentials::of(model, id);
    let reached = reached(model, &credentials);
    let guards = tag_guards(&user.tags);
    let guards = guards.iter().chain(credentials.guards()).chain(reached.iter().map(|(_, _, guard)| guard));
    let names: Vec<Guard> = user.name.alternatives().into_iter().map(|one| one.guard).collect();
    let guards = guards.chain(&names);
    model.conditions.cases(assumed, guards, |deployment| {
        let keys: Vec<&Arc<str>> = credentials.keys_in(deployment).map(|key| &key.declared.subject).collect();
        let has_credential = !keys.is_empty() || credentials.has_password_in(deployment);
        let judged = |kind, evidence: String| Judged { kind, evidence, assumed: false, has_credential };
        if let Some((kind, tag)) = by_tag(&user.tags, deployment) {
            return judged(kind, format!("its tag `{tag}`"));
        }
        if credentials.has_password_in(deployment) {
            return judged(UserKind::Human, "its login profile".to_owned());
        }
        let is_there =
            |(key, _, guard): &&(_, _, Guard)| keys.contains(key) && deployment.holds(guard) != Some(false);
        if let Some((_, workload, _)) = reached.iter().find(is_there) {
            let evidence = format!("its key reaching the {} `{}`", workload.what, workload.declared.subject);
            return judged(UserKind::Application, evidence);
        }
        let mut names = deployment.alternatives(&user.name);
        let name = names.pop().filter(|_| names.is_empty()).and_then(|one| one.value);
        if let Some((kind, evidence)) = by_name(options, name.unwrap_or(&user.name), &user.path) {
            return judged(kind, evidence);
        }
        if !keys.is_empty() {
            return judged(
                UserKind::Application,
                "its access key and the lack of a login profile".to_owned(),
            );
        }
        let evidence = "the default for users of whom nothing tells".to_owned();
        Judged { kind: options.default, evidence, assumed: true, has_credential }
    })
}

/// The workloads that keys reach: the key, the workload, and the conditions under which it does.
fn reached<'m>(model: &'m Model, credentials: &Credentials<'m>) -> Vec<(&'m Arc<str>, &'m Workload, Guard)> {
    let keys: Vec<&Arc<str>> = credentials.keys().map(|key| &key.declared.subject).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let mut reached = Vec::new();
    for (_, workload) in model.workloads.iter() {
        for setting in &workload.settings {
            let key =
                keys.iter().find(|key| setting.value.origins.iter().any(|origin| origin.resource == ***key));
            let guard = key.and_then(|_| workload.declared.guard.and(&setting.guard));
            reached.extend(key.zip(guard).map(|(key, guard)| (*key, workload, guard)));
        }
    }
    reached
}

/// The conditions that make a difference to what tags say.
fn tag_guards(tags: &Value) -> Vec<Guard> {
    let maps: Vec<&Map> = tags.alternatives().into_iter().filter_map(|one| one.value?.as_map()).collect();
    let told = maps.into_iter().flat_map(Map::iter).filter(|(key, _)| tells(key)).map(|(_, value)| value);
    let guards = std::iter::once(tags).chain(told).flat_map(Value::alternatives).map(|one| one.guard);
    guards.filter(|guard| !guard.is_always()).collect()
}

/// Whether a tag says what a user is.
fn tells(key: &str) -> bool {
    KIND_TAGS.contains(&key.to_ascii_lowercase().as_str())
}

fn by_tag<'t>(tags: &'t Value, deployment: &Deployment) -> Option<(UserKind, &'t str)> {
    let maps = deployment.alternatives(tags).into_iter().filter_map(|one| one.value?.as_map());
    maps.flat_map(Map::iter).filter(|(key, _)| tells(key)).find_map(|(key, value)| {
        deployment.alternatives(value).into_iter().find_map(|one| {
            let value = one.value?.as_str()?.to_ascii_lowercase();
            if HUMAN.contains(&value.as_str()) {
                Some((UserKind::Human, key.as_ref()))
            } else if APPLICATION.contains(&value.as_str()) {
                Some((UserKind::Application, key.as_ref()))
            } else {
                None
            }
        })
    })
}

/// By the globs of the options. A glob with `/` at its start is a path: it matches that path and all below it.
fn by_name(options: &UserOptions, name: &Value, path: &Value) -> Option<(UserKind, String)> {
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
        (kind, format!("its {what}, which matches `{glob}`"))
    };
    if let Some(glob) = matches(&options.human) {
        return Some(said(UserKind::Human, glob));
    }
    matches(&options.application).map(|glob| said(UserKind::Application, glob))
}
