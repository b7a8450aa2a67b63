//! Reads a root module with all that it calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use iamrail_core::check::{Unit, UnitSource};
use iamrail_core::model::{Declarations, Declared, Exception, Model};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Sources;
use iamrail_core::value::{Reason, Unknown, Value};

use super::mentions::{Made, mentioned};
use super::{OPENTOFU, claims, unasked};
use crate::eval::{Evaluator, Frame};
use crate::module::{Entity, Library, Module, syntax_error};
use crate::resources::{GIVEN_UP, Instance, OUTPUT, is_credential, is_handed_on, is_relevant, lower, shows};
use crate::stack::with_room;
use crate::syntax::{Block, Body, Declaration};
use crate::types::equal;
use crate::{Environment, Flavor, Options, Syntax};

/// Reads the root module in a directory with what each of some environments gives. Environments that give the same as far as it
/// is asked for are not told apart. `take` gets what it comes to, and where in the list the environments are in which it does.
pub(crate) fn read_each<'e>(
    unit: &UnitSource,
    sources: &Sources,
    library: &Library,
    options: &Options,
    environments: &[Option<&'e Environment>],
    take: &mut dyn FnMut(Vec<usize>, Unit),
) {
    let flavor = if unit.kind == OPENTOFU { Flavor::OpenTofu } else { Flavor::Terraform };
    let evaluator = |environment: Option<&'e Environment>| {
        Evaluator::of(&unit.path, flavor, sources, library, options, environment)
    };
    let mut left: VecDeque<(usize, Evaluator<'_>)> =
        environments.iter().copied().map(evaluator).enumerate().collect();
    // What one environment gives may be asked for because of what another one does.
    let is_given_parts = left.iter().any(|(_, evaluator)| evaluator.is_given_parts());
    while let Some((first, evaluator)) = left.pop_front() {
        let (model, mut diagnostics, resources) =
            declared(&evaluator, sources, options.syntax, is_given_parts);
        let mut same = vec![first];
        left.retain(|(place, other)| {
            let is_same = evaluator.comes_to_the_same(other);
            same.extend(is_same.then_some(*place));
            !is_same
        });
        diagnostics.extend(evaluator.into_diagnostics());
        if left.is_empty() {
            // No other module calls a root: what was parsed of it makes room for the next.
            library.forget(&unit.path, flavor);
        }
        let model = model.with_gap(gap(&diagnostics));
        take(same, Unit::new(model, diagnostics, resources));
    }
}

/// What a root module declares, what is wrong with its blocks, and how many resources there are.
fn declared(
    evaluator: &Evaluator<'_>,
    sources: &Sources,
    syntax: Syntax,
    is_given_parts: bool,
) -> (Model, Vec<Diagnostic>, usize) {
    let mut declarations = Declarations::default();
    let mut take = |instance: Instance| lower(&instance, &mut declarations);
    let Reading { modules, resources, claims, made, .. } = Reading::of(evaluator, &mut take);
    declarations.exceptions = claims;
    let (model, given_up) = mentioned(declarations.link(), &made, evaluator);
    let given_up = given_up.and_then(|span| {
        let file = sources.file(span.file)?;
        Some(Diagnostic::error("budget-exceeded", Arc::clone(file.path()), GIVEN_UP).at(span))
    });
    let is_in_parts = is_given_parts || modules.values().any(|module| module.holds_parts());
    let (kept, unknown) = if is_in_parts { unasked::kept(evaluator) } else { Default::default() };
    let faults = modules.values().flat_map(|module| faults(module, sources, syntax));
    (model.with_kept(kept), faults.chain(given_up).chain(unknown).collect(), resources)
}

/// Why there may be more than was read: files and blocks that are no syntax, cannot be read at all, or are too many to be looked at.
fn gap(diagnostics: &[Diagnostic]) -> Option<Unknown> {
    diagnostics.iter().find_map(|one| {
        let reason = match one.code {
            "syntax" | "unreadable" => Reason::Invalid,
            "budget-exceeded" => Reason::Budget,
            _ => return None,
        };
        Some(Unknown::new(reason, Arc::clone(&one.path)))
    })
}

/// What a root module declares.
pub(crate) struct Instances {
    /// Its resources, providers and the like.
    pub(crate) instances: Vec<Instance>,
    /// The exceptions that its comments claim.
    pub(crate) claims: Vec<Exception>,
    /// Whether that is all.
    pub(crate) is_complete: bool,
}

