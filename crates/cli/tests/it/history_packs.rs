//! Access keys in the history of git, where objects are packed.

#![expect(clippy::string_slice, reason = "digests are ASCII")]

use std::fs;
use std::process::Command;

use crate::command::{CLEAN, iamrail};
use crate::credentials::{check, id, leaks};
use crate::history::{Repository, places};
use crate::revision::git;

/// Sixty versions of two files, of which the twentieth to the fortieth have a key, and the commits that brought them.
fn versions(repository: &Repository) -> Vec<String> {
    let lines: Vec<String> = (0..400_u64).map(|n| format!("line {n} {}\n", n * n * 7919)).collect();
    let mut commits: Vec<String> = Vec::new();
    for version in 0..60_usize {
        let key = if (20..40).contains(&version) { id() } else { String::new() };
        let (before, behind) = lines.split_at(version);
        let text = format!("{}{key}\nversion {version}\n{}", behind.concat(), before.concat());
        let file = repository.object("blob", text.as_bytes());
        let other = repository.object("blob", format!("{version}\n").as_bytes());
        let inner = repository.tree(&[("100644", "file", &file), ("100644", "other", &other)]);
        let tree = repository.tree(&[("40000", "dir", &inner)]);
        let day = i64::try_from(version).unwrap();
        commits.push(repository.commit(&tree, commits.last().map(String::as_str), day));
    }
    commits
}

fn with_code() -> Repository {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    repository
}

#[test]
fn versions_are_found_however_they_are_packed() {
    let loose = with_code();
    let commits = versions(&loose);
    let expected = check(loose.dir.path(), &["--history"]);
    assert_eq!(leaks(&expected)[0].0, format!("dir/file@{}:381:1", &commits[20][..12]));
    for by_offset in ["true", "false"] {
        let repository = with_code();
        versions(&repository);
        let dir = repository.dir.path();
        let setting = format!("repack.useDeltaBaseOffset={by_offset}");
        git(dir, &["-c", &setting, "repack", "-a", "-d", "-f", "-q", "--depth=50"]);
        git(dir, &["prune-packed"]);
        let pack = fs::read_dir(repository.git().join("objects/pack")).unwrap();
        let index = pack.map(|entry| entry.unwrap().path()).find(|path| path.extension().unwrap() == "idx");
        let listed = Command::new("git").arg("verify-pack").arg("-s").arg(index.unwrap()).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert!(listed.contains("chain length = 2"), "{listed}");
        let run = check(dir, &["--history"]);
        assert_eq!(run.out, expected.out);
    }
}

