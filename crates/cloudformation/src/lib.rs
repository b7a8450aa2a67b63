//! Reads CloudFormation into the model of iamrail: templates in YAML and JSON, and assemblies of the AWS CDK.
//!
//! [`CloudFormation`] is the front end. A text becomes a tree with the place of every part, the tree a template, the
//! template a stack whose properties are evaluated on demand, and its resources become declarations of the model.

mod advice;
mod assembly;
mod decode;
mod eval;
mod parameters;
mod recognise;
mod resources;
mod sam;
mod structure;
mod template;
mod together;
mod tree;
mod unasked;
mod unit;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, Environments, FrontEnd, Unit, UnitSource};
use iamrail_core::collections::IndexMap;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, Sources};
use iamrail_core::value::Unknown;
use rayon::prelude::*;

use assembly::Assembly;
use unit::Loaded;

pub use parameters::parameters;
pub use yaml::{Metadata, metadata, yaml};

/// How many bytes of a file that is too large tell whether it is a template.
const MOST_BEGINNING: u64 = 1 << 16;

/// The kind of the units that are templates.
pub const KIND: &str = "cloudformation";

/// The kind of the units that are assemblies of the AWS CDK.
pub const ASSEMBLY: &str = "cdk-assembly";

/// Reads CloudFormation.
#[derive(Debug, Default)]
pub struct CloudFormation {
    options: Options,
    /// What environments give.
    environments: BTreeMap<Arc<str>, Parameters>,
}

/// Values of parameters by name, of pseudo parameters too (`AWS::Region`); of values with the same name the last one counts.
pub type Parameters = Vec<(String, Argument)>;

/// What a parameter is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Argument {
    /// A text; lists are one with commas.
    Text(String),
    /// `UsePreviousValue`: what the deployed stack has, which is not known here.
    Previous,
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What a caller can choose about CloudFormation.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Values of parameters. With them conditions are decided: only what really deploys is checked.
    pub parameters: Parameters,
}

impl CloudFormation {
    /// A front end with these options.
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// The same with what an environment gives. What [`Options`] give comes on top of that.
    #[must_use]
    pub fn with_environment(mut self, name: impl Into<Arc<str>>, parameters: Parameters) -> Self {
        self.environments.insert(name.into(), parameters);
        self
    }

    /// All that is given in an environment.
    fn parameters(&self, environment: &str) -> Parameters {
        let own = self.environments.get(environment).into_iter().flatten();
        own.chain(&self.options.parameters).cloned().collect()
    }

