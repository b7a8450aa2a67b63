//! Conditions of the input: in which deployments a path is open.

use super::{allow, deny, found, of_user, service, trusting, with_admin};
use crate::analysis::sketch::{Sketch, role, user};
use crate::model::Guard;

#[test]
fn conditions_of_the_input_are_kept_apart() {
    let sketch = |guard: Guard, other: Guard| {
        let mut sketch = Sketch::default();
        sketch.user("u");
        sketch.grant(user("u"), &allow("iam:PassRole", "*"), guard);
        sketch.grant(user("u"), &allow("lambda:CreateFunction lambda:InvokeFunction", "*"), other);
        found(with_admin(sketch, &service("lambda")))
    };
    let test = |holds| Guard::when("IsTest", holds);
    assert_eq!(sketch(test(true), Guard::always()), ["u: lambda-001 when IsTest"]);
    assert_eq!(sketch(test(true), test(true)), ["u: lambda-001 when IsTest"]);
    assert_eq!(sketch(test(true), test(false)), [""; 0]);
}

#[test]
fn many_conditions_are_told_apart_as_far_as_they_matter() {
    let mut sketch = of_user(&[allow("sts:AssumeRole", "*")]);
    sketch.role_for("target", &trusting("arn:aws:iam::111122223333:root"));
    sketch.grant(role("target"), &allow("*", "*"), Guard::when("IsTest", true));
    for at in 0..40 {
        let name = format!("other{at}");
        sketch.user(&name);
        sketch.grant(user(&name), &allow("iam:PutUserPolicy", "*"), Guard::when(format!("Has{at}"), true));
    }
    let found = found(sketch);
    assert_eq!(found.len(), 41);
    assert_eq!(found[0], "u: sts-001 when IsTest");
    assert_eq!(found[40], "other39: iam-007 when Has39");
}

#[test]
fn too_many_conditions_leave_a_doubt_and_never_silence() {
    let mut sketch = of_user(&[allow("iam:PassRole", "*")]);
    // All of them would have to be looked at to tell in which deployments it is allowed.
    for at in 0..20 {
        let create = allow("lambda:CreateFunction", "*");
        sketch.grant(user("u"), &create, Guard::when(format!("Creates{at:02}"), true));
        let invoke = deny("lambda:InvokeFunction", "*");
        sketch.grant(user("u"), &invoke, Guard::when(format!("Spares{at:02}"), false));
    }
    sketch.grant(user("u"), &allow("lambda:InvokeFunction", "*"), Guard::always());
    let [first] = &found(with_admin(sketch, &service("lambda")))[..] else { panic!("one is found") };
    assert!(first.starts_with("u: lambda-001"), "{first}");
}

#[test]
fn what_is_absent_in_a_deployment_neither_denies_nor_gives() {
    let test = |holds| Guard::when("IsTest", holds);
    // A Deny that is there in some deployments only.
    let mut sketch = of_user(&[allow("iam:PutUserPolicy", "*")]);
    sketch.grant(user("u"), &deny("iam:PutUserPolicy", "*"), test(true));
    assert_eq!(found(sketch), ["u: iam-007 when not IsTest"]);
    // The power that is to be gained.
    let mut sketch = of_user(&[allow("iam:CreateAccessKey", "*")]);
    sketch.user("boss");
    sketch.grant(user("boss"), &allow("*", "*"), test(true));
    assert_eq!(found(sketch), ["u: iam-002 when IsTest"]);
    // What would be left when the denials are gone.
    let mut sketch =
        of_user(&[deny("iam:Put* iam:Attach* iam:Create* iam:Update* iam:Add* iam:Pass* sts:*", "*")]);
    sketch.grant(user("u"), &allow("iam:DeleteUserPolicy", "*"), Guard::always());
    sketch.grant(user("u"), &allow("*", "*"), test(true));
    assert_eq!(found(sketch), ["u: iam-026 when IsTest"]);
    // The role, or the membership, by which it would be gained.
    let mut sketch = of_user(&[allow("iam:PutRolePolicy", "*")]);
    sketch.under(test(true));
    sketch.role_for("target", &trusting("arn:aws:iam::111122223333:user/u"));
    assert_eq!(found(sketch), ["u: iam-017 when IsTest"]);
}
