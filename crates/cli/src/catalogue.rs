//! The `rules` and `explain` commands: what is checked, and why.

use iamrail::core::report::Level;
use iamrail::core::rule::{Inputs, Rule, STATEMENTS, Statement};
use iamrail::core::rules::RULES;
use iamrail::core::suggest::closest;

use crate::failure::Failure;

/// The rules, a line each.
pub(crate) fn rules() -> String {
    let rows = RULES.iter().map(|rule| {
        let statements: Vec<_> = rule.statements.iter().map(|statement| statement.0).collect();
        [rule.name.to_owned(), rule.level.to_string(), statements.join(", "), rule.summary.to_owned()]
    });
    table(["rule", "level", "statements", "reports that"], rows)
}

/// The statements of the policy documents, a line each, with the rules that enforce them and the input on which those
/// can decide.
pub(crate) fn coverage() -> String {
    let rows = STATEMENTS.iter().flat_map(|statement| {
        enforcement(statement).into_iter().map(move |(inputs, rules)| {
            let level = match statement.level {
                Level::Error => "must",
                _ => "should",
            };
            [statement.id.to_string(), level.to_owned(), statement.text.to_owned(), rules, inputs.to_owned()]
        })
    });
    let table = table(["statement", "level", "demands that", "rules", "decide on"], rows);
    let covered = STATEMENTS.iter().filter(|statement| enforcing(statement).next().is_some()).count();
    format!("{table}\n{covered} of {} statements have a rule\n", STATEMENTS.len())
}

/// The page of a rule.
pub(crate) fn explain(name: &str) -> Result<&'static str, Failure> {
    RULES.iter().find(|rule| rule.name == name).map(|rule| rule.page).ok_or_else(|| {
        Failure::Usage(match closest(name, RULES.iter().map(|rule| rule.name)) {
            Some(meant) => format!("there is no rule `{name}`; did you mean `{meant}`?"),
            None => format!("there is no rule `{name}`; `iamrail rules` lists them"),
        })
    })
}

fn enforcing(statement: &Statement) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(move |rule| rule.statements.contains(&statement.id))
}

/// The rules that enforce a statement by the input on which they can decide.
fn enforcement(statement: &Statement) -> Vec<(&'static str, String)> {
    let mut enforcement = Vec::new();
    for inputs in [Inputs::Resources, Inputs::Texts, Inputs::Exceptions, Inputs::Configuration] {
        let rules: Vec<_> =
            enforcing(statement).filter(|rule| rule.inputs == inputs).map(|rule| rule.name).collect();
        if !rules.is_empty() {
            enforcement.push((on(inputs), rules.join(", ")));
        }
    }
    if enforcement.is_empty() {
        enforcement.push(("nothing", "NOT COVERED".to_owned()));
    }
    enforcement
}

fn on(inputs: Inputs) -> &'static str {
    match inputs {
        Inputs::Texts => "every text that is read",
        Inputs::Exceptions => "exceptions in files, comments and metadata",
        Inputs::Configuration => "the configuration, with all that is checked",
        _ => "Terraform source, plans and states; CloudFormation",
    }
}

/// Rows with their columns aligned, under a heading.
pub(crate) fn table<const N: usize>(heading: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut rows: Vec<_> = rows.collect();
    rows.insert(0, heading.map(str::to_uppercase));
    let width = |at| rows.iter().filter_map(|row| row.get(at)).map(String::len).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
