//! Access keys in the history of git.

#![expect(clippy::string_slice, reason = "digests and keys are ASCII")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::command::{CLEAN, Run};
use crate::credentials::{check, id, leaks};

/// A repository that is made object by object.
pub(crate) struct Repository {
    pub(crate) dir: tempfile::TempDir,
    /// Where it keeps its objects and references.
    git: PathBuf,
    sha256: bool,
}

impl Repository {
    pub(crate) fn new() -> Self {
        Self::at(".git", "\trepositoryformatversion = 0\n\tbare = false\n")
    }

    fn at(git: &str, core: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let git = dir.path().join(git);
        fs::create_dir_all(git.join("objects")).unwrap();
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::write(git.join("config"), format!("[core]\n{core}")).unwrap();
        Self { dir, git, sha256: core.contains("sha256") }
    }

    pub(crate) fn object(&self, kind: &str, content: &[u8]) -> String {
        let bytes = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
        let hex = |digest: &[u8]| digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let id: String = if self.sha256 { hex(&Sha256::digest(&bytes)) } else { hex(&Sha1::digest(&bytes)) };
        let (dir, file) = id.split_at(2);
        let dir = self.git.join("objects").join(dir);
        fs::create_dir_all(&dir).unwrap();
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        fs::write(dir.join(file), packed.finish().unwrap()).unwrap();
        id
    }

    pub(crate) fn tree(&self, entries: &[(&str, &str, &str)]) -> String {
        let entries = entries.iter().map(|(mode, name, id)| (*mode, name.as_bytes(), *id));
        self.raw_tree(&entries.collect::<Vec<_>>())
    }

    pub(crate) fn raw_tree(&self, entries: &[(&str, &[u8], &str)]) -> String {
        let mut content = Vec::new();
        for (mode, name, id) in entries {
            content.extend_from_slice(&[mode.as_bytes(), b" ", name, b"\0"].concat());
            content
                .extend((0..id.len() / 2).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap()));
        }
        self.object("tree", &content)
    }

    /// The directory that it keeps its objects and references in.
    pub(crate) fn git(&self) -> &Path {
        &self.git
    }

    pub(crate) fn commit(&self, tree: &str, parent: Option<&str>, day: i64) -> String {
        let commit = self.message(tree, parent, day, "x");
        self.reference("refs/heads/main", &commit);
        commit
    }

    fn message(&self, tree: &str, parent: Option<&str>, day: i64, message: &str) -> String {
        let seconds = 1_700_000_000 + day * 86_400;
        let parent = parent.map(|parent| format!("parent {parent}\n")).unwrap_or_default();
        let who = format!("nobody <nobody@example.com> {seconds} +0000");
        let content = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n{message}\n");
        self.object("commit", content.as_bytes())
    }

    pub(crate) fn reference(&self, name: &str, id: &str) {
        let path = self.git.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{id}\n")).unwrap();
    }

    /// A commit of one file with a key.
    fn leak(&self) -> String {
        let key = self.object("blob", format!("{}\n", id()).as_bytes());
        self.commit(&self.tree(&[("100644", "key", &key)]), None, 0)
    }
}

/// The places of the access keys in the history.
pub(crate) fn places(dir: &Path, args: &[&str]) -> (Run, Vec<String>) {
    let run = check(dir, &[&["--history"], args].concat());
    let found = leaks(&run);
    let places = found.into_iter().flat_map(|(place, _, related)| {
        std::iter::once(place).chain(related.into_iter().map(|one| one.split(' ').next().unwrap().to_owned()))
    });
    let places = places.collect();
    (run, places)
}

