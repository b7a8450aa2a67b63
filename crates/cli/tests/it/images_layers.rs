//! Layers as programs write them, and what is said of those that cannot be read.

#![expect(clippy::string_slice, reason = "digests are ASCII")]

use std::fs;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tar::{Builder, EntryType, Header};

use crate::command::Run;
use crate::credentials::{id, leaks};
use crate::images::{Layout, archive, check, digest, env, gzip, with_layer, zstd};

/// The level, the code and the help of each diagnostic, and its message behind the name of what it is about.
fn told(run: &Run) -> Vec<(String, String, String, String)> {
    let json = run.json();
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let told = json.pointer("/diagnostics").and_then(Value::as_array).unwrap().iter().map(|one| {
        let message = text(one, "message");
        let message =
            message.split_once("` was looked through: ").map_or(message.clone(), |(_, rest)| rest.to_owned());
        (text(one, "level"), text(one, "code"), message, text(one, "help"))
    });
    told.collect()
}

#[test]
fn what_is_compressed_in_pieces_is_read_to_its_end() {
    let layer = archive(&[("a", &[b'x'; 3000]), ("app/.env", env().as_bytes())]);
    let (start, rest) = layer.split_at(2000);
    // As builders of lazily pulled layers write them: a member or frame each, and at the end a list and where that begins.
    let footer = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, b't', b'o', b'c', b'!'];
    for layer in
        [[gzip(start), gzip(rest), gzip(b"")].concat(), [zstd(start), zstd(rest), footer.to_vec()].concat()]
    {
        let run = with_layer(&layer);
        assert_eq!((run.status, run.codes(), leaks(&run).len()), (1, Vec::new(), 1), "{}", run.out);
    }
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let layer = archive(&[("app/.env", env().as_bytes()), ("b", &[b'x'; 300_000])]);
    let cut = |packed: Vec<u8>| packed.get(..packed.len() - 10).unwrap().to_vec();
    let stored = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::none());
        std::io::Write::write_all(&mut packed, bytes).unwrap();
        packed.finish().unwrap()
    };
    let mut broken = stored(&layer);
    let end = broken.len();
    // The sum of what was compressed.
    broken.get_mut(end - 8..end - 4).unwrap().fill(0x55);
    let wide = [&[0x28, 0xB5, 0x2F, 0xFD, 0x00, 17 << 3, 0x09, 0, 0], b"x".as_slice()].concat();
    let damaged = [archive(&[("a", b"1")]).get(..1024).unwrap(), &[b'?'; 1024]].concat();
    for (layer, keys, code, message, help) in [
        (
            cut(gzip(&layer)),
            1,
            "unreadable",
            "an archive ends in the middle of an entry",
            "save or copy the archive anew",
        ),
        (
            cut(zstd(&layer)),
            1,
            "unreadable",
            "an archive ends in the middle of an entry",
            "save or copy the archive anew",
        ),
        (broken, 1, "unreadable", "what is compressed in it is damaged", "save or pull the image anew"),
        (
            [gzip(&layer), b"garbage, garbage".to_vec()].concat(),
            1,
            "unreadable",
            "what is compressed in it is damaged",
            "save or pull",
        ),
        (
            wide,
            0,
            "unreadable",
            "it cannot be read: it can be decompressed only with more than 64 MiB of memory",
            "--dest-compress-format gzip",
        ),
        (
            b"BZh91AY&SY\0".to_vec(),
            0,
            "unreadable",
            "it cannot be read: it is compressed with bzip2",
            "--dest-compress-format gzip",
        ),
        (
            damaged,
            0,
            "unreadable",
            "the archive is damaged: what follows `a` is no entry",
            "save or copy the archive anew",
        ),
        (
            b"no archive".repeat(100),
            0,
            "image",
            "it is no archive of tar, though it has the place of one",
            "programs can run",
        ),
    ] {
        let run = with_layer(&layer);
        let told = told(&run);
        assert_eq!((told.len(), leaks(&run).len()), (1, keys), "{message}: {}", run.out);
        assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("error", code), "{told:?}");
        assert!(told[0].2.starts_with(message) && told[0].3.contains(help), "{told:?}");
    }
}

