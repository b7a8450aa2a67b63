//! Which places have what is idle, and how much is looked at to find them.

use std::fmt::Write as _;

use iamrail_core::value::Reason;

use super::*;

/// As many policies, and after them what comes of `rest` for each.
fn policies(count: usize, rest: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, place| {
        writeln!(
            text,
            "resource \"aws_iam_policy\" \"p{place}\" {{\n  policy = \"{{}}\"\n}}\n{}",
            rest(place)
        )
        .unwrap();
        text
    })
}

#[test]
fn many_idle_policies_are_told_apart_by_what_hands_each_on() {
    let main = policies(450, |place| match place {
        0 => String::new(),
        _ => format!("output \"o{place}\" {{\n  value = aws_iam_policy.p{place}.arn\n}}"),
    });
    let unit = unit(&[("main.tf", &main)]);
    assert_eq!(codes(&unit), [""; 0]);
    assert_eq!((unit.model.mentions.len(), &unit.model.gap), (449, &None));
    assert_eq!(unit.model.mentions_of("aws_iam_policy.p0").count(), 0);
    let by: Vec<_> = unit.model.mentions_of("aws_iam_policy.p7").map(|one| &*one.by).collect();
    assert_eq!(by, ["output.o7"]);
}

#[test]
fn the_outputs_of_a_module_are_told_apart() {
    let child =
        policies(300, |place| format!("output \"o{place}\" {{\n  value = aws_iam_policy.p{place}.arn\n}}"));
    let mut main = "module \"x\" {\n  source = \"./x\"\n}\n".to_owned();
    for place in 1..300 {
        writeln!(main, "output \"r{place}\" {{\n  value = module.x.o{place}\n}}").unwrap();
    }
    let unit = unit(&[("main.tf", &main), ("x/main.tf", &child)]);
    assert_eq!((codes(&unit), unit.model.mentions.len()), (vec![], 299));
    let by: Vec<_> = unit.model.mentions_of("module.x.aws_iam_policy.p7").map(|one| &*one.by).collect();
    assert_eq!(by, ["output.r7"]);
}

#[test]
fn a_search_that_is_given_up_says_so_and_leaves_open_what_it_did_not_find() {
    let mut main = policies(150, |place| {
        format!(
            "resource \"aws_iam_role_policy_attachment\" \"a{place}\" {{\n  count = 0\n  role = \"r\"\n  policy_arn = local.all[{place}]\n}}"
        )
    });
    let all: Vec<_> = (0..150).map(|place| format!("aws_iam_policy.p{place}.arn")).collect();
    writeln!(main, "locals {{\n  all = [{}]\n}}", all.join(", ")).unwrap();
    let unit = unit(&[("main.tf", &main)]);
    assert_eq!(codes(&unit), ["budget-exceeded"]);
    assert_eq!(unit.model.gap.as_ref().map(|unknown| unknown.reason), Some(Reason::Budget));
    assert!(unit.model.mentions.iter().all(|one| !one.hands_on));
}
