//! Which files of a directory make up a module.

use std::collections::BTreeSet;

use iamrail_core::source::Entry;

use crate::Flavor;

/// The endings of configuration files, the more telling first.
const ENDINGS: &[&str] = &[".tofu.json", ".tofu", ".tf.json", ".tf"];

/// The name without its ending, and the ending, if it is that of a configuration file.
pub(crate) fn configuration_file(name: &str) -> Option<(&str, &'static str)> {
    let is_left_behind_by_an_editor =
        name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    if is_left_behind_by_an_editor {
        return None;
    }
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending).map(|stem| (stem, *ending)))
}

/// The names of the files of a module: first those that declare, then those that override, each in the order of
/// their names.
pub(crate) fn module_files(entries: &[Entry], flavor: Flavor) -> Vec<&str> {
    let files = files(entries);
    let mut found: Vec<&str> = files
        .iter()
        .copied()
        .filter(|name| match flavor {
            Flavor::Terraform => configuration_file(name).is_some() && !is_of_opentofu(name),
            Flavor::OpenTofu => configuration_file(name).is_some() && !is_shadowed(name, &files),
        })
        .collect();
    found.sort_by_key(|name| overrides(name));
    found
}

/// Whether a file of OpenTofu takes the place of another, which Terraform reads.
pub(crate) fn has_shadowed_files(entries: &[Entry]) -> bool {
    let files = files(entries);
    files.iter().any(|name| is_shadowed(name, &files))
}

/// Whether there are files that only OpenTofu reads.
pub(crate) fn has_opentofu_files(entries: &[Entry]) -> bool {
    files(entries).iter().any(|name| is_of_opentofu(name))
}

/// The names of the files with values of variables that Terraform reads without being told, in the order in which it does.
pub(crate) fn value_files(entries: &[Entry]) -> Vec<String> {
    let files = files(entries);
    let standard =
        ["terraform.tfvars", "terraform.tfvars.json"].into_iter().filter(|name| files.contains(name));
    let is_automatic = |name: &&str| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let automatic = files.iter().copied().filter(is_automatic);
    standard.chain(automatic).map(str::to_owned).collect()
}

fn is_of_opentofu(name: &str) -> bool {
    configuration_file(name).is_some_and(|(_, ending)| ending.starts_with(".tofu"))
}

fn files(entries: &[Entry]) -> BTreeSet<&str> {
    entries.iter().filter(|entry| !entry.is_dir).map(|entry| entry.name.as_str()).collect()
}

fn is_shadowed(name: &str, files: &BTreeSet<&str>) -> bool {
    match configuration_file(name) {
        Some((stem, ".tf")) => files.contains(format!("{stem}.tofu").as_str()),
        Some((stem, ".tf.json")) => files.contains(format!("{stem}.tofu.json").as_str()),
        _ => false,
    }
}

/// Whether the blocks of a file override those of others.
pub(crate) fn overrides(name: &str) -> bool {
    configuration_file(name).is_some_and(|(stem, _)| stem == "override" || stem.ends_with("_override"))
}

#[cfg(test)]
mod tests {
    use iamrail_core::source::Entry;

    use super::{has_shadowed_files, module_files, value_files};
    use crate::Flavor;

    fn entries(names: &[&str]) -> Vec<Entry> {
        names.iter().map(|name| Entry { name: (*name).to_owned(), is_dir: false }).collect()
    }

    #[test]
    fn the_files_of_values_are_those_that_terraform_reads_by_itself() {
        let names = [
            "b.auto.tfvars",
            "prod.tfvars",
            "a.auto.tfvars.json",
            "terraform.tfvars.json",
            "terraform.tfvars",
        ];
        let expected = ["terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars.json", "b.auto.tfvars"];
        assert_eq!(value_files(&entries(&names)), expected);
    }

    #[test]
    fn overrides_come_last_and_tofu_files_shadow_terraform_files() {
        let names = ["a_override.tf", "b.tf", "b.tofu", "c.tf.json", "z.tf", ".x.tf", "y.tf~", "README"];
        let entries = entries(&names);
        let found = module_files(&entries, Flavor::OpenTofu);
        assert_eq!(found, ["b.tofu", "c.tf.json", "z.tf", "a_override.tf"]);
        let found = module_files(&entries, Flavor::Terraform);
        assert_eq!(found, ["b.tf", "c.tf.json", "z.tf", "a_override.tf"]);
    }

    #[test]
    fn a_file_of_another_form_is_not_shadowed() {
        assert!(!has_shadowed_files(&entries(&["a.tf", "a.tofu.json", "b.tofu"])));
        assert!(has_shadowed_files(&entries(&["a.tf.json", "a.tofu.json"])));
    }
}
