"""Writes policy-templates.txt from the policy templates of the SAM transform.

    python3 -m pip download --no-deps --dest . aws-sam-translator==1.115.0
    python3 policy-templates.py aws_sam_translator-1.115.0-py3-none-any.whl > policy-templates.txt

A template is a line with its name and parameters, then for every statement a line `allow` with the actions, a line `on` for
every resource and a line `when` for every condition.
"""

import hashlib
import json
import re
import sys
import zipfile

VERSION = "1.115.0"
SHA256 = "9be2d7b04041a64e89ed3fb1186f948377ecc118033a8a7538f271d4bcab0afa"
PATH = "samtranslator/policy_templates_data/policy_templates.json"


def pattern(value):
    """A text with the parameters of the template in the place of the variables that `Fn::Sub` names otherwise."""
    if isinstance(value, str):
        return value
    (name, argument), = value.items()
    assert name == "Fn::Sub", name
    text, variables = argument if isinstance(argument, list) else (argument, {})
    for variable, reference in variables.items():
        text = re.sub(r"\$\{" + variable + r"\}", "${" + reference["Ref"] + "}", text)
    return text


def listed(value):
    return value if isinstance(value, list) else [value]


def lines(name, template):
    yield " ".join([name, *template["Parameters"]])
    for statement in template["Definition"]["Statement"]:
        assert statement["Effect"] == "Allow", name
        assert set(statement) <= {"Action", "Condition", "Effect", "Resource"}, name
        yield " ".join([" allow", *listed(statement["Action"])])
        for resource in listed(statement["Resource"]):
            yield f" on {pattern(resource)}"
        for operator, keys in statement.get("Condition", {}).items():
            for key, value in keys.items():
                yield f" when {operator} {key} {pattern(value)}"


def main(wheel):
    with open(wheel, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == SHA256, "not the wheel that is pinned"
    with zipfile.ZipFile(wheel) as package:
        templates = json.loads(package.read(PATH))["Templates"]
    for name in sorted(templates):
        print("\n".join(lines(name, templates[name])))


main(sys.argv[1])