#[test]
fn a_key_of_an_earlier_version_is_found_with_the_commit_that_brought_it() {
    let repository = Repository::new();
    let text = format!("# deploy\nexport AWS_ACCESS_KEY_ID={}\n", id());
    let readme = repository.object("blob", b"nothing\n");
    let script = repository.object("blob", text.as_bytes());
    let later = repository.object("blob", format!("{text}# more\n").as_bytes());
    let inner = |script: &str| repository.tree(&[("100755", "deploy.sh", script)]);
    let first = repository.commit(&repository.tree(&[("100644", "readme", &readme)]), None, 0);
    let with =
        |script: &str| repository.tree(&[("40000", "ci", &inner(script)), ("100644", "readme", &readme)]);
    let second = repository.commit(&with(&script), Some(&first), 1);
    let third = repository.commit(&with(&later), Some(&second), 2);
    let last = repository.commit(&repository.tree(&[("100644", "readme", &readme)]), Some(&third), 3);
    fs::write(repository.dir.path().join("readme"), "nothing\n").unwrap();
    let run = check(repository.dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (0, vec!["no-infrastructure-code".to_owned()]));
    let run = check(repository.dir.path(), &["--history"]);
    let leaks = leaks(&run);
    let commit = &second[..12];
    assert_eq!(
        leaks,
        [(
            format!("ci/deploy.sh@{commit}:2:26"),
            format!(
                "the access key `AKIA…7W7M` of account 123456789012 is in the history since 2023-11-15, commit {commit}"
            ),
            Vec::new()
        )]
    );
    // Where it still stands in a file, the file comes first.
    fs::write(repository.dir.path().join("copy.txt"), text).unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    let found = self::leaks(&run);
    assert_eq!((found.len(), found[0].0.as_str()), (1, "copy.txt:2:26"));
    assert!(
        found[0].2[0].starts_with(&format!("ci/deploy.sh@{commit}:2:26 its id stands here too")),
        "{found:?}"
    );
    // What is not there cannot be clean.
    let (dir, file) = last.split_at(2);
    fs::remove_file(repository.dir.path().join(".git/objects").join(dir).join(file)).unwrap();
    fs::remove_file(repository.dir.path().join("copy.txt")).unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!((run.status, run.codes()), (3, vec!["history".to_owned(); 2]));
    assert!(run.out.contains("an object of the history is not in the repository"), "{}", run.out);
}

/// A repository whose first commit has a key that the second removes; the identifiers are those of the file and the first commit.
fn removed() -> (Repository, String, String) {
    let repository = Repository::new();
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let readme = repository.object("blob", b"nothing\n");
    let first = repository.commit(&repository.tree(&[("100644", "key", &key)]), None, 9);
    // The clock of whoever went on was behind.
    repository.commit(
        &repository.tree(&[("100644", "key", &key), ("100644", "readme", &readme)]),
        Some(&first),
        1,
    );
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    (repository, key, first)
}

