//! Access keys in container images, and what is no image.

#![expect(clippy::string_slice, reason = "digests and keys are ASCII")]

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use crate::command::{Run, iamrail};
use crate::credentials::{id, leaks, secret};

pub(crate) fn check(dir: &Path, image: &str) -> Run {
    iamrail(dir, &["check", "--format", "json", "--image", image])
}

pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (path, bytes) in entries {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A frame of Zstandard whose blocks are not compressed, behind one that is to be skipped.
pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut frame =
        vec![0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, b'a', b'b', b'c', 0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58];
    let blocks: Vec<&[u8]> = bytes.chunks(100_000).collect();
    for (number, block) in blocks.iter().enumerate() {
        let header = (block.len() as u32) << 3 | u32::from(number + 1 == blocks.len());
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.extend_from_slice(block);
    }
    frame
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An OCI layout by the names of its files.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Layout {
    pub(crate) fn blob(&mut self, bytes: &[u8]) -> String {
        let digest = digest(bytes);
        self.files.push((format!("blobs/sha256/{digest}"), bytes.to_vec()));
        format!("sha256:{digest}")
    }

    pub(crate) fn manifest(&mut self, config: &str, layers: &[Vec<u8>]) -> String {
        let config = self.blob(config.as_bytes());
        let layers: Vec<String> =
            layers.iter().map(|layer| format!("{{\"digest\": \"{}\"}}", self.blob(layer))).collect();
        self.blob(
            format!("{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": [{}]}}", layers.join(","))
                .as_bytes(),
        )
    }

    pub(crate) fn index(&mut self, manifests: &[(&str, Option<&str>)]) {
        let manifests: Vec<String> = manifests
            .iter()
            .map(|(digest, platform)| {
                let platform = platform.map(|architecture| {
                    format!(", \"platform\": {{\"os\": \"linux\", \"architecture\": \"{architecture}\"}}")
                });
                format!("{{\"digest\": \"{digest}\"{}}}", platform.unwrap_or_default())
            })
            .collect();
        let index = format!("{{\"manifests\": [{}]}}", manifests.join(","));
        self.files.push(("index.json".to_owned(), index.into_bytes()));
    }

    pub(crate) fn archive(&self) -> Vec<u8> {
        let files: Vec<(&str, &[u8])> =
            self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        archive(&files)
    }

    pub(crate) fn write(&self, dir: &Path) {
        for (name, bytes) in &self.files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

pub(crate) fn env() -> String {
    format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", id(), secret())
}

const HISTORY: &str = r#""history": [{"created_by": "ADD rootfs.tar /"}, {"created_by": "ENV A=1", "empty_layer": true},
    {"created_by": "COPY . /app"}, {"created_by": "RUN rm /app/.env"}]"#;

/// A base, a layer with a key, and one that deletes it, each compressed in another way.
fn shop() -> Layout {
    let mut layout = Layout::default();
    let base = archive(&[("etc/hostname", b"shop\n")]);
    let app = archive(&[("app/.env", env().as_bytes()), ("app/main.py", b"print(1)\n")]);
    let cleaned = archive(&[("app/.wh..env", b"")]);
    let config = format!("{{\"config\": {{\"Env\": [\"PATH=/bin\"]}}, {HISTORY}}}");
    let manifest = layout.manifest(&config, &[base, gzip(&app), zstd(&cleaned)]);
    layout.index(&[(&manifest, None)]);
    layout
}

#[test]
fn a_key_that_a_later_layer_deletes_is_found_with_what_made_its_layer() {
    let dir = tempfile::tempdir().unwrap();
    let layout = shop();
    fs::write(dir.path().join("shop.tar"), layout.archive()).unwrap();
    fs::write(dir.path().join("shop.tar.gz"), gzip(&layout.archive())).unwrap();
    layout.write(&dir.path().join("layout"));
    let app = gzip(&archive(&[("app/.env", env().as_bytes()), ("app/main.py", b"print(1)\n")]));
    let layer = digest(&app)[..12].to_owned();
    for image in ["shop.tar", "shop.tar.gz", "layout"] {
        let run = check(dir.path(), image);
        assert_eq!((run.status, run.codes()), (1, Vec::new()), "{run:?}");
        let site = "layer 2 of 3, made by `COPY . /app`, deleted in layer 3 and still in the image";
        assert_eq!(
            leaks(&run),
            [(
                format!("{image}!{layer}/app/.env:1:19"),
                format!("the access key `AKIA…7W7M` of account 123456789012 is in the image: {site}"),
                vec![format!("{image}!{layer}/app/.env:2:23 its secret: {site}")]
            )]
        );
        for format in ["human", "sarif"] {
            let run = iamrail(dir.path(), &["check", "--verbose", "--format", format, "--image", image]);
            assert!(!run.out.contains(&secret()) && !run.out.contains(&id()[4..16]), "{}", run.out);
        }
    }
}

#[test]
fn what_docker_saves_is_read_with_its_configuration_and_its_links() {
    let dir = tempfile::tempdir().unwrap();
    let layer = archive(&[("root/.aws/credentials", env().as_bytes())]);
    let config = format!(
        "{{\"config\": {{\"Env\": [\"PATH=/bin\", \"AWS_SECRET_ACCESS_KEY={0}\"]}}, \
         \"history\": [{{\"created_by\": \"RUN deploy --aws-secret-access-key {0} and much more of the same kind so that it is cut\"}}]}}",
        secret()
    );
    let manifest =
        br#"[{"Config": "c.json", "RepoTags": ["shop:1"], "Layers": ["a/layer.tar", "b/layer.tar"]}]"#;
    let mut tar = Builder::new(Vec::new());
    for (path, bytes) in
        [("manifest.json", manifest.as_slice()), ("c.json", config.as_bytes()), ("a/layer.tar", &layer)]
    {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, path, bytes).unwrap();
    }
    let mut link = Header::new_gnu();
    link.set_entry_type(EntryType::Symlink);
    link.set_size(0);
    tar.append_link(&mut link, "b/layer.tar", "../a/layer.tar").unwrap();
    fs::write(dir.path().join("shop.tar"), tar.into_inner().unwrap()).unwrap();
    let run = check(dir.path(), "shop.tar");
    let found = leaks(&run);
    assert_eq!((run.codes(), found.len()), (Vec::new(), 1), "{run:?}");
    let places: Vec<&str> = found[0].2.iter().map(String::as_str).collect();
    assert!(
        places.iter().any(|place| place.ends_with("its secret: its configuration, in `config.Env[1]`")),
        "{places:?}"
    );
    assert!(places.iter().any(|place| place.contains("`history[0].created_by`")), "{places:?}");
    assert!(!run.out.contains(&secret()));
}

