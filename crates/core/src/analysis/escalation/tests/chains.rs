//! Paths that are taken one after the other, and how far that is followed.

use super::{ADMIN, allow, found, of_user, service, trusting};
use crate::analysis::administrators::Administrators;
use crate::analysis::escalation::Escalations;
use crate::analysis::sketch::{role, user};
use crate::model::Guard;

#[test]
fn chains_are_followed_to_their_end() {
    let mut sketch = of_user(&[]);
    let [u, a, b] = ["user/u", "role/a", "role/b"].map(|who| format!("arn:aws:iam::111122223333:{who}"));
    sketch.role_for("a", &trusting(&u));
    sketch.role_for("b", &trusting(&a));
    sketch.role_for("c", &trusting(&b));
    sketch.grant(role("c"), &allow("iam:PutRolePolicy", "arn:aws:iam::*:role/c"), Guard::always());
    assert_eq!(found(sketch), ["u: sts-001", "a: sts-001", "b: sts-001", "c: iam-005"]);
}

#[test]
fn chains_of_any_length_are_followed() {
    let mut sketch = of_user(&[]);
    let mut before = "user/u".to_owned();
    for place in 0..400 {
        sketch.role_for(&format!("r{place}"), &trusting(&format!("arn:aws:iam::111122223333:{before}")));
        before = format!("role/r{place}");
    }
    sketch.attach(role("r399"), ADMIN);
    let found = found(sketch);
    assert_eq!((found.len(), found[0].as_str()), (400, "u: sts-001"));
}

#[test]
fn long_chains_are_followed_among_many_who_may_do_something_to_anyone() {
    let mut sketch = of_user(&[]);
    let mut before = "user/u".to_owned();
    for place in 0..600 {
        sketch.role_for(&format!("r{place}"), &trusting(&format!("arn:aws:iam::111122223333:{before}")));
        before = format!("role/r{place}");
    }
    sketch.attach(role("r599"), ADMIN);
    for place in 0..60 {
        let name = format!("w{place}");
        sketch.user(&name);
        sketch.grant(user(&name), &allow("iam:PassRole lambda:CreateFunction", "*"), Guard::always());
    }
    let model = sketch.link();
    let escalations = Escalations::of(&model, &Administrators::direct(&model));
    let proven = escalations.iter().filter(|one| one.doubt.is_none()).count();
    assert_eq!((proven, escalations.unfinished().len()), (600, 60));
}

#[test]
fn whoever_is_not_tried_with_everything_is_told() {
    let unfinished = |roles: usize| {
        let mut sketch = of_user(&[allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "*")]);
        for place in 0..roles {
            sketch.role_for(&format!("r{place}"), &service("ec2"));
            sketch.attach(role(&format!("r{place}")), ADMIN);
        }
        let model = sketch.link();
        let escalations = Escalations::of(&model, &Administrators::direct(&model));
        assert_eq!(escalations.iter().count(), 0);
        escalations.unfinished().len()
    };
    assert_eq!((unfinished(200), unfinished(300)), (0, 1));
}

#[test]
fn a_role_that_lets_in_is_found_among_any_number_that_do_not() {
    let mut sketch = of_user(&[allow("iam:PutRolePolicy sts:AssumeRole", "*")]);
    for place in 0..600 {
        sketch.role_for(&format!("r{place}"), &service("ec2"));
    }
    sketch.grant(user("u"), &allow("iam:GetRole", "arn:aws:iam::111122223333:role/x"), Guard::always());
    sketch.role_for("last", &trusting("arn:aws:iam::111122223333:root"));
    assert_eq!(found(sketch), ["u: iam-017"]);
}
