//! Access keys in archives and compressed files within the layers of images.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::command::Run;
use crate::credentials::{id, leaks};
use crate::images::{archive, env, gzip, with_layer, zstd};

/// How a member of an archive of zip is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Stored,
    Deflated,
    /// With its sum and its sizes behind it, as Java does.
    Streamed,
    Encrypted,
    Lzma,
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// An archive of zip. Nothing asks for the sums, and the directory at its end is that of an empty one.
fn zip(members: &[(&str, How, &[u8])]) -> Vec<u8> {
    let mut zip = Vec::new();
    for (name, how, content) in members {
        let packed = if *how == How::Stored { content.to_vec() } else { deflate(content) };
        let (flags, method) = match how {
            How::Stored => (0u16, 0u16),
            How::Deflated => (0, 8),
            How::Streamed => (8, 8),
            How::Encrypted => (1, 8),
            How::Lzma => (0, 14),
        };
        let sizes = [packed.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat();
        zip.extend_from_slice(b"PK\x03\x04\x14\0");
        zip.extend_from_slice(&[flags.to_le_bytes(), method.to_le_bytes()].concat());
        zip.extend_from_slice(&[0; 8]);
        zip.extend_from_slice(if *how == How::Streamed { &[0; 8] } else { &sizes });
        zip.extend_from_slice(&[(name.len() as u16).to_le_bytes(), [0, 0]].concat());
        zip.extend_from_slice(name.as_bytes());
        zip.extend_from_slice(&packed);
        if *how == How::Streamed {
            zip.extend_from_slice(b"PK\x07\x08\0\0\0\0");
            zip.extend_from_slice(&sizes);
        }
    }
    zip.extend_from_slice(b"PK\x05\x06");
    zip.extend_from_slice(&[0; 18]);
    zip
}

fn with_file(name: &str, bytes: &[u8]) -> Run {
    with_layer(&archive(&[(name, bytes)]))
}

/// Where the key is told to stand, without the name of the layer.
fn places(run: &Run) -> Vec<String> {
    let found = leaks(run);
    found
        .into_iter()
        .filter_map(|(place, ..)| Some(place.split_once('!')?.1.split_once('/')?.1.to_owned()))
        .collect()
}

#[test]
fn keys_in_archives_within_layers_are_found_with_their_places() {
    let env = env();
    let key = env.as_bytes();
    let text = |how| zip(&[("META-INF/a", How::Stored, b"1"), ("b/app.properties", how, key)]);
    let library = text(How::Streamed);
    let script = [b"#!/bin/sh\nexec java -jar \"$0\"\n".as_slice(), &text(How::Deflated)].concat();
    let inner = archive(&[("srv/a.jar", text(How::Deflated).as_slice())]);
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("a.jar", text(How::Stored), "a.jar!/b/app.properties:1:19"),
        ("a.jar", text(How::Deflated), "a.jar!/b/app.properties:1:19"),
        ("a.jar", text(How::Streamed), "a.jar!/b/app.properties:1:19"),
        (
            "a.war",
            zip(&[("WEB-INF/x.jar", How::Deflated, &library), ("c", How::Stored, b"1")]),
            "a.war!/WEB-INF/x.jar!/b/app.properties:1:19",
        ),
        ("run", script, "run!/b/app.properties:1:19"),
        ("a.env.gz", gzip(key), "a.env.gz:1:19"),
        ("a.env.zst", zstd(key), "a.env.zst:1:19"),
        ("a.tar", archive(&[("x/y.env", key)]), "a.tar!/x/y.env:1:19"),
        ("a.tgz", gzip(&archive(&[("x/y.env", key)])), "a.tgz!/x/y.env:1:19"),
        ("a.tgz", gzip(&inner), "a.tgz!/srv/a.jar!/b/app.properties:1:19"),
    ];
    for (name, bytes, place) in cases {
        let run = with_file(name, &bytes);
        assert_eq!(
            (run.status, run.codes(), places(&run)),
            (1, vec![], vec![place.to_owned()]),
            "{}",
            run.out
        );
    }
}

#[test]
fn what_stands_around_members_is_looked_through_and_so_is_what_follows_them() {
    let env = env();
    for how in [How::Encrypted, How::Lzma] {
        // The size of a member that is not read is of no matter.
        let packed = zip(&[("a", how, &[b'x'; 5000]), ("b", How::Deflated, env.as_bytes())]);
        let run = with_file("a.zip", &packed);
        assert_eq!(
            (run.codes(), places(&run)),
            (vec!["packed".to_owned()], vec!["a.zip!/b:1:19".to_owned()])
        );
        assert!(
            run.out.contains("a.zip!/a` is damaged, encrypted, compressed in another way"),
            "{}",
            run.out
        );
    }
    let commented =
        [zip(&[("a", How::Deflated, b"1")]), format!("the key is {}", id()).into_bytes()].concat();
    assert_eq!(places(&with_file("a.zip", &commented)).len(), 1);
}

#[test]
fn what_is_not_read_of_packed_files_is_noted() {
    let env = env();
    let padded = [env.as_bytes(), &[b'x'; 5000]].concat();
    let mut deep = zip(&[("a", How::Deflated, &padded)]);
    for _ in 0..4 {
        deep = zip(&[("a", How::Deflated, &deep)]);
    }
    let whole = zip(&[("a", How::Deflated, &padded)]);
    let broken = [whole.get(..31).unwrap(), &[0xFF; 100]].concat();
    for (packed, keys) in [
        (deep, 0),
        (broken, 0),
        (whole.get(..130).unwrap().to_vec(), 1),
        (b"BZh91AY&SY\0".to_vec(), 0),
        (gzip(&padded).get(..130).unwrap().to_vec(), 1),
    ] {
        let run = with_layer(&archive(&[("a", &packed), ("b", &packed)]));
        assert_eq!(
            (run.codes(), leaks(&run).len()),
            (vec!["packed".to_owned()], keys),
            "{packed:?} {}",
            run.out
        );
        assert!(run.out.contains("/a` and 1 more files are "), "{}", run.out);
        assert!(run.out.contains("\"note\""), "{}", run.out);
    }
    // A layer that ends in the middle of one is told as such, and not the file.
    let layer = archive(&[("a.gz", &gzip(&[env.as_bytes(), b"1"].concat()))]);
    let run = with_layer(layer.get(..560).unwrap());
    assert_eq!((run.codes(), leaks(&run).len()), (vec!["unreadable".to_owned()], 0), "{}", run.out);
}
