//! Random keys in every context that announces one, in every encoding.

use super::{encode, kinds};
use crate::{Kind, find};

/// Where a secret stands alone, with no id near it. `@` is the secret.
const ALONE: [&str; 90] = [
    "bucket     = \"b\"\nregion     = \"eu-central-1\"\naccess_key = var.key\nsecret_key = \"@\"\n",
    "secret_key = \"@\"\nregion     = \"ap-southeast-2\"\n",
    "bucket     = \"b\"\naccess_key = \"AKIAIOSFODNN7EXAMPLE\"\nsecret_key = \"@\"\n",
    "'s3' => [\n    'driver' => 's3',\n    'secret' => '@',\n],\n",
    "'ses' => [\n    'key' => env('KEY'),\n    'secret' => '@',\n],\n",
    "Parameters:\n  SecretKey:\n    Type: String\n    Description: AWS secret access key\n    Default: @\n",
    "aws = {\n  secret_key = \"@\"\n}\n",
    "provider \"aws\" {\n  region     = \"eu-west-1\"\n  access_key = var.key\n  secret_key = \"@\"\n}\n",
    "provider \"aws\" {\n  assume_role {\n    role_arn = \"${var.role}\"\n  }\n\n  secret_key = \"@\"\n}\n",
    "provider \"aws\" {\nsecret_key=\"@\"\n}\n",
    "provider \"aws\" { secret_key = \"@\" }\n",
    "terraform {\n  backend \"s3\" {\n    bucket     = \"state\"\n    secret_key = \"@\"\n  }\n}\n",
    "variable \"aws_secret_key\" {\n  type        = string\n  description = \"The secret\"\n  default     = \"@\"\n}\n",
    "variable \"aws_secret_key\" {\ntype = string\ndefault = \"@\"\n}\n",
    "variable \"AWS_SECRET\" {\n  default = \"@\"\n}\n",
    "provider \"aws\" {\n  region = var.region\n}\n\nvariable \"secret_key\" {\n  type    = string\n  default = \"@\"\n}\n",
    "variable \"aws_credentials\" {\n  default = {\n    id     = \"x\"\n    secret = \"@\"\n  }\n}\n",
    "# The deployment of AWS.\nregion     = \"eu-west-1\"\nsecret_key = \"@\"\n",
    "aws_secret = \"@\"\n",
    "Parameters:\n  AwsSecretAccessKey:\n    Type: String\n    NoEcho: true\n    Default: @\n",
    "Parameters:\n  AWSSecret:\n    Description: 'a text: of some length'\n    Type: String\n    Default: '@'\n",
    "{\n  \"Parameters\": {\n    \"AwsSecretKey\": {\n      \"Type\": \"String\",\n      \"Default\": \"@\"\n    }\n  }\n}\n",
    "{\"Parameters\":{\"AwsSecretKey\":{\"Type\":\"String\",\"Default\":\"@\"}}}\n",
    "aws:\n  secret_access_key: @\n",
    "aws:\n  region: eu-west-1\n  credentials:\n    secretKey: @\n",
    "aws: {credentials: {secretKey: @}}\n",
    "aws:\n- name: x\n  secret-key: @\n",
    "cloud:\n  aws:\n    region:\n      static: eu-west-1\n    credentials:\n      access-key: ${KEY}\n      secret-key: '@'\n",
    "s3:\n  bucket: b\n  secret: \"@\"\n",
    "{\n  \"aws\": {\n    \"key\": \"x\",\n    \"secret\": \"@\"\n  }\n}\n",
    "{\"aws\":{\"region\":\"eu-west-1\",\"secret\":\"@\"}}",
    "{\n  \"aws\": {\n    \"options\": { \"a\": 1 },\n    \"credentials\": {\n      \"secretKey\": \"@\"\n    }\n  }\n}\n",
    "<property>\n  <name>fs.s3a.secret.key</name>\n  <value>@</value>\n</property>\n",
    "<property>\n  <name>fs.s3a.secret.key</name>\n  <description>A secret.</description>\n  <value>\n    @\n  </value>\n</property>\n",
    "<property><name>fs.s3a.secret.key</name><value>@</value></property>\n",
    "<bean class=\"com.amazonaws.auth.BasicAWSCredentials\">\n  <property name=\"secretKey\" value=\"@\"/>\n</bean>\n",
    "<add key=\"AWSSecretKey\" value=\"@\" />\n",
    "fs.s3a.secret.key=@\n",
    "spark.hadoop.fs.s3n.awsSecretAccessKey @\n",
    "spring.cloud.aws.credentials.secret-key=@\n",
    "[default]\naccess_key = ${KEY}\nsecret_key = @\n",
    "[default]\nhost_base = s3.amazonaws.com\nhuman_readable_sizes = False\nsecret_key = @\n",
    "[default]\nsecret_key = @\nsimpledb_host = sdb.amazonaws.com\n",
    "[s3]\nsecret_key = @\n",
    "[Credentials]\naws_secret_access_key = @\n",
    "[aws]\nsecret = @\n",
    "Set-AWSCredential -AccessKey $id -SecretKey @ -StoreAs default\n",
    "Set-AWSCredential -StoreAs some-profile-of-a-longer-name -AccessKey $Identifier -SecretKey '@'\n",
    "$env:AWS_SECRET_ACCESS_KEY = \"@\"\n",
    "setx AWS_SECRET_ACCESS_KEY @\n",
    "docker run -e AWS_SECRET_ACCESS_KEY=@ image\n",
    "aws configure set aws_secret_access_key @\n",
    "env:\n  AWS_SECRET_ACCESS_KEY: @\n",
    "with:\n  aws-secret-access-key: @\n",
    "env:\n- name: AWS_SECRET_ACCESS_KEY\n  value: @\n",
    "env:\n- value: @\n  name: AWS_SECRET_ACCESS_KEY\n",
    "{\"environment\": [{\"value\": \"@\", \"name\": \"AWS_SECRET_ACCESS_KEY\"}]}\n",
    "{\n  \"ParameterKey\": \"AwsSecretKey\",\n  \"UsePreviousValue\": false,\n  \"ParameterValue\": \"@\"\n}\n",
    "FROM alpine\nENV AWS_SECRET_ACCESS_KEY @\n",
    "s3 = boto3.client(\n    's3',\n    aws_secret_access_key='@',\n)\n",
    "client = Minio(\n    's3.amazonaws.com',\n    secret_key='@',\n)\n",
    "AWS.config.update({ accessKeyId: id, secretAccessKey: '@' });\n",
    "const awsSecret: string = '@';\n",
    "key = os.environ.get(\"AWS_SECRET\", \"@\")\n",
    "var credentials = new BasicAWSCredentials(id, \"@\");\n",
    "AmazonS3 s3 = new AmazonS3Client(new AWSCredentials() {\n    private String secretKey = \"@\";\n});\n",
    "@aws_secret_key = '@'\n",
    "config.amazon_secret_key = \"@\"\n",
    "BUILD=A1B2C3D4E5F6G7H8I9J0\nAWS_SECRET_ACCESS_KEY=@\n",
    "ORDER=A1B2C3D4E5F6G7H8I9J0\naccess_log=1\nsecret_access_key=@\n",
    "release: BUILD20261127RELEASE\naccess: x\naws_secret_access_key: @\n",
    "MINIO_ACCESS_KEY=Y4RJU1RNFGK48LGO9I2S\nAWS_SECRET_ACCESS_KEY=@\n",
    "[minio]\naccess_key_id = USWUXHGYZQYFYFFIT3RE\n\n[other]\nsecret_access_key = @\n",
    "AwsBasicCredentials.create(System.getenv(\"ID\"), \"@\");\n",
    "Aws::Auth::AWSCredentials credentials(id, \"@\");\n",
    "client = Aws::Credentials.new(ENV['X'], '@')\n",
    "CLOUDWATCH_SECRET_KEY=@\n",
    "DYNAMODB_SECRET_KEY=@\n",
    "EC2_SECRET_KEY=@\n",
    "SES_SECRET=@\n",
    "sqsSecretKey: '@'\n",
    "export APP_IAM_SECRET_KEY=@\n",
    "iam_user_secret: @\n",
    "/shop/iam/secret_key = @\n",
    "terraform init -backend-config=\"secret_key=@\"\n",
    "let provider = AWSStaticCredentialsProvider(accessKey: key, secretKey: \"@\")\n",
    "{\n  \"awsv4\": [\n    {\n      \"key\": \"secretKey\",\n      \"value\": \"@\"\n    }\n  ]\n}\n",
    "s3.secret_key=@\nminio.access_key=USWUXHGYZQYFYFFIT3RE\n",
    "secret access key: @\n",
    "AWS Secret Access Key [None]: @\n",
];

