//! Reads CloudFormation into the model of iamrail: templates in YAML and JSON.
//!
//! [`CloudFormation`] is the front end. A text becomes a tree with the place of every part, the tree a template, the
//! template a stack whose properties are evaluated on demand, and its resources become declarations of the model.

mod eval;
mod parameters;
mod recognise;
mod resources;
mod sam;
mod template;
mod tree;
mod unit;

use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, Sources};
use rayon::prelude::*;

pub use parameters::parameters;

/// The kind of the units that this front end reads.
pub const KIND: &str = "cloudformation";

/// Reads CloudFormation.
#[derive(Debug, Default)]
pub struct CloudFormation {
    options: Options,
}

/// What a caller can choose about CloudFormation.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Values of parameters by name, of pseudo parameters too (`AWS::Region`); of values with the same name the last
    /// one counts. With them conditions are decided: only what really deploys is checked.
    pub parameters: Vec<(String, String)>,
}

impl CloudFormation {
    /// A front end with these options.
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

impl FrontEnd for CloudFormation {
    fn name(&self) -> &'static str {
        "CloudFormation"
    }

    fn discover(&self, candidates: &[Candidate], sources: &Sources) -> Discovery {
        let looked_at: Vec<Option<Look>> = candidates
            .par_iter()
            .filter(|candidate| candidate.named || recognise::may_be_template(&candidate.path))
            .map(|candidate| look(candidate, sources))
            .collect();
        let mut discovery = Discovery::default();
        for (path, outcome) in looked_at.into_iter().flatten() {
            match outcome {
                Ok(()) => discovery.units.push(UnitSource::new(KIND, Arc::clone(&path))),
                Err(diagnostic) => discovery.diagnostics.push(*diagnostic),
            }
            discovery.claimed.push(path);
        }
        discovery
    }

    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit {
        unit::read(&unit.path, &self.options, sources)
    }
}

/// A candidate that is accounted for: it is a template, or something is wrong with it.
type Look = (Arc<str>, Result<(), Box<Diagnostic>>);

/// Looks at a candidate. `None` when it is no template, as far as can be told.
fn look(candidate: &Candidate, sources: &Sources) -> Option<Look> {
    let path = Arc::clone(&candidate.path);
    let unreadable = |error: FileError| {
        let message = format!("`{}` cannot be read: {error}", candidate.path);
        Box::new(Diagnostic::error("unreadable", Arc::clone(&candidate.path), message))
    };
    let bytes = match sources.files().read(&path) {
        Ok(bytes) => bytes,
        // Others say it of files that only they could have understood.
        Err(_) if !recognise::is_mostly_template(&path) => return None,
        Err(error) => return Some((path, Err(unreadable(error)))),
    };
    if !recognise::is_template(&bytes) {
        return (candidate.named && recognise::is_mostly_template(&path))
            .then(|| unit::syntax_error(&path, bytes, sources))?
            .map(|diagnostic| (path, Err(Box::new(diagnostic))));
    }
    match sources.adopt(&path, bytes) {
        Ok(_) => Some((path, Ok(()))),
        Err(error) => Some((path, Err(unreadable(error)))),
    }
}

#[cfg(test)]
mod tests;
