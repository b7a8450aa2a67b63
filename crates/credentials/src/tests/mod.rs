//! Keys are put together here, so that no scanner of this repository takes them for leaks.

#![expect(clippy::string_slice, reason = "a test fails by panicking")]

use crate::{Credential, Kind, find};

mod compiled;
mod contexts;
mod nested;
mod parts;
mod sections;
mod windows;

const ID: [&str; 2] = ["AKIARZPUZD", "IKHHOY7W7M"];
const SECRET: [&str; 2] = ["2HPcHyGcFRl1SPnXNYvM", "IHa+2o76/mfXfKm+r5kJ"];
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn id() -> String {
    ID.concat()
}

fn secret() -> String {
    SECRET.concat()
}

/// Characters that look random and are the same in every run.
fn random(length: usize) -> String {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(BASE64[(state >> 40) as usize % 64])
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let all = group.iter().fold(0u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let character = BASE64[(all >> (18 - 6 * place)) as usize & 63];
            text.push(if place > group.len() { '=' } else { char::from(character) });
        }
    }
    text
}

fn kinds(text: &str) -> Vec<Kind> {
    find(text.as_bytes()).iter().map(|one| one.kind).collect()
}

fn only(text: &str) -> Credential {
    let found = find(text.as_bytes());
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn ids_and_the_secrets_near_them_are_one_key() {
    let text = format!("access_key = \"{}\"\nsecret_key = \"{}\"\n", id(), secret());
    let found = find(text.as_bytes());
    assert_eq!(found.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::KeyId, Kind::SecretKey]);
    assert!(found[0].id.is_some() && found[0].id == found[1].id);
    assert_eq!(&text[found[1].range.clone()], secret());
}

#[test]
fn two_keys_after_each_other_keep_their_secrets() {
    let other = ["AKIAQYLPMN5", "HNM4OWEZR"].concat();
    let text = format!("{}:{} {other}:{}", id(), secret(), random(40));
    let found = find(text.as_bytes());
    let ids: Vec<String> = found.iter().map(|one| one.id.unwrap().to_string()).collect();
    assert_eq!(ids, ["AKIA…7W7M", "AKIA…7W7M", "AKIA…WEZR", "AKIA…WEZR"]);
}

#[test]
fn names_announce_secrets() {
    for name in [
        "AWS_SECRET_ACCESS_KEY=",
        "SecretAccessKey: '",
        "aws_secret_key = \"",
        "\"awsSecretKey\": \"",
        "aws_key=",
        "AWS_ACCESS_KEY = ",
        "secretAccessKey:\n  ",
        "ENV AWS_SECRET_ACCESS_KEY \\\n    ",
        "access_secret_key: ",
    ] {
        assert_eq!(kinds(&format!("{name}{}", secret())), [Kind::SecretKey], "{name}");
    }
    for name in [
        "checksum: ",
        "django_secret_key: ",
        "aws_region: eu-west-1\nhash: ",
        "aws apigateway get-api-key --key-id ",
        "secret access key:\nnone\n",
    ] {
        assert_eq!(kinds(&format!("{name}{}", secret())), [], "{name}");
    }
}

#[test]
fn defaults_of_shells_colours_and_lines_in_base64_hide_nothing() {
    let (id, secret) = (id(), secret());
    for text in [
        format!("AWS_SECRET_ACCESS_KEY=${{AWS_SECRET_ACCESS_KEY:-{secret}}}"),
        format!("AWS_SECRET_ACCESS_KEY=\u{1b}[1;32m{secret}\u{1b}[0m"),
        format!("AWS_SECRET_ACCESS_KEY: {}", encode(secret.as_bytes())),
        format!("AWS_SECRET_ACCESS_KEY: {}", encode(format!("{secret}\n").as_bytes())),
        format!("AWS_SECRET_ACCESS_KEY: {}", encode(format!("{secret}\r\n").as_bytes())),
    ] {
        assert_eq!(kinds(&text), [Kind::SecretKey], "{text}");
    }
    assert_eq!(kinds(&format!("\u{1b}[32m{id}\u{1b}[0m")), [Kind::KeyId]);
    assert_eq!(kinds(&format!("m{id}")), []);
}

