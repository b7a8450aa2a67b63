//! Which files are looked through: those that git tracks although it is told to ignore them, copies of tools, and what is no
//! infrastructure code.

use std::fs;
use std::path::Path;

use crate::command::{CLEAN, Run, VIOLATION, directory, iamrail, iamrail_with};
use crate::credentials::{check, id, leaks};

fn key() -> Vec<u8> {
    format!("KEY={}\n", id()).into_bytes()
}

/// The places of the access keys.
fn places(run: &Run) -> Vec<String> {
    leaks(run)
        .into_iter()
        .flat_map(|(place, _, related)| {
            let related = related.into_iter().map(|one| one.split(' ').next().unwrap().to_owned());
            std::iter::once(place).chain(related)
        })
        .collect()
}

/// An index of git of a version, with the digest of the index that it is a part of.
fn index(version: u8, files: &[&str], shared: Option<[u8; 20]>) -> Vec<u8> {
    index_of(20, version, files, shared)
}

/// The same with identifiers of so many bytes.
fn index_of(id: usize, version: u8, files: &[&str], shared: Option<[u8; 20]>) -> Vec<u8> {
    let mut bytes = [b"DIRC\0\0\0".as_slice(), &[version], &(files.len() as u32).to_be_bytes()].concat();
    let mut last: &[u8] = b"";
    for file in files {
        let start = bytes.len();
        bytes.extend_from_slice(&[0; 24]);
        bytes.extend_from_slice(&0o100_644_u32.to_be_bytes());
        bytes.resize(bytes.len() + 12 + id, 0);
        let extended = version == 3;
        let length = file.len().min(0xFFF) as u16 | if extended { 0x4000 } else { 0 };
        bytes.extend_from_slice(&length.to_be_bytes());
        if extended {
            bytes.extend_from_slice(&[0, 0]);
        }
        let name = file.as_bytes();
        if version == 4 {
            let common = last.iter().zip(name).take_while(|(a, b)| a == b).count();
            let dropped = last.len() - common;
            // Numbers of more than seven bits count from where those of fewer end.
            match dropped.checked_sub(128) {
                None => bytes.push(dropped as u8),
                Some(more) => bytes.extend_from_slice(&[0x80 | (more >> 7) as u8, more as u8 & 0x7F]),
            }
            bytes.extend_from_slice(name.get(common..).unwrap());
            bytes.push(0);
            last = name;
        } else {
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.resize(start + (bytes.len() - start).next_multiple_of(8), 0);
        }
    }
    if let Some(shared) = shared {
        bytes.extend_from_slice(b"TREE\0\0\0\x02xxlink\0\0\0\x14");
        bytes.extend_from_slice(&shared);
    }
    bytes.extend_from_slice(&[0; 20]);
    bytes
}

#[test]
fn what_git_tracks_is_read_although_it_is_ignored() {
    let long = format!("ignored/{}/a.env", "d".repeat(200));
    let tracked = ["gone.env", "ignored/main.tf", &long, "ignored/z.env", "tracked.env", "x/.terraform/s.tf"];
    let files: [(&str, &[u8]); 8] = [
        (".gitignore", b"*.env\nignored/\n.terraform/\n"),
        ("main.tf", CLEAN),
        (&long, &key()),
        ("ignored/main.tf", VIOLATION),
        ("ignored/untracked.env", &key()),
        ("tracked.env", &key()),
        ("untracked.env", &key()),
        ("x/.terraform/s.tf", VIOLATION),
    ];
    let dir = directory(&files);
    let git = dir.path().join(".git");
    for version in [2, 3, 4, 5, 6] {
        if version == 6 {
            let config = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n";
            fs::write(git.join("config"), config).unwrap();
            fs::write(git.join("index"), index_of(32, 2, &tracked, None)).unwrap();
        } else if version == 5 {
            let (first, rest) = tracked.split_at(3);
            fs::write(git.join("index"), index(2, first, Some([0xAB; 20]))).unwrap();
            fs::write(git.join(format!("sharedindex.{}", "ab".repeat(20))), index(4, rest, None)).unwrap();
        } else {
            fs::write(git.join("index"), index(version, &tracked, None)).unwrap();
        }
        let run = check(dir.path(), &[]);
        assert_eq!(
            places(&run),
            [format!("{long}:1:5"), "tracked.env:1:5".to_owned()],
            "{version}: {}",
            run.out
        );
        // What is infrastructure code is checked as such, and a copy of a tool is not.
        let findings = run.rules().into_iter().filter(|rule| rule == "user-direct-policy").count();
        assert_eq!((findings, run.codes()), (1, vec!["ignored".to_owned()]), "{}", run.out);
        assert!(
            run.out.contains("git ignores it: `ignored/untracked.env`, `untracked.env`\""),
            "{}",
            run.out
        );
        // The same from further down.
        let below = check(dir.path(), &["ignored"]);
        assert_eq!(places(&below), places(&run).get(..1).unwrap());
    }
}

