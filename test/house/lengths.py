"""Functions of at most 40 lines in the product, files of at most 500: prints those that are longer, status 1 if
there are any. universal-ctags says where functions begin and end. Usage: lengths.py ROOT"""
import json
import os
import subprocess
import sys

FUNCTION, FILE = 40, 500


def tracked(root, *patterns):
    done = subprocess.run(["git", "-C", root, "ls-files", *patterns], check=True, stdout=subprocess.PIPE, text=True)
    return [name for name in done.stdout.split("\n") if name and os.path.exists(os.path.join(root, name))]


def long_files(root):
    for name in tracked(root, "*.cpp", "*.h", "*.td", "*.def", "*.g4", "*.py", "*.cmake", "*CMakeLists.txt"):
        with open(os.path.join(root, name), encoding="utf-8") as file:
            lines = sum(1 for _ in file)
        if lines > FILE:
            yield f"{name}: {lines} lines, at most {FILE}"


def functions(root):
    """(file, name, first line, last line) of every C++ function that has a body."""
    names = tracked(root, "compiler/*.cpp", "compiler/*.h", "dialect/*.cpp", "dialect/*.h", "runtime/*.cpp", "runtime/*.h")
    done = subprocess.run(
        ["ctags", "--language-force=C++", "--kinds-C++=f", "--fields=+ne", "--output-format=json", "-f", "-", *names],
        cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if "end" in tag:
            yield tag["path"], tag["name"], tag["line"], tag["end"]


def main():
    root = sys.argv[1]
    found = list(functions(root))
    if len(found) < 1000:  # a ctags that sees nothing must not pass
        sys.exit(f"ctags saw {len(found)} functions only")
    longer = [f"{path}:{first}: `{name}` has {last - first + 1} lines, at most {FUNCTION}"
              for path, name, first, last in found if last - first + 1 > FUNCTION]
    longer += long_files(root)
    print("\n".join(longer) or f"{len(found)} functions")
    return 1 if longer else 0


if __name__ == "__main__":
    sys.exit(main())
