//! Given values that no template of a run has a parameter for.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamrail_core::check::UnitSource;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, Span};
use iamrail_core::suggest::closest;
use rayon::prelude::*;

use crate::assembly::Assembly;
use crate::template::{self, Template};
use crate::{ASSEMBLY, KIND, Parameters};

/// The pseudo parameters.
const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// The parameters that templates declare, with a place of each.
type Declared = BTreeMap<Arc<str>, (Arc<str>, Span)>;

/// Says which of the given values none of the units has a parameter for. A file of values may be meant for several
/// templates: what only one of them declares is in order. Where not all of a template could be read, any name may be.
pub(crate) fn undeclared(
    parameters: &Parameters,
    units: &[&UnitSource],
    sources: &Sources,
) -> Vec<Diagnostic> {
    let is_own = |unit: &&&UnitSource| [KIND, ASSEMBLY].contains(&unit.kind);
    let units: Vec<&UnitSource> = units.iter().filter(is_own).copied().collect();
    let (false, Some(first)) = (parameters.is_empty(), units.first()) else { return Vec::new() };
    let templates: Vec<Option<Arc<Template>>> =
        units.par_iter().flat_map(|unit| templates(unit, sources)).collect();
    let mut declared = Declared::new();
    for template in templates {
        let Some(template) = template.filter(|template| template.tells_its_parameters()) else {
            return Vec::new();
        };
        let section = template.section("Parameters").and_then(|section| section.entries());
        for entry in section.into_iter().flatten() {
            let path = template.tree.file_of(entry.key_span).path();
            let place = (Arc::clone(path), entry.key_span);
            declared.entry(Arc::clone(entry.key)).or_insert(place);
        }
    }
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for (given, _) in parameters {
        // `Stack:Parameter` is for one stack of several.
        let name = match given.split_once(':') {
            Some((_, name)) if !name.starts_with(':') => name,
            _ => given,
        };
        if declared.contains_key(name) || PSEUDO.contains(&name) {
            continue;
        }
        let is_pseudo = name.starts_with("AWS::");
        let message = match is_pseudo {
            true => format!("there is no pseudo parameter `{name}`, which is given a value"),
            false => format!("no template declares the parameter `{name}`, which is given a value"),
        };
        if diagnostics.iter().any(|one| one.message == message) {
            continue;
        }
        let own = declared.keys().map(|own| &**own);
        let meant = if is_pseudo { closest(name, PSEUDO) } else { closest(name, own) };
        let place = meant.and_then(|meant| declared.get(meant));
        let path = place.map_or(&first.path, |(path, _)| path);
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "CloudFormation refuses it: leave it out, or check the template that has it".to_owned(),
        };
        let diagnostic = Diagnostic::warning("unknown-parameter", Arc::clone(path), message).help(help);
        diagnostics.push(diagnostic.at(place.map(|(_, span)| *span)));
    }
    diagnostics
}

/// The templates of a unit that values are given to: those of nested stacks have theirs from the stack around them.
fn templates(unit: &UnitSource, sources: &Sources) -> Vec<Option<Arc<Template>>> {
    // What is wrong with them is said when they are read.
    let mut unsaid = Vec::new();
    let paths: Vec<Arc<str>> = if unit.kind == ASSEMBLY {
        let assembly = Assembly::read(&unit.path, sources, &mut unsaid);
        assembly.stacks.iter().map(|stack| Arc::from(&*stack.template)).collect()
    } else {
        unit.files().cloned().collect()
    };
    paths.iter().map(|path| template::load(path, &[], sources, &mut unsaid)).collect()
}