#[test]
fn every_platform_of_an_index_is_looked_through_and_shared_layers_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let shared = archive(&[("shared.env", env().as_bytes())]);
    let own = archive(&[("own.env", env().as_bytes())]);
    let one = layout.manifest("{\"a\": 1}", std::slice::from_ref(&shared));
    let other = layout.manifest("{\"a\": 2}", &[shared, own]);
    layout.index(&[(&one, Some("amd64")), (&other, Some("arm64"))]);
    fs::write(dir.path().join("image.tar"), layout.archive()).unwrap();
    let run = check(dir.path(), "image.tar");
    let found = leaks(&run);
    assert_eq!((run.codes(), found.len(), found[0].2.len()), (Vec::new(), 1, 3), "{found:?}");
    assert!(found[0].1.ends_with("layer 1 of 1 of linux/amd64; layer 1 of 2 of linux/arm64"), "{found:?}");
    assert!(found[0].2.iter().any(|one| one.ends_with("layer 2 of 2 of linux/arm64")), "{found:?}");
}

/// What becomes of an image whose only layer is given.
pub(crate) fn with_layer(layer: &[u8]) -> Run {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let manifest = layout.manifest("{}", &[layer.to_vec()]);
    layout.index(&[(&manifest, None)]);
    fs::write(dir.path().join("image.tar"), layout.archive()).unwrap();
    check(dir.path(), "image.tar")
}