#[test]
fn the_history_goes_from_parents_to_children_and_sees_what_is_replaced() {
    let (repository, key, first) = removed();
    let clean = repository.object("blob", b"clean\n");
    let replace = repository.dir.path().join(".git/refs/replace");
    fs::create_dir_all(&replace).unwrap();
    fs::write(replace.join(key), format!("{clean}\n")).unwrap();
    let found = leaks(&check(repository.dir.path(), &["--history"]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, format!("key@{}:1:1", &first[..12]));
}

#[test]
fn references_that_cannot_be_read_make_the_history_incomplete() {
    let (repository, ..) = removed();
    let git = repository.dir.path().join(".git");
    fs::write(git.join("refs/heads/main"), "garbage\n").unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!((run.status, run.codes()), (3, vec!["history".to_owned(); 2]), "{}", run.out);
    let (repository, ..) = removed();
    let git = repository.dir.path().join(".git");
    fs::remove_file(git.join("refs/heads/main")).unwrap();
    fs::write(git.join("HEAD"), "ref: refs/heads/.invalid\n").unwrap();
    let config = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n";
    fs::write(git.join("config"), config).unwrap();
    let run = check(repository.dir.path(), &["--history"]);
    assert_eq!((run.status, run.codes()), (3, vec!["history".to_owned(); 2]), "{}", run.out);
    let way_out = "git clone --mirror --ref-format=files";
    assert!(run.out.contains("are stored as `reftable`") && run.out.contains(way_out), "{}", run.out);
}

#[test]
fn a_directory_without_a_repository_has_no_history() {
    let dir = tempfile::tempdir().unwrap();
    let run = check(dir.path(), &["--history"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("`--history` is for git repositories"), "{}", run.err);
}

#[test]
fn repositories_without_a_work_tree_and_those_with_other_digests_are_read() {
    for core in ["\tbare = true\n", "\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n"]
    {
        let repository = Repository::at("store.git", core);
        let commit = repository.leak();
        // As it is packed away, and peeled.
        let packed = format!("# pack-refs with: peeled fully-peeled sorted \n{commit} refs/heads/main\n");
        fs::write(repository.git.join("packed-refs"), packed).unwrap();
        fs::remove_file(repository.git.join("refs/heads/main")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let path = repository.git.canonicalize().unwrap();
        let (run, places) = places(elsewhere.path(), &[path.to_str().unwrap()]);
        // Its objects are files as well, and no texts.
        assert_eq!((run.status, run.codes()), (1, vec!["binary".to_owned()]), "{}", run.out);
        assert!(places[0].ends_with(&format!("key@{}:1:1", &commit[..12])), "{places:?}");
    }
}

#[test]
fn messages_notes_links_stashes_and_what_tags_lead_to_are_looked_through() {
    let repository = Repository::new();
    let file = repository.object("blob", b"nothing\n");
    let tree = repository.tree(&[("100644", "readme", &file)]);
    let first = repository.commit(&tree, None, 0);
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let run = |name: &str, id: &str| {
        repository.reference(name, id);
        let (run, places) = places(repository.dir.path(), &[]);
        fs::remove_file(repository.git.join(name)).unwrap();
        // There are others that nothing leads to in its turn.
        assert_eq!(run.json().pointer("/summary/complete"), Some(&true.into()), "{name}: {}", run.out);
        places
    };
    let key = repository.object("blob", format!("{}\n", id()).as_bytes());
    let with_key = repository.tree(&[("100644", "key", &key)]);
    assert_eq!(run("refs/tags/blob", &key), ["refs/tags/blob:1:1"]);
    assert_eq!(run("refs/tags/tree", &with_key), ["refs/tags/tree/key:1:1"]);
    let tag = |kind: &str, id: &str, text: &str| {
        let who = "nobody <nobody@example.com> 1700000000 +0000";
        let content = format!("object {id}\ntype {kind}\ntag v1\ntagger {who}\n\n{text}\n");
        repository.object("tag", content.as_bytes())
    };
    assert_eq!(run("refs/tags/v1", &tag("blob", &key, "x")), ["refs/tags/v1:1:1"]);
    let with_message = tag("commit", &first, &format!("use {}", id()));
    assert_eq!(run("refs/tags/v2", &with_message), [format!("message of tag@{}:1:5", &with_message[..12])]);
    let told = repository.message(&tree, Some(&first), 1, &format!("use {}", id()));
    repository.reference("refs/heads/other", &told);
    let found = leaks(&check(repository.dir.path(), &["--history"]));
    assert_eq!(found[0].0, format!("message of commit@{}:1:5", &told[..12]));
    assert!(found[0].1.ends_with(&format!("2023-11-15, commit {}", &told[..12])), "{found:?}");
    fs::remove_file(repository.git.join("refs/heads/other")).unwrap();
    let link = repository.object("blob", format!("/tmp/{}", id()).as_bytes());
    let link = repository.tree(&[("120000", "link", &link)]);
    let link = repository.message(&link, Some(&first), 1, "x");
    assert_eq!(run("refs/heads/link", &link), [format!("link@{}:1:6", &link[..12])]);
    let note = repository.message(&repository.tree(&[("100644", &first, &key)]), None, 1, "x");
    assert_eq!(run("refs/notes/commits", &note), [format!("{first}@{}:1:1", &note[..12])]);
    // Of the stash, what is not on top stands in its log.
    let [old, new] = [&with_key, &tree].map(|tree| repository.message(tree, Some(&first), 2, "WIP"));
    let log = repository.git.join("logs/refs");
    fs::create_dir_all(&log).unwrap();
    let null = "0".repeat(40);
    let who = "nobody <nobody@example.com> 1700000000 +0000\tWIP";
    fs::write(log.join("stash"), format!("{null} {old} {who}\n{old} {new} {who}\n")).unwrap();
    assert_eq!(run("refs/stash", &new), [format!("key@{}:1:1", &old[..12])]);
}

#[test]
fn a_repository_that_has_not_all_of_its_history_says_so() {
    let repository = Repository::new();
    let file = repository.object("blob", b"nothing\n");
    let tree = repository.tree(&[("100644", "readme", &file)]);
    let last = repository.commit(&tree, Some(&"1".repeat(40)), 0);
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    fs::write(repository.git.join("shallow"), format!("{last}\n")).unwrap();
    let (run, _) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (3, vec!["history".to_owned()]));
    assert!(run.out.contains("only the newest part of its history"), "{}", run.out);
}

/// Moves the repository of a work tree below a directory, and leaves in its place what points there.
fn move_away(tree: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(tree.join(".git"), to).unwrap();
    fs::write(tree.join(".git"), format!("gitdir: {}\n", to.display())).unwrap();
}

#[test]
fn a_repository_elsewhere_is_read_only_if_it_belongs_to_the_work_tree() {
    let repository = Repository::new();
    let commit = repository.leak();
    let tree = repository.dir.path().canonicalize().unwrap();
    fs::write(tree.join("main.tf"), CLEAN).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path().canonicalize().unwrap();
    let away = elsewhere.join("modules/a");
    move_away(&tree, &away);
    // Anybody can write a file that points at the repository of somebody else.
    let (run, found) = places(&tree, &[]);
    assert_eq!((run.status, run.codes(), found.len()), (3, vec!["git-index".into(), "history".into()], 0));
    assert!(run.out.contains("outside of the directory that is checked"), "{}", run.out);
    let expected = [format!("key@{}:1:1", &commit[..12])];
    let common = tree.ancestors().find(|above| elsewhere.starts_with(above)).unwrap();
    let (run, found) = places(&tree, &["--root", common.to_str().unwrap()]);
    assert_eq!((run.codes(), found.len()), (Vec::new(), 1), "{}", run.out);
    // That of a submodule points back, and so does that of one work tree of several.
    fs::write(away.join("config"), format!("[core]\n\tworktree = {}\n", tree.display())).unwrap();
    assert_eq!(places(&tree, &[]).1, expected);
    fs::write(away.join("config"), "[core]\n\tbare = false\n").unwrap();
    let own = away.join("worktrees/t");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("HEAD"), format!("{commit}\n")).unwrap();
    fs::write(own.join("commondir"), "../..\n").unwrap();
    fs::write(own.join("gitdir"), format!("{}\n", tree.join(".git").display())).unwrap();
    fs::write(tree.join(".git"), format!("gitdir: {}\n", own.display())).unwrap();
    let (run, found) = places(&tree, &[]);
    assert_eq!((run.codes(), found), (Vec::new(), expected.to_vec()), "{}", run.out);
    // What all work trees share has to be where the work tree's own is.
    let other = Repository::new();
    other.leak();
    fs::write(own.join("commondir"), format!("{}\n", other.git.display())).unwrap();
    assert_eq!(places(&tree, &[]).1, [] as [String; 0]);
}

#[test]
fn what_is_shared_is_not_looked_for_above_the_root() {
    let outside = Repository::at(".", "\tbare = true\n");
    outside.leak();
    let tree = outside.dir.path().canonicalize().unwrap().join("w");
    let own = tree.join("gd");
    fs::create_dir_all(own.join("refs")).unwrap();
    fs::create_dir_all(own.join("objects")).unwrap();
    fs::write(own.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(tree.join(".git"), "gitdir: gd\n").unwrap();
    fs::write(own.join("commondir"), format!("{}\n", tree.parent().unwrap().display())).unwrap();
    fs::write(own.join("gitdir"), format!("{}\n", tree.join(".git").display())).unwrap();
    fs::write(tree.join("main.tf"), CLEAN).unwrap();
    let (run, found) = places(&tree, &["--root", tree.to_str().unwrap()]);
    assert_eq!((run.status, found.len()), (3, 0), "{}", run.out);
    assert!(run.out.contains("outside of the directory that is checked"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn pipes_in_a_repository_are_named_and_not_waited_for() {
    for name in ["HEAD", "packed-refs", "refs/heads/main", "objects/pack/pack-a.idx", "objects/aa/b"] {
        let repository = Repository::new();
        repository.leak();
        fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
        let path = repository.git.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (run, _) = places(repository.dir.path(), &[]);
        assert_eq!((run.status, run.codes()), (3, vec!["history".to_owned()]), "{name}: {}", run.out);
        assert!(run.out.contains("is no regular file"), "{}", run.out);
    }
}

#[test]
fn objects_are_borrowed_only_from_within_the_root() {
    let store = Repository::new();
    let commit = store.leak();
    let repository = Repository::new();
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    repository.reference("refs/heads/main", &commit);
    let info = repository.git.join("objects/info");
    fs::create_dir_all(&info).unwrap();
    let outside = store.git.join("objects");
    fs::write(info.join("alternates"), format!("{}\n", outside.display())).unwrap();
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!((run.status, run.codes(), found.len()), (3, vec!["history".to_owned()], 0), "{}", run.out);
    fs::rename(&outside, repository.dir.path().join("borrowed")).unwrap();
    fs::write(info.join("alternates"), "# near\n../../borrowed\n").unwrap();
    let (run, found) = places(repository.dir.path(), &[]);
    let borrowed = vec!["binary".to_owned()];
    assert_eq!((run.codes(), found), (borrowed, vec![format!("key@{}:1:1", &commit[..12])]), "{}", run.out);
}

#[test]
fn repositories_below_the_paths_are_looked_through_and_submodules_elsewhere_are_named() {
    let repository = Repository::new();
    let file = repository.object("blob", b"nothing\n");
    let tree = repository.tree(&[("100644", "readme", &file), ("160000", "sub", &"1".repeat(40))]);
    repository.commit(&tree, None, 0);
    fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
    let inner = Repository::new();
    let commit = inner.leak();
    let sub = repository.dir.path().join("sub");
    fs::create_dir(&sub).unwrap();
    fs::rename(&inner.git, sub.join(".git")).unwrap();
    move_away(&sub, &repository.git.join("modules/sub"));
    fs::write(sub.join(".git"), "gitdir: ../.git/modules/sub\n").unwrap();
    let (run, found) = places(repository.dir.path(), &[]);
    assert_eq!(found, [format!("sub/key@{}:1:1", &commit[..12])]);
    assert_eq!(run.codes(), ["submodule"]);
}

#[test]
fn a_large_version_is_told_only_if_it_is_a_text() {
    let binary = [b"\0\x01".as_slice(), &[b'x'; 5000]].concat();
    for (content, status, codes, versions) in
        [(binary, 0, vec![], 1), (vec![b'x'; 2_000_000], 3, vec!["too-large".to_owned()], 0)]
    {
        let repository = Repository::new();
        let blob = repository.object("blob", &content);
        repository.commit(&repository.tree(&[("100644", "large", &blob)]), None, 0);
        fs::write(repository.dir.path().join("main.tf"), CLEAN).unwrap();
        let (run, _) = places(repository.dir.path(), &["--max-file-size", "4000"]);
        assert_eq!((run.status, run.codes()), (status, codes), "{}", run.out);
        assert_eq!(run.json().pointer("/summary/binaries"), Some(&0.into()), "{}", run.out);
        assert_eq!(run.json().pointer("/summary/binary_versions"), Some(&versions.into()), "{}", run.out);
    }
}
