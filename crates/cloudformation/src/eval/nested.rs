//! Nested stacks.

use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::{Call, Guard};
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Field, Kind, List, Origins, Part, Reason, Unknown, Value};

use super::branches::spread;
use super::distribute::choose;
use super::given::Arguments;
use super::literal::{text, unknown_text};
use super::reference::is_of_stack;
use super::{Scope, Stack};
use crate::template::{Inner, Resource, Template};

/// Where a stack stands among others.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// What its addresses start with: `Network.`; empty for the outermost stack.
    pub(super) prefix: Arc<str>,
    /// The same of the stack set around it, which has account and region of its own; empty outside of one.
    pub(super) set: Arc<str>,
    /// The stacks that lead here, the outermost first.
    pub(super) calls: Vec<Call>,
    /// The conditions under which it exists.
    pub(super) guard: Guard,
}

/// A nested stack.
#[derive(Debug)]
pub(crate) struct Child {
    /// The condition under which it has this template.
    guard: Guard,
    pub(crate) stack: Rc<Stack>,
}

/// Which of the stacks that a resource makes of one template.
#[derive(Clone, Copy, Debug)]
enum Group {
    /// All: they are given the same.
    All,
    /// Those of the group at this place of a stack set.
    One(usize),
    /// Some, of which group is not known.
    Any,
}

/// A template that a resource nests in some deployments.
pub(super) struct Chosen {
    /// The condition under which it does.
    pub(super) guard: Guard,
    /// What tells it from the others that the resource nests.
    pub(super) name: Option<Arc<str>>,
    pub(super) template: Arc<Template>,
    /// The values of the parameters that were made up for it.
    pub(super) given: IndexMap<Arc<str>, Given>,
}

/// Paths that a resource may have for the template that it nests.
#[derive(Debug)]
pub(crate) struct Locations {
    /// Those that are known, with the place of each.
    pub(crate) known: Vec<(String, Option<Span>)>,
    /// Whether there can be no other.
    pub(crate) is_all: bool,
}

/// What makes stacks of one template in several accounts or regions.
pub(crate) const STACK_SET: &str = "AWS::CloudFormation::StackSet";

/// The property that has the text of a template which a stack set is made of.
pub(crate) const BODY: &str = "TemplateBody";

/// The property that has the path of the template which resources of a type nest.
pub(crate) fn location_of(kind: &str) -> Option<&'static str> {
    match kind {
        "AWS::CloudFormation::Stack" | STACK_SET => Some("TemplateURL"),
        "AWS::Serverless::Application" => Some("Location"),
        _ => None,
    }
}

/// The value that is given to a parameter.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    /// The same where conditions are evaluated: what it owes to the default of a parameter is left open.
    pub(super) symbolic: Value,
}

impl Given {
    /// A value that does not depend on any default.
    pub(super) fn certainly(value: Value) -> Self {
        Self { symbolic: value.clone(), value }
    }
}

impl Stack {
    /// The nested stacks with a logical id whose templates are at hand and that are ever deployed: one, unless conditions choose
    /// between several templates.
    pub(crate) fn children(&self, id: &str) -> Rc<[Child]> {
        if let Some(children) = self.children.borrow().get(id) {
            return Rc::clone(children);
        }
        let none = || Rc::new([]);
        let Some((id, resource)) = self.resources().get_key_value(id) else { return none() };
        let nested = self.template.nested.get().and_then(|nested| nested.get(&resource.properties?));
        if nested.is_none() && &*resource.kind != STACK_SET {
            return none();
        }
        // A stack whose parameters depend on its own outputs finds itself missing.
        self.children.borrow_mut().insert(Arc::clone(id), none());
        let Some(scope) = self.scope(resource) else { return none() };
        let chosen = match nested {
            Some(nested) => self.chosen(resource, nested, &scope),
            None => self.composed(id, resource, &scope),
        };
        let are_several = chosen.len() > 1;
        let groups = self.groups(resource, &scope);
        let each = chosen.iter().flat_map(|one| groups.iter().map(move |group| (one, group)));
        let children = each.filter_map(|(one, group)| {
            let entered = self.budget.enter().filter(|_| self.budget.add_stack());
            if entered.is_none() {
                self.too_large(resource.span);
                return None;
            }
            let address = match (&one.name, self.id(id)) {
                // Two templates may give resources the same name.
                (Some(name), id) if are_several => format!("{id}[{name}]").into(),
                (_, id) => id,
            };
            let address = match group {
                Group::One(at) if groups.len() > 1 => format!("{address}[{at}]").into(),
                _ => address,
            };
            let scope = scope.assuming(&one.guard)?;
            let stack = self.nest(&address, resource, one, &scope, group);
            Some(Child { guard: one.guard.clone(), stack })
        });
        let children: Rc<[Child]> = children.collect();
        self.children.borrow_mut().insert(Arc::clone(id), Rc::clone(&children));
        children
    }

