//! What iamrail computes from a whole configuration beside the plan of it.

use std::collections::BTreeMap;

use iamrail::core::source::Sources;
use iamrail::terraform::{Evaluated, Options, Terraform};
use serde_json::Value as Json;

use super::compare::{Expected, Verdict, compare, is_from_outside};
use super::expected::Early;
use super::plan::{Planned, planned, variables};

/// How a configuration compares.
#[derive(Default)]
pub(crate) struct Comparison {
    /// How many arguments, or instances, came out how.
    pub(crate) counts: BTreeMap<&'static str, usize>,
    /// What is not equal, a line each, with both values on those below.
    pub(crate) lines: Vec<String>,
    /// Whether one of the two is wrong, or iamrail knows less than it could.
    pub(crate) fails: bool,
}

impl Comparison {
    /// Compares the root module in a directory with a plan that was made of it in a workspace: the resources
    /// whose types start in one of these ways, or all.
    pub(crate) fn new(sources: &Sources, dir: &str, plan: &Json, workspace: &str, kinds: &[String]) -> Self {
        let mut options = Options::default();
        options.workspace = Some(workspace.to_owned());
        options.variables = variables(plan);
        let evaluation = Terraform::new(options).evaluate(dir, sources);
        let is_asked_for =
            |kind: &str| kinds.is_empty() || kinds.iter().any(|start| kind.starts_with(start.as_str()));

        let mut comparison = Self::default();
        let mut planned = planned(plan);
        let early = Early::new(plan, &planned);
        planned.retain(|_, block| is_asked_for(block.kind));
        for block in evaluation.blocks.iter().filter(|block| is_asked_for(&block.kind)) {
            match planned.remove(&*block.address) {
                Some(other) => comparison.arguments(block, other, &early),
                None => comparison.surplus(block, &mut planned),
            }
        }
        for address in planned.keys() {
            comparison.add("missing", true, address.clone());
        }
        for diagnostic in &evaluation.diagnostics {
            let place = diagnostic.span.and_then(|span| sources.locate(span));
            let line = place.map_or(0, |place| place.start.line);
            let text = format!("{}:{line} {}: {}", diagnostic.path, diagnostic.code, diagnostic.message);
            comparison.add("diagnostic", false, text);
        }
        comparison
    }

    fn add(&mut self, name: &'static str, fails: bool, text: String) {
        *self.counts.entry(name).or_default() += 1;
        self.fails |= fails;
        if !text.is_empty() {
            self.lines.push(format!("{name} {text}"));
        }
    }

    /// Compares the arguments of a block that both have.
    fn arguments(&mut self, block: &Evaluated, planned: Planned<'_>, early: &Early<'_>) {
        self.add("instances", false, String::new());
        let Some(arguments) = block.arguments.as_map() else {
            return self.add("different", true, format!("{}: its arguments are no map", block.address));
        };
        let is_output = &*block.kind == "output";
        for (name, value) in arguments.iter() {
            // These speak to Terraform, and no plan has them.
            let is_meta = match is_output {
                true => &**name != "value",
                false => matches!(&**name, "lifecycle" | "provisioner" | "connection"),
            };
            if is_meta {
                continue;
            }
            let (after, unknown) = match is_output {
                true => (Some(planned.after.whole()), Some(planned.unknown.whole())),
                false => (planned.after.get(name), planned.unknown.get(name)),
            };
            let outcome = compare(value, Expected { after, unknown, early, name, nested: false });
            let text = match outcome.verdict {
                verdict if verdict < Verdict::Defaulted => String::new(),
                _ => format!("{}.{name}{}", block.address, outcome.detail),
            };
            self.add(outcome.verdict.name(), outcome.verdict.is_failure(), text);
        }
    }

    /// A block that the plan does not have under this address: one that stands for several takes those with
    /// it.
    fn surplus(&mut self, block: &Evaluated, planned: &mut BTreeMap<String, Planned<'_>>) {
        let Some(unknown) = &block.instances else {
            return self.add("surplus", true, block.address.to_string());
        };
        planned.retain(|address, _| !block.stands_for(address));
        self.add("unexpanded", !is_from_outside(unknown), format!("{}: {unknown}", block.address));
    }
}
