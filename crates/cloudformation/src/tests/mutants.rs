//! Templates that one slip has broken: of what is found in them, all that is sure is so in the whole template as well, and
//! nothing is lost that stands well before the slip.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use iamrail_core::check::{Candidate, Checker};
use iamrail_core::options::Options;
use iamrail_core::report::Verdict;
use iamrail_core::rules::RULES;
use iamrail_core::source::{MemoryFiles, Sources, Span};

use crate::CloudFormation;
use crate::tree::{Entry, Node, Tree};

/// How many mutants are made of each template.
const MUTANTS: usize = 60;

/// The rules that are asked: those on what a resource is given, on whom it is given to, and on what others lack.
const ASKED: [&str; 7] = [
    "broad-admin-policy",
    "open-role-trust",
    "role-without-purpose",
    "unapproved-administrator",
    "unused-grant",
    "user-without-group",
    "wildcard-permission",
];

/// What is put where it may break something.
const INSERTED: [&str; 13] = ["{", "}", "[", "]", "\"", "'", ",", ":", "@", "\t", "#", "\n", "- "];

/// A row of numbers that looks like chance and is always the same.
struct Row(u64);

impl Row {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Rule and subject of findings.
type Findings = BTreeSet<(String, String)>;

/// What is found in a text.
struct Found {
    /// What is surely wrong.
    sure: Findings,
    /// That, and what may be.
    all: Findings,
    /// Whether the text is no syntax.
    is_broken: bool,
}

fn checker() -> Checker {
    let mut options = Options::default();
    let others = RULES.iter().filter(|rule| !ASKED.contains(&rule.name));
    options.levels = others.map(|rule| (rule.name.into(), None)).collect();
    Checker::new(options).with_front_end(CloudFormation::default())
}

fn found(checker: &Checker, path: &str, text: &str) -> Found {
    let sources = Arc::new(Sources::new(MemoryFiles::new([(path, text)])));
    let report = checker.check(&sources, &[Candidate::found(path)]);
    let faults = || report.diagnostics.iter().filter(|one| one.code == "syntax");
    let is_placed = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    assert!(faults().all(|one| one.span.is_some_and(is_placed)), "{:?}\n{text}", report.diagnostics);
    let is_broken = faults().next().is_some();
    assert!(!is_broken || !report.is_complete(), "{text}");
    assert!(report.diagnostics.iter().all(|one| one.code != "internal-error"), "{text}");
    let named = |rule: &str, subject: &str| (rule.to_owned(), subject.to_owned());
    let sure = report.findings.iter().filter(|one| one.verdict == Verdict::Violated);
    // What is not known of several for the same reason is one finding that names them.
    let all = report.findings.iter().flat_map(|one| {
        let related = one.related.iter().map(|related| &*related.subject);
        related.chain([&*one.subject]).map(|subject| named(one.rule.name, subject))
    });
    Found {
        sure: sure.map(|one| named(one.rule.name, &one.subject)).collect(),
        all: all.collect(),
        is_broken,
    }
}

/// The text with one slip, and where that begins.
fn mutant(text: &str, row: &mut Row) -> (String, usize) {
    let at = text.floor_char_boundary(row.below(text.len()));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = row.below(lines.len());
    let start = lines.iter().take(line).map(|line| line.len()).sum();
    let with_line = |new: &str| {
        let of =
            |(number, old): (usize, &&str)| if number == line { new.to_owned() } else { (*old).to_owned() };
        (lines.iter().enumerate().map(of).collect::<String>(), start)
    };
    let old = lines[line];
    let indent = old.len() - old.trim_start_matches(' ').len();
    let width = 1 + row.below(4);
    let (before, after) = text.split_at(at);
    let mut letters = after.chars();
    let letter = letters.next().unwrap_or_default();
    let rest = letters.as_str();
    match row.below(9) {
        0 => (format!("{before}{rest}"), at),
        1 | 2 => (format!("{before}{}{after}", INSERTED[row.below(INSERTED.len())]), at),
        3 => (format!("{before}{letter}{after}"), at),
        4 => {
            let next = letters.next().unwrap_or_default();
            (format!("{before}{next}{letter}{}", letters.as_str()), at)
        }
        5 => (before.to_owned(), at),
        6 => with_line(&format!("{}{old}", " ".repeat(width))),
        7 => with_line(old.get(width.min(indent)..).unwrap_or_default()),
        _ => with_line(""),
    }
}

/// People, what they may do, and roles, all in order but for an administrator.
const YAML: &str = "AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Secret:
    Type: String
    NoEcho: true
Resources:
  Readers:
    Type: AWS::IAM::Group
    Properties:
      GroupName: readers
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/ReadOnlyAccess
  Operators:
    Type: AWS::IAM::Group
    Properties:
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']
  Alice:
    Type: AWS::IAM::User
    Properties:
      LoginProfile:
        Password: !Ref Secret
      UserName: alice
      Groups:
        - !Ref Readers
  Bob:
    Type: AWS::IAM::User
    Properties: {UserName: bob, Groups: [!Ref Operators, !Ref Readers]}
  Audit:
    Type: AWS::IAM::Role
    Properties:
      RoleName: audit
      Description: \"Lets auditors of the organisation read the reports\"
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {AWS: '*'}
            Action: sts:AssumeRole
            Condition:
              StringEquals: {aws:PrincipalOrgID: o-1234567890}
      MaxSessionDuration: 3600
      Policies:
        - PolicyName: reports
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action:
                  - s3:GetObject
                Resource: 'arn:aws:s3:::reports/*'
  Carol:
    Type: AWS::IAM::User
    Properties: {UserName: carol}
Outputs:
  Name:
    Value: !Ref Audit
";

/// The same in JSON.
const JSON: &str = r#"{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {
    "Readers": {
      "Type": "AWS::IAM::Group",
      "Properties": {
        "GroupName": "readers",
        "ManagedPolicyArns": [
          "arn:aws:iam::aws:policy/ReadOnlyAccess"
        ]
      }
    },
    "Operators": {
      "Type": "AWS::IAM::Group",
      "Properties": {
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]
      }
    },
    "Alice": {
      "Type": "AWS::IAM::User",
      "Properties": {
        "UserName": "alice",
        "Groups": [{"Ref": "Readers"}]
      }
    },
    "Audit": {
      "Type": "AWS::IAM::Role",
      "Properties": {
        "RoleName": "audit",
        "AssumeRolePolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": {"AWS": "*"},
              "Action": "sts:AssumeRole",
              "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
            }
          ]
        }
      }
    }
  },
  "Outputs": {
    "Name": {"Value": {"Ref": "Audit"}}
  }
}
"#;