    /// All that templates may be given: in each environment, and outside of them.
    fn all_parameters(&self) -> Vec<Parameters> {
        let each = self.environments.keys().map(|name| self.parameters(name));
        each.chain([self.options.parameters.clone()]).collect()
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

    fn discover(
        &self,
        candidates: &[Candidate],
        environments: &Environments,
        sources: &Sources,
    ) -> Discovery {
        let given = self.all_parameters();
        let looked_at: Vec<Option<Look>> = candidates
            .par_iter()
            .filter(|candidate| candidate.named || recognise::may_be_template(&candidate.path))
            .map(|candidate| look(candidate, &given, sources))
            .collect();
        let mut discovery = Discovery::default();
        let mut templates = BTreeMap::new();
        let mut assemblies = Vec::new();
        for (path, outcome) in looked_at.into_iter().flatten() {
            match outcome {
                Ok(Recognised::Template { nested, said }) => {
                    templates.insert(Arc::clone(&path), nested);
                    discovery.diagnostics.extend(said.map(|said| *said));
                }
                Ok(Recognised::Assembly) => assemblies.push(Arc::from(assembly::directory(&path))),
                Ok(Recognised::Nothing(why)) => {
                    if recognise::is_called_like_template(&path) {
                        discovery.refused.push((path, format!("as a template, it {why}")));
                    }
                    continue;
                }
                Err(diagnostic) => discovery.diagnostics.push(*diagnostic),
            }
            discovery.claimed.push(path);
        }
        for dir in &assemblies {
            // What is wrong with it is said when it is read.
            let assembly = Assembly::read(dir, sources, &mut Vec::new());
            let mut its_own = BTreeSet::new();
            assembly.templates().for_each(|template| reach(template, &templates, &mut its_own));
            templates.retain(|path, _| !its_own.contains(path));
        }
        let assemblies = assemblies.into_iter().map(|dir| UnitSource::new(ASSEMBLY, dir));
        let templates =
            together::units(roots(&templates), &given, environments, sources, &mut discovery.diagnostics);
        discovery.units = assemblies.chain(templates).collect();
        let units: Vec<&UnitSource> = discovery.units.iter().collect();
        let undeclared = parameters::undeclared(&self.options.parameters, &units, sources);
        discovery.diagnostics.extend(undeclared);
        discovery
    }

    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit {
        let given = std::slice::from_ref(&self.options.parameters);
        Loaded::of(unit, given, sources).read(&self.options.parameters)
    }

    fn read_in(
        &self,
        unit: &UnitSource,
        environments: &[Arc<str>],
        sources: &Sources,
        take: &mut dyn FnMut(Vec<Arc<str>>, Unit),
    ) {
        let given: Vec<Parameters> = environments.iter().map(|name| self.parameters(name)).collect();
        let loaded = Loaded::of(unit, &given, sources);
        let mut alike: IndexMap<_, (Parameters, Vec<Arc<str>>)> = IndexMap::default();
        for (name, parameters) in environments.iter().zip(given) {
            let asked = loaded.asks_for(&parameters);
            alike.entry(asked).or_insert_with(|| (parameters, Vec::new())).1.push(Arc::clone(name));
        }
        alike.into_values().for_each(|(parameters, names)| take(names, loaded.read(&parameters)));
    }

    fn unused(&self, environment: &str, units: &[&UnitSource], sources: &Sources) -> Vec<Diagnostic> {
        match self.environments.get(environment) {
            Some(parameters) => parameters::undeclared(parameters, units, sources),
            None => Vec::new(),
        }
    }

    fn settle(&self, _unit: &UnitSource, unknown: &Unknown) -> String {
        advice::settle(unknown)
    }
}

/// A candidate that is accounted for: it is something to be read, or something is wrong with it.
type Look = (Arc<str>, Result<Recognised, Box<Diagnostic>>);

/// What a candidate is.
enum Recognised {
    /// A template.
    Template {
        /// The paths of those that it nests.
        nested: Vec<String>,
        /// What is wrong with its bytes.
        said: Option<Box<Diagnostic>>,
    },
    /// The manifest of an assembly.
    Assembly,
    /// Neither, although the caller named it, and why not.
    Nothing(String),
}

/// Looks at a candidate. `None` when it is no template, as far as can be told.
fn look(candidate: &Candidate, given: &[Parameters], sources: &Sources) -> Option<Look> {
    let path = Arc::clone(&candidate.path);
    let unreadable = |error: FileError| Box::new(Diagnostic::unreadable(Arc::clone(&candidate.path), &error));
    let read = if recognise::is_told_by_name(&path) {
        sources.look_at(&path)
    } else {
        match sources.look_at_start(&path) {
            Ok((start, false)) if !recognise::may_begin_template(&start) => return None,
            Ok((_, false)) => sources.look_at(&path),
            start => start.map(|(whole, _)| whole),
        }
    };
    let bytes = match read {
        Ok(bytes) => bytes,
        // Others say it of files that only they could have understood.
        Err(error) if !is_meant(candidate, &error, sources) => return None,
        Err(error) => return Some((path, Err(unreadable(error)))),
    };
    if assembly::is_manifest(&path, &bytes) {
        return Some((path, Ok(Recognised::Assembly)));
    }
    if !recognise::is_template(&bytes) {
        if !candidate.named && !recognise::may_hide_template(&bytes) {
            sources.give_back(&path, bytes);
            return None;
        }
        if let Err(why) = structure::is_template(&path, &bytes) {
            if !candidate.named {
                sources.give_back(&path, bytes);
                return None;
            }
            let is_meant = recognise::is_mostly_template(&path);
            let wrong = is_meant.then(|| unit::syntax_error(&path, bytes, sources)).flatten();
            let found = wrong.map_or(Ok(Recognised::Nothing(why)), |wrong| Err(Box::new(wrong)));
            return Some((path, found));
        }
    }
    let nests = recognise::may_nest(&bytes);
    let decoded = || decode::adopt(&path, sources).and_then(|said| Ok((sources.load(&path)?, Some(said))));
    let adopted = match decode::wide(&bytes).is_none().then(|| sources.adopt(&path, bytes)) {
        None | Some(Err(FileError::NotText { .. })) => decoded(),
        Some(adopted) => adopted.map(|file| (file, None)),
    };
    let found = adopted.map_err(unreadable).map(|(file, said)| {
        let nested =
            if nests { template::nested_in(&file, &unit::by_each_caller(&path, given)) } else { Vec::new() };
        Recognised::Template { nested, said }
    });
    Some((path, found))
}

/// Whether a file that cannot be read is worth a word: by its name, or because what is too large begins like a template.
fn is_meant(candidate: &Candidate, error: &FileError, sources: &Sources) -> bool {
    let path = &candidate.path;
    let begins_like_one = || {
        let file = sources.files().open(path).ok()?;
        let mut start = Vec::new();
        file.take(MOST_BEGINNING).read_to_end(&mut start).ok()?;
        Some(recognise::is_template(&start))
    };
    recognise::is_mostly_template(path)
        || candidate.named && recognise::is_called_like_template(path)
        || matches!(error, FileError::TooLarge { .. }) && begins_like_one() == Some(true)
}

/// The templates that are deployed on their own: those that no other nests. Templates that nest each other in a circle
/// are reached from the first of them.
fn roots(templates: &BTreeMap<Arc<str>, Vec<String>>) -> Vec<Arc<str>> {
    let nested: BTreeSet<&str> = templates
        .iter()
        .flat_map(|(path, nested)| nested.iter().map(|one| one.as_str()).filter(|one| *one != &**path))
        .collect();
    let (inner, mut roots): (Vec<_>, Vec<_>) =
        templates.keys().cloned().partition(|path| nested.contains(&**path));
    let mut reached = BTreeSet::new();
    roots.iter().for_each(|root| reach(root, templates, &mut reached));
    for path in inner {
        if !reached.contains(&path) {
            reach(&path, templates, &mut reached);
            roots.push(path);
        }
    }
    roots
}

/// Adds all templates that lead from one, itself included.
fn reach(from: &str, templates: &BTreeMap<Arc<str>, Vec<String>>, reached: &mut BTreeSet<Arc<str>>) {
    let mut next = vec![from];
    while let Some(path) = next.pop() {
        if let Some((path, nested)) = templates.get_key_value(path)
            && reached.insert(Arc::clone(path))
        {
            next.extend(nested.iter().map(String::as_str));
        }
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
