//! Images that are not as they should be, and parts of them that are no layers of files.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha512};
use tar::{Builder, Header};

use crate::command::Run;
use crate::credentials::{id, leaks};
use crate::images::{Layout, archive, check, digest, env, gzip, with_layer, zstd};

/// What `docker save` of older versions writes: two layers, the second with a key.
fn saved(rootfs: &str) -> Vec<(String, Vec<u8>)> {
    let manifest = br#"[{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"]}]"#;
    let base = archive(&[("etc/hostname", b"shop\n"), ("lib", &[b'x'; 20_000])]);
    let app = archive(&[("app/.env", env().as_bytes())]);
    let files = [
        ("c.json", format!("{{\"rootfs\": {{\"diff_ids\": [{rootfs}]}}}}").into_bytes()),
        ("b/layer.tar", app),
        ("manifest.json", manifest.to_vec()),
        ("a/layer.tar", base),
    ];
    files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    archive(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

fn checked(dir: &Path, bytes: &[u8]) -> Run {
    fs::write(dir.join("image.tar"), bytes).unwrap();
    check(dir, "image.tar")
}

#[test]
fn archives_that_are_cut_off_are_looked_through_as_far_as_they_go() {
    let dir = tempfile::tempdir().unwrap();
    let whole = packed(&saved(""));
    assert_eq!(checked(dir.path(), &whole).codes(), Vec::<String>::new());
    let behind = |name: &str| {
        let at = whole.windows(name.len()).position(|bytes| bytes == name.as_bytes());
        at.unwrap_or_else(|| panic!("no `{name}`"))
    };
    // In the last layer, in the header of it, and where there is no manifest yet, within a layer and behind it.
    for (end, keys, name) in [
        (behind("a/layer.tar") + 4000, 1, "a/layer.tar"),
        (behind("manifest.json") + 1024 + 100, 1, "manifest.json"),
        (behind("b/layer.tar") + 700, 0, "b/layer.tar"),
        (behind("manifest.json"), 1, "b/layer.tar"),
    ] {
        let cut = whole.get(..end).unwrap_or_default();
        for bytes in [cut.to_vec(), gzip(&whole).get(..gzip(cut).len() - 20).unwrap_or_default().to_vec()] {
            let is_plain = bytes.len() == end;
            let run = checked(dir.path(), &bytes);
            assert!(run.codes().iter().any(|code| code == "unreadable"), "{name}: {}", run.out);
            if is_plain {
                assert_eq!(
                    (run.status, leaks(&run).len()),
                    (if keys > 0 { 1 } else { 3 }, keys),
                    "{name}: {}",
                    run.out
                );
                let message = format!("the archive is cut off: it ends behind the beginning of `{name}`");
                assert!(run.out.contains(&message), "{name}: {}", run.out);
            }
        }
    }
    // The mark of the end is missing, and nothing else.
    let unmarked = whole.get(..whole.len() - 1024).unwrap_or_default();
    assert_eq!(checked(dir.path(), unmarked).codes(), Vec::<String>::new());
}

#[test]
fn parts_of_a_compressed_archive_are_found_in_any_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let layer = |number: usize| archive(&[(format!("{number}/.env").as_str(), env().as_bytes())]);
    let layers: Vec<Vec<u8>> =
        (0..6).map(|number| if number % 2 == 0 { layer(number) } else { gzip(&layer(number)) }).collect();
    let manifest = layout.manifest("{}", &layers);
    layout.index(&[(&manifest, None)]);
    layout.files.sort();
    let told = |bytes: &[u8]| {
        let run = checked(dir.path(), bytes);
        assert_eq!((run.status, run.codes()), (1, Vec::new()), "{}", run.out);
        leaks(&run)
    };
    let plain = told(&layout.archive());
    assert_eq!(plain.first().map(|leak| leak.2.len()), Some(11));
    for bytes in [gzip(&layout.archive()), zstd(&layout.archive())] {
        assert_eq!(told(&bytes), plain);
    }
    layout.files.reverse();
    assert_eq!(told(&gzip(&layout.archive())), plain);
}

#[test]
fn a_document_that_there_is_no_room_for_is_too_large_and_not_wrong() {
    let dir = tempfile::tempdir().unwrap();
    // Documents of JSON that are as large as they may be, and all together larger.
    let long = |length: usize| [b"{}".as_slice(), &vec![b' '; length - 2]].concat();
    for (config, others, message) in [
        (long(8 << 20), 4, Some("`c.json` is too large")),
        (long((8 << 20) + 1), 0, Some("`c.json` is too large")),
        (b"no".to_vec(), 0, Some("`c.json` is not as the format demands")),
        (long(8 << 20), 1, None),
    ] {
        let mut files = saved("");
        files.retain(|(name, _)| name != "c.json");
        files.extend((0..others).map(|number| (format!("{number}.json"), long(8 << 20))));
        files.push(("c.json".to_owned(), config));
        for (is_compressed, bytes) in [(true, zstd(&packed(&files))), (false, packed(&files))] {
            let run = checked(dir.path(), &bytes);
            // What need not be kept is read where it stands.
            let message = message.filter(|_| is_compressed || others == 0);
            let codes = message.map(|_| "image".to_owned());
            assert_eq!((run.codes(), leaks(&run).len()), (codes.into_iter().collect(), 1), "{}", run.out);
            assert!(message.is_none_or(|message| run.out.contains(message)), "{}", run.out);
        }
    }
}

#[test]
fn layers_that_the_configuration_is_not_of_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let own = |rootfs: &str| {
        let files = saved(rootfs);
        let of = |name: &str| {
            files.iter().find(|file| file.0 == name).map(|file| digest(&file.1)).unwrap_or_default()
        };
        [of("a/layer.tar"), of("b/layer.tar")].map(|digest| format!("\"sha256:{digest}\""))
    };
    let [a, b] = own("");
    for (rootfs, message) in [
        (format!("{a}, {b}"), None),
        (format!("{b}, {b}"), Some("layer 1 is not the one that its configuration is of")),
        (format!("{a}, {a}"), Some("layer 2 is not the one that its configuration is of")),
        (a.clone(), Some("its configuration is of 1 layers (`rootfs.diff_ids`), and its manifest names 2")),
    ] {
        let run = checked(dir.path(), &packed(&saved(&rootfs)));
        let codes = if message.is_some() { vec!["image".to_owned()] } else { Vec::new() };
        assert_eq!((run.codes(), leaks(&run).len()), (codes, 1), "{}", run.out);
        assert!(message.is_none_or(|message| run.out.contains(message)), "{}", run.out);
    }
    // What a layer comes to is compared when it is decompressed.
    let layer = archive(&[("app/.env", env().as_bytes())]);
    for (bytes, codes) in [(layer.clone(), vec![]), (gzip(&layer), vec!["image".to_owned()])] {
        let config = format!("{{\"rootfs\": {{\"diff_ids\": [\"sha256:{}\"]}}}}", digest(&bytes));
        for layer in [gzip(&layer), zstd(&layer)] {
            let mut layout = Layout::default();
            let manifest = layout.manifest(&config, &[layer]);
            layout.index(&[(&manifest, None)]);
            assert_eq!(checked(dir.path(), &layout.archive()).codes(), codes);
        }
    }
}

