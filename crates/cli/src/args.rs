//! The command line.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// More threads than that take longer to start than they save.
const MOST_THREADS: u64 = 256;

/// Checks Terraform and CloudFormation against IAM guardrails before anything is deployed.
#[derive(Debug, Parser)]
#[command(
    disable_version_flag = true,
    arg_required_else_help = true,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  iamrail check                        everything below the current directory
  iamrail check plan.json              a plan, from `terraform show -json PLAN > plan.json`
  iamrail explain wildcard-permission  what a rule demands, why, and the way out"
)]
pub(crate) struct Cli {
    /// Print the version
    #[arg(long, short = 'V')]
    pub(crate) version: bool,

    /// With --version: name the facts about AWS that are built in, and where they come from
    #[arg(long, short, requires = "version")]
    pub(crate) verbose: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Box<CheckArgs>),
    Review(Box<ReviewArgs>),
    Show(Box<ShowArgs>),
    Simulate(Box<SimulateArgs>),
    Init(Box<InitArgs>),
    Exceptions(ExceptionsArgs),
    Explain(ExplainArgs),
    Rules(RulesArgs),
}

/// Check files and directories and report what breaks the guardrails.
///
/// Finds by itself what is below the paths: root modules of Terraform and OpenTofu, plans and states in JSON, and
/// CloudFormation and SAM templates in YAML or JSON, what `aws cloudformation get-template` and `describe-change-set` answer,
/// and assemblies of the AWS CDK. Nothing is executed, nothing is fetched, and nothing is read outside of the repository (or the directory that is given with --root).
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0  all of the input was checked, and nothing at or above --fail-on was found; a warning tells when
     there was no infrastructure code, and texts were looked through for access keys alone
  1  something at or above --fail-on was found
  2  the check could not run: wrong usage or configuration, or no input: not even a text; or its
     report could not be written
  3  some of the input could not be read or understood (see --allow-incomplete), such as a file in
     YAML or JSON that was named and is no template, plan or state
  Whoever reads the report may stop reading, such as `head`: that changes no exit status.

Limits, of what is looked through for access keys too:
  A file has at most --max-file-size bytes; of a longer text the first ones are looked through.
  What may be infrastructure code is held in memory, other texts are not.
  Binary files are passed over and counted: `iamrail explain embedded-access-key` tells which.
  Base64 is looked into, three levels deep. Of one text, 1000 credentials are told.

Examples:
  iamrail check infra/                                 a directory
  terraform show -json plan.bin | iamrail check -      a plan, from standard input
  iamrail check plan.json --source infra/              a plan, pointing into the code
  iamrail check --output iam.sarif                     SARIF to a file, prose to the terminal
  iamrail check --fail-on undetermined --var env=prod  demand proof; give a variable its value
  iamrail check --parameters prod.json template.yaml   a template as it is deployed
  iamrail check --history                              access keys in earlier versions too
  iamrail check --image shop.tar                       access keys in a container image")]
pub(crate) struct CheckArgs {
    /// Files and directories; `-` reads standard input [default: the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to write the report: to standard output, or to the file of an --output that follows
    #[arg(long, value_name = "FORMAT", action = ArgAction::Append)]
    pub(crate) format: Vec<Format>,

    /// Write the report to a file too; without a --format before it, in the format that the extension names
    /// (.json, .sarif, .md, .txt)
    #[arg(long, short, value_name = "FILE", action = ArgAction::Append)]
    pub(crate) output: Vec<PathBuf>,

    /// The least finding that makes the check fail
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(crate) fail_on: FailOn,

    /// Exit with 0 although some of the input could not be read or understood
    #[arg(long)]
    pub(crate) allow_incomplete: bool,

    /// Show notes on the input as well, what was left aside and why, and every place that a finding names
    #[arg(long, short)]
    pub(crate) verbose: bool,

    /// Look through the git history for access keys too: every version of every file, and every message, that a branch, a tag or the
    /// stash leads to, in the repositories that the paths are in and in those below them
    #[arg(long)]
    pub(crate) history: bool,

    /// Look through a container image for access keys: an archive of `docker save`, or an OCI layout as a directory or archive.
    /// Without a PATH, nothing else is checked
    #[arg(long, value_name = "IMAGE", action = ArgAction::Append)]
    pub(crate) image: Vec<PathBuf>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Write who may do what, and by which approval, for a review meeting.
///
/// For every unit: who is an administrator, how, and by which approval; each user with its kind and the evidence of it, its
/// groups, credentials and MFA; each role with its purpose, whom it trusts, what runs with it and what it may do; what breaks the
/// guardrails, and what is undetermined. In HTML, with a picture of all that: one page that needs no script, no network and no other
/// file.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0  all of the input was read and understood, whatever was found
  2  the review could not be written: wrong usage or configuration, or no input
  3  some of the input could not be read or understood; the review says what

Examples:
  iamrail review infra/ --output review.html   a page to look at together
  iamrail review plan.json > review.md         Markdown, for a pull request or a wiki")]
pub(crate) struct ReviewArgs {
    /// Files and directories; `-` reads standard input [default: the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to write the review [default: what the extension of --output names (.md, .html), or markdown]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ReviewFormat>,

