# Runs a program undisturbed; then again in another store, killed without warning in a training, in an attack and
# while the report is written; then to its end. The files of results must be the same.
import os
import signal
import subprocess
import sys

program, folder = sys.argv[1:]


def start(store, out):
    command = ["switchyard", "run", program, "--store", f"{folder}/{store}", "--out", f"{folder}/{out}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def finish(store, out):
    text, _ = start(store, out).communicate()
    return text


def kill_after(sign, store, out):
    """Kills the run as soon as it has printed `sign`; whether it was still running."""
    process = start(store, out)
    for line in process.stdout:
        if sign in line:
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stdout.read()
    return process.wait() != 0


def content(out):
    names = sorted(os.listdir(f"{folder}/{out}"))
    return {name: open(f"{folder}/{out}/{name}", "rb").read() for name in names if name == "results.csv"}


finish("whole", "expected")
for sign in ("channel 1 of features", "channel 0 of head", "pgd(steps = 4), eot(3)", "jobs done"):
    print("killed at", sign, kill_after(sign, "killed", "resumed"))
print(finish("killed", "resumed"))
print("the same results:", content("resumed") == content("expected"))
again = finish("killed", "again")
print("again:", [line for line in again.splitlines() if "jobs done" in line][0])
print("the same results again:", content("again") == content("expected"))
both = [start("shared", "one"), start("shared", "two")]
for process in both:
    process.communicate()
print("the same results from two at once:", content("one") == content("expected"), content("two") == content("expected"))
