//! Reads templates, or all stacks of an assembly, into the model.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::check::{Unit, UnitSource};
use iamrail_core::collections::HashSet;
use iamrail_core::exceptions::plain;
use iamrail_core::model::{
    Conditions, Declarations, Declared, Disclosure, Exception, Membership, Model, Reference, Role,
};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, Sources, Span, file_name};
use iamrail_core::value::{Kind, Unknown, Value};

use crate::assembly::Assembly;
use crate::eval::{Exports, STACK_SET, Scope, Stack};
use crate::resources::{Instance, is_relevant, lower};
use crate::sam;
use crate::template::{Resource, Template, Values, load, load_synthesised};
use crate::tree::Tree;
use crate::unasked;
use crate::{ASSEMBLY, Argument, Parameters};

/// The name of the metadata that is meant for this tool.
const TOOL: &str = "iamrail";

/// The templates of a unit, before they are given anything.
pub(crate) struct Loaded {
    stacks: Vec<Deployed>,
    /// What is wrong with the templates as they stand.
    diagnostics: Vec<Diagnostic>,
}

/// A template that is deployed by itself.
struct Deployed {
    /// What it is called among those that are deployed together; `None` when it is alone.
    id: Option<Arc<str>>,
    template: Arc<Template>,
    /// What an assembly tells of the values that it is given.
    told: Vec<(Arc<str>, Argument)>,
}

/// What a template can ask for of what it is given.
type Asked = BTreeMap<Arc<str>, Argument>;

impl Loaded {
    /// Reads the texts of a unit: a template with those that it exchanges values with, or an assembly. What they nest may depend
    /// on any of the values that are given.
    pub(crate) fn of(unit: &UnitSource, given: &[Parameters], sources: &Sources) -> Self {
        let mut diagnostics = Vec::new();
        let stacks = match unit.kind {
            ASSEMBLY => of_assembly(&unit.path, given, sources, &mut diagnostics),
            _ => of_templates(unit, given, sources, &mut diagnostics),
        };
        Self { stacks, diagnostics }
    }

    /// What the templates come to with these values.
    pub(crate) fn read(&self, parameters: &Parameters) -> Unit {
        let mut app = App::default();
        for Deployed { id, template, told } in &self.stacks {
            let template = Arc::clone(template);
            let Some(id) = id else { return self.alone(template, parameters) };
            app.add(id, template, told.iter().cloned().chain(by_caller(id, parameters)));
        }
        app.read(self.diagnostics.clone())
    }

    fn alone(&self, template: Arc<Template>, parameters: &Parameters) -> Unit {
        let stack = Stack::new(template, given_to_all(parameters).collect());
        let mut declarations = Declarations::default();
        let resources = deploy(&stack, &mut declarations);
        disclose(&stack, &mut declarations);
        unasked::keep(&stack, false, &mut declarations);
        declarations.conditions = stack.conditions();
        let model = mentioned(declarations.link(), [&stack]);
        let mut diagnostics = self.diagnostics.clone();
        diagnostics.extend(stack.diagnostics());
        Unit::new(model, diagnostics, resources)
    }

    /// What of these values the templates can ask for: where two environments give the same of that, they come to the same.
    pub(crate) fn asks_for(&self, parameters: &Parameters) -> Vec<Asked> {
        let of = |Deployed { id, template, .. }: &Deployed| {
            let given = match id {
                Some(id) => by_caller(id, parameters).collect(),
                None => Vec::from_iter(given_to_all(parameters)),
            };
            let is_asked =
                |name: &Arc<str>| name.starts_with("AWS::") || template.parameters.contains_key(name);
            given.into_iter().filter(|(name, _)| is_asked(name)).collect()
        };
        self.stacks.iter().map(of).collect()
    }
}

