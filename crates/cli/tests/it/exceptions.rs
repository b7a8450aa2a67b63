//! Exceptions as a whole run applies them: from every place where they can stand, in every output.

use std::path::Path;

use serde_json::Value;

use crate::command::{Run, VIOLATION, directory, iamrail};

/// A user with a policy of his own who joins a group: one finding.
pub(crate) const ATTACHED: &str = r#"
resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = ["readers"]
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
"#;

/// An exception for that, with other words for some of it.
pub(crate) fn entry(resource: &str) -> String {
    format!(
        "exceptions:\n- rule: user-direct-policy\n  resource: {resource}\n  reason: The audit tool needs a user of its own\n  \
         owner: Platform team\n  approved by: sec@example.com\n  review date: 2027-01-31\n"
    )
}

const TODAY: [&str; 2] = ["--today", "2026-06-01"];

pub(crate) fn check(dir: &Path, args: &[&str]) -> Run {
    iamrail(dir, &[&["check", "--format", "json"], &TODAY[..], args].concat())
}

/// The rules of the violations that no exception covers, and of those that one does.
pub(crate) fn found(run: &Run) -> (Vec<String>, Vec<String>) {
    let json = run.json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap().clone();
    let violated = findings.into_iter().filter(|finding| finding["verdict"] == "violated");
    let (excepted, open): (Vec<Value>, Vec<Value>) =
        violated.partition(|finding| !finding["exception"].is_null());
    let rules =
        |findings: Vec<Value>| findings.iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect();
    (rules(open), rules(excepted))
}

/// The exception of the first finding that has one.
pub(crate) fn covering(run: &Run) -> Value {
    let json = run.json();
    let mut findings = json.pointer("/findings").unwrap().as_array().unwrap().iter();
    findings.find_map(|one| Some(one["exception"].clone()).filter(|exception| !exception.is_null())).unwrap()
}

#[test]
fn a_finding_under_an_exception_is_told_and_fails_nothing() {
    for (resource, name) in [
        ("aws_iam_user_policy_attachment.ann", "iam-exceptions.yaml"),
        ("'*_attachment.ann'", "iam-exceptions.yml"),
        ("ann", "iamrail-exceptions.yaml"),
        ("aws_iam_user.ann", "iamrail.yaml"),
    ] {
        let text = entry(resource);
        let dir = directory(&[("main.tf", ATTACHED.as_bytes()), (name, text.as_bytes())]);
        let run = check(dir.path(), &[]);
        assert_eq!(found(&run), (vec![], vec!["user-direct-policy".to_owned()]), "{resource} {name}");
        assert_eq!(run.status, 0, "{resource} {name}: {run:?}");
        let exception = covering(&run);
        assert_eq!(exception["reason"], "The audit tool needs a user of its own");
        assert_eq!(exception["owner"], "Platform team");
        assert_eq!(exception["approved_by"], "sec@example.com");
        assert_eq!(exception["review_date"], "2027-01-31");
        assert_eq!(exception["location"]["file"], name);
        assert_eq!(exception["location"]["line"], 2);
        let summary = run.json().pointer("/summary").unwrap().clone();
        assert_eq!((summary["errors"].as_u64(), summary["excepted"].as_u64()), (Some(0), Some(1)));
    }
}

#[test]
fn an_exception_changes_no_fingerprint() {
    let fingerprints = |files: &[(&str, &[u8])]| {
        let json = check(directory(files).path(), &[]).json();
        let findings = json.pointer("/findings").unwrap().as_array().unwrap().clone();
        findings.iter().map(|one| one["fingerprint"].to_string()).collect::<Vec<_>>()
    };
    let exception = entry("aws_iam_user_policy_attachment.ann");
    let without = fingerprints(&[("main.tf", VIOLATION)]);
    assert!(!without.is_empty());
    assert_eq!(
        without,
        fingerprints(&[("main.tf", VIOLATION), ("iam-exceptions.yaml", exception.as_bytes())])
    );
}

