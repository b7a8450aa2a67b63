//! Templates that one slip has broken: of what is found in them, all that is sure is so in the whole template as well.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_core::check::{Candidate, Checker};
use iamrail_core::report::Verdict;
use iamrail_core::source::{MemoryFiles, Sources};

use crate::CloudFormation;

/// How many mutants are made of each template.
const MUTANTS: usize = 80;

/// A row of numbers that looks like chance and is always the same.
struct Row(u64);

impl Row {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// What is surely wrong, and whether the text is no syntax.
fn found(path: &str, text: &str) -> (BTreeSet<(String, String)>, bool) {
    let sources = Arc::new(Sources::new(MemoryFiles::new([(path, text)])));
    let checker = Checker::new(iamrail_core::options::Options::default());
    let report = checker.with_front_end(CloudFormation::default()).check(&sources, &[Candidate::found(path)]);
    let sure = report.findings.iter().filter(|one| one.verdict == Verdict::Violated);
    let sure = sure.map(|one| (one.rule.name.to_string(), one.subject.to_string())).collect();
    (sure, report.diagnostics.iter().any(|one| one.code == "syntax"))
}

fn mutant(text: &str, row: &mut Row) -> String {
    let at = row.below(text.len());
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = row.below(lines.len());
    let (before, after) = text.split_at(at);
    match row.below(4) {
        0 => format!("{before}{}", after.get(1..).unwrap_or_default()),
        1 => {
            let letters = ["{", "}", "[", "]", "\"", "'", ",", ":", "@"];
            format!("{before}{}{after}", letters[row.below(letters.len())])
        }
        2 => {
            let width = 1 + row.below(4);
            let moved = &mut lines[line];
            let indent = moved.len() - moved.trim_start().len();
            *moved = match row.below(2) {
                0 => format!("{}{moved}", " ".repeat(width)),
                _ => moved.split_off(width.min(indent)),
            };
            lines.join("\n")
        }
        _ => {
            lines.remove(line);
            lines.join("\n")
        }
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
        },
        "Description": "Lets auditors of the organisation read the reports"
      }
    }
  },
  "Outputs": {
    "Name": {"Value": {"Ref": "Audit"}}
  }
}
"#;

#[test]
fn nothing_is_sure_in_a_broken_template_that_is_not_so_in_the_whole() {
    let one_line: String = JSON.lines().map(str::trim).collect();
    let mut invented = Vec::new();
    for (path, text) in [("t.yaml", YAML), ("t.json", JSON), ("t.json", &one_line)] {
        let (whole, is_broken) = found(path, text);
        assert!(!is_broken && !whole.is_empty(), "{whole:?}");
        let mut row = Row(7);
        let mut count = 0;
        for _ in 0..MUTANTS {
            let mutant = mutant(text, &mut row);
            let (sure, is_broken) = found(path, &mutant);
            count += usize::from(is_broken);
            let new: Vec<_> = sure.difference(&whole).collect();
            if is_broken && !new.is_empty() {
                invented.push(format!("{new:?}\n{mutant}"));
            }
        }
        assert!(count > MUTANTS / 20, "{count}");
    }
    assert!(invented.is_empty(), "{}\n{}", invented.len(), invented.join("\n----\n"));
}
