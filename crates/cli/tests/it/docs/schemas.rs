//! The schemas of the configuration and of exceptions: each accepts what the command accepts.

use iamrail::core::report::Diagnostic;
use iamrail::core::rules::RULES;
use iamrail::core::source::{MemoryFiles, Sources};
use serde_json::{Value, json};

use super::{generated, page};
use crate::markdown::fences;

#[test]
fn every_configuration_on_a_page_is_accepted() {
    for path in ["README.md", "docs/configuration.md"] {
        let page = page(path);
        let examples: Vec<_> = fences(&page).into_iter().filter(|fence| fence.info == ["yaml"]).collect();
        assert!(!examples.is_empty(), "{path}");
        for example in examples {
            assert_eq!(accepted(&example.text), Ok(()), "{path}:{}", example.line);
        }
    }
}

fn accepted(configuration: &str) -> Result<(), String> {
    let sources = Sources::new(MemoryFiles::new([("iamrail.yaml", configuration)]));
    let file = sources.load("iamrail.yaml").unwrap();
    iamrail::config::parse(&file).map_err(|diagnostic| diagnostic.message)?;
    let said =
        |errors: Vec<Diagnostic>| errors.iter().map(|error| error.message.as_str()).collect::<String>();
    iamrail::environments::parse(&file).map_err(said)?;
    let read = iamrail::exceptions::parse_configuration(&file, file.path());
    read.map(drop).map_err(said)
}

/// The schema of one exception. Keys are the same in any case and with spaces, underscores or hyphens; editors are offered
/// one form of each.
fn exception() -> Value {
    let text = |description: &str| json!({ "type": ["string", "null"], "description": description });
    let list = |description: &str| {
        let one = json!({ "type": "string" });
        json!({ "anyOf": [one, { "type": "array", "items": one }, { "type": "null" }], "description": description })
    };
    let approver = text("who approved it for the team that owns it");
    let date = json!({
        "type": ["string", "null"],
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "description": "the last day on which it holds",
    });
    let properties = json!({
        "rule": list("the rules that are excepted"),
        "policy": list("the policy documents that are excepted, by their titles"),
        "statement": list("the statements of the policy documents that are excepted"),
        "resource": list("addresses, logical ids or principals that it is for, with `*` and `?`"),
        "environments": list("the environments that it is meant for"),
        "reason": text("why the guardrail cannot be kept, in a sentence"),
        "owner": text("the team that owns it"),
        "approved by": approver,
        "approved_by": approver,
        "approved-by": approver,
        "review date": date,
        "review_date": date,
        "review-date": date,
        "until": date,
    });
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// The schema of exceptions, by its definition.
fn exceptions() -> Value {
    json!({ "$ref": "#/$defs/exceptions" })
}

/// What the schemas define: exceptions are a list of them, one alone, or the fields of one in a list, as the policy document
/// writes it.
fn definitions() -> Value {
    let one = json!({ "$ref": "#/$defs/exception" });
    let fields = [
        "Policy",
        "Rule",
        "Statement",
        "Resource",
        "Environments",
        "Reason",
        "Owner",
        "Approved by",
        "Review date",
    ];
    let spread = json!({
        "type": "array",
        "items": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": { "enum": fields },
        },
    });
    json!({
        "exception": exception(),
        "exceptions": { "anyOf": [{ "type": "array", "items": one }, spread, one, { "type": "null" }] },
    })
}

#[test]
fn the_schema_of_exceptions_is_that_of_what_is_read() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "iam-exceptions.yaml",
        "type": "object",
        "properties": { "version": { "const": 1 }, "exceptions": exceptions(), "Exception": exceptions() },
        "additionalProperties": false,
        "$defs": definitions(),
    });
    generated("docs/iam-exceptions.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let page = page("docs/exceptions.md");
    let examples: Vec<_> = fences(&page)
        .into_iter()
        .filter(|fence| fence.info == ["yaml", "exceptions"])
        .map(|fence| fence.text)
        .collect();
    assert!(examples.len() > 1);
    let others = [
        "exceptions: []",
        "version: 2",
        "exceptions: 3",
        "exceptions: [{rule: [a], resource: b, until: 2027-01-31}]",
        "exceptions: [{rul: a}]",
        "exceptions: [{rule: a, until: soon}]",
        "exceptions: [{rule: a, owner: [b]}]",
    ];
    for example in examples.into_iter().chain(others.map(str::to_owned)) {
        let value: Value = serde_yaml::from_str(&example).unwrap();
        let sources = Sources::new(MemoryFiles::new([("iam-exceptions.yaml", example.as_str())]));
        let file = sources.load("iam-exceptions.yaml").unwrap();
        let accepted = iamrail::exceptions::parse(&file, file.path());
        assert_eq!(accepted.is_ok(), validator.is_valid(&value), "{example}: {accepted:?}");
    }
}

