//! How long the facts take to be read, and patterns to be expanded.

use std::hint::black_box;
use std::time::Instant;

use iamrail_catalog::{action, actions, condition_key, expand, managed_policies, managed_policy_by_arn};

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() {
    println!("for the first time:");
    once("an AWS-managed policy is found by its ARN", || {
        managed_policy_by_arn("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess").is_some()
    });
    once("and its document", || {
        let policy = managed_policy_by_arn("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
        policy.map(|policy| policy.document())
    });
    once("another document", || {
        let policy = managed_policy_by_arn("arn:aws:iam::aws:policy/ReadOnlyAccess");
        policy.map(|policy| policy.document())
    });
    once("the services of all policies", || {
        managed_policies().iter().map(|one| one.allowed().services().count()).sum::<usize>()
    });
    once("an action", || action("s3:GetObject").is_some());
    once("another action", || action("ec2:RunInstances").is_some());
    once("a condition key", || condition_key("aws:SourceIp").is_some());
    once("all actions", || actions().count());
    once("all documents", || managed_policies().iter().map(|policy| policy.document().len()).sum::<usize>());
    println!("from then on:");
    for pattern in ["s3:Get*", "ec2:*", "*", "iam:*User*", "ec2:*e*e*e*e*e*e*e*e*e*x"] {
        let start = now();
        for _ in 0..1_000 {
            black_box(expand(black_box(pattern)));
        }
        println!("  {pattern}: {} actions in {:?}", expand(pattern).len(), start.elapsed() / 1_000);
    }
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn once<T>(what: &str, work: impl FnOnce() -> T) {
    let start = now();
    black_box(work());
    println!("  {what}: {:?}", start.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn now() -> Instant {
    Instant::now()
}