#[test]
fn an_exception_that_is_past_or_for_something_else_covers_nothing() {
    let exception = entry("aws_iam_user_policy_attachment.ann");
    let dir = directory(&[("main.tf", ATTACHED.as_bytes()), ("iam-exceptions.yaml", exception.as_bytes())]);
    let run = iamrail(dir.path(), &["check", "--format", "json", "--today", "2027-02-01"]);
    let rules = ["expired-exception", "user-direct-policy"].map(str::to_owned).to_vec();
    assert_eq!((found(&run), run.status), ((rules, vec![]), 1));
    for resource in ["bob", "aws_iam_user_policy_attachment.an", "'*.bob'"] {
        let exception = entry(resource);
        let dir =
            directory(&[("main.tf", ATTACHED.as_bytes()), ("iam-exceptions.yaml", exception.as_bytes())]);
        let run = check(dir.path(), &[]);
        let rules = ["unused-exception", "user-direct-policy"].map(str::to_owned).to_vec();
        assert_eq!((found(&run), run.status), ((rules, vec![]), 1), "{resource}");
    }
}

#[test]
fn instances_and_modules_are_named_with_or_without_their_keys() {
    let root = "module \"m\" {\n  source   = \"./m\"\n  for_each = toset([\"x\"])\n}\n";
    let module = ATTACHED.replace("  user       =", "  count      = 2\n  user       =");
    for (resource, covered) in [
        ("module.m.aws_iam_user_policy_attachment.ann", 2),
        ("'module.m[\"x\"].aws_iam_user_policy_attachment.ann[0]'", 1),
        ("'module.m[\"x\"].*'", 2),
        ("'module.m[\"y\"].*'", 0),
    ] {
        let exception = entry(resource);
        let dir = directory(&[
            ("main.tf", root.as_bytes()),
            ("m/main.tf", module.as_bytes()),
            ("iam-exceptions.yaml", exception.as_bytes()),
        ]);
        let run = check(dir.path(), &[]);
        assert_eq!(found(&run).1.len(), covered, "{resource}: {run:?}");
    }
}