#[test]
fn examples_digests_words_and_placeholders_are_left_alone() {
    for text in [
        "AKIAIOSFODNN7EXAMPLE",
        "AKIAI44QH8DHBEXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "AKIAXXXXXXXXXXXXXXXX",
        "AKIA1234567890123456",
        "AKIAABCDEFGHIJKLMNOP",
        "secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "aws_secret_key: je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
        "aws_secret_key: da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "aws_secret_access_key: ${aws_iam_access_key.deploy.secret}",
        "aws_secret_access_key = get_secret(secret_names[Environment1])",
        "aws_secret_access_key: com/AmazonAws/Secrets/V2/AccessKeyProvider",
        "aws_secret_access_key: <YOUR_SECRET_ACCESS_KEY_GOES_IN_HERE_1234>",
        "aws_key_id: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
    // Identifiers of users, roles and the like are no credentials, and are a character longer.
    for prefix in ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA", "APKA", "ASCA"] {
        assert_eq!(kinds(&format!("{prefix}{}2", &id()[4..])), [], "{prefix}");
    }
}

#[test]
fn what_belongs_to_a_longer_word_is_no_credential() {
    assert_eq!(kinds(&format!("X{}", id())), []);
    assert_eq!(kinds(&format!("{}A", id())), []);
    assert_eq!(kinds(&format!("aws_secret_key={}x", secret())), []);
    assert_eq!(kinds(&format!("aws_secret_key=sha-{}", secret())), []);
    assert_eq!(kinds(&format!("aws_secret_key={}=", secret())), []);
    assert_eq!(kinds(&format!("aws_secret_key====={}", secret())), []);
    assert_eq!(kinds(&format!("aws_secret_key=ey.{}.sig", secret())), []);
}

#[test]
fn the_account_is_decoded_and_nothing_secret_is_displayed() {
    let found = only(&id());
    let key = found.id.unwrap();
    assert_eq!((key.to_string(), key.account()), ("AKIA…7W7M".to_owned(), Some("123456789012".to_owned())));
    let found = only(&["ASIAY34FZK", "BOKMUTVV7A"].concat()).id.unwrap();
    assert_eq!((found.account().as_deref(), found.is_temporary()), (Some("609629065308"), true));
    let found = only(&["AKIAIWSGZ4", "QHXRT3MV5A"].concat()).id.unwrap();
    assert_eq!((found.account(), found.is_doubtful()), (None, false));
    let found = only(&["AKIA7777ZK", "BOKMUTVV7A"].concat()).id.unwrap();
    assert!(found.account().is_none() && found.is_doubtful());
    let planted = only(&["AKIAQYLPMN5", "HNM4OWEZR"].concat()).id.unwrap();
    assert!(planted.is_planted(), "{:?}", planted.account());
    let shown = format!("{:?}", only(&format!("aws_secret_key={}", secret())));
    assert!(
        !shown.contains(&secret()[..6]) && !format!("{:?}", find(id().as_bytes())).contains(ID[1]),
        "{shown}"
    );
}

#[test]
fn the_id_of_an_account_with_a_low_number_is_found_with_little_entropy() {
    let id = ["AKIAQAAAAA", "ABCWXRZA2M"].concat();
    assert!(crate::plausible::entropy(id.as_bytes()) < 3.0);
    assert_eq!(only(&id).id.unwrap().account().as_deref(), Some("000000000002"));
}