    /// Write the review to a file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Draft a configuration from what the input declares, for a person to review.
///
/// Writes iamrail.yaml with a comment on every administrator and every user that is found: who they are, by what, and where that
/// stands. The draft approves nobody and sets nothing but defaults; what is right in it is uncommented by hand.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0  the draft is written, and all of the input was read and understood
  2  the draft could not be written: there is a configuration already, wrong usage, or no input
  3  the draft is written, but some of the input could not be read or understood

Examples:
  iamrail init                     for the current directory
  iamrail init infra/ --output -   to standard output")]
pub(crate) struct InitArgs {
    /// Files and directories [default: the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The file to write, which must not exist; `-` stands for standard output [default: iamrail.yaml in the directory of the
    /// first path]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Print the shared model of the input as JSON.
///
/// The model is what the rules see: users, groups, roles, policies, keys and workloads with the links between them,
/// whatever the format they are written in. Values that are not known are shown as `${...}`; secrets never.
#[derive(Debug, Args)]
#[command(
    after_help = "The JSON has a `version`, which is raised when something is taken away or changes its meaning, not when something is added.

With --permissions, `permissions` of a unit has for each principal, and for each deployment of it that differs (`when`):
  allow         what its policies surely allow, without what others of them surely deny on all of the same resources
  deny          what they surely deny
  undetermined  what they may allow or deny, with the reason why it is not known (`because`)
each a list of {actions, not_actions, resources, not_resources, conditions, by}: `by` names the policies. Actions are told by
the fewest patterns that stand for them and for no others.

Examples:
  iamrail show infra/ | jq '.units[].roles[].name'
  iamrail show infra/ --permissions | jq '.units[].permissions[] | {subject, allow: [.allow[] | {actions, resources}]}'"
)]
pub(crate) struct ShowArgs {
    /// Files and directories; `-` reads standard input [default: the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Show what every user, group and role may do: its policies put together, in every deployment that makes a difference
    #[arg(long)]
    pub(crate) permissions: bool,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Say what becomes of requests to AWS, and why.
///
/// Answers as AWS would, by all policies that concern a request: those of the principal and of its groups, the AWS-managed ones
/// included, and the trust policy of a role. The answer is a list in JSON of decisions (Allowed, ImplicitlyDenied,
/// ExplicitlyDenied, or Undetermined where something decisive is not known), each with the statements that decide. Where
/// deployments of the input differ, there is an answer for each, and `when` tells it from the others.
///
/// Policies of other resources than roles (of buckets, queues, keys) are part of cases only: of those in the input nothing is
/// read, and `assuming` says so. Permission boundaries, service control policies and session policies are left aside.
///
/// A request may ask for several actions or resources with a pattern, unlike one of AWS's own simulator. Where they are not all
/// decided alike, the answer is Undetermined, and says which part is allowed or denied: each action that AWS has today is
/// decided, and of resources the statements name those they speak of.
///
/// The condition keys that follow from the principal (aws:username, aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType and
/// their like) need not be given; null takes one away. Actions and condition keys that AWS does not have are answered all the
/// same, with a warning.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0  every request was decided, whatever the decision
  2  nothing could be answered: wrong usage, no input, or no such principal
  3  something that decides is not known, or some of the input could not be read

A case of --cases is an object with the policies and the request in AWS's own words:
  {\"id\": \"x\", \"identity_policies\": [POLICY...], \"resource_policies\": [POLICY...], \"trust_policy\": POLICY,
   \"request\": {\"principal\": ARN, \"action\": \"s3:GetObject\", \"resource\": ARN, \"account\": ID, \"context\": {KEY: VALUE}}}
All but `request` with its first three may be left out. `account` owns the resource, if its ARN does not say. `expected`, `cite`,
`comment`, `description`, `group`, `name`, `note`, `notes`, `reason`, `source` and `title` may stand beside these and decide
nothing; a case with any other field is not answered.

Examples:
  iamrail simulate --cases cases.json
  iamrail simulate infra/ --principal alice --action s3:GetObject --resource arn:aws:s3:::logs/today \\
      --context aws:MultiFactorAuthPresent=true")]
pub(crate) struct SimulateArgs {
    /// Files and directories that declare the principal; `-` reads standard input [default: the current directory]
    #[arg(value_name = "PATH", conflicts_with = "cases")]
    pub(crate) paths: Vec<PathBuf>,

    /// Answer the cases of a JSON file instead; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,

    /// Who asks: a user or role by name, by the resource that declares it, or by ARN
    #[arg(long, value_name = "NAME", required_unless_present = "cases", conflicts_with = "cases")]
    pub(crate) principal: Option<String>,

    /// What is asked for, such as s3:GetObject; a pattern asks for all actions that it matches
    #[arg(long, value_name = "ACTION", required_unless_present = "cases", conflicts_with = "cases")]
    pub(crate) action: Option<String>,

    /// On what: an ARN, or a pattern, which asks for all resources that it matches
    #[arg(long, value_name = "ARN", default_value = "*", conflicts_with = "cases")]
    pub(crate) resource: String,

    /// Give the request a condition key with a value; several values are given one by one
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, conflicts_with = "cases")]
    pub(crate) context: Vec<(String, String)>,

