//! What images a store holds and what they are made of, as its documents say: those of `docker save`, and those of the OCI layout.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Deserializer};

use super::digest::{Found, Written};
use super::part::{Annotations, Descriptor, Part, Platform};
use super::store::Store;
use super::trouble::Trouble;

/// How many documents are followed. An index may name others, itself included.
const MOST: usize = 1000;
/// How many parts of all images are kept in mind. An image has no more than some hundred.
const MOST_PARTS: usize = 100_000;
/// Of how many documents, each of which names the next one, the names are those of an image too.
const ABOVE: usize = 16;

/// An image: one platform of what is given.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// What it is called: tags, and what an index notes of it.
    pub(super) names: BTreeSet<String>,
    /// `linux/arm64`, where the index says so.
    pub(super) platform: Option<String>,
    /// The name of its manifest in the store; nothing where that of `docker save` describes it.
    pub(super) manifest: String,
    /// The name of the manifest that it is attested of.
    pub(super) attests: Option<String>,
    pub(super) config: Part,
    pub(super) layers: Vec<Part>,
}

/// What a store holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) images: Vec<Image>,
    /// The documents that tell of them, with what each of them is called.
    pub(super) documents: Vec<(Part, &'static str)>,
    pub(super) troubles: Vec<Trouble>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    #[serde(default, deserialize_with = "if_fit")]
    repo_tags: BTreeSet<String>,
    #[serde(default, deserialize_with = "or_default")]
    layers: Vec<String>,
}

/// An index or a manifest: one has `manifests`, the other `layers`.
#[derive(Deserialize)]
struct Document {
    #[serde(default, deserialize_with = "or_default")]
    manifests: Vec<Descriptor>,
    config: Option<Descriptor>,
    #[serde(default, deserialize_with = "or_default")]
    layers: Vec<Descriptor>,
}

/// The contents of a store.
pub(super) fn contents(store: &Store) -> Result<Contents, Trouble> {
    let mut contents = Contents::default();
    let mut room = MOST_PARTS;
    if store.has(SAVED) {
        contents.documents.push((plain(SAVED), "its manifest"));
        match saved(store, &mut room) {
            Ok(images) => contents.images = images,
            Err(trouble) => contents.troubles.push(trouble),
        }
    }
    if store.has(INDEX) {
        let saved = std::mem::take(&mut contents.images);
        indexed(store, &mut room, &mut contents);
        contents.images = together(saved, std::mem::take(&mut contents.images));
    }
    if room == 0 {
        contents.troubles.push(Trouble::Many(MOST_PARTS));
    }
    if contents.images.is_empty() && contents.troubles.is_empty() {
        return Err(Trouble::NoImage);
    }
    Ok(contents)
}

const SAVED: &str = "manifest.json";
const INDEX: &str = "index.json";
/// How the parser begins to say that it does not go deeper.
const DEEP: &str = "recursion limit exceeded";

fn plain(name: &str) -> Part {
    Part { name: name.to_owned(), ..Part::unnamed() }
}

/// What `docker save` writes.
fn saved(store: &Store, room: &mut usize) -> Result<Vec<Image>, Trouble> {
    let all: Vec<Saved> = parse(SAVED, &store.document(SAVED)?)?;
    let mut images = Vec::new();
    for saved in all {
        if *room == 0 {
            break;
        }
        images.push(Image {
            names: saved.repo_tags,
            platform: None,
            manifest: String::new(),
            attests: None,
            config: Part::named(saved.config),
            layers: within(room, saved.layers).map(Part::named).collect(),
        });
    }
    Ok(images)
}

/// The images that are told in both ways, each once. Newer programs write both: the index tells the platforms, and what `docker save`
/// writes the names as they are given to `docker`.
fn together(saved: Vec<Image>, mut indexed: Vec<Image>) -> Vec<Image> {
    let mut by_config: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, image) in indexed.iter().enumerate() {
        by_config.entry(image.config.name.clone()).or_default().push(at);
    }
    let mut named: HashMap<usize, BTreeSet<String>> = HashMap::new();
    let mut images = Vec::new();
    for image in saved {
        let own = || image.layers.iter().map(|part| &part.name);
        let is_own = |other: &Image| other.layers.iter().map(|part| &part.name).eq(own());
        let same = by_config.get(&image.config.name).into_iter().flatten();
        match same.copied().find(|at| indexed.get(*at).is_some_and(is_own)) {
            Some(at) => named.entry(at).or_default().extend(image.names),
            None => images.push(image),
        }
    }
    for (at, image) in indexed.iter_mut().enumerate() {
        if let Some(names) = named.remove(&at).filter(|names| !names.is_empty()) {
            image.names = names;
        }
    }
    images.append(&mut indexed);
    images
}

/// The parts of an image that there is room for, with itself.
fn within<T>(room: &mut usize, parts: Vec<T>) -> impl Iterator<Item = T> {
    let taken = parts.len().min(*room);
    *room = room.saturating_sub(taken + 1);
    parts.into_iter().take(taken)
}

/// A document that is to be read, with what is said of it where it is named.
struct Open {
    part: Part,
    platform: Option<String>,
    attests: Option<String>,
}

