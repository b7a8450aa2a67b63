//! What is said of conditions of the input, held against inputs that have none.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{ADMIN, statement, trust};
use crate::analysis::administrators::Administrators;
use crate::analysis::escalation::Escalations;
use crate::analysis::principal::named;
use crate::analysis::sketch::{Sketch, group, role, user};
use crate::model::{Guard, Principal, Term};

const CONDITIONS: [&str; 3] = ["A", "B", "C"];

/// A part of an input, by its number, and the conditions under which it is there.
type Part = (usize, Vec<(usize, bool)>);

const PARTS: usize = 22;

/// The input whose parts are there under the guards that are given.
fn sketch(parts: &[(usize, Guard)]) -> Sketch {
    let mut sketch = Sketch::default();
    sketch.user("u");
    sketch.user("v");
    sketch.role_for("admin", &trust(r#"{"Service": "lambda.amazonaws.com"}"#));
    let u = r#"{"AWS": "arn:aws:iam::111122223333:user/u"}"#;
    sketch.role_for("middle", &trust(u));
    sketch.policy("own", &statement("Allow", "s3:GetObject", "*"));
    let guard = "iam:Put* iam:Attach* iam:Create* iam:Update* iam:Add* iam:Pass* sts:*";
    for (part, under) in parts {
        let allow = |actions: &str| statement("Allow", actions, "*");
        let deny = |actions: &str| statement("Deny", actions, "*");
        sketch.under(under.clone());
        let under = || under.clone();
        match part {
            0 => sketch.grant(user("u"), &allow("iam:PutUserPolicy"), under()),
            1 => sketch.grant(user("u"), &deny("iam:PutUserPolicy"), under()),
            2 => sketch.grant(user("u"), &allow("iam:PassRole"), under()),
            3 => sketch.grant(user("u"), &allow("lambda:CreateFunction lambda:InvokeFunction"), under()),
            4 => sketch.grant(user("u"), &allow("*"), under()),
            5 => sketch.grant(user("u"), &deny(guard), under()),
            6 => sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere"),
            7 => sketch.grant(user("u"), &allow("iam:CreateAccessKey"), under()),
            8 => sketch.attach(role("admin"), ADMIN),
            9 => sketch.grant(role("middle"), &allow("iam:CreateAccessKey"), under()),
            10 => sketch.attach(user("v"), ADMIN),
            11 => sketch.grant(role("middle"), &deny("iam:CreateAccessKey"), under()),
            12 => sketch.workload("Lambda function", "api", "admin"),
            13 => sketch.grant(user("u"), &allow("lambda:UpdateFunctionCode"), under()),
            14 => {
                sketch.group("guarded", &["u"]);
                sketch.grant(group("guarded"), &deny("iam:PutUserPolicy iam:CreateAccessKey"), under());
            }
            15 => sketch.grant(user("u"), &allow("iam:RemoveUserFromGroup iam:DeleteUserPolicy"), under()),
            16 => sketch.grant(user("u"), &deny("iam:DeleteUserPolicy"), under()),
            17 => sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/own"),
            18 => sketch.grant(user("u"), &allow("iam:CreatePolicyVersion"), under()),
            19 => sketch.role_for("other", &trust(u)),
            20 => sketch.grant(user("u"), &allow("iam:PutRolePolicy"), under()),
            _ => sketch.grant(user("u"), &deny("sts:AssumeRole"), under()),
        }
    }
    sketch.under(Guard::always());
    let each = parts.iter().filter(|(part, _)| part % 4 == 0).map(|(part, guard)| {
        let effect = if part % 8 == 0 { "Allow" } else { "Deny" };
        (statement(effect, "iam:AttachUserPolicy", "*"), guard.clone())
    });
    let each: Vec<_> = each.collect();
    if !each.is_empty() {
        sketch.grant_each(user("v"), &each);
    }
    sketch
}

/// Who finds a way that is proven, and who one that is doubtful, each with the guards of these ways.
fn found(sketch: Sketch) -> BTreeMap<String, [Vec<Guard>; 2]> {
    let model = sketch.link();
    let escalations = Escalations::of(&model, &Administrators::direct(&model));
    let mut found: BTreeMap<String, [Vec<Guard>; 2]> = BTreeMap::new();
    for one in escalations.iter() {
        let [proven, doubtful] =
            found.entry(named(&model, &Principal::from(one.holder)).name.to_string()).or_default();
        let guards = if one.doubt.is_none() { proven } else { doubtful };
        guards.extend(one.guards.iter().cloned());
    }
    found
}

proptest! {
    #[test]
    fn a_way_is_open_where_its_guards_hold_and_nowhere_else(
        parts in prop::collection::vec(
            (0..PARTS, prop::collection::vec((0..CONDITIONS.len(), any::<bool>()), 0..3)),
            1..9,
        )
    ) {
        let mut known = BTreeSet::new();
        let parts: Vec<Part> = parts.into_iter().filter(|(part, _)| known.insert(*part)).collect();
        let guard = |terms: &[(usize, bool)]| {
            terms.iter().try_fold(Guard::always(), |guard, (condition, holds)| {
                guard.and(&Guard::when(CONDITIONS[*condition], *holds))
            })
        };
        let guarded = parts.iter().filter_map(|(part, terms)| Some((*part, guard(terms)?)));
        let guarded: Vec<(usize, Guard)> = guarded.collect();
        let everywhere = found(sketch(&guarded));
        for deployment in 0..1 << CONDITIONS.len() {
            let holds = |condition: &str| {
                let place = CONDITIONS.iter().position(|one| *one == condition).unwrap_or_default();
                deployment >> place & 1 == 1
            };
            let all_hold = |terms: &[Term]| terms.iter().all(|term| holds(&term.condition) == term.holds);
            let there = guarded.iter().filter(|(_, guard)| all_hold(guard.terms()));
            let there: Vec<(usize, Guard)> = there.map(|(part, _)| (*part, Guard::always())).collect();
            let here = found(sketch(&there));
            for name in ["u", "v", "admin", "middle", "other"] {
                for (certainty, which) in ["proven", "doubtful"].iter().enumerate() {
                    let is_open = |guard: &Guard| all_hold(guard.terms());
                    let said = everywhere.get(name).is_some_and(|ways| ways[certainty].iter().any(is_open));
                    let is_so = here.get(name).is_some_and(|ways| !ways[certainty].is_empty());
                    prop_assert_eq!(said, is_so, "{} {} in {:03b}: {:?}, {:?}", name, which, deployment, here, everywhere);
                }
            }
        }
    }
}
