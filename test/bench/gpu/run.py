#!/usr/bin/env python3
"""Times compiled functions on a device against PyTorch there, eager and compiled, in turns within one run, and prints
ratios beside their goals. Not a test. Needs PyTorch, and artifacts as scripts/pack-gpu makes them.

Usage: run.py SERVE RUN ARTIFACTS --data DIR [--device cuda|cpu] [--seconds 240] [--small]
SERVE and RUN are switchyard-serve and switchyard-run; --small is a try of everything at sizes for a slow CPU.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

import torch

import peer


class Served:
    """An artifact behind switchyard-serve."""

    def __init__(self, options, name):
        path = os.path.join(options.artifacts, name + ".so")
        self.process = subprocess.Popen([options.serve, path, "--device", options.device], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.plan = json.loads(self.ask("plan"))

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            raise RuntimeError(answer or "switchyard-serve ended")
        return answer

    def seconds(self, job, call, count=1, **scalars):
        return float(self.ask(f"run {job} {call} {count} " + " ".join(f"{k}={v}" for k, v in scalars.items())))

    def training(self):
        return next(job["id"] for job in self.plan["jobs"] if job["kind"] == "train")

    def attack(self, defense=0, gradients=None):
        """The job of the first attack on that defense, with that estimator where one is named."""
        return next(cell["jobs"][0] for cell in self.plan["experiments"][0]["cells"] if cell["defense"] == defense
                    and "jobs" in cell and gradients in (None, cell["gradients"]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def timed(options, work):
    """Seconds of one call until the device is done."""
    peer.wait(options.device)
    start = time.perf_counter()
    work()
    peer.wait(options.device)
    return time.perf_counter() - start


def best_layout(options, maker):
    """The layout in which eager PyTorch does this work faster."""
    seconds = {}
    for memory in ("contiguous", "channels_last"):
        work = maker(memory)
        seconds[memory] = min(timed(options, work) for _ in range(2 if options.small else 4))
    return min(seconds, key=seconds.get)


def peers(options, maker, modes=("default", "reduce-overhead")):
    """Functions that time PyTorch's ways to do the work that maker(memory, mode) makes."""
    memory = best_layout(options, lambda memory: maker(memory, None))
    ways = {f"eager, {memory}": None}
    for mode in modes if options.compile else ():
        if time.monotonic() < options.deadline - 40:
            ways[f"torch.compile, {mode}"] = mode
        else:
            print(f"  torch.compile, {mode}: left out, no time left to compile")
    contestants = {}
    for name, mode in ways.items():
        try:
            work = maker(memory, mode)
            for _ in range(3):
                timed(options, work)
            contestants[name] = lambda work=work: timed(options, work)
        except Exception as error:  # a compiler that fails is reported and left out
            print(f"  {name}: failed: {str(error).strip().splitlines()[0]}", flush=True)
    return contestants


def rounds(options, contestants, share):
    """Medians of seconds and of ratios to the first in the same round; as many rounds as the share of time allows."""
    end = time.monotonic() + share
    seconds, count = {name: [] for name in contestants}, 0
    while count < 3 or (count < options.rounds and time.monotonic() < end):
        order = list(contestants) if count % 2 == 0 else list(reversed(contestants))
        for name in order:
            seconds[name].append(contestants[name]())
        count += 1
    first = next(iter(contestants))
    return {name: (statistics.median(values), statistics.median(v / f for v, f in zip(values, seconds[first])))
            for name, values in seconds.items()}, count


def report(title, options, contestants, share, work, unit, goals=()):
    """`work` units are done in a call. Goals: (beginning of a contestant's name, ratio)."""
    results, count = rounds(options, contestants, share)
    print(f"\n{title} ({count} rounds)")
    for name, (seconds, ratio) in results.items():
        print(f"  {name:32} {work / seconds:12.1f} {unit}/s  {1e3 * seconds:10.3f} ms  {ratio:6.2f} times ours")
    for beginning, goal in () if options.small else goals:
        ratios = [ratio for name, (_, ratio) in results.items() if name.startswith(beginning)]
        if ratios:  # against the best way
            verdict = "reached" if min(ratios) >= goal else "missed"
            print(f"  goal against {beginning}: {goal} times; {min(ratios):.2f}: {verdict}")
            options.summary.append(f"{title} against {beginning}: {min(ratios):.2f} times (goal {goal}) {verdict}")
    sys.stdout.flush()
    return results


def bench_attack(options, batch, goals, draws=1):
    steps = 2 if options.small else 100 if batch < 1000 else 20
    with Served(options, f"attacks-{batch}") as ours:
        job = ours.attack(1, "eot(10)") if draws > 1 else ours.attack()
        contestants = {"switchyard": lambda: ours.seconds(job, "attack", steps=steps)}
        for _ in range(3):
            contestants["switchyard"]()
        # At large batches launching costs nothing, so that CUDA graphs have nothing to give.
        modes = ("default",) if batch > 1000 else ("reduce-overhead",) if draws > 1 else ("default", "reduce-overhead")
        contestants.update(peers(options, lambda memory, mode: peer.attack(options.device, batch, steps, memory, mode,
                                                                           draws), modes))
        title = f"PGD-{steps}, " + (f"EOT-{draws}, " if draws > 1 else "") + f"batch {batch}"
        report(title, options, contestants, options.share, steps, "steps", goals)


