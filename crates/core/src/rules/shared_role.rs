use std::sync::Arc;

use crate::analysis::principal::{Named, declared};
use crate::analysis::together::Together;
use crate::analysis::trust::{self, Trusted};
use crate::enumeration::enumerated;
use crate::model::{Guard, Id, Model, Role, RoleForm, Workload, undecided};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;
use crate::value::Unknown;

pub(super) static RULE: Rule = Rule {
    name: "shared-role",
    summary: "a role serves more than one service or workload",
    level: Level::Warning,
    statements: &[StatementId("FG-S2")],
    inputs: Inputs::Resources,
    page: include_str!("shared_role.md"),
    check: Check::Unit(check),
};

/// The kind of principals that are services.
const SERVICE: &str = "Service";
const HELP: &str = "give each of them a role of its own, with the permissions that it needs";

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form == RoleForm::Declared) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        let trusted = trust::trusted(role);
        let others = trusted.iter().filter(|trusted| !trust::is_itself(trusted, role));
        let parties: Vec<Party<'_>> = others.map(Party::of).collect();
        let running: Vec<Running<'_>> = running(model, id);
        let by_trust = of_trust(judge, model, role, &named, &parties);
        if by_trust == Shared::Yes {
            continue;
        }
        let by_workloads = of_workloads(judge, model, role, &named, &running);
        if by_workloads == Shared::Yes {
            continue;
        }
        let is_open = by_trust == Shared::Unknown || by_workloads == Shared::Unknown;
        let too_many = undecided();
        match open_end(role, &parties).or(is_open.then_some((&too_many, role.declared.span))) {
            Some((unknown, span)) => {
                let message = format!("whether the {named} serves one workload only is not known");
                judge.undetermined(&role.declared, span, message, unknown);
            }
            None => judge.holds(),
        }
    }
}

/// Whether a role is shared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    Yes,
    No,
    /// There are too many conditions to compare all with each other.
    Unknown,
}

impl Shared {
    /// What it is when no pair was found.
    fn without_pair<T>(together: &Together<'_, T>) -> Self {
        if together.is_complete { Self::No } else { Self::Unknown }
    }
}

/// Where a trust policy may name a service besides others, and why that is not known. Several who are no service share nothing.
fn open_end<'m>(role: &'m Role, parties: &[Party<'m>]) -> Option<(&'m Unknown, Span)> {
    let ends = trust::open_ends(role);
    let has_service = parties.iter().any(|party| party.family.is_some())
        || ends.iter().any(|end| end.kind.is_none_or(|kind| kind == SERVICE));
    let mut open = parties.iter().filter(|_| parties.len() > 1);
    let open = open.find_map(|party| Some((&**party.undecided?, party.trusted.span)));
    open.or_else(|| ends.first().map(|end| (&**end.unknown, end.span))).filter(|_| has_service)
}

/// Someone who may assume a role.
struct Party<'m> {
    trusted: &'m Trusted<'m>,
    /// The family of the service; `None` for all that is no service.
    family: Option<String>,
    /// Why it is not known who it is, or whether it is trusted.
    undecided: Option<&'m Arc<Unknown>>,
}

impl<'m> Party<'m> {
    fn of(trusted: &'m Trusted<'m>) -> Self {
        let service = (trusted.kind == SERVICE).then(|| trust::service_of(trusted.element));
        let unknown = || trusted.element.text.holes().next().map(|hole| &hole.unknown);
        let undecided =
            trusted.undecided.as_ref().or_else(|| service.as_ref()?.is_none().then(unknown).flatten());
        let family = service.map(|service| {
            let service = service.unwrap_or_else(|| trusted.element.text.display());
            trust::family(&service).into_owned()
        });
        Self { trusted, family, undecided }
    }

    fn name(&self) -> String {
        let text = self.trusted.element.text.display();
        match self.family {
            Some(_) => format!("the service `{text}`"),
            None if self.trusted.kind == "Federated" => format!("the identity provider `{text}`"),
            None => format!("the principal `{text}`"),
        }
    }
}