#[test]
fn the_most_specific_exception_is_named_wherever_it_stands() {
    let wide = "exceptions:\n- policy: IAM Usage Basics\n  reason: Everything is to be mended later\n  owner: T\n  approved by: x\n  until: 2027-01-31\n\
                - rule: user-direct-policy\n  resource: '*ann'\n  reason: All that ann has\n  owner: T\n  approved by: x\n  until: 2027-01-31\n";
    let exact = entry("aws_iam_user_policy_attachment.ann").replace("exceptions:\n", "");
    let inline = ATTACHED.replace(
        "  policy_arn",
        "  # iamrail: allow user-direct-policy reason=\"It stands in the resource\" owner=\"T\" approved-by=x until=2027-01-31\n  policy_arn",
    );
    let reason = |main: &str, exceptions: &str| {
        let dir = directory(&[("main.tf", main.as_bytes()), ("iam-exceptions.yaml", exceptions.as_bytes())]);
        check(dir.path(), &[])
            .json()
            .pointer("/findings")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["rule"] == "user-direct-policy")
            .unwrap()["exception"]["reason"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(reason(ATTACHED, wide), "All that ann has");
    assert_eq!(reason(ATTACHED, &format!("{wide}{exact}")), "The audit tool needs a user of its own");
    assert_eq!(reason(&inline, &format!("{wide}{exact}")), "It stands in the resource");
}

#[test]
fn comments_of_every_kind_count_in_and_above_their_resource() {
    let fields = "owner=\"Platform \\\"team\\\"\" approved-by=sec@example.com until=2027-01-31";
    let allow = "iamrail: allow user-direct-policy reason=\"The audit tool needs a user\"";
    let heading = "resource \"aws_iam_user_policy_attachment\" \"ann\" {";
    for (text, counts) in [
        (format!("# {allow} {fields}\n{heading}"), true),
        (format!("// {allow} {fields}\n# and this\n{heading}"), true),
        (format!("/* {allow} {fields} */ {heading}"), true),
        (format!("/*\n * {allow}\n * {fields}\n */\n{heading}"), true),
        (format!("# {allow}\n#   {fields}\n{heading}"), true),
        (format!("{heading} # {allow} {fields}"), true),
        (format!("{heading}\n  // {allow} {fields}"), true),
        (format!("#{allow} {fields}\r\n{heading}"), true),
        (format!("# {allow} {fields}\n\n{heading}"), false),
        (format!("# {allow}\n# {fields} and more\n{heading}"), false),
        (format!("{heading}\n  policy_arn = \"# {allow} {fields}\"\n#"), false),
    ] {
        let main = ATTACHED.replace(heading, &text);
        let dir = directory(&[("main.tf", main.as_bytes())]);
        let run = check(dir.path(), &[]);
        assert_eq!(found(&run).1.len(), usize::from(counts), "{text}: {run:?}");
    }
}

#[test]
fn a_comment_of_a_module_is_one_exception_for_all_that_call_it() {
    let module = ATTACHED.replace(
        "resource \"aws_iam_user_policy_attachment\"",
        "# iamrail: allow user-direct-policy reason=\"The audit tool needs a user\" owner=T approved-by=x\n\
         resource \"aws_iam_user_policy_attachment\"",
    );
    let root = "module \"a\" {\n  source = \"../m\"\n}\nmodule \"b\" {\n  source = \"../m\"\n}\n";
    let dir = directory(&[
        ("x/main.tf", root.as_bytes()),
        ("y/main.tf", root.as_bytes()),
        ("m/main.tf", module.as_bytes()),
    ]);
    let run = check(dir.path(), &[]);
    let (open, excepted) = found(&run);
    assert_eq!((open, excepted.len()), (vec!["open-ended-exception".to_owned()], 4), "{run:?}");
}

#[test]
fn comments_count_for_a_plan_when_the_configuration_is_named() {
    let main = "# iamrail: allow access-key reason=\"The FTP appliance cannot assume a role\" owner=T approved-by=x until=2027-01-31\n\
                resource \"aws_iam_access_key\" \"ftp\" {\n  user = \"ftp\"\n}\n";
    let resource = r#""address": "aws_iam_access_key.ftp", "mode": "managed", "type": "aws_iam_access_key", "name": "ftp""#;
    let plan = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0",
          "resource_changes": [{{{resource}, "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {{"actions": ["create"], "before": null, "after": {{"user": "ftp"}}, "after_unknown": {{"id": true}}}}}}],
          "configuration": {{"root_module": {{"resources": [{{{resource},
            "expressions": {{"user": {{"constant_value": "ftp"}}}}}}]}}}}}}"#
    );
    let dir = directory(&[("infra/main.tf", main.as_bytes()), ("plan.json", plan.as_bytes())]);
    let excepted = |args: &[&str]| found(&check(dir.path(), args)).1;
    assert_eq!(excepted(&["plan.json", "--source", "infra"]), ["access-key"]);
    assert!(excepted(&["plan.json"]).is_empty());
}

#[test]
fn metadata_of_a_template_count_for_their_resource() {
    let template = "Resources:\n  Ann:\n    Type: AWS::IAM::User\n    Metadata:\n      iamrail:\n        exceptions:\n        - rule: [user-direct-policy, user-without-group]\n          reason: The audit tool needs a user\n          owner: Platform team\n          approved_by: sec@example.com\n          review-date: 2027-01-31\n    Properties:\n      UserName: ann\n      ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]\n";
    let dir = directory(&[("template.yaml", template.as_bytes())]);
    let run = check(dir.path(), &[]);
    let (open, excepted) = found(&run);
    assert!(open.is_empty() && excepted.len() == 2, "{run:?}");
    assert_eq!(run.status, 0);
    let wrong = template.replace("- rule:", "- rool:");
    let dir = directory(&[("template.yaml", wrong.as_bytes())]);
    let (open, excepted) = found(&check(dir.path(), &[]));
    assert!(open.contains(&"invalid-exception".to_owned()) && excepted.is_empty(), "{open:?}");
}

#[test]
fn metadata_count_for_what_a_transform_makes_of_their_resource() {
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Setup:\n    Type: AWS::Serverless::Function\n    Metadata:\n      iamrail:\n        exceptions:\n        - rule: [broad-admin-policy, unapproved-administrator]\n          reason: It creates the accounts of all teams\n          owner: Platform team\n          approved_by: sec@example.com\n          review-date: 2027-01-31\n    Properties: {Handler: a.b, Runtime: python3.13, InlineCode: x, Policies: [AdministratorAccess]}\n";
    let dir = directory(&[("template.yaml", template.as_bytes())]);
    let (open, excepted) = found(&check(dir.path(), &[]));
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(excepted, ["broad-admin-policy", "unapproved-administrator"]);
    let other = template.replace("  Setup:", "  Other:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b, Runtime: python3.13, InlineCode: x, Policies: [AdministratorAccess]}\n  Setup:");
    let dir = directory(&[("template.yaml", other.as_bytes())]);
    let (open, excepted) = found(&check(dir.path(), &[]));
    assert_eq!((open.len(), excepted.len()), (2, 2), "{open:?}");
}

#[test]
fn what_is_unused_is_said_only_when_all_that_it_can_match_was_checked() {
    let exception = entry("nobody");
    let files: [(&str, &[u8]); 3] = [
        ("a/main.tf", ATTACHED.as_bytes()),
        ("b/main.tf", ATTACHED.as_bytes()),
        ("iam-exceptions.yaml", exception.as_bytes()),
    ];
    let says = |files: &[(&str, &[u8])], path: &str| {
        let run = check(directory(files).path(), &[path]);
        found(&run).0.contains(&"unused-exception".to_owned())
    };
    assert!(says(&files, "."));
    assert!(!says(&files, "a"));
    assert!(!says(&files, "a/main.tf"));
    let broken: [(&str, &[u8]); 3] = [files[0], ("b/main.tf", b"resource \"aws_iam_user\" {{{\n"), files[2]];
    assert!(!says(&broken, "."));
}

#[test]
fn people_see_why_a_finding_fails_nothing() {
    let exception = entry("aws_iam_user_policy_attachment.ann");
    let dir = directory(&[("main.tf", ATTACHED.as_bytes()), ("iam-exceptions.yaml", exception.as_bytes())]);
    let run = iamrail(dir.path(), &[&["check"], &TODAY[..]].concat());
    assert_eq!(run.status, 0);
    let (shown, summary) = run.out.trim_end().rsplit_once('\n').unwrap();
    insta::assert_snapshot!(shown);
    assert!(summary.ends_with(": 1 undetermined, 1 excepted"), "{summary}");
}

#[test]
fn sarif_has_a_suppression() {
    let suppressions = |files: &[(&str, &[u8])]| {
        let dir = directory(files);
        let run = iamrail(dir.path(), &[&["check", "--format", "sarif"], &TODAY[..]].concat());
        let json = run.json();
        let results = json.pointer("/runs/0/results").unwrap().as_array().unwrap().clone();
        results.iter().filter_map(|one| one.get("suppressions").cloned()).collect::<Vec<_>>()
    };
    let exception = entry("aws_iam_user_policy_attachment.ann");
    let found =
        suppressions(&[("main.tf", ATTACHED.as_bytes()), ("iam-exceptions.yaml", exception.as_bytes())]);
    assert_eq!(found.len(), 1);
    insta::assert_snapshot!(serde_json::to_string_pretty(&found[0]).unwrap());
    assert!(suppressions(&[("main.tf", ATTACHED.as_bytes())]).is_empty());
}

#[test]
fn a_file_of_exceptions_that_cannot_be_understood_stops_the_check() {
    let key = format!("exceptions:\n- rule: access-key\n  ownr: {}\n", ["AKIARZPUZD", "IKHHOY7W7M"].concat());
    for (text, said) in [
        (&b"exceptions:\n\t- rule: access-key\n"[..], "a tab cannot indent"),
        (b"exceptions: [\n", "iam-exceptions.yaml:"),
        (b"exceptions:\n- rule: access-key\n  review date: 2027-02-30\n", "there is no such day"),
        (b"exceptions:\n- rule: access-key\n  ownr: me\n", "did you mean `owner`?"),
        (key.as_bytes(), "ownr: ********************"),
        (b"version: 7\n", "update iamrail"),
        (b"\xff\xfe\0", "save it as UTF-8"),
    ] {
        let dir = directory(&[("main.tf", VIOLATION), ("iam-exceptions.yaml", text)]);
        for command in [&["check"][..], &["exceptions", "list"], &["exceptions", "check"]] {
            let run = iamrail(dir.path(), command);
            assert_eq!(run.status, 2, "{said}: {run:?}");
            assert!(run.err.contains(said), "{said}: {}", run.err);
        }
    }
    let dir = directory(&[("main.tf", VIOLATION), ("iam-exceptions.yaml/x", b"")]);
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.err.contains("not a regular file"), "{}", run.err);
    let dir = directory(&[("main.tf", VIOLATION), ("iamrail.yaml", b"exceptions: {approval: perhaps}\n")]);
    assert_eq!(iamrail(dir.path(), &["check"]).status, 2);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_no_file_of_exceptions() {
    let outside = directory(&[("secret.yaml", b"password: hunter2hunter2\n")]);
    let dir = directory(&[("main.tf", VIOLATION)]);
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), dir.path().join("iam-exceptions.yaml"))
        .unwrap();
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.err.contains("leads out of the directory") && !run.err.contains("hunter2"), "{}", run.err);
}