/// Where a secret stands that is none of AWS, or none at all.
const OTHERS: [&str; 27] = [
    "[minio]\ntype = s3\naccess_key_id = USWUXHGYZQYFYFFIT3RE\nsecret_access_key = @\n",
    "<AccessKeyId>Y4RJU1RNFGK48LGO9I2S</AccessKeyId>\n      <SecretAccessKey>@</SecretAccessKey>\n",
    "secret_key = \"@\"\n",
    "stripe_secret_key = \"@\"\n",
    "provider \"aws\" {\n  region = \"x\"\n}\n\nresource \"other\" \"a\" {\n  secret_key = \"@\"\n}\n",
    "resource \"aws_lambda_function\" \"f\" {\n  environment {\n    variables = {\n      SECRET_KEY = \"@\"\n    }\n  }\n}\n",
    "aws:\n  region: eu-west-1\ndjango:\n  secret_key: @\n",
    "{\"aws\":{\"region\":\"eu-west-1\"},\"django\":{\"secret_key\":\"@\"}}",
    "aws:\n  client_secret: @\n",
    "AWS_REGION=eu-west-1\nAWS_BUCKET=b\nSECRET_KEY=@\n",
    "AWS_ACCESS_KEY_ID=${ID}\nAWS_SECRET_ACCESS_KEY=${SECRET}\nSECRET_KEY=@\n",
    "[aws]\nregion = eu-west-1\n\n[flask]\nsecret_key = @\n",
    "Parameters:\n  AwsSecretKey:\n    Type: String\n  Checksum:\n    Type: String\n    Default: @\n",
    "variable \"aws_secret_key\" {\n  type = string\n}\n\nvariable \"checksum\" {\n  default = \"@\"\n}\n",
    "env:\n- name: AWS_SECRET\n  valueFrom: x\n- name: CHECKSUM\n  value: @\n",
    "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Environment:\n        Variables:\n          SECRET_KEY: @\n",
    "data \"aws_secretsmanager_secret\" \"x\" { name = \"a\" }\nlocals { digest = \"@\" }\n",
    "aws secretsmanager get-secret-value --secret-id x --version-id 1 # @\n",
    "AwsBasicCredentials.create(id, secret); sign(\"@\");\n",
    "AWS_COGNITO_CLIENT_SECRET=@\n",
    "/shop/aws/cognito/client_secret = @\n",
    "aws_jwt_secret: @\n",
    "sessions_secret: @\n",
    "iam_secret: @\n",
    "{\"provider_name\":\"registry.terraform.io/hashicorp/aws\",\"schema_version\":0,\"values\":{\"variables\":{\"SECRET_KEY\":\"@\"}}}",
    "{\n  \"SecretAccessKey\": \"@\",\n  \"SessionToken\": \"eyJhbGciOiJIUzUxMiJ9\",\n  \"AccessKeyId\": \"K9DTIMUVZXEXJL3ATUOY\"\n}\n",
    "<AccessKeyId>ASIAQAAAAAAAKZ4L3POJ</AccessKeyId><SecretAccessKey>@</SecretAccessKey>\n",
];