    /// The groups of stacks that a resource makes and that are given different values.
    fn groups(&self, resource: &Resource, scope: &Scope) -> Vec<Group> {
        if &*resource.kind != STACK_SET {
            return vec![Group::All];
        }
        let properties = self.properties(resource, scope);
        let Some(groups) = properties.get("StackInstancesGroup") else { return vec![Group::All] };
        let are_known =
            |list: &&List| list.doubt().is_none() && list.items.iter().all(|one| one.as_map().is_some());
        let Some(list) = groups.as_list().filter(are_known) else { return vec![Group::Any] };
        if list.items.is_empty() {
            return vec![Group::All];
        }
        let mut different: IndexMap<Result<String, usize>, usize> = IndexMap::default();
        for (at, group) in list.items.iter().enumerate() {
            let mut shown = String::new();
            let overrides = group.get("ParameterOverrides");
            let written = overrides.map_or(Some(()), |overrides| write_out(overrides, &mut shown));
            // Two secrets are never known to be the same.
            different.entry(written.map(|()| shown).ok_or(at)).or_insert(at);
        }
        different.into_values().map(Group::One).collect()
    }

    /// Which of the templates that a resource may nest it does nest, each under a condition.
    fn chosen(&self, resource: &Resource, nested: &[Inner], scope: &Scope) -> Vec<Chosen> {
        let chosen = |guard, inner: &Inner| Chosen {
            guard,
            name: inner.location.clone(),
            template: Arc::clone(&inner.template),
            given: IndexMap::default(),
        };
        let always = nested.iter().filter(|inner| inner.location.is_none());
        let always: Vec<_> = always.map(|inner| chosen(Guard::always(), inner)).collect();
        if !always.is_empty() {
            return always;
        }
        let Some(property) = location_of(&resource.kind) else { return Vec::new() };
        let value = self.properties(resource, scope).get(property).cloned().unwrap_or_default();
        let each = value.alternatives().into_iter().filter_map(|one| {
            let location = one.value.and_then(Value::as_str)?;
            let inner = nested.iter().find(|inner| inner.location.as_deref() == Some(&*location))?;
            Some(chosen(one.guard, inner))
        });
        each.collect()
    }