#[test]
fn an_archive_in_another_compression_is_to_be_decompressed() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.tar.xz"), b"\xFD7zXZ\0\0\x04 and more").unwrap();
    let told = told(&check(dir.path(), "a.tar.xz"));
    assert_eq!(told[0].2, "it cannot be read: it is compressed with xz, which is not read");
    assert_eq!(told[0].3, "decompress the archive first");
}

#[test]
fn layers_that_nobody_else_may_pass_on_are_noted_where_they_are_missing() {
    let dir = tempfile::tempdir().unwrap();
    let layer = archive(&[("app/.env", env().as_bytes())]);
    for (media, level) in [
        ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "note"),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "note"),
        ("application/vnd.oci.image.layer.v1.tar+gzip", "error"),
    ] {
        let mut layout = Layout::default();
        let (config, own) = (layout.blob(b"{}"), layout.blob(&layer));
        let manifest = format!(
            "{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": [{{\"mediaType\": \"{media}\", \"digest\": \"sha256:{}\", \
             \"urls\": [\"https://example.com/base\"]}}, {{\"digest\": \"{own}\"}}]}}",
            "1".repeat(64)
        );
        let manifest = layout.blob(manifest.as_bytes());
        layout.index(&[(&manifest, None)]);
        layout.write(dir.path());
        let run = check(dir.path(), ".");
        assert_eq!((told(&run)[0].0.as_str(), leaks(&run).len()), (level, 1), "{}", run.out);
        assert!(leaks(&run)[0].1.ends_with("layer 2 of 2"), "{}", run.out);
    }
}

#[test]
fn parts_that_no_image_has_are_looked_through() {
    let dir = tempfile::tempdir().unwrap();
    let left = archive(&[("app/.env", env().as_bytes())]);
    let name = format!("blobs/sha256/{}", digest(&left));
    let mut layout = Layout::default();
    let manifest = layout.manifest("{}", &[archive(&[("a", b"1")])]);
    layout.index(&[(&manifest, None)]);
    layout.files.push((name.clone(), left));
    layout.write(&dir.path().join("layout"));
    fs::write(dir.path().join("a.tar"), layout.archive()).unwrap();
    fs::write(dir.path().join("a.tgz"), gzip(&layout.archive())).unwrap();
    for image in ["layout", "a.tar", "a.tgz"] {
        let run = check(dir.path(), image);
        let found = leaks(&run);
        assert_eq!((run.codes(), found.len()), (Vec::new(), 1), "{}", run.out);
        assert_eq!(found[0].0, format!("{image}!{name}/app/.env:1:19"));
        assert!(found[0].1.ends_with("is in the image: left over, no manifest names this part"), "{found:?}");
    }
    // What older programs write beside each layer, and an image whose manifest is none.
    let json = format!("{{\"container_config\": {{\"Env\": [\"A={}\"]}}}}", id());
    let layer = archive(&[("x", b"1")]);
    for (manifest, codes) in
        [(r#"[{"Config": "c.json", "Layers": ["a/layer.tar"]}]"#, vec![]), ("[{", vec!["image".to_owned()])]
    {
        let files = [
            ("manifest.json", manifest.as_bytes()),
            ("c.json", b"{}"),
            ("a/json", json.as_bytes()),
            ("a/layer.tar", &layer),
        ];
        fs::write(dir.path().join("b.tar"), archive(&files)).unwrap();
        let run = check(dir.path(), "b.tar");
        assert_eq!((run.codes(), leaks(&run).len()), (codes, 1), "{}", run.out);
        assert!(
            leaks(&run)[0]
                .1
                .ends_with("left over, no manifest names this part, in `container_config.Env[0]`"),
            "{}",
            run.out
        );
    }
}

#[test]
fn of_endless_things_that_are_wrong_a_hundred_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let layers: Vec<String> = (0..150_000).map(|number| format!("\"{number}\"")).collect();
    let manifest = format!("[{{\"Config\": \"c.json\", \"Layers\": [{}]}}]", layers.join(","));
    let layer = archive(&[("app/.env", env().as_bytes())]);
    let image = archive(&[("manifest.json", manifest.as_bytes()), ("c.json", b"{}"), ("7", &layer)]);
    fs::write(dir.path().join("a.tar"), image).unwrap();
    let run = check(dir.path(), "a.tar");
    let told = told(&run);
    assert_eq!((run.status, told.len(), leaks(&run).len()), (1, 101, 1));
    assert!(told.iter().any(|one| one.2 == "it names more than 100000 parts"), "{told:?}");
    assert!(told.iter().any(|one| one.2 == "99900 more things are wrong with it"), "{told:?}");
}

#[test]
fn a_file_of_several_names_has_a_place_by_each_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut tar = Builder::new(Vec::new());
    let env = env();
    let mut header = Header::new_gnu();
    header.set_size(env.len() as u64);
    tar.append_data(&mut header, "app/h1.env", env.as_bytes()).unwrap();
    for (name, first) in [("app/h2.env", "app/h1.env"), ("h3.env", "/app/h2.env"), ("h4.env", "app/other")] {
        let mut link = Header::new_gnu();
        link.set_entry_type(EntryType::Link);
        link.set_size(0);
        tar.append_link(&mut link, name, first).unwrap();
    }
    let mut layout = Layout::default();
    let layer = tar.into_inner().unwrap();
    let called = digest(&layer)[..12].to_owned();
    let manifest = layout.manifest("{}", &[layer, archive(&[("app/.wh.h1.env", b"")])]);
    layout.index(&[(&manifest, None)]);
    fs::write(dir.path().join("a.tar"), layout.archive()).unwrap();
    let found = leaks(&check(dir.path(), "a.tar"));
    let mut places = found[0].2.clone();
    places.insert(0, format!("{} {}", found[0].0, found[0].1));
    let gone = "layer 1 of 2, deleted in layer 2 and still in the image";
    for (name, site) in [("app/h1.env", gone), ("app/h2.env", "layer 1 of 2"), ("h3.env", "layer 1 of 2")] {
        for line in ["1:19", "2:23"] {
            let place = format!("a.tar!{called}/{name}:{line} ");
            assert!(
                places.iter().any(|one| one.starts_with(&place) && one.ends_with(&format!(": {site}"))),
                "{place} {places:?}"
            );
        }
    }
    assert_eq!(places.len(), 6, "{places:?}");
}

#[test]
fn the_map_of_a_sparse_file_is_no_part_of_it() {
    let env = env();
    let map = |count: usize| {
        let mut map = format!("{count}\n{}", "10000000000\n76\n".repeat(count)).into_bytes();
        map.resize(map.len().next_multiple_of(512), 0);
        map
    };
    let version = |major: u8, minor: u8| {
        format!("22 GNU.sparse.major={major}\n22 GNU.sparse.minor={minor}\n25 GNU.sparse.name=s.env\n")
    };
    let old = "25 GNU.sparse.name=s.env\n23 GNU.sparse.map=0,76\n".to_owned();
    for (said, map) in
        [(version(1, 0), map(1)), (version(1, 0), map(100)), (version(0, 1), Vec::new()), (old, Vec::new())]
    {
        let content = [map.as_slice(), env.as_bytes()].concat();
        let mut tar = Builder::new(Vec::new());
        for (kind, content) in [(EntryType::XHeader, said.as_bytes()), (EntryType::Regular, &content)] {
            let mut header = Header::new_ustar();
            header.set_path("GNUSparseFile.1/s.env").unwrap();
            header.set_entry_type(kind);
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.append(&header, content).unwrap();
        }
        let run = with_layer(&tar.into_inner().unwrap());
        assert_eq!((run.codes(), leaks(&run).len()), (Vec::new(), 1), "{said} {}", run.out);
        assert!(leaks(&run)[0].0.ends_with("/s.env:1:19"), "{:?}", leaks(&run));
    }
}