/// A layout with one layer, which its manifest describes as given.
fn described(descriptor: &str, blob: (&str, &[u8])) -> Layout {
    let mut layout = Layout::default();
    let config = layout.blob(b"{}");
    layout.files.push((blob.0.to_owned(), blob.1.to_vec()));
    let manifest = format!("{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": [{{{descriptor}}}]}}");
    let manifest = layout.blob(manifest.as_bytes());
    layout.index(&[(&manifest, None)]);
    layout
}

#[test]
fn sizes_and_other_digests_are_held_against_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let layer = archive(&[("app/.env", env().as_bytes())]);
    let long: String = Sha512::digest(&layer).iter().map(|byte| format!("{byte:02x}")).collect();
    let short = digest(&layer);
    let other = "0".repeat(128);
    let size = layer.len();
    for (algorithm, digits, size, expected) in [
        ("sha512", &long, size, None),
        ("sha512", &other, size, Some("does not have the digest")),
        ("sha256", &short, size, None),
        ("sha256", &short, size + 1, Some("is said to have")),
        ("blake3", &short, size, None),
        ("blake3", &short, 7, Some("is said to have 7")),
    ] {
        let name = format!("blobs/{algorithm}/{digits}");
        let descriptor = format!("\"digest\": \"{algorithm}:{digits}\", \"size\": {size}");
        let run = checked(dir.path(), &described(&descriptor, (&name, &layer)).archive());
        let codes = if expected.is_some() { vec!["image".to_owned()] } else { Vec::new() };
        assert_eq!((run.status, run.codes(), leaks(&run).len()), (1, codes, 1), "{}", run.out);
        assert!(expected.is_none_or(|message| run.out.contains(message)), "{}", run.out);
    }
}