#[test]
fn code_owners_approve_what_stands_in_their_files() {
    let configured = entry("aws_iam_user_policy_attachment.ann")
        .replace("exceptions:\n", "exceptions:\n  approval: codeowners\n  entries:\n")
        .replace("\n- ", "\n  - ")
        .replace("\n  reason", "\n    reason")
        .replace("\n  resource", "\n    resource")
        .replace("\n  owner", "\n    owner")
        .replace("\n  approved", "\n    approved")
        .replace("\n  review", "\n    review");
    for (owners, rules) in [
        (Some("iamrail.yaml @org/platform-team\n"), vec![]),
        (
            Some("* @org/platform-team\niamrail.yaml @org/web\n"),
            vec!["unapproved-exception", "user-direct-policy"],
        ),
        (None, vec!["unapproved-exception", "user-direct-policy"]),
    ] {
        let mut files = vec![("main.tf", ATTACHED.as_bytes()), ("iamrail.yaml", configured.as_bytes())];
        files.extend(owners.map(|owners| (".github/CODEOWNERS", owners.as_bytes())));
        let run = check(directory(&files).path(), &[]);
        assert_eq!(found(&run).0, rules, "{owners:?}: {run:?}");
    }
}

pub(crate) fn write(dir: &Path, path: &str, text: &str) {
    std::fs::write(dir.join(path), text).unwrap();
}

