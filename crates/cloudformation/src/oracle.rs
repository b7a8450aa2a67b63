//! Holds what is found in a template without values for its parameters to what is found with every combination of them.
//!
//! With all parameters given nothing has to be reasoned about: every condition is decided and every value is known.
//! What is found without them must be the sum of that, no more and no less.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use iamrail_core::check::{Candidate, Checker};
use iamrail_core::report::{Finding, Report, Verdict};
use iamrail_core::rules::RULES;
use iamrail_core::source::{MemoryFiles, Sources};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::{CloudFormation, Options, Parameters};

/// The rules that are held to each other. What takes a proof over many requests is left out: it would take minutes.
const JUDGED: [&str; 8] = [
    "access-key",
    "application-user",
    "broad-admin-policy",
    "role-without-purpose",
    "unapproved-administrator",
    "user-without-group",
    "wildcard-permission",
    "workload-static-credentials",
];

/// The values that parameters have.
const VALUES: [&str; 3] = ["x", "y", "z"];
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const READER: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const CONDITIONS: usize = 3;
const PARAMETERS: usize = 2;

/// What a condition says.
#[derive(Clone, Debug)]
enum Test {
    Is(usize, usize),
    Same(usize, usize),
    /// What the mapping has for a parameter is this.
    Mapped(usize, usize),
    /// Another condition, one that is written before.
    Named(usize),
    Not(Box<Test>),
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
}

/// What stands at one place of a template.
#[derive(Clone, Debug)]
enum Part {
    /// One of the texts that can stand there.
    Text(usize),
    Nothing,
    If(usize, Box<Part>, Box<Part>),
}

/// A template in which everything depends on its parameters.
#[derive(Clone, Debug)]
struct Template {
    /// How many of the values each parameter can have.
    allowed: Vec<usize>,
    conditions: Vec<Test>,
    /// The policies of a group, the groups of a user, the statements of a policy, a variable of a function, the
    /// description of a role.
    policies: Vec<Part>,
    groups: Vec<Part>,
    statements: Vec<Part>,
    variables: Part,
    description: Part,
    /// The password and the tags of the user.
    login: Part,
    tags: Part,
    /// The conditions of the group, of the policy and of the access key, if they have one.
    exists: [Option<usize>; 3],
}

fn test() -> impl Strategy<Value = Test> {
    let leaf = prop_oneof![
        4 => (0..PARAMETERS, 0..VALUES.len()).prop_map(|(parameter, value)| Test::Is(parameter, value)),
        1 => (0..PARAMETERS, 0..PARAMETERS).prop_map(|(one, other)| Test::Same(one, other)),
        1 => (0..PARAMETERS, 0..2_usize).prop_map(|(parameter, value)| Test::Mapped(parameter, value)),
        2 => (0..CONDITIONS).prop_map(Test::Named),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let pair = || (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        prop_oneof![
            inner.clone().prop_map(|one| Test::Not(Box::new(one))),
            pair().prop_map(|(one, other)| Test::And(one, other)),
            pair().prop_map(|(one, other)| Test::Or(one, other)),
        ]
    })
}

fn part(texts: usize) -> impl Strategy<Value = Part> {
    let leaf = prop_oneof![3 => (0..texts).prop_map(Part::Text), 1 => Just(Part::Nothing)];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let branches = (inner.clone().prop_map(Box::new), inner.prop_map(Box::new));
        (0..CONDITIONS, branches).prop_map(|(condition, (yes, no))| Part::If(condition, yes, no))
    })
}

fn template() -> impl Strategy<Value = Template> {
    let parts = |texts: &[&str], most| prop::collection::vec(part(texts.len()), 0..=most);
    (
        prop::collection::vec(2..=VALUES.len(), PARAMETERS),
        prop::collection::vec(test(), CONDITIONS),
        (parts(&POLICIES, 2), parts(&GROUPS, 2), parts(&STATEMENTS, 3)),
        (part(VARIABLES.len()), part(DESCRIPTIONS.len()), part(LOGINS.len()), part(TAGS.len())),
        prop::array::uniform3(prop::option::of(0..CONDITIONS)),
    )
        .prop_map(|(allowed, conditions, lists, (variables, description, login, tags), exists)| {
            let (policies, groups, statements) = lists;
            Template {
                allowed,
                conditions,
                policies,
                groups,
                statements,
                variables,
                description,
                login,
                tags,
                exists,
            }
        })
}

