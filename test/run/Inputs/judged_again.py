"""What judges say of finished examples, computed again from the answers that the store keeps by going through all choices of them.

usage: judged_again.py RESULTS_CSV STORE; goals are classes to reach, images have one goal each.
"""
import csv
import itertools
import math
import re
import sys

from store_entry import entry


def winner(answers):
    return min(set(answers), key=lambda one: (-answers.count(one), one))


def mean_over_choices(shares, draws, k, holds):
    """The mean of `holds` over all choices of k of the draws, or over all k independent answers by their chances."""
    if draws:
        given = [c for c, share in enumerate(shares) for _ in range(round(share * draws))]
        assert len(given) == draws, (len(given), draws)
        choices = list(itertools.combinations(given, k if draws > 1 else 1))
        return sum(holds(one) for one in choices) / len(choices)
    there = [c for c, share in enumerate(shares) if share > 0]
    return sum(math.prod(shares[c] for c in one) * holds(one) for one in itertools.product(there, repeat=k))


def judged(tensors, judge):
    kind, k = re.fullmatch(r"(\w+)\((\d+)\)", judge).groups() if "(" in judge else ("any_of", "1")
    pairs = len(tensors["goal"])
    classes = len(tensors["answers"]) // pairs
    total = 0
    for pair, goal in enumerate(tensors["goal"]):
        holds = (lambda some: goal in some) if kind != "majority" else (lambda some: winner(some) == goal)
        total += mean_over_choices(tensors["answers"][pair * classes:(pair + 1) * classes], tensors["draws"][0], int(k), holds)
    return total / pairs


checked = 0
for row in csv.DictReader(open(sys.argv[1])):
    if row["measure"] not in ("attack_success_rate", "defense_rate") or row["compared_with"]:
        continue
    rate = judged(entry(sys.argv[2], row["job"]), row["judge"])
    wanted = rate if row["measure"] == "attack_success_rate" else 1 - rate
    assert abs(float(row["value"]) - wanted) < 1e-6, (row["defense"], row["judge"], row["value"], wanted)
    checked += 1
print(checked, "values agree")
