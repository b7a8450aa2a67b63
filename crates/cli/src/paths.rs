//! How the paths of a run are written for a user who stands in some directory.

use std::path::Path;

use crate::walk::slashed;

/// Turns paths relative to the root of the run into paths as seen from the current directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths {
    /// The parts of the current directory below the root.
    below: Vec<String>,
    /// What leads from the current directory to the root, when that is elsewhere: empty, or with a `/` at its end.
    prefix: String,
}

impl Paths {
    /// Paths as seen from `current`; both directories are canonical.
    pub(crate) fn new(root: &Path, current: &Path) -> Self {
        if let Ok(below) = current.strip_prefix(root) {
            let below = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
            return Self { below: below.collect(), prefix: String::new() };
        }
        let prefix = match root.strip_prefix(current).ok().and_then(slashed) {
            Some(relative) => format!("{relative}/"),
            None => format!("{}/", root.display()),
        };
        Self { below: Vec::new(), prefix }
    }

    /// A path of the run; the root itself is `.` or empty. A file outside of the root is called by its whole path.
    pub(crate) fn show(&self, path: &str) -> String {
        if Path::new(path).is_absolute() {
            return path.to_owned();
        }
        let path = if path == "." { "" } else { path };
        if self.below.is_empty() {
            let shown = format!("{}{path}", self.prefix);
            return if shown.is_empty() { ".".to_owned() } else { shown };
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let shared = parts.iter().zip(&self.below).take_while(|(part, below)| part == below).count();
        let mut shown = vec![".."; self.below.len() - shared];
        shown.extend(parts.iter().skip(shared));
        if shown.is_empty() { ".".to_owned() } else { shown.join("/") }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Paths;

    #[test]
    fn a_path_is_written_as_seen_from_the_current_directory() {
        for (root, current, path, expected) in [
            ("/r", "/r", "a/b.tf", "a/b.tf"),
            ("/r", "/r", "", "."),
            ("/r", "/r/a", "a/b.tf", "b.tf"),
            ("/r", "/r/a", "c/b.tf", "../c/b.tf"),
            ("/r", "/r/a/b", ".", "../.."),
            ("/r/a", "/r", "b.tf", "a/b.tf"),
            ("/r/a", "/s", "b.tf", "/r/a/b.tf"),
            ("/r/a", "/r", "/s/image.tar", "/s/image.tar"),
            ("/r/a", "/r/a/b", "/r/c.yaml", "/r/c.yaml"),
        ] {
            assert_eq!(
                Paths::new(Path::new(root), Path::new(current)).show(path),
                expected,
                "{root} {current} {path}"
            );
        }
    }
}