    /// Let condition keys that are not given have any value, instead of being absent
    #[arg(long, conflicts_with = "cases")]
    pub(crate) open_context: bool,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// List the exceptions, hold them to what is demanded of them, or draft them from those of other tools.
#[derive(Debug, Args)]
pub(crate) struct ExceptionsArgs {
    #[command(subcommand)]
    pub(crate) command: ExceptionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionsCommand {
    /// List the exceptions, each with its state and how many findings it covers
    List(Box<ExceptionInput>),

    /// Report what is wrong with the exceptions, and nothing else; the exit status is that of `iamrail check`
    Check(Box<ExceptionInput>),

    /// Draft exceptions from the suppressions of checkov, tfsec, trivy, cfn_nag and cfn-guard, as a file in YAML.
    ///
    /// A draft does not count before a person fills in who owns the exception and who approved it.
    Import(Box<ExceptionInput>),
}

/// What exceptions are looked for in.
#[derive(Debug, Args)]
pub(crate) struct ExceptionInput {
    /// Files and directories [default: the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Print the page of a rule: what is wrong, why it matters, and the way out.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The name of the rule
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
}

/// List the rules.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// List the statements of the policy documents instead, with the rules that enforce them and on which input
    #[arg(long)]
    pub(crate) coverage: bool,
}

/// What is read, and with which values.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// The configuration [default: iamrail.yaml in the directory of the first path or above]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// The directory that nothing is read outside of [default: the repository of the paths]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    /// Point what is found in plans and states into the configuration they were made of: the directory that was planned
    #[arg(long, value_name = "DIR")]
    pub(crate) source: Option<PathBuf>,

    /// Give a Terraform variable a value
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) var: Vec<(String, String)>,

    /// Give Terraform variables the values of a .tfvars or .tfvars.json file
    #[arg(long, value_name = "FILE")]
    pub(crate) var_file: Vec<PathBuf>,

    /// The Terraform workspace [default: default]
    #[arg(long, value_name = "NAME")]
    pub(crate) workspace: Option<String>,

    /// Read directories as this program does [default: Terraform; OpenTofu where only its marks are, such as `.tofu` files;
    /// both, as two units, where a `.tofu` file takes the place of a `.tf` file. With --source, the program of the plan]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) flavor: Option<Flavor>,

    /// Which blocks of Terraform configurations have to be valid syntax
    #[arg(long, value_name = "WHICH", default_value = "needed")]
    pub(crate) syntax: Syntax,

    /// Give CloudFormation parameters values: a file (of the AWS CLI or CodePipeline, a map, samconfig.toml), or one
    /// parameter
    #[arg(long, value_name = "FILE|KEY=VALUE")]
    pub(crate) parameters: Vec<String>,

    /// Check for this environment of the configuration, and for no other that is not named so [default: for all of them]
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub(crate) environment: Vec<String>,

    /// The date that ages are counted to, and that exceptions have to hold on [default: the date of the clock, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<jiff::civil::Date>,

    /// Take exceptions from a revision of git, such as the branch that a change is made for, so that no change can except
    /// itself: those of files with `exceptions` and `teams` of the configuration, and those in resources as they stand there
    #[arg(long, value_name = "REVISION")]
    pub(crate) exceptions_from: Option<String>,

    /// Check files too that git ignores; those that it tracks all the same are checked anyway
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// The most bytes of a file; larger ones make the check incomplete
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    pub(crate) max_file_size: u64,

    /// The number of threads, at most 256; 0 takes one a core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = RangedU64ValueParser::<usize>::new().range(0..=MOST_THREADS))]
    pub(crate) threads: usize,
}

/// The formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs: findings, units, diagnostics and counts
    Json,
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif,
    /// A checklist in Markdown for the review of a change: statement by statement of the policy documents
    Checklist,
}

/// The formats of reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    /// Tables in Markdown
    Markdown,
    /// One page with pictures, without script and without any other file
    Html,
}

/// The programs that read a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flavor {
    /// Terraform, which does not read `.tofu` files
    Terraform,
    /// OpenTofu, for which they take the place of `.tf` files
    #[value(name = "opentofu")]
    OpenTofu,
}

/// The least finding that makes a check fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum FailOn {
    /// Against a MUST
    Error,
    /// Against a SHOULD
    Warning,
    /// What cannot be decided, errors and warnings too
    Undetermined,
    /// Nothing
    Never,
}

/// Which blocks of Terraform configurations have to be valid syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Syntax {
    /// Those that what the rules judge is made of; of the others the brackets and quotes have to be balanced
    Needed,
    /// All of every module that a deployment uses
    All,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
