//! Looks through container images for credentials: their configuration, and every file of every layer, also those that a later
//! layer deletes. Archives of `docker save` and OCI layouts are read as streams; nothing is unpacked.

mod compressed;
mod config;
mod digest;
mod layer;
mod manifest;
mod store;
mod tar;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use iamrail::core::report::Diagnostic;
use iamrail::core::scan::Scanner;
use iamrail::core::sighting::{Medium, Sightings};
use iamrail::core::source::Sources;
use thiserror::Error;

use digest::Found;
use layer::{Fate, Layer};
use manifest::{Config, Image, Part};
use store::{Spot, Store};

/// What the images hold.
#[derive(Debug, Default)]
pub(crate) struct Images {
    /// The credentials in them.
    pub(crate) seen: Sightings,
    /// What could not be looked through.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What is wrong with an image. The messages are complete sentences without its name.
#[derive(Clone, Debug, Error)]
enum Trouble {
    #[error("it is neither an archive of `docker save` nor an OCI layout")]
    NoImage,
    #[error("it is no archive of tar, though it has the place of one")]
    NoArchive,
    #[error("an archive ends in the middle of an entry")]
    Truncated,
    #[error("the archive is cut off: it ends behind the beginning of `{0}`")]
    Cut(String),
    #[error("what stands behind the end of an archive is none")]
    Behind,
    #[error("an archive has too many entries")]
    Crowded,
    #[error("it is encrypted")]
    Encrypted,
    #[error("`{0}` is not as the format demands")]
    Document(String),
    #[error(
        "`{0}` is too large: of a document 8 MiB are read, and of all those in a compressed archive 32 MiB"
    )]
    TooLarge(String),
    #[error("`{0}` is missing: {1}")]
    Missing(String, String),
    #[error("it does not hold `{0}`, which its index names")]
    Absent(String),
    #[error("`{0}` does not have the digest that it is named by")]
    Digest(String),
    #[error("`{name}` has {found} bytes, and is said to have {said}")]
    Size {
        name: String,
        found: u64,
        said: u64,
        /// Whether its digest is the one that it is named by: then nothing of it is missing.
        is_sure: bool,
    },
    #[error("layer {0} is not the one that its configuration is of (`rootfs.diff_ids`)")]
    Difference(usize),
    #[error("its configuration is of {0} layers (`rootfs.diff_ids`), and its manifest names {1}")]
    Count(usize, usize),
    #[error("it cannot be read: {0}")]
    Read(Arc<str>),
}

impl Trouble {
    /// What to do; may be empty.
    fn help(&self) -> &'static str {
        match self {
            Self::Cut(_) => {
                "what is in front of that was looked through: save or copy the archive anew, to its end"
            }
            Self::Digest(_) | Self::Size { .. } | Self::Difference(_) | Self::Count(..) => {
                "it was changed or damaged, and what it should be was not looked through: save or pull the image anew"
            }
            Self::Encrypted => "decrypt the image first",
            _ => "",
        }
    }
}

impl From<io::Error> for Trouble {
    /// Says what an error means, without quoting the input.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::FileTooLarge | io::ErrorKind::Unsupported => Self::Read(error.to_string().into()),
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            kind => Self::Read(kind.to_string().into()),
        }
    }
}

/// Looks through an image that the user names; `name` is what it is called in reports.
pub(crate) fn look_through(path: &Path, name: &str, sources: &Sources) -> Images {
    let mut images = Images::default();
    if let Err(trouble) = images.look(path, name, sources) {
        images.complain(name, &trouble);
    }
    images
}

impl Images {
    fn look(&mut self, path: &Path, name: &str, sources: &Sources) -> Result<(), Trouble> {
        let store = Store::new(path)?;
        let found = manifest::images(&store);
        if let Some(fault) = store.fault() {
            self.complain(name, fault);
            // What it is made of would have stood behind that.
            if matches!(found, Err(Trouble::NoImage)) {
                return Ok(());
            }
        }
        let (images, troubles) = found?;
        troubles.iter().for_each(|trouble| self.complain(name, trouble));
        let layers = self.layers(&store, &images, name, sources);
        let several = images.len() > 1;
        let mut told = HashSet::new();
        for image in &images {
            let of = image.platform.as_ref().filter(|_| several);
            let of = of.map(|platform| format!(" of {platform}")).unwrap_or_default();
            let config = self.config(&store, image, name, &of, sources, &mut told);
            let own: Vec<Option<&Layer>> =
                image.layers.iter().map(|part| layers.get(&store.spot(&part.name).ok()?)).collect();
            let contents: Vec<_> =
                own.iter().map(|layer| layer.and_then(|layer| layer.content.as_ref())).collect();
            if let Err(trouble) = config.verify(&contents) {
                self.complain(&called(name, &image.config), &trouble);
            }
            for (number, part) in image.layers.iter().enumerate() {
                let Some(Some(layer)) = own.get(number) else { continue };
                if !told.insert(store.spot(&part.name).ok()) {
                    continue;
                }
                let above = own.get(number + 1..).unwrap_or_default();
                for (path, sighting) in &layer.sightings {
                    let mut sighting = sighting.clone();
                    sighting.medium = Medium::Image(site(&config, image, number, path, above, &of));
                    self.seen.all.push(sighting);
                }
            }
        }
        Ok(())
    }