/// What the root module in a directory declares when its variables have these values. A
/// variable that the configuration itself gives its value keeps the place of that.
pub(crate) fn instances(
    dir: &Arc<str>,
    flavor: Flavor,
    sources: &Sources,
    library: &Library,
    options: &Options,
    variables: Vec<(Arc<str>, Value)>,
) -> Instances {
    let new = || Evaluator::new(dir, flavor, sources, library, options);
    let (plain, mut given) = (new(), new());
    given.give(variables.iter().cloned());
    let others = variables.into_iter().filter(|(name, _)| {
        let values = plain.root_variable(name).zip(given.root_variable(name));
        values.is_none_or(|(own, given)| equal(&own, &given) != Some(true))
    });
    let mut evaluator = new();
    evaluator.give(others);
    let mut instances = Vec::new();
    let mut take = |instance: Instance| instances.push(instance);
    let Reading { modules, claims, .. } = Reading::of(&evaluator, &mut take);
    let has_faults = modules.values().any(|module| !faults(module, sources, options.syntax).is_empty());
    let is_complete = !has_faults && evaluator.into_diagnostics().iter().all(|one| !one.incomplete);
    Instances { instances, claims, is_complete }
}

/// The blocks of a module that are no syntax: of those that somebody may ask for by name, the evaluator knows which are
/// needed. And locals that are repeated.
fn faults(module: &Module, sources: &Sources, syntax: Syntax) -> Vec<Diagnostic> {
    let named = module.named().filter(|_| syntax == Syntax::All);
    let others = module.unused().filter(|_| syntax == Syntax::All);
    let faults = module.nameless().chain(named).chain(others).filter_map(Declaration::fault);
    let faults = faults.filter_map(|fault| Some(syntax_error(&*sources.file(fault.span.file)?, fault)));
    let repeated = module.repeated_locals().filter_map(|local| {
        let file = sources.file(local.name_span.file)?;
        let message = format!("`local.{}` is declared twice", local.name);
        let diagnostic = Diagnostic::error("duplicate-declaration", Arc::clone(file.path()), message);
        Some(diagnostic.at(local.name_span).label("this is the one that counts here"))
    });
    faults.chain(repeated).collect()
}

struct Reading<'r> {
    evaluator: &'r Evaluator<'r>,
    /// Takes every resource instance, provider and backend.
    take: &'r mut dyn FnMut(Instance),
    /// The modules that were read, by directory.
    modules: BTreeMap<Arc<str>, Arc<Module>>,
    resources: usize,
    /// The exceptions that comments claim for what is declared.
    claims: Vec<Exception>,
    /// Whether there are credentials that outputs may show.
    has_credentials: bool,
    /// What others may be handed by name.
    made: Made,
}

impl<'r> Reading<'r> {
    fn of(evaluator: &'r Evaluator<'r>, take: &'r mut dyn FnMut(Instance)) -> Self {
        let mut reading = Self {
            evaluator,
            take,
            modules: BTreeMap::new(),
            resources: 0,
            claims: Vec::new(),
            has_credentials: false,
            made: Made::default(),
        };
        if let Some(root) = evaluator.root() {
            reading.module(&root);
            reading.settings(&root);
            // What shows values is evaluated only when there is something that it may not show.
            if reading.has_credentials {
                reading.files(&root);
            }
            reading.outputs(&root);
        }
        reading
    }

    /// Everything that an instance of a module declares, then what its calls declare. Calls are nested only as deep as
    /// the evaluator allows.
    fn module(&mut self, frame: &Frame) {
        self.modules.entry(Arc::clone(&frame.module.dir)).or_insert_with(|| Arc::clone(&frame.module));
        self.claims.extend(claims::astray(frame));
        for (name, entity) in &frame.module.resources {
            if shows(entity.declaration().label(0)) {
                self.resources += 1;
                self.claim_if_made(frame, name, entity);
            } else {
                self.resource(frame, name, entity);
            }
        }
        for declaration in &frame.module.providers {
            let mut name = format!("provider.{}", declaration.name());
            let kind = name.clone();
            if let Some(alias) = declaration.body().value("alias").and_then(|alias| alias.literal()) {
                name = format!("{name}.{alias}");
            }
            self.claims.extend(claims::of_block(frame, &kind, &name, declaration));
            self.block(frame, &kind, &name, declaration, declaration.body());
        }
        for (name, call) in &frame.module.calls {
            let expansion = self.evaluator.calls(frame, name, call);
            for instance in &expansion.instances {
                if let Some(child) = self.evaluator.child(frame, name, call, instance) {
                    with_room(|| self.module(&child));
                }
            }
        }
    }