/// The schema of what an environment gives.
fn environment() -> Value {
    let texts = |description: &str| {
        let text = json!({ "type": "string", "minLength": 1 });
        let list = json!({ "type": "array", "items": text });
        json!({ "anyOf": [text, list, { "type": "null" }], "description": description })
    };
    let pattern = json!({ "type": "string", "pattern": r"^[^!{}\[\]][^{}\[\]]*$" });
    let patterns = json!({
        "anyOf": [pattern, { "type": "array", "items": pattern, "minItems": 1 }],
        "description": "patterns of the units that are deployed to it, as seen from this file; all without",
    });
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    let value = json!({ "anyOf": [scalar, { "type": "array", "items": scalar }] });
    let values = json!({
        "type": "object",
        "additionalProperties": value,
        "description": "CloudFormation parameters with their values",
    });
    let mut parameters = texts("files of CloudFormation parameters");
    parameters.get_mut("anyOf").unwrap().as_array_mut().unwrap().push(values);
    json!({
        "type": ["object", "null"],
        "properties": {
            "paths": patterns,
            "var_files": texts("files of Terraform variables, as seen from this file"),
            "variables": { "type": ["object", "null"], "description": "Terraform variables with their values" },
            "workspace": {
                "type": ["string", "number", "boolean", "null"],
                "minLength": 1,
                "description": "the Terraform workspace",
            },
            "parameters": parameters,
        },
        "additionalProperties": false,
    })
}