def bench_training(options):
    count = 1 if options.small else 20
    with Served(options, f"attacks-{options.sizes['batches'][0]}") as ours:
        job = ours.training()
        contestants = {"switchyard": lambda: ours.seconds(job, "step", count)}
        for _ in range(3):
            contestants["switchyard"]()
        contestants.update(peers(options, lambda memory, mode: peer.train_steps(options.device, count, memory, mode)))
        report("train steps, batch 128", options, contestants, options.share, count, "steps",
               [("eager", 3), ("torch.compile", 1.5)])


def run_program(options, name):
    """Seconds of switchyard-run from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        done = subprocess.run([options.run, os.path.join(options.artifacts, name + ".so"), "--device", options.device,
                               "--data", options.data, "--store", folder + "/store", "--out", folder + "/out"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stdout[-500:])
        return time.perf_counter() - start


def bench_channels(options):
    """Two runs that differ in the number of epochs: start, reading and judging fall out of the difference."""
    sizes = options.sizes
    epochs = sizes["epochs"][1] - sizes["epochs"][0]
    names = [f"channels-{n}" for n in sizes["epochs"]]

    def eager(memory, channels=10):
        return peer.train_channels(options.device, memory, channels, epochs, sizes["images"])
    memory = best_layout(options, lambda memory: eager(memory, 1))
    work = eager(memory)
    contestants = {"switchyard": lambda: max(1e-9, run_program(options, names[1]) - run_program(options, names[0])),
                   f"eager, {memory}": lambda: timed(options, work)}
    report(f"10 channels, {epochs} epochs of {sizes['images']} images", options, contestants, options.share,
           10 * epochs * sizes["images"], "images", [("eager", 5)])


def bench_bandwidth(options):
    """PGD's update alone reads two images and writes one; a copy reads one and writes one."""
    few, many = (1, 3) if options.small else (10, 110)
    with Served(options, "elementwise") as ours:
        job = ours.attack()
        shape = next(a["shape"] for f in ours.plan["functions"] for a in f["arguments"] if a["role"] == "adversarial")
        size = 4
        for extent in shape:
            size *= extent
        step = lambda: (ours.seconds(job, "attack", steps=many) - ours.seconds(job, "attack", steps=few)) / (many - few)
        step()
        work = peer.copy(options.device, size // 4)
        repeats = 3 if options.small else 50
        copies = lambda: timed(options, lambda: [work() for _ in range(repeats)])
        contestants = {"generated kernel": lambda: 3 * size / step() / 1e9,
                       "copy": lambda: 2 * size * repeats / copies() / 1e9}
        contestants["copy"]()
        results, count = rounds(options, contestants, options.share)
    share = 100 / results["copy"][1]
    print(f"\nbandwidth, {size >> 20} MiB an operand ({count} rounds)")
    for name, (speed, _) in results.items():
        print(f"  {name:32} {speed:12.1f} GB/s")
    if not options.small:
        verdict = "reached" if share >= 80 else "missed"
        print(f"  goal: 80 % of a copy's; {share:.0f} %: {verdict}", flush=True)
        options.summary.append(f"bandwidth of a generated kernel: {share:.0f} % of a copy's (goal 80 %) {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("serve")
    parser.add_argument("run")
    parser.add_argument("artifacts")
    parser.add_argument("--data", required=True, help="folder of CIFAR-10's binary version, or of one drawn like it")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--seconds", type=float, default=240, help="of everything; what comes later is left out")
    parser.add_argument("--rounds", type=int, default=11, help="at most")
    parser.add_argument("--tf32", action="store_true", help="allow it to PyTorch, as programs with that precision do")
    parser.add_argument("--no-compile", dest="compile", action="store_false", help="leave torch.compile out")
    parser.add_argument("--small", action="store_true", help="tiny sizes, to try this program")
    options = parser.parse_args()
    options.summary = []
    peer.prepare(options.tf32)
    where = torch.cuda.get_device_name() if options.device == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"PyTorch {torch.__version__} on {where}, TF32 {'on' if options.tf32 else 'off'}")
    with open(os.path.join(options.artifacts, "bench.json")) as file:
        options.sizes = json.load(file)
    few, many = options.sizes["batches"]
    launches, arithmetic = [("eager", 3), ("torch.compile", 1.5)], [("eager", 1.3), ("torch.compile", 1.1)]
    benches = [lambda: bench_attack(options, few, launches),
               lambda: bench_training(options),
               lambda: bench_bandwidth(options),
               lambda: bench_attack(options, many, arithmetic),
               lambda: bench_channels(options),
               lambda: bench_attack(options, few, launches, draws=10)]
    options.deadline = time.monotonic() + options.seconds
    options.share = options.seconds / 3 / len(benches)  # measuring; the rest for warming up and compiling
    failed = left_out = 0
    for bench in benches:
        if time.monotonic() > options.deadline:
            left_out += 1
            continue
        try:
            bench()
        except Exception:  # one that fails does not lose the others
            traceback.print_exc(file=sys.stdout)
            failed += 1
    print("\nsummary")
    for line in options.summary:
        print("  " + line)
    print(f"{len(benches)} benchmarks, {failed} failed, {left_out} left out")
    sys.exit(1 if failed or left_out else 0)


if __name__ == "__main__":
    main()
