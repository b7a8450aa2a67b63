//! Evaluates templates: what every property will be, as far as that is known before the deployment.

mod assertion;
mod blank;
mod branches;
mod budget;
mod call;
mod cidr;
mod composed;
mod condition;
mod distribute;
mod dynamic;
mod equality;
mod export;
mod given;
mod identity;
mod list;
mod literal;
mod lookup;
mod looped;
mod mentions;
mod names;
mod nested;
mod parameter;
mod partition;
mod reference;
mod rest;
mod scope;
mod sections;
mod substitution;
mod text;
mod variable;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet, IndexMap};
use iamrail_core::credentials::holds_parts;
use iamrail_core::model::{Call, Conditions, Formula, Guard, Term};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Reason, Unknown, Value};

pub(crate) use export::Exports;
pub(crate) use literal::as_text;
pub(crate) use nested::{BODY, STACK_SET, location_of};
pub(crate) use reference::computed;
pub(crate) use scope::Scope;

use crate::template::{Resource, Template, Values};
use crate::tree::{Node, Resolved};
use branches::spread;
use budget::Budget;
use call::Function;
use given::Arguments;
use nested::{Child, Given, Place};
use sections::Sections;
use text::length;

/// A template on its way to deployment.
#[derive(Debug)]
pub(crate) struct Stack {
    template: Arc<Template>,
    place: Place,
    /// Values of parameters and pseudo parameters that the caller gives.
    given: IndexMap<Arc<str>, Given>,
    sections: Sections,
    children: RefCell<BTreeMap<Arc<str>, Rc<[Child]>>>,
    budget: Rc<Budget>,
    /// What the stacks of the same app export.
    exports: Rc<Exports>,
    /// What the conditions mean of all stacks that are deployed together.
    conditions: Rc<RefCell<Conditions>>,
    memo: RefCell<Memo>,
    /// The conditions that are being read, each for the sake of the one before, with the depth at which it stands.
    reading: RefCell<Vec<(Arc<str>, usize)>>,
    /// The conditions that are known to depend on themselves.
    cyclic: RefCell<HashSet<Arc<str>>>,
    /// Whether parameters that are given no value have their defaults: the caller says how the stack is deployed.
    defaults_count: bool,
    /// The parameters that keep the values which they have in the deployed stack.
    kept: HashSet<Arc<str>>,
    diagnostics: RefCell<Diagnostics>,
}

/// What is wrong, said once: a node is evaluated once for every assumption.
#[derive(Debug, Default)]
struct Diagnostics {
    found: Vec<Diagnostic>,
    said: HashSet<(Span, Arc<str>)>,
}

/// What is said of a template whose evaluation is given up.
const TOO_LARGE: &str = "too-large";

/// What was evaluated already. `None` marks what is being evaluated: meeting it again is a cycle.
#[derive(Debug, Default)]
struct Memo {
    attributes: HashMap<(Arc<str>, Arc<str>), Option<Value>>,
    formulas: HashMap<Arc<str>, Option<Formula>>,
    decisions: BTreeMap<(Vec<Term>, Arc<str>), Option<bool>>,
}

impl Stack {
    /// A template with the values of some of its parameters.
    pub(crate) fn new(template: Arc<Template>, given: Values) -> Self {
        let arguments = Arguments::new(&template, given);
        Self::at(Place::default(), template, arguments, Rc::default(), Rc::default(), Rc::default())
    }

    /// A stack of an app, whose resources are told from those of other stacks by its identifier.
    pub(crate) fn of_app(
        id: &str,
        template: Arc<Template>,
        given: Values,
        exports: &Rc<Exports>,
        conditions: &Rc<RefCell<Conditions>>,
    ) -> Self {
        let place = Place { prefix: format!("{id}.").into(), ..Place::default() };
        let arguments = Arguments::new(&template, given);
        let budget = Rc::new(exports.budget());
        Self::at(place, template, arguments, budget, Rc::clone(exports), Rc::clone(conditions))
    }

