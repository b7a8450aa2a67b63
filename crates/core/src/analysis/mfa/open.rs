//! What is left open without MFA.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::asker::Asker;
use super::sign_in::{SignIn, asks_for_mfa};
use crate::analysis::actions::{Actions, Reading};
use crate::collections::HashSet;
use crate::model::{Model, Role};
use crate::policy::{Answer, Document, Element, Elements, Statement, glob_covers, glob_matches};
use crate::value::{Hole, Origins, Reason, Unknown};

/// What a user needs to enrol a device and to sign in with it.
const ENROLMENT: [&str; 6] = [
    "iam:createvirtualmfadevice",
    "iam:enablemfadevice",
    "iam:getuser",
    "iam:listmfadevices",
    "iam:listvirtualmfadevices",
    "iam:resyncmfadevice",
];

/// The actions of STS that give anything to a user who has nothing else. The others ask, or go with these.
const SESSIONS: [&str; 3] = ["sts:assumerole", "sts:assumeroot", "sts:getfederationtoken"];

/// What AWS's own examples leave open besides, with a warning or without: it neither removes nor passes a guard.
const TOLERATED: [&str; 2] = ["iam:changepassword", "iam:deletevirtualmfadevice"];

/// Asked before all others: what they show says most.
const TELLING: [&str; 8] = [
    "iam:AttachUserPolicy",
    "iam:DetachUserPolicy",
    "iam:RemoveUserFromGroup",
    "iam:CreateAccessKey",
    "iam:DeactivateMFADevice",
    "s3:GetObject",
    "ec2:RunInstances",
    "lambda:UpdateFunctionCode",
];

/// How much harm an action does that is possible without MFA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Harm {
    /// It is needed to enrol a device or to sign in with one, or gives nothing by itself.
    None,
    /// AWS's own examples leave it open.
    Tolerated,
    /// It reads in IAM, or lists, which is harmless beside a guard.
    Listing,
    /// More than that.
    Real,
}

impl Harm {
    /// Of an action, whatever its case.
    pub(super) fn of(action: &str) -> Self {
        let folded = action.to_ascii_lowercase();
        let gives_nothing = folded.starts_with("sts:") && !SESSIONS.contains(&folded.as_str());
        if gives_nothing || ENROLMENT.contains(&folded.as_str()) {
            return Self::None;
        }
        if TOLERATED.contains(&folded.as_str()) {
            return Self::Tolerated;
        }
        let access = iamrail_catalog::action(&folded).map(iamrail_catalog::Action::access);
        let is_iam = folded.starts_with("iam:");
        let only_shows = access.is_some_and(|access| {
            let changes = access.is_write() || access.is_tagging() || access.is_permissions_management();
            !changes && (access.is_list() || (is_iam && access.is_read()))
        });
        if only_shows { Self::Listing } else { Self::Real }
    }
}

/// Whether an action, possible without MFA, helps to remove a guard, to leave the group that brings it, or to pass it with a device or
/// another credential.
pub(super) fn defeats_guards(action: &str) -> bool {
    let folded = action.to_ascii_lowercase();
    let about = ["accesskey", "group", "loginprofile", "mfadevice", "taguser", "createuser", "updateuser"];
    let Some(name) = folded.strip_prefix("iam:") else { return false };
    let changes_permissions =
        iamrail_catalog::action(&folded).is_some_and(|action| action.access().is_permissions_management());
    Harm::of(action) == Harm::Real && (changes_permissions || about.iter().any(|about| name.contains(about)))
}

/// Whether an action says more than others.
pub(super) fn is_telling(action: &str) -> bool {
    TELLING.iter().any(|telling| telling.eq_ignore_ascii_case(action))
}

/// An action that may be possible.
pub(super) struct Opening {
    pub(super) sign_in: SignIn,
    pub(super) action: String,
    /// `None` when it surely is possible.
    pub(super) unknown: Option<Arc<Unknown>>,
}

