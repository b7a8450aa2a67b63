//! The text of a drafted configuration. What it proposes stands in comments: a draft sets nothing but defaults.

use std::fmt::{Result, Write};

use iamrail::core::options::{Options, UserKind};

use super::found::{Details, Found, List};
use crate::output::{Shown, yaml_text};

const SCHEMA: &str = "https://raw.githubusercontent.com/iamrail/iamrail/main/docs/iamrail.schema.json";
/// How many places of the same are told.
const MOST_PLACES: usize = 3;

/// The draft.
pub(super) fn draft(shown: &Shown<'_>, found: &Found, options: &Options) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_all(&mut text, shown, found, options);
    text
}

fn write_all(text: &mut String, shown: &Shown<'_>, found: &Found, options: &Options) -> Result {
    heading(text, shown)?;
    users(text, found, options)?;
    administrators(text, found, options)?;
    text.push_str(REST);
    Ok(())
}

fn heading(text: &mut String, shown: &Shown<'_>) -> Result {
    let units = match shown.report.units.len() {
        1 => "1 unit".to_owned(),
        more => format!("{more} units"),
    };
    writeln!(text, "# yaml-language-server: $schema={SCHEMA}")?;
    writeln!(text, "#")?;
    writeln!(
        text,
        "# The configuration of iamrail, drafted by `iamrail init` from {units} with {} resources.",
        shown.resources()
    )?;
    writeln!(
        text,
        "# As it stands it sets what holds without it, and approves nobody. Review it: what is right is uncommented,"
    )?;
    writeln!(text, "# what is not is taken out. docs/configuration.md of iamrail tells all keys.")?;
    if !shown.report.is_complete() {
        writeln!(
            text,
            "#\n# Not all of the input could be read or understood (`iamrail check` says what): there may be more than is told here."
        )?;
    }
    writeln!(text, "version: 1")
}

fn users(text: &mut String, found: &Found, options: &Options) -> Result {
    writeln!(text, "\nusers:")?;
    match found.users.len() {
        0 => writeln!(text, "  # No users are declared here.")?,
        count => {
            writeln!(text, "  # Users that are declared here ({count}), and what they are taken for:")?;
            for (name, details) in &found.users {
                writeln!(text, "  #   {}: {}", yaml_text(name), told(details))?;
            }
        }
    }
    if !found.untold.is_empty() {
        writeln!(
            text,
            "  # Where nothing tells, a tag `Kind: human` or `Kind: application` does, or one of these lists of names and paths,"
        )?;
        writeln!(
            text,
            "  # in which `*` and `?` stand for others. A list replaces its default, which is shown."
        )?;
    } else {
        writeln!(
            text,
            "  # Names and paths that tell, with `*` and `?`. A list replaces its default, which is shown."
        )?;
    }
    list(text, "human", &options.users.human)?;
    list(text, "application", &options.users.application)?;
    let default = match options.users.default {
        UserKind::Human => "human",
        UserKind::Application => "application",
    };
    writeln!(text, "  # What a user is of whom nothing tells: human or application.")?;
    writeln!(text, "  default: {default}")
}

fn list(text: &mut String, key: &str, globs: &[String]) -> Result {
    let globs: Vec<String> = globs.iter().map(|glob| yaml_text(glob)).collect();
    writeln!(text, "  # {key}: [{}]", globs.join(", "))
}

fn administrators(text: &mut String, found: &Found, options: &Options) -> Result {
    writeln!(text, "\nadministrators:")?;
    if found.administrators.is_empty() && found.nameless.is_empty() {
        writeln!(
            text,
            "  # No administrators are found here. Whoever may be one is approved by name, with `*` and `?`:"
        )?;
        writeln!(text, "  # approved:\n  #   users: []\n  #   groups: []\n  #   roles: []")?;
    } else {
        writeln!(
            text,
            "  # Who is found to be an administrator. Uncomment whom you approve, and the keys above them; members of an"
        )?;
        writeln!(text, "  # approved group are approved with it. Whoever is left out stays a finding.")?;
        if !found.administrators.is_empty() {
            writeln!(text, "  # approved:")?;
        }
        for list in List::ALL {
            let of_list = found.administrators.iter().filter(|((of, _), _)| *of == list);
            for (at, ((_, name), details)) in of_list.enumerate() {
                if at == 0 {
                    writeln!(text, "  #   {}:", list.key())?;
                }
                writeln!(text, "  #     - {}  # {}", yaml_text(name), told(details))?;
            }
        }
        for (name, details) in &found.nameless {
            writeln!(
                text,
                "  # No entry can approve the {name}, whose name is not known: {}",
                told(details)
            )?;
        }
    }
    writeln!(text, "  # How many users may be administrators.")?;
    writeln!(text, "  max: {}", options.administrators.max)
}

const REST: &str = "
# access_keys:
#   max_age: 90  # days

# What states the purpose of a role or a policy besides its description.
# roles:
#   purpose_tags: [Purpose, Description, UseCase]

# The tag with the day of the last review, how many days that is good for, and whether everybody needs it.
# review:
#   tag: LastReviewed
#   max_age: 180
#   required: false

# Rules (`iamrail rules` lists them) that weigh otherwise; one that is off needs its reason.
# rules:
#   custom-policy:
#     level: note
#   role-without-purpose:
#     level: \"off\"
#     reason: Descriptions are set by the landing zone.

# Exceptions stand in iam-exceptions.yaml, beside this file: docs/exceptions.md.
";

/// What is told of something with where it stands, for the end of a line.
fn told(details: &Details) -> String {
    let told: Vec<&str> = details.told.iter().map(String::as_str).collect();
    let mut places: Vec<&str> = details.places.iter().take(MOST_PLACES).map(String::as_str).collect();
    let more = details.places.len().saturating_sub(places.len());
    let and_more = format!("{more} more");
    if more > 0 {
        places.push(&and_more);
    }
    format!("{} ({})", told.join("; "), places.join(", "))
}
