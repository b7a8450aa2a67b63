//! How long the facts take to be read, and patterns to be expanded.

use std::hint::black_box;
use std::time::Instant;

use iamrail_catalog::{actions, expand, managed_policies, managed_policy};

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench measures and prints")]
fn main() {
    let start = Instant::now();
    black_box(actions().len());
    println!("actions: read in {:?}", start.elapsed());
    let start = Instant::now();
    black_box(managed_policy("AdministratorAccess"));
    println!("AWS-managed policies: read in {:?}", start.elapsed());
    let start = Instant::now();
    for policy in managed_policies() {
        black_box(policy.document());
    }
    println!("all {} documents: {:?}", managed_policies().len(), start.elapsed());
    for pattern in ["s3:Get*", "ec2:*", "*", "iam:*User*", "ec2:*e*e*e*e*e*e*e*e*e*x"] {
        let start = Instant::now();
        for _ in 0..1_000 {
            black_box(expand(black_box(pattern)));
        }
        println!("{pattern}: {} actions in {:?}", expand(pattern).len(), start.elapsed() / 1_000);
    }
}
