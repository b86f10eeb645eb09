"""Checks every ```swy block of a document with `switchyard check`.

A fence is ```swy KIND, and KIND says what the block is a part of:

  ```swy                a complete program
  ```swy declarations   declarations that need `use std`
  ```swy network        layers of a block
  ```swy attack         statements of an attack
  ```swy defense        rewrites of a defense
  ```swy experiment     clauses of an experiment; those that every experiment needs are added

A block must pass in silence. With `error` or `warning` behind the kind, the ```text block that follows holds exactly
what the compiler says of it; lines are counted from the block's own first line.
"""

import os
import re
import subprocess
import sys
import tempfile

DATA = "use std\ndataset digits = synthetic_digits(train = 1000, test = 500)\n"
# Indented: a declaration's word at the beginning of a line ends the declaration before.
CLAUSES = {
    "dataset": "  dataset digits\n",
    "network": "  network mnist_cnn\n",
    "training": "  training sgd(rate = 0.05, epochs = 1)\n",
    "defend": "  defend with { none }\n",
    "attack": "  attack with { fgsm(16/255) }\n",
    "on": "  on first 200 test images, toward next_class\n",
    "measure": "  measure accuracy, attack_success_rate\n",
}


def experiment(clauses=""):
    """A whole experiment of the clauses given and the missing ones. Its first line holds nothing else."""
    given = re.findall(r"^\s*(\w+)", clauses, re.MULTILINE)
    missing = "".join(text for word, text in CLAUSES.items() if word not in given)
    return "experiment example {\n" + clauses + missing + "}\n"


def completed(kind, block):
    """What stands before the block, and the whole program."""
    if kind == "":
        before, after = "", ""
    elif kind == "declarations":
        before, after = "use std\n", ""
    elif kind == "network":
        before = DATA + "network lab { input image<1x28x28> range 0 to 1 classes 10 block features {\n"
        after = "} block classifier { flatten dense(10) } }\n" + experiment("  network lab\n  measure accuracy\n")
    elif kind == "attack":
        before = DATA + "attack lab(eps: real = 8/255, steps: int = 10) within linf(eps) {\n"
        ends = re.search(r"^\s*return\b", block, re.MULTILINE)
        after = ("" if ends else "return project(x)\n") + "}\n" + experiment("  attack with { lab() }\n")
    elif kind == "defense":
        before = DATA + "defense lab(rate: real = 0.3, place: block = first) {\n"
        after = "}\n" + experiment("  defend with { none lab() }\n  measure accuracy\n")
    elif kind == "experiment":
        before = DATA + "experiment example {\n"
        return before, DATA + experiment(block)
    else:
        raise ValueError(f"unknown kind of block: {kind}")
    return before, before + block + after


def fences(text):
    """(line number, words behind the fence, content) of every fenced block."""
    found, start = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```") and start is None:
            start, words, lines = number, line[3:].split(), []
        elif line.startswith("```"):
            found.append((start, words, "".join(one + "\n" for one in lines)))
            start = None
        elif start is not None:
            lines.append(line)
    if start is not None:
        raise ValueError(f"line {start}: a fence without end")
    return found


def said(before, program):
    """What `switchyard check` says of the program, with lines counted behind what stands before; of that nothing."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "lab.swy"), "w") as file:
            file.write(program)
        done = subprocess.run(["switchyard", "check", "lab.swy"], cwd=folder, capture_output=True, text=True)
    hidden = before.count("\n")
    output = re.sub(r"\blab\.swy:(\d+):", lambda m: f"lab.swy:{int(m[1]) - hidden}:", done.stdout + done.stderr)
    messages = re.split(r"^(?=lab\.swy:)", output, flags=re.MULTILINE)
    return done.returncode, "".join(one for one in messages if not re.match(r"lab\.swy:(0|-\d+):", one))


def check(path):
    with open(path) as file:
        blocks = fences(file.read())
    failures = 0
    for i, (line, words, block) in enumerate(blocks):
        if words[:1] != ["swy"]:
            continue
        complaint = words[-1] if words[-1] in ("error", "warning") else ""
        kind = " ".join(words[1:-1] if complaint else words[1:])
        code, output = said(*completed(kind, block))
        expected = blocks[i + 1][2] if complaint else ""
        if output.strip() != expected.strip() or (code != 0) != (complaint == "error"):
            failures += 1
            print(f"{path}:{line}: the compiler says (exit {code}):\n{output}")
            if complaint:
                print(f"but the document has:\n{expected}")
    count = sum(words[:1] == ["swy"] for _, words, _ in blocks)
    print(f"{count} blocks, {failures} failed")
    return failures == 0 and count > 0


if __name__ == "__main__":
    sys.exit(0 if check(sys.argv[1]) else 1)
