//! Patterns of paths, as seen from a directory.

use crate::policy::Glob;

/// Patterns of paths below a directory: `*` and `?` within a name, `**` for any number of directories. A pattern that matches a
/// directory matches all that is below it.
#[derive(Clone, Debug)]
pub struct PathPatterns {
    /// Where the directory is that they count from, as seen from the root of the run.
    below: String,
    /// Where the root of the run is as seen from that directory, when the directory is further up.
    above: String,
    patterns: Vec<Vec<Segment>>,
}

/// A part of a pattern, between two `/`.
#[derive(Clone, Debug)]
pub(crate) enum Segment {
    /// `**`
    Any,
    /// A name, with `*` and `?`.
    Name(Glob),
}

impl PathPatterns {
    /// Patterns that count from a directory of the run; the empty path is its root.
    ///
    /// ```
    /// use iamrail_core::check::PathPatterns;
    /// let patterns = PathPatterns::below("infra", ["stacks/*-prod/**", "app.yaml"]);
    /// assert!(patterns.match_path("infra/stacks/eu-prod") && patterns.match_path("infra/stacks/eu-prod/iam"));
    /// assert!(patterns.match_path("infra/app.yaml") && !patterns.match_path("app.yaml"));
    /// assert!(!patterns.match_path("infra/stacks"));
    /// ```
    pub fn below<P: AsRef<str>>(dir: &str, patterns: impl IntoIterator<Item = P>) -> Self {
        Self { below: dir.to_owned(), above: String::new(), patterns: read(patterns) }
    }

    /// Patterns that count from a directory above the root of the run, which is at `root` as seen from there.
    pub fn above<P: AsRef<str>>(root: &str, patterns: impl IntoIterator<Item = P>) -> Self {
        Self { below: String::new(), above: root.to_owned(), patterns: read(patterns) }
    }

    /// Whether one of them matches a path of the run.
    pub fn match_path(&self, path: &str) -> bool {
        let Some(rest) = within(&self.below, path) else { return false };
        let parts: Vec<&str> =
            self.above.split('/').chain(rest.split('/')).filter(|part| !matches!(*part, "" | ".")).collect();
        self.patterns.iter().any(|pattern| leads_to(pattern, &parts))
    }
}

fn read<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Vec<Vec<Segment>> {
    let read = |pattern: P| {
        pattern.as_ref().split('/').filter(|part| !matches!(*part, "" | ".")).map(Segment::new).collect()
    };
    patterns.into_iter().map(read).collect()
}

impl Segment {
    pub(crate) fn new(part: &str) -> Self {
        if part == "**" { Self::Any } else { Self::Name(Glob::new(part)) }
    }
}

/// A path as seen from a directory; `None` when it is elsewhere.
fn within<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    if dir.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(dir)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Whether a pattern matches a path or a directory on the way to it.
fn leads_to(pattern: &[Segment], path: &[&str]) -> bool {
    reached(pattern, path, true).contains(&true)
}

/// For every part of a path, whether a pattern matches the path up to it. A pattern that is not anchored may begin anywhere.
pub(crate) fn reached(pattern: &[Segment], path: &[&str], is_anchored: bool) -> Vec<bool> {
    let mut reached: Vec<bool> = (0..=path.len()).map(|at| at == 0 || !is_anchored).collect();
    for segment in pattern {
        match segment {
            Segment::Any => {
                let mut any = false;
                for at in &mut reached {
                    any |= *at;
                    *at = any;
                }
            }
            Segment::Name(glob) => {
                let steps = reached.iter().zip(path).map(|(at, part)| *at && glob.matches(part));
                reached = std::iter::once(false).chain(steps).collect();
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::PathPatterns;

    #[test]
    fn a_pattern_matches_what_it_names_and_all_below() {
        for (pattern, path, expected) in [
            ("stacks/prod/**", "stacks/prod", true),
            ("stacks/prod", "stacks/prod/iam/main.tf", true),
            ("stacks/prod", "stacks/production", false),
            ("stacks/p*", "stacks/prod", true),
            ("stacks/*", "stacks", false),
            ("**/prod", "a/b/prod/c", true),
            ("**/prod", "prod", true),
            ("**", "", true),
            (".", "", true),
            ("./a/", "a/b", true),
            ("*.yaml", "a/b.yaml", false),
            ("", "a", true),
        ] {
            assert_eq!(PathPatterns::below("", [pattern]).match_path(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_count_from_their_directory() {
        assert!(PathPatterns::below("infra", ["**"]).match_path("infra"));
        assert!(!PathPatterns::below("infra", ["**"]).match_path("infrastructure"));
        assert!(PathPatterns::above("infra/live", ["infra/*/prod"]).match_path("prod"));
        assert!(!PathPatterns::above("infra/live", ["prod"]).match_path("prod"));
    }
}
