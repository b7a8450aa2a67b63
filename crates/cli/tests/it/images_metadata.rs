//! Access keys in what images and their archives say of themselves: documents, annotations, names, attributes.

use std::fs;

use tar::{Builder, EntryType, Header};

use crate::credentials::{id, leaks, secret};
use crate::images::{Layout, archive, check, with_layer};

/// What the findings say, with what belongs to them, of an image that is otherwise clean.
fn told(layout: &Layout) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.tar"), layout.archive()).unwrap();
    let run = check(dir.path(), "a.tar");
    assert!(run.codes().is_empty(), "{}", run.out);
    assert!(!run.out.contains(&secret()) && !run.out.contains(&id()), "{}", run.out);
    leaks(&run)
        .into_iter()
        .flat_map(|(_, message, related)| std::iter::once(message).chain(related))
        .collect()
}

#[test]
fn every_text_of_every_document_is_looked_through() {
    let key = id();
    let place = |config: &str, in_manifest: &str, in_index: &str| {
        let mut layout = Layout::default();
        let config = layout.blob(config.as_bytes());
        let layer = layout.blob(&archive(&[("a", b"1")]));
        let manifest = format!(
            "{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": [{{\"digest\": \"{layer}\"}}], \"annotations\": {{\"note\": \"{in_manifest}\"}}}}"
        );
        let manifest = layout.blob(manifest.as_bytes());
        let index = format!(
            "{{\"manifests\": [{{\"digest\": \"{manifest}\", \"annotations\": {{\"{in_index}\": \"x\"}}}}]}}"
        );
        layout.files.push(("index.json".to_owned(), index.into_bytes()));
        told(&layout)
    };
    for (config, field) in [
        (format!("{{\"author\": \"{key}\"}}"), "author"),
        (format!("{{\"comment\": \"{key}\"}}"), "comment"),
        (format!("{{\"config\": {{\"OnBuild\": [\"RUN {key}\"]}}}}"), "config.OnBuild[0]"),
        (
            format!("{{\"config\": {{\"Healthcheck\": {{\"Test\": [\"CMD\", \"{key}\"]}}}}}}"),
            "config.Healthcheck.Test[1]",
        ),
        (format!("{{\"config\": {{\"Entrypoint\": [\"a\", \"{key}\"]}}}}"), "config.Entrypoint[1]"),
        (format!("{{\"config\": {{\"Volumes\": {{\"/{key}\": {{}}}}}}}}"), "config.Volumes"),
        (format!("{{\"config\": {{\"User\": \"u\", \"WorkingDir\": \"/{key}\"}}}}"), "config.WorkingDir"),
    ] {
        let expected = format!(
            "the access key `AKIA…7W7M` of account 123456789012 is in the image: its configuration, in `{field}`"
        );
        assert_eq!(place(&config, "", "n"), [expected]);
    }
    let told = place("{}", &key, "n");
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with("is in the image: its manifest, in `annotations.note`"), "{told:?}");
    let told = place("{}", "", &key);
    assert!(told[0].ends_with("is in the image: its index, in `manifests[0].annotations`"), "{told:?}");
}

#[test]
fn what_docker_saves_of_names_is_looked_through() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = format!("[{{\"Config\": \"c.json\", \"RepoTags\": [\"shop:{}\"], \"Layers\": []}}]", id());
    let image = archive(&[("manifest.json", manifest.as_bytes()), ("c.json", b"{}")]);
    fs::write(dir.path().join("a.tar"), image).unwrap();
    let run = check(dir.path(), "a.tar");
    assert!(leaks(&run)[0].1.ends_with("its manifest, in `[0].RepoTags[0]`"), "{}", run.out);
    assert!(!run.out.contains(&id()), "{}", run.out);
}

#[test]
fn what_a_build_was_given_is_found_in_what_is_attested_of_it() {
    let mut layout = Layout::default();
    let [amd, arm] = ["1", "2"]
        .map(|number| layout.manifest(&format!("{{\"n\": {number}}}"), &[archive(&[(number, b"1")])]));
    let statement = format!(
        "{{\"predicate\": {{\"buildDefinition\": {{\"externalParameters\": {{\"request\": {{\"args\": \
         {{\"build-arg:AWS_SECRET_ACCESS_KEY\": \"{}\"}}}}}}}}}}}}",
        secret()
    );
    let (config, statement) = (layout.blob(b"{}"), layout.blob(statement.as_bytes()));
    let attested = format!(
        "{{\"config\": {{\"digest\": \"{config}\"}}, \"layers\": [{{\"mediaType\": \"application/vnd.in-toto+json\", \"digest\": \"{statement}\"}}]}}"
    );
    let attested = layout.blob(attested.as_bytes());
    let platform = |name: &str| format!("\"platform\": {{\"os\": \"linux\", \"architecture\": \"{name}\"}}");
    let index = format!(
        "{{\"manifests\": [{{\"digest\": \"{amd}\", {}}}, {{\"digest\": \"{arm}\", {}}}, {{\"digest\": \"{attested}\", \
         \"platform\": {{\"os\": \"unknown\", \"architecture\": \"unknown\"}}, \"annotations\": {{\"vnd.docker.reference.digest\": \"{arm}\"}}}}]}}",
        platform("amd64"),
        platform("arm64")
    );
    layout.files.push(("index.json".to_owned(), index.into_bytes()));
    let field = "predicate.buildDefinition.externalParameters.request.args.build-arg:AWS_SECRET_ACCESS_KEY";
    let expected =
        format!("a secret access key is in the image: what is attested of linux/arm64, in `{field}`");
    assert_eq!(told(&layout), [expected]);
}

/// An attribute of a pax header.
fn attribute(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let digits = (1..20).find(|digits| (rest + digits).to_string().len() == *digits).unwrap();
    format!("{} {key}={value}\n", rest + digits)
}

fn entry(tar: &mut Builder<Vec<u8>>, kind: EntryType, path: &str, content: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    tar.append_data(&mut header, path, content).unwrap();
}

#[test]
fn names_and_attributes_of_entries_are_looked_through() {
    let (id, secret) = (id(), secret());
    let build = |add: &dyn Fn(&mut Builder<Vec<u8>>)| {
        let mut tar = Builder::new(Vec::new());
        add(&mut tar);
        let run = with_layer(&tar.into_inner().unwrap());
        assert!(!run.out.contains(&id) && !run.out.contains(&secret), "{}", run.out);
        assert_eq!(run.codes(), Vec::<String>::new(), "{}", run.out);
        leaks(&run)
    };
    let expected = |entry: &str| format!("layer 1 of 1, in what it says of its entry `{entry}`");
    // A directory whose name is in those of all its files.
    let found = build(&|tar| {
        for name in ["", "/a", "/b"] {
            entry(tar, EntryType::Regular, &format!("keys/{id}{name}"), b"");
        }
    });
    assert_eq!((found.len(), found[0].2.len()), (1, 0), "{found:?}");
    assert!(found[0].1.ends_with(&expected("keys/****")), "{found:?}");
    let found = build(&|tar| {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, "current", format!("/srv/{id}")).unwrap();
    });
    assert!(found[0].1.ends_with(&expected("current")), "{found:?}");
    let found = build(&|tar| {
        let said = attribute("SCHILY.xattr.user.aws_secret_access_key", &secret);
        entry(tar, EntryType::XHeader, "PaxHeaders/a", said.as_bytes());
        entry(tar, EntryType::Regular, "bin/tool", b"x");
    });
    assert!(found[0].1.ends_with(&expected("bin/tool")), "{found:?}");
    let found = build(&|tar| {
        entry(tar, EntryType::XGlobalHeader, "g", attribute("comment", &id).as_bytes());
        let mut header = Header::new_gnu();
        header.set_username(&id).unwrap();
        header.set_size(0);
        tar.append_data(&mut header, "bin/tool", std::io::empty()).unwrap();
    });
    assert_eq!(found.len(), 1);
    assert!(found[0].1.ends_with(&expected("bin/tool")), "{found:?}");
}

#[test]
fn attributes_without_end_are_told() {
    let mut tar = Builder::new(Vec::new());
    let said = attribute("SCHILY.xattr.user.a", &"v".repeat(2 << 20));
    entry(&mut tar, EntryType::XHeader, "PaxHeaders/a", said.as_bytes());
    entry(&mut tar, EntryType::Regular, "env", crate::images::env().as_bytes());
    let run = with_layer(&tar.into_inner().unwrap());
    assert_eq!((run.status, run.codes(), leaks(&run).len()), (1, vec!["image".to_owned()], 1), "{}", run.out);
}