const POLICIES: [&str; 4] = [ADMINISTRATOR, READER, "!Ref Arn", "!FindInMap [M, !Ref P0, arn]"];
const GROUPS: [&str; 2] = ["!Ref H", "others"];
const STATEMENTS: [&str; 4] = [
    "{Effect: Allow, Action: '*', Resource: '*'}",
    "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*'}",
    "{Effect: Deny, Action: '*', Resource: '*'}",
    "{Effect: Allow, Action: 'iam:*', Resource: '*'}",
];
const VARIABLES: [&str; 3] =
    ["{AWS_SECRET_ACCESS_KEY: k}", "{MODE: !Ref P1}", "{AWS_ACCESS_KEY_ID: !FindInMap [M, !Ref P1, key]}"];
const LOGINS: [&str; 1] = ["{Password: !Ref Secret}"];
const TAGS: [&str; 3] =
    ["[{Key: Kind, Value: human}]", "[{Key: Kind, Value: service}]", "[{Key: Kind, Value: !Ref P1}]"];
const DESCRIPTIONS: [&str; 2] = ["Reads the reports of the night", "role"];

impl Test {
    /// Writes it; `before` conditions can be named.
    fn write(&self, before: usize, text: &mut String) {
        let mut call = |name: &str, operands: &[&Test]| {
            let _ = write!(text, "!{name} [");
            for (at, operand) in operands.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                operand.write(before, text);
            }
            text.push(']');
        };
        match self {
            Self::Not(one) => call("Not", &[one]),
            Self::And(one, other) => call("And", &[one, other]),
            Self::Or(one, other) => call("Or", &[one, other]),
            Self::Is(parameter, value) => {
                let _ = write!(text, "!Equals [!Ref P{parameter}, {}]", VALUES[*value]);
            }
            Self::Same(one, other) => {
                let _ = write!(text, "!Equals [!Ref P{one}, !Ref P{other}]");
            }
            Self::Mapped(parameter, value) => {
                let _ = write!(text, "!Equals [!FindInMap [M, !Ref P{parameter}, kind], kind{value}]");
            }
            Self::Named(condition) if *condition < before => {
                let _ = write!(text, "!Condition C{condition}");
            }
            Self::Named(_) => text.push_str("!Equals [!Ref P0, x]"),
        }
    }

    fn holds(&self, own: usize, template: &Template, given: &[usize]) -> bool {
        match self {
            Self::Is(parameter, value) => given[*parameter] == *value,
            Self::Same(one, other) => given[*one] == given[*other],
            // The mapping has one kind for the first value, and another for the rest.
            Self::Mapped(parameter, value) => usize::from(given[*parameter] > 0) == *value,
            Self::Named(condition) if *condition < own => template.holds(*condition, given),
            Self::Named(_) => given[0] == 0,
            Self::Not(one) => !one.holds(own, template, given),
            Self::And(one, other) => one.holds(own, template, given) && other.holds(own, template, given),
            Self::Or(one, other) => one.holds(own, template, given) || other.holds(own, template, given),
        }
    }
}

impl Part {
    fn write(&self, texts: &[&str]) -> String {
        match self {
            Self::Text(at) => texts[*at].to_owned(),
            Self::Nothing => "!Ref AWS::NoValue".to_owned(),
            Self::If(condition, yes, no) => {
                format!("!If [C{condition}, {}, {}]", yes.write(texts), no.write(texts))
            }
        }
    }
}

