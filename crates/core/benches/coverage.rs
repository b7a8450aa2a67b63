//! What it costs to hold a custom policy against those of AWS.

use std::hint::black_box;
use std::time::Instant;

use iamrail_core::analysis::actions::Reading;
use iamrail_core::analysis::coverage::Custom;
use iamrail_core::catalog::managed_policies;
use iamrail_core::policy::Document;

const POLICIES: [(&str, &str); 4] = [
    (
        "logs of a function and a table",
        r#"{"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"},
           {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": "arn:aws:dynamodb:*:*:table/t"}"#,
    ),
    (
        "reads of S3 and one write",
        r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "s3:PutObject"], "Resource": "*"}"#,
    ),
    (
        "ten services",
        r#"{"Effect": "Allow", "Action": ["s3:*", "ec2:*", "sqs:*", "sns:*", "logs:*", "cloudwatch:*", "lambda:*", "dynamodb:*",
           "kms:Decrypt", "iam:PassRole"], "Resource": "*"}"#,
    ),
    ("everything", r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
];

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() {
    for (what, statements) in POLICIES {
        let document =
            Document::from_text(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#));
        let first = now();
        let parts = Custom::read(&document, Reading::Sure).parts().count();
        let first = first.elapsed();
        let then = now();
        for _ in 0..100 {
            black_box(Custom::read(black_box(&document), Reading::Sure).parts().count());
        }
        let then = then.elapsed() / 100;
        let whole = now();
        let wholes = Custom::read(&document, Reading::Sure).wholes().count();
        let whole = whole.elapsed();
        println!(
            "{what}: {parts} fit, {first:?} the first time and {then:?} from then on; {wholes} grant all of it, {whole:?}"
        );
    }
    let all = now();
    let same = managed_policies().iter().filter(|policy| {
        let document = Document::from_text(policy.document());
        Custom::read(&document, Reading::Sure).part(policy).is_some()
    });
    println!("{} policies of AWS cover themselves: {:?}", same.count(), all.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn now() -> Instant {
    Instant::now()
}