#[test]
fn an_index_that_cannot_be_read_makes_the_check_incomplete() {
    let whole = index(2, &["tracked.env", "other.env"], None);
    let endless = [b"DIRC\0\0\0\x02\xFF\xFF\xFF\xFF".as_slice(), &[0; 4096]].concat();
    let dropped =
        [index(4, &[], None).get(..8).unwrap(), &1_u32.to_be_bytes(), &[0; 62], &[0xFF; 9]].concat();
    for bytes in
        [b"garbage".to_vec(), whole.get(..100).unwrap().to_vec(), index(9, &[], None), endless, dropped]
    {
        let files: [(&str, &[u8]); 3] =
            [(".gitignore", b"*.env\n"), ("main.tf", CLEAN), ("tracked.env", &key())];
        let dir = directory(&files);
        fs::write(dir.path().join(".git/index"), bytes).unwrap();
        let run = check(dir.path(), &[]);
        assert!(run.codes().contains(&"git-index".to_owned()) && matches!(run.status, 1 | 3), "{}", run.out);
        assert_eq!(check(dir.path(), &["--no-ignore"]).codes(), [] as [String; 0]);
    }
}

#[cfg(unix)]
#[test]
fn names_of_an_index_lead_nowhere_else() {
    let outside = directory(&[("key.env", &key())]);
    let dir = directory(&[(".gitignore", b"*\n"), ("sub/main.tf", CLEAN)]);
    let names = ["../x.env", "/etc/passwd", "a//b.env", "link.env", "sub/../sub/main.tf", "sub/main.tf"];
    fs::write(dir.path().join(".git/index"), index(2, &names, None)).unwrap();
    std::os::unix::fs::symlink(outside.path().join("key.env"), dir.path().join("link.env")).unwrap();
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (3, vec!["outside-root".to_owned(), "ignored".to_owned()]));
    // The index itself is no link either.
    fs::remove_file(dir.path().join(".git/index")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join(".git/index")).unwrap();
    assert!(check(dir.path(), &["--allow-incomplete"]).out.contains("which files git tracks"));
}

#[cfg(target_os = "linux")]
#[test]
fn tracked_files_whose_names_are_no_utf_8_are_named() {
    use std::os::unix::ffi::OsStrExt;
    let dir = directory(&[(".gitignore", b"*\n"), ("sub/main.tf", CLEAN)]);
    let mut bytes = index(2, &["sub/main.tf", "key?.env", "../up?.env", "gone?.env"], None);
    bytes.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xFF);
    fs::write(dir.path().join(".git/index"), bytes).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"key\xFF.env");
    fs::write(dir.path().join(name), key()).unwrap();
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (3, vec!["file-name".to_owned()]), "{}", run.out);
    // One that is not ignored is named once.
    fs::write(dir.path().join(".gitignore"), "nothing\n").unwrap();
    assert_eq!(check(dir.path(), &[]).codes(), ["file-name"]);
}