/// Characters that look random, other ones for every seed.
struct Random(u64);

impl Random {
    fn next(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 8) as usize % bound
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.next(alphabet.len())])).collect()
    }

    /// A secret with digits, as all but one in a thousand have, that is found under any name.
    fn secret(&mut self) -> String {
        loop {
            let secret = self.text(super::BASE64, 40);
            if secret.bytes().any(|byte| byte.is_ascii_digit()) {
                return secret;
            }
        }
    }

    /// The id of an account, which begins with `QA` to `5` for numbers of twelve digits.
    fn id(&mut self) -> String {
        let body = self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 14);
        format!("AKIA{}{}{body}", ["Q", "R", "S", "T", "U", "V"][self.next(6)], ["A", "Z", "4"][self.next(3)])
    }
}

type Encoding = fn(&str) -> String;

/// The ways in which texts stand in other texts.
fn encodings() -> Vec<(&'static str, Encoding)> {
    fn escaped(text: &str, of: impl Fn(char) -> Option<String>) -> String {
        text.chars().map(|one| of(one).unwrap_or_else(|| one.to_string())).collect()
    }
    fn json(text: &str) -> String {
        escaped(text, |one| match one {
            '\n' => Some("\\n".to_owned()),
            '"' => Some("\\\"".to_owned()),
            '\\' => Some("\\\\".to_owned()),
            _ => None,
        })
    }
    fn wrapped(text: &str) -> String {
        let encoded = encode(text.as_bytes());
        let lines = encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned());
        lines.collect::<Vec<_>>().join("\n    ")
    }
    vec![
        ("plain", |text| text.to_owned()),
        ("windows", |text| text.replace('\n', "\r\n")),
        ("base64", |text| encode(text.as_bytes())),
        ("base64 behind a byte", |text| format!("x: {}", encode(format!("\n{text}").as_bytes()))),
        ("base64 in lines", |text| format!("x: |\n    {}\n", wrapped(text))),
        ("base64 of utf-16", |text| {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            format!("powershell -NoProfile -enc {}\n", encode(&wide))
        }),
        ("json", |text| format!("{{\"text\": \"{}\"}}\n", json(text))),
        ("json in json", |text| format!("{{\"text\": \"{}\"}}\n", json(&json(text)))),
    ]
}

