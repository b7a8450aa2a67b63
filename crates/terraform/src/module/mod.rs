//! Modules: what the files of a directory declare together.

mod directory;
mod entity;
mod installed;
mod library;

use std::sync::{Arc, OnceLock};

use iamrail_core::collections::{HashMap, IndexMap};
use iamrail_core::credentials::holds_parts;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Sources, Span, file_name};
use indexmap::map::Entry;

pub(crate) use directory::configuration_file;
pub(crate) use entity::Entity;
pub(crate) use installed::Installed;
pub(crate) use library::Library;

use crate::Flavor;
pub(crate) use crate::syntax::Claim;
use crate::syntax::{Attribute, Declaration, Fault, claims, read_file};

/// The declarations of one kind by name, in the order of the files.
pub(crate) type Entities = IndexMap<Arc<str>, Entity>;

/// Where a local value is: its block, and its place in that.
type LocalPlace = (usize, usize);

/// Where the local values are, the last of a name, and those that another of the name stands before.
#[derive(Debug, Default)]
struct Locals {
    by_name: HashMap<Arc<str>, LocalPlace>,
    repeated: Vec<LocalPlace>,
}

/// What a directory declares.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The directory, relative to the root of the run.
    pub(crate) dir: Arc<str>,
    /// Whether it has files that only OpenTofu reads.
    pub(crate) has_opentofu_files: bool,
    /// Whether OpenTofu and Terraform read different files, each of the same name.
    pub(crate) has_shadowed_files: bool,
    /// Its files.
    pub(crate) files: Vec<Arc<SourceFile>>,
    /// Variables by name.
    pub(crate) variables: Entities,
    /// Outputs by name.
    pub(crate) outputs: Entities,
    /// Module calls by name.
    pub(crate) calls: Entities,
    /// Managed resources by `type.name`.
    pub(crate) resources: Entities,
    /// Data sources by `data.type.name`, ephemeral resources by `ephemeral.type.name`.
    pub(crate) data: Entities,
    /// Providers by `provider.name` or `provider.name.alias`.
    pub(crate) providers: Vec<Arc<Declaration>>,
    /// Settings of Terraform itself.
    pub(crate) settings: Vec<Arc<Declaration>>,
    /// The names of the files with values of variables that Terraform reads without being told where it is the root, in the order
    /// in which it does.
    pub(crate) value_files: Vec<String>,
    /// Exceptions that its comments claim.
    pub(crate) claims: Vec<Claim>,
    /// What kinds of blocks these belong to, by the places of the headings.
    claiming: Vec<(Span, Arc<str>)>,
    local_blocks: Vec<Arc<Declaration>>,
    unused: Vec<Arc<Declaration>>,
    locals: OnceLock<Locals>,
    holds_parts: OnceLock<bool>,
    /// What could not be read, is no syntax, or is declared twice.
    pub(crate) problems: Vec<Diagnostic>,
}

impl Module {
    /// The module in a directory.
    fn read(dir: &Arc<str>, flavor: Flavor, sources: &Sources) -> Self {
        let mut module = Self { dir: Arc::clone(dir), ..Self::default() };
        let entries = match sources.files().list(dir) {
            Ok(entries) => entries,
            Err(error) => {
                let path = if dir.is_empty() { Arc::from(".") } else { Arc::clone(dir) };
                let message = format!("the directory `{path}` cannot be listed: {error}");
                module.problems.push(Diagnostic::error("unreadable", path, message));
                return module;
            }
        };
        module.has_opentofu_files = directory::has_opentofu_files(&entries);
        module.has_shadowed_files = directory::has_shadowed_files(&entries);
        module.value_files = directory::value_files(&entries);
        for name in directory::module_files(&entries, flavor) {
            let path = if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") };
            match sources.load(&path) {
                Ok(file) => module.add_file(&file),
                Err(error) => {
                    module.problems.push(Diagnostic::unreadable(path, &error));
                }
            }
        }
        module
    }

    fn add_file(&mut self, file: &Arc<SourceFile>) {
        let index = read_file(file);
        for fault in &index.faults {
            self.problems.push(syntax_error(file, fault));
        }
        let claims = if file.path().ends_with(".json") { Vec::new() } else { claims(file, &index) };
        for heading in claims.iter().filter_map(|claim| claim.heading) {
            let block = index.declarations.iter().find(|block| block.heading == heading);
            self.claiming.extend(block.map(|block| (heading, Arc::clone(&block.kind))));
        }
        self.claims.extend(claims);
        let overrides = directory::overrides(file_name(file.path()));
        for declaration in index.declarations {
            self.add(Arc::new(declaration), overrides, file);
        }
        self.files.push(Arc::clone(file));
    }