/// Looks for actions that are open with a way of signing in, until `found` has enough of them.
pub(super) fn openings<B>(
    asker: &Asker<'_, '_>,
    model: &Model,
    documents: &[&Document],
    sign_in: SignIn,
    found: &mut dyn FnMut(Opening) -> ControlFlow<B>,
) -> ControlFlow<B> {
    // Beyond a Deny of everything but some actions, only these can be open.
    let excepted = asker.is_denied(sign_in, "iamrail:anything", "*").map(|verdict| {
        let denies = verdict.statements.into_iter().map(|ground| &ground.statement.actions);
        denies.map(exceptions).min_by_key(BTreeSet::len).unwrap_or_default()
    });
    let statements = || documents.iter().flat_map(|document| &document.statements);
    let guarded = excepted.is_some() || are_guarded(documents);
    let allows: Vec<&Statement> =
        statements().filter(|one| !one.is_deny() && asker.may_apply(sign_in, one)).collect();
    let telling = || TELLING.iter().map(|action| (*action).to_owned()).collect();
    let named = |statement: &&Statement| match &excepted {
        Some(excepted) => excepted.iter().cloned().collect(),
        None => candidates(&statement.actions),
    };
    for open in documents.iter().filter_map(|document| document.open.as_ref()) {
        // What is not known may allow whatever is not denied.
        let is_real = |action: &String| Harm::of(action) == Harm::Real;
        let action = match &excepted {
            None => Some("*"),
            Some(excepted) => excepted.iter().find(|action| is_real(action)).map(String::as_str),
        };
        if let Some(action) = action {
            found(Opening { sign_in, action: action.to_owned(), unknown: Some(Arc::clone(open)) })?;
        }
    }
    let denials = Denials::of(asker, sign_in, documents);
    let first = allows.iter().map(|statement| (*statement, telling()));
    let all = allows.iter().map(|statement| (*statement, named(statement)));
    for (statement, actions) in first.chain(all) {
        let resources = asker.resources_of(statement);
        let left = denials.left(&resources);
        let is_left = |action: &String| left.iter().any(|left| left.may_be(action));
        let actions =
            actions.into_iter().filter(|action| is_left(action) && names(&statement.actions, action));
        for action in actions {
            match Harm::of(&action) {
                Harm::None => continue,
                Harm::Tolerated | Harm::Listing if guarded => continue,
                Harm::Tolerated | Harm::Listing | Harm::Real => {}
            }
            let is_assumption = action.eq_ignore_ascii_case("sts:AssumeRole");
            if is_assumption && only_declared_roles(model, statement) {
                continue;
            }
            for Left { resource, .. } in left.iter().filter(|left| left.may_be(&action)) {
                if asker.is_spent() {
                    let unknown = Arc::new(Unknown::new(Reason::Budget, "what the policies leave open"));
                    return found(Opening { sign_in, action, unknown: Some(unknown) });
                }
                let unknown = match asker.is_open(sign_in, &action, resource) {
                    Answer::Yes if is_assumption => Some(Arc::new(Unknown::new(
                        Reason::Import,
                        "the trust policies of the roles to assume",
                    ))),
                    Answer::Yes => None,
                    Answer::Perhaps(unknown) => Some(unknown),
                    Answer::No => continue,
                };
                let action = action.clone();
                found(Opening { sign_in, action, unknown })?;
                break;
            }
        }
    }
    ControlFlow::Continue(())
}

/// What is denied for certain with a way of signing in, as sets: most of what a guard denies need not be asked about one by one.
struct Denials<'d>(Vec<(Actions, &'d Elements)>);

/// A resource, with what is not denied on it for certain.
struct Left<'r> {
    resource: &'r str,
    denied: Actions,
}

impl<'d> Denials<'d> {
    fn of(asker: &Asker<'_, '_>, sign_in: SignIn, documents: &[&'d Document]) -> Self {
        let statements = documents.iter().flat_map(|document| &document.statements);
        let certain = statements.filter(|one| {
            let is_there = one.undecided.is_none() && one.conditions_open.is_none();
            one.is_deny() && is_there && asker.surely_applies(sign_in, one)
        });
        let denials = certain.filter_map(|one| {
            let resources = one.resources.as_ref().filter(|resources| !resources.except)?;
            Some((Actions::of(&one.actions, Reading::Sure), resources))
        });
        Self(denials.collect())
    }

    /// The resources, each once, with what is left on them.
    fn left<'r>(&self, resources: &'r [String]) -> Vec<Left<'r>> {
        let mut seen = HashSet::default();
        let distinct = resources.iter().filter(|resource| seen.insert(resource.as_str()));
        distinct
            .map(|resource| {
                let mut denied = Actions::default();
                for (actions, on) in &self.0 {
                    if on.items.iter().any(|item| surely_covers(item, resource)) {
                        denied.extend(actions);
                    }
                }
                Left { resource, denied }
            })
            .collect()
    }
}

impl Left<'_> {
    /// Whether an action may be possible on it.
    fn may_be(&self, action: &str) -> bool {
        iamrail_catalog::action(action).is_none_or(|action| !self.denied.listed.contains(action))
    }
}

/// Whether an element covers a resource pattern beyond doubt: it is `*`, or the same up to the last part of an ARN, in which it has
/// no variables.
fn surely_covers(item: &Element, resource: &str) -> bool {
    let Some(mine) = item.text.as_str().filter(|_| item.undecided.is_none()) else { return false };
    let last = |arn: &str| arn.match_indices(':').nth(4).map(|(at, _)| at);
    *mine == *"*"
        || *mine == *resource && !mine.contains("${")
        || last(&mine).zip(last(resource)).is_some_and(|(at, other)| {
            let (head, tail) = mine.split_at(at);
            let (other_head, other_tail) = resource.split_at(other);
            head == other_head
                && !head.contains(['*', '?', '$'])
                && !tail.contains("${")
                && glob_covers(tail, other_tail)
        })
}