#[test]
fn exceptions_are_listed_with_their_state_and_checked_alone() {
    let good = entry("aws_iam_user_policy_attachment.ann");
    let more = good
        .replace("exceptions:\n", "")
        .replace("  owner: Platform team\n", "")
        .replace("_attachment.ann", ".gone");
    let both = format!("{good}{more}");
    let dir = directory(&[("main.tf", VIOLATION), ("iam-exceptions.yaml", both.as_bytes())]);
    let run = iamrail(dir.path(), &[&["exceptions", "list"], &TODAY[..]].concat());
    assert_eq!(run.status, 0, "{run:?}");
    insta::assert_snapshot!(run.out);
    let run = iamrail(dir.path(), &[&["exceptions", "check"], &TODAY[..]].concat());
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.out.contains("error[unapproved-exception]") && !run.out.contains("user-direct-policy]"),
        "{}",
        run.out
    );
    let dir = directory(&[("main.tf", ATTACHED.as_bytes()), ("iam-exceptions.yaml", good.as_bytes())]);
    assert_eq!(iamrail(dir.path(), &[&["exceptions", "check"], &TODAY[..]].concat()).status, 0);
}

#[test]
fn suppressions_of_other_tools_become_drafts_that_do_not_count() {
    let main = ATTACHED
        .replace("  policy_arn", "  # checkov:skip=CKV_AWS_40:The audit tool needs a user\n  policy_arn")
        + "# tfsec:ignore:aws-s3-no-public\nresource \"aws_s3_bucket\" \"b\" {}\n";
    let dir = directory(&[("main.tf", main.as_bytes())]);
    let run = iamrail(dir.path(), &["exceptions", "import"]);
    assert_eq!(run.status, 0, "{run:?}");
    insta::assert_snapshot!(run.out);
    write(dir.path(), "iam-exceptions.yaml", &run.out);
    let run = check(dir.path(), &[]);
    let rules =
        ["open-ended-exception", "unapproved-exception", "unapproved-exception", "user-direct-policy"];
    let mut open = found(&run).0;
    open.sort();
    assert_eq!((open, run.status), (rules.map(str::to_owned).to_vec(), 1), "{run:?}");
    let nothing = directory(&[("main.tf", ATTACHED.as_bytes())]);
    assert!(iamrail(nothing.path(), &["exceptions", "import"]).out.ends_with("exceptions: []\n"));
}
