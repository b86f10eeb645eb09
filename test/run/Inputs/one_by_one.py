"""Of test/run/settings.swy: `program FILE` writes the program that has an experiment for each setting; `compare SEVERAL SINGLE`
holds the rows of both against each other, and the means over networks against the rows that they are of."""
import csv
import os
import sys
from itertools import product

data = {"digits": "digits", "other": "other"}
networks = {("tiny", "1"): "small(1)", ("tiny", "2"): "small(2)", ("mixed", ""): "mixed"}
trainings = {("short", ""): "sgd(rate = 0.2, batch = 16, epochs = 1)",
             ("long", "0.1"): "sgd(rate = cosine(0.1), momentum = 0.9, batch = 16, epochs = 2) { augment { gaussian_noise(0.1) } }"}
SAME = ["value", "low", "high", "interval_over", "images", "pairs", "draws", "paths", "job", "notes", "compared_with"]


def name(dataset, network, training):
    return "_".join([dataset, *network, *training]).replace(".", "_").strip("_")


def program(path):
    text = open(path).read()
    head, rest = text[text.index("use std"):].split("experiment several {\n")
    clauses = rest[rest.index("  defend with"):]
    clauses = "".join(line for line in clauses.splitlines(True) if not line.startswith("  show"))
    print(head)
    for dataset, network, training in product(data, networks, trainings):
        print(f"experiment {name(dataset, network, training)} {{\n  dataset {dataset}\n  network {networks[network]}\n"
              f"  training {trainings[training]}\n{clauses}")


def rows(folder):
    with open(os.path.join(folder, "results.csv"), newline="") as file:
        return list(csv.DictReader(file))


def key(row):
    return tuple(row[c] for c in ("defense", "attack", "gradients", "eps", "measure"))


def compare(several, single):
    known = {(row["experiment"], key(row)): row for row in rows(single)}
    ours = {(name(row["dataset"], (row["network"], row["w"]), (row["training"], row["r"])), key(row)): row for row in rows(several)}
    assert known.keys() == ours.keys(), known.keys() ^ ours.keys()
    for at, row in ours.items():
        row["notes"] = row["notes"].replace(" with this data set, network and training", "")
        for column in SAME:
            assert row[column] == known[at][column], (at, column, row[column], known[at][column])
    print(len(ours), "rows agree")
    means(several, ours)


def means(several, ours):
    count = 0
    folder = os.path.join(several, "plots")
    for path in sorted(os.listdir(folder)):
        if path.endswith(".csv"):
            for mean in csv.DictReader(open(os.path.join(folder, path), newline="")):
                parts = [float(row["value"]) for row in ours.values() if row["measure"] == mean["measure"] and all(
                    (row[axis] or "-") == mean[axis] for axis in ("dataset", "training", "r", "defense"))]
                assert len(parts) == 3 and abs(sum(parts) / 3 - float(mean["value"])) < 1e-12, (mean, parts)
                count += 1
    print(count, "means agree")


if __name__ == "__main__":
    program(sys.argv[2]) if sys.argv[1] == "program" else compare(sys.argv[2], sys.argv[3])