    /// A nested stack of a template.
    fn nest(
        &self,
        address: &Arc<str>,
        resource: &Resource,
        chosen: &Chosen,
        scope: &Scope,
        group: &Group,
    ) -> Rc<Stack> {
        let call = Call { subject: Arc::clone(address), span: resource.span };
        let prefix: Arc<str> = format!("{address}.").into();
        let is_set = &*resource.kind == STACK_SET;
        let place = Place {
            set: Arc::clone(if is_set { &prefix } else { &self.place.set }),
            prefix,
            calls: self.place.calls.iter().cloned().chain([call]).collect(),
            guard: scope.guard.clone(),
        };
        let Chosen { template, given: made_up, .. } = chosen;
        let mut given = self.arguments(address, resource, template, scope, group);
        given.extend(made_up.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
        let arguments = Arguments { given, ..Arguments::default() };
        Rc::new(Stack::at(
            place,
            Arc::clone(template),
            arguments,
            Rc::clone(&self.budget),
            Rc::clone(&self.exports),
            Rc::clone(&self.conditions),
        ))
    }

    /// Where the templates are that a resource nests, in all deployments: with the defaults of parameters and with any other
    /// value.
    pub(crate) fn locations(&self, resource: &Resource, property: &str) -> Locations {
        let mut locations = Locations { known: Vec::new(), is_all: true };
        let Some(scope) = self.scope(resource) else { return locations };
        for scope in [scope.clone(), scope.symbolic()] {
            let is_default = !scope.symbolic;
            let value = self.properties(resource, &scope).get(property).cloned().unwrap_or_default();
            for one in value.alternatives() {
                match one.value.and_then(|value| Some((value.as_str()?.into_owned(), value.span))) {
                    Some(known) => locations.known.push(known),
                    // What a parameter may be instead of its default is for its caller to say.
                    None => locations.is_all &= !is_default,
                }
            }
        }
        locations
    }

    /// The value of an output of the nested stacks with a logical id; `None` when their templates are not at hand.
    pub(super) fn output_of(&self, id: &str, name: &str, span: Span) -> Option<Value> {
        let children = self.children(id);
        let output = |child: &Child| {
            if child.stack.sections.outputs.contains_key(name) {
                return child.stack.output(name);
            }
            Some(match child.stack.may_declare_more() {
                true => unknown_text(child.stack.unread(), Origins::none(), span),
                false => self.wrong(span, format!("the template that `{id}` nests has no output `{name}`")),
            })
        };
        match &*children {
            [] => None,
            [only] if only.guard.is_always() => output(only),
            several => {
                let alternatives =
                    several.iter().map(|one| Alternative { guard: one.guard.clone(), value: output(one) });
                Some(choose(alternatives.collect(), None, false))
            }
        }
    }

    /// The values of the parameters of a nested stack.
    fn arguments(
        &self,
        address: &str,
        resource: &Resource,
        template: &Template,
        scope: &Scope,
        group: &Group,
    ) -> IndexMap<Arc<str>, Given> {
        let is_set = &*resource.kind == STACK_SET;
        // Pseudo parameters that do not speak of the stack are the same in all stacks, but for those of a set: it may stand in any
        // account and region.
        let is_same = |name: &str| match is_set {
            true => name == "AWS::Partition",
            false => name.starts_with("AWS::") && !is_of_stack(name),
        };
        let pseudo = self.given.iter().filter(|(name, _)| is_same(name));
        let mut given: IndexMap<_, _> =
            pseudo.map(|(name, given)| (Arc::clone(name), given.clone())).collect();
        let [value, symbolic] = [scope.clone(), scope.clone().symbolic()].map(|scope| {
            let properties = self.properties(resource, &scope);
            let parameters = properties.get("Parameters").cloned().unwrap_or_default();
            if is_set { of_set(address, &parameters, &properties, group) } else { spread(parameters) }
        });
        if let Some(arguments) = value.as_map() {
            self.check_arguments(template, arguments);
        }
        for (name, field) in value.as_map().into_iter().flat_map(|map| &map.entries) {
            let step = format!("{address}.{name}").into();
            let argument = |value: &Value| {
                let value = self.joined(or_default(value.clone(), name, template));
                let origins = value.origins.via(&step, field.key);
                value.with_origins(origins)
            };
            let symbolic = symbolic.get(name).unwrap_or(&field.value);
            let argument = Given { value: argument(&field.value), symbolic: argument(symbolic) };
            given.insert(Arc::clone(name), argument);
        }
        given
    }

    /// A list in the place of a parameter is given as one text.
    fn joined(&self, value: Value) -> Value {
        match &value.kind {
            Kind::List(_) => self.joined_list(value, ","),
            _ => value,
        }
    }

    /// The value of an output; where its condition does not hold, the stack has none. `None` when there never is one.
    pub(super) fn output(&self, name: &str) -> Option<Value> {
        let output = self.sections.outputs.get(name)?;
        let guard = self.existence(name)?;
        let value = self.template.node(output.node).get("Value")?;
        let value = self.evaluate(value, &Scope::under(guard.clone()).within(&output.bindings))?;
        let own = guard.terms().iter().find(|term| !self.place.guard.terms().contains(term));
        let Some(own) = own else { return Some(value) };
        let absent = Unknown::new(Reason::Import, self.id(&format!("Outputs.{name}")));
        let absent = unknown_text(absent, Origins::none(), self.template.node(output.node).span());
        let alternative = |holds: bool, value| Alternative {
            guard: Guard::when(Arc::clone(&own.condition), own.holds == holds),
            value: Some(value),
        };
        Some(choose(vec![alternative(true, value), alternative(false, absent)], None, false))
    }

    /// The outputs that the stack has in some deployment.
    pub(crate) fn outputs(&self) -> Vec<Output> {
        let outputs = self.sections.outputs.iter().filter_map(|(name, output)| {
            let node = self.template.node(output.node);
            let guard = self.existence(name)?;
            let written = node.get("Value")?;
            let scope = Scope::under(guard.clone()).within(&output.bindings);
            let value = self.evaluate(written, &scope)?;
            Some(Output { name: Arc::clone(name), span: written.span(), guard, value })
        });
        outputs.collect()
    }
}

/// An output of a stack.
pub(crate) struct Output {
    pub(crate) name: Arc<str>,
    /// Where its value stands.
    pub(crate) span: Span,
    /// The conditions under which there is one.
    pub(crate) guard: Guard,
    /// What it shows.
    pub(crate) value: Value,
}

/// Writes a value such that another one which is written alike is the same; `None` when it cannot be told, as with a secret in it.
fn write_out(value: &Value, shown: &mut String) -> Option<()> {
    if value.sensitive {
        return None;
    }
    let unknown = |unknown: &Unknown| format!("<{:?} {:?}>", unknown.reason, unknown.what);
    match &value.kind {
        Kind::Null => shown.push_str("null"),
        Kind::Bool(truth) => shown.push_str(&truth.to_string()),
        Kind::Number(number) => shown.push_str(&number.to_string()),
        Kind::Unknown(what) => shown.push_str(&unknown(what)),
        Kind::Text(text) => text.parts().iter().for_each(|part| match part {
            Part::Literal { text, .. } => shown.push_str(&format!("{text:?}")),
            Part::Hole(hole) => shown.push_str(&unknown(&hole.unknown)),
        }),
        Kind::List(list) | Kind::Set(list) => {
            shown.push('[');
            for item in &list.items {
                write_out(item, shown)?;
                shown.push(',');
            }
            shown.extend(list.open.iter().map(|open| unknown(open)));
            shown.push(']');
        }
        Kind::Map(map) => {
            shown.push('{');
            for (key, value) in map.iter() {
                shown.push_str(&format!("{key:?}:"));
                write_out(value, shown)?;
                shown.push(',');
            }
            shown.push('}');
        }
        Kind::Choice(choice) => {
            shown.push('(');
            for one in &choice.alternatives {
                shown.push_str(&format!("{:?}:", one.guard));
                one.value.as_ref().map_or(Some(()), |value| write_out(value, shown))?;
                shown.push(',');
            }
            shown.extend(choice.undecided.iter().map(|undecided| unknown(undecided)));
            shown.push(')');
        }
        _ => return None,
    }
    Some(())
}

/// The parameters of a group of the stacks of a stack set as a map. Those are not known that a group may be given another value
/// for of which it is not known.
fn of_set(address: &str, parameters: &Value, properties: &Value, group: &Group) -> Value {
    let mut entries = IndexMap::default();
    let groups = properties.get("StackInstancesGroup").and_then(Value::as_list);
    let groups = groups.into_iter().flat_map(|groups| groups.items.iter().enumerate());
    let is_this = |at: usize| match group {
        Group::All => false,
        Group::One(one) => *one == at,
        Group::Any => true,
    };
    let overrides =
        groups.filter(|(at, _)| is_this(*at)).filter_map(|(_, one)| one.get("ParameterOverrides"));
    for (list, is_override) in [(parameters, false)].into_iter().chain(overrides.map(|list| (list, true))) {
        for one in list.as_list().into_iter().flat_map(|list| &list.items) {
            let Some((key, name)) = one.get("ParameterKey").and_then(|key| Some((key, key.as_str()?))) else {
                continue;
            };
            let value = one.get("ParameterValue").filter(|_| !is_override || matches!(group, Group::One(_)));
            let unknown = || Value::unknown(Unknown::new(Reason::Import, format!("{address}.{name}")));
            let value = value.cloned().unwrap_or_else(unknown);
            entries.insert(Arc::from(&*name), Field { key: key.span, value });
        }
    }
    Value::map(entries)
}

/// What is given to a parameter, which has its default where nothing is.
fn or_default(value: Value, name: &str, template: &Template) -> Value {
    let Kind::Choice(choice) = &value.kind else { return value };
    let default = || match template.parameters.get(name).and_then(|parameter| parameter.default) {
        Some(default) => text(template.node(default)),
        None => Value::unknown(Unknown::new(Reason::NoValue, name)),
    };
    let alternatives = choice.alternatives.iter().map(|one| Alternative {
        guard: one.guard.clone(),
        value: Some(one.value.clone().map_or_else(default, |value| or_default(value, name, template))),
    });
    let alternatives = alternatives.collect();
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided: choice.undecided.clone() }));
    Value { kind, ..value }
}
