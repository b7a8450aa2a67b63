//! Exceptions of an earlier revision: no change excepts itself.

use std::path::Path;
use std::process::Command;

use crate::command::{directory, iamrail};
use crate::credentials::id;
use crate::exceptions::{ATTACHED, check, covering, entry, found, write};

pub(crate) fn git(dir: &Path, args: &[&str]) {
    let identity =
        ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").arg("-C").arg(dir).args(identity).args(args).output().unwrap();
    assert!(done.status.success(), "{args:?}: {done:?}");
}

/// A repository whose first commit, which is tagged `base`, has these files.
fn repository(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = directory(files);
    std::fs::remove_dir(dir.path().join(".git")).unwrap();
    git(dir.path(), &["init", "--quiet"]);
    git(dir.path(), &["add", "--all"]);
    git(dir.path(), &["commit", "--quiet", "--allow-empty", "--message", "base"]);
    git(dir.path(), &["tag", "base"]);
    dir
}

#[test]
fn a_change_cannot_except_itself_by_a_file() {
    let exception = entry("aws_iam_user_policy_attachment.ann");
    let dir = repository(&[("main.tf", ATTACHED.as_bytes())]);
    write(dir.path(), "iam-exceptions.yaml", &exception);
    assert_eq!(check(dir.path(), &[]).status, 0);
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    assert_eq!((found(&run).0, run.status), (vec!["user-direct-policy".to_owned()], 1));
    // What the revision has counts, whatever became of it since.
    let dir = repository(&[("main.tf", ATTACHED.as_bytes()), ("iam-exceptions.yaml", exception.as_bytes())]);
    write(dir.path(), "iam-exceptions.yaml", "exceptions: [\n");
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    assert_eq!((found(&run), run.status), ((vec![], vec!["user-direct-policy".to_owned()]), 0));
    assert_eq!(covering(&run)["location"]["file"], "base:iam-exceptions.yaml");
}

#[test]
fn a_change_cannot_join_the_team_that_approves_it() {
    let configuration = |members: &str| {
        let entries = entry("aws_iam_user_policy_attachment.ann");
        (format!("exceptions: {{approval: teams}}\nteams: {{Platform team: [{members}]}}\n"), entries)
    };
    let (base, entries) = configuration("boss@example.com");
    let dir = repository(&[
        ("main.tf", ATTACHED.as_bytes()),
        ("iamrail.yaml", base.as_bytes()),
        ("iam-exceptions.yaml", entries.as_bytes()),
    ]);
    write(dir.path(), "iamrail.yaml", &configuration("sec@example.com").0);
    assert_eq!(check(dir.path(), &[]).status, 0);
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    let rules = ["unapproved-exception", "user-direct-policy"].map(str::to_owned).to_vec();
    assert_eq!((found(&run).0, run.status), (rules, 1));
}

#[test]
fn a_change_cannot_except_itself_in_a_resource() {
    let comment = "# iamrail: allow user-direct-policy reason=\"The audit tool needs a user\" owner=T approved-by=x until=2027-01-31\n";
    let heading = "resource \"aws_iam_user_policy_attachment\"";
    let excepted = ATTACHED.replace(heading, &format!("{comment}{heading}"));
    let dir = repository(&[("a/main.tf", ATTACHED.as_bytes())]);
    write(dir.path(), "a/main.tf", &excepted);
    assert_eq!(check(dir.path(), &[]).status, 0);
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    assert_eq!((found(&run).0, run.status), (vec!["user-direct-policy".to_owned()], 1));
    assert_eq!(run.codes(), ["exception-not-in-revision"]);
    // The same one in the revision counts, even when lines above it come and go.
    let dir = repository(&[("a/main.tf", excepted.as_bytes())]);
    write(dir.path(), "a/main.tf", &format!("\n\n{excepted}"));
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    assert_eq!((found(&run), run.status), ((vec![], vec!["user-direct-policy".to_owned()]), 0), "{run:?}");
    assert!(run.codes().is_empty());
    // At another resource it is another one, and with another date the old one counts.
    let moved = excepted.replace(&format!("{heading} \"ann\""), &format!("{heading} \"bob\""));
    write(dir.path(), "a/main.tf", &moved);
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    assert!(found(&run).0.contains(&"user-direct-policy".to_owned()) && run.status == 1, "{run:?}");
    write(dir.path(), "a/main.tf", &excepted.replace("2027-01-31", "2027-03-31"));
    let run = check(dir.path(), &["--exceptions-from", "base"]);
    assert_eq!(found(&run).1, ["user-direct-policy"]);
    assert_eq!(covering(&run)["review_date"], "2027-01-31");
}

#[test]
fn a_key_is_excepted_in_its_resource_if_the_revision_says_so_there() {
    let comment = "# iamrail: allow embedded-access-key workload-static-credentials reason=\"A test vector of the parser\" owner=T approved-by=x until=2027-01-31\n";
    let resource = |comment: &str| {
        format!("resource \"null_resource\" \"a\" {{\n  {comment}  triggers = {{ k = \"{}\" }}\n}}\n", id())
    };
    for (base, expected) in [(resource(comment), 0), (resource(""), 1)] {
        let dir = repository(&[("main.tf", base.as_bytes())]);
        write(
            dir.path(),
            "main.tf",
            &format!("locals {{\n  longer = \"than it was\"\n}}\n\n{}", resource(comment)),
        );
        assert_eq!(check(dir.path(), &[]).status, 0);
        let run = check(dir.path(), &["--exceptions-from", "base"]);
        assert_eq!(run.status, expected, "{run:?}");
    }
}

#[test]
fn a_revision_that_is_not_there_stops_the_check() {
    let dir = repository(&[("main.tf", ATTACHED.as_bytes())]);
    for (revision, said) in
        [("nowhere", "git fetch origin"), ("--help", "no name of a revision"), ("", "no name of a revision")]
    {
        let run = iamrail(dir.path(), &["check", &format!("--exceptions-from={revision}")]);
        assert_eq!(run.status, 2, "{revision}: {run:?}");
        assert!(run.err.contains(said), "{revision}: {}", run.err);
    }
    let dir = directory(&[("main.tf", ATTACHED.as_bytes())]);
    let run = iamrail(dir.path(), &["check", "--exceptions-from", "main"]);
    assert!(run.status == 2 && run.err.contains("in no git repository"), "{run:?}");
}