/// The ways in which the marks of a secret are escaped.
const MARKS: [fn(char) -> String; 6] = [
    |one| format!("%{:02X}", one as u32),
    |one| format!("%25{:02x}", one as u32),
    |one| format!("\\x{:02x}", one as u32),
    |one| format!("\\u{:04X}", one as u32),
    |one| format!("\\{:03o}", one as u32),
    |one| format!("&#x{:x};", one as u32),
];

fn fill(context: &str, secret: &str) -> String {
    // An `@` before a name stays.
    let context =
        context.strip_prefix("@aws").map_or_else(|| context.to_owned(), |rest| format!("\u{1}aws{rest}"));
    context.replace('@', secret).replace('\u{1}', "@")
}

#[test]
fn a_secret_alone_is_found_in_every_context_and_encoding() {
    let mut random = Random(1);
    for context in ALONE {
        for (name, encoding) in encodings() {
            // The beginning of a word is no anchor in base64 but for `secret`.
            if name.starts_with("base64") && !context.to_ascii_lowercase().contains("secret") {
                continue;
            }
            for _ in 0..4 {
                let text = encoding(&fill(context, &random.secret()));
                assert_eq!(kinds(&text), [Kind::SecretKey], "{name}: {text}");
            }
        }
        for write in MARKS {
            let secret = random.secret();
            let written: String = secret
                .chars()
                .map(|one| if matches!(one, '+' | '/') { write(one) } else { one.to_string() })
                .collect();
            let text = fill(context, &written);
            assert_eq!(kinds(&text), [Kind::SecretKey], "{text}");
        }
    }
}

#[test]
fn pairs_are_found_in_every_encoding() {
    let mut random = Random(2);
    for (name, encoding) in encodings() {
        for context in
            ["key: #\nother: @\n", "#:@\n", "new Credentials(\"#\", \"@\")\n", "https://#:@@host/\n"]
        {
            for _ in 0..20 {
                let secret = random.secret();
                let text = context.replacen('@', &secret, 1).replace('#', &random.id());
                let found = find(encoding(&text).as_bytes());
                let found: Vec<Kind> = found.iter().map(|one| one.kind).collect();
                assert_eq!(found, [Kind::KeyId, Kind::SecretKey], "{name}: {text}");
            }
        }
    }
    for before in
        ["\\x3d", "\\u003d", "\\u{3d}", "\\075", "%3D", "%253D", "&#61;", "\\\\n", "\\x1b[32m", "\\033[1;32m"]
    {
        assert_eq!(kinds(&format!("x{before}{}", random.id())), [Kind::KeyId], "{before}");
    }
}

#[test]
fn examples_and_placeholders_are_silent_in_every_context_and_encoding() {
    let placeholders = [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
        "${data.external.key.result.secret}",
        "<YOUR_SECRET_ACCESS_KEY_GOES_IN_HERE_123>",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "YourSecretAccessKeyGoesHereInThisPlace12",
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "{{ lookup('env', 'SECRET') }}",
        "change-me",
    ];
    for context in ALONE {
        for placeholder in placeholders {
            for (name, encoding) in encodings() {
                let text = encoding(&fill(context, placeholder));
                assert_eq!(kinds(&text), [], "{name}: {text}");
            }
        }
    }
}

#[test]
fn secrets_of_others_are_silent() {
    let mut random = Random(3);
    for context in OTHERS {
        let text = fill(context, &random.secret());
        assert_eq!(kinds(&text), [], "{text}");
    }
}

#[test]
fn unlikely_secrets_are_found_next_to_an_id() {
    let mut random = Random(4);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
    for _ in 0..50 {
        let text = format!("{}\n{}\n", random.id(), random.text(letters, 40));
        assert_eq!(kinds(&text), [Kind::KeyId, Kind::SecretKey], "{text}");
        // Alone it may be words.
        let alone = format!("aws_secret_key: {}\n", random.text(letters, 40));
        assert_eq!(kinds(&alone), [], "{alone}");
        let few = random.text(b"abcdefgh23456XYZ", 40);
        let text = format!("AccessKeyId: {}\nSecretAccessKey: {few}\n", random.id());
        assert_eq!(kinds(&text), [Kind::KeyId, Kind::SecretKey], "{text}");
    }
    for words in [
        "src/main/java/Com/Example/Aws/KeyStore/I",
        "UseTheAccessKeyOfTheUserThatYouMadeFirst",
        "GetIamUserAccessKeyLastUsedInfoOfAccount",
    ] {
        assert_eq!(kinds(&format!("{}\n{words}\n", random.id())), [Kind::KeyId], "{words}");
    }
}

