//! What a step of a path works on: principals, policies, profiles, workloads, credentials, by their names.

use super::{ADMIN, allow, deny, found, of_role, of_user, service, trusting, with_admin};
use crate::analysis::sketch::{Sketch, group, user};
use crate::model::Guard;

#[test]
fn a_role_that_writes_its_own_policies_need_not_assume_itself() {
    for (action, path) in [("iam:AttachRolePolicy", "iam-009"), ("iam:PutRolePolicy", "iam-005")] {
        assert_eq!(found(of_role(&[allow(action, "arn:aws:iam::*:role/r")])), [format!("r: {path}")]);
    }
}

#[test]
fn another_role_must_let_the_caller_in() {
    let writes = allow("iam:AttachRolePolicy", "*");
    let target = |trust: &str, statements: &[String]| {
        let mut sketch = of_user(statements);
        sketch.role_for("target", trust);
        found(sketch)
    };
    let assumes = allow("sts:AssumeRole", "*");
    let [u, root] = ["user/u", "root"].map(|who| trusting(&format!("arn:aws:iam::111122223333:{who}")));
    assert_eq!(target(&service("ec2"), &[writes.clone(), assumes.clone()]), [""; 0]);
    // The trust policy names the user: nothing more is needed, but a Deny counts.
    assert_eq!(target(&u, std::slice::from_ref(&writes)), ["u: iam-014"]);
    assert_eq!(target(&u, &[writes.clone(), deny("sts:*", "*")]), [""; 0]);
    // It lets in the account as such: the policies of the user decide. Which account the input is for is told by the policies.
    let own = allow("iam:GetRole", "arn:aws:iam::111122223333:role/target");
    assert_eq!(target(&root, &[writes.clone(), own.clone()]), [""; 0]);
    assert_eq!(target(&root, &[writes.clone(), own, assumes]), ["u: iam-014"]);
    assert_eq!(target(&service("ec2"), &[writes, allow("iam:UpdateAssumeRolePolicy", "*")]), ["u: iam-019"]);
}

#[test]
fn rights_over_users_help_users_and_rights_over_roles_help_roles() {
    let of_users = allow("iam:PutUserPolicy iam:AttachUserPolicy iam:AddUserToGroup", "*");
    let of_roles = allow("iam:PutRolePolicy iam:AttachRolePolicy", "*");
    assert_eq!(found(of_role(std::slice::from_ref(&of_users))), [""; 0]);
    assert_eq!(found(of_user(std::slice::from_ref(&of_roles))), [""; 0]);
    assert_eq!(found(of_user(&[of_users])), ["u: iam-007"]);
    assert_eq!(found(of_role(&[of_roles])), ["r: iam-005"]);
}

#[test]
fn groups_give_what_they_have_and_what_can_be_put_on_them() {
    let mut sketch = of_user(&[allow("iam:AddUserToGroup", "arn:aws:iam::*:group/ops")]);
    sketch.group("ops", &[]);
    sketch.attach(group("ops"), ADMIN);
    assert_eq!(found(sketch), ["u: iam-013"]);
    let mut sketch = of_user(&[allow("iam:PutGroupPolicy", "arn:aws:iam::*:group/*")]);
    sketch.group("mine", &["u"]);
    sketch.group("others", &[]);
    assert_eq!(found(sketch), ["u: iam-011"]);
}

#[test]
fn the_resource_decides_what_an_action_is_worth() {
    let own = "arn:aws:iam::*:user/${aws:username}";
    let with_target = |action: &str, resource: &str| {
        let mut sketch = of_user(&[allow(action, resource)]);
        sketch.user("boss");
        sketch.attach(user("boss"), ADMIN);
        found(sketch)
    };
    assert_eq!(with_target("iam:CreateAccessKey", own), [""; 0]);
    assert_eq!(with_target("iam:PutUserPolicy", own), ["u: iam-007"]);
    assert_eq!(with_target("iam:CreateAccessKey", "arn:aws:iam::*:user/b*"), ["u: iam-002"]);
    assert_eq!(with_target("iam:CreateAccessKey", "arn:aws:iam::*:user/c*"), [""; 0]);
}

