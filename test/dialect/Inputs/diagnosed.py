"""Which diagnostics of a folder no test expects. A diagnostic is a statement with emitError, emitOpError or emitWarning;
of its texts, the longest stands for it; no program can be written for one that says that it is a bug in the compiler. A
test expects it where a line with expected-error, a CHECK or a comment of a
`.swy`'s expectations holds that text. Usage: diagnosed.py ROOT FOLDER...; prints a line for each that is missing, then the
counts."""
import glob
import os
import re
import sys

START = re.compile(r"\b(emitError|emitOpError|emitWarning|emitOptionalError)\s*\(")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def statement(source, start):
    """From `start` to the semicolon that ends it, texts aside."""
    at, end = start, len(source)
    while at < end and source[at] != ";":
        text = TEXT.match(source, at)
        at = text.end() if text else at + 1
    return source[start:at]


def joined(text):
    """Texts that C++ joins, as one."""
    return re.sub(r'"\s*"', "", text)


def diagnostics(path):
    with open(path, encoding="utf-8") as file:
        source = re.sub(r"^\s*//.*$", "", file.read(), flags=re.M)
    for found in START.finditer(source):
        texts = [text.strip() for text in TEXT.findall(joined(statement(source, found.start())))]
        longest = re.sub(r",? got$", "", max(texts, key=len, default=""))
        if longest and "a bug in the compiler" not in longest:
            yield source.count("\n", 0, found.start()) + 1, longest.replace('\\"', '"')


def expectations(root):
    """What tests expect: lines that are comments of a test, and what it gives FileCheck to read."""
    lines = []
    for path in glob.glob(root + "/test/**/*", recursive=True):
        if path.endswith((".mlir", ".swy", ".test", ".txt", ".cpp")) and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                lines += [line for line in file if re.search(r"expected-|CHECK|ERR|EXPECT|ASSERT|//", line)]
    return re.sub(r"\{\{\\?(.)\}\}|\\(.)", r"\1\2", "".join(lines))


def main():
    root, folders = sys.argv[1], sys.argv[2:]
    expected = expectations(root)
    count = missing = 0
    for folder in folders:
        for path in sorted(glob.glob(f"{root}/{folder}/**/*.cpp", recursive=True) + glob.glob(f"{root}/{folder}/**/*.h", recursive=True)):
            for line, text in diagnostics(path):
                count += 1
                if text not in expected:
                    missing += 1
                    print(f"{os.path.relpath(path, root)}:{line}: no test expects: {text}")
    print(f"{count} diagnostics, {missing} without a test")


if __name__ == "__main__":
    main()
