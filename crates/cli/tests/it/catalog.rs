//! What AWS has, and what the product says of it.

use std::fs;
use std::path::Path;

use iamrail::core::catalog::{self, Standing};

use crate::command::iamrail;
use crate::repository;

/// The texts in quotes of a source file that look like actions, those of its tests and comments aside.
fn actions_in(source: &str) -> Vec<&str> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let is_action = |text: &&str| {
        text.split_once(':').is_some_and(|(service, name)| {
            let is_service = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            !service.is_empty()
                && service.bytes().all(is_service)
                && name.starts_with(|letter: char| letter.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    lines.flat_map(|line| line.split('"')).filter(is_action).collect()
}

fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs" || extension == "json");
        if path.is_dir() {
            sources(&path, found);
        } else if is_source {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_action_that_the_product_knows_by_name_exists_or_is_retired() {
    let mut found = Vec::new();
    for dir in ["crates/core/src", "crates/cloudformation/src"] {
        sources(&repository().join(dir), &mut found);
    }
    let mut count = 0;
    for (path, source) in &found {
        for action in actions_in(source) {
            count += 1;
            let is_key = catalog::condition_key(action).is_some() || action.starts_with("aws:");
            assert!(is_key || catalog::standing(action) != Standing::Unknown, "{path}: {action}");
        }
    }
    assert!(count > 8, "{count}");
}

#[test]
fn the_version_names_the_facts_that_are_built_in() {
    let short = iamrail(&repository(), &["--version"]);
    assert_eq!(short.out, format!("iamrail {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(iamrail(&repository(), &["-V"]).out, short.out);
    let long = iamrail(&repository(), &["--version", "--verbose"]);
    for source in catalog::SOURCES {
        for text in [source.package, source.version, source.date, source.licence] {
            assert!(long.out.contains(text), "{text}: {}", long.out);
        }
    }
    assert_eq!(iamrail(&repository(), &["--verbose"]).status, 2);
}

#[test]
fn the_notice_names_what_the_catalog_is_made_of() {
    let notice = fs::read_to_string(repository().join("NOTICE")).unwrap();
    for source in catalog::SOURCES {
        let named = notice.contains(&format!("{} {}", source.package, source.version));
        assert!(named && notice.contains(source.date), "{source:?}");
    }
}
