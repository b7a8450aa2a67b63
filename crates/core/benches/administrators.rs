//! How long it takes to find the administrators of a large account, those who get there by a path included.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use iamrail_core::analysis::administrators::{Administrators, Strength};
use iamrail_core::model::{
    Declarations, Declared, Grant, Granted, Model, Policy, Principal, Reference, Role, User,
};
use iamrail_core::policy::Document;
use iamrail_core::source::{FileError, MemoryFiles, Sources, Span};
use iamrail_core::value::Value;

const PRINCIPALS: usize = 10_000;

/// Policies of which each principal has one, besides its own and those of AWS.
const SHARED: [&str; 4] = [
    r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::data/*"}"#,
    r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#,
    r#"{"Effect": "Allow", "Action": ["iam:PassRole", "lambda:*"], "Resource": "arn:aws:iam::*:role/function-*"}"#,
    r#"{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}}"#,
];

/// What every principal has.
const OF_AWS: [&str; 3] = ["ReadOnlyAccess", "AmazonS3FullAccess", "AmazonSQSFullAccess"];

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench prints and measures")]
fn main() -> Result<(), FileError> {
    let model = model()?;
    let start = Instant::now();
    let administrators = black_box(Administrators::of(black_box(&model)));
    let time = start.elapsed();
    let direct = administrators.iter().filter(|one| matches!(one.strength, Strength::Direct { .. })).count();
    let via = administrators.iter().filter(|one| matches!(one.strength, Strength::Via(_))).count();
    println!(
        "{PRINCIPALS} principals with 5 policies each: {direct} administrators, {via} by a path, {time:?}"
    );
    Ok(())
}

/// As many users as roles. Of a hundred roles one is an administrator that Lambda runs, and of a hundred users one writes its
/// own policies.
fn model() -> Result<Model, FileError> {
    let sources = Sources::new(MemoryFiles::new([("account", "")]));
    let span = sources.load("account")?.span(0, 0);
    let mut declarations = Declarations::default();
    for (at, statement) in SHARED.iter().enumerate() {
        let name = format!("shared-{at}");
        let mut policy = Policy::new(declared(&name, span));
        policy.name = Value::text(name);
        policy.document = document(statement);
        declarations.policies.add(policy);
    }
    let trust = document(
        r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}"#,
    );
    for at in 0..PRINCIPALS {
        let name = format!("principal-{at}");
        let reference = || Value::text(name.as_str());
        let is_user = at % 2 == 0;
        if is_user {
            let mut user = User::new(declared(&name, span));
            user.name = reference();
            declarations.users.add(user);
        } else {
            let mut role = Role::new(declared(&name, span));
            role.name = reference();
            role.trust = trust.clone();
            declarations.roles.add(role);
        }
        let principal = || match is_user {
            true => Principal::User(Reference::new(reference())),
            false => Principal::Role(Reference::new(reference())),
        };
        let mut grant = |policy: Granted| {
            declarations.grants.push(Grant::new(declared("grant", span), span, principal(), policy));
        };
        let own = match at % 200 {
            1 => r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#.to_owned(),
            2 => r#"{"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"}"#.to_owned(),
            _ => {
                format!(r#"{{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:{name}-*"}}"#)
            }
        };
        grant(Granted::Inline { name: Value::text("own"), document: Arc::new(document(&own)) });
        let shared = format!("arn:aws:iam::111122223333:policy/shared-{}", at % SHARED.len());
        for arn in OF_AWS.map(|name| format!("arn:aws:iam::aws:policy/{name}")).into_iter().chain([shared]) {
            grant(Granted::Managed(Reference::new(Value::text(arn))));
        }
    }
    Ok(declarations.link())
}

fn declared(name: &str, span: Span) -> Arc<Declared> {
    Arc::new(Declared::new(name, "principal", span))
}

fn document(statement: &str) -> Document {
    Document::from_text(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#))
}