impl Template {
    /// Whether something that a message names is so.
    fn is_so(&self, term: Term<'_>, arn: &str, given: &[usize]) -> bool {
        let is_so = match term.0.split_once('=') {
            Some(("Arn", value)) => arn == value,
            Some((parameter, value)) => {
                let parameter: usize = parameter.trim_start_matches('P').parse().expect("it is a parameter");
                VALUES[given[parameter]] == value
            }
            None => self.holds(term.0.trim_start_matches('C').parse().expect("it is a condition"), given),
        };
        is_so == term.1
    }

    fn holds(&self, condition: usize, given: &[usize]) -> bool {
        self.conditions[condition].holds(condition, self, given)
    }

    fn write(&self) -> String {
        let list = |parts: &[Part], texts: &[&str]| {
            parts.iter().map(|part| part.write(texts)).collect::<Vec<_>>().join(", ")
        };
        let mut text = String::from("Parameters:\n");
        for (at, allowed) in self.allowed.iter().enumerate() {
            let allowed = VALUES[..*allowed].join(", ");
            let _ = writeln!(text, "  P{at}: {{Type: String, AllowedValues: [{allowed}]}}");
        }
        let _ = writeln!(text, "  Arn: {{Type: String, AllowedValues: ['{ADMINISTRATOR}', '{READER}']}}");
        text.push_str("  Secret: {Type: String, NoEcho: true}\n");
        let _ = writeln!(
            text,
            "Mappings:\n  M:\n    x: {{kind: kind0, arn: '{READER}', key: ''}}\n    y: {{kind: kind1, arn: '{ADMINISTRATOR}', \
             key: k}}\n    z: {{kind: kind1, arn: '{READER}', key: k}}\nConditions:"
        );
        for (at, condition) in self.conditions.iter().enumerate() {
            let _ = write!(text, "  C{at}: ");
            condition.write(at, &mut text);
            text.push('\n');
        }
        let [group, policy, key] = self.exists.map(|condition| {
            condition.map_or(String::new(), |condition| format!("Condition: C{condition}, "))
        });
        let _ = writeln!(
            text,
            "Resources:
  G: {{Type: AWS::IAM::Group, {group}Properties: {{ManagedPolicyArns: [{policies}]}}}}
  H: {{Type: AWS::IAM::Group}}
  U: {{Type: AWS::IAM::User, Properties: {{Groups: [{groups}], LoginProfile: {login}, Tags: {tags}}}}}
  K: {{Type: AWS::IAM::AccessKey, {key}Properties: {{UserName: !Ref U}}}}
  P:
    Type: AWS::IAM::ManagedPolicy
    {policy_line}Properties: {{Groups: [!Ref H], PolicyDocument: {{Version: 2012-10-17, Statement: [{statements}]}}}}
  F:
    Type: AWS::Lambda::Function
    Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {variables}}}}}
  R: {{Type: AWS::IAM::Role, Properties: {{Description: {description}}}}}",
            policies = list(&self.policies, &POLICIES),
            groups = list(&self.groups, &GROUPS),
            statements = list(&self.statements, &STATEMENTS),
            login = self.login.write(&LOGINS),
            tags = self.tags.write(&TAGS),
            variables = self.variables.write(&VARIABLES),
            description = self.description.write(&DESCRIPTIONS),
            policy_line = policy.replace(", ", "\n    "),
        );
        text
    }

    /// Every combination of values that the parameters can have, the ARN first.
    fn combinations(&self) -> Vec<(&'static str, Vec<usize>)> {
        let mut all: Vec<Vec<usize>> = vec![Vec::new()];
        for allowed in &self.allowed {
            let each = |one: &Vec<usize>| {
                let one = one.clone();
                (0..*allowed).map(move |value| one.iter().copied().chain([value]).collect())
            };
            all = all.iter().flat_map(each).collect();
        }
        [ADMINISTRATOR, READER]
            .into_iter()
            .flat_map(|arn| all.iter().map(move |one| (arn, one.clone())))
            .collect()
    }
}