#[test]
fn of_random_secrets_none_is_lost_under_the_name_that_aws_gives_them_or_beside_an_id() {
    let mut random = Random(7);
    let (mut named, mut paired) = (0, 0);
    for _ in 0..20_000 {
        let secret = random.text(super::BASE64, 40);
        named += usize::from(kinds(&format!("AWS_SECRET_ACCESS_KEY={secret}\n")).is_empty());
        paired += usize::from(kinds(&format!("{}\n{secret}\n", super::id())).len() < 2);
    }
    assert_eq!((named, paired), (0, 0));
    let secret = ["RMbZTWYKAkkjiNIsTLEy", "rSvszKgqKaNaQlYJXDrs"].concat();
    for name in ["aws_secret_access_key", "SecretAccessKey", "aws-secret-access-key", "awsSecretAccessKey"] {
        assert_eq!(kinds(&format!("{name}: {secret}\n")), [Kind::SecretKey], "{name}");
    }
    for words in [
        "src/main/java/Com/Example/Aws/KeyStore/I",
        "UseTheAccessKeyOfTheUserThatYouMadeFirst",
        "GetIAMUserAccessKeyLastUsedInfoOfAccount",
    ] {
        assert_eq!(kinds(&format!("AWS_SECRET_ACCESS_KEY={words}\n")), [], "{words}");
    }
}

#[test]
fn ids_in_base64_are_near_to_what_stands_beside_them() {
    let mut random = Random(5);
    let pair = [Kind::KeyId, Kind::SecretKey];
    for (id_name, secret_name) in [
        ("accesskey", "secretkey"),
        ("access_key", "secret_key"),
        ("username", "password"),
        ("rootUser", "rootPassword"),
        ("id", "secret"),
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ] {
        for end in ["", "\n"] {
            let (id, secret) = (random.id(), random.secret());
            let (coded_id, coded) =
                (encode(format!("{id}{end}").as_bytes()), encode(format!("{secret}{end}").as_bytes()));
            for (id, secret) in [(&coded_id, &coded), (&coded_id, &secret), (&id, &coded)] {
                for turned in [false, true] {
                    let (id, secret) =
                        (format!("  {id_name}: {id}\n"), format!("  {secret_name}: {secret}\n"));
                    let (first, second) = if turned { (secret, id) } else { (id, secret) };
                    let text = format!("kind: Secret\ndata:\n{first}{second}");
                    let found = find(text.as_bytes());
                    let mut kinds: Vec<Kind> = found.iter().map(|one| one.kind).collect();
                    kinds.sort_unstable();
                    assert_eq!(kinds, pair, "{text}");
                    assert!(found[0].id.is_some() && found[0].id == found[1].id, "{text}");
                }
            }
        }
    }
    let password = format!("BL{}", random.text(super::BASE64, 42));
    let text = format!("user: {}\npass: {}\n", encode(random.id().as_bytes()), encode(password.as_bytes()));
    assert_eq!(kinds(&text), [Kind::KeyId, Kind::SmtpPassword]);
    let temporary = random.id().replace("AKIA", "ASIA");
    let token = format!("{}YXdz{}==", random.text(super::BASE64, 20), random.text(super::BASE64, 300));
    let parts = [temporary, random.secret(), token].map(|part| encode(part.as_bytes()));
    let text = format!("id: {}\nkey: {}\ntoken: {}\n", parts[0], parts[1], parts[2]);
    assert_eq!(kinds(&text), [Kind::KeyId, Kind::SecretKey, Kind::SessionToken]);
}

#[test]
fn a_block_of_base64_is_no_secret_of_the_id_in_it() {
    let mut random = Random(6);
    for length in 30..120 {
        let script =
            format!("{} # {}", random.id().replace("AKIA", "ASIA"), random.text(super::BASE64, length));
        let encoded = encode(script.as_bytes());
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let found = kinds(&format!("x: |\n  {}\n", lines.join("\n  ")));
        let secret = usize::from(length == 40);
        assert_eq!(
            found,
            vec![Kind::KeyId; 1].into_iter().chain(vec![Kind::SecretKey; secret]).collect::<Vec<_>>()
        );
    }
}