/// What an OCI layout holds. Every document is read once, so that an index that names itself comes to an end.
fn indexed(store: &Store, room: &mut usize, contents: &mut Contents) {
    let mut seen = HashSet::new();
    let mut open = vec![Open { part: plain(INDEX), platform: None, attests: None }];
    let mut absent = Vec::new();
    let mut names = Names::default();
    while let Some(Open { part, platform, attests }) = open.pop() {
        if !seen.insert(part.name.clone()) {
            continue;
        }
        if seen.len() > MOST {
            contents.troubles.push(Trouble::Many(MOST));
            break;
        }
        if let Some(platform) = platform.as_ref().filter(|_| !store.has(&part.name)) {
            absent.push((part.name, String::clone(platform)));
            continue;
        }
        let called = if seen.len() == 1 { "its index" } else { "its manifest" };
        contents.documents.push((part.clone(), called));
        let troubles = &mut contents.troubles;
        let mut follow = || -> Result<(), Trouble> {
            let bytes = store.document(&part.name)?;
            let verified = part.verify(&Found::of(&bytes, part.algorithm()));
            // What it names is looked through all the same.
            troubles.extend(verified.err());
            let document: Document = parse(&part.name, &bytes)?;
            let mut children = Vec::new();
            for child in within(room, document.manifests) {
                let described = Part::described(&child)?;
                names.note(&part.name, &described.name, &child.annotations);
                let platform = child.platform.as_ref().map(Platform::name).or_else(|| platform.clone());
                let attests = child.annotations.attests.as_deref().and_then(Written::parse);
                let attests = attests.map(|(algorithm, digest)| digest.place(algorithm));
                children.push(Open { part: described, platform, attests });
            }
            open.extend(children.into_iter().rev());
            if let Some(config) = &document.config {
                // Without the others a layer is still looked through, and has its place among them.
                let layers = within(room, document.layers).map(|layer| {
                    Part::described(&layer).unwrap_or_else(|trouble| {
                        troubles.push(trouble);
                        Part::unnamed()
                    })
                });
                contents.images.push(Image {
                    names: BTreeSet::new(),
                    platform: platform.clone(),
                    manifest: part.name.clone(),
                    attests: attests.clone(),
                    layers: layers.collect(),
                    config: Part::described(config)?,
                });
            }
            Ok(())
        };
        if let Err(trouble) = follow() {
            contents.troubles.push(trouble);
        }
    }
    for image in &mut contents.images {
        image.names = names.of(&image.manifest);
    }
    // `docker save` writes the whole index, and of its platforms those that were pulled.
    let is_empty = contents.images.is_empty();
    contents.troubles.extend(absent.into_iter().map(|(name, platform)| match is_empty {
        true => Trouble::Missing(name, "no such entry".to_owned()),
        false => Trouble::Absent(platform),
    }));
}

/// What documents are called by those that name them.
#[derive(Default)]
struct Names {
    own: HashMap<String, BTreeSet<String>>,
    above: HashMap<String, BTreeSet<String>>,
}

impl Names {
    /// Notes what a document says of another one.
    fn note(&mut self, document: &str, other: &str, annotations: &Annotations) {
        self.above.entry(other.to_owned()).or_default().insert(document.to_owned());
        if let Some(name) = annotations.name() {
            self.own.entry(other.to_owned()).or_default().insert(name.clone());
        }
    }

    /// The names of a document, and of the indexes that it belongs to.
    fn of(&self, document: &str) -> BTreeSet<String> {
        let mut seen = HashSet::new();
        let mut open = vec![document];
        let mut names = BTreeSet::new();
        while let Some(document) = open.pop().filter(|_| seen.len() < ABOVE) {
            if seen.insert(document) {
                names.extend(self.own.get(document).into_iter().flatten().cloned());
                open.extend(self.above.get(document).into_iter().flatten().map(String::as_str));
            }
        }
        names
    }
}

/// A field that programs also write as `null`, where there is nothing in it.
pub(super) fn or_default<'d, D: Deserializer<'d>, T: Deserialize<'d> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// A field without which the document tells as much, so that it may be anything.
pub(super) fn if_fit<'d, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'d>,
    T: for<'t> Deserialize<'t> + Default,
{
    serde_json::Value::deserialize(from).map(|value| T::deserialize(value).unwrap_or_default())
}

pub(super) fn parse<'b, T: Deserialize<'b>>(name: &str, bytes: &'b [u8]) -> Result<T, Trouble> {
    // What the parser says may quote the document.
    serde_json::from_slice(bytes).map_err(|error| match error.to_string().starts_with(DEEP) {
        true => Trouble::Deep(name.to_owned()),
        false => Trouble::Document(name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Document, Saved, parse};

    #[test]
    fn null_stands_for_nothing() {
        let saved: Vec<Saved> =
            parse("m", br#"[{"Config": "c", "RepoTags": null, "Layers": null}]"#).unwrap();
        assert!(saved[0].layers.is_empty());
        let index: Document = parse("i", br#"{"manifests": null, "layers": null, "config": null}"#).unwrap();
        assert!(index.manifests.is_empty() && index.layers.is_empty());
    }

    #[test]
    fn names_that_are_none_hide_no_image() {
        let saved: Vec<Saved> =
            parse("m", br#"[{"Config": "c", "RepoTags": [1], "Layers": ["a"]}]"#).unwrap();
        assert_eq!((saved[0].layers.len(), saved[0].repo_tags.len()), (1, 0));
        let annotated =
            br#"{"manifests": [{"digest": "sha256:aa", "annotations": {"io.containerd.image.name": 1}}]}"#;
        let index: Document = parse("i", annotated).unwrap();
        assert!(index.manifests[0].annotations.name().is_none());
    }
}
