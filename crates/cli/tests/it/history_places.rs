//! All places of access keys in the history of git.

#![expect(clippy::string_slice, reason = "digests are ASCII")]

use std::fs;

use crate::command::CLEAN;
use crate::credentials::{check, id, leaks, secret};
use crate::history::{Repository, places};

#[test]
fn every_path_that_a_key_stood_at_is_told_with_the_first_commit_that_had_it_there() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let edited = repository.object("blob", format!("# edited\n{}\n", id()).as_bytes());
    let inner = repository.tree(&[("100644", "deep", &key)]);
    let first = repository.tree(&[("40000", "dir", &inner), ("100644", "key", &key)]);
    let first = repository.commit(&first, None, 0);
    // Edited, copied, moved with its directory, and then as it was at first.
    let edit = repository.tree(&[("40000", "dir", &inner), ("100644", "key", &edited)]);
    let edit = repository.commit(&edit, Some(&first), 1);
    let copy =
        repository.tree(&[("100644", "copy", &edited), ("40000", "moved", &inner), ("100644", "key", &key)]);
    let copy = repository.commit(&copy, Some(&edit), 2);
    let back = repository.tree(&[("40000", "dir", &inner), ("100644", "key", &key)]);
    repository.commit(&back, Some(&copy), 3);
    let (first, copy) = (&first[..12], &copy[..12]);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, run.codes(), leaks(&run).len()), (1, Vec::new(), 1), "{}", run.out);
    let expected = [
        format!("dir/deep@{first}:1:1"),
        format!("key@{first}:1:1"),
        format!("copy@{copy}:2:1"),
        format!("moved/deep@{copy}:1:1"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_a_later_version_of_a_file_says_of_a_secret_is_not_lost() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let alone = format!("AWS_SECRET_ACCESS_KEY={}\n", secret());
    let both = format!("AWS_ACCESS_KEY_ID={}\n{alone}", id());
    let [alone, both] = [&alone, &both].map(|text| repository.object("blob", text.as_bytes()));
    let [alone, both] = [alone, both].map(|blob| repository.tree(&[("100644", ".env", &blob)]));
    let first = repository.commit(&alone, None, 0);
    let second = repository.commit(&both, Some(&first), 1);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.codes(), leaks(&run).len()), (Vec::new(), 1), "{}", run.out);
    assert_eq!(found, [format!(".env@{}:1:19", &second[..12]), format!(".env@{}:1:23", &first[..12])]);
}

#[test]
fn names_that_are_no_utf_8_are_shown_as_far_as_they_are() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let inner = repository.raw_tree(&[("100644", b"key\xFF\x1B[31m", &key)]);
    let commit = repository.commit(&repository.raw_tree(&[("40000", b"d\xE9", &inner)]), None, 0);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, run.codes(), found.len()), (1, Vec::new(), 1), "{}", run.out);
    assert!(found[0].starts_with("d\u{FFFD}/key\u{FFFD}"), "{found:?}");
    assert!(found[0].ends_with(&format!("@{}:1:1", &commit[..12])), "{found:?}");
    assert!(!run.out.contains('\x1B'));
}

#[test]
fn of_trees_that_come_to_endless_paths_some_are_told() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let mut tree = repository.tree(&[("100644", "key", &key)]);
    for _ in 0..60 {
        tree = repository.tree(&[("40000", "a", &tree), ("40000", "b", &tree)]);
    }
    repository.commit(&tree, None, 0);
    let run = check(repository.dir.path(), &["--history"]);
    let found = leaks(&run);
    assert_eq!((run.status, run.codes(), found.len()), (1, vec!["history".to_owned()], 1), "{}", run.out);
    assert_eq!(found[0].2.len(), 9_999);
    assert!(run.out.contains("in more places than are told"));
}

#[test]
fn what_is_too_large_in_many_versions_is_told_once_a_file() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let mut parent = None;
    for (day, letter) in (0..).zip([b'x', b'y', b'z']) {
        let blob = repository.object("blob", &vec![letter; 2_000_000]);
        let tree = repository.tree(&[("100644", "large", &blob)]);
        parent = Some(repository.commit(&tree, parent.as_deref(), day));
    }
    let (run, _) = places(repository.dir.path(), &["--max-file-size", "4000"]);
    assert_eq!((run.status, run.codes()), (3, vec!["too-large".to_owned()]), "{}", run.out);
    assert!(run.out.contains("so it is with 2 other versions of the file"), "{}", run.out);
}

#[test]
fn places_of_one_day_come_in_the_order_of_their_commits() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let mut parent = String::new();
    let mut expected = Vec::new();
    for (second, name) in (1_700_000_000..).zip(["f", "b", "e", "a", "d", "c"]) {
        let tree = repository.tree(&[("100644", name, &key)]);
        let who = format!("nobody <nobody@example.com> {second} +0000");
        let commit = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\nx\n");
        let commit = repository.object("commit", commit.as_bytes());
        repository.reference("refs/heads/main", &commit);
        expected.push(format!("{name}@{}:1:1", &commit[..12]));
        parent = format!("parent {commit}\n");
    }
    assert_eq!(places(repository.dir.path(), &[]).1, expected);
}

#[test]
fn what_stood_too_deep_is_found_where_it_stands_less_deep() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let inner = repository.tree(&[("100644", "key", &key)]);
    let name = "n".repeat(200);
    let outer = repository.tree(&[("40000", &name, &inner)]);
    let mut deep = outer.clone();
    // The outer one is just not too deep.
    for _ in 0..4096 / (name.len() + 1) {
        deep = repository.tree(&[("40000", &name, &deep)]);
    }
    let first = repository.commit(&deep, None, 0);
    let second = repository.commit(&repository.tree(&[("40000", "outer", &outer)]), Some(&first), 1);
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!(found, [format!("outer/{name}/key@{}:1:1", &second[..12])], "{}", run.out);
    assert_eq!(run.codes(), ["history"]);
    assert!(run.out.contains("paths in the history are too long"), "{}", run.out);
}
