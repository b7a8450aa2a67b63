#!/usr/bin/env python3
"""Makes schema.json: which properties CloudFormation has on the resources that iamrail reads.

    python3 -m pip install cfn-lint==1.58.0
    ./schema.py > schema.json

The schemas of resources are those that cfn-lint ships. Only the names that the tables could mean are kept, as paths through
maps and lists alike, with `*` for the members of a map that its author names.
"""

import json
import pathlib
import re

import cfnlint

SCHEMAS = pathlib.Path(cfnlint.__file__).parent / "data/schemas/resources"
SOURCES = pathlib.Path(__file__).parents[2] / "crates/cloudformation/src/resources"
DEEPEST = 8


def quoted():
    """Everything that the tables name."""
    text = "".join(file.read_text() for file in SOURCES.rglob("*.rs"))
    return set(re.findall(r'"([A-Za-z0-9:.*]+)"', text))


def paths(schema, root, before="", depth=0, seen=()):
    """Every property of a schema and of the schemas in it."""
    if depth > DEEPEST:
        return
    if "$ref" in schema and schema["$ref"] not in seen:
        definition = root
        for name in schema["$ref"].lstrip("#/").split("/"):
            definition = definition[name]
        yield from paths(definition, root, before, depth, (*seen, schema["$ref"]))
    for name, inner in schema.get("properties", {}).items():
        yield before + name
        yield from paths(inner, root, f"{before}{name}.", depth + 1, seen)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from paths(schema["additionalProperties"], root, f"{before}*.", depth + 1, seen)
    if isinstance(schema.get("items"), dict):
        yield from paths(schema["items"], root, before, depth, seen)
    for choice in ("allOf", "anyOf", "oneOf"):
        for inner in schema.get(choice, []):
            yield from paths(inner, root, before, depth, seen)


def main():
    wanted, found = quoted(), {}
    for file in SCHEMAS.rglob("*.json"):
        schema = json.loads(file.read_text())
        kind = schema.get("typeName", "")
        if kind in wanted or kind.startswith("AWS::IAM::"):
            found[kind] = sorted(wanted.intersection(paths(schema, schema)))
    lines = ",\n".join(f" {json.dumps(kind)}: {json.dumps(found[kind])}" for kind in sorted(found))
    print("{\n%s\n}" % lines)


main()
