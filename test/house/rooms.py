"""Which room may know which: prints every include that crosses from a room to one that
it must not know; status 1 if there are any. Usage: rooms.py ROOT"""
import os
import re
import subprocess
import sys

# A room is the deepest folder of these that a file lies in. Each knows itself and what is listed.
KNOWS = {
    "compiler/syntax": [],
    "compiler/syntax/parse": ["compiler/syntax"],
    "compiler/semantics": ["compiler/syntax", "dialect/layers", "runtime/contract"],
    "compiler/irgen": ["compiler/semantics", "compiler/syntax", "dialect", "dialect/layers", "runtime/contract"],
    "compiler/passes": ["dialect", "runtime/contract"],
    "compiler/lowering": ["dialect", "runtime/contract"],
    "compiler/codegen": ["runtime/contract"],
    "compiler/driver": ["compiler/codegen", "compiler/irgen", "compiler/lowering", "compiler/passes", "compiler/semantics",
                        "compiler/syntax", "dialect", "runtime", "runtime/contract", "runtime/files"],
    "dialect": ["dialect/layers", "runtime/contract"],
    "dialect/layers": ["runtime/contract"],
    "runtime": [],
    "runtime/contract": [],
    "runtime/files": [],
    "runtime/kernels": ["runtime/contract"],
    "runtime/data": ["runtime/contract", "runtime/kernels"],
    "runtime/plan": ["runtime", "runtime/contract", "runtime/data", "runtime/files", "runtime/kernels", "runtime/report"],
    "runtime/report": ["runtime/contract", "runtime/files", "runtime/plan"],
}
# What only some rooms may see of other projects.
FOREIGN = {
    r'#include [<"](mlir|llvm)/': ["compiler/irgen", "compiler/passes", "compiler/lowering", "compiler/codegen",
                                   "compiler/driver", "dialect"],
    r'#include [<"]antlr4': ["compiler/syntax/parse"],
    r'#include [<"](torch|ATen|c10)/': ["runtime/kernels", "runtime/data", "runtime/plan", "runtime/report", "runtime"],
}


def room_of(path):
    return max((room for room in KNOWS if path.startswith(room + "/")), key=len, default="")


def tracked(root):
    done = subprocess.run(["git", "-C", root, "ls-files", "*.cpp", "*.h", "*.td", "*.def"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return [name for name in done.stdout.split("\n") if room_of(name) and os.path.exists(os.path.join(root, name))]


def trespasses(root):
    for name in tracked(root):
        room = room_of(name)
        with open(os.path.join(root, name), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                include = re.match(r'\s*#?include "([^"]+)"', line)
                other = room_of(include[1]) if include else ""
                if other and other != room and other not in KNOWS[room]:
                    yield f"{name}:{number}: {room} must not know {other}"
                for pattern, rooms in FOREIGN.items():
                    if re.match(pattern, line) and room not in rooms:
                        yield f"{name}:{number}: {room} must not see {line.strip()}"


def main():
    root = sys.argv[1]
    found = list(trespasses(root))
    count = len(tracked(root))
    print("\n".join(found) or f"{count} files")
    return 1 if found or count < 300 else 0  # a listing that sees nothing must not pass


if __name__ == "__main__":
    sys.exit(main())
