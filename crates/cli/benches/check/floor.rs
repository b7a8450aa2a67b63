//! The floor: the files of the languages, found, read and parsed into trees.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use granit_parser::{Event, Parser};
use ignore::WalkBuilder;
use rayon::prelude::*;

/// Parses all files below a directory.
pub(super) fn parse(dir: &Path) {
    sources(dir).par_iter().for_each(|path| file(path));
}

/// The files that the command would find. What no front end reads is no part of the floor.
pub(super) fn sources(dir: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(dir).standard_filters(false).git_ignore(true).require_git(false).build();
    let files =
        walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let mut found: Vec<PathBuf> = files
        .map(ignore::DirEntry::into_path)
        .filter(|path| {
            let name = path.to_string_lossy();
            [".tf", ".tofu", ".yaml", ".yml", ".json", ".template"].iter().any(|end| name.ends_with(end))
                && !name.contains("/.git/")
        })
        .collect();
    found.sort();
    found
}

fn file(path: &Path) {
    let Ok(text) = fs::read_to_string(path) else { return };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => {
            let options = jsonc_parser::ParseOptions::default();
            let collect = jsonc_parser::CollectOptions::default();
            black_box(jsonc_parser::parse_to_ast(&text, &collect, &options).is_ok());
        }
        Some("tf" | "tofu") => {
            black_box(hcl_edit::parser::parse_body(&text).is_ok());
        }
        _ => drop(black_box(yaml(&text))),
    }
}

/// The least that can be called a tree of YAML.
#[expect(dead_code, reason = "it is made, and nobody looks at it")]
enum Tree {
    Scalar(String),
    Collection(Vec<Tree>),
}

fn yaml(text: &str) -> Vec<Tree> {
    let mut open: Vec<Vec<Tree>> = vec![Vec::new()];
    for (event, _) in Parser::new_from_str(text).map_while(Result::ok) {
        let done = match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                open.push(Vec::new());
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => Tree::Collection(open.pop().unwrap_or_default()),
            Event::Scalar(text, ..) => Tree::Scalar(text.into_owned()),
            Event::Alias(..) => Tree::Scalar(String::new()),
            _ => continue,
        };
        if let Some(collection) = open.last_mut() {
            collection.push(done);
        }
    }
    open.into_iter().flatten().collect()
}
