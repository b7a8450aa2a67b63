//! Access keys in what images and machines are built of, in every way in which it may be written.

use crate::command::directory;
use crate::credentials::{check, id, leaks, secret};

/// Files by their names, with `ID` and `SECRET` in the place of a key. Each has both, or the secret alone.
const FILES: [(&str, &str); 34] = [
    ("Dockerfile", "FROM a\nENV AWS_ACCESS_KEY_ID ID\nENV AWS_SECRET_ACCESS_KEY SECRET\n"),
    ("Dockerfile", "FROM a\r\nENV AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET\r\n"),
    (
        "Dockerfile",
        "FROM a\nENV AWS_ACCESS_KEY_ID=\"ID\" \\\n    # why\n    AWS_SECRET_ACCESS_KEY='SECRET'\n",
    ),
    ("Dockerfile", "FROM a\nENV AWS_SECRET_ACCESS_KEY \\\n  SECRET\n"),
    ("Dockerfile", "# escape=`\nFROM a\nENV AWS_SECRET_ACCESS_KEY `\n  SECRET\n"),
    ("Dockerfile", "FROM a\nARG KEY=ID\nARG SECRET_KEY=SECRET\n"),
    ("Dockerfile", "FROM a\nARG AWS_SECRET_ACCESS_KEY=${X:-SECRET}\n"),
    (
        "Dockerfile",
        "# syntax=docker/dockerfile:1\nFROM a\nRUN <<EOF\nexport AWS_SECRET_ACCESS_KEY=SECRET\nEOF\n",
    ),
    (
        "Dockerfile",
        "FROM a\nCOPY <<EOF /root/.aws/credentials\naws_access_key_id = ID\naws_secret_access_key = SECRET\nEOF\n",
    ),
    ("Dockerfile", "FROM a\nRUN aws configure set aws_secret_access_key SECRET --profile x\n"),
    ("Dockerfile", "FROM a\nRUN [\"aws\", \"configure\", \"set\", \"aws_secret_access_key\", \"SECRET\"]\n"),
    (
        "Dockerfile",
        "FROM a\nRUN --mount=type=secret,id=aws AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET aws s3 ls\n",
    ),
    ("Dockerfile", "FROM a\nRUN printf \"%s\\n%s\\n\" ID SECRET | aws configure\n"),
    ("Dockerfile", "FROM a\nRUN echo \"ID:SECRET\" > /etc/passwd-s3fs\n"),
    ("Dockerfile", "FROM a\nLABEL com.example.aws_secret_access_key=\"SECRET\"\n"),
    ("Dockerfile", "FROM a\nENTRYPOINT [\"x\", \"--aws-secret-access-key\", \"SECRET\"]\n"),
    ("Dockerfile", "FROM a\nHEALTHCHECK CMD AWS_SECRET_ACCESS_KEY=SECRET aws s3 ls\n"),
    ("Dockerfile", "FROM a\nONBUILD ENV AWS_SECRET_ACCESS_KEY=SECRET\n"),
    (
        "a.Dockerfile",
        "FROM a\nRUN $env:AWS_ACCESS_KEY_ID=\"ID\"; `\n    $env:AWS_SECRET_ACCESS_KEY=\"SECRET\"\n",
    ),
    ("docker-compose.yml", "services:\n  a:\n    environment:\n      - AWS_SECRET_ACCESS_KEY=SECRET\n"),
    (
        "docker-compose.yml",
        "services:\n  a:\n    environment:\n      AWS_SECRET_ACCESS_KEY: >-\n        SECRET\n",
    ),
    (
        "docker-compose.yml",
        "services:\n  a:\n    build:\n      args: {AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: SECRET}\n",
    ),
    ("docker-compose.yml", "services:\n  a:\n    environment:\n      AWS_SECRET_ACCESS_KEY: ${X:-SECRET}\n"),
    ("docker-compose.yml", "secrets:\n  aws_secret_access_key:\n    content: SECRET\n"),
    (
        "docker-bake.hcl",
        "target \"a\" {\n  args = {\n    AWS_ACCESS_KEY_ID = \"ID\"\n    AWS_SECRET_ACCESS_KEY = \"SECRET\"\n  }\n}\n",
    ),
    ("docker-bake.json", "{\"variable\": {\"AWS_SECRET_ACCESS_KEY\": {\"default\": \"SECRET\"}}}\n"),
    (
        "a.pkr.hcl",
        "variable \"aws_secret_key\" {\n  type      = string\n  sensitive = true\n  default   = \"SECRET\"\n}\n",
    ),
    ("a.pkr.hcl", "source \"amazon-ebs\" \"a\" {\n  secret_key = \"SECRET\"\n  region = \"x\"\n}\n"),
    (
        "a.pkr.hcl",
        "build {\n  provisioner \"shell\" {\n    environment_vars = [\n      \"AWS_SECRET_ACCESS_KEY=SECRET\",\n    ]\n  }\n}\n",
    ),
    (
        "a.pkr.hcl",
        "build {\n  provisioner \"shell\" {\n    inline = [\"export AWS_SECRET_ACCESS_KEY=SECRET\"]\n  }\n}\n",
    ),
    ("a.pkrvars.hcl", "aws_access_key = \"ID\"\naws_secret_key = \"SECRET\"\n"),
    ("a.pkr.json", "{\"variable\": {\"aws_secret_key\": {\"default\": \"SECRET\"}}}\n"),
    (
        "packer.json",
        "{\n \"variables\": {\n  \"aws_access_key\": \"ID\",\n  \"aws_secret_key\": \"SECRET\"\n }\n}\n",
    ),
    ("packer.json", "{\"provisioners\": [{\"environment_vars\": [\"AWS_SECRET_ACCESS_KEY=SECRET\"]}]}\n"),
];