/// Whether some statement asks for MFA.
pub(super) fn are_guarded(documents: &[&Document]) -> bool {
    let mut statements = documents.iter().flat_map(|document| &document.statements);
    statements.any(|statement| statement.conditions.iter().any(asks_for_mfa))
}

/// Whether the resources of a statement are roles that the input declares: whether they can be assumed is asked of each.
fn only_declared_roles(model: &Model, statement: &Statement) -> bool {
    let is_declared = |item: &Element| model.roles.iter().any(|(_, role)| is_role(item, role));
    statement.resources.as_ref().is_some_and(|resources| {
        !resources.except && resources.open.is_none() && resources.items.iter().all(is_declared)
    })
}

/// Whether a resource is the ARN of a role of the input: it is an attribute of the role, or has its path and its name. The account
/// may be written out, as the one that the input is deployed in, but not left to a variable.
fn is_role(item: &Element, role: &Role) -> bool {
    let is_of = |origins: &Origins| origins.all_exact().any(|one| one.resource == role.declared.subject);
    if is_of(&item.value.origins) {
        return true;
    }
    let is_known = |hole: &Arc<Hole>| hole.unknown.reason == Reason::Environment;
    let (of_name, others): (Vec<_>, Vec<_>) = item.text.holes().partition(|hole| is_of(&hole.origins));
    let path = role.path.as_str().filter(|path| path.starts_with('/')).unwrap_or("/".into());
    let name = match (role.name.as_str(), of_name.is_empty()) {
        (Some(name), true) => name,
        (_, false) => "*".into(),
        (None, true) => return false,
    };
    let pattern = item.widest_pattern();
    let mut parts = pattern.splitn(6, ':').skip(2);
    let (service, account, resource) = (parts.next(), parts.nth(1), parts.next());
    service == Some("iam")
        && others.into_iter().all(is_known)
        && (account != Some("*") || !item.text.is_known())
        && resource == Some(&format!("role{path}{name}"))
}

/// The known actions that a list names or, with `NotAction`, leaves out.
pub(super) fn exceptions(actions: &Elements) -> BTreeSet<String> {
    match actions.except {
        true => actions.items.iter().flat_map(|item| matching(&item.widest_pattern())).collect(),
        false => BTreeSet::new(),
    }
}

/// The known actions that a list stands for.
fn candidates(actions: &Elements) -> Vec<String> {
    if actions.except || actions.open.is_some() {
        return matching("*");
    }
    let (mut patterns, mut seen) = (HashSet::default(), HashSet::default());
    let items = actions.items.iter().map(Element::widest_pattern);
    let items = items.filter(|pattern| patterns.insert(pattern.to_ascii_lowercase()));
    items
        .flat_map(|pattern| matching(&pattern))
        .filter(|action| seen.insert(action.to_ascii_lowercase()))
        .collect()
}

/// The known actions that a pattern matches; the pattern of an unknown service stands for one action of it.
pub(super) fn matching(pattern: &str) -> Vec<String> {
    let folded = pattern.to_ascii_lowercase();
    if !folded.contains(['*', '?']) {
        return vec![pattern.to_owned()];
    }
    let all = folded.bytes().all(|byte| byte == b'*');
    let matches = |action: &String| all || glob_matches(&folded, &action.to_ascii_lowercase());
    let service = folded.split_once(':').map(|(service, _)| service);
    match service.filter(|service| !service.contains(['*', '?'])) {
        None => iamrail_catalog::actions().map(ToString::to_string).filter(matches).collect(),
        Some(prefix) => match iamrail_catalog::service(prefix) {
            Some(service) => service.actions().iter().map(ToString::to_string).filter(matches).collect(),
            None => vec![format!("{prefix}:anything")],
        },
    }
}

/// Whether a statement may name an action.
pub(super) fn names(actions: &Elements, action: &str) -> bool {
    let (covered, _) = actions.covered_by(action, true);
    match (actions.except, covered) {
        (false, Answer::No) | (true, Answer::Yes) => false,
        (false, Answer::Yes | Answer::Perhaps(_)) | (true, Answer::No | Answer::Perhaps(_)) => true,
    }
}

/// Whether a statement surely names an action.
pub(super) fn surely_names(statement: &Statement, action: &str) -> bool {
    let (covered, _) = statement.actions.covered_by(action, true);
    covered == if statement.actions.except { Answer::No } else { Answer::Yes }
}
