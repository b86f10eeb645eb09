"""Every diagnostic of the front end and the driver is shown by some test: runs the suites that show them with a
`switchyard` that also notes the ids of what it says, and prints the ids of compiler/syntax/diagnostics.def that never
came; status 1 if there are any. Usage: diagnostics.py ROOT SITE SCRATCH, SITE the folder of lit's configuration"""
import os
import re
import shutil
import subprocess
import sys

SUITES = "frontend/|docs/|passes/.*errors"
# What only a run can show: the test that does, and the words it looks for.
ELSEWHERE = {
    "cache-folder": ("test/run/stale.test", "compiled programs cannot be kept"),
    "damaged-artifact": ("test/run/stale.test", "is damaged"),
}
# What no program shows.
NOWHERE = {
    "compiler-bug": "a plan that its own reader refuses",
}

# Tests run side by side and stderr has no buffer: one file a process keeps their lines whole. Process ids come again
# in a long run, so a file is added to.
WRAPPER = """#!/bin/sh
case "$1" in
check | print | compile) "{real}" "$@" --ids 2>>"{log}/$$" >/dev/null ;;
esac
exec "{real}" "$@"
"""


def declared(root):
    with open(os.path.join(root, "compiler", "syntax", "diagnostics.def"), encoding="utf-8") as file:
        names = re.findall(r"^DIAGNOSTIC\((\w+)\)", file.read(), re.MULTILINE)
    return [re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower() for name in names]


def shown(site, scratch):
    shutil.rmtree(scratch, ignore_errors=True)
    tools = os.path.join(scratch, "tools")
    os.makedirs(tools)
    log, wrapper = os.path.join(scratch, "said"), os.path.join(tools, "switchyard")
    os.makedirs(log)
    with open(wrapper, "w", encoding="utf-8") as file:
        file.write(WRAPPER.format(real=shutil.which("switchyard"), log=log))
    os.chmod(wrapper, 0o755)
    done = subprocess.run(
        ["/usr/lib/llvm-22/bin/lit", "-q", "--param", "tools=" + tools, "--param", "exec_root=" + os.path.join(scratch, "lit"),
         "--filter", SUITES, site], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout)
    ids = set()
    for process in os.scandir(log):
        with open(process, encoding="utf-8", errors="replace") as file:
            ids.update(re.findall(r"(?:error|warning): .* \[([a-z0-9-]+)\]$", file.read(), re.MULTILINE))
    return ids


def elsewhere(root, name):
    path, words = ELSEWHERE.get(name, ("", ""))
    if not path:
        return False
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return words in file.read()


def main():
    root, site, scratch = sys.argv[1:]
    names, said = declared(root), shown(site, scratch)
    missing = [name for name in names if name not in said and name not in NOWHERE and not elsewhere(root, name)]
    for name in missing:
        print("no test shows " + name)
    print(f"{len(names)} diagnostics, {len(missing)} without a test")
    return 1 if missing or len(said) < 100 else 0  # a wrapper that notes nothing must not pass


if __name__ == "__main__":
    sys.exit(main())