fn check(text: &str, parameters: Parameters) -> Report {
    let sources = Arc::new(Sources::new(MemoryFiles::new([("t.yaml", text)])));
    let mut options = iamrail_core::options::Options::default();
    let others = RULES.iter().filter(|rule| !JUDGED.contains(&rule.name));
    options.levels.extend(others.map(|rule| (rule.name.into(), None)));
    let checker = Checker::new(options);
    let checker = checker.with_front_end(CloudFormation::new(Options { parameters }));
    let report = checker.check(&sources, &[Candidate::found("t.yaml")]);
    let wrong: Vec<_> = report.diagnostics.iter().filter(|one| one.incomplete).collect();
    assert!(wrong.is_empty() && report.units.len() == 1, "{text}\n{wrong:?}");
    report
}

/// A fault as far as the values of parameters do not matter: the rule and the resource.
fn fault(finding: &Finding) -> (&'static str, String) {
    (finding.rule.name, finding.subject.to_string())
}

/// Whether a finding speaks of a fault: the fault itself, or that it is not known. Who may be an administrator is asked by one rule
/// for both of those that blame it.
fn speaks_of(finding: &Finding, fault: &(&'static str, String)) -> bool {
    let asks = finding.verdict == Verdict::Undetermined && finding.rule.name == "unapproved-administrator";
    *finding.subject == *fault.1
        && (finding.rule.name == fault.0 || (asks && fault.0 == "broad-admin-policy"))
}

/// A condition that a message names, or a value of a parameter, and whether it must be so.
type Term<'m> = (&'m str, bool);

/// The ways to a finding that its message names, each with all that must be so; `None` when it does not name them all.
fn ways(message: &str) -> Option<Vec<Vec<Term<'_>>>> {
    if message.ends_with(" more ways") || message.ends_with(" more way") {
        return None;
    }
    let Some((_, ways)) = message.split_once(" when ") else { return Some(vec![Vec::new()]) };
    fn term(term: &str) -> Term<'_> {
        term.strip_prefix("not ").map_or((term, true), |term| (term, false))
    }
    Some(ways.split(", or when ").map(|way| way.split(" and ").map(term).collect()).collect())
}

proptest! {
    #![proptest_config(Config { cases: 64, rng_seed: RngSeed::Fixed(1), failure_persistence: None, max_shrink_iters: 100, ..Config::default() })]

    #[test]
    fn what_is_found_is_the_sum_of_what_is_found_with_every_combination_of_values(template in template()) {
        let text = template.write();
        let found = check(&text, Vec::new()).findings;
        let mut possible: Vec<(&Finding, Vec<bool>)> = Vec::new();
        for finding in &found {
            possible.push((finding, ways(&finding.message).map_or(vec![true], |ways| vec![false; ways.len()])));
        }
        for (arn, given) in template.combinations() {
            let mut parameters: Parameters = vec![("Arn".to_owned(), arn.into())];
            parameters.extend(given.iter().enumerate().map(|(at, value)| (format!("P{at}"), VALUES[*value].into())));
            let report = check(&text, parameters);
            let real: BTreeSet<_> = report.findings.iter().filter(|one| one.verdict == Verdict::Violated).map(fault).collect();
            let mut missed = real.clone();
            for (finding, met) in &mut possible {
                let Some(ways) = ways(&finding.message) else {
                    missed.retain(|fault| !speaks_of(finding, fault));
                    continue;
                };
                let is_met = |way: &[Term<'_>]| way.iter().all(|term| template.is_so(*term, arn, &given));
                for (_, met) in ways.iter().zip(met).filter(|(way, _)| is_met(way)) {
                    *met = true;
                    missed.retain(|fault| !speaks_of(finding, fault));
                    prop_assert!(
                        real.contains(&fault(finding)) || finding.verdict == Verdict::Undetermined,
                        "{text}\nnot with {arn} {given:?}: {} {}", finding.rule.name, finding.message
                    );
                }
            }
            prop_assert!(missed.is_empty(), "{text}\nmissed with {arn} {given:?}: {missed:?}");
        }
        for (finding, met) in possible {
            prop_assert!(met.iter().all(|met| *met), "{text}\nnever: {} {}", finding.rule.name, finding.message);
        }
    }
}