#[test]
fn what_has_the_place_of_a_layer_is_read_as_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("<a>{}</a>", id());
    let layer = archive(&[("app/.env", env().as_bytes())]);
    let squashed = [b"hsqs".as_slice(), &[7; 600]].concat();
    for (media, bytes, keys, codes) in [
        ("text/spdx+xml", text.as_bytes(), 1, vec![]),
        ("application/json", text.as_bytes(), 1, vec![]),
        ("application/vnd.start", text.as_bytes(), 1, vec![]),
        ("application/vnd.oci.image.layer.v1.tar", text.as_bytes(), 1, vec!["image".to_owned()]),
        ("application/octet-stream", &layer, 1, vec![]),
        ("application/octet-stream", &gzip(&layer), 1, vec![]),
        ("application/vnd.oci.image.layer.v1.tar+encrypted", &layer, 0, vec!["unreadable".to_owned()]),
        ("application/vnd.oci.image.layer.v1.squashfs", &squashed, 0, vec!["unreadable".to_owned()]),
    ] {
        let digest = digest(bytes);
        let descriptor = format!("\"mediaType\": \"{media}\", \"digest\": \"sha256:{digest}\"");
        let image = described(&descriptor, (&format!("blobs/sha256/{digest}"), bytes));
        let run = checked(dir.path(), &image.archive());
        assert_eq!((run.codes(), leaks(&run).len()), (codes, keys), "{media}: {}", run.out);
    }
}

#[cfg(unix)]
#[test]
fn blobs_of_a_directory_may_be_links_that_do_not_lead_out_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let layer = archive(&[("app/.env", env().as_bytes())]);
    let mut layout = Layout::default();
    let manifest = layout.manifest("{}", std::slice::from_ref(&layer));
    layout.index(&[(&manifest, None)]);
    let image = dir.path().join("image");
    layout.write(&image);
    let blob = image.join("blobs/sha256").join(digest(&layer));
    for (target, keys, codes) in [("image/stored", 1, vec![]), ("outside", 0, vec!["unreadable".to_owned()])]
    {
        let target = dir.path().join(target);
        fs::write(&target, &layer).unwrap();
        fs::remove_file(&blob).unwrap();
        std::os::unix::fs::symlink(&target, &blob).unwrap();
        let run = check(dir.path(), "image");
        assert_eq!((run.codes(), leaks(&run).len()), (codes, keys), "{}", run.out);
    }
}

#[test]
fn names_in_layers_that_are_no_utf_8_are_shown_as_far_as_they_are() {
    let env = env();
    let mut tar = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    for (to, byte) in header.as_gnu_mut().unwrap().name.iter_mut().zip(b"caf\xE9/\x1B[31m.env") {
        *to = *byte;
    }
    header.set_size(env.len() as u64);
    header.set_cksum();
    tar.append(&header, env.as_bytes()).unwrap();
    let run = with_layer(&tar.into_inner().unwrap());
    let found = leaks(&run);
    assert_eq!((run.status, run.codes(), found.len()), (1, Vec::new(), 1), "{}", run.out);
    assert!(run.out.contains("caf\u{FFFD}/"), "{}", run.out);
    assert!(!run.out.contains('\x1B'));
}