/// Workloads and who may use them, in the notations that the other one has not.
const FLOW: &str = "# Roles \u{fc}ber alles \u{1F600}
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Deployers: {Type: 'AWS::IAM::Group', Properties: {ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']}}
  \"Worker\":
    Type: \"AWS::Serverless::Function\"
    Properties:
      InlineCode: >-
        exports.handler = async () => {
          return 'done: [1, 2'
        }
      Handler: index.handler
      Runtime: nodejs22.x
      Policies:
      - Statement:
        - {Effect: Allow, Action: 's3:*', Resource: '*'}
  Everything:
    Type: AWS::IAM::ManagedPolicy
    Condition: IsProd
    Properties:
      Description: \"Lets \u{fc}ber-deployers \\\"do\\\" everything\"
      Groups: [!Ref Deployers]
      PolicyDocument: !Sub |
        {
          \"Version\": \"2012-10-17\",
          \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]
        }
  Open:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}]
      }
  Last:
    Type: AWS::S3::Bucket
Outputs:
  Arn: {Value: !GetAtt [Open, Arn]}
";

/// The names of the resources of a template with the places where they stand.
fn resources(text: &str) -> Vec<(String, Range<usize>)> {
    let file = Sources::new(MemoryFiles::default()).adopt("t", text.into()).expect("the text is UTF-8");
    let tree = Tree::parse(&file).0.expect("it can be read");
    let root = tree.documents().next().expect("there is a document");
    let entries = root.get("Resources").and_then(Node::entries).expect("it has resources");
    let place = |entry: &Entry<'_>| entry.key_span.start as usize..entry.value.span().end as usize;
    entries.map(|entry| (entry.key.to_string(), place(&entry))).collect()
}

#[test]
fn a_slip_invents_nothing_and_loses_only_what_it_makes_doubtful() {
    let one_line: String = JSON.lines().map(str::trim).collect();
    let checker = checker();
    // How much of what stands behind the slip is found at least, in hundredths: in one line little tells where an entry begins.
    for (path, text, least) in
        [("t.yaml", YAML, 50), ("t.yaml", FLOW, 50), ("t.json", JSON, 50), ("t.json", &one_line, 5)]
    {
        let whole = found(&checker, path, text);
        assert!(!whole.is_broken && !whole.sure.is_empty(), "{:?}", whole.sure);
        let resources = resources(text);
        let (mut row, mut broken, mut behind, mut kept) = (Row(7), 0, 0, 0);
        for _ in 0..MUTANTS {
            let (mutant, at) = mutant(text, &mut row);
            let Found { sure, all, is_broken } = found(&checker, path, &mutant);
            if !is_broken {
                continue;
            }
            broken += 1;
            let new: Vec<_> = sure.difference(&whole.sure).collect();
            assert!(new.is_empty(), "{new:?} is not so:\n{mutant}");
            let begun = resources.iter().filter(|(_, place)| place.start <= at).count();
            let hit = resources.iter().find(|(_, place)| place.contains(&at));
            let is_hit = |(_, subject): &&(String, String)| hit.is_some_and(|(name, _)| name == subject);
            let doubtful: Vec<_> = sure.iter().filter(is_hit).collect();
            assert!(doubtful.is_empty(), "{doubtful:?} may have been meant otherwise:\n{mutant}");
            for finding in &whole.sure {
                let Some(place) = resources.iter().position(|(name, _)| *name == finding.1) else { continue };
                let is_kept = all.contains(finding);
                // The one before may be the one that is broken: what is sure of it becomes a question.
                let is_asked = all.iter().any(|(_, subject)| *subject == finding.1);
                let is_before = place + 1 < begun;
                assert!(
                    is_kept || !is_before || place + 2 == begun && is_asked,
                    "{finding:?} is lost:\n{mutant}"
                );
                if place > begun {
                    behind += 1;
                    kept += usize::from(is_kept);
                }
            }
        }
        assert!(broken > MUTANTS / 5, "{broken}");
        assert!(kept * 100 >= behind * least && behind > 0, "{kept} of {behind}");
    }
}
