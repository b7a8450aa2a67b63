//! Access keys that values put together, whatever block or property they stand in.

#![expect(clippy::string_slice, reason = "keys are ASCII")]

use crate::command::{directory, iamrail};
use crate::credentials::{check, id, leaks, secret};

/// Blocks that no rule asks for. `@I@` and `@S@` are expressions of an id and of its secret.
const BLOCKS: [&str; 20] = [
    "resource \"aws_s3_bucket\" \"x\" {\n  tags = { id = @I@, aws_secret_key = @S@ }\n}\n",
    "resource \"aws_iam_role\" \"x\" {\n  assume_role_policy = \"{}\"\n  description = \"${@I@} ${@S@}\"\n}\n",
    "resource \"aws_iam_user\" \"x\" {\n  name = \"x\"\n  tags = { id = @I@, aws_secret_key = @S@ }\n}\n",
    "resource \"aws_iam_policy\" \"x\" {\n  policy = \"{}\"\n  description = \"${@I@} ${@S@}\"\n}\n",
    "resource \"aws_api_gateway_stage\" \"x\" {\n  variables = { id = @I@, aws_secret_key = @S@ }\n}\n",
    "resource \"aws_emr_cluster\" \"x\" {\n  configurations = jsonencode([{ Properties = { a = @I@, b = @S@ } }])\n}\n",
    "resource \"aws_s3_bucket\" \"x\" {\n  provisioner \"local-exec\" {\n    command = \"x ${@I@} ${@S@}\"\n  }\n}\n",
    "resource \"aws_secretsmanager_secret_version\" \"x\" {\n  secret_id = \"x\"\n  \
     secret_binary = base64encode(jsonencode({ a = @I@, b = @S@ }))\n}\n",
    "resource \"aws_instance\" \"x\" {\n  user_data_base64 = base64gzip(\"#!/bin/sh\\nexport A=${@I@} B=${@S@}\\n\")\n}\n",
    "resource \"aws_instance\" \"x\" {\n  user_data_base64 = data.cloudinit_config.c.rendered\n}\n\
     data \"cloudinit_config\" \"c\" {\n  part {\n    content = \"a: ${@I@}\\nb: ${@S@}\\n\"\n  }\n}\n",
    "resource \"kubectl_manifest\" \"x\" {\n  yaml_body = yamlencode({ stringData = { a = @I@, b = @S@ } })\n}\n",
    "resource \"acme_thing\" \"x\" {\n  settings {\n    a = @I@\n    b = @S@\n  }\n}\n",
    "resource \"local_file\" \"x\" {\n  filename = \"x\"\n  content = \"${@I@}:${@S@}\"\n}\n",
    "output \"x\" {\n  value = { a = @I@, b = @S@ }\n}\n",
    "locals {\n  x = { a = @I@, b = @S@ }\n}\n",
    "data \"http\" \"x\" {\n  request_headers = { a = @I@, b = @S@ }\n}\n",
    "data \"terraform_remote_state\" \"x\" {\n  config = { access_key = @I@, secret_key = @S@ }\n}\n",
    "module \"x\" {\n  source = \"git::https://example.com/x\"\n  a = @I@\n  b = @S@\n}\n",
    "module \"x\" {\n  source = \"./module\"\n  first = \"@1@\"\n  second = \"@3@\"\n}\n",
    "provider \"vault\" {\n  auth_login_aws {\n    a = @I@\n    b = @S@\n  }\n}\n",
];

const LOCALS: &str = "locals {\n  end  = \"@2@\"\n  rest = \"@4@\"\n}\nresource \"aws_sqs_queue\" \"q\" {\n  name = nothing()\n}\n";

/// What is called as `./module`.
const MODULE: &str = "variable \"first\" {}\nvariable \"second\" {}\nresource \"aws_sqs_queue\" \"x\" {\n  tags = {\n    \
                      a = \"${var.first}@2@\"\n    b = \"${var.second}@4@\"\n  }\n}\n";

/// The same of templates.
const TEMPLATES: [&str; 5] = [
    "  X:\n    Type: AWS::S3::Bucket\n    Properties:\n      Tags:\n      - {Key: a, Value: @I@}\n      - {Key: b, Value: @S@}\n",
    "  X:\n    Type: AWS::S3::Bucket\n    Metadata:\n      A: @I@\n      B: @S@\n",
    "  X:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {}\n      Description: !Join [' ', [@I@, @S@]]\n",
    "  X:\n    Type: AWS::DMS::Endpoint\n    Properties:\n      S3Settings: {A: @I@, B: @S@}\n",
    "Outputs:\n  A:\n    Value: @I@\n  AwsSecretKey:\n    Value: @S@\n",
];

/// A text with an id and its secret for what stands for them and their parts.
fn written(text: &str, id: &str, secret: &str) -> String {
    let parts = [("@1@", &id[..9]), ("@2@", &id[9..]), ("@3@", &secret[..17]), ("@4@", &secret[17..])];
    parts.iter().fold(text.to_owned(), |text, (name, part)| text.replace(name, part))
}

