//! The points that most tools get wrong, one by one.

mod chains;
mod conditions;
mod denials;
mod deployments;
mod guards;
mod targets;

use crate::analysis::administrators::{Administrator, Administrators, Strength};
use crate::analysis::escalation::paths::{Gain, On, paths};
use crate::analysis::escalation::{Doubt, Escalations};
use crate::analysis::sketch::{Sketch, role, user};
use crate::catalog::{Standing, standing};
use crate::collections::HashSet;
use crate::model::{Guard, Principal};
use crate::policy::{Answer, Statement};

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// The simplest way of everyone who has one: `who: path`, with `?` and the reason when it is not certain.
fn found(sketch: Sketch) -> Vec<String> {
    let model = sketch.link();
    let escalations = Escalations::of(&model, &Administrators::direct(&model));
    let mut seen = HashSet::default();
    let first = escalations.iter().filter(|one| seen.insert(one.holder));
    let shown = first.map(|one| {
        let principal = Principal::from(one.holder);
        let name = crate::analysis::principal::named(&model, &principal).name;
        let id = one.path.id;
        match &one.doubt {
            None if one.guards == [Guard::always()] => format!("{name}: {id}"),
            None => {
                let guards: Vec<_> = one.guards.iter().map(ToString::to_string).collect();
                format!("{name}: {id} when {}", guards.join(" or "))
            }
            Some(Doubt::Unknown(unknown)) => format!("{name}: {id}? {}", unknown.what),
            Some(Doubt::Missing(what)) => format!("{name}: {id}? {what}"),
        }
    });
    shown.collect()
}

fn statement(effect: &str, actions: &str, resource: &str) -> String {
    let actions: Vec<String> = actions.split(' ').map(|action| format!("\"{action}\"")).collect();
    let actions = actions.join(", ");
    format!(r#"{{"Effect": "{effect}", "Action": [{actions}], "Resource": "{resource}"}}"#)
}

fn allow(actions: &str, resource: &str) -> String {
    statement("Allow", actions, resource)
}

fn deny(actions: &str, resource: &str) -> String {
    statement("Deny", actions, resource)
}

fn when(statement: &str, condition: &str) -> String {
    format!(r#"{}, "Condition": {{{condition}}}}}"#, statement.strip_suffix('}').unwrap())
}

fn trust(principal: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {principal}}}"#)
}

fn service(name: &str) -> String {
    trust(&format!(r#"{{"Service": "{name}.amazonaws.com"}}"#))
}

fn trusting(arn: &str) -> String {
    trust(&format!(r#"{{"AWS": "{arn}"}}"#))
}

/// A user `u` with a policy.
fn of_user(statements: &[String]) -> Sketch {
    let mut sketch = Sketch::default();
    sketch.user("u");
    sketch.grant(user("u"), &statements.join(", "), Guard::always());
    sketch
}

/// A role `r` that EC2 runs with a policy.
fn of_role(statements: &[String]) -> Sketch {
    let mut sketch = Sketch::default();
    sketch.role_for("r", &service("ec2"));
    sketch.grant(role("r"), &statements.join(", "), Guard::always());
    sketch
}

/// The same with an administrator that a service runs.
fn with_admin(mut sketch: Sketch, trust: &str) -> Sketch {
    sketch.role_for("admin", trust);
    sketch.attach(role("admin"), ADMIN);
    sketch
}

#[test]
fn every_action_of_the_paths_is_one_that_aws_has_or_had() {
    let mut ids = HashSet::default();
    for path in paths() {
        assert!(ids.insert(path.id), "{} is there twice", path.id);
        for action in path.steps.iter().flat_map(|step| step.actions()) {
            let is_retired = matches!(standing(action), Standing::Retired) && path.missing.is_some();
            assert!(is_retired || matches!(standing(action), Standing::Current), "{}: {action}", path.id);
        }
        let works_on_workloads = path.steps.iter().any(|step| step.on == On::Workload);
        let is_judged = path.gain != Gain::PermissionSet;
        assert!(!works_on_workloads || !is_judged || !path.workloads.is_empty(), "{}", path.id);
        assert_eq!(path.services.is_empty(), path.gain != Gain::PassedRole, "{}", path.id);
    }
    assert_eq!(ids.len(), 120);
}

#[test]
fn of_the_policies_of_aws_few_escalate_with_iam_alone() {
    let mut everywhere = Vec::new();
    let mut by_name = Vec::new();
    for policy in crate::catalog::managed_policies() {
        let mut sketch = of_role(&[]);
        sketch.user("u");
        let arn = policy.arn("aws");
        sketch.attach(user("u"), &arn);
        sketch.attach(role("r"), &arn);
        let model = sketch.link();
        let administrators = Administrators::of(&model);
        let is_certain = |one: &&Administrator<'_>| !matches!(one.strength, Strength::Possible(_));
        if administrators.iter().find(is_certain).is_none() {
            continue;
        }
        let (_, document) = crate::analysis::aws_managed::document(&arn).unwrap();
        let creates = |statement: &&Statement| {
            statement.is_allow() && statement.actions.covered_by("iam:CreateRole", true).0 == Answer::Yes
        };
        let on_all = document.statements.iter().filter(creates).any(|statement| {
            statement.resources.as_ref().is_some_and(|one| one.covered_by("*", false).0 == Answer::Yes)
        });
        if on_all { everywhere.push(policy.name()) } else { by_name.push(policy.name()) }
    }
    assert_eq!(everywhere, ["AdministratorAccess", "AdministratorAccess-Amplify", "IAMFullAccess"]);
    // These make roles under a name of their own, and put any policy on them.
    let named = [
        "AWSCodeStarServiceRole",
        "AWSManagedAccountManagementAccess",
        "CloudFormationStackSetsOrgMemberServiceRolePolicy",
        "WellArchitectedConsoleFullAccess",
    ];
    assert_eq!(by_name, named);
}
