//! Tells where in the images something stands: which of them have it, in which layer, what made that, and what became of it later.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::config::{named, shown};
use super::layer::{Fate, Layer, Place};
use super::manifest::Image;

/// How many images are named that have something in the same way, and in how many ways.
const NAMED: usize = 3;
const WAYS: usize = 3;
/// Of how many images it is found out what became of a file in them.
const FOLLOWED: usize = 20;
const UNASKED: &str = "left over, no manifest names this part";
const ATTESTED: &str = "what is attested";
/// In how many later layers it is looked for what became of a file.
const ABOVE: usize = 200;

/// What images are called, so that each can be told from the others.
pub(super) struct Labels {
    /// The names of each; none where there is only one image, or one that nothing is said of.
    by_image: Vec<Vec<String>>,
}

impl Labels {
    pub(super) fn new(images: &[Image]) -> Self {
        let own: Vec<&Image> = images.iter().filter(|image| image.attests.is_none()).collect();
        let differ = |mut of: Box<dyn Iterator<Item = String> + '_>| {
            let first = of.next();
            of.any(|other| Some(other) != first)
        };
        let names = differ(Box::new(own.iter().map(|image| format!("{:?}", image.names))));
        let platforms = differ(Box::new(own.iter().map(|image| format!("{:?}", image.platform))));
        let label = |image: &Image| -> Vec<String> {
            if own.len() < 2 {
                return Vec::new();
            }
            let platform = image.platform.as_deref().map(named);
            if !names || image.names.is_empty() {
                return vec![
                    platform.unwrap_or_else(|| format!("the image {}", named(image.config.short()))),
                ];
            }
            let platform =
                platform.filter(|_| platforms).map(|one| format!(" for {one}")).unwrap_or_default();
            image.names.iter().take(FOLLOWED).map(|name| format!("`{}`{platform}", named(name))).collect()
        };
        let by_manifest: HashMap<&str, &Image> =
            own.iter().map(|image| (image.manifest.as_str(), *image)).collect();
        let of = |image: &Image| match &image.attests {
            Some(attested) => {
                by_manifest.get(attested.as_str()).map_or_else(|| label(image), |image| label(image))
            }
            None => label(image),
        };
        Self { by_image: images.iter().map(of).collect() }
    }

    /// Which images are meant, to be written behind what they have; nothing where there is but one.
    pub(super) fn of(&self, images: impl IntoIterator<Item = usize>) -> String {
        let mut labels: Vec<&String> = Vec::new();
        let mut seen = BTreeSet::new();
        for image in images {
            labels.extend(self.by_image.get(image).into_iter().flatten().filter(|label| seen.insert(*label)));
        }
        let named = labels.iter().take(NAMED).map(|label| label.as_str()).collect::<Vec<_>>();
        match (named.split_last(), labels.len() - named.len()) {
            (None, _) => String::new(),
            (Some((last, [])), 0) => format!(" of {last}"),
            (Some((last, others)), 0) => format!(" of {} and {last}", others.join(", ")),
            (Some(_), more) => format!(" of {} and {more} more", named.join(", ")),
        }
    }
}

/// A layer of an image: which image, which of its layers, and what made it.
pub(super) struct Use<'i> {
    pub(super) image: usize,
    pub(super) number: usize,
    pub(super) layers: &'i [Option<&'i Layer>],
    pub(super) is_attested: bool,
    pub(super) instruction: Option<&'i str>,
}

impl Use<'_> {
    /// What there is to say of a file in the layer: in front of the images that have it so, and behind them.
    fn said(&self, place: &Place) -> (String, String) {
        let before = match self.is_attested {
            true => ATTESTED.to_owned(),
            false => format!("layer {} of {}", self.number + 1, self.layers.len()),
        };
        let mut behind = match place {
            Place::Field(field) if !field.is_empty() => format!(", in `{field}`"),
            Place::Field(_) | Place::File(_) => String::new(),
            Place::Said(entry) => format!(", in what it says of its entry `{entry}`"),
        };
        if let Some(instruction) = self.instruction.filter(|one| !one.is_empty()) {
            behind.push_str(&format!(", made by `{}`", shown(instruction)));
        }
        let fate = match place {
            Place::File(path) => {
                let above = self.layers.iter().skip(self.number + 1).take(ABOVE).enumerate();
                above.filter_map(|(later, layer)| Some((later, layer.as_ref()?.fate(path)?))).next()
            }
            Place::Said(_) | Place::Field(_) => None,
        };
        if let Some((later, fate)) = fate {
            let what = match fate {
                Fate::Deleted => "deleted",
                Fate::Replaced => "replaced",
            };
            behind.push_str(&format!(", {what} in layer {} and still in the image", self.number + later + 2));
        }
        (before, behind)
    }
}

/// Where something stands in a layer, which some images use.
pub(super) fn of(labels: &Labels, uses: &[Use<'_>], place: &Place) -> Arc<str> {
    if uses.is_empty() {
        return match place {
            Place::Field(field) if !field.is_empty() => format!("{UNASKED}, in `{field}`").into(),
            Place::Said(entry) => format!("{UNASKED}, in what it says of its entry `{entry}`").into(),
            Place::Field(_) | Place::File(_) => UNASKED.into(),
        };
    }
    let mut ways: Vec<((String, String), Vec<usize>)> = Vec::new();
    for one in uses.iter().take(FOLLOWED) {
        let said = one.said(place);
        match ways.iter_mut().find(|(way, _)| *way == said) {
            Some((_, images)) => images.push(one.image),
            None => ways.push((said, vec![one.image])),
        }
    }
    let told: usize = ways.iter().take(WAYS).map(|(_, images)| images.len()).sum();
    let way = |((before, behind), images): &((String, String), Vec<usize>)| {
        let of = labels.of(images.iter().copied());
        let of = if of.is_empty() && before == ATTESTED { " of it".to_owned() } else { of };
        format!("{before}{of}{behind}")
    };
    let mut site = ways.iter().take(WAYS).map(way).collect::<Vec<_>>().join("; ");
    match uses.len() - told {
        0 => {}
        1 => site.push_str("; and in one more image"),
        more => site.push_str(&format!("; and in {more} more images")),
    }
    site.into()
}
