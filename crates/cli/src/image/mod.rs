//! Looks through container images for credentials: their configuration, and every file of every layer, also those that a later
//! layer deletes. Archives of `docker save` and OCI layouts are read as streams; nothing is unpacked.

mod compressed;
mod config;
mod layer;
mod manifest;
mod store;
mod tar;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use iamrail::core::report::Diagnostic;
use iamrail::core::scan::Scanner;
use iamrail::core::sighting::{Medium, Sightings};
use iamrail::core::source::Sources;
use rayon::prelude::*;
use thiserror::Error;

use layer::{Fate, Layer};
use manifest::{Config, Image, Part};
use store::Store;

/// What the images hold.
#[derive(Debug, Default)]
pub(crate) struct Images {
    /// The credentials in them.
    pub(crate) seen: Sightings,
    /// What could not be looked through.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What is wrong with an image. The messages are complete sentences without its name.
#[derive(Debug, Error)]
enum Trouble {
    #[error("it is neither an archive of `docker save` nor an OCI layout")]
    NoImage,
    #[error("a layer is no archive of tar")]
    NoArchive,
    #[error("an archive ends in the middle of an entry")]
    Truncated,
    #[error("what stands behind the end of an archive is none")]
    Behind,
    #[error("a layer has too many entries")]
    Crowded,
    #[error("`{0}` is not as the format demands")]
    Document(String),
    #[error("`{0}` is missing: {1}")]
    Missing(String, String),
    #[error("it does not hold `{0}`, which its index names")]
    Absent(String),
    #[error("`{0}` does not have the digest that it is named by")]
    Digest(String),
    #[error("it cannot be read: {}", reason(.0))]
    Read(#[from] io::Error),
}

/// What an error means, without quoting the input.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::FileTooLarge | io::ErrorKind::Unsupported => error.to_string(),
        kind => kind.to_string(),
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
        let (images, troubles) = manifest::images(&store)?;
        troubles.iter().for_each(|trouble| self.complain(name, trouble));
        let mut unique = HashSet::new();
        let parts: Vec<&Part> = images
            .iter()
            .flat_map(|image| &image.layers)
            .filter(|part| !part.name.is_empty() && unique.insert(*part))
            .collect();
        let paths: Vec<(&Part, String)> =
            parts.into_iter().map(|part| (part, format!("{name}!{}", part.short()))).collect();
        // As much for each: what is looked through does not depend on which layer comes first.
        let free = compressed::FREE / (paths.len() as u64).max(1);
        let layers: HashMap<&Part, Layer> = paths
            .par_iter()
            .map(|(part, path)| {
                let mut scanner = Scanner::new(sources, u64::MAX).with_binaries();
                (*part, Layer::look(&store, part, path, free, &mut scanner))
            })
            .collect();
        for (part, path) in &paths {
            let Some(layer) = layers.get(part) else { continue };
            self.seen.texts += layer.texts;
            self.diagnostics.extend(layer.diagnostics.iter().cloned());
            layer.troubles.iter().for_each(|trouble| self.complain(path, trouble));
        }
        let several = images.len() > 1;
        let mut told = HashSet::new();
        for image in &images {
            let of = image.platform.as_ref().filter(|_| several);
            let of = of.map(|platform| format!(" of {platform}")).unwrap_or_default();
            let config = self.config(&store, image, name, &of, sources, &mut told);
            for (number, part) in image.layers.iter().enumerate() {
                let Some(layer) = layers.get(part).filter(|_| told.insert(part.clone())) else { continue };
                let above: Vec<Option<&Layer>> =
                    image.layers.iter().skip(number + 1).map(|part| layers.get(part)).collect();
                for (path, sighting) in &layer.sightings {
                    let mut sighting = sighting.clone();
                    sighting.medium = Medium::Image(site(&config, image, number, path, &above, &of));
                    self.seen.all.push(sighting);
                }
            }
        }
        Ok(())
    }

    /// Looks through the configuration of an image, and reads it.
    fn config(
        &mut self,
        store: &Store,
        image: &Image,
        name: &str,
        of: &str,
        sources: &Sources,
        told: &mut HashSet<Part>,
    ) -> Config {
        let path: Arc<str> = format!("{name}!{}", image.config.short()).into();
        let bytes = match store.document(&image.config.name) {
            Ok(bytes) => bytes,
            Err(trouble) => {
                self.complain(&path, &trouble);
                return Config::default();
            }
        };
        if told.insert(image.config.clone()) {
            self.seen.texts += 1;
            let (sightings, trouble) = config::look(sources, &path, &bytes, of);
            self.seen.all.extend(sightings);
            self.diagnostics.extend(trouble);
            if let Err(trouble) = image.config.verify(&bytes) {
                self.complain(&path, &trouble);
            }
        }
        Config::parse(&image.config.name, &bytes).unwrap_or_else(|trouble| {
            self.complain(&path, &trouble);
            Config::default()
        })
    }

    fn complain(&mut self, name: &str, trouble: &Trouble) {
        let code =
            if matches!(trouble, Trouble::Missing(..) | Trouble::Read(_)) { "unreadable" } else { "image" };
        let message = format!("not all of the image `{name}` was looked through: {trouble}");
        let diagnostic = match trouble {
            // Nothing is there that could have been looked through.
            Trouble::Absent(_) => Diagnostic::note(code, name, message),
            _ => Diagnostic::error(code, name, message),
        };
        self.diagnostics.push(diagnostic);
    }
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
    if image.layers.get(number).is_some_and(|part| part.is_document) {
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
