//! Keys whose parts stand far from each other, and secrets that are those of others.

use super::{id, kinds, only, random, secret};
use crate::{Kind, find};

/// Asserts that an id and a secret in a text are one key.
fn assert_pair(text: &str) {
    let found = find(text.as_bytes());
    let mut kinds: Vec<Kind> = found.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [Kind::KeyId, Kind::SecretKey], "{text}");
    assert!(found[0].id.is_some() && found[0].id == found[1].id, "{text}");
}

#[test]
fn an_id_and_a_secret_in_one_section_belong_together_whatever_lies_between() {
    let options: String = (0..80).map(|number| format!("option_{number} = True\n")).collect();
    let comments = "# a comment that says nothing of anything, and goes on\n".repeat(22);
    let yaml: String = (0..25).map(|number| format!("  option-{number}:\n    - a: value {{x}}\n")).collect();
    let json: String = (0..40).map(|number| format!("    \"o{number}\": {{ \"x\": [1] }},\n")).collect();
    let code = "  console.log(`${a} of ${b}`);\n".repeat(31);
    let (id, secret) = (id(), secret());
    for text in [
        format!("[default]\naccess_key = {id}\n{options}secret_key = {secret}\n[other]\nx = 1\n"),
        format!("[default]\nsecret_key = {secret}\n{options}access_key = {id}\n"),
        format!("[Credentials]\naws_access_key_id = {id}\n{comments}aws_secret_access_key = {secret}\n"),
        format!("aws:\n  access-key: {id}\n{yaml}  secret-key: {secret}\nother:\n  x: y\n"),
        format!(
            "{{\n  \"aws\": {{\n    \"accessKey\": \"{id}\",\n{json}    \"secretKey\": \"{secret}\"\n  }}\n}}\n"
        ),
        format!(
            "provider \"aws\" {{\n  access_key = \"{id}\"\n{}  secret_key = \"{secret}\"\n}}\n",
            options.replace("opt", "  opt")
        ),
        format!("function f() {{\n  const key = '{id}';\n{code}  const secret = '{secret}';\n}}\n"),
    ] {
        assert_pair(&text);
    }
}

#[test]
fn in_other_sections_and_among_others_they_do_not() {
    let far = "option = True\n".repeat(60);
    let (id, secret) = (id(), secret());
    let other = ["AKIAQYLPMN5", "HNM4OWEZR"].concat();
    let lone = |text: &str| {
        let found = find(text.as_bytes());
        let secrets = found.iter().filter(|one| one.kind == Kind::SecretKey);
        let ids: Vec<bool> = secrets.map(|one| one.id.is_some()).collect();
        assert_eq!(ids, [false], "{text}");
    };
    lone(&format!("[a]\naws_access_key_id = {id}\n{far}[b]\naws_secret_access_key = {secret}\n"));
    lone(&format!(
        "a:\n  aws_access_key_id: {id}\n{}b:\n  aws_secret_access_key: {secret}\n",
        "  x: y\n".repeat(99)
    ));
    lone(&format!("a {{\n  id = \"{id}\"\n{far}}}\nb {{\n  aws_secret_key = \"{secret}\"\n}}\n"));
    lone(&format!("id = {id}\n{far}id = {other}\n{far}aws_secret_access_key = {secret}\n"));
    lone(&format!("id = {id}\n{}aws_secret_access_key = {secret}\n", far.repeat(20)));
    // What is no secret of AWS by its name, and has no id.
    assert_eq!(
        kinds(&format!("function f() {{\n  const key = '{id}';\n{far}}}\nconst secret = '{secret}';\n")),
        [Kind::KeyId]
    );
    assert_eq!(kinds(&format!("const key = '{id}';\n{far}const digest = '{secret}';\n")), [Kind::KeyId]);
}

#[test]
fn the_access_key_of_another_service_leaves_the_secret_alone_on_both_sides() {
    let (secret, other) = (secret(), "K9DTIMUVZXEXJL3ATUOY");
    let token = format!(
        "    \"SessionToken\": \"{}.{}\",\n    \"Expiration\": \"2019-02-20T19:56:59-08:00\",\n",
        random(100),
        random(150)
    );
    let key = format!("    \"AccessKeyId\": \"{other}\"");
    let own = format!("    \"SecretAccessKey\": \"{secret}\"");
    for text in [
        format!("{{\n  \"Credentials\": {{\n{own},\n{token}{key}\n  }}\n}}\n"),
        format!("{{\n  \"Credentials\": {{\n{key},\n{own}\n  }}\n}}\n"),
        format!("[minio]\nsecret_access_key = {secret}\naccess_key_id = {other}\n"),
    ] {
        assert_eq!(kinds(&text), [], "{text}");
    }
    for text in [
        format!("{{\"a\": {{\n{own}\n}}, \"b\": {{\n{key}\n}}}}\n"),
        format!("[aws]\nsecret_access_key = {secret}\n\n[minio]\naccess_key_id = {other}\n"),
        format!("aws:\n  secret_access_key: {secret}\nminio:\n  access_key_id: {other}\n"),
        format!("minio:\n  access_key_id: {other}\naws:\n  secret_access_key: {secret}\n"),
        format!("AWS_SECRET_ACCESS_KEY={secret}\nMINIO_ACCESS_KEY={other}\n"),
    ] {
        assert_eq!(kinds(&text), [Kind::SecretKey], "{text}");
    }
}

#[test]
fn keys_that_stand_ins_for_aws_make_are_left_alone_with_their_secrets() {
    for own in [["ASIAQAAAAA", "AAKZ4L3POJ"], ["AKIAQAAAAA", "AALX6GRE2E"], ["AKIAQAAAAA", "AAKZ4WX3PJ"]] {
        let own = own.concat();
        for text in [
            own.clone(),
            format!("AWS_ACCESS_KEY_ID={own}\nAWS_SECRET_ACCESS_KEY={}\n", secret()),
            format!("{{\"SecretAccessKey\": \"{}\", \"AccessKeyId\": \"{own}\"}}", secret()),
        ] {
            assert_eq!(kinds(&text), [], "{text}");
        }
        // The secret of a real key beside it is found in any order.
        let text = format!("{own}\naws_secret_access_key={}\n{}\n", secret(), id());
        assert_eq!(kinds(&text), [Kind::SecretKey, Kind::KeyId]);
        assert!(find(text.as_bytes())[0].id.is_some());
    }
    assert!(only(&id()).id.is_some());
}

#[test]
fn secrets_are_announced_by_the_services_they_are_for() {
    for service in ["ec2", "EC2", "iam", "ses", "sns", "sqs", "dynamodb", "sts", "my_sqs"] {
        for rest in ["secret_key", "secret_access_key", "secret-key"] {
            let text = format!("{service}_{rest}: {}\n", secret());
            assert_eq!(kinds(&text), [Kind::SecretKey], "{text}");
        }
    }
    for name in ["sessions_secret_key", "hosts_secret_key", "processes_secret_key"] {
        assert_eq!(kinds(&format!("{name}: {}\n", secret())), [], "{name}");
    }
    let minio = format!("s3_access_key: USWUXHGYZQYFYFFIT3RE\ns3_secret_key: {}\n", secret());
    assert_eq!(kinds(&minio), []);
}
