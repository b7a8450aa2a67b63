//! Which files of a directory make up a module.

use std::collections::BTreeSet;

use iamrail_core::source::Entry;

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
/// their names. A file of OpenTofu takes the place of the Terraform file of the same name.
pub(crate) fn module_files(entries: &[Entry]) -> Vec<&str> {
    let files: BTreeSet<&str> =
        entries.iter().filter(|entry| !entry.is_dir).map(|entry| entry.name.as_str()).collect();
    let mut found: Vec<&str> = files
        .iter()
        .copied()
        .filter(|name| match configuration_file(name) {
            Some((stem, ".tf")) => !files.contains(format!("{stem}.tofu").as_str()),
            Some((stem, ".tf.json")) => !files.contains(format!("{stem}.tofu.json").as_str()),
            Some(_) => true,
            None => false,
        })
        .collect();
    found.sort_by_key(|name| overrides(name));
    found
}

/// Whether the blocks of a file override those of others.
pub(crate) fn overrides(name: &str) -> bool {
    configuration_file(name).is_some_and(|(stem, _)| stem == "override" || stem.ends_with("_override"))
}

#[cfg(test)]
mod tests {
    use iamrail_core::source::Entry;

    use super::module_files;

    fn files(names: &[&str]) -> Vec<String> {
        let entries: Vec<Entry> =
            names.iter().map(|name| Entry { name: (*name).to_owned(), is_dir: false }).collect();
        module_files(&entries).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn overrides_come_last_and_tofu_files_shadow_terraform_files() {
        let found =
            files(&["a_override.tf", "b.tf", "b.tofu", "c.tf.json", "z.tf", ".x.tf", "y.tf~", "README"]);
        assert_eq!(found, ["b.tofu", "c.tf.json", "z.tf", "a_override.tf"]);
    }
}
