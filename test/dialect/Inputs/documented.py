"""What is missing of the dialect's documentation and tests: each operation has a summary, a description with an example
of itself, and stands in a test of this folder that prints it and parses it again.
Usage: documented.py LLVM_TBLGEN SOURCE LLVM_INCLUDE; prints a line for each thing missing, then the count of operations."""
import glob
import json
import os
import re
import subprocess
import sys


def operations(tblgen, source, include):
    text = subprocess.run([tblgen, "--dump-json", "-I", source, "-I", include, os.path.join(source, "dialect/Ops.td")],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    records = [r for r in json.loads(text).values() if isinstance(r, dict) and "Op" in r.get("!superclasses", [])]
    return [r for r in records if r["opDialect"]["def"] == "Swy_Dialect"]


def printed_tests(folder):
    """The text of the tests that print what they parse."""
    paths = [path for path in glob.glob(folder + "/*.mlir") if not path.endswith("-errors.mlir")]
    return "".join(open(path).read() for path in paths)


def main():
    tblgen, source, include = sys.argv[1:]
    printed = printed_tests(os.path.join(source, "test/dialect"))
    all_operations = operations(tblgen, source, include)
    for op in all_operations:
        name = "swy." + op["opName"]
        this = re.compile(re.escape(name) + r"(?![\w])")
        if not op["summary"].strip():
            print(name, "has no summary")
        if not op["description"].strip():
            print(name, "has no description")
        elif "Example" not in op["description"] or not this.search(op["description"].partition("Example")[2]):
            print(name, "has no example of itself")
        if not this.search(printed):
            print(name, "is printed and parsed in no test of test/dialect")
    print(len(all_operations), "operations")


if __name__ == "__main__":
    main()