#[test]
fn what_only_this_clone_excludes_is_looked_through() {
    let dir = directory(&[("main.tf", CLEAN), ("notes.txt", &key())]);
    fs::create_dir_all(dir.path().join(".git/info")).unwrap();
    fs::write(dir.path().join(".git/info/exclude"), "*.txt\n").unwrap();
    assert_eq!(places(&check(dir.path(), &[])), ["notes.txt:1:5"]);
}

#[test]
fn copies_that_tools_keep_are_looked_through_and_are_no_units() {
    let files: [(&str, &[u8]); 4] = [
        ("main.tf", CLEAN),
        (".terraform/terraform.tfstate", &key()),
        (".terraform/modules/m/main.tf", VIOLATION),
        ("a/.terragrunt-cache/x/y/main.tf", VIOLATION),
    ];
    let dir = directory(&files);
    let run = check(dir.path(), &[]);
    assert_eq!(places(&run), [".terraform/terraform.tfstate:1:5"]);
    assert_eq!(run.json().pointer("/units").unwrap().as_array().unwrap().len(), 1, "{}", run.out);
    assert_eq!(run.json().pointer("/summary/looked_through"), Some(&3.into()));
}

#[test]
fn what_is_left_out_is_named_within_directories_that_are_ignored() {
    let files: [(&str, &[u8]); 8] = [
        (".gitignore", b"secrets/\n.terraform/\nnode_modules/\n"),
        ("main.tf", CLEAN),
        ("secrets/a/b/prod.env", &key()),
        ("secrets/readme", &key()),
        (".terraform/terraform.tfstate", &key()),
        (".terraform/modules/m/examples/x.tfvars", b"a = 1\n"),
        ("node_modules/p/.env", b"A=1\n"),
        ("node_modules/q/readme", b""),
    ];
    let dir = directory(&files);
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (0, vec!["ignored".to_owned()]));
    let named = "git ignores it: `.terraform/terraform.tfstate`, `secrets/a/b/prod.env`\"";
    assert!(run.out.contains(named), "{}", run.out);
    let run = check(dir.path(), &["--no-ignore"]);
    assert_eq!((places(&run).len(), run.codes().len()), (3, 0));
}

#[test]
fn texts_are_an_input_of_their_own_and_the_lack_of_code_is_told() {
    let dir = directory(&[
        ("docs/readme.md", b"nothing\n"),
        ("docs/pod.yaml", b"kind: Pod\n"),
        ("docs/a.png", b"\x89PNG\0\0"),
        ("photos/a.png", b"\x89PNG\0\0"),
    ]);
    fs::create_dir(dir.path().join("empty")).unwrap();
    let run = iamrail(dir.path(), &["check", "docs"]);
    assert_eq!(run.status, 0, "{run:?}");
    let warning =
        "no infrastructure code was found in `docs`: texts were looked through for access keys alone";
    assert!(run.out.contains(warning), "{}", run.out);
    assert!(run.out.contains("checked no infrastructure code, looked through 2 texts for access keys, "));
    assert_eq!(check(dir.path(), &["docs"]).codes(), ["no-infrastructure-code", "binary"]);
    for (path, status) in
        [("docs/readme.md", 0), ("docs/pod.yaml", 3), ("photos", 2), ("photos/a.png", 3), ("empty", 2)]
    {
        assert_eq!(iamrail(dir.path(), &["check", path]).status, status, "{path}");
    }
    // Other commands have nothing to tell of texts, and what fails may write to standard output.
    for command in ["review", "show"] {
        assert_eq!(iamrail(dir.path(), &[command, "docs"]).status, 2, "{command}");
    }
    for input in ["", "Error: no such file\n"] {
        assert_eq!(iamrail_with(dir.path(), &["check", "-"], input.as_bytes()).status, 2);
    }
    let off = "rules:\n  embedded-access-key:\n    level: \"off\"\n    reason: None.\n";
    fs::write(dir.path().join("iamrail.yaml"), off).unwrap();
    assert_eq!(iamrail(dir.path(), &["check", "docs"]).status, 2);
}