#[test]
fn what_is_in_several_packs_is_looked_through_once() {
    let repository = with_code();
    let commits = versions(&repository);
    let dir = repository.dir.path();
    git(dir, &["repack", "-q"]);
    let file = repository.object("blob", b"nothing\n");
    let tree = repository.tree(&[("100644", "readme", &file)]);
    repository.commit(&tree, commits.last().map(String::as_str), 99);
    let once = check(dir, &["--history"]).out;
    git(dir, &["repack", "-a", "-q"]);
    let files =
        fs::read_dir(repository.git().join("objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(files.filter(|path| path.extension().unwrap() == "pack").count(), 2);
    assert_eq!(check(dir, &["--history"]).out, once);
}

#[test]
fn versions_that_nothing_leads_to_are_noted() {
    let repository = with_code();
    let file = repository.object("blob", b"nothing\n");
    repository.commit(&repository.tree(&[("100644", "readme", &file)]), None, 0);
    assert_eq!(check(repository.dir.path(), &["--history"]).codes(), [] as [String; 0]);
    repository.object("blob", format!("{}\n", id()).as_bytes());
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!(
        (run.status, run.codes(), leaks(&run).len()),
        (0, vec!["history".to_owned()], 0),
        "{}",
        run.out
    );
    assert!(run.out.contains("that no branch, tag or stash leads to"), "{}", run.out);
}

#[test]
fn a_commit_is_of_the_day_that_it_was_for_its_author() {
    let repository = with_code();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let tree = repository.tree(&[("100644", "key", &key)]);
    // 2023-11-14 22:13 in UTC.
    for (zone, day) in [("+0000", "14"), ("+0200", "15"), ("-2200", "14"), ("-2230", "13"), ("+9999", "14")] {
        let [author, committer] = [zone, "+0000"].map(|zone| format!("x <x@example.com> 1700000000 {zone}"));
        let commit = format!("tree {tree}\nauthor {author}\ncommitter {committer}\n\nx\n");
        repository.reference("refs/heads/main", &repository.object("commit", commit.as_bytes()));
        let found = leaks(&check(repository.dir.path(), &["--history"]));
        assert!(
            found[0].1.contains(&format!("in the history since 2023-11-{day}, commit ")),
            "{zone}: {found:?}"
        );
    }
}

#[test]
fn names_of_files_directories_and_references_are_looked_through() {
    let repository = with_code();
    let id = id();
    let file = repository.object("blob", b"nothing\n");
    let inner = repository.tree(&[("100644", &format!("{id}.csv"), &file)]);
    let first = repository.tree(&[("100644", "readme", &file)]);
    let first = repository.commit(&first, None, 0);
    let second = repository.tree(&[("40000", "keys", &inner), ("100644", "readme", &file)]);
    let second = repository.commit(&second, Some(&first), 1);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (1, Vec::new()), "{}", run.out);
    assert_eq!(found, [format!("name of file@{}:1:6", &second[..12])]);
    assert!(!run.out.contains(&id));
    let third = repository.tree(&[("40000", &id, &inner)]);
    let third = repository.commit(&third, Some(&second), 2);
    let found = leaks(&check(repository.dir.path(), &["--history"]));
    let third = &third[..12];
    let expected = ["1:1", "1:1", "1:22"].map(|place| {
        format!("name of file@{third}:{place} its id stands here too: 2023-11-16, commit {third}")
    });
    assert_eq!((found.len(), &found[0].2), (1, &expected.to_vec()), "{found:?}");
    repository.reference("refs/heads/main", &first);
    repository.reference(&format!("refs/tags/without-{id}"), &first);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, found), (1, vec!["name of reference:1:19".to_owned()]), "{}", run.out);
    assert!(!run.out.contains(&id));
}

#[test]
fn what_stands_in_the_header_of_a_commit_or_tag_is_found() {
    let repository = with_code();
    let file = repository.object("blob", b"nothing\n");
    let tree = repository.tree(&[("100644", "readme", &file)]);
    let who = "nobody <nobody@example.com> 1700000000 +0000";
    let merged = format!("mergetag object {tree}\n type commit\n \n use {}\n", id());
    let commit = format!("tree {tree}\nauthor {who}\ncommitter {who}\n{merged}\nx\n");
    let commit = repository.object("commit", commit.as_bytes());
    repository.reference("refs/heads/main", &commit);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!(
        (run.status, found),
        (1, vec![format!("header of commit@{}:7:6", &commit[..12])]),
        "{}",
        run.out
    );
}

#[test]
fn binary_files_and_binary_versions_are_counted_apart() {
    let repository = with_code();
    let binary = repository.object("blob", b"\0\x01\x02");
    repository.commit(&repository.tree(&[("100644", "image", &binary)]), None, 0);
    let run = iamrail(repository.dir.path(), &["check", "--history"]);
    assert!(run.out.contains(", passed over 1 binary version in the history in "), "{}", run.out);
    fs::write(repository.dir.path().join("image"), b"\0\x01\x02").unwrap();
    let run = iamrail(repository.dir.path(), &["check", "--history"]);
    let expected = ", passed over 1 binary file, and 1 binary version in the history in ";
    assert!(run.out.contains(expected), "{}", run.out);
}
