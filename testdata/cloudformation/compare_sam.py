"""Compares the serverless transform of iamrail with that of AWS, as far as IAM is concerned.

    python3 -m pip install aws-sam-translator==1.115.0
    python3 compare_sam.py IAMRAIL TEMPLATES...

IAMRAIL is the command, TEMPLATES are serverless templates, or directories that are searched for them (the tests of the transform
of AWS have some hundreds: `tests/translator/input`). Every template is read by iamrail twice: as it is, and after AWS's
transform expanded it. Roles, managed policies and the grants of both are compared: who may assume a role, what it may do, under
which conditions, and which role a function or state machine runs with. What is not compared: places, names of inline policies,
tags, and the order of grants. Templates that AWS's transform refuses are left out.

Prints every template that differs, with what only one of both says, and the counts.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml
from samtranslator.parser.parser import Parser
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

REGION = "us-east-1"


class Managed(ManagedPolicyLoader):
    """Knows every AWS-managed policy that a template could name, by the rule that ARNs are made by."""

    def __init__(self):
        super().__init__(None)

    def load(self):
        return {}


def templates(paths):
    for path in map(pathlib.Path, paths):
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.suffix in {".yaml", ".yml", ".json", ".template"} and one.is_file())


def expanded(text):
    """The template after AWS's transform; `None` when it is not serverless or refused."""
    template = yaml_parse(text)
    if not isinstance(template, dict) or "AWS::Serverless" not in text:
        return None
    defaults = template.get("Parameters") or {}
    values = {name: one["Default"] for name, one in defaults.items() if isinstance(one, dict) and "Default" in one}
    return transform(template, values, Managed())


def shown(command, path):
    # AWS's transform writes the partition out.
    arguments = ["show", "--parameters", "AWS::Partition=aws", "--parameters", f"AWS::Region={REGION}", str(path)]
    result = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    return json.loads(result.stdout)["units"]


def plain(value):
    """A value without its place."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key not in {"location", "version", "sid"}}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def sorted_statements(document):
    statements = plain(document or {}).get("statements", [])
    for statement in statements:
        for part in ("actions", "resources"):
            if part in statement:
                statement[part]["patterns"] = sorted(set(statement[part]["patterns"]))
    return sorted({json.dumps(one, sort_keys=True) for one in statements})


def when(one):
    """The conditions of something. AWS's transform gives a name to the negation of one."""
    return re.sub(r"\bNOT(\w+)", r"not \1", one.get("when") or "always")


def facts(units):
    """What a template says of IAM, as a set of texts."""
    said = set()
    for unit in units:
        policies = {policy["subject"]: policy for policy in unit["policies"]}
        for role in unit["roles"]:
            trust = sorted_statements(role["trust"])
            said.add(f"role {role['subject']} path {role['path']} {when(role)}: {trust}")
        for subject, policy in policies.items():
            said.add(f"policy {subject} {when(policy)}: {sorted_statements(policy['document'])}")
        for grant in unit["grants"]:
            policy = grant["policy"]
            if "inline" in policy:
                what = sorted_statements(policy["inline"]["document"])
            else:
                what = [json.dumps(policy["managed"], sort_keys=True)]
            to = json.dumps(grant["principal"], sort_keys=True)
            for one in what:
                said.add(f"grant {grant['principal_kind']} {to} {when(grant)}: {one}")
        for workload in unit["workloads"]:
            if workload["what"] in {"Lambda function", "state machine"}:
                said.add(f"{workload['what']} {workload['subject']} runs with {json.dumps(workload['role'], sort_keys=True)}")
    return said


def main(command, paths):
    equal, different, refused = 0, 0, 0
    for path in templates(paths):
        try:
            template = expanded(path.read_text(encoding="utf-8"))
        except Exception:  # noqa: BLE001 - whatever AWS's transform does not take is not compared
            refused += 1
            continue
        if template is None:
            continue
        with tempfile.TemporaryDirectory() as directory:
            official = pathlib.Path(directory, "template.json")
            official.write_text(json.dumps(template), encoding="utf-8")
            theirs = facts(shown(command, official))
        ours = facts(shown(command, path))
        if ours == theirs:
            equal += 1
            continue
        different += 1
        print(path)
        for text in sorted(ours - theirs):
            print(f"  only ours:   {text}")
        for text in sorted(theirs - ours):
            print(f"  only AWS's:  {text}")
    print(f"{equal} equal, {different} different, {refused} refused by AWS's transform")


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    main(sys.argv[1], sys.argv[2:])
