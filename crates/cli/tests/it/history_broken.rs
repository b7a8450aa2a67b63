//! The history of git, where it is not as it should be.

use std::fs;
use std::path::PathBuf;

use crate::command::{CLEAN, Run};
use crate::credentials::{check, id};
use crate::history::{Repository, places};
use crate::revision::git;

/// A repository with a commit of a key and one of some other files, as packed by git.
fn packed() -> (Repository, PathBuf) {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let first = repository.commit(&repository.tree(&[("100644", "key", &key)]), None, 0);
    let text: String = (0..2000_u64).map(|n| format!("{}\n", n * n * 104_729)).collect();
    let large = repository.object("blob", text.as_bytes());
    repository.commit(&repository.tree(&[("100644", "large", &large)]), Some(&first), 1);
    git(repository.dir.path(), &["repack", "-a", "-d", "-q"]);
    git(repository.dir.path(), &["prune-packed"]);
    let packs = fs::read_dir(repository.git().join("objects/pack")).unwrap();
    let pack = packs.map(|entry| entry.unwrap().path()).find(|path| path.extension().unwrap() == "pack");
    (repository, pack.unwrap())
}

/// The messages on a history that is not whole.
fn told(run: &Run) -> Vec<String> {
    let json = run.json();
    let all = json.pointer("/diagnostics").unwrap().as_array().unwrap();
    let text = |one: &serde_json::Value, key: &str| one.get(key).unwrap().as_str().unwrap().to_owned();
    let all = all.iter().filter(|one| text(one, "code") == "history");
    all.map(|one| format!("{}: {}", text(one, "message"), text(one, "help"))).collect()
}

/// Writes over a file of git, which are for reading alone.
fn overwrite(path: &PathBuf, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn packs_that_are_damaged_are_told_and_read_as_far_as_they_are_not() {
    let (repository, pack) = packed();
    let whole = fs::read(&pack).unwrap();
    // Somewhere in the large file, which takes up most of the pack.
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0xAA);
    overwrite(&pack, &damaged);
    let (run, _) = places(repository.dir.path(), &[]);
    assert!(matches!(run.status, 1 | 3), "{}", run.out);
    assert_eq!(told(&run).len(), 1, "{}", run.out);
    assert!(told(&run)[0].contains("in the repository, and cannot be read: `git fsck`"), "{}", run.out);
    for length in [0, 11, 40, whole.len() / 4, whole.len() - 30] {
        overwrite(&pack, &whole[..length]);
        let (run, _) = places(repository.dir.path(), &["--fail-on", "never"]);
        assert_eq!(run.status, 3, "{length}: {}", run.out);
        assert!(!told(&run).is_empty() && told(&run).len() <= 3, "{length}: {}", run.out);
    }
    overwrite(&pack, &whole);
    let index = pack.with_extension("idx");
    let listed = fs::read(&index).unwrap();
    for length in [0, 8, 1100, listed.len() - 50] {
        overwrite(&index, &listed[..length]);
        let (run, _) = places(repository.dir.path(), &[]);
        assert_eq!(run.status, 3, "{length}: {}", run.out);
        assert!(run.out.contains("a pack of objects cannot be read"), "{length}: {}", run.out);
    }
    // Offsets that lead anywhere.
    let mut wrong = listed;
    let length = wrong.len();
    wrong[length - 40 - 24..length - 40].fill(0x7F);
    overwrite(&index, &wrong);
    let (run, _) = places(repository.dir.path(), &[]);
    assert_eq!(run.status, 3, "{}", run.out);
    assert!(run.out.contains("cannot be read"), "{}", run.out);
}

