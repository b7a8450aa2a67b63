//! Looks through container images for credentials: their configuration, and every file of every layer, also those that a later
//! layer deletes. Archives of `docker save` and OCI layouts are read as streams; nothing is unpacked.

mod compressed;
mod config;
mod digest;
mod document;
mod layer;
mod manifest;
mod packed;
mod part;
mod site;
mod store;
mod tar;
mod trouble;
mod zip;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iamrail::core::report::Diagnostic;
use iamrail::core::scan::Scanner;
use iamrail::core::sighting::{Medium, Sightings};
use iamrail::core::source::Sources;

use config::Config;
use digest::Found;
use layer::Layer;
use manifest::{Contents, Image};
use packed::Unread;
use part::Part;
use site::{Labels, Use};
use store::{Spot, Store};
use trouble::Trouble;

use crate::failure::Failure;

/// How many things that are wrong with an image are told one by one.
const MOST_TOLD: usize = 100;

/// What the images hold.
#[derive(Debug, Default)]
pub(crate) struct Images {
    /// The credentials in them.
    pub(crate) seen: Sightings,
    /// What could not be looked through.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many things are wrong, told or not.
    troubles: usize,
}

/// Where the image is that the user names.
///
/// # Errors
/// Nothing is there, or what is read once only.
pub(crate) fn locate(path: &Path) -> Result<PathBuf, Failure> {
    let said = path.to_string_lossy();
    let save = |name: &str, file: &str| format!("`docker save {name} -o {file}.tar`");
    let any = || save("NAME", "image");
    if said == "-" {
        let message = "an image is read more than once and has to be a file, which standard input is not";
        return Err(Failure::Usage(format!("{message}: write it with {}", any())));
    }
    let canonical = match path.canonicalize() {
        Ok(canonical) => canonical,
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_reference(&said) => {
            let name = said.rsplit('/').next().and_then(|name| name.split([':', '@']).next());
            let file = name.filter(|name| !name.is_empty()).unwrap_or("image");
            return Err(Failure::Usage(format!(
                "there is no file `{said}`, and images are not fetched: write it with {}",
                save(&said, file)
            )));
        }
        Err(error) => return Err(Failure::Path(path.to_owned(), error)),
    };
    let metadata = std::fs::metadata(&canonical).map_err(|error| Failure::Path(path.to_owned(), error))?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(Failure::Usage(format!(
            "`{said}` is no regular file, which an image has to be since it is read more than once: write it with {}",
            any()
        )));
    }
    Ok(canonical)
}

/// Whether a text has the form of the name of an image with a tag or a digest: `ghcr.io/a/shop:1`.
fn is_reference(text: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
    text.contains([':', '@']) && !text.starts_with('-') && text.bytes().all(is_one)
}

/// Looks through an image that the user names; `name` is what it is called in reports.
pub(crate) fn look_through(path: &Path, name: &str, sources: &Sources) -> Images {
    let mut images = Images::default();
    if let Err(trouble) = images.look(path, name, sources) {
        images.complain(name, &trouble);
    }
    if let Some(more @ 1..) = images.troubles.checked_sub(MOST_TOLD) {
        let message =
            format!("not all of the image `{name}` was looked through: {more} more things are wrong with it");
        images
            .diagnostics
            .push(Diagnostic::error("image", name, message).help("see what is told of it first"));
    }
    images
}

