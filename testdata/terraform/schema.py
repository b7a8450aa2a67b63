#!/usr/bin/env python3
"""Makes schema.json: which attributes the AWS provider has on the resources that iamrail reads.

    terraform providers schema -json > providers.json     # in a directory that requires hashicorp/aws
    ./schema.py providers.json [OLDER.json ...] > schema.json

Types that a later version dropped are taken from the older ones. Only the names that the tables could mean are kept:
attributes as paths, with a dot before what is inside a block.
"""

import json
import pathlib
import re
import sys

SOURCES = pathlib.Path(__file__).parents[2] / "crates/terraform/src/resources"
PROVIDER = "registry.terraform.io/hashicorp/aws"


def quoted():
    """Everything that the tables name: types, and the first names of paths."""
    text = "".join(file.read_text() for file in SOURCES.glob("*.rs"))
    return set(re.findall(r'"([a-z0-9_]+)[".]', text))


def paths(block, before=""):
    """Every attribute of a block and of the blocks in it."""
    for name in block.get("attributes", {}):
        yield before + name
    for name, nested in block.get("block_types", {}).items():
        yield before + name
        yield from paths(nested["block"], before + name + ".")


def main():
    wanted, found, names = quoted(), {}, set()
    for file in sys.argv[1:]:
        schemas = json.loads(pathlib.Path(file).read_text())["provider_schemas"][PROVIDER]["resource_schemas"]
        for kind, schema in schemas.items():
            if kind in wanted and kind not in found:
                found[kind] = sorted(path for path in paths(schema["block"]) if path.split(".")[0] in wanted)
            if kind.startswith("aws_iam_"):
                names.add(kind)
    lines = ",\n".join(f"  {json.dumps(kind)}: {json.dumps(found[kind])}" for kind in sorted(found))
    print('{\n "iam": %s,\n "resources": {\n%s\n }\n}' % (json.dumps(sorted(names)), lines))


main()