#[test]
fn policies_of_aws_have_no_versions_to_write() {
    let mut sketch = of_user(&[allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/*")]);
    sketch.attach(user("u"), "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert_eq!(found(sketch), [""; 0]);
    let mut sketch = of_user(&[allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/mine")]);
    sketch.policy("mine", &allow("s3:GetObject", "*"));
    sketch.policy("others", &allow("s3:GetObject", "*"));
    sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/mine");
    assert_eq!(found(sketch), ["u: iam-001"]);
}

#[test]
fn roles_that_aws_keeps_for_itself_are_not_changed() {
    let below = |path: &str| {
        let mut sketch = of_user(&[allow("iam:PutRolePolicy iam:UpdateAssumeRolePolicy", "*")]);
        sketch.role_below(path, "sso", &service("sso"));
        found(sketch)
    };
    assert_eq!(below("/aws-reserved/sso.amazonaws.com/"), [""; 0]);
    assert_eq!(below("/aws-service-role/x.amazonaws.com/"), [""; 0]);
    assert_eq!(below("/team/"), ["u: iam-021"]);
}

#[test]
fn instances_get_roles_in_profiles_only() {
    let launches = allow("iam:PassRole ec2:RunInstances", "*");
    let sketch = || with_admin(of_user(std::slice::from_ref(&launches)), &service("ec2"));
    assert_eq!(found(sketch()), [""; 0]);
    let mut profiled = sketch();
    profiled.profile("admin");
    assert_eq!(found(profiled), ["u: ec2-001"]);
    let makes = allow("iam:CreateInstanceProfile iam:AddRoleToInstanceProfile", "*");
    assert_eq!(found(with_admin(of_user(&[launches, makes]), &service("ec2"))), ["u: ec2-001"]);
}

#[test]
fn workloads_of_the_model_are_taken_over_by_name() {
    let updates = |resource: &str| {
        let mut sketch =
            with_admin(of_user(&[allow("lambda:UpdateFunctionCode", resource)]), &service("lambda"));
        sketch.workload("Lambda function", "api", "admin");
        found(sketch)
    };
    assert_eq!(updates("*"), ["u: lambda-003"]);
    assert_eq!(updates("arn:aws:lambda:eu-west-1:111122223333:function:api"), ["u: lambda-003"]);
    assert_eq!(updates("arn:aws:lambda:*:*:function:web-*"), [""; 0]);
    // Nothing is there that would be worth it.
    let none = with_admin(of_user(&[allow("lambda:UpdateFunctionCode", "*")]), &service("lambda"));
    assert_eq!(found(none), [""; 0]);
    let mut session = with_admin(of_user(&[allow("ssm:StartSession", "*")]), &service("ec2"));
    session.workload("EC2 instance", "web", "admin");
    assert_eq!(found(session), ["u: ssm-001? a running instance with the SSM agent"]);
}

#[test]
fn credentials_are_made_where_there_is_room_for_them() {
    let boss = |actions: &str, more: &dyn Fn(&mut Sketch)| {
        let mut sketch = of_user(&[allow(actions, "arn:aws:iam::*:user/boss")]);
        sketch.user("boss");
        sketch.attach(user("boss"), ADMIN);
        more(&mut sketch);
        found(sketch)
    };
    let [create, update, key] = ["iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:CreateAccessKey"];
    let has_password = |sketch: &mut Sketch| sketch.password("boss", Guard::always());
    let has_key = |sketch: &mut Sketch| sketch.key("boss");
    let has_keys = |sketch: &mut Sketch| ["boss"; 2].into_iter().for_each(|user| sketch.key(user));
    assert_eq!(boss(create, &|_| {}), ["u: iam-004"]);
    assert_eq!(boss(create, &has_password), [""; 0]);
    assert_eq!(boss(update, &has_password), ["u: iam-006"]);
    // What a user has elsewhere who has nothing here is not known.
    assert_eq!(boss(update, &|_| {}), ["u: iam-006? a password of `boss`"]);
    assert_eq!(boss(update, &has_key), [""; 0]);
    assert_eq!(boss(key, &has_key), ["u: iam-002"]);
    assert_eq!(boss(key, &has_keys), [""; 0]);
    assert_eq!(boss(&format!("{key} iam:DeleteAccessKey"), &has_keys), ["u: iam-003"]);
    let sometimes = |sketch: &mut Sketch| sketch.password("boss", Guard::when("IsTest", true));
    assert_eq!(boss(create, &sometimes), ["u: iam-004 when not IsTest"]);
    assert_eq!(boss(&format!("{create} {update}"), &has_password), ["u: iam-006"]);
    let two_sometimes = |sketch: &mut Sketch| {
        sketch.key("boss");
        sketch.under(Guard::when("IsTest", true));
        sketch.key("boss");
    };
    assert_eq!(boss(key, &two_sometimes), ["u: iam-002 when not IsTest"]);
    let key_sometimes = |sketch: &mut Sketch| {
        sketch.under(Guard::when("IsTest", true));
        sketch.key("boss");
    };
    assert_eq!(boss(update, &key_sometimes), ["u: iam-006? a password of `boss`"]);
}

#[test]
fn the_path_of_a_policy_is_part_of_its_arn() {
    let writes = |on: &str| {
        let mut sketch = of_user(&[]);
        let own = "arn:aws:iam::111122223333:policy/team/own";
        sketch.policy_at("/team/", "own", &allow("iam:CreatePolicyVersion", on));
        sketch.attach(user("u"), own);
        found(sketch)
    };
    assert_eq!(writes("arn:aws:iam::111122223333:policy/team/own"), ["u: iam-001"]);
    assert_eq!(writes("arn:aws:iam::111122223333:policy/own"), [""; 0]);
}

#[test]
fn new_users_and_roles_are_made_under_names_that_are_allowed() {
    let makes = |roles: &str, policies: &str| {
        found(of_user(&[allow("iam:CreateRole", roles), allow("iam:AttachRolePolicy", policies)]))
    };
    assert_eq!(makes("*", "*"), ["u: x-iam-createrole-attach"]);
    assert_eq!(makes("arn:aws:iam::*:role/app-*", "*"), ["u: x-iam-createrole-attach"]);
    assert_eq!(
        makes("arn:aws:iam::*:role/app-*", "arn:aws:iam::*:role/app-*"),
        ["u: x-iam-createrole-attach"]
    );
    assert_eq!(makes("arn:aws:iam::*:role/app-*", "arn:aws:iam::*:role/web-*"), [""; 0]);
    let user = allow("iam:CreateUser iam:CreateLoginProfile iam:PutUserPolicy", "arn:aws:iam::*:user/x-*");
    assert_eq!(found(of_user(&[user])), ["u: x-iam-createuser"]);
}

#[test]
fn roles_of_other_accounts_are_not_those_of_the_input() {
    let assumes = |actions: &str| {
        let sketch = of_user(&[allow(actions, "arn:aws:iam::999988887777:role/admin")]);
        found(with_admin(sketch, &trusting("arn:aws:iam::111122223333:root")))
    };
    assert_eq!(assumes("sts:AssumeRole"), [""; 0]);
    assert_eq!(assumes("sts:AssumeRole iam:GetRole iam:PassRole"), [""; 0]);
    // IAM acts on no other account, whatever it is called.
    let own = |actions: &str| {
        let mut sketch = of_user(&[allow(actions, "arn:aws:iam::999988887777:user/u")]);
        sketch.user("other");
        found(sketch)
    };
    assert_eq!(own("sts:AssumeRole iam:PutUserPolicy"), ["u: iam-007"]);
}