    fn add(&mut self, declaration: Arc<Declaration>, overrides: bool, file: &Arc<SourceFile>) {
        if let Some(message) = wrong_labels(&declaration) {
            let diagnostic = Diagnostic::error("invalid-block", Arc::clone(file.path()), message)
                .at(declaration.heading)
                .label("this one is left out");
            return self.problems.push(diagnostic);
        }
        let (entities, name): (&mut Entities, Arc<str>) = match &*declaration.kind {
            "variable" => (&mut self.variables, Arc::clone(declaration.name())),
            "output" => (&mut self.outputs, Arc::clone(declaration.name())),
            "module" => (&mut self.calls, Arc::clone(declaration.name())),
            "resource" => {
                (&mut self.resources, format!("{}.{}", declaration.label(0), declaration.label(1)).into())
            }
            kind @ ("data" | "ephemeral") => {
                (&mut self.data, format!("{kind}.{}.{}", declaration.label(0), declaration.label(1)).into())
            }
            "locals" => return self.local_blocks.push(declaration),
            "provider" => return self.providers.push(declaration),
            "terraform" => return self.settings.push(declaration),
            // Moved, imported and removed objects, checks and tests say nothing about what exists afterwards.
            _ => return self.unused.push(declaration),
        };
        match entities.entry(name) {
            Entry::Occupied(mut entry) if overrides => entry.get_mut().add_override(declaration),
            Entry::Occupied(entry) => {
                let message = format!("`{}` is declared twice", entry.key());
                let diagnostic = Diagnostic::error("duplicate-declaration", Arc::clone(file.path()), message)
                    .at(declaration.heading)
                    .label("this one is left out");
                self.problems.push(diagnostic);
            }
            Entry::Vacant(entry) => {
                entry.insert(Entity::new(declaration));
            }
        }
    }

    /// The kind of the block with this heading, if a comment claims an exception for it.
    pub(crate) fn heading_kind(&self, heading: Span) -> Option<&str> {
        self.claiming.iter().find(|(known, _)| *known == heading).map(|(_, kind)| &**kind)
    }

    /// A local value by name.
    pub(crate) fn local(&self, name: &str) -> Option<&Attribute> {
        self.local_at(*self.locals().by_name.get(name)?)
    }

    /// The blocks of local values.
    pub(crate) fn local_blocks(&self) -> impl Iterator<Item = &Declaration> {
        self.local_blocks.iter().map(AsRef::as_ref)
    }

    /// The local values that are declared before.
    pub(crate) fn repeated_locals(&self) -> impl Iterator<Item = &Attribute> {
        self.locals().repeated.iter().filter_map(|place| self.local_at(*place))
    }

    /// The places of all local values. The first call parses all blocks of locals.
    fn locals(&self) -> &Locals {
        self.locals.get_or_init(|| {
            let mut locals = Locals::default();
            for (block, declaration) in self.local_blocks.iter().enumerate() {
                let file = self.files.iter().find(|file| file.id() == declaration.heading.file);
                let overrides = file.is_some_and(|file| directory::overrides(file_name(file.path())));
                for (place, attribute) in declaration.body().attributes.iter().enumerate() {
                    let before = locals.by_name.insert(Arc::clone(&attribute.name), (block, place));
                    if before.is_some() && !overrides {
                        locals.repeated.push((block, place));
                    }
                }
            }
            locals
        })
    }

    fn local_at(&self, (block, place): LocalPlace) -> Option<&Attribute> {
        self.local_blocks.get(block)?.body().attributes.get(place)
    }

    /// Whether its files may hold a credential in part.
    pub(crate) fn holds_parts(&self) -> bool {
        *self.holds_parts.get_or_init(|| self.files.iter().any(|file| holds_parts(file.text())))
    }

    /// The blocks that go by a name.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Declaration> {
        let entities = [&self.variables, &self.outputs, &self.calls, &self.resources, &self.data];
        entities.into_iter().flat_map(|entities| entities.values()).flat_map(Entity::declarations)
    }

    /// The blocks that are read as a whole: locals, providers, settings.
    pub(crate) fn nameless(&self) -> impl Iterator<Item = &Declaration> {
        self.local_blocks.iter().chain(&self.providers).chain(&self.settings).map(AsRef::as_ref)
    }

    /// The blocks that say nothing about what exists after a deployment.
    pub(crate) fn unused(&self) -> impl Iterator<Item = &Declaration> {
        self.unused.iter().map(AsRef::as_ref)
    }

    /// Whether a name that is not declared may be declared in what could not be read.
    pub(crate) fn has_gaps(&self) -> bool {
        let unread = self.problems.iter().any(|problem| problem.code == "unreadable");
        unread || self.local_blocks.iter().any(|block| block.fault().is_some())
    }

    /// Whether it makes a deployment of its own: it has resources, calls modules, or gives a provider a key.
    pub(crate) fn deploys(&self) -> bool {
        let is_key = |argument: &Attribute| matches!(&*argument.name, "access_key" | "secret_key");
        let has_key = |provider: &Arc<Declaration>| provider.body().attributes.iter().any(is_key);
        !self.resources.is_empty() || !self.calls.is_empty() || self.providers.iter().any(has_key)
    }
}

/// Why the labels of a block are not those of its kind.
fn wrong_labels(declaration: &Declaration) -> Option<String> {
    let (count, what) = match &*declaration.kind {
        "resource" | "data" | "ephemeral" => (2, "two labels, its type and its name"),
        "variable" | "output" | "module" | "provider" => (1, "one label, its name"),
        "locals" | "terraform" => (0, "no label"),
        _ => return None,
    };
    let is_wrong = declaration.labels.len() != count;
    is_wrong.then(|| format!("a block of `{}` has {what}", declaration.kind))
}

/// A place that is no syntax, as a diagnostic.
pub(crate) fn syntax_error(file: &SourceFile, fault: &Fault) -> Diagnostic {
    let message = format!("invalid syntax: {}", fault.message);
    Diagnostic::error("syntax", Arc::clone(file.path()), message).at(fault.span)
}