/// Says of a directory that one key is put together in it, and that nothing of it is shown.
fn is_found(files: &[(&str, &str)]) {
    let (id, secret) = (id(), secret());
    let files: Vec<(&str, String)> =
        files.iter().map(|(name, text)| (*name, written(text, &id, &secret))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let dir = directory(&files);
    let run = check(dir.path(), &[]);
    let found = leaks(&run);
    assert!(!found.is_empty() && found.len() <= 2, "{files:?}\n{found:?}");
    let message = "the access key `AKIA…7W7M` of account 123456789012 is put together of parts in the file";
    assert!(found.iter().any(|one| one.1 == message), "{files:?}\n{found:?}");
    let is_secret = |one: &(String, String, Vec<String>)| {
        one.1.contains("secret access key") || one.2.iter().any(|other| other.contains("its secret"))
    };
    assert!(found.iter().any(is_secret), "{files:?}\n{found:?}");
    let human = iamrail(dir.path(), &["check", "--verbose"]);
    for part in [&id[4..9], &id[9..16], &secret[..17], &secret[17..]] {
        for run in [&run, &human] {
            assert!(!run.out.contains(part) && !run.err.contains(part), "{part}: {}", run.out);
        }
    }
}

#[test]
fn a_key_is_found_in_whatever_block_it_is_put_together() {
    for block in BLOCKS {
        let block = block
            .replace("@I@", "join(\"\", [\"@1@\", local.end])")
            .replace("@S@", "format(\"%s%s\", \"@3@\", local.rest)");
        is_found(&[("main.tf", &[&block, LOCALS].concat()), ("module/main.tf", MODULE)]);
    }
}

#[test]
fn a_key_is_found_in_whatever_property_it_is_put_together() {
    for properties in TEMPLATES {
        let properties = properties
            .replace("@I@", "!Join ['', ['@1@', '@2@']]")
            .replace("@S@", "!Sub ['@3@${R}', {R: '@4@'}]");
        let head = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n";
        is_found(&[("template.yaml", &[head, &properties].concat())]);
    }
}

#[test]
fn parts_that_an_environment_gives_are_put_together_in_it() {
    let configuration = "variable \"a\" {}\nvariable \"b\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  tags = {\n    \
                         a = \"${var.a}@2@\"\n    aws_secret_key = \"${var.b}@4@\"\n  }\n}\n";
    let settings =
        "environments:\n  dev: { var_files: [dev.tfvars] }\n  prod: { var_files: [prod.tfvars] }\n";
    is_found(&[
        ("main.tf", configuration),
        ("dev.tfvars", "a = \"x\"\nb = \"y\"\n"),
        ("prod.tfvars", "a = \"@1@\"\nb = \"@3@\"\n"),
        ("iamrail.yaml", settings),
    ]);
}

#[test]
fn what_is_wrong_in_blocks_that_no_rule_asks_for_is_left_unsaid() {
    let configuration = |tag: &str| {
        format!(
            "resource \"aws_sqs_queue\" \"q\" {{\n  name = nothing()\n  tags = {{ a = \"{tag}\", b = local.c }}\n}}\n"
        )
    };
    let said = |tag: &str| {
        let dir = directory(&[("main.tf", configuration(tag).as_bytes())]);
        let run = iamrail(dir.path(), &["check", "--format", "json"]);
        (run.json().get("diagnostics").cloned(), run.json().get("units").cloned())
    };
    assert_eq!(said(&id()[..10]), said("x"));
}

#[test]
fn names_of_other_things_are_shown_beside_parts_of_a_key() {
    let name = "S3Sync2ReadSourceWriteDestPolicy";
    let configuration = format!(
        "variable \"stage\" {{}}\nresource \"aws_iam_policy\" \"x\" {{\n  name = \"{name}${{var.stage}}\"\n  policy = \"{{}}\"\n  \
         tags = {{ a = \"{}\" }}\n}}\n",
        &id()[..10]
    );
    let dir = directory(&[("main.tf", configuration.as_bytes())]);
    let run = iamrail(dir.path(), &["show"]);
    assert!(run.out.contains(name), "{}", run.out);
}

#[test]
fn the_name_of_a_secret_says_whose_it_is() {
    let secret = secret();
    let found = |text: &str| {
        let files = [("main.tf", text.replace("@", &secret))];
        leaks(&check(directory(&[(files[0].0, files[0].1.as_bytes())]).path(), &[])).len()
    };
    for (name, expected) in [
        ("/shop/aws/secret_key", 1),
        ("aws-secret-access-key", 1),
        ("shop/s3/secret_key", 1),
        ("shop/iam/secret_key", 1),
        ("/ci/deployer/secret_access_key", 1),
        ("/shop/stripe/secret_key", 0),
        ("/shop/aws/cognito/client_secret", 0),
        ("/shop/secret", 0),
    ] {
        let version = |id: &str| {
            format!(
                "resource \"aws_secretsmanager_secret_version\" \"x\" {{\n  secret_id = {id}\n  secret_string = \"@\"\n}}\n"
            )
        };
        let declared = format!("resource \"aws_secretsmanager_secret\" \"s\" {{\n  name = \"{name}\"\n}}\n");
        for id in ["aws_secretsmanager_secret.s.id", "aws_secretsmanager_secret.s.arn"] {
            assert_eq!(found(&[declared.as_str(), &version(id)].concat()), expected, "{name} {id}");
        }
        let arn = format!("\"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}-Ab12Cd\"");
        assert_eq!(found(&version(&arn)), expected, "{arn}");
    }
    for (description, expected) in
        [("AWS secret access key of the deployer", 1), ("The secret key of Stripe", 0)]
    {
        let parameter = format!(
            "resource \"aws_ssm_parameter\" \"x\" {{\n  name = \"/x\"\n  type = \"String\"\n  description = \"{description}\"\n  \
             value = \"@\"\n}}\n"
        );
        assert_eq!(found(&parameter), expected, "{description}");
    }
}
