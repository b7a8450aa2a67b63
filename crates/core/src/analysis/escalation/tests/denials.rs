//! What rights come to when some are denied, denials can be removed, or parts are not known.

use super::{ADMIN, allow, deny, found, of_role, of_user, service, when, with_admin};
use crate::analysis::administrators::Administrators;
use crate::analysis::escalation::Escalations;
use crate::analysis::escalation::cast::Cast;
use crate::analysis::escalation::questions::Questions;
use crate::analysis::escalation::removal::removal;
use crate::analysis::escalation::stage::Stage;
use crate::analysis::sketch::{group, role, user};
use crate::model::Guard;

#[test]
fn rights_add_up_over_policies_and_groups_and_denials_subtract() {
    let sketch = |more: &[String]| {
        let mut sketch = with_admin(of_user(&[allow("iam:PassRole", "*")]), &service("lambda"));
        sketch.group("devs", &["u"]);
        let create = allow("lambda:CreateFunction lambda:InvokeFunction", "*");
        sketch.grant(group("devs"), &[&[create], more].concat().join(", "), Guard::always());
        found(sketch)
    };
    assert_eq!(sketch(&[]), ["u: lambda-001"]);
    assert_eq!(sketch(&[deny("iam:PassRole", "arn:aws:iam::*:role/admin")]), [""; 0]);
    assert_eq!(sketch(&[deny("iam:PassRole", "arn:aws:iam::*:role/other")]), ["u: lambda-001"]);
    // A function by another name is as good.
    let one = deny("lambda:CreateFunction", "arn:aws:lambda:*:*:function:prod");
    assert_eq!(sketch(&[one]), ["u: lambda-001"]);
}

#[test]
fn a_deny_that_can_be_removed_is_none() {
    let all = || allow("*", "*");
    let guard = "iam:Put* iam:Attach* iam:Create* iam:Update* iam:Add* iam:Pass* sts:*";
    let arn = "arn:aws:iam::111122223333:policy/guard";
    let mut detached = of_user(&[all()]);
    detached.policy("guard", &deny(guard, "*"));
    detached.attach(user("u"), arn);
    assert_eq!(found(detached), ["u: iam-025"]);
    let mut kept = of_user(&[all()]);
    kept.policy("guard", &deny(&format!("{guard} iam:Detach* iam:Delete* iam:Set*"), "*"));
    kept.attach(user("u"), arn);
    assert_eq!(found(kept), [""; 0]);
    let deleted = {
        let mut sketch = of_user(&[all()]);
        sketch.grant(user("u"), &deny(guard, "*"), Guard::always());
        found(sketch)
    };
    assert_eq!(deleted, ["u: iam-026"]);
    for (spared, path) in [
        ("iam:Detach* iam:Delete*", "x-iam-removeuserfromgroup"),
        ("iam:Remove* iam:Delete*", "x-iam-detachgrouppolicy"),
    ] {
        let mut left = of_user(&[all()]);
        left.group("guarded", &["u"]);
        left.policy("guard", &deny(&format!("{guard} {spared}"), "*"));
        left.attach(group("guarded"), arn);
        assert_eq!(found(left), [format!("u: {path}")], "{spared}");
    }
    // The policy of the Deny itself is the one that may be rewritten.
    let mut rewritten = of_role(&[all()]);
    let but_itself = deny(&format!("{guard} iam:Detach* iam:Delete*"), "arn:aws:iam::*:policy/guard");
    rewritten.policy("guard", &but_itself.replace("Resource", "NotResource"));
    rewritten.attach(role("r"), arn);
    let found = found(rewritten);
    assert_eq!(found, ["r: iam-001"]);
}

#[test]
fn what_is_asked_of_removable_denials_grows_with_their_number() {
    // Each policy keeps the one before it from being removed.
    let asked = |count: usize| {
        let mut sketch = of_user(&[allow("iam:DetachUserPolicy", "*")]);
        for at in 0..count {
            let arn = |at: usize| format!("arn:aws:iam::111122223333:policy/p{at}");
            let before = format!(r#""ArnEquals": {{"iam:PolicyARN": "{}"}}"#, arn(at.wrapping_sub(1)));
            sketch.policy(&format!("p{at}"), &when(&deny("iam:DetachUserPolicy", "*"), &before));
            sketch.attach(user("u"), &arn(at));
        }
        let model = sketch.link();
        let cast = Cast::of(&model);
        let questions = Questions::new(Guard::always());
        let stage = Stage::new(&cast, &questions);
        let removal = removal(&stage, 0, &cast.actors[0]).expect("they can be removed");
        assert_eq!(removal.taken.len(), count);
        removal.asker.asked.get()
    };
    assert!(asked(60) <= 3 * asked(20) + 10, "{} of {}", asked(60), asked(20));
}

#[test]
fn an_exception_that_is_not_known_may_leave_an_action_in() {
    let open = |text: &str| {
        let mut sketch = of_user(&[]);
        sketch.user("boss");
        sketch.attach(user("boss"), ADMIN);
        let statement = allow("iam:CreateAccessKey", "*").replace("Action", text);
        sketch.grant_unknown(user("u"), &statement, "iam:CreateAccessKey", "the action");
        let model = sketch.link();
        let escalations = Escalations::of(&model, &Administrators::direct(&model));
        escalations.iter().any(|one| one.path.id == "iam-002" && one.doubt.is_some())
    };
    assert!(open("Action"));
    assert!(open("NotAction"));
}

#[test]
fn a_policy_that_is_not_known_may_deny() {
    let mut sketch = of_user(&[allow("iam:PutUserPolicy", "*")]);
    sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere");
    assert_eq!(found(sketch), ["u: iam-007? arn:aws:iam::111122223333:policy/elsewhere"]);
    // It may allow as well, of which nothing is said.
    let mut sketch = of_user(&[]);
    sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere");
    assert_eq!(found(sketch), [""; 0]);
}

#[test]
fn what_is_doubtful_twice_is_not_told() {
    let sketch = || {
        let passes = allow("iam:PassRole ec2:ReplaceIamInstanceProfileAssociation", "*");
        let mut sketch = with_admin(of_user(&[passes]), &service("ec2"));
        sketch.profile("admin");
        sketch.workload("EC2 instance", "web", "other");
        sketch
    };
    assert_eq!(found(sketch()), ["u: ec2-replace-profile? access to a running instance"]);
    let mut open = sketch();
    open.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere");
    assert_eq!(found(open), [""; 0]);
}
