#!/usr/bin/env python3
"""Runs every test of a build: the lit suites and the C++ tests. Prints what failed and what was skipped, and
why; the last line counts them. Usage: run_all.py BUILD"""
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor


SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "shared", "data")


took = []  # (seconds, name) of each lit test and each C++ program


def print_slowest(count=12):
    """What takes the time: the suite has a limit to stay under."""
    print(f"The {count} slowest of {sum(seconds for seconds, _ in took):.0f} s of work:")
    for seconds, name in sorted(took, reverse=True)[:count]:
        print(f"  {seconds:6.1f} s  {name}")


def link_mnist(build):
    """MNIST in the folder that has CIFAR-10, since some programs read both."""
    source, link = os.path.abspath(os.path.join(SOURCE, "mnist")), os.path.join(build, "test", "data", "mnist")
    if os.path.isdir(source) and not os.path.islink(link):
        os.makedirs(os.path.dirname(link), exist_ok=True)
        os.symlink(source, link)


def unpack_cifar10(build):
    """CIFAR-10's records, made once from the JPEG files beside the project; why not, where that is not possible."""
    folder = os.path.join(build, "test", "data", "cifar10")
    if os.path.exists(os.path.join(folder, "test_batch.bin")):
        return ""
    if not os.path.exists(os.path.join(SOURCE, "cifar10-jpeg.tar.xz")):
        return "CIFAR-10 is not beside the project"
    part = folder + ".part"  # what is cut off is not taken for the whole
    os.makedirs(part, exist_ok=True)
    done = subprocess.run(["/usr/bin/python3", os.path.join(SOURCE, "unpack_cifar10"), part],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return "CIFAR-10 could not be unpacked: " + done.stderr.strip()
    os.rename(part, folder)
    return ""


def run_lit(build):
    """(passed, failed, skipped) of the lit suites, one for each file."""
    site = os.path.join(build, "test", "lit.site.cfg.py")
    if not os.path.exists(site):
        return 0, 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "lit.json")
        subprocess.run(["/usr/lib/llvm-22/bin/lit", "-v", "--output", report, os.path.dirname(site)])
        if not os.path.exists(report):
            return 0, 1, 0
        with open(report) as file:
            tests = json.load(file)["tests"]
    took.extend((t["elapsed"], t["name"]) for t in tests)
    passed = sum(t["code"] in ("PASS", "XFAIL") for t in tests)
    skipped = [t["name"] for t in tests if t["code"] == "UNSUPPORTED"]
    for name in skipped:
        print(f"SKIPPED {name}: needs a feature that this machine lacks (see REQUIRES in the file)")
    return passed, len(tests) - passed - len(skipped), len(skipped)


def run_gtest(executable):
    """What one GTest program says, and its (passed, failed, skipped); one that dies counts as one failure more."""
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "gtest.json")
        began = time.monotonic()
        done = subprocess.run([executable, "--gtest_brief=1", f"--gtest_output=json:{report}"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace")
        took.append((time.monotonic() - began, os.path.basename(executable)))
        said = [f"-- {os.path.basename(executable)}", *done.stdout.splitlines()]
        if not os.path.exists(report):
            said.append(f"FAILED {executable}: ended with status {done.returncode} before it reported")
            return said, (0, 1, 0)
        with open(report) as file:
            tests = [t for suite in json.load(file)["testsuites"] for t in suite["testsuite"]]
    skipped = sum(t["result"] == "SKIPPED" for t in tests)
    failed = sum("failures" in t for t in tests)
    said += [f"SKIPPED {test['classname']}.{test['name']}" for test in tests if test["result"] == "SKIPPED"]
    died = 1 if done.returncode != 0 and failed == 0 else 0
    if died:
        said.append(f"FAILED {executable}: ended with status {done.returncode}")
    return said, (len(tests) - skipped - failed, failed + died, skipped)


def gtests(build):
    folder = os.path.join(build, "test", "unit")
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))] if os.path.isdir(folder) else []
    return [path for path in paths if path.endswith("_test") and os.access(path, os.X_OK)]


def main():
    build = os.path.abspath(sys.argv[1])
    # Threads that spin at barriers make a run on a busy machine ten times longer.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    link_mnist(build)
    missing = unpack_cifar10(build)
    if missing:
        print(f"SKIPPED the tests on CIFAR-10: {missing}")
    # The C++ tests run one after the other (some have threads of their own), beside the lit suites.
    with ThreadPoolExecutor(max_workers=1) as beside:
        programs = [beside.submit(run_gtest, path) for path in gtests(build)]
        totals = [run_lit(build)]
        for program in programs:
            said, counts = program.result()
            print("\n".join(said), flush=True)
            totals.append(counts)
    passed, failed, skipped = (sum(column) for column in zip(*totals))
    print_slowest()
    counts = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    print(counts)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