    /// Looks through the layers of all images, through each once.
    fn layers(
        &mut self,
        store: &Store,
        images: &[Image],
        name: &str,
        sources: &Sources,
    ) -> HashMap<Spot, Layer> {
        let mut unique = HashSet::new();
        let mut wanted: BTreeMap<Spot, Vec<&Part>> = BTreeMap::new();
        for part in images.iter().flat_map(|image| &image.layers) {
            if part.name.is_empty() || !unique.insert(part) {
                continue;
            }
            match store.spot(&part.name) {
                Ok(spot) => wanted.entry(spot).or_default().push(part),
                Err(trouble) => self.complain(&called(name, part), &trouble),
            }
        }
        // As much for each: what is looked through does not depend on which layer comes first.
        let free = compressed::FREE / (wanted.len() as u64).max(1);
        let looked = store.each(&wanted, |parts, reader| {
            let part = parts.first()?;
            let mut scanner = Scanner::new(sources, u64::MAX).with_binaries();
            Some(Layer::look(reader, part, &called(name, part), free, &mut scanner))
        });
        let mut layers = HashMap::new();
        for ((spot, parts), looked) in wanted.into_iter().zip(looked) {
            let Some(first) = parts.first() else { continue };
            let path = called(name, first);
            match looked {
                Ok(Some(layer)) => {
                    self.seen.texts += layer.texts;
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
        layers
    }

    /// Looks through the configuration of an image, and reads it.
    fn config(
        &mut self,
        store: &Store,
        image: &Image,
        name: &str,
        of: &str,
        sources: &Sources,
        told: &mut HashSet<Option<Spot>>,
    ) -> Config {
        let path = called(name, &image.config);
        let bytes = match store.document(&image.config.name) {
            Ok(bytes) => bytes,
            Err(trouble) => {
                self.complain(&path, &trouble);
                return Config::default();
            }
        };
        if told.insert(store.spot(&image.config.name).ok()) {
            self.seen.texts += 1;
            let (sightings, trouble) = config::look(sources, &path, &bytes, of);
            self.seen.all.extend(sightings);
            self.diagnostics.extend(trouble);
            if let Err(trouble) = image.config.verify(&Found::of(&bytes, image.config.algorithm())) {
                self.complain(&path, &trouble);
            }
        }
        Config::parse(&image.config.name, &bytes).unwrap_or_else(|trouble| {
            self.complain(&path, &trouble);
            Config::default()
        })
    }

    fn complain(&mut self, name: &str, trouble: &Trouble) {
        let is_unread = matches!(
            trouble,
            Trouble::Missing(..)
                | Trouble::Read(_)
                | Trouble::Truncated
                | Trouble::Cut(_)
                | Trouble::Encrypted
        );
        let code = if is_unread { "unreadable" } else { "image" };
        let message = format!("not all of the image `{name}` was looked through: {trouble}");
        let diagnostic = match trouble {
            // Nothing is there that could have been looked through.
            Trouble::Absent(_) => Diagnostic::note(code, name, message),
            Trouble::Size { is_sure: true, .. } => {
                let message = format!("the image `{name}` is not as it says that it is: {trouble}");
                self.diagnostics.push(Diagnostic::warning(code, name, message));
                return;
            }
            _ => Diagnostic::error(code, name, message),
        };
        self.diagnostics.push(diagnostic.help(trouble.help()));
    }
}

/// What a part is called in reports.
fn called(image: &str, part: &Part) -> Arc<str> {
    format!("{image}!{}", part.short()).into()
}

/// In which layer a file stands, what made the layer, and what became of the file.
fn site(
    config: &Config,
    image: &Image,
    number: usize,
    path: &str,
    above: &[Option<&Layer>],
    of: &str,
) -> Arc<str> {
    let count = image.layers.len();
    let mut site = format!("layer {} of {count}{of}", number + 1);
    if image.layers.get(number).is_some_and(|part| part.is_attested) {
        site = format!("what is attested of it{of}");
    }
    if let Some(instruction) = config.instruction(number, count) {
        site.push_str(&format!(", made by `{}`", config::shown(instruction)));
    }
    let fate = above.iter().enumerate().find_map(|(later, layer)| Some((later, layer.as_ref()?.fate(path)?)));
    if let Some((later, fate)) = fate {
        let what = match fate {
            Fate::Deleted => "deleted",
            Fate::Replaced => "replaced",
        };
        site.push_str(&format!(", {what} in layer {} and still in the image", number + later + 2));
    }
    site.into()
}
