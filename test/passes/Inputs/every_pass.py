"""No IR that can be written crashes a pass: runs every pass and pipeline of the project (all that `switchyard-opt --help`
lists, each flag of theirs too, and the passes in the pipelines' order) over every part of every .mlir file below FOLDER.
A signal, an assertion, LLVM's fatal errors, a hang and a failure without an error are faults; errors are not.
All parts go through one process for each pass; where that falls, each part goes through one of its own.
Usage: every_pass.py switchyard-opt FOLDER [PASS...]"""
import concurrent.futures
import os
import re
import subprocess
import sys

SPLIT = "// -----"
HANG = 240  # seconds for all parts, with much else running beside them
FATAL = re.compile(r"LLVM ERROR|PLEASE submit a bug|Assertion .* failed|UNREACHABLE")
# What compiler/passes/Pipeline.cpp does of experiments, then all of the lowering.
PROGRAMS = ["apply-defenses", "expand-grid", "build-programs", "name-jobs", "count-gradients", "expand-expectation",
            "restarts-to-rows", "fit-batches", "batch", "hoist-expectation", "fold-scales",
            "differentiate"]


def parts_of(folder):
    """(where, text) of every part; line numbers are the file's."""
    for room, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".mlir"):
                path = os.path.join(room, name)
                with open(path, encoding="utf-8") as file:
                    lines, first = file.read().split("\n"), 0
                for end in [i for i, line in enumerate(lines) if line.startswith(SPLIT)] + [len(lines)]:
                    text = "\n".join(line for line in lines[first:end] if not line.lstrip().startswith("//"))
                    if text.strip():
                        yield f"{os.path.relpath(path, folder)}:{first + 1}", text
                    first = end + 1


def passes_of(opt):
    """Every pass and pipeline as arguments, as it is and with each of its flags."""
    text = subprocess.run([opt, "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    mine = None
    for line in text.split("\n"):
        if found := re.match(r" +--([\w-]+) +-   ", line):
            mine = found[1] if found[1].startswith("swy-") else None
            if mine:
                yield [f"--{mine}"]
        elif mine and (flag := re.match(r" +--([\w-]+) +- ", line)):
            yield [f"--{mine}={flag[1]}=1"]
            yield [f"--{mine}={flag[1]}=0"]
    programs = [f"--swy-{name}" for name in PROGRAMS]
    yield programs
    for below in ("--swy-lower-all", "--swy-lower-to-kernels"):
        yield programs + ["--canonicalize", "--cse", below]


def run(opt, arguments, texts):
    """(exit status or None for a hang, what each part became, errors)."""
    # One thread: an error of one function of a part must not hide another's.
    command = [opt, "--split-input-file", "--mlir-disable-threading", *arguments, "-"]
    try:
        done = subprocess.run(command, input=f"\n{SPLIT}\n".join(texts), text=True, timeout=HANG,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return None, [], ""
    return done.returncode, re.split(f"^{SPLIT}$", done.stdout, flags=re.M), done.stderr


def dies(status, errors):
    return status is None or not 0 <= status <= 1 or FATAL.search(errors)


def fault_of(opt, arguments, text):
    """What is wrong with how this ends for one part; None where nothing is."""
    status, _, errors = run(opt, arguments, [text])
    if status is None:
        return "hangs"
    if dies(status, errors):
        said = FATAL.search(errors)
        return f"dies with status {status}" + (f": {errors[said.start():].splitlines()[0]}" if said else "")
    return "fails without an error" if status and not re.search(r"\berror:", errors) else None


def suspects(texts, outcomes, errors):
    """The parts that became nothing and whose lines no error names (it may still name the user's)."""
    first = 1
    places = [int(line) for line in re.findall(r"<stdin>:(\d+):\d+: error:", errors)]
    for index, (text, outcome) in enumerate(zip(texts, outcomes)):
        end = first + text.count("\n") + 2
        if not outcome.strip() and not any(first <= line < end for line in places):
            yield index
        first = end


def check(opt, arguments, parts):
    texts = [text for _, text in parts]
    status, outcomes, errors = run(opt, arguments, texts)
    if dies(status, errors) or len(outcomes) != len(parts):
        alone = range(len(parts))
    else:
        alone = suspects(texts, outcomes, errors)
    faults = [(parts[i][0], fault_of(opt, arguments, texts[i])) for i in alone]
    return [f"{' '.join(arguments)}: {where}: {fault}" for where, fault in faults if fault]


def main(opt, folder, *passes):
    parts = list(parts_of(folder))
    runs = [[f"--{name}"] for name in passes] or list(passes_of(opt))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = [fault for faults in pool.map(lambda run: check(opt, run, parts), runs) for fault in faults]
    print("\n".join([*found, f"{len(runs)} runs over {len(parts)} parts, {len(found)} faults"]))
    return 1 if found or not parts or not runs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
