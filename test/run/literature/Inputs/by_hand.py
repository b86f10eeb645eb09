"""Layers of the literature's programs, on images for which their chances are known by hand.

usage: by_hand.py write DIR EXAMPLES     images, and the layers of the examples as modules, beside the program
       by_hand.py check RESULTS_CSV
"""
import csv
import math
import os
import re
import struct
import sys

ROW = [0.8, 0.4] + [0.0] * 8  # one image of a row: its class is 0
PROGRAMS = ["lwta", "double_win_quant", "resize_and_pad", "rpf", "se_snn"]


def save(path, descr, shape, elements):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + elements)


def images(folder, name, pixels, shape, label, last):
    """So often the same image; the last one, for training, says how many classes there are."""
    count = 500
    save(f"{folder}/{name}.npy", "<f4", (count, *shape), struct.pack(f"<{len(pixels)}f", *pixels) * count)
    labels = [last] + [label] * (count - 1)
    save(f"{folder}/{name}_labels.npy", "<i4", (count,), struct.pack(f"<{count}i", *labels))


def write(folder, examples):
    images(folder, "row", ROW, (1, 1, 10), 0, 9)
    images(folder, "dot", [1.0 if at == 2 * 6 + 3 else 0.0 for at in range(36)], (1, 6, 6), 3 * 8 + 4, 63)
    images(folder, "pair", ROW[:2], (2, 1, 1), 0, 1)
    for name in PROGRAMS:
        with open(os.path.join(examples, name + ".swy"), encoding="utf-8") as file:
            layers = re.findall(r"^layer \w+\(.*?(?:\}$|^\})(?=\n\n|\n?\Z)", file.read(), re.MULTILINE | re.DOTALL)
        assert layers, name
        with open(f"{folder}/{name}.swy", "w", encoding="utf-8") as file:
            file.write("\n".join(layers) + "\n")


def below(z):
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def first_is_largest(means, sizes):
    """The chance that the first of several normal numbers is the largest."""
    chance, step = 0.0, 0.001
    for turn in range(-8000, 8000):
        e = turn * step
        others = (below((means[0] + sizes[0] * e - mean) / size) for mean, size in zip(means[1:], sizes[1:]))
        chance += math.exp(-e * e / 2) / math.sqrt(2 * math.pi) * math.prod(others) * step
    return chance


def expected():
    middle = sum(ROW) / len(ROW)
    one_bit = first_is_largest([0.8, 0.8] + [0.0] * 8, [0.1] * 10)  # 0.4 is halfway up: halves are rounded up
    two_bits = first_is_largest([0.8, 0.8 * 2 / 3] + [0.0] * 8, [0.1] * 10)
    size = math.hypot(*ROW[:2]) / 3  # of what filters of deviation 1 / 3 make of a pair
    return {
        "winner": 1 / (1 + math.exp(ROW[1] - ROW[0])),
        "scaled_noise": first_is_largest(ROW, [math.exp(value - middle) for value in ROW]),
        "precision": (one_bit + two_bits) / 2,
        "place": (1 / 9 + 1 / 4) / 2,  # of its own size in 3 x 3 places, a pixel larger in 2 x 2
        "projection": below((ROW[0] - ROW[1]) / (size * math.sqrt(2))),
    }


def check(path):
    found = {row["experiment"]: float(row["value"]) for row in csv.DictReader(open(path)) if row["measure"] == "accuracy"}
    for name, value in expected().items():
        print(f"{name}: {value:.4f} by hand, {found[name]:.4f} found")
        assert abs(found[name] - value) < (0.03 if name == "projection" else 0.01), name


if sys.argv[1] == "write":
    write(sys.argv[2], sys.argv[3])
else:
    check(sys.argv[2])