/// The line and the column at which the part of a text begins that `of` stands for, alone.
fn place(text: &str, of: &str) -> Option<(usize, usize)> {
    let alone = |at: &usize| {
        let is_word = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '$');
        let before = text.get(..*at)?.chars().next_back();
        let behind = text.get(at + of.len()..)?.chars().next();
        (!before.is_some_and(is_word) && !behind.is_some_and(is_word)).then_some(())
    };
    let at = text.match_indices(of).map(|(at, _)| at).find(|at| alone(at).is_some())?;
    let before = text.get(..at)?;
    Some((before.matches('\n').count() + 1, at - before.rfind('\n').map_or(0, |newline| newline + 1) + 1))
}

#[test]
fn keys_are_found_as_pairs_where_they_stand_in_all_ways_of_writing_them() {
    for (name, text) in FILES {
        let mut written = text.to_owned();
        let mut expected = Vec::new();
        // From behind: what is put in moves what follows.
        for (of, value) in [("SECRET", secret()), ("ID", id())] {
            if let Some((line, column)) = place(&written, of) {
                let start: usize = written.split_inclusive('\n').take(line - 1).map(str::len).sum();
                written.replace_range(start + column - 1..start + column - 1 + of.len(), &value);
                expected.push(value);
            }
        }
        let mut expected: Vec<String> = expected
            .iter()
            .map(|value| {
                place(&written, value).map(|(line, column)| format!("{name}:{line}:{column}")).unwrap()
            })
            .collect();
        let dir = directory(&[(name, written.as_bytes())]);
        let run = check(dir.path(), &[]);
        let found = leaks(&run);
        assert_eq!(found.len(), 1, "{text}: {}", run.out);
        let mut places = vec![found[0].0.clone()];
        places.extend(found[0].2.iter().map(|one| one.split(' ').next().unwrap_or_default().to_owned()));
        places.sort();
        expected.sort();
        assert_eq!(places, expected, "{text}");
        assert!(!run.out.contains(&secret()) && !run.out.contains(&id()), "{text}");
    }
}
