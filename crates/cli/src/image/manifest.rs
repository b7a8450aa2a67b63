//! What an image is made of, as its documents say: those of `docker save`, and those of the OCI layout.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer};

use super::Trouble;
use super::digest::{Algorithm, Found, Written};
use super::store::Store;

/// How many documents are followed. An index may name others, itself included.
const MOST: usize = 1000;

/// An image: one platform of what is given.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// `linux/arm64`, where the index says so.
    pub(super) platform: Option<String>,
    pub(super) config: Part,
    pub(super) layers: Vec<Part>,
}

/// A part of an image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    /// Its name in the store; nothing where none can be made of its digest.
    pub(super) name: String,
    /// The digest and the size that it must have, as far as they are known.
    pub(super) digest: Option<Written>,
    pub(super) size: Option<u64>,
    /// Whether it is said to be an archive; what has the place of a layer may be a document, such as what a builder attests.
    pub(super) is_archive: bool,
    pub(super) is_encrypted: bool,
    /// Whether it is what a builder or somebody else says of the image.
    pub(super) is_attested: bool,
}

/// What is written in an image's configuration and matters here.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Config {
    #[serde(default, deserialize_with = "or_default")]
    history: Vec<Step>,
    #[serde(default, deserialize_with = "or_default")]
    rootfs: RootFs,
}

/// What the layers come to when they are decompressed.
#[derive(Debug, Default, Deserialize)]
struct RootFs {
    #[serde(default, deserialize_with = "or_default")]
    diff_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Step {
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    empty_layer: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: Option<String>,
    digest: String,
    size: Option<u64>,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

/// The images of a store, and what is wrong with some of them.
pub(super) fn images(store: &Store) -> Result<(Vec<Image>, Vec<Trouble>), Trouble> {
    let mut images = Vec::new();
    let mut troubles = Vec::new();
    let saved = store.has("manifest.json").then(|| saved(store));
    match saved {
        Some(Ok(saved)) => images.extend(saved),
        Some(Err(trouble)) => troubles.push(trouble),
        None => {}
    }
    if store.has("index.json") {
        let name = |image: &Image| image.config.name.clone();
        let known: HashSet<String> = images.iter().map(name).collect();
        let mut found = Vec::new();
        indexed(store, &mut found, &mut troubles);
        // Newer programs write both; the index tells the platforms.
        if found.iter().any(|image| known.contains(&image.config.name)) {
            let named: HashSet<String> = found.iter().map(name).collect();
            images.retain(|image| !named.contains(&image.config.name));
        }
        images.extend(found);
    }
    if images.is_empty() && troubles.is_empty() { Err(Trouble::NoImage) } else { Ok((images, troubles)) }
}

/// What `docker save` writes.
fn saved(store: &Store) -> Result<Vec<Image>, Trouble> {
    const NAME: &str = "manifest.json";
    let all: Vec<Saved> = parse(NAME, &store.document(NAME)?)?;
    let image = |saved: Saved| Image {
        platform: None,
        config: Part::named(saved.config),
        layers: saved.layers.into_iter().map(Part::named).collect(),
    };
    Ok(all.into_iter().map(image).collect())
}

/// What an OCI layout holds. Every document is read once, so that an index that names itself comes to an end.
fn indexed(store: &Store, images: &mut Vec<Image>, troubles: &mut Vec<Trouble>) {
    let mut seen = HashSet::new();
    let index = Part { name: "index.json".to_owned(), ..Part::unnamed() };
    let mut open = vec![(index, None)];
    let mut absent = Vec::new();
    while let Some((part, platform)) = open.pop() {
        if !seen.insert(part.name.clone()) {
            continue;
        }
        if seen.len() > MOST {
            troubles.push(Trouble::Document(part.name));
            return;
        }
        if let Some(platform) = platform.as_ref().filter(|_| !store.has(&part.name)) {
            absent.push((part.name, String::clone(platform)));
            continue;
        }
        let mut follow = || -> Result<(), Trouble> {
            let bytes = store.document(&part.name)?;
            let verified = part.verify(&Found::of(&bytes, part.algorithm()));
            // What it names is looked through all the same.
            troubles.extend(verified.err());
            let document: Document = parse(&part.name, &bytes)?;
            let children = document.manifests.iter().rev().map(|child| {
                let platform = child.platform.as_ref().map(Platform::name).or_else(|| platform.clone());
                Ok((Part::described(child)?, platform))
            });
            open.extend(children.collect::<Result<Vec<_>, Trouble>>()?);
            if let Some(config) = &document.config {
                // Without the others a layer is still looked through, and has its place among them.
                let layers = document.layers.iter().map(|layer| {
                    Part::described(layer).unwrap_or_else(|trouble| {
                        troubles.push(trouble);
                        Part::unnamed()
                    })
                });
                let layers = layers.collect();
                images.push(Image { platform: platform.clone(), config: Part::described(config)?, layers });
            }
            Ok(())
        };
        if let Err(trouble) = follow() {
            troubles.push(trouble);
        }
    }
    // `docker save` writes the whole index, and of its platforms those that were pulled.
    troubles.extend(absent.into_iter().map(|(name, platform)| match images.is_empty() {
        true => Trouble::Missing(name, "no such entry".to_owned()),
        false => Trouble::Absent(platform),
    }));
}

/// A field that programs also write as `null`, where there is nothing in it.
fn or_default<'d, D: Deserializer<'d>, T: Deserialize<'d> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

fn parse<'b, T: Deserialize<'b>>(name: &str, bytes: &'b [u8]) -> Result<T, Trouble> {
    // What the parser says may quote the document.
    serde_json::from_slice(bytes).map_err(|_| Trouble::Document(name.to_owned()))
}

impl Part {
    /// A part of which nothing is known.
    fn unnamed() -> Self {
        Self {
            name: String::new(),
            digest: None,
            size: None,
            is_archive: true,
            is_encrypted: false,
            is_attested: false,
        }
    }

    /// A part by the name that `docker save` gives it; newer programs name it by its digest.
    fn named(name: String) -> Self {
        let digits = name.strip_prefix("blobs/sha256/").filter(|hex| is_sha256(hex)).map(str::to_owned);
        let digest = digits.map(|digits| Written { algorithm: Algorithm::Sha256, digits });
        Self { name, digest, ..Self::unnamed() }
    }

    /// A part as an index or a manifest describes it.
    fn described(part: &Descriptor) -> Result<Self, Trouble> {
        let (algorithm, digest) =
            Written::parse(&part.digest).ok_or_else(|| Trouble::Document(part.digest.clone()))?;
        let name = format!("blobs/{algorithm}/{}", digest.digits);
        // The types of archives name tar, with how they are compressed: `tar+gzip`, `tar.gzip`.
        let is_archive = part
            .media_type
            .as_ref()
            .is_none_or(|media| media.split(['.', '+', '/', '-']).any(|word| word == "tar"));
        let json = |media: &String| media.ends_with("+json") || media.ends_with("/json");
        let is_attested = part.media_type.as_ref().is_some_and(json);
        let is_encrypted = part.media_type.as_ref().is_some_and(|media| media.ends_with("+encrypted"));
        Ok(Self { name, digest: Some(digest), size: part.size, is_archive, is_encrypted, is_attested })
    }

    /// How its digest is computed; that of one without a digest may be compared with what a configuration says.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.digest.as_ref().map_or(Algorithm::Sha256, |digest| digest.algorithm)
    }

    /// What the part is called in reports: the beginning of its digest, or its name.
    pub(super) fn short(&self) -> &str {
        let digest = self.digest.as_ref().and_then(|digest| digest.digits.get(..12));
        digest.unwrap_or(self.name.trim_end_matches("/layer.tar"))
    }

    /// Whether what was found is the part.
    pub(super) fn verify(&self, found: &Found) -> Result<(), Trouble> {
        let digests = self.digest.as_ref().zip(found.digest.as_ref());
        if digests.is_some_and(|(named, digest)| named.differs(digest)) {
            return Err(Trouble::Digest(self.name.clone()));
        }
        match self.size {
            Some(said) if said != found.size => {
                let name = self.name.clone();
                Err(Trouble::Size { name, found: found.size, said, is_sure: digests.is_some() })
            }
            _ => Ok(()),
        }
    }
}

impl Platform {
    fn name(&self) -> String {
        let variant = self.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
        format!("{}/{}{variant}", self.os, self.architecture)
    }
}

impl Config {
    /// The configuration in a document.
    pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<Self, Trouble> {
        parse(name, bytes)
    }