#[test]
fn escapes_are_read_as_what_they_stand_for() {
    let (id, secret) = (id(), secret());
    let percent = secret.replace('+', "%2B").replace('/', "%2f");
    assert_eq!(
        kinds(&format!("?AWSAccessKeyId%3D{id}&secret_access_key={percent}")),
        [Kind::KeyId, Kind::SecretKey]
    );
    assert_eq!(
        only(&format!("aws_secret_key={percent}")).value,
        only(&format!("aws_secret_key={secret}")).value
    );
    let json = secret.replace('+', "\\u002b").replace('/', "\\/");
    let text = format!(r#"{{"d": "{{\"AccessKeyId\":\"{id}\",\n\"SecretAccessKey\":\"{json}\"}}"}}"#);
    assert_eq!(kinds(&text), [Kind::KeyId, Kind::SecretKey]);
    assert_eq!(
        kinds(&format!(r#""[default]\n{id}\naws_secret_access_key=\n{secret}\n""#)),
        [Kind::KeyId, Kind::SecretKey]
    );
}

#[test]
fn base64_is_looked_into_wherever_the_key_lies_in_its_groups() {
    let script = format!("export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\n", id(), secret());
    for head in ["", "#", "# ", "#!/bin/sh\n"] {
        let encoded = encode(format!("{head}{script}").as_bytes());
        let text = format!("user_data: {encoded}\n");
        let found = find(text.as_bytes());
        assert_eq!(
            found.iter().map(|one| one.kind).collect::<Vec<_>>(),
            [Kind::KeyId, Kind::SecretKey],
            "{text}"
        );
        assert!(found.iter().all(|one| one.encoded));
        // The place is that of the key within the block.
        let at = "user_data: ".len() + (head.len() + "export AWS_ACCESS_KEY_ID=".len()) * 4 / 3;
        assert_eq!(found[0].range.start, at);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        for wrap in ["\n    ", "\r\n", "\\n", "\n"] {
            let text = format!("data:\n  key: |\n    {}\n", lines.join(wrap));
            assert_eq!(kinds(&text), [Kind::KeyId, Kind::SecretKey], "{text}");
        }
    }
    let text = format!(
        "aws_access_key_id: {}\naws_secret_access_key: {}\n",
        encode(id().as_bytes()),
        encode(secret().as_bytes())
    );
    assert_eq!(kinds(&text), [Kind::KeyId, Kind::SecretKey]);
    assert_eq!(find(text.as_bytes())[0].value, only(&id()).value);
}

#[test]
fn long_blocks_of_base64_are_read_to_their_end() {
    let pair = format!(" {}:{} ", id(), secret());
    for at in [0, 49_100, 49_130, 65_500, 98_280, 250_001] {
        let mut text = vec![b'#'; 300_000];
        text.splice(20..20, id().into_bytes().into_iter().chain(*b" "));
        text.splice(800 + at..800 + at, pair.bytes());
        let found = find(encode(&text).as_bytes());
        let kinds: Vec<Kind> = found.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Kind::KeyId, Kind::KeyId, Kind::SecretKey], "{at}");
        assert_eq!(found[1].range.start, (800 + at + 1) * 4 / 3);
    }
}

#[test]
fn words_in_base64_may_be_broken_over_lines_and_lie_otherwise_than_the_lines_before() {
    for head in 0..3 {
        let encoded = encode(format!("{}{}", "\n".repeat(60 + head), id()).as_bytes());
        for place in 79..95 {
            let (start, end) = encoded.split_at(place);
            for wrap in ["\n", "\r\n", "\n    "] {
                assert_eq!(kinds(&format!("x: {start}{wrap}{end}")), [Kind::KeyId], "{start}{wrap}{end}");
            }
        }
        // A line that is no part of the block, with what looks like the beginning of an id.
        for other in ["QUtJQ", "xQUtJQ", "xxQUtJQ", "xxxQUtJQx"] {
            let text = format!("{other}\n{}", encoded.trim_end_matches('='));
            assert_eq!(kinds(&text), [Kind::KeyId], "{text}");
        }
    }
}

#[test]
fn tokens_go_with_the_id_of_a_temporary_key() {
    let temporary = ["ASIAY34FZK", "BOKMUTVV7A"].concat();
    let token = format!("{}YXdz{}==", random(20), random(300));
    let all = [Kind::KeyId, Kind::SecretKey, Kind::SessionToken];
    assert_eq!(kinds(&format!("{temporary}\n{}\n{token}\n", secret())), all);
    assert_eq!(kinds(&format!("{}\n{token}\n", id())), [Kind::KeyId]);
    assert_eq!(kinds(&format!("aws_session_token={token}")), []);
}

#[test]
fn passwords_of_ses_go_with_the_id_of_a_user() {
    let password = format!("BL{}", random(42));
    assert_eq!(kinds(&format!("user={}\npass={password}\n", id())), [Kind::KeyId, Kind::SmtpPassword]);
    assert_eq!(kinds(&format!("pass={password}\n")), []);
    assert_eq!(kinds(&format!("user={}\npass=Z{}\n", id(), &password[1..])), [Kind::KeyId]);
}

#[test]
fn the_id_of_a_signature_is_told_from_others() {
    for (before, presigned) in [
        ("https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=", true),
        ("\"x-amz-credential\": \"", true),
        ("X-Amz-Credential%253D", true),
        ("access_key = ", false),
    ] {
        assert_eq!(
            only(&format!("{before}{}/20261127/eu-west-1/s3/aws4_request", id())).presigned,
            presigned
        );
    }
}

#[test]
fn keys_of_bedrock_are_found_by_their_beginning() {
    let long = format!("ABSK{}{}", encode(b"BedrockAPIKey-a1b2"), random(100));
    assert_eq!(only(&format!("key: {long}==")).kind, Kind::BedrockKey);
    assert_eq!(kinds(&format!("key: {}", &long[..60])), []);
    let short = format!("bedrock-api-key-{}{}", encode(b"bedrock.amazonaws.com/?Action="), random(400));
    assert_eq!(only(&short).kind, Kind::BedrockToken);
    let marked = format!("{}+a/b={}==", &long[..60], &long[60..]);
    let plain = only(&format!("key: {marked}")).value;
    for (key, kind) in [(&marked, Kind::BedrockKey), (&short, Kind::BedrockToken)] {
        let percent = key.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let wide: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut texts = vec![percent, key.replace('/', "\\/").replace('=', "\\u003d"), encode(&wide)];
        texts.extend((0..3).map(|head| {
            encode(format!("{}export AWS_BEARER_TOKEN_BEDROCK={key}\n", &"#\n "[..head]).as_bytes())
        }));
        texts.push(encode(key.as_bytes()));
        for text in texts {
            let found = only(&format!("  key: {text}\n"));
            assert!(found.kind == kind && (kind == Kind::BedrockToken || found.value == plain), "{text}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "[AKISawskey_ecrt=:\"\\\\%0-9/+\n]{0,300}", bytes in proptest::collection::vec(0u8.., 0..300)) {
        for bytes in [text.into_bytes(), bytes] {
            for found in find(&bytes) {
                assert!(found.range.start < found.range.end && found.range.end <= bytes.len());
            }
        }
    }

    #[test]
    fn a_key_is_found_in_any_text(before in "([ -~]{0,80}[ \n\"'=:,(])?", behind in "([ \n\"',;)][ -~]{0,80})?") {
        let text = format!("{before}{}{behind}", id());
        assert!(find(text.as_bytes()).iter().any(|one| one.kind == Kind::KeyId && one.range.start == before.len()));
    }
}

#[test]
fn a_key_of_bedrock_is_one_credential_and_says_whose_it_is() {
    let long = encode(format!("BedrockAPIKey-a1b2-at-123456789012:{}", random(80)).as_bytes());
    assert_eq!(only(&format!("ABSK{long}\n")).account.as_deref(), Some("123456789012"));
    let url = format!(
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Credential={}%2F20260101&X-Amz-Security-Token=IQoJb3JpZ2luX2Vj{}",
        id().replace("AKIA", "ASIA"),
        random(300)
    );
    let short = only(&format!("bedrock-api-key-{}\n", encode(url.as_bytes())));
    assert_eq!((short.kind, short.account.as_deref()), (Kind::BedrockToken, Some("123456789012")));
}

#[test]
fn lists_of_ids_and_of_secrets_are_paired_by_position() {
    let other = ["AKIAQYLPMN5", "HNM4OWEZR"].concat();
    let all = random(80);
    let (first, second) = all.split_at(40);
    let ends = |text: &str| -> Vec<String> {
        let found = find(text.as_bytes());
        found
            .iter()
            .filter(|one| one.kind == Kind::SecretKey)
            .map(|one| one.id.unwrap().to_string())
            .collect()
    };
    let ids = format!("ids: [{}, {other}]\n", id());
    let secrets = format!("secrets: [{first}, {second}]\n");
    assert_eq!(ends(&format!("{ids}{secrets}")), ["AKIA…7W7M", "AKIA…WEZR"]);
    assert_eq!(ends(&format!("{secrets}{ids}")), ["AKIA…7W7M", "AKIA…WEZR"]);
}

#[test]
fn a_secret_in_base64_belongs_to_the_id_beside_it() {
    let block = encode(format!("aws_secret_access_key = {}", secret()).as_bytes());
    let found = find(format!("{}\nuserdata {block}\n", id()).as_bytes());
    assert_eq!(found.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::KeyId, Kind::SecretKey]);
    assert!(found[1].id.is_some() && found[1].id == found[0].id);
}

#[test]
fn an_id_beside_a_signature_that_expires_is_that_of_the_signature() {
    let url = |rest: &str| format!("https://b.s3.amazonaws.com/k?AWSAccessKeyId={}{rest}\n", id());
    assert!(only(&url("&Signature=abc%3D&Expires=1700000000")).presigned);
    assert!(!only(&url("&Marker=abc")).presigned);
}

#[test]
fn what_sops_encrypted_is_no_secret() {
    let text = format!("aws_secret_access_key: ENC[AES256_GCM,data:{},iv:abc=,type:str]\n", secret());
    assert_eq!(kinds(&text), []);
    assert_eq!(kinds(&format!("ENC[x]\naws_secret_access_key: {}\n", secret())), [Kind::SecretKey]);
}

#[test]
fn a_neighbour_on_the_line_is_no_part_of_a_name() {
    let pair = |endpoint: &str| {
        format!("x = {{ endpoint = \"{endpoint}\", accessKey = \"user\", secretKey = \"{}\" }}\n", secret())
    };
    assert_eq!(kinds(&pair("https://minio.internal:9000")), []);
    assert_eq!(kinds(&pair("https://s3.amazonaws.com")), [Kind::SecretKey]);
}
