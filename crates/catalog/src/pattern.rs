//! Which actions a pattern such as `s3:Get*` stands for.

use crate::{Action, ActionSet, Service, glob_matches, service, services};

/// The actions that are in use and that a pattern stands for: `*` for any run of letters, `?` for one letter, whatever the case.
/// A pattern that IAM does not understand, and one for a service that does not exist, stands for none.
///
/// ```
/// let set = iamrail_catalog::expand("iam:*accesskey");
/// let names: Vec<String> = set.iter().map(|action| action.to_string()).collect();
/// assert_eq!(names, ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateAccessKey"]);
/// ```
pub fn expand(pattern: &str) -> ActionSet {
    let is_any = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    match pattern.split_once(':') {
        None if is_any(pattern) => ActionSet::all(),
        None => ActionSet::new(),
        Some((prefix, name)) if is_any(prefix) => {
            let name = name.to_ascii_lowercase();
            if is_any(&name) {
                return ActionSet::all();
            }
            services().iter().flat_map(|service| matching(service, &name)).collect()
        }
        Some((prefix, name)) => {
            let Some(service) = service(prefix) else { return ActionSet::new() };
            if is_any(name) {
                let mut set = ActionSet::new();
                set.insert_service(service);
                return set;
            }
            matching(service, &name.to_ascii_lowercase()).collect()
        }
    }
}

/// The actions of a service that a pattern in lower case matches. They are sorted: what the pattern starts with narrows them down.
fn matching<'p>(
    service: &'static Service,
    pattern: &'p str,
) -> impl Iterator<Item = &'static Action> + use<'p> {
    let lead_ends = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let (lead, rest) = pattern.split_at(lead_ends);
    let actions = service.actions();
    let first = actions.partition_point(|action| action.folded_name() < lead);
    actions
        .iter()
        .skip(first)
        .map_while(move |action| Some((action, action.folded_name().strip_prefix(lead)?)))
        .filter(move |(_, name)| glob_matches(rest, name))
        .map(|(action, _)| action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions;

    #[test]
    fn patterns_stand_for_the_actions_that_they_match() {
        for (pattern, expected) in [
            ("*", actions().count()),
            ("*:*", actions().count()),
            ("s3:GetObject", 1),
            ("S3:GETOBJECT", 1),
            ("s3:GetObjec?", 1),
            ("iam:*", service("iam").unwrap().actions().len()),
            ("s3:", 0),
            ("", 0),
            ("s*:GetObject", 0),
            ("nowhere:*", 0),
            ("s3:Get Object", 0),
        ] {
            assert_eq!(expand(pattern).len(), expected, "{pattern}");
        }
        assert!(expand("s3:*").is_subset(&expand("*")));
    }

    proptest::proptest! {
        #[test]
        fn expansion_agrees_with_asking_every_action(name in "[a-z*?]{0,6}") {
            let set = expand(&format!("sts:{name}"));
            for action in service("sts").unwrap().actions() {
                let expected = glob_matches(&name, action.folded_name());
                proptest::prop_assert_eq!(set.contains(action), expected, "{} {}", name, action);
            }
        }
    }
}