    /// The resources of a module and of its calls that show values.
    fn files(&mut self, frame: &Frame) {
        for (name, entity) in &frame.module.resources {
            if shows(entity.declaration().label(0)) {
                let counted = self.resources;
                self.instances(frame, name, entity);
                self.resources = counted;
            }
        }
        for (name, call) in &frame.module.calls {
            let expansion = self.evaluator.calls(frame, name, call);
            for instance in &expansion.instances {
                if let Some(child) = self.evaluator.child(frame, name, call, instance) {
                    with_room(|| self.files(&child));
                }
            }
        }
    }

    fn resource(&mut self, frame: &Frame, name: &Arc<str>, entity: &Entity) {
        let kind = entity.declaration().label(0);
        if !is_relevant(kind) {
            self.resources += 1;
            return self.claim(frame, kind, name, entity);
        }
        self.has_credentials |= is_credential(kind);
        self.claim_if_made(frame, name, entity);
        self.instances(frame, name, entity);
    }

    fn instances(&mut self, frame: &Frame, name: &Arc<str>, entity: &Entity) {
        let kind = entity.declaration().label(0);
        let expansion = self.evaluator.expansion(frame, name, entity);
        for instance in &expansion.instances {
            self.resources += 1;
            let Some(guard) = frame.guard.and(&instance.guard) else { continue };
            let attributes = self.evaluator.arguments(frame, name, entity, instance);
            let mut declared = Declared::new(frame.address(&instance.address(name)), kind, entity.heading());
            declared.calls = frame.calls.clone();
            declared.guard = guard;
            declared.instances = instance.instances.clone().or_else(|| frame.instances.clone());
            if is_handed_on(kind) {
                let made = (frame.id(), Arc::clone(name));
                self.made.insert(Arc::clone(&declared.subject), made);
            }
            (self.take)(Instance { declared: Arc::new(declared), attributes });
        }
    }

    /// The exceptions for a resource that has instances.
    fn claim_if_made(&mut self, frame: &Frame, name: &Arc<str>, entity: &Entity) {
        let is_made = || !self.evaluator.expansion(frame, name, entity).instances.is_empty();
        if !frame.module.claims.is_empty() && is_made() {
            self.claim(frame, entity.declaration().label(0), name, entity);
        }
    }

    /// The exceptions for a block, all of its instances included.
    fn claim(&mut self, frame: &Frame, kind: &str, name: &str, entity: &Entity) {
        if frame.module.claims.is_empty() {
            return;
        }
        for declaration in entity.declarations() {
            self.claims.extend(claims::of_block(frame, kind, name, declaration));
        }
    }

    /// The backend, which is configured in the root module only.
    fn settings(&mut self, frame: &Frame) {
        for declaration in &frame.module.settings {
            for block in declaration.body().blocks_of("backend") {
                let Block { labels, body, .. } = block;
                let Some(label) = labels.first() else { continue };
                let kind = format!("backend.{}", label.text);
                self.block(frame, &kind, &format!("terraform.{kind}"), declaration, body);
            }
        }
    }

    /// The outputs of the root module.
    fn outputs(&mut self, frame: &Frame) {
        for (name, entity) in &frame.module.outputs {
            let name = format!("{OUTPUT}.{name}");
            self.claim(frame, OUTPUT, &name, entity);
            if self.has_credentials {
                self.block(frame, OUTPUT, &name, entity.declaration(), self.evaluator.need(entity));
            }
        }
    }

    fn block(&mut self, frame: &Frame, kind: &str, name: &str, declaration: &Declaration, body: &Body) {
        if !is_relevant(kind) {
            return;
        }
        let mut declared = Declared::new(frame.address(name), kind, declaration.heading);
        declared.calls = frame.calls.clone();
        declared.guard = frame.guard.clone();
        declared.instances = frame.instances.clone();
        let attributes = self.evaluator.block(frame, body);
        (self.take)(Instance { declared: Arc::new(declared), attributes });
    }
}
