//! Reads Terraform and OpenTofu into the model of iamrail: directories of `.tf`, `.tf.json` and `.tofu`, plans and states.

mod artifact;
mod configuration;
mod eval;
mod flavor;
mod front_end;
mod functions;
mod module;
mod resources;
mod stack;
mod syntax;
mod types;

use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::source::{Sources, Span};
use iamrail_core::value::Value;

pub use artifact::{PLAN, STATE};
pub use configuration::{Evaluated, Evaluation};
pub use flavor::Flavor;
pub use syntax::{Comment, read_comments};

/// Reads Terraform.
#[derive(Debug, Default)]
pub struct Terraform {
    options: Options,
    environments: HashMap<Arc<str>, Environment>,
    library: module::Library,
}

/// What a caller can choose about Terraform.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Values of variables of the root modules, as `--var name=value` gives them.
    pub variables: Vec<(String, String)>,
    /// Files of variables, relative to the root of the run, later ones first served.
    pub var_files: Vec<String>,
    /// `terraform.workspace`; `default` when `None`.
    pub workspace: Option<String>,
    /// The directory of the configuration that plans and states were made of, relative to the root of the run: what is
    /// found in them then points into it.
    pub source: Option<String>,
    /// Whose reading of the files counts. `None` goes by the marks in a directory; where these do not tell, and files of
    /// OpenTofu take the place of others, both readings are checked.
    pub flavor: Option<Flavor>,
    /// Which blocks have to be valid syntax.
    pub syntax: Syntax,
}

/// What an environment gives to the root modules that are deployed to it. What [`Options`] give comes on top of that.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Environment {
    /// Files of variables, relative to the root of the run, later ones first served.
    pub var_files: Vec<String>,
    /// Values of variables, which count more than those of the files. Maps are sorted by their keys.
    pub variables: Vec<(Arc<str>, Value)>,
    /// Where the names of the variables stand.
    pub places: Vec<(Arc<str>, Span)>,
    /// `terraform.workspace`; `default` when `None`.
    pub workspace: Option<String>,
}

/// Which blocks of a configuration are checked for their syntax. A block whose brackets or quotes are not balanced is
/// always a fault: nobody can tell where it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    /// Those that what the rules judge is made of.
    #[default]
    Needed,
    /// All of every module that a deployment uses.
    All,
}

impl Terraform {
    /// A front end with these options.
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// The same with what an environment gives.
    #[must_use]
    pub fn with_environment(mut self, name: impl Into<Arc<str>>, environment: Environment) -> Self {
        self.environments.insert(name.into(), environment);
        self
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What all resources of the root module in a directory come to, whether they matter to the model or not: what
    /// Terraform would plan, for tools that have questions of their own about it.
    ///
    /// What only AWS, the provider or a variable without value knows is unknown and says why; a text of which a part is
    /// known keeps that part. Nothing is left out for that: a resource whose number is not known is one that stands for
    /// several.
    ///
    /// ```
    /// use iamrail_core::source::{MemoryFiles, Sources};
    /// use iamrail_terraform::{Options, Terraform};
    ///
    /// let text = r#"
    ///     resource "aws_sqs_queue" "jobs" {
    ///       for_each = toset(["slow", "fast"])
    ///       name     = "jobs-${each.key}"
    ///     }
    ///     output "slow" {
    ///       value = aws_sqs_queue.jobs["slow"].arn
    ///     }
    /// "#;
    /// let sources = Sources::new(MemoryFiles::new([("app/main.tf", text)]));
    /// let evaluation = Terraform::new(Options::default()).evaluate("app", &sources);
    ///
    /// let value = |address: &str, argument: &str| {
    ///     let block = evaluation.blocks.iter().find(|block| block.stands_for(address))?;
    ///     block.arguments.as_map()?.get(argument).cloned()
    /// };
    /// let name = value(r#"aws_sqs_queue.jobs["fast"]"#, "name").unwrap();
    /// assert_eq!(name.as_text().unwrap().as_str().unwrap(), "jobs-fast");
    /// let arn = value("output.slow", "value").unwrap();
    /// assert_eq!(
    ///     arn.unknown_part().unwrap().to_string(),
    ///     r#"`aws_sqs_queue.jobs["slow"].arn` is computed on creation"#
    /// );
    /// ```
    pub fn evaluate(&self, dir: &str, sources: &Sources) -> Evaluation {
        configuration::evaluate(&Arc::from(dir), sources, &self.library, &self.options)
    }
}
