# Starts a run, stops it at work, has another one of the same program come and go, and lets the first one go on.
import csv
import os
import signal
import subprocess
import sys

program, folder = sys.argv[1:]


def start(far):
    command = ["switchyard", "run", program, "--device", "cpu", "--set", f"far={far}", "--store", f"{folder}/store{far}",
               "--out", f"{folder}/out"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def finish(far):
    text, _ = start(far).communicate()
    return text


def attack(out):
    with open(f"{folder}/{out}/results.csv", encoding="utf-8") as file:
        return ", ".join(sorted({row["attack"] for row in csv.DictReader(file) if row["attack"]}))


first = start(0.1)
for line in first.stdout:
    if line.startswith("[1/"):
        break
os.killpg(first.pid, signal.SIGSTOP)
print([line for line in finish(0.2).splitlines() if "another run" in line][0])
print("the later one ended first" if first.poll() is None else "the first one had ended")
os.killpg(first.pid, signal.SIGCONT)
first.communicate()
print("the first one's:", attack("out"))
print("the later one's:", attack("out/two_at_once"))
finish(0.3)
print("once more, when none is at work:", attack("out"))
