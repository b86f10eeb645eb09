#!/usr/bin/env python3
"""Times a PGD step on cifar_resnet(3), with and without switching blocks and a choice, in Switchyard, and of the base network in
PyTorch, taking turns. A step is the difference of two attacks of different lengths, by the number of steps between them, so that
what comes before and behind them does not count. Weights are of a short training: only times are compared. Not a test: it takes
minutes and needs PyTorch (Debian: python3-torch).

Usage: test/bench/resnet_attacks.py BUILD --data DIR [--rounds 5] [--images 200] [--steps 4 44]
"""
import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time

from cifar_training import build_network

PROGRAM = """
use std
dataset photos = cifar10(train = 128)
defense mixed {{ replace every batch_norm {{ choose {{ batch_norm  group_norm(8) }} }} }}
experiment attacks as published {{
  dataset  photos
  network  cifar_resnet(3)
  training sgd(rate = 0.01, epochs = 1)
  defend with {{ none  hrs([3, 3], split = [head])  mixed }}
  attack with {{ pgd({eps}, steps = n) for n in [{few}, {many}] }}
  on first {images} test images, away from label
  measure attack_success_rate
}}
"""
DEFENSES = {"none": "base", "hrs": "hrs([3, 3]), one draw", "mixed": "batch or group normalization, drawn, one draw"}


def switchyard(options, folder, turn):
    """Seconds of a step, by defense; the trainings come from the store after the first turn."""
    path = os.path.join(folder, "attacks.swy")
    with open(path, "w", encoding="utf-8") as file:
        file.write(PROGRAM.format(few=options.steps[0], many=options.steps[1], images=options.images,
                                  eps=round(8 / 255 + turn / 1e6, 7)))  # another one: none is found in the store
    store = os.path.join(folder, "store")
    said = subprocess.run([os.path.join(options.build, "bin", "switchyard"), "run", path, "--data", options.data, "--store", store,
                           "--out", folder + "/out"], check=True, capture_output=True, text=True).stderr
    found = re.findall(r"attack cifar_resnet, (\w+).* n = (\d+)\n.*success .* ([0-9.]+) s\n", said)
    seconds = {(defense, int(steps)): float(took) for defense, steps, took in found}
    between = options.steps[1] - options.steps[0]
    return {name: (seconds[name, options.steps[1]] - seconds[name, options.steps[0]]) / between for name in DEFENSES}


def pgd_seconds(network, images, labels, steps):
    import torch
    from torch.nn.functional import cross_entropy
    begin = time.time()
    for clean, label in zip(images.split(100), labels.split(100)):
        x = (clean + torch.empty_like(clean).uniform_(-8 / 255, 8 / 255)).clamp(0, 1)
        for _ in range(steps):
            x.requires_grad_()
            gradient, = torch.autograd.grad(cross_entropy(network(x), label, reduction="sum"), x)
            with torch.no_grad():
                x = torch.min(torch.max(x + 8 / 255 / 10 * gradient.sign(), clean - 8 / 255), clean + 8 / 255).clamp(0, 1)
    return time.time() - begin


def pytorch(options, network, images, labels):
    few, many = (pgd_seconds(network, images, labels, steps) for steps in options.steps)
    return (many - few) / (options.steps[1] - options.steps[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--data", required=True, help="folder of CIFAR-10's binary version")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--steps", type=int, nargs=2, default=[4, 44])
    options = parser.parse_args()
    import torch
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    network = build_network("cifar_resnet").eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    images = torch.rand(options.images, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (options.images,))
    runs = {f"PyTorch {torch.__version__}, base": [], **{f"Switchyard, {text}": [] for text in DEFENSES.values()}}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(options.rounds):
            runs[f"PyTorch {torch.__version__}, base"].append(pytorch(options, network, images, labels))
            for name, seconds in switchyard(options, folder, turn).items():
                runs[f"Switchyard, {DEFENSES[name]}"].append(seconds)
    base = statistics.median(runs["Switchyard, base"])
    print(f"| a step of PGD on {options.images} images | ms (median of {options.rounds}) | of Switchyard's base |\n| --- | --- | --- |")
    for name, seconds in runs.items():
        middle = statistics.median(seconds)
        print(f"| {name} | {1000 * middle:.1f} ({1000 * min(seconds):.1f} to {1000 * max(seconds):.1f}) | {middle / base:.2f} |")


if __name__ == "__main__":
    main()