#[test]
fn the_schema_of_the_configuration_names_every_rule() {
    let level = json!({ "enum": ["error", "warning", "note", "off"] });
    let rule = |summary: &str| {
        json!({
            "type": "object",
            "description": summary,
            "properties": { "level": level, "reason": { "type": "string", "description": "why; `off` needs one" } },
            "required": ["level"],
            "additionalProperties": false,
            "if": { "properties": { "level": { "const": "off" } } },
            "then": { "required": ["reason"] },
        })
    };
    let globs = |description: &str| json!({ "type": "array", "items": { "type": "string" }, "description": description });
    // A pattern for everybody approves nobody.
    let approved = |description: &str| json!({ "type": "array", "items": { "type": "string", "not": { "pattern": "^[*?]*[*][*?]*$" } }, "description": description });
    let object = |properties: Value| json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let rules: serde_json::Map<String, Value> =
        RULES.iter().map(|known| (known.name.to_owned(), rule(known.summary))).collect();
    let mut schema = object(json!({
        "version": { "const": 1, "description": "the version of this format" },
        "users": object(json!({
            "application": globs("names and paths of users that are applications"),
            "human": globs("names and paths of users that are people"),
            "default": {
                "enum": ["human", "application"],
                "description": "what a user is of whom nothing tells",
            },
        })),
        "administrators": object(json!({
            "approved": object(json!({
                "users": approved("users that may be administrators"),
                "groups": approved("groups whose members may be administrators"),
                "roles": approved("roles that may be administrators"),
            })),
            "max": {
                "type": "integer",
                "minimum": 0,
                "description": "how many users may be administrators",
            },
        })),
        "access_keys": object(json!({
            "max_age": {
                "type": "integer",
                "minimum": 0,
                "maximum": u32::MAX,
                "description": "how many days an active access key may be old",
            },
        })),
        "roles": object(json!({
            "purpose_tags": globs("tags that state the purpose of a role or a policy"),
            "placeholders": {
                "type": "array",
                "items": { "type": "string", "pattern": "\\S" },
                "description": "phrases that state no purpose, besides those built in",
            },
        })),
        "review": object(json!({
            "tag": {
                "type": "string",
                "description": "the tag with the day on which a user, role or policy was reviewed",
            },
            "max_age": {
                "type": "integer",
                "minimum": 0,
                "maximum": u32::MAX,
                "description": "how many days a review is good for",
            },
            "required": {
                "type": "boolean",
                "description": "whether every user, role and policy needs the tag",
            },
        })),
        "reviewed": {
            "type": ["string", "null"],
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "the day on which this configuration was last reviewed",
        },
        "custom_policy": {
            "enum": ["near", "strict"],
            "description": "when a custom policy is worth a word: near to a policy of AWS, or always",
        },
        "environments": {
            "type": ["object", "null"],
            "propertyNames": { "pattern": "^[^\\x00-\\x2f:-@\\x5b-`\\x7b-\\xbf][^\\x00-\\x1f!-*,;-?\\x5b-^`\\x7b-\\x9f]*$", "maxLength": 100 },
            "maxProperties": 128,
            "additionalProperties": environment(),
            "description": "what the same code is deployed to several times, by name: it is checked once for each",
        },
        "exceptions": {
            "anyOf": [
                exceptions(),
                object(json!({
                    "approval": {
                        "enum": ["declared", "teams", "codeowners"],
                        "description": "what makes an approval of an exception",
                    },
                    "max_days": {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": 36500,
                        "description": "how many days away the review of an exception may be",
                    },
                    "entries": exceptions(),
                })),
            ],
        },
        "teams": {
            "type": "object",
            "additionalProperties": { "type": "array", "items": { "type": "string" } },
            "description": "who belongs to the teams that own exceptions",
        },
        "rules": object(Value::Object(rules)),
    }));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("iamrail.yaml");
    schema["$defs"] = definitions();
    generated("docs/iamrail.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}

#[test]
fn the_schema_of_the_configuration_accepts_what_the_command_accepts() {
    let schema: Value = serde_json::from_str(&page("docs/iamrail.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut examples: Vec<String> =
        fences(&page("docs/configuration.md")).into_iter().map(|fence| fence.text).collect();
    examples.extend(
        [
            "{}",
            "version: 1",
            "version: 2",
            "version: one",
            "users: { aplication: [] }",
            "users: []",
            "users: { default: machine }",
            "administrators: { users: [] }",
            "administrators: { approved: { roles: admin } }",
            "administrators: { approved: { roles: ['admin-*', '*'] } }",
            "administrators: { approved: { roles: ['admin-*', '?'] } }",
            "roles: { placeholders: ['see wiki', ' '] }",
            "roles: { purpose_tags: [Purpose] }",
            "reviewed: '2026-01-31'",
            "reviewed: last summer",
            "reviewed: [2026-01-31]",
            "rules: { wildcard-permission: { level: \"off\" } }",
            "rules: { wildcard-permission: { level: \"off\", reason: none } }",
            "rules: { wildcard-permission: { level: note } }",
            "rules: { wildcard-permission: { reason: none } }",
            "rules: { no-such-rule: { level: note } }",
            "custom_policy: strict",
            "custom_policy: near",
            "custom_policy: { strict: true }",
            "exceptions: [{ rule: access-key, until: 2027-01-31 }]",
            "exceptions: { approval: teams, max_days: 90, entries: [{ rule: access-key }] }",
            "exceptions: { approval: perhaps }",
            "exceptions: { max_days: 0 }",
            "exceptions: [{ rool: access-key }]",
            "teams: { Platform: [a, b] }",
            "teams: { Platform: a }",
            "environments: { production: }",
            "environments: { a: { paths: [] } }",
            "environments: { a: { paths: null } }",
            "environments: { a: { paths: ['stacks/**', '!stacks/x'] } }",
            "environments: { a: { paths: ['stacks/{x,y}'] } }",
            "environments: { 1st-class: { paths: a/**, var_files: [a.tfvars], variables: { a: [1, { b: null }] } } }",
            "environments: { production: { workspace: production, parameters: [a.json] } }",
            "environments: { production: { parameters: { Stage: prod, Count: 2, Names: [a, b], Is: true } } }",
            "environments: { production: { parameters: { Stage: { a: b } } } }",
            "environments: { production: { variables: [a] } }",
            "environments: { production: { workspace: '' } }",
            "environments: { production: { var_file: a } }",
            "environments: { -a: {} }",
            "environments: [production]",
        ]
        .map(str::to_owned),
    );
    for example in examples {
        let value: Value = serde_yaml::from_str(&example).unwrap();
        // A file of comments says nothing, which no schema of an object expresses.
        let valid = value.is_null() || validator.is_valid(&value);
        assert_eq!(accepted(&example).is_ok(), valid, "{example}");
    }
}
