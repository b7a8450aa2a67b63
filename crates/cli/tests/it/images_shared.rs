//! Layers that several images have: which of them a message names, and what it says became of a file in each.

use std::fs;
use std::path::Path;

use crate::credentials::leaks;
use crate::images::{Layout, archive, check, env};

/// The messages of the only finding and of what belongs to it, without what comes before the place.
fn sites(dir: &Path, image: &str) -> Vec<String> {
    let run = check(dir, image);
    let found = leaks(&run);
    assert_eq!((run.status, run.codes(), found.len()), (1, Vec::new(), 1), "{}", run.out);
    let (_, message, related) = found.into_iter().next().unwrap();
    let told = std::iter::once(message).chain(related);
    told.map(|one| one.split_once(": ").unwrap().1.to_owned()).collect()
}

fn layers() -> (Vec<u8>, Vec<u8>) {
    (archive(&[("shared.env", env().as_bytes())]), archive(&[(".wh.shared.env", b"")]))
}

#[test]
fn what_only_one_platform_deletes_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let (shared, deleting) = layers();
    let history = r#"{"history": [{"created_by": "COPY . /"}, {"created_by": "RUN rm /shared.env"}]}"#;
    let one = layout.manifest(history, &[shared.clone(), deleting]);
    let other = layout.manifest("{}", &[shared]);
    layout.index(&[(&one, Some("amd64")), (&other, Some("arm64"))]);
    layout.write(dir.path());
    let site = "layer 1 of 2 of linux/amd64, made by `COPY . /`, deleted in layer 2 and still in the image; \
                layer 1 of 1 of linux/arm64";
    assert_eq!(sites(dir.path(), "."), [site, site]);
}

#[test]
fn what_every_platform_has_is_told_once_with_all_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let (shared, deleting) = layers();
    let all: Vec<String> = (0..5)
        .map(|number| layout.manifest(&format!("{{\"n\": {number}}}"), &[shared.clone(), deleting.clone()]))
        .collect();
    let names = ["amd64", "arm64", "s390x", "ppc64le", "riscv64"];
    for (count, of) in [
        (2, "linux/amd64 and linux/arm64"),
        (3, "linux/amd64, linux/arm64 and linux/s390x"),
        (5, "linux/amd64, linux/arm64, linux/s390x and 2 more"),
    ] {
        let listed: Vec<_> =
            all.iter().zip(names).take(count).map(|(digest, name)| (digest.as_str(), Some(name))).collect();
        layout.files.retain(|(name, _)| name != "index.json");
        layout.index(&listed);
        fs::write(dir.path().join("a.tar"), layout.archive()).unwrap();
        let site = format!("layer 1 of 2 of {of}, deleted in layer 2 and still in the image");
        assert_eq!(sites(dir.path(), "a.tar"), [site.clone(), site]);
    }
}

#[test]
fn images_of_one_archive_are_told_apart_by_their_tags() {
    let dir = tempfile::tempdir().unwrap();
    let (shared, deleting) = layers();
    let manifest = br#"[
        {"Config": "a.json", "RepoTags": ["shop:1", "shop:latest"], "Layers": ["s.tar"]},
        {"Config": "b.json", "RepoTags": ["api:1"], "Layers": ["s.tar", "d.tar"]},
        {"Config": "c.json", "RepoTags": null, "Layers": ["other.tar", "s.tar"]},
        {"Config": "d.json", "RepoTags": ["clean:1"], "Layers": ["other.tar"]}]"#;
    let other = archive(&[("etc/hostname", b"x")]);
    let image = archive(&[
        ("manifest.json", manifest),
        ("a.json", b"{}"),
        ("b.json", b"{}"),
        ("c.json", b"{}"),
        ("d.json", b"{}"),
        ("s.tar", &shared),
        ("d.tar", &deleting),
        ("other.tar", &other),
    ]);
    fs::write(dir.path().join("a.tar"), image).unwrap();
    let site = "layer 1 of 1 of `shop:1` and `shop:latest`; layer 1 of 2 of `api:1`, deleted in layer 2 and still in the image; \
                layer 2 of 2 of the image c.json";
    assert_eq!(sites(dir.path(), "a.tar"), [site, site]);
}

#[test]
fn of_very_many_images_some_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let (shared, _) = layers();
    let saved: Vec<String> = (0..300)
        .map(|number| {
            let before = (0..number % 5).map(|_| "\"o.tar\",").collect::<String>();
            format!(
                "{{\"Config\": \"c.json\", \"RepoTags\": [\"shop:{number:03}\"], \"Layers\": [{before}\"s.tar\"]}}"
            )
        })
        .collect();
    let manifest = format!("[{}]", saved.join(","));
    let image = archive(&[
        ("manifest.json", manifest.as_bytes()),
        ("c.json", b"{}"),
        ("s.tar", &shared),
        ("o.tar", &archive(&[("o", b"o")])),
    ]);
    fs::write(dir.path().join("a.tar"), image).unwrap();
    let site = "layer 1 of 1 of `shop:000`, `shop:005`, `shop:010` and 1 more; layer 2 of 2 of `shop:001`, `shop:006`, `shop:011` and 1 more; \
                layer 3 of 3 of `shop:002`, `shop:007`, `shop:012` and 1 more; and in 288 more images";
    assert_eq!(sites(dir.path(), "a.tar"), [site, site]);
}

#[test]
fn names_that_an_index_notes_are_told_wherever_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    let mut layout = Layout::default();
    let (shared, _) = layers();
    let [one, other] = ["1", "2"]
        .map(|number| layout.manifest(&format!("{{\"n\": {number}}}"), std::slice::from_ref(&shared)));
    let own = layout.manifest("{\"n\": 3}", std::slice::from_ref(&shared));
    let platform = |digest: &str, name: &str| {
        format!(
            "{{\"digest\": \"{digest}\", \"platform\": {{\"os\": \"linux\", \"architecture\": \"{name}\"}}}}"
        )
    };
    let nested = layout.blob(
        format!("{{\"manifests\": [{}, {}]}}", platform(&one, "amd64"), platform(&other, "arm64")).as_bytes(),
    );
    let named = |digest: &str, key: &str, name: &str| {
        format!("{{\"digest\": \"{digest}\", \"annotations\": {{\"{key}\": \"{name}\"}}}}")
    };
    let index = [
        named(&nested, "io.containerd.image.name", "docker.io/shop:1"),
        named(&nested, "org.opencontainers.image.ref.name", "2"),
        named(&own, "org.opencontainers.image.ref.name", "api"),
    ];
    let index = format!("{{\"manifests\": [{}]}}", index.join(","));
    layout.files.push(("index.json".to_owned(), index.into_bytes()));
    layout.write(dir.path());
    let site = "layer 1 of 1 of `2` for linux/amd64, `docker.io/shop:1` for linux/amd64, `2` for linux/arm64 and 2 more";
    assert_eq!(sites(dir.path(), "."), [site, site]);
}
