use iamrail_core::check::{Candidate, Discovery, FrontEnd, Unit};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::CloudFormation;

struct Case {
    sources: Sources,
    discovery: Discovery,
}

impl Case {
    fn new(path: &str, bytes: impl Into<Vec<u8>>, named: bool) -> Self {
        let sources = Sources::new(MemoryFiles::new([(path, bytes)]));
        let candidate = if named { Candidate::named(path) } else { Candidate::found(path) };
        let discovery = CloudFormation::default().discover(&[candidate], &sources);
        Self { sources, discovery }
    }

    fn unit(&self) -> Unit {
        CloudFormation::default().read(self.discovery.units.first().expect("it is a template"), &self.sources)
    }

    /// Every diagnostic as `line:column code`.
    fn said(&self) -> Vec<String> {
        let mut all = self.discovery.diagnostics.clone();
        if !self.discovery.units.is_empty() {
            all.extend(self.unit().diagnostics);
        }
        all.iter()
            .map(|one| {
                let at = one.span.and_then(|span| self.sources.locate(span)).map(|at| at.start);
                let at = at.map_or("?".to_owned(), |at| format!("{}:{}", at.line, at.column));
                format!("{at} {}", one.code)
            })
            .collect()
    }
}

fn said(text: &str) -> Vec<String> {
    Case::new("t.yaml", text, false).said()
}

const VERSION: &str = "AWSTemplateFormatVersion: '2010-09-09'\n";

#[test]
fn broken_templates_are_named_with_their_place() {
    for (text, expected) in [
        ("Resources:\n\tX: 1\n", "3:2 syntax"),
        ("Resources: [\n", "2:12 syntax"),
        ("Resources:\n  X: {Type: 'A::B'\n", "3:6 syntax"),
        ("Resources:\n  A: *nowhere\n", "3:6 syntax"),
        ("Parameters: {}\n", "1:1 no-resources"),
        ("Resources: []\n", "2:12 no-resources"),
        ("Resources: {X: 1}\n", "2:13 invalid-template"),
        ("Resources: {X: {Properties: {}}}\n", "2:13 invalid-template"),
        ("Resources: {}\nParameters: 1\n", "3:13 invalid-template"),
        ("Transform: [AWS::LanguageExtensions, Own]\nResources: {}\n", "2:38 macro"),
        ("Resources: {}\nRessources: {}\n", "3:1 unknown-section"),
        ("Resources: {}\n---\nResources: {}\n", "4:1 several-documents"),
        ("Resources: {}\nResources: {}\n", "3:1 duplicate-key"),
        ("Resources: {X: {Type: AWS::IAM::User, Properties: {UserName: !Ref Y}}}\n", "2:62 invalid-function"),
    ] {
        let said = said(&format!("{VERSION}{text}"));
        assert!(said.iter().any(|one| one == expected), "{text:?}: {said:?}");
    }
    assert_eq!(
        Case::new("t.json", "{\"Resources\": {\"X\": {\"Type\": \"A::B\",}}", false).said(),
        ["1:36 syntax"]
    );
}

#[test]
fn what_is_wrong_in_one_place_leaves_the_rest_checked() {
    let text = "Resources:\n  A: 1\n  U: {Type: AWS::IAM::User, Properties: {UserName: !Nonsense x}}\n  V: {Type: AWS::IAM::User}\n";
    let case = Case::new("t.yaml", text, false);
    assert_eq!(case.unit().model.users.len(), 2);
    assert_eq!(case.said(), ["2:3 invalid-template", "3:52 unknown-function"]);
}

#[test]
fn other_encodings_are_named() {
    let utf16: Vec<u8> = format!("\u{FEFF}{VERSION}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let case = Case::new("t.yaml", utf16, false);
    assert_eq!(case.said(), ["? unreadable"]);
    assert!(case.discovery.diagnostics.iter().all(|one| one.message.contains("UTF-16")));
    assert!(said(&format!("\u{FEFF}{VERSION}Resources: {{}}\r\n")).is_empty());
}

#[test]
fn files_that_are_no_templates_are_left_alone() {
    for text in ["kind: Pod\n", "a: [\n", "", "%"] {
        let case = Case::new("t.yaml", text, false);
        assert!(case.discovery.claimed.is_empty() && case.discovery.diagnostics.is_empty(), "{text}");
    }
    assert!(Case::new("t.yaml", "kind: Pod\n", true).discovery.claimed.is_empty());
    assert_eq!(Case::new("t.yaml", "a: [\n", true).said(), ["1:4 syntax"]);
    assert_eq!(Case::new("t.rs", format!("{VERSION}Resources: {{}}"), true).discovery.units.len(), 1);
    assert!(Case::new("t.rs", format!("{VERSION}Resources: {{}}"), false).discovery.units.is_empty());
}
