"""Values by class and by answer in results.csv, computed again from pairs.csv and images.csv. Usage: by_class.py OUT"""
import collections
import csv
import os
import sys


def rows(name):
    with open(os.path.join(sys.argv[1], name), newline="") as file:
        return list(csv.DictReader(file))


def mean(values):
    return sum(values) / len(values) if values else None


results, pairs, images = rows("results.csv"), rows("pairs.csv"), rows("images.csv")
CELL = ["defense", "attack", "gradients", "far"]


def behind(row, table, axes):
    """The rows that a result is the mean of, each training counting alike: they have as many."""
    return [one for one in table if all(one[axis] == row[axis] for axis in axes)
            and row["class"] in ("", one["label"]) and row["training_run"] in ("", one["training_run"])]


checked, sums = collections.Counter(), collections.defaultdict(float)
for row in results:
    kind = row["measure"]
    if kind == "accuracy":
        wanted = mean([float(one["correct"]) for one in behind(row, images, ["defense"])])
    elif kind == "attack_success_rate":
        wanted = mean([float(one["success"]) for one in behind(row, pairs, CELL + ["judge"])])
    elif kind == "answer_share":
        wanted = mean([float(one["answer_" + row["answer"]]) for one in behind(row, pairs, CELL) if one["judge"] != "any_of(3)"])
    elif kind == "confusion":
        sums[row["defense"], row["training_run"], row["class"]] += float(row["value"])
        continue
    else:
        continue
    assert (wanted is None) == (row["value"] == ""), row
    assert wanted is None or abs(wanted - float(row["value"])) < 1e-9, (row, wanted)
    checked[kind, bool(row["class"])] += 1
for kind in ("accuracy", "attack_success_rate", "answer_share"):
    assert checked[kind, False] > 5, checked
    print(f"{kind}: {checked[kind, True] + checked[kind, False]} values agree")
assert checked["accuracy", True] and checked["attack_success_rate", True]
assert all(abs(one - 1) < 1e-9 for one in sums.values())
print(f"confusion: {len(sums)} rows of 1")
right = {(row["defense"], row["class"]): row["value"] for row in results if row["measure"] == "accuracy" and not row["training_run"]}
for row in results:  # the diagonal is the accuracy
    if row["measure"] == "confusion" and row["class"] and row["class"] == row["answer"] and not row["training_run"]:
        assert abs(float(row["value"]) - float(right[row["defense"], row["class"]])) < 1e-9, row