#[cfg(unix)]
#[test]
fn devices_are_no_texts() {
    assert_eq!(check(Path::new("/"), &["--root", "/dev", "/dev/zero"]).status, 3);
    let dir = directory(&[("main.tf", CLEAN)]);
    for (name, major, minor) in [("null", "1", "3"), ("zero", "1", "5"), ("tty", "5", "0")] {
        // Only an administrator may make one.
        let made = std::process::Command::new("mknod")
            .arg(dir.path().join(name))
            .args(["c", major, minor])
            .stderr(std::process::Stdio::null())
            .status();
        drop(made);
    }
    let run = check(dir.path(), &[]);
    assert_eq!(
        (run.status, run.json().pointer("/summary/looked_through")),
        (0, Some(&0.into())),
        "{}",
        run.out
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf_8_are_told_also_those_in_directories() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let dir = directory(&[("main.tf", CLEAN), ("ok.txt", &key())]);
    let inner = dir.path().join(OsStr::from_bytes(b"d\xFF"));
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("a.txt"), key()).unwrap();
    fs::write(dir.path().join(OsStr::from_bytes(b"c\xFE.txt")), key()).unwrap();
    let run = check(dir.path(), &["--fail-on", "never"]);
    assert_eq!((run.status, run.codes()), (3, vec!["file-name".to_owned(); 2]), "{}", run.out);
    assert!(run.out.contains("`d\u{FFFD}` is not looked into: its name is no UTF-8"), "{}", run.out);
    assert_eq!(places(&run), ["ok.txt:1:5"]);
}

#[test]
fn utf_16_is_text_with_a_byte_order_mark_and_without_one() {
    let text = |before: &str| format!("{before}\r\nkey = \"{}\"\r\n", id());
    let wide =
        |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(bytes).collect() };
    let long = "x".repeat(5000);
    let dir = directory(&[
        ("marked", &wide(&text("\u{FEFF}a"), u16::to_be_bytes)),
        ("little", &wide(&text("[Settings]"), u16::to_le_bytes)),
        ("big", &wide(&text(&long), u16::to_be_bytes)),
        ("words", &wide(&text("настройки: 🔑"), u16::to_le_bytes)),
        // Samples of sound, and what holds a text behind other things.
        ("sound", &(0..4000).flat_map(|n: u16| (n % 300).to_le_bytes()).collect::<Vec<u8>>()),
        ("program", &[[7, 0, 0, 0].as_slice(), &wide(&text("a"), u16::to_le_bytes)].concat()),
    ]);
    let run = check(dir.path(), &[]);
    assert_eq!(places(&run), ["big:2:8", "little:2:8", "marked:2:8", "words:2:8"]);
    assert_eq!(run.json().pointer("/summary/binaries"), Some(&2.into()));
    let run = iamrail(dir.path(), &["check", "--verbose"]);
    let note = "2 binary files were not looked through for access keys: `program`, `sound`";
    assert!(run.out.contains(note) && run.out.contains(", passed over 2 binary files in "), "{}", run.out);
}

#[test]
fn a_text_that_zeros_follow_is_looked_through_and_what_begins_as_none_is_not() {
    let log = [b"started\n".as_slice(), &key(), &[0; 4000]].concat();
    let program = [b"\x7fELF\x02\0\n".as_slice(), &key()].concat();
    let named = [b"SQLite format 3\0".as_slice(), &key()].concat();
    let dir = directory(&[("app.log", &log), ("program", &program), ("data.db", &named)]);
    assert_eq!(places(&check(dir.path(), &[])), ["app.log:2:5"]);
}