impl Images {
    fn look(&mut self, path: &Path, name: &str, sources: &Sources) -> Result<(), Trouble> {
        let store = Store::new(path)?;
        let found = manifest::contents(&store);
        let fault = store.fault();
        fault.into_iter().for_each(|fault| self.complain(name, fault));
        let Contents { images, documents, troubles } = match found {
            // What it is made of would have stood behind that: what is there is looked through without.
            Err(Trouble::NoImage) if fault.is_some() => Contents::default(),
            found => found?,
        };
        troubles.iter().for_each(|trouble| self.complain(name, trouble));
        let labels = Labels::new(&images);
        for (part, called) in &documents {
            let of = images.iter().enumerate().filter(|(_, image)| image.manifest == part.name);
            let what = format!("{called}{}", labels.of(of.map(|(at, _)| at)));
            // Why one cannot be read is told already.
            if let Ok(bytes) = store.document(&part.name) {
                self.document(part, name, &what, &bytes, sources);
            }
        }
        let configs = self.configs(&store, &images, &labels, name, sources);
        let others = others(&store, &images, &documents);
        let layers = self.layers(&store, &images, &others, name, sources);
        let own = |image: &Image| -> Vec<Option<&Layer>> {
            image.layers.iter().map(|part| layers.get(&store.spot(&part.name).ok()?)).collect()
        };
        let own: Vec<_> = images.iter().map(own).collect();
        let mut uses: BTreeMap<Spot, Vec<Use<'_>>> = BTreeMap::new();
        for (at, (image, layers)) in images.iter().zip(&own).enumerate() {
            let config = configs.get(&image.config.name);
            let contents: Vec<_> =
                layers.iter().map(|layer| layer.and_then(|layer| layer.content.as_ref())).collect();
            if let Some(trouble) = config.and_then(|config| config.verify(&contents).err()) {
                self.complain(&called(name, &image.config), &trouble);
            }
            let instructions = config.map(|config| config.instructions(layers.len())).unwrap_or_default();
            for (number, part) in image.layers.iter().enumerate() {
                let Ok(spot) = store.spot(&part.name) else { continue };
                let instruction = instructions.get(number).copied();
                let is_attested = part.is_attested;
                let one = Use { image: at, number, layers, is_attested, instruction };
                let uses = uses.entry(spot).or_default();
                // An image may have a layer several times: what becomes of it is told by what comes after the last one.
                match uses.last_mut().filter(|last| last.image == at) {
                    Some(last) => *last = one,
                    None => uses.push(one),
                }
            }
        }
        let mut layers: Vec<_> = layers.iter().collect();
        layers.sort_by_key(|(spot, _)| *spot);
        for (spot, layer) in layers {
            let uses = uses.get(spot).map(Vec::as_slice).unwrap_or_default();
            let mut last = None;
            for (place, sighting) in &layer.sightings {
                let known = last.take().filter(|(known, _)| *known == place);
                let (_, site) = last.insert(known.unwrap_or_else(|| (place, site::of(&labels, uses, place))));
                let mut sighting = sighting.clone();
                sighting.medium = Medium::Image(Arc::clone(site));
                self.seen.all.push(sighting);
            }
        }
        Ok(())
    }

    /// Looks through the layers of all images and through what else there is, through each once.
    fn layers(
        &mut self,
        store: &Store,
        images: &[Image],
        others: &[Part],
        name: &str,
        sources: &Sources,
    ) -> HashMap<Spot, Layer> {
        let mut unique = HashSet::new();
        let mut wanted: BTreeMap<Spot, Vec<&Part>> = BTreeMap::new();
        for part in images.iter().flat_map(|image| &image.layers).chain(others) {
            if part.name.is_empty() || !unique.insert(part) {
                continue;
            }
            match store.spot(&part.name) {
                Ok(spot) => wanted.entry(spot).or_default().push(part),
                Err(_) if part.is_foreign => self.complain(&called(name, part), &Trouble::Foreign),
                Err(trouble) => self.complain(&called(name, part), &trouble),
            }
        }
        // As much for each: what is looked through does not depend on which layer comes first.
        let share = |parts: usize| compressed::FREE / (parts as u64).max(1);
        let (free, free_of_others) = (share(wanted.len().saturating_sub(others.len())), share(others.len()));
        let looked = store.each(&wanted, |parts, reader| {
            let part = parts.first()?;
            let free = if part.is_named { free } else { free_of_others };
            let mut scanner = Scanner::new(sources, u64::MAX).with_binaries();
            let path = called(name, part);
            let mut layer = Layer::look(reader, part, &path, free, &mut scanner);
            layer.link(&path, sources);
            Some(layer)
        });
        let mut layers = HashMap::new();
        let mut unread = Unread::default();
        for ((spot, parts), looked) in wanted.into_iter().zip(looked) {
            let Some(first) = parts.first() else { continue };
            let path = called(name, first);
            match looked {
                Ok(Some(layer)) => {
                    self.seen.texts += layer.texts;
                    unread.add(&layer.unread);
                    self.diagnostics.extend(layer.diagnostics.iter().cloned());
                    layer.troubles.iter().for_each(|trouble| self.complain(&path, trouble));
                    let wrong = |part: &&Part| part.verify(layer.stored.as_ref()?).err();
                    parts.iter().filter_map(wrong).for_each(|trouble| self.complain(&path, &trouble));
                    layers.insert(spot, layer);
                }
                Ok(None) => {}
                Err(trouble) => self.complain(&path, &trouble),
            }
        }
        self.diagnostics.extend(unread.diagnostic(name));
        layers
    }

