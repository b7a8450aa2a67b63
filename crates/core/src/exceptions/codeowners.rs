//! CODEOWNERS: which files belong to whom, as GitHub and GitLab read it.

use crate::path_patterns::{Segment, reached};
use crate::source::join;

/// A CODEOWNERS file.
#[derive(Clone, Debug, Default)]
pub struct CodeOwners {
    /// Where the root of the run is in the repository.
    below: String,
    sections: Vec<Vec<Line>>,
}

/// A pattern with the owners of what it matches.
#[derive(Clone, Debug)]
struct Line {
    segments: Vec<Segment>,
    /// Whether it is matched from the root of the repository only.
    anchored: bool,
    /// Whether it matches directories only, that is, what is in them.
    directory: bool,
    owners: Vec<String>,
}

impl CodeOwners {
    /// Reads a file; `below` is the root of the run as seen from the root of the repository.
    ///
    /// ```
    /// use iamrail_core::exceptions::CodeOwners;
    /// let owners = CodeOwners::parse("* @org/all\n/iam/ @org/platform sec@example.com\n", "");
    /// assert_eq!(owners.of("iam/exceptions.yaml"), ["@org/platform", "sec@example.com"]);
    /// assert_eq!(owners.of("other/iam.tf"), ["@org/all"]);
    /// ```
    pub fn parse(text: &str, below: &str) -> Self {
        let mut sections = vec![Vec::new()];
        let mut defaults: Vec<String> = Vec::new();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.trim();
            if let Some(heading) = section(line) {
                defaults = heading;
                sections.push(Vec::new());
                continue;
            }
            let mut words = words(line).into_iter();
            let Some(pattern) = words.next() else { continue };
            let owners: Vec<String> = words.collect();
            let owners = if owners.is_empty() { defaults.clone() } else { owners };
            if let Some(section) = sections.last_mut() {
                section.push(Line::new(&pattern, owners));
            }
        }
        Self { below: below.to_owned(), sections }
    }

    /// The owners of a file of the run: those of the last pattern that matches, of every section.
    pub fn of(&self, path: &str) -> Vec<&str> {
        let Some(path) = join(&self.below, path) else { return Vec::new() };
        let parts: Vec<&str> = path.split('/').collect();
        let last = |section: &'_ Vec<Line>| section.iter().rposition(|line| line.matches(&parts));
        let lines = self.sections.iter().filter_map(|section| section.get(last(section)?));
        lines.flat_map(|line| line.owners.iter().map(String::as_str)).collect()
    }
}

/// The owners in the heading of a section, if the line is one: `[Name]`, `^[Name][2] @owner`.
fn section(line: &str) -> Option<Vec<String>> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = rest.split_once(']')?;
    let rest = match rest.strip_prefix('[') {
        Some(count) => count.split_once(']').map(|(_, rest)| rest)?,
        None => rest,
    };
    Some(words(rest))
}

/// The words of a line up to its comment; a backslash takes its meaning from what follows.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.extend(letters.next()),
            '#' if word.is_empty() => break,
            letter if letter.is_whitespace() => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

impl Line {
    fn new(pattern: &str, owners: Vec<String>) -> Self {
        let inner = pattern.trim_end_matches('/');
        let anchored = inner.contains('/');
        let segments = inner.split('/').filter(|part| !part.is_empty()).map(Segment::new).collect();
        Self { segments, anchored, directory: pattern.ends_with('/'), owners }
    }

    fn matches(&self, path: &[&str]) -> bool {
        let mut reached = reached(&self.segments, path, self.anchored);
        let whole = reached.pop().unwrap_or(false) && !self.directory;
        // A directory that matches has all that is below it; `docs/*` alone has only the files in it.
        let only_files = self.anchored
            && matches!(self.segments.last(), Some(Segment::Name(glob)) if glob.is_everything());
        whole || (!only_files && reached.contains(&true))
    }
}

#[cfg(test)]
mod tests {
    use super::CodeOwners;

    #[test]
    fn patterns_match_as_they_do_at_github() {
        for (pattern, path, matches) in [
            ("*", "a/b.tf", true),
            ("*.tf", "a/b.tf", true),
            ("*.tf", "a/b.yaml", false),
            ("/iam/", "iam/a/b.tf", true),
            ("/iam/", "x/iam/b.tf", false),
            ("iam/", "x/iam/b.tf", true),
            ("iam/", "x/iam", false),
            ("docs/*", "docs/a.md", true),
            ("docs/*", "docs/a/b.md", false),
            ("/docs/**", "docs/a/b.md", true),
            ("**/logs", "a/b/logs/c", true),
            ("/iam-exceptions.yaml", "iam-exceptions.yaml", true),
            ("/iam-exceptions.yaml", "a/iam-exceptions.yaml", false),
            ("iam-exceptions.yaml", "a/iam-exceptions.yaml", true),
            ("a\\ b.tf", "a b.tf", true),
        ] {
            let owners = CodeOwners::parse(&format!("{pattern} @x"), "");
            assert_eq!(owners.of(path) == ["@x"], matches, "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_line_counts_and_sections_add_up() {
        let owners = CodeOwners::parse("* @a # all\n/x/ @b\n/x/free\n", "");
        assert_eq!(owners.of("y"), ["@a"]);
        assert_eq!(owners.of("x/y"), ["@b"]);
        assert!(owners.of("x/free").is_empty());
        let owners = CodeOwners::parse("* @a\n[Security][2] @s\n*.tf\n^[Docs]\n*.md @d\n", "sub");
        assert_eq!(owners.of("m.tf"), ["@a", "@s"]);
        assert_eq!(owners.of("m.md"), ["@a", "@d"]);
    }
}