#[test]
fn what_newer_programs_write_in_both_ways_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let layer = archive(&[("app/.env", env().as_bytes())]);
    let config = format!("{{\"config\": {{\"Env\": [\"ID={}\"]}}}}", id());
    let (config, layer) = (layout.blob(config.as_bytes()), layout.blob(&layer));
    let size = layout.files.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>();
    let name = |digest: &str| digest.replace("sha256:", "blobs/sha256/");
    let manifest = format!(
        "{{\"config\": {{\"mediaType\": \"application/vnd.oci.image.config.v1+json\", \"digest\": \"{config}\", \"size\": {}}}, \
          \"layers\": [{{\"digest\": \"{layer}\", \"size\": {}}}]}}",
        size[0], size[1]
    );
    let manifest = layout.blob(manifest.as_bytes());
    layout.index(&[(&manifest, Some("amd64"))]);
    let saved = format!("[{{\"Config\": \"{}\", \"Layers\": [\"{}\"]}}]", name(&config), name(&layer));
    layout.files.push(("manifest.json".to_owned(), saved.into_bytes()));
    let run = checked(dir.path(), &layout.archive());
    let found = leaks(&run);
    assert_eq!((run.codes(), found.len(), found[0].2.len()), (Vec::new(), 1, 2), "{}", run.out);
    assert!(found[0].1.ends_with("layer 1 of 1") || found[0].1.ends_with("`config.Env[0]`"), "{found:?}");
}

#[test]
fn what_is_no_file_says_how_to_write_one() {
    let dir = tempfile::tempdir().unwrap();
    assert!(std::process::Command::new("mkfifo").arg(dir.path().join("pipe")).status().unwrap().success());
    let saved = "`docker save NAME -o image.tar`";
    for (name, parts) in [
        ("-", ["has to be a file, which standard input is not", saved]),
        ("pipe", ["`pipe` is no regular file", saved]),
        ("/dev/zero", ["`/dev/zero` is no regular file", saved]),
        ("/dev/null", ["`/dev/null` is no regular file", saved]),
        ("alpine:3", ["there is no file `alpine:3`", "`docker save alpine:3 -o alpine.tar`"]),
        (
            "ghcr.io/a/shop@sha256:00",
            ["images are not fetched", "`docker save ghcr.io/a/shop@sha256:00 -o shop.tar`"],
        ),
        ("a b:c", ["cannot read `a b:c`", "No such file"]),
        ("shop.tar", ["cannot read `shop.tar`", "No such file"]),
    ] {
        let run = check(dir.path(), name);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(parts.iter().all(|part| run.err.contains(part)), "{run:?}");
    }
}

#[test]
fn a_part_that_is_no_file_and_a_document_that_is_too_deep_are_called_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let manifest = layout.manifest("{}", &[archive(&[("a", b"1")])]);
    layout.index(&[(&manifest, None)]);
    layout.write(dir.path());
    let layer = dir.path().join(&layout.files[1].0);
    fs::remove_file(&layer).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&layer).status().unwrap().success());
    let run = check(dir.path(), ".");
    assert_eq!((run.status, run.codes()), (3, vec!["unreadable".to_owned()]), "{run:?}");
    assert!(run.out.contains(&format!("`{}` is no regular file", layout.files[1].0)), "{}", run.out);
    let deep = format!("{}{}", "{\"a\": [".repeat(2000), "]}".repeat(2000));
    let deep = format!("{{\"manifests\": [{{\"digest\": \"sha256:aa\", \"annotations\": {deep}}}]}}");
    fs::write(dir.path().join("index.json"), deep).unwrap();
    let run = check(dir.path(), ".");
    assert!(run.out.contains("`index.json` is nested too deep"), "{}", run.out);
}