#[test]
fn objects_that_are_not_what_they_should_be_are_told() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let file = repository.object("blob", b"nothing\n");
    let tree = repository.tree(&[("100644", "readme", &file)]);
    let commit = repository.commit(&tree, None, 0);
    let who = "nobody <nobody@example.com> 1700000000 +0000";
    let of = |tree: &str, parent: &str| {
        let content = format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nx\n");
        repository.object("commit", content.as_bytes())
    };
    let cut = repository.object("tree", b"100644 readme\0short");
    let heads = [
        // A file and a commit in place of trees, trees in place of files and commits, what is no tree and no commit.
        of(&file, &commit),
        of(&commit, &commit),
        of(&tree, &tree),
        of(&tree, &file),
        of(&repository.tree(&[("100644", "readme", &tree)]), &commit),
        of(&repository.tree(&[("40000", "dir", &file)]), &commit),
        of(&cut, &commit),
        repository.object("commit", b"garbage\n"),
        repository.object("tag", b"garbage\n"),
    ];
    for head in heads {
        repository.reference("refs/heads/main", &head);
        let (run, _) = places(repository.dir.path(), &[]);
        assert_eq!(run.status, 3, "{head}: {}", run.out);
        let expected = "an object of the history is in the repository, and cannot be read: `git fsck` says what \
                        is wrong with them: clone the repository anew";
        assert_eq!(told(&run), [expected], "{head}: {}", run.out);
    }
}

#[test]
fn what_is_not_there_is_told_once_with_a_way_to_get_it() {
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let names: Vec<(String, String)> = (0..1000).map(|n| (format!("f{n:04}"), format!("{n:040x}"))).collect();
    let entries: Vec<(&str, &str, &str)> =
        names.iter().map(|(name, id)| ("100644", &**name, &**id)).collect();
    repository.commit(&repository.tree(&entries), None, 0);
    let (run, _) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, told(&run).len()), (3, 1), "{}", run.out);
    let count = "1000 objects of the history are not in the repository: ";
    assert!(told(&run)[0].starts_with(&format!("{count}`git fsck` names them")), "{:?}", told(&run));
    let pack = repository.git().join("objects/pack");
    fs::create_dir_all(&pack).unwrap();
    fs::write(pack.join("pack-1.promisor"), "").unwrap();
    let (run, _) = places(repository.dir.path(), &[]);
    assert!(told(&run)[0].contains("cloned without them: clone it without `--filter`"), "{:?}", told(&run));
}

#[test]
fn stores_of_objects_that_borrow_from_each_other_are_read() {
    let (repository, _) = packed();
    let other = repository.dir.path().join("other");
    for (at, to) in [(&repository.git().join("objects"), "../../other"), (&other, "../.git/objects")] {
        fs::create_dir_all(at.join("info")).unwrap();
        fs::write(at.join("info/alternates"), format!("{to}\n{to}\n")).unwrap();
    }
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, found.len()), (1, 1), "{}", run.out);
}

#[test]
fn references_that_lead_to_themselves_are_passed_over_and_what_is_none_is_told() {
    let (repository, _) = packed();
    let commit = fs::read_to_string(repository.git().join("refs/heads/main")).unwrap();
    repository.reference("refs/heads/kept", commit.trim());
    for (name, content) in [
        ("HEAD", "ref: HEAD\n"),
        ("refs/heads/loop", "ref: refs/heads/loop\n"),
        ("refs/heads/main", "ref: refs/heads/other\n"),
        ("refs/heads/other", "ref: refs/heads/main\n"),
    ] {
        fs::write(repository.git().join(name), content).unwrap();
        let (run, found) = places(repository.dir.path(), &[]);
        assert_eq!((run.status, told(&run).len(), found.len()), (1, 0, 1), "{name}: {}", run.out);
    }
    fs::write(repository.git().join("packed-refs"), "garbage\n").unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!((run.status, told(&run).len()), (3, 2), "{}", run.out);
    assert!(told(&run)[0].starts_with("not all branches, tags and other references"), "{}", run.out);
}

#[test]
fn a_key_whose_commits_are_not_known_is_noted() {
    let (repository, _) = packed();
    fs::write(repository.git().join("refs/heads/main"), "garbage\n").unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!((run.status, told(&run).len()), (3, 2), "{}", run.out);
    assert!(told(&run).iter().any(|one| one.contains("objects whose commits are not known")), "{}", run.out);
}

#[test]
fn a_repository_that_cannot_be_opened_is_told_and_is_no_wrong_usage() {
    let (repository, _) = packed();
    fs::write(repository.git().join("config"), "[core\ngarbage").unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!((run.status, told(&run).len()), (3, 1), "{}{}", run.out, run.err);
    assert!(told(&run)[0].contains("its settings or the stores that it borrows"), "{}", run.out);
}