fn of_templates(
    unit: &UnitSource,
    given: &[Parameters],
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Deployed> {
    let paths: Vec<&Arc<str>> = unit.files().collect();
    let is_alone = unit.beside.is_empty() && !unit.is_part;
    let mut stacks = Vec::new();
    for path in &paths {
        let is_other = |other: &&Arc<str>| stem(other) == stem(path) && other != path;
        let id = if paths.iter().any(is_other) { path.as_ref() } else { stem(path) };
        let given: Vec<Values> = given.iter().map(|parameters| by_caller(id, parameters).collect()).collect();
        let Some(template) = load(path, &given, sources, diagnostics) else { continue };
        let id = (!is_alone).then(|| Arc::from(id));
        stacks.push(Deployed { id, template, told: Vec::new() });
    }
    stacks
}

/// The name of a file without its extension.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

fn of_assembly(
    dir: &str,
    given: &[Parameters],
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Deployed> {
    let assembly = Assembly::read(dir, sources, diagnostics);
    let mut stacks = Vec::new();
    for synthesised in &assembly.stacks {
        let told = synthesised.given.iter().map(|(name, value)| (Arc::clone(name), Argument::from(&**value)));
        let told: Vec<_> = told.collect();
        let all = |parameters| told.iter().cloned().chain(by_caller(&synthesised.id, parameters)).collect();
        let given: Vec<Values> = given.iter().map(all).collect();
        let template = load_synthesised(synthesised, &assembly.assets, &given, sources, diagnostics);
        let Some(template) = template else { continue };
        let id = Some(Arc::from(&*synthesised.id));
        stacks.push(Deployed { id, template, told });
    }
    stacks
}

/// Stacks that are deployed together.
#[derive(Default)]
struct App {
    stacks: Vec<Rc<Stack>>,
    exports: Rc<Exports>,
    conditions: Rc<RefCell<Conditions>>,
}

impl App {
    fn add(&mut self, id: &str, template: Arc<Template>, given: impl Iterator<Item = (Arc<str>, Argument)>) {
        let stack = Stack::of_app(id, template, given.collect(), &self.exports, &self.conditions);
        let stack = Rc::new(stack);
        self.exports.add(&stack);
        self.stacks.push(stack);
    }

    fn read(self, mut diagnostics: Vec<Diagnostic>) -> Unit {
        let mut declarations = Declarations::default();
        let resources = self.stacks.iter().map(|stack| deploy(stack, &mut declarations)).sum();
        self.stacks.iter().for_each(|stack| disclose(stack, &mut declarations));
        // What one stack exports may be put together in another.
        let is_given_parts = self.stacks.iter().any(|stack| stack.holds_parts());
        self.stacks.iter().for_each(|stack| unasked::keep(stack, is_given_parts, &mut declarations));
        declarations.conditions = self.conditions.borrow().clone();
        let model = mentioned(declarations.link(), self.stacks.iter().map(AsRef::as_ref));
        diagnostics.extend(self.stacks.iter().flat_map(|stack| stack.diagnostics()));
        Unit::new(model, diagnostics, resources)
    }
}

/// What the caller gives to a stack that is alone.
fn given_to_all(parameters: &Parameters) -> impl Iterator<Item = (Arc<str>, Argument)> {
    parameters.iter().map(|(name, value)| (Arc::from(name.as_str()), value.clone()))
}

/// What the caller gives to all stacks or, as `Stack:Parameter`, to this one.
fn by_caller<'s>(id: &'s str, parameters: &'s Parameters) -> impl Iterator<Item = (Arc<str>, Argument)> + 's {
    parameters.iter().filter_map(move |(name, value)| {
        let name = match name.split_once(':') {
            Some((stack, name)) if !name.starts_with(':') => Some(name).filter(|_| *stack == *id),
            _ => Some(name.as_str()),
        };
        Some((Arc::from(name?), value.clone()))
    })
}

/// The same of a template alone, for each of several callers.
pub(crate) fn by_each_caller(path: &str, given: &[Parameters]) -> Vec<Values> {
    given.iter().map(|parameters| by_caller(stem(path), parameters).collect()).collect()
}

/// Adds what a stack declares, nested stacks included. Answers how many resources there are.
fn deploy(stack: &Stack, declarations: &mut Declarations) -> usize {
    let mut count = 0;
    // Most of what means something to IAM makes a grant, and is referred to by itself.
    let expected = stack.resources().values().filter(|resource| is_relevant(&resource.kind)).count();
    declarations.grants.reserve(expected);
    stack.expect(expected);
    for (id, resource) in stack.resources() {
        count += 1;
        let children = stack.children(id);
        for child in children.iter() {
            count += deploy(&child.stack, declarations);
        }
        // A stack set has a role of its own beside what its stacks make.
        let is_taken_in = (children.is_empty() || &*resource.kind == STACK_SET)
            && (is_relevant(&resource.kind)
                || sam::is_serverless(&resource.kind)
                || resource.connectors.is_some());
        let made = if is_taken_in { declare(stack, id, resource, declarations) } else { Vec::new() };
        if stack.has_metadata(resource, TOOL) {
            claim(stack, id, resource, &made, declarations);
        }
    }
    stack.check_names();
    if let Some((span, unknown)) = stack.gap() {
        suppose_members(stack, span, unknown, declarations);
    }
    count
}

/// Says of a template of which not all is seen that what is hidden may put anyone in any group: then nobody is said to be
/// without one, nor without what the policies of a group demand.
fn suppose_members(stack: &Stack, span: Span, unknown: Unknown, declarations: &mut Declarations) {
    let declared = Arc::new(Declared::new(stack.id("Resources"), "template", span));
    let unknown = Arc::new(unknown);
    let (user, group) = (Value::unknown(Arc::clone(&unknown)), Value::unknown(Arc::clone(&unknown)));
    let membership = Membership::new(declared, span, Reference::new(user), Reference::new(group));
    declarations.memberships.push(membership);
    declarations.gap = Some(unknown);
}

/// The model with the places that mention what is idle in it.
fn mentioned<'s>(model: Model, stacks: impl IntoIterator<Item = &'s Stack>) -> Model {
    let idle = model.idle();
    let idle: HashSet<&str> = idle.iter().map(|declared| &*declared.subject).collect();
    if idle.is_empty() {
        return model;
    }
    let mentions = stacks.into_iter().flat_map(|stack| stack.mentions(&idle)).collect();
    model.with_mentions(mentions)
}

/// Adds the outputs of a stack and of those nested in it, when there are credentials that they may show.
fn disclose(stack: &Stack, declarations: &mut Declarations) {
    if declarations.access_keys.is_empty() {
        return;
    }
    for output in stack.outputs() {
        let mut declared = Declared::new(stack.id(&output.name), "output", output.span);
        declared.calls = stack.calls().to_vec();
        declared.guard = output.guard;
        declared.construct = stack.construct(&output.name);
        declarations.disclosures.push(Disclosure::new(Arc::new(declared), "output", output.value));
    }
    for (id, _) in stack.resources() {
        stack.children(id).iter().for_each(|child| disclose(&child.stack, declarations));
    }
}

/// Adds what a resource declares, if it is ever deployed. Answers what a transform makes for it, which stands nowhere itself.
fn declare(
    stack: &Stack,
    id: &Arc<str>,
    resource: &Resource,
    declarations: &mut Declarations,
) -> Vec<Arc<Declared>> {
    let Some(scope) = stack.scope(resource) else { return Vec::new() };
    let metadata = stack.metadata(resource, &scope);
    let instance = Instance {
        declared: declaration(stack, id, resource, &scope, &metadata),
        properties: stack.properties(resource, &scope),
        metadata,
        itself: stack.itself(id, resource),
        is_implicit: false,
    };
    let connectors = stack.connectors(resource, &scope);
    let connectors = sam::embedded(stack, &instance, id, &connectors);
    let mut made = Vec::new();
    for instance in sam::expand(stack, resource, instance, &scope).into_iter().chain(connectors) {
        // Several resources may share what a transform makes for them.
        let same = |role: &Role| role.declared.subject == instance.declared.subject;
        if !instance.is_implicit || !declarations.roles.iter().any(|(_, role)| same(role)) {
            lower(&instance, declarations);
        }
        made.extend(instance.is_implicit.then_some(instance.declared));
    }
    made
}

fn declaration(
    stack: &Stack,
    id: &Arc<str>,
    resource: &Resource,
    scope: &Scope,
    metadata: &Value,
) -> Arc<Declared> {
    let mut declared = Declared::new(stack.id(id), Arc::clone(&resource.kind), resource.span);
    declared.calls = stack.calls().to_vec();
    declared.guard = scope.guard.clone();
    let construct = metadata.get("aws:cdk:path").and_then(Value::as_str);
    let construct = construct.map(|path| Arc::from(path.as_ref()));
    declared.construct = construct.or_else(|| stack.construct(id));
    declared.account = stack.account(resource.span);
    Arc::new(declared)
}

/// Adds the exceptions that a resource claims in its metadata. What is not written as it should be is one as well, so
/// that it is refused rather than overlooked. What a transform made for the resource has no metadata of its own, and claims them
/// too.
fn claim(
    stack: &Stack,
    id: &Arc<str>,
    resource: &Resource,
    made: &[Arc<Declared>],
    declarations: &mut Declarations,
) {
    let Some(scope) = stack.scope(resource) else { return };
    let metadata = stack.metadata(resource, &scope);
    let Some(own) = metadata.get(TOOL) else { return };
    let declared = declaration(stack, id, resource, &scope, &metadata);
    let is_list = |key: &str| matches!(plain(key).as_str(), "exception" | "exceptions");
    let listed = own.as_map().and_then(|map| map.iter().find(|(key, _)| is_list(key)));
    let claims = listed.map_or(own, |(_, claims)| claims);
    let each: Vec<&Value> = match &claims.kind {
        Kind::List(list) => list.items.iter().collect(),
        _ => vec![claims],
    };
    for claimant in std::iter::once(&declared).chain(made) {
        declarations.exceptions.extend(each.iter().map(|&written| {
            let span = written.span.or(claims.span).unwrap_or(declared.span);
            Exception::new(Arc::clone(claimant), span, written.clone()).within(Some(resource.whole))
        }));
    }
}

/// What is wrong with the syntax of a text that is no template as it stands; `None` when nothing is.
pub(crate) fn syntax_error(path: &str, bytes: Vec<u8>, sources: &Sources) -> Option<Diagnostic> {
    // A text that turns out to be no template is kept apart from those of the run.
    let apart = Sources::new(MemoryFiles::default());
    let first = |sources: &Sources, bytes| match sources.adopt(path, bytes) {
        Ok(file) => Tree::parse(&file).1.into_iter().find(|one| one.incomplete),
        Err(error) => Some(Diagnostic::unreadable(path, &error)),
    };
    first(&apart, bytes.clone())?;
    first(sources, bytes)
}
