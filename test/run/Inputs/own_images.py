"""Of test/run/own_images.swy: which of the first N images pairs.csv has. own: those that each defense classifies correctly;
shared: those that `none` of the same training does."""
import csv
import os
import sys

experiment, folder, first = sys.argv[1], sys.argv[2], int(sys.argv[3])


def rows(name):
    with open(os.path.join(folder, name), newline="") as file:
        return [row for row in csv.DictReader(file) if row["experiment"] == experiment]


def setting(row):
    return (row["training"], row["defense"]) if experiment == "shared" else row["defense"]


correct, attacked = {}, {}
for row in rows("images.csv"):
    if float(row["correct"]) >= 0.5 and int(row["image"]) < first:
        correct.setdefault(setting(row), []).append(int(row["image"]))
for row in rows("pairs.csv"):
    attacked.setdefault(setting(row), []).append(int(row["image"]))

if experiment == "shared":
    for (training, defense), images in attacked.items():
        assert images == correct[training, "none"], (training, defense, images)
        print(f"{training}, {defense}: the images of none")
    assert correct["plain", "none"] != correct["smoothed", "none"]
    print("other images")
    sys.exit()

assert correct == attacked, (correct, attacked)
assert len({tuple(images) for images in correct.values()}) == 3, "all are attacked on the same images"
for defense, images in attacked.items():
    print(f"{defense}: {len(images)} images")
common = set(attacked["none"]) & set(attacked["noisy"])
success = {(row["defense"], int(row["image"])): float(row["success"]) for row in rows("pairs.csv")}
row, = [row for row in rows("results.csv") if row["measure"] == "attack_success_difference"]
mean = sum(success["noisy", image] - success["none", image] for image in common) / len(common)
assert abs(mean - float(row["value"])) < 1e-9 and int(row["images"]) == len(common), (mean, row)
print(len(common), "images in common")