#[test]
fn odd_entries_are_read_and_never_followed() {
    let env = env();
    let mut tar = Builder::new(Vec::new());
    for (name, kind) in [
        ("../../../etc/leak", EntryType::Regular),
        ("/absolute", EntryType::Regular),
        ("sparse", EntryType::GNUSparse),
        ("fifo", EntryType::Fifo),
        ("device", EntryType::Char),
        ("link", EntryType::Symlink),
        ("hard", EntryType::Link),
    ] {
        let mut header = Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        let content =
            if matches!(kind, EntryType::Regular | EntryType::GNUSparse) { env.as_bytes() } else { b"" };
        if kind == EntryType::Symlink {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append(&header, content).unwrap();
    }
    let long = format!("{}/leak", "d".repeat(300));
    let mut header = Header::new_gnu();
    header.set_size(env.len() as u64);
    tar.append_data(&mut header, &long, env.as_bytes()).unwrap();
    let run = with_layer(&tar.into_inner().unwrap());
    assert_eq!((run.status, run.codes()), (1, Vec::new()), "{run:?}");
    for name in ["../../../etc/leak", "absolute", "sparse", long.as_str()] {
        assert!(run.out.contains(&format!("/{name}\"")), "{name}: {}", run.out);
    }
}

#[test]
fn broken_layers_make_the_check_incomplete() {
    let whole = archive(&[("a", env().as_bytes()), ("b", &[b'x'; 5000])]);
    let truncated = with_layer(&whole[..2000]);
    assert_eq!((truncated.status, truncated.codes()), (1, vec!["unreadable".to_owned()]), "{truncated:?}");
    for layer in [b"no archive at all".repeat(100), gzip(&whole)[..60].to_vec(), zstd(&whole)[..60].to_vec()]
    {
        let run = with_layer(&layer);
        assert_eq!((run.status, run.codes().len()), (3, 1), "{run:?}");
    }
    // A name that would fill the memory.
    let mut header = Header::new_gnu();
    header.as_gnu_mut().unwrap().name[..4].copy_from_slice(b"././");
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(10 << 30);
    header.set_cksum();
    let run = with_layer(&[header.as_bytes().as_slice(), &[b'a'; 4096]].concat());
    assert_eq!((run.status, run.codes()), (3, vec!["unreadable".to_owned()]));
}

#[test]
fn lists_of_attributes_may_be_long_and_names_too_long_are_cut() {
    let env = env();
    let record = |key: &str, value: &str| {
        let rest = key.len() + value.len() + 3;
        let digits = (1..20).find(|digits| (rest + digits).to_string().len() == *digits).unwrap();
        format!("{} {key}={value}\n", rest + digits)
    };
    let attributes =
        [record("SCHILY.xattr.security.x", &"v".repeat(200_000)), record("path", "by/attribute.env")]
            .concat();
    let mut tar = Builder::new(Vec::new());
    for (kind, content) in [
        (EntryType::XGlobalHeader, attributes.as_bytes()),
        (EntryType::XHeader, attributes.as_bytes()),
        (EntryType::Regular, env.as_bytes()),
        (EntryType::GNULongName, "n".repeat(100_000).as_bytes()),
        (EntryType::Regular, env.as_bytes()),
        (EntryType::XHeader, b"99999999999999999999 path=x\n7 a=\nx"),
        (EntryType::Regular, env.as_bytes()),
    ] {
        let mut header = Header::new_ustar();
        header.set_path("plain.env").unwrap();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append(&header, content).unwrap();
    }
    let run = with_layer(&tar.into_inner().unwrap());
    assert_eq!((run.status, run.codes()), (1, Vec::new()), "{run:?}");
    for name in ["/by/attribute.env\"", "/nnnn", "/plain.env\""] {
        assert!(run.out.contains(name), "{name}");
    }
}

#[test]
fn what_became_of_a_file_in_later_layers_is_told() {
    let base = archive(&[("app/keys/a.env", env().as_bytes())]);
    let entry = |kind: EntryType, path: &str| {
        let mut tar = Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("elsewhere").unwrap();
        }
        tar.append_data(&mut header, path, std::io::empty()).unwrap();
        tar.into_inner().unwrap()
    };
    let directory = || entry(EntryType::Directory, "app/keys/");
    for (layer, fate) in [
        (entry(EntryType::Regular, "app/keys"), Some("deleted")),
        (entry(EntryType::Symlink, "app"), Some("deleted")),
        (entry(EntryType::Regular, "app/.wh.keys"), Some("deleted")),
        (entry(EntryType::Regular, "app/keys/.wh..wh..opq"), Some("deleted")),
        (entry(EntryType::Regular, "app/.wh..wh..opq"), Some("deleted")),
        (entry(EntryType::Regular, ".wh..wh..opq"), Some("deleted")),
        (entry(EntryType::Link, "app/keys/a.env"), Some("replaced")),
        (entry(EntryType::Directory, "app/keys/a.env/"), Some("replaced")),
        (entry(EntryType::Regular, "app/keys/a.env/b/c"), Some("replaced")),
        (entry(EntryType::Regular, "app/keys/.wh..wh.plnk"), None),
        (entry(EntryType::Regular, "app/keysmith"), None),
        (directory(), None),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut layout = Layout::default();
        let manifest = layout.manifest("{}", &[base.clone(), directory(), layer]);
        layout.index(&[(&manifest, None)]);
        fs::write(dir.path().join("image.tar"), layout.archive()).unwrap();
        let run = check(dir.path(), "image.tar");
        let expected = fate.map_or_else(
            || "layer 1 of 3".to_owned(),
            |fate| format!("layer 1 of 3, {fate} in layer 3 and still in the image"),
        );
        assert!(leaks(&run)[0].1.ends_with(&format!("is in the image: {expected}")), "{:?}", leaks(&run));
    }
}

