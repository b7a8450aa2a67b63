//! How many requests are decided in a second, and what hostile patterns cost.

use std::hint::black_box;
use std::time::{Duration, Instant};

use iamrail_core::model::Guard;
use iamrail_core::policy::{
    Caller, Context, Document, Glob, Policies, Prepared, Request, RequestError, ResourcePolicies, decide,
};

const REQUESTS: usize = 1_000_000;

/// Ten statements as people write them: exceptions, wildcards, variables, conditions, and a guard that asks for MFA.
const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ec2:Describe*", "cloudwatch:Get*"], "Resource": "*"},
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::home/${aws:username}/*"},
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::home",
     "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}},
    {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": "arn:aws:sqs:*:111122223333:app-*"},
    {"Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": "arn:aws:iam::*:user/${aws:username}"},
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-central-1:111122223333:key/*",
     "Condition": {"StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com", "sqs.eu-central-1.amazonaws.com"]}}},
    {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*", "s3:*"], "Resource": "*",
     "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}},
    {"Effect": "Deny", "NotAction": ["iam:EnableMFADevice", "iam:GetUser", "sts:GetSessionToken"], "Resource": "*",
     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
    {"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::home", "arn:aws:s3:::home/*"]}
]}"#;

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() -> Result<(), RequestError> {
    let document = Document::from_text(POLICY);
    let always = Guard::always();
    let prepared = [Prepared::identity(&document, &always)];
    let policies = Policies { identity: &prepared, resource: ResourcePolicies::Unasked };
    let ask = |action: &str, resource: &str| {
        let caller = Caller::read("arn:aws:iam::111122223333:user/alice")?;
        let context = Context::new()
            .with("aws:username", ["alice"])
            .with("aws:SourceIp", ["203.0.113.7"])
            .with("aws:RequestedRegion", ["eu-central-1"])
            .with("aws:MultiFactorAuthPresent", ["true"]);
        Request::new(caller, action, resource, context)
    };
    let requests = [
        ask("s3:GetObject", "arn:aws:s3:::home/alice/notes.txt")?,
        ask("s3:GetObject", "arn:aws:s3:::other/notes.txt")?,
        ask("ec2:DescribeInstances", "*")?,
        ask("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/alice")?,
        ask("lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:111122223333:function:f")?,
        ask("sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:app-in")?,
    ];
    let time = timed(|| {
        for request in requests.iter().cycle().take(REQUESTS) {
            black_box(decide(black_box(request), policies));
        }
    });
    println!("{REQUESTS} decisions on a policy of 10 statements: {time:?}, {:?} each", each(time, REQUESTS));
    let time = timed(|| {
        for _ in 0..REQUESTS / 10 {
            black_box(ask(black_box("s3:GetObject"), "arn:aws:s3:::home/alice/notes.txt")).ok();
        }
    });
    println!("a request takes {:?} to be read", each(time, REQUESTS / 10));
    let time = timed(|| {
        for _ in 0..10_000 {
            black_box(Prepared::identity(black_box(&document), &always));
        }
    });
    println!("the policy takes {:?} to be made ready", each(time, 10_000));

    println!(
        "policies of n statements, each with a pattern of 300 wildcards that meets the request everywhere and matches it nowhere:"
    );
    let mut before: Option<Duration> = None;
    for n in [1_250, 2_500, 5_000, 10_000] {
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": "s3:{}", "Resource": "arn:aws:s3:::{}"}}"#,
            "*e?".repeat(100),
            "*a?".repeat(100)
        );
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, vec![statement; n].join(","));
        let document = Document::from_text(&text);
        let prepared = [Prepared::identity(&document, &always)];
        let policies = Policies { identity: &prepared, resource: ResourcePolicies::Unasked };
        let request =
            ask(&format!("s3:{}x", "Eve".repeat(120)), &format!("arn:aws:s3:::{}", "a".repeat(400)))?;
        let time = timed(|| _ = black_box(decide(&request, policies)));
        println!("  n = {n:5}: {time:?}{}", growth(before.replace(time), time));
    }

    println!("hostile patterns of n pairs of wildcards against 4n letters, and against each other:");
    let mut before = [None; 4];
    for n in [100, 200, 400, 800, 1_600] {
        let stars = Glob::new(&"*a".repeat(n));
        let mixed = Glob::new(&("?*b".repeat(n) + "*"));
        let ones = Glob::new(&("*?".repeat(n) + "*b"));
        let text = "a".repeat(4 * n) + "b";
        let times = [
            timed(|| _ = black_box(stars.matches(&text))),
            timed(|| _ = black_box(ones.matches(&text))),
            timed(|| _ = black_box(stars.covers(&mixed))),
            timed(|| _ = black_box(stars.meets(&mixed))),
        ];
        let told: Vec<String> = ["matches", "matches by ones", "covers", "meets"]
            .into_iter()
            .zip(times)
            .zip(&mut before)
            .map(|((what, time), before)| format!("{what} {time:?}{}", growth(before.replace(time), time)))
            .collect();
        println!("  n = {n:4}: {}", told.join(", "));
    }
    Ok(())
}

/// How many times as long as half of it took: 2 where time grows with the size, 4 where it grows with its square.
fn growth(half: Option<Duration>, time: Duration) -> String {
    half.filter(|half| !half.is_zero())
        .map_or_else(String::new, |half| format!(" (x{:.1})", time.as_secs_f64() / half.as_secs_f64()))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn each(time: Duration, count: usize) -> Duration {
    time / u32::try_from(count).unwrap_or(u32::MAX)
}
