//! Names that somebody may have meant.

/// The candidate that is most like a name, if one is like it at all.
pub fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let scored = candidates
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate));
    scored
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_is_recognised_and_something_else_is_not() {
        let rules = ["wildcard-permission", "user-direct-policy", "shared-role"];
        assert_eq!(closest("wildcard-permision", rules), Some("wildcard-permission"));
        assert_eq!(closest("user-direct-polices", rules), Some("user-direct-policy"));
        assert_eq!(closest("hunam", ["application", "human"]), Some("human"));
        assert_eq!(closest("bananas", rules), None);
    }
}
