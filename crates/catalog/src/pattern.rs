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
            let mut set = ActionSet::new();
            services().iter().for_each(|service| add(&mut set, service, &name));
            set
        }
        Some((prefix, name)) => {
            let mut set = ActionSet::new();
            match service(prefix) {
                Some(service) if is_any(name) => set.insert_service(service),
                Some(service) => add(&mut set, service, &name.to_ascii_lowercase()),
                None => {}
            }
            set
        }
    }
}

/// Adds the actions of a service that a pattern in lower case matches. They are sorted: those that begin as the pattern does follow
/// on each other.
fn add(set: &mut ActionSet, service: &'static Service, pattern: &str) {
    let lead_ends = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let (lead, rest) = pattern.split_at(lead_ends);
    let actions = service.actions();
    let first = actions.partition_point(|action| action.folded_name() < lead);
    let behind = actions.get(first..).unwrap_or_default();
    let count = match rest {
        "" => behind.first().is_some_and(|action| action.folded_name() == lead).into(),
        _ => behind.partition_point(|action| action.folded_name().starts_with(lead)),
    };
    if rest.bytes().all(|byte| byte == b'*') {
        let start = service.places().start + first;
        return set.insert_places(start..start + count);
    }
    let name = |action: &Action| action.folded_name().get(lead_ends..);
    let leading = behind.iter().take(count);
    let matching = leading.filter(|action| name(action).is_some_and(|name| glob_matches(rest, name)));
    matching.for_each(|action| set.insert(action));
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
        fn expansion_agrees_with_asking_every_action(name in "([a-z*?]{0,6}|(get|assume|decode)[a-z*?]{0,12}|assumerole)") {
            let set = expand(&format!("sts:{name}"));
            for action in service("sts").unwrap().actions() {
                let expected = glob_matches(&name, action.folded_name());
                proptest::prop_assert_eq!(set.contains(action), expected, "{} {}", name, action);
            }
        }
    }
}
