"""What the tables of the language have and docs/language.md does not say: each row's name stands there in back quotes.
Usage: tables.py ROOT"""
import os
import re
import sys

# Files, and what of a row is its name.
TABLES = {
    "dialect/layers/Layers.cpp": r'^      \{"(\w+)"',
    "compiler/semantics/functions.def": r'^(?:FUNCTION|ELEMENTWISE)\("(\w+)"',
    "compiler/syntax/clauses.def": r'^(?:CLAUSE\(\w+, |SHOW\()"(\w+)"|^SETTING\((\w+)',
    "stdlib/optimizers.swy": r"^(?:optimizer|schedule) (\w+)",
    "runtime/contract/measures.def": r"^(?:MEASURE|NOT_BUILT)\((\w+)",
}


def names(root, path, pattern):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return ["".join(groups) if isinstance(groups, tuple) else groups
                for groups in re.findall(pattern, file.read(), re.MULTILINE)]


def main():
    root = sys.argv[1]
    with open(os.path.join(root, "docs/language.md"), encoding="utf-8") as file:
        prose = re.sub(r"^```.*?^```", "", file.read(), flags=re.MULTILINE | re.DOTALL)
    quoted = " ".join(re.findall(r"`([^`]+)`", prose))
    failed = False
    for path, pattern in TABLES.items():
        rows = names(root, path, pattern)
        missing = [name for name in rows if not re.search(r"\b" + name + r"\b", quoted)]
        failed |= bool(missing) or len(rows) < 5
        print(f"{path}: {len(rows)} rows" + "".join(f"\n  nothing is said of {name}" for name in missing))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