    /// Whether the layers are those that the configuration is of: each with what came of it, where that is known.
    pub(super) fn verify(&self, layers: &[Option<&Found>]) -> Result<(), Trouble> {
        let said = &self.rootfs.diff_ids;
        if !said.is_empty() && said.len() != layers.len() {
            return Err(Trouble::Count(said.len(), layers.len()));
        }
        let differs = |(said, found): (&String, &Option<&Found>)| {
            let said = Written::parse(said).map(|(_, digest)| digest);
            let found = found.and_then(|found| found.digest.as_ref());
            said.zip(found).is_some_and(|(said, found)| said.differs(found))
        };
        match said.iter().zip(layers).position(differs) {
            Some(at) => Err(Trouble::Difference(at + 1)),
            None => Ok(()),
        }
    }

    /// The instruction that made a layer, counted from 0, of so many.
    pub(super) fn instruction(&self, layer: usize, layers: usize) -> Option<&str> {
        let mut made = self.history.iter().filter(|step| !step.empty_layer);
        if made.clone().count() != layers {
            return None;
        }
        made.nth(layer)?.created_by.as_deref()
    }
}

fn is_sha256(hex: &str) -> bool {
    hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Config, Document, Saved, parse};

    #[test]
    fn null_stands_for_nothing() {
        let config = Config::parse("c", br#"{"config": null, "history": null}"#).unwrap();
        assert_eq!(config.instruction(0, 1), None);
        let saved: Vec<Saved> =
            parse("m", br#"[{"Config": "c", "RepoTags": null, "Layers": null}]"#).unwrap();
        assert!(saved[0].layers.is_empty());
        let index: Document = parse("i", br#"{"manifests": null, "layers": null, "config": null}"#).unwrap();
        assert!(index.manifests.is_empty() && index.layers.is_empty());
        let step = Config::parse("c", br#"{"history": [{"created_by": null, "empty_layer": null}]}"#);
        assert!(step.is_ok());
    }
}