    fn at(
        place: Place,
        template: Arc<Template>,
        Arguments { given, kept }: Arguments,
        budget: Rc<Budget>,
        exports: Rc<Exports>,
        conditions: Rc<RefCell<Conditions>>,
    ) -> Self {
        let is_given = given.keys().any(|name| template.parameters.contains_key(name));
        // Nobody but the stack around it gives parameters to a nested one.
        let defaults_count = is_given || !place.calls.is_empty();
        let mut stack = Self {
            template,
            place,
            given,
            sections: Sections::default(),
            children: RefCell::default(),
            budget,
            exports,
            conditions,
            memo: RefCell::default(),
            reading: RefCell::default(),
            cyclic: RefCell::default(),
            defaults_count,
            kept,
            diagnostics: RefCell::default(),
        };
        stack.limit_parameters();
        stack.suppose_partitions();
        stack.check_given();
        stack.keep_assertions();
        stack.sections = stack.read_sections();
        stack
    }

    /// Makes room for what so many resources are referred to by.
    pub(crate) fn expect(&self, resources: usize) {
        self.memo.borrow_mut().attributes.reserve(resources);
    }

    /// The resources by logical id.
    pub(crate) fn resources(&self) -> &IndexMap<Arc<str>, Resource> {
        &self.sections.resources
    }

    /// The template, when it may have resources that are not seen: not all of them could be read, or a macro makes more.
    pub(crate) fn gap(&self) -> Option<(Span, Unknown)> {
        let by_macro = || {
            let (span, name) = self.template.unknown_macro()?;
            Some((span, Unknown::new(Reason::Missing, name)))
        };
        self.sections.unread.map(|span| (span, self.unread())).or_else(by_macro)
    }

    /// What the conditions mean that were asked for.
    pub(crate) fn conditions(&self) -> Conditions {
        self.conditions.borrow().clone()
    }