/// Whether the trust policy names several services, or a service and others.
fn of_trust(
    judge: &mut Judge<'_>,
    model: &Model,
    role: &Role,
    named: &Named<'_>,
    parties: &[Party<'_>],
) -> Shared {
    let certain: Vec<&Party<'_>> = parties.iter().filter(|party| party.undecided.is_none()).collect();
    // Those who are no service share nothing either.
    let together =
        Together::of(&model.conditions, &certain, |party| &party.trusted.guard, |party| Some(&party.family));
    let Some((_, last, _)) = together.pairs.first() else { return Shared::without_pair(&together) };
    let mut names: Vec<String> = Vec::new();
    for name in certain.iter().map(|party| party.name()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let message = format!("the {named} is assumed by {}", enumerated(&names));
    let draft = judge.violated(&role.declared, last.trusted.span, message);
    draft.label("another one that assumes it").help(HELP);
    draft.when_any(together.pairs.iter().map(|(_, _, guard)| guard));
    for other in certain.iter().filter(|other| !std::ptr::eq(**other, *last)) {
        let subject = Arc::clone(&role.declared.subject);
        draft.related(Related::new(
            subject,
            Some(other.trusted.span),
            format!("{} assumes it", other.name()),
        ));
    }
    Shared::Yes
}

/// A workload that runs with a role. Instances of one block are one workload, whether the block has `count` or `for_each` or a call of
/// its module.
struct Running<'m> {
    workload: &'m Workload,
    guard: &'m Guard,
    block: String,
}

fn running(model: &Model, id: Id<Role>) -> Vec<Running<'_>> {
    let mut found: Vec<Running<'_>> = Vec::new();
    for (workload, guard) in model.workloads_of_role(id) {
        let block = block(&workload.declared.subject);
        if !found.iter().any(|one| one.block == block) {
            found.push(Running { workload, guard, block });
        }
    }
    found
}

/// An address without the keys of instances: `module.web.aws_instance.app` for `module.web["a"].aws_instance.app[0]`.
fn block(subject: &str) -> String {
    let (mut block, mut is_key, mut is_quoted, mut is_escaped) = (String::new(), false, false, false);
    for letter in subject.chars() {
        match letter {
            '"' if is_key && !is_escaped => is_quoted = !is_quoted,
            '[' if !is_quoted => is_key = true,
            ']' if !is_quoted => is_key = false,
            _ if !is_key => block.push(letter),
            _ => {}
        }
        is_escaped = is_quoted && letter == '\\' && !is_escaped;
    }
    block
}

/// Whether several workloads run with the role.
fn of_workloads(
    judge: &mut Judge<'_>,
    model: &Model,
    role: &Role,
    named: &Named<'_>,
    running: &[Running<'_>],
) -> Shared {
    let running: Vec<&Running<'_>> = running.iter().collect();
    let together = Together::of(&model.conditions, &running, |one| one.guard, |_| None::<()>);
    if together.pairs.is_empty() {
        return Shared::without_pair(&together);
    }
    let name = |one: &Running<'_>| format!("the {} `{}`", one.workload.what, one.block);
    let names: Vec<String> = together.all.iter().map(|one| name(one)).collect();
    let how_many = match together.at_once {
        all if all == names.len() && together.is_complete => format!("{all} workloads:"),
        least @ 2.. => format!("at least {least} workloads at once of"),
        // Whether there are even two depends on conditions that are too hard.
        _ => "several workloads at once of".to_owned(),
    };
    let message = format!("the {named} serves {how_many} {}", enumerated(&names));
    let draft = judge.violated(&role.declared, role.declared.span, message);
    draft.label("shared by several workloads").help(HELP);
    draft.when_any(together.pairs.iter().map(|(_, _, guard)| guard));
    for one in &together.all {
        let declared = &one.workload.declared;
        let related = Related::new(
            Arc::clone(&declared.subject),
            Some(declared.span),
            format!("{} runs with it", name(one)),
        );
        draft.related(related);
    }
    Shared::Yes
}