#[test]
fn a_layer_of_very_many_entries_is_a_stream() {
    let mut header = Header::new_ustar();
    header.set_path("a/file").unwrap();
    header.set_entry_type(EntryType::Regular);
    header.set_size(0);
    header.set_cksum();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    (0..20_000).for_each(|_| packed.write_all(header.as_bytes()).unwrap());
    packed.write_all(&archive(&[("last/.env", env().as_bytes())])).unwrap();
    let run = with_layer(&packed.finish().unwrap());
    assert_eq!((run.codes(), leaks(&run).len()), (Vec::new(), 1), "{}", run.out);
}

#[test]
fn wrong_digests_missing_parts_and_indexes_in_circles_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = shop();
    let changed = layout.files.iter_mut().find(|(_, bytes)| bytes.starts_with(&[0x1F, 0x8B])).unwrap();
    changed.1 = gzip(&archive(&[("app/other.env", env().as_bytes())]));
    fs::write(dir.path().join("image.tar"), layout.archive()).unwrap();
    let run = check(dir.path(), "image.tar");
    assert_eq!((run.status, run.codes()), (1, vec!["image".to_owned()]), "{run:?}");
    layout.files.retain(|(_, bytes)| !bytes.starts_with(&[0x1F, 0x8B]));
    fs::write(dir.path().join("image.tar"), layout.archive()).unwrap();
    assert_eq!((check(dir.path(), "image.tar").codes()), ["unreadable"]);
    // No document can hold its own digest; one that is named by another can name that in turn.
    let [one, other] = ["1", "2"].map(|digit| digit.repeat(64));
    let index =
        |digest: &str| format!("{{\"manifests\": [{{\"digest\": \"sha256:{digest}\"}}]}}").into_bytes();
    let circle = Layout {
        files: vec![
            ("index.json".to_owned(), index(&one)),
            (format!("blobs/sha256/{one}"), index(&other)),
            (format!("blobs/sha256/{other}"), index(&one)),
        ],
    };
    fs::write(dir.path().join("image.tar"), circle.archive()).unwrap();
    assert_eq!(check(dir.path(), "image.tar").status, 3);
    let algorithms = Layout {
        files: vec![
            (
                "index.json".to_owned(),
                br#"{"manifests": [{"digest": "sha1:aa"}, {"digest": "../../etc:passwd"}]}"#.to_vec(),
            ),
            ("blobs/sha1/aa".to_owned(), br#"{"manifests": [{"digest": "sha1:aa"}]}"#.to_vec()),
        ],
    };
    fs::write(dir.path().join("image.tar"), algorithms.archive()).unwrap();
    assert_eq!(check(dir.path(), "image.tar").status, 3);
}

