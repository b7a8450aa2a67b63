"""Writes the data of the SAM transform that this crate needs: its policy templates and its connector profiles.

    python3 -m pip download --no-deps --dest . aws-sam-translator==1.115.0
    python3 sam.py aws_sam_translator-1.115.0-py3-none-any.whl

Every entry starts with a line without indentation: the name and the parameters of a policy template, or the types of the source
and destination of a connector, which of them has the role that gets the policy, and the kind of access. For every statement
there follow a line `allow` with the actions, a line `on` for every resource and a line `when` for every condition.
"""

import hashlib
import json
import re
import sys
import zipfile

VERSION = "1.115.0"
SHA256 = "9be2d7b04041a64e89ed3fb1186f948377ecc118033a8a7538f271d4bcab0afa"
TEMPLATES = "samtranslator/policy_templates_data/policy_templates.json"
PROFILES = "samtranslator/model/connector_profiles/profiles.json"


def pattern(value):
    """A text with the parameters of the template in the place of the variables that `Fn::Sub` names otherwise."""
    if isinstance(value, str):
        return re.sub(r"%\{([^}]*)\}", r"${\1}", value)
    (name, argument), = value.items()
    assert name == "Fn::Sub", name
    text, variables = argument if isinstance(argument, list) else (argument, {})
    for variable, reference in variables.items():
        text = re.sub(r"\$\{" + variable + r"\}", "${" + reference["Ref"] + "}", text)
    return pattern(text)


def listed(value):
    return value if isinstance(value, list) else [value]


def lines(statements):
    for statement in statements:
        assert statement["Effect"] == "Allow", statement
        assert set(statement) <= {"Action", "Condition", "Effect", "Resource"}, statement
        yield " ".join([" allow", *listed(statement["Action"])])
        for resource in listed(statement["Resource"]):
            yield f" on {pattern(resource)}"
        for operator, keys in statement.get("Condition", {}).items():
            for key, value in keys.items():
                yield f" when {operator} {key} {pattern(value)}"


def templates(package):
    for name, template in sorted(json.loads(package.read(TEMPLATES))["Templates"].items()):
        yield " ".join([name, *template["Parameters"]])
        yield from lines(template["Definition"]["Statement"])


def connectors(package):
    for source, destinations in json.loads(package.read(PROFILES))["Permissions"].items():
        for destination, profile in destinations.items():
            # The others give policies to queues, topics and functions.
            if profile["Type"] != "AWS_IAM_ROLE_MANAGED_POLICY":
                continue
            owner = "source" if profile["Properties"]["SourcePolicy"] else "destination"
            for access, policy in profile["Properties"]["AccessCategories"].items():
                yield f"{source} {destination} {owner} {access}"
                yield from lines(policy["Statement"])


def main(wheel):
    with open(wheel, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == SHA256, "not the wheel that is pinned"
    with zipfile.ZipFile(wheel) as package:
        for name, data in [("policy-templates", templates(package)), ("connectors", connectors(package))]:
            with open(f"sam-{name}.txt", "w") as file:
                file.writelines(f"{line}\n" for line in data)


main(sys.argv[1])
