"""Certified accuracies computed again from the votes in the store: bounds by bisection on sums of binomial terms, quantiles
by Python's statistics. Usage: certified.py RESULTS.CSV STORE"""
import csv
import math
import statistics
import sys

from store_entry import entry

RISK = 0.001


def votes_of(store, key):
    tensors = entry(store, key)
    votes = tensors["votes"]
    return [votes[i:i + 3] for i in range(0, len(votes), 3)], tensors["votes of"][0]


def lowest_share(count, of):
    low, high = 0.0, 1.0
    for _ in range(80):
        share = (low + high) / 2
        tail = sum(math.comb(of, k) * share ** k * (1 - share) ** (of - k) for k in range(count, of + 1))
        low, high = (share, high) if tail < RISK else (low, share)
    return low if count else 0.0


def certified(votes, of, deviation, radius):
    label, chosen, count = votes
    share = lowest_share(count, of)
    return label == chosen and share > 0.5 and deviation * statistics.NormalDist().inv_cdf(share) >= radius


agree, between = 0, 0
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    if not row["measure"].startswith("certified_accuracy") or not row["value"]:
        continue
    votes, of = votes_of(sys.argv[2], row["job"])
    assert of == 200 and len(votes) == 60 == int(row["images"]), (of, len(votes))
    wanted = sum(certified(one, of, float(row["deviation"]), float(row["radius"])) for one in votes) / 60
    assert abs(wanted - float(row["value"])) < 1e-12, (row["radius"], row["value"], wanted)
    agree += 1
    between += 0 < wanted < 1
assert between >= 2, between
print(agree, "certified accuracies agree, from 0 to 1 or between")
