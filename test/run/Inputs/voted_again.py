"""Success of models that answer by votes, computed again from the answers of the same models without votes.

usage: voted_again.py OUT DRAWS; all test images are attacked, away from the label, at eps = 0, too. In experiment `kept` an attack
moves an image only where the model is fooled under the draw that the attack keeps.
"""
import csv
import itertools
import math
import re
import sys

folder, draws = sys.argv[1], int(sys.argv[2])
every = list(csv.DictReader(open(folder + "/pairs.csv")))
classes = sum(name.startswith("answer_") for name in every[0])
rows = [row for row in every if row["experiment"] == "answers"]


def winner(votes):
    return min(range(classes), key=lambda one: (-votes[one], one))


def counts(k, most):
    """All numbers of votes of each class that are k together."""
    for cuts in itertools.product(*(range(min(k, one) + 1) for one in most)):
        if sum(cuts) == k:
            yield cuts


def voted(shares, exact, k):
    """The chance of each class as the vote of k answers: independent ones by their chances, or of draws without replacement."""
    chances = [0.0] * classes
    given = [round(share * draws) for share in shares]
    for votes in counts(k, [k if share > 0 else 0 for share in shares] if exact else given):
        if exact:
            chance = math.factorial(k) * math.prod(share ** n / math.factorial(n) for share, n in zip(shares, votes))
        else:
            chance = math.prod(math.comb(m, n) for m, n in zip(given, votes)) / math.comb(draws, k)
        chances[winner(votes)] += chance
    return chances


def key(row, defense):
    return defense, row["attack"], row["gradients"], row["eps"], row["image"], row["judge"] == "all_paths"


shares_of = {}
for row in rows:
    if row["judge"] in ("expected", "all_paths"):
        shares_of[key(row, row["defense"])] = [float(row["answer_%d" % one]) for one in range(classes)]
checked, correct = 0, {}
for row in rows:
    found = re.fullmatch(r"(.*) with voting\(k = (\d+)\)", row["defense"])
    if not found or row["judge"] not in ("expected", "all_paths"):
        continue
    exact = row["judge"] == "all_paths"
    wanted = voted(shares_of[key(row, found.group(1))], exact, int(found.group(2)))
    for one in range(classes):
        assert abs(wanted[one] - float(row["answer_%d" % one])) < 1e-9, row
    assert abs(1 - wanted[int(row["label"])] - float(row["success"])) < 1e-9, (row, wanted)
    if exact and row["eps"] == "0":
        correct[row["defense"], row["image"]] = wanted[int(row["label"])]
    checked += 1
for row in csv.DictReader(open(folder + "/images.csv")):
    if (row["defense"], row["image"]) in correct:
        assert abs(float(row["correct"]) - correct[row["defense"], row["image"]]) < 1e-9, row
        checked += 1
print(checked, "votes agree")
moved = 0
for row in every:
    if row["experiment"] == "kept" and row["judge"] == "same_draw" and row["success"]:
        assert row["success"] == ("1" if row["unmoved"] == "0" else row["success_at_zero"]), row
        moved += row["unmoved"] == "0"
print(moved, "fooled under the draw that the attack kept")