    /// What is wrong with what was evaluated.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.borrow().found.clone();
        let children = self.children.borrow();
        let children = children.values().flat_map(|children| children.iter());
        diagnostics.extend(children.flat_map(|child| child.stack.diagnostics()));
        diagnostics
    }

    /// Whether its texts, or what the caller gives to it, may hold a credential in part.
    pub(crate) fn holds_parts(&self) -> bool {
        let mut given = self.given.values().filter_map(|given| given.value.as_str());
        self.template.tree.files().any(|file| holds_parts(file.text()))
            || given.any(|text| holds_parts(&text))
    }

    /// Computes what no rule asks for. What is wrong with it is said to nobody, unless it takes too much.
    pub(crate) fn unheard(&self, compute: impl FnOnce()) {
        let said = self.diagnostics.borrow().found.len();
        compute();
        let mut diagnostics = self.diagnostics.borrow_mut();
        let heard = diagnostics.found.split_off(said);
        diagnostics.found.extend(heard.into_iter().filter(|one| one.code == TOO_LARGE));
    }

    /// The module calls or nested stacks that lead here.
    pub(crate) fn calls(&self) -> &[Call] {
        &self.place.calls
    }

    /// The scope of a resource; `None` when it never exists.
    pub(crate) fn scope(&self, resource: &Resource) -> Option<Scope> {
        Some(Scope::under(self.guard(resource)?).within(&resource.bindings))
    }

    /// The conditions under which a resource exists.
    fn guard(&self, resource: &Resource) -> Option<Guard> {
        let own = &self.place.guard;
        let Some((condition, span)) = &resource.condition else { return Some(own.clone()) };
        self.guard_under(condition, *span, own)
    }

    /// The conditions under which a condition holds and the assumptions do; `None` when they exclude each other.
    pub(crate) fn guard_under(&self, condition: &str, span: Span, assumed: &Guard) -> Option<Guard> {
        match self.decide(condition, span, assumed) {
            Some(true) => Some(assumed.clone()),
            Some(false) => None,
            None => assumed.and(&Guard::when(self.id(condition), true)),
        }
    }

    /// The properties of a resource as a map; not known when they are none.
    pub(crate) fn properties(&self, resource: &Resource, scope: &Scope) -> Value {
        if resource.properties.is_none() && resource.is_cut {
            return Value::unknown(self.unread()).at(resource.span);
        }
        let properties = self.part(resource.properties, scope);
        let is_map = |value: &Value| matches!(value.kind, Kind::Map(_) | Kind::Null | Kind::Unknown(_));
        match properties.alternatives().into_iter().filter_map(|one| one.value).find(|one| !is_map(one)) {
            Some(wrong) => self.wrong(wrong.span.unwrap_or(resource.span), "`Properties` must be a map"),
            None => spread(properties),
        }
    }

    /// The address of a resource or condition: its name behind those of the nested stacks that lead here.
    pub(crate) fn id(&self, name: &str) -> Arc<str> {
        if self.place.prefix.is_empty() { name.into() } else { format!("{}{name}", self.place.prefix).into() }
    }

    /// What others get when they refer to a resource with `Ref`.
    pub(crate) fn itself(&self, id: &str, resource: &Resource) -> Value {
        self.attribute(id, "Ref", resource.span)
    }

    /// The construct of the AWS CDK that a resource comes from, as the assembly tells.
    pub(crate) fn construct(&self, id: &str) -> Option<Arc<str>> {
        self.template.constructs.get(id).cloned()
    }

    /// Whether a resource has metadata of a name.
    pub(crate) fn has_metadata(&self, resource: &Resource, name: &str) -> bool {
        resource.metadata.is_some_and(|metadata| self.template.node(metadata).get(name).is_some())
    }

    /// The metadata of a resource as a map; null when it has none.
    pub(crate) fn metadata(&self, resource: &Resource, scope: &Scope) -> Value {
        self.part(resource.metadata, scope)
    }

    /// The connectors that start at a resource as a map; null when it has none.
    pub(crate) fn connectors(&self, resource: &Resource, scope: &Scope) -> Value {
        self.part(resource.connectors, scope)
    }

    /// What `Globals` says of the serverless resources of a type; null when it says nothing.
    pub(crate) fn globals(&self, section: &str, scope: &Scope) -> Value {
        let globals = self.template.section("Globals");
        self.part(globals.and_then(|globals| globals.get(section)).map(Node::id), scope)
    }

    /// What a serverless resource leaves out of `Globals`; null when it leaves out nothing.
    pub(crate) fn ignored_globals(&self, resource: &Resource, scope: &Scope) -> Value {
        self.part(resource.ignored_globals, scope)
    }

    fn part(&self, node: Option<crate::tree::NodeId>, scope: &Scope) -> Value {
        let node = node.map(|node| self.template.node(node)).filter(|node| !node.is_null());
        node.and_then(|node| self.evaluate(node, scope)).unwrap_or_default()
    }

    /// The value of a node; `None` when it is `AWS::NoValue`.
    pub(crate) fn evaluate(&self, node: Node<'_>, scope: &Scope) -> Option<Value> {
        let Some(_entered) = self.budget.enter() else { return Some(self.too_large(node.span())) };
        if node.is_unread() {
            return Some(Value::unknown(self.unread()).at(node.span()));
        }
        match call::Call::of(node) {
            // Not all of its argument is at hand.
            Some(_) if node.is_cut() => Some(Value::unknown(self.unread()).at(node.span())),
            Some(call) => self.call(&call, scope).map(|value| self.weighed(value, node.span())),
            None => Some(self.literal(node, scope)),
        }
    }

    /// A value that a function made, unless all values together are too large.
    fn weighed(&self, value: Value, span: Span) -> Value {
        if self.budget.make(weight(&value)) { value } else { self.too_large(span) }
    }

    fn call(&self, call: &call::Call<'_>, scope: &Scope) -> Option<Value> {
        let value = match call.function {
            Function::If => return self.choose(call, scope),
            Function::Ref => return self.ref_(call, scope),
            Function::GetAtt => self.get_att(call, scope),
            Function::Sub => self.sub(call, scope),
            Function::Join => self.join(call, scope),
            Function::Split => self.split(call, scope),
            Function::Select => self.select(call, scope),
            Function::FindInMap => self.find_in_map(call, scope),
            Function::Base64 => self.base64(call, scope),
            Function::ToJsonString => self.to_json_string(call, scope),
            Function::Length => self.length(call, scope),
            Function::ImportValue => self.import_value(call, scope),
            Function::GetStackOutput => self.get_stack_output(call, scope),
            // AWS's own templates ask for the zones of no region, which are those of this one.
            Function::GetAZs if call.argument.resolved() == Some(Resolved::Null) => {
                Value::unknown(Unknown::new(Reason::Environment, "Fn::GetAZs"))
            }
            Function::GetAZs => self.unknown_call(call, scope, Reason::Environment),
            Function::Transform => self.unknown_call(call, scope, Reason::Missing),
            Function::Cidr => self.cidr(call, scope),
            Function::And | Function::Or | Function::Not | Function::Equals | Function::Condition => {
                self.wrong(call.span, format!("`{}` stands only in conditions", call.function.name()))
            }
            Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll => {
                self.wrong(call.span, format!("`{}` stands only in rules", call.function.name()))
            }
            Function::Other => {
                let message = format!("`{}` is no function of CloudFormation", call.written);
                self.report("unknown-function", message, call.span);
                Value::unknown(Unknown::new(Reason::Unsupported, call.written))
            }
        };
        Some(value.at(call.span))
    }

    /// A call whose result is not known; what flows into it is.
    fn unknown_call(&self, call: &call::Call<'_>, scope: &Scope, reason: Reason) -> Value {
        let argument = self.argument(call, scope).unwrap_or_default();
        let shown = argument.as_text().filter(|_| !argument.sensitive).map(|text| text.display());
        let what = match shown {
            Some(shown) => format!("!{} {shown}", call.function.name()),
            None => format!("Fn::{}", call.function.name()),
        };
        Value::unknown(Unknown::new(reason, what)).with_origins(argument.origins.inexact())
    }

    /// The evaluated argument of a function that takes one.
    fn argument(&self, call: &call::Call<'_>, scope: &Scope) -> Option<Value> {
        if call.tagged {
            Some(self.literal(call.argument, scope))
        } else {
            self.evaluate(call.argument, scope)
        }
    }

    /// Says that a function is used wrongly; its value is unknown.
    pub(crate) fn wrong(&self, span: Span, message: impl Into<String>) -> Value {
        let message = message.into();
        let what: Arc<str> =
            self.template.tree.file_of(span).slice(span).lines().next().unwrap_or_default().into();
        self.report("invalid-function", message, span);
        Value::unknown(Unknown::new(Reason::Invalid, what)).at(span)
    }

    fn too_large(&self, span: Span) -> Value {
        if self.budget.report_once() {
            self.report(TOO_LARGE, "the template takes too many steps or too much space to evaluate", span);
        }
        Value::unknown(Unknown::new(Reason::Budget, "the template")).at(span)
    }

    /// Reports what makes the result unsure.
    fn report(&self, code: &'static str, message: impl Into<String>, span: Span) {
        self.say(Diagnostic::error(code, self.path_of(span), message), span);
    }

    /// Reports what CloudFormation will refuse, although what the rules ask for is known.
    fn warn(&self, code: &'static str, message: impl Into<String>, span: Span) {
        self.say(Diagnostic::warning(code, self.path_of(span), message), span);
    }

    /// Says something of a place, once.
    fn say(&self, diagnostic: Diagnostic, span: Span) {
        let mut diagnostics = self.diagnostics.borrow_mut();
        if diagnostics.said.insert((span, diagnostic.message.as_str().into())) {
            diagnostics.found.push(diagnostic.at(span));
        }
    }

    /// Why nothing is known of what a syntax error hides, what is nested too deep, or what a change set leaves as it is.
    pub(crate) fn unread(&self) -> Unknown {
        let reason = if self.template.tree.is_change_set() { Reason::Unchanged } else { Reason::Invalid };
        Unknown::new(reason, Arc::clone(self.template.tree.file().path()))
    }

    fn path_of(&self, span: Span) -> Arc<str> {
        Arc::clone(self.template.tree.file_of(span).path())
    }
}

/// How many bytes a value takes, about.
fn weight(value: &Value) -> usize {
    let inner = match &value.kind {
        Kind::Text(text) => size_of_val(text.parts()) + length(text.parts()),
        Kind::List(list) | Kind::Set(list) => list.items.iter().map(weight).sum(),
        Kind::Map(map) => map.iter().map(|(_, value)| weight(value)).sum(),
        Kind::Choice(choice) => {
            choice.alternatives.iter().filter_map(|one| one.value.as_ref()).map(weight).sum()
        }
        _ => 0,
    };
    size_of_val(value) + inner
}

#[cfg(test)]
mod tests;
