//! What a template refers to must be declared in it, also where no rule looks: CloudFormation refuses the whole template
//! otherwise. Nothing is evaluated for this.

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;

use super::Stack;
use super::call::{Call, Function};
use super::identity;
use super::looped::PREFIX;
use super::substitution::{Segment, segments};
use crate::tree::Node;

/// The parts of a resource that may refer to others.
const OF_RESOURCE: [&str; 4] = ["Properties", "CreationPolicy", "UpdatePolicy", "DeletionPolicy"];
/// The transform that brings functions of its own.
const EXTENSIONS: &str = "AWS::LanguageExtensions";
/// The parts of an output.
const OF_OUTPUT: [&str; 2] = ["Value", "Export"];

impl Stack {
    /// Says which names in resources and outputs are declared nowhere. What loops and macros make has names of its own, and so
    /// has what is in a resource that cannot be read.
    pub(crate) fn check_names(&self) {
        let resources = self.template.section("Resources").and_then(Node::entries).into_iter().flatten();
        let mut written = resources.filter(|entry| !entry.key.starts_with("Fn::"));
        if self.template.unknown_macro().is_some()
            || self.may_declare_more()
            || !written.all(|entry| self.resources().contains_key(entry.key))
        {
            return;
        }
        // CloudFormation works out every condition, also one that nothing depends on.
        for (name, condition) in &self.sections.conditions {
            self.formula(name, self.template.node(condition.node).span());
        }
        for (section, parts) in [("Resources", &OF_RESOURCE[..]), ("Outputs", &OF_OUTPUT[..])] {
            let entries = self.template.section(section).and_then(Node::entries).into_iter().flatten();
            for entry in entries.filter(|entry| !entry.key.starts_with("Fn::")) {
                let condition = entry.value.get("Condition");
                if let Some((name, node)) = condition.and_then(|node| Some((node.untagged_text()?, node))) {
                    self.check_condition(name, node.span());
                }
                if section == "Resources" {
                    self.check_dependencies(entry.value);
                }
                for part in parts.iter().filter_map(|part| entry.value.get(part)) {
                    self.check_node(part);
                }
            }
        }
    }

    /// Whether a syntax error hides what else the template declares.
    pub(super) fn may_declare_more(&self) -> bool {
        self.template.root().is_cut()
    }

    fn check_dependencies(&self, resource: Node<'_>) {
        let Some(depends_on) = resource.get("DependsOn") else { return };
        let each: Vec<Node<'_>> = depends_on.items().map_or_else(|| vec![depends_on], Iterator::collect);
        for node in each {
            if let Some(name) = node.untagged_text().filter(|name| !self.is_resource(name)) {
                self.warn("unknown-name", format!("there is no resource `{name}`"), node.span());
            }
        }
    }

    fn check_node(&self, node: Node<'_>) {
        if let Some(call) = Call::of(node).filter(|_| !node.is_cut()) {
            self.check_call(&call);
        }
        for item in node.items().into_iter().flatten() {
            self.check_node(item);
        }
        for entry in node.entries().into_iter().flatten().filter(|entry| !entry.key.starts_with(PREFIX)) {
            self.check_node(entry.value);
        }
    }

    fn check_call(&self, call: &Call<'_>) {
        match call.function {
            Function::Ref => call.text().into_iter().for_each(|name| self.check_name(name, call.span)),
            Function::GetAtt => {
                let listed = call.arguments().and_then(|list| list.first()?.untagged_text());
                let dotted = call.text().map(|text| text.split('.').next().unwrap_or_default());
                dotted.or(listed).into_iter().for_each(|name| self.check_name(name, call.span));
                let attribute = call.arguments().and_then(|list| list.get(1)?.untagged_text());
                let pair = call.text().and_then(|text| text.split_once('.')).or(listed.zip(attribute));
                pair.into_iter()
                    .for_each(|(name, attribute)| self.check_attribute(name, attribute, call.span));
            }
            Function::Sub => self.check_sub(call),
            Function::Length | Function::ToJsonString if !self.template.asks_for(EXTENSIONS) => {
                let message = format!("`{}` needs the transform `{EXTENSIONS}`", call.function.name());
                self.warn("missing-transform", message, call.span);
            }
            Function::If => {
                let arguments = call.arguments().unwrap_or_default();
                if let Some((name, node)) = arguments.first().and_then(|node| Some((node.text()?, node))) {
                    self.check_condition(name, node.span());
                }
            }
            _ => {}
        }
    }

    fn check_sub(&self, call: &Call<'_>) {
        let arguments = call.arguments().unwrap_or_default();
        let template = if call.text().is_some() { Some(call.argument) } else { arguments.first().copied() };
        let own = arguments.get(1);
        let pieces = template.and_then(Node::pieces).unwrap_or_default();
        for segment in segments(&pieces) {
            match segment {
                Segment::Variable { name, span } if own.is_none_or(|own| own.find(name.trim()).is_none()) => {
                    let span = span.unwrap_or(call.span);
                    let (resource, attribute) = name.trim().split_once('.').unwrap_or((name.trim(), "Ref"));
                    self.check_name(resource, span);
                    self.check_attribute(resource, attribute, span);
                }
                Segment::Unclosed { span, .. } => {
                    let message = "a `${` in the text of `Sub` is never closed, and stays as it is";
                    self.warn("unclosed-variable", message, span.unwrap_or(call.span));
                }
                Segment::Variable { .. } | Segment::Literal { .. } => {}
            }
        }
    }

    fn check_attribute(&self, name: &str, attribute: &str, span: Span) {
        let kind = self.resources().get(name).map(|resource| &*resource.kind);
        if let Some(others) = kind.and_then(|kind| identity::others_than(kind, attribute)) {
            let kind = kind.unwrap_or_default();
            let message = format!("`{attribute}` is no attribute of `{name}`, which is a `{kind}`");
            let has: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
            let warning = Diagnostic::warning("unknown-name", self.path_of(span), message);
            self.say(warning.help(format!("it has {}", has.join(", "))), span);
        }
    }

    fn check_name(&self, name: &str, span: Span) {
        if !name.starts_with("AWS::")
            && !self.template.parameters.contains_key(name)
            && !self.is_resource(name)
        {
            self.warn("unknown-name", format!("there is no parameter or resource `{name}`"), span);
        }
    }

    fn check_condition(&self, name: &str, span: Span) {
        if !self.sections.conditions.contains_key(name) {
            self.warn("unknown-name", format!("there is no condition `{name}`"), span);
        }
    }

    fn is_resource(&self, name: &str) -> bool {
        // What is in a module has the name of the module before its own.
        let is_of_module = || {
            let mut resources = self.resources().iter();
            resources.any(|(id, resource)| resource.kind.ends_with("::MODULE") && name.starts_with(&**id))
        };
        let is_within =
            || name.split_once('.').is_some_and(|(module, _)| self.resources().contains_key(module));
        self.resources().contains_key(name) || self.is_generated(name) || is_within() || is_of_module()
    }
}