    /// Looks through the configurations of the images, and reads them: each once, by its name.
    fn configs(
        &mut self,
        store: &Store,
        images: &[Image],
        labels: &Labels,
        name: &str,
        sources: &Sources,
    ) -> HashMap<String, Config> {
        let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, image) in images.iter().enumerate() {
            wanted.entry(&image.config.name).or_default().push(at);
        }
        let mut configs = HashMap::new();
        for (config, of) in wanted {
            let described: HashSet<&Part> =
                of.iter().filter_map(|at| images.get(*at)).map(|image| &image.config).collect();
            let Some(part) = of.first().and_then(|at| images.get(*at)).map(|image| &image.config) else {
                continue;
            };
            let path = called(name, part);
            let read = store.document(config).and_then(|bytes| {
                let what = format!("its configuration{}", labels.of(of.iter().copied()));
                self.document(part, name, &what, &bytes, sources);
                let found = Found::of(&bytes, part.algorithm());
                let wrong = described.iter().filter_map(|part| part.verify(&found).err());
                wrong.for_each(|trouble| self.complain(&path, &trouble));
                Config::parse(config, &bytes)
            });
            match read {
                Ok(read) => drop(configs.insert(config.to_owned(), read)),
                Err(trouble) => self.complain(&path, &trouble),
            }
        }
        configs
    }

    /// Looks through a document; `what` is what it is in the image.
    fn document(&mut self, part: &Part, name: &str, what: &str, bytes: &[u8], sources: &Sources) {
        self.seen.texts += 1;
        let mut scanner = Scanner::new(sources, u64::MAX).with_binaries();
        let (sightings, trouble) = document::look(&mut scanner, &called(name, part), bytes);
        self.diagnostics.extend(trouble);
        self.seen.all.extend(sightings.into_iter().map(|(field, mut sighting)| {
            let field = if field.is_empty() { field } else { format!(", in `{field}`") };
            sighting.medium = Medium::Image(format!("{what}{field}").into());
            sighting
        }));
    }

    fn complain(&mut self, name: &str, trouble: &Trouble) {
        self.troubles += 1;
        if self.troubles <= MOST_TOLD {
            self.diagnostics.push(trouble.diagnostic(name));
        }
    }
}

/// The files that no document names.
fn others(store: &Store, images: &[Image], documents: &[(Part, &str)]) -> Vec<Part> {
    let parts = images.iter().flat_map(|image| image.layers.iter().chain([&image.config]));
    let names: HashSet<&str> =
        parts.chain(documents.iter().map(|(part, _)| part)).map(|part| part.name.as_str()).collect();
    let spots = names.iter().filter_map(|name| store.spot(name).ok()).collect();
    let others = store.others(&spots).into_keys();
    others.filter(|name| !names.contains(name.as_str())).map(Part::unasked).collect()
}

/// What a part is called in reports.
fn called(image: &str, part: &Part) -> Arc<str> {
    format!("{image}!{}", part.short()).into()
}
