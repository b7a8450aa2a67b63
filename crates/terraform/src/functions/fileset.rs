//! `fileset`: the files below a directory that match a pattern.

use iamrail_core::source::FileError;
use iamrail_core::value::{Kind, Reason, Value};

use super::call::{Call, Fault};
use super::function::Outcome;
use crate::types::into_set;

/// The most directories and files that are looked at.
const MOST: usize = 100_000;

/// The most alternatives in braces, and the most `**`, in a pattern.
const MOST_GROUPS: usize = 4;

/// The most patterns that alternatives make.
const MOST_PATTERNS: usize = 256;

/// How deep directories are followed.
const DEPTH: usize = 64;

/// The paths of files relative to the directory, as a set.
pub(super) fn fileset(call: &Call<'_>) -> Outcome {
    let (dir, pattern) = (call.str(0), call.str(1));
    let pattern = pattern.strip_prefix("./").unwrap_or(&pattern);
    let mut alternatives = Vec::new();
    let wrong = || Fault::argument(1, "the pattern has too many alternatives");
    if pattern.matches('{').count() > MOST_GROUPS || pattern.matches("**").count() > MOST_GROUPS {
        return Err(wrong());
    }
    expand(pattern, &mut alternatives).ok_or_else(wrong)?;
    let patterns: Vec<Vec<&str>> = alternatives.iter().map(|one| one.split('/').collect()).collect();
    let mut walk = Walk { call, patterns: &patterns, seen: 0, found: Vec::new() };
    match walk.enter(&dir, &mut Vec::new()) {
        // A directory that does not exist has no files.
        Ok(()) | Err(FileError::NotFound) => {}
        Err(_) => return Ok(call.unknown_for(Reason::Missing, dir)),
    }
    if walk.seen > MOST {
        return Ok(call.unknown_for(Reason::Budget, dir));
    }
    let items = walk.found.into_iter().map(Value::text).collect();
    Ok(Value::new(Kind::Set(std::sync::Arc::new(into_set(items, None)))))
}

struct Walk<'c> {
    call: &'c Call<'c>,
    patterns: &'c [Vec<&'c str>],
    seen: usize,
    found: Vec<String>,
}

impl Walk<'_> {
    fn enter(&mut self, dir: &str, way: &mut Vec<String>) -> Result<(), FileError> {
        for entry in self.call.host.list(dir)? {
            self.seen += 1;
            if self.seen > MOST {
                return Ok(());
            }
            way.push(entry.name.clone());
            let parts: Vec<&str> = way.iter().map(String::as_str).collect();
            if entry.is_dir {
                let leads = self.patterns.iter().any(|pattern| matches(pattern, &parts, true));
                if leads && way.len() < DEPTH {
                    // One directory that cannot be listed does not hide the others.
                    let _ = self.enter(&format!("{dir}/{}", entry.name), way);
                }
            } else if self.patterns.iter().any(|pattern| matches(pattern, &parts, false)) {
                self.found.push(parts.join("/"));
            }
            way.pop();
        }
        Ok(())
    }
}

/// Whether a path matches a pattern or, for a directory, whether files in it may. `**` stands for any number of
/// directories.
fn matches(pattern: &[&str], path: &[&str], is_dir: bool) -> bool {
    match (pattern, path) {
        (["**", rest @ ..], _) => {
            is_dir
                || matches(rest, path, is_dir)
                || path
                    .split_first()
                    .is_some_and(|(_, below)| rest.is_empty() || matches(pattern, below, is_dir))
        }
        ([], []) => true,
        (_, []) => is_dir,
        ([first, rest @ ..], [name, below @ ..]) => {
            let pattern: Vec<char> = first.chars().collect();
            let name: Vec<char> = name.chars().collect();
            matches_name(&pattern, &name) && matches(rest, below, is_dir)
        }
        ([], _) => false,
    }
}

/// `*`, `?`, classes and escapes within one name. One restart a `*`, so that no pattern takes long.
fn matches_name(pattern: &[char], name: &[char]) -> bool {
    let (mut pattern, mut rest) = (pattern, name);
    let mut restart: Option<(&[char], &[char])> = None;
    while let [letter, behind @ ..] = rest {
        if let ['*', after @ ..] = pattern {
            pattern = after;
            restart = Some((after, rest));
        } else if let Some(after) = step(pattern, *letter) {
            pattern = after;
            rest = behind;
        } else {
            let Some((after, [_, later @ ..])) = restart else { return false };
            pattern = after;
            rest = later;
            restart = Some((after, later));
        }
    }
    pattern.iter().all(|one| *one == '*')
}

/// What is left of a pattern after a letter that it takes.
fn step(pattern: &[char], letter: char) -> Option<&[char]> {
    match pattern {
        ['?', rest @ ..] => Some(rest),
        ['[', rest @ ..] => class(rest, letter).filter(|(is_in, _)| *is_in).map(|(_, rest)| rest),
        ['\\', escaped, rest @ ..] => (*escaped == letter).then_some(rest),
        [one, rest @ ..] => (*one == letter).then_some(rest),
        [] => None,
    }
}

/// Whether a letter is in a class such as `a-z]`, and what follows the class.
fn class(pattern: &[char], letter: char) -> Option<(bool, &[char])> {
    let (is_negated, mut rest) = match pattern {
        ['^' | '!', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut is_in = false;
    loop {
        rest = match rest {
            [']', behind @ ..] => return Some((is_in != is_negated, behind)),
            [low, '-', high, behind @ ..] if *high != ']' => {
                is_in |= (*low..=*high).contains(&letter);
                behind
            }
            [one, behind @ ..] => {
                is_in |= *one == letter;
                behind
            }
            [] => return None,
        };
    }
}

/// Patterns without `{a,b}`; `None` when they are too many.
fn expand(pattern: &str, found: &mut Vec<String>) -> Option<()> {
    let braces = pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (choices, after))) = braces else {
        found.push(pattern.to_owned());
        return (found.len() <= MOST_PATTERNS).then_some(());
    };
    choices.split(',').try_for_each(|choice| expand(&format!("{before}{choice}{after}"), found))
}

#[cfg(test)]
mod tests {
    use super::{expand, matches};

    fn found(pattern: &str, path: &str) -> bool {
        let mut patterns = Vec::new();
        expand(pattern, &mut patterns).unwrap();
        let path: Vec<&str> = path.split('/').collect();
        patterns.iter().any(|one| matches(&one.split('/').collect::<Vec<_>>(), &path, false))
    }

    #[test]
    fn patterns_match_names_and_directories() {
        for (pattern, path, expected) in [
            ("*.json", "a.json", true),
            ("*.json", "d/a.json", false),
            ("**/*.json", "a.json", true),
            ("**/*.json", "d/e/a.json", true),
            ("**", "d/a", true),
            ("d/**", "d/e/a", true),
            ("*.{json,yaml}", "a.yaml", true),
            ("[a-c]?.tf", "b1.tf", true),
            ("[^a-c]?.tf", "b1.tf", false),
            ("a\\*", "a*", true),
        ] {
            assert_eq!(found(pattern, path), expected, "{pattern} {path}");
        }
    }
}