#[test]
fn a_layer_whose_digest_is_none_hides_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let config = layout.blob(b"{}");
    let layer = layout.blob(&archive(&[("app/.env", env().as_bytes())]));
    let manifest = format!(
        "{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": \
         [{{\"digest\": \"sha256:../../etc/passwd\"}}, {{\"digest\": \"{layer}\"}}]}}"
    );
    let manifest = layout.blob(manifest.as_bytes());
    layout.index(&[(&manifest, None)]);
    layout.write(dir.path());
    let run = check(dir.path(), ".");
    assert_eq!((run.status, run.codes()), (1, vec!["image".to_owned()]), "{run:?}");
    assert!(run.out.contains("layer 2 of 2"), "{}", run.out);
    assert!(run.out.contains("not all of the image `.` was looked through"), "{}", run.out);
}

#[test]
fn what_is_no_image_is_told() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in
        [("empty", Vec::new()), ("text", b"hello".repeat(300)), ("tar", archive(&[("a", b"b")]))]
    {
        fs::write(dir.path().join(name), bytes).unwrap();
        let run = check(dir.path(), name);
        assert_eq!((run.status, run.codes()), (3, vec!["image".to_owned()]), "{name}: {run:?}");
    }
    assert_eq!(check(dir.path(), "nowhere").status, 2);
}

#[test]
fn of_a_configuration_with_endless_keys_a_thousand_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut key = id().into_bytes();
    let variables = (0..3_000_usize).map(|number| {
        for (at, byte) in key.iter_mut().rev().take(4).enumerate() {
            *byte = b'A' + (number / 26_usize.pow(at as u32) % 26) as u8;
        }
        format!("\"K{number}={}\"", String::from_utf8_lossy(&key))
    });
    let config = format!("{{\"config\": {{\"Env\": [{}]}}}}", variables.collect::<Vec<_>>().join(","));
    let manifest = br#"[{"Config": "c.json", "Layers": []}]"#;
    let image = archive(&[("manifest.json", manifest), ("c.json", config.as_bytes())]);
    fs::write(dir.path().join("a.tar"), image).unwrap();
    let run = check(dir.path(), "a.tar");
    assert_eq!((run.codes(), leaks(&run).len()), (vec!["too-large".to_owned()], 1000));
    assert!(
        leaks(&run)[999].1.ends_with("its configuration, in `config.Env[999]`"),
        "{:?}",
        leaks(&run)[999]
    );
}

#[test]
fn what_stands_behind_the_end_of_an_archive_is_looked_through() {
    let dir = tempfile::tempdir().unwrap();
    let appended = [archive(&[("a", b"1")]), archive(&[("late/.env", env().as_bytes())])].concat();
    let odd = [archive(&[("a", b"1")]), id().into_bytes()].concat();
    for (name, layer, expected) in
        [("appended", appended, (1, 1, Vec::new())), ("odd", odd, (3, 0, vec!["image".to_owned()]))]
    {
        let mut layout = Layout::default();
        let manifest = layout.manifest("{}", &[layer]);
        layout.index(&[(&manifest, None)]);
        layout.write(&dir.path().join(name));
        let run = check(dir.path(), name);
        assert_eq!((run.status, leaks(&run).len(), run.codes()), expected, "{}", run.out);
    }
}

#[test]
fn what_builders_attest_is_read_and_platforms_that_were_not_saved_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let saved = layout.manifest("{\"history\": null}", &[archive(&[("a", b"1")])]);
    let statement = format!("{{\"predicate\": {{\"args\": \"{}\"}}}}", id());
    let (config, statement) = (layout.blob(b"{}"), layout.blob(statement.as_bytes()));
    let attested = layout.blob(
        format!(
            "{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": \
             [{{\"mediaType\": \"application/vnd.in-toto+json\", \"digest\": \"{statement}\"}}]}}"
        )
        .as_bytes(),
    );
    let absent = format!("sha256:{}", "0".repeat(64));
    layout.index(&[(&saved, Some("amd64")), (&absent, Some("arm64")), (&attested, Some("unknown"))]);
    fs::write(dir.path().join("a.tar"), layout.archive()).unwrap();
    let run = check(dir.path(), "a.tar");
    assert_eq!((run.status, run.codes()), (1, vec!["image".to_owned()]), "{}", run.out);
    assert!(run.out.contains("it does not hold `linux/arm64`"), "{}", run.out);
    let found = leaks(&run);
    let expected = "is in the image: what is attested of linux/unknown, in `predicate.args`";
    assert!(found.len() == 1 && found[0].1.ends_with(expected), "{found:?}");
}
