#!/usr/bin/env python3
"""Makes managed_policies.txt: the AWS-managed policies that live under a path.

    pip download moto==5.2.5 --no-deps
    ./managed_policies.py moto-5.2.5-py3-none-any.whl > managed_policies.txt
"""

import ast
import json
import sys
import zipfile


def main():
    source = zipfile.ZipFile(sys.argv[1]).read("moto/iam/aws_managed_policies.py").decode()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            policies = json.loads(node.value.value)
    paths = (policy["Path"].strip("/") + "/" + name for name, policy in policies.items() if policy["Path"] != "/")
    print("\n".join(sorted(paths)))


main()
