"""clang-tidy over the product's sources: prints its remarks, status 1 if there are any. Files that see MLIR's headers take ten
times as long and are left out unless `all` is given. Usage: tidy.py ROOT BUILD [all]"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOMS = ("compiler/syntax/", "compiler/semantics/", "runtime/")
ALL = ("compiler/", "dialect/", "runtime/")


def sources(root, build, rooms):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        files = {os.path.relpath(entry["file"], root) for entry in json.load(file)}
    return sorted(name for name in files if name.startswith(rooms) and name.endswith(".cpp"))


def remarks(root, build, name):
    done = subprocess.run(["clang-tidy-22", "--quiet", "-p", build, os.path.join(root, name)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.stdout if done.returncode else ""


def main():
    root, build = os.path.realpath(sys.argv[1]), sys.argv[2]
    names = sources(root, build, ALL if sys.argv[3:] == ["all"] else ROOMS)
    if len(names) < 80:  # a list that lost its files must not pass
        sys.exit(f"only {len(names)} files")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [text for text in pool.map(lambda name: remarks(root, build, name), names) if text]
    print("\n".join(found) or f"{len(names)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
