"""That a mixture of adversarial training and the base network is right as often as both are, by their chances.

usage: mixture.py RESULTS_CSV SHARE
"""
import csv
import sys

share = float(sys.argv[2])
rows = [row for row in csv.DictReader(open(sys.argv[1])) if row["measure"] == "accuracy" and row["experiment"] == "apart"]


def accuracy(start):
    values = {float(row["value"]) for row in rows if row["defense"].startswith(start)}
    assert len(values) == 1, (start, values)
    return values.pop()


expected = share * accuracy("adversarial_training") + (1 - share) * accuracy("none")
assert abs(accuracy("mixture") - expected) < 1e-6, (expected, accuracy("mixture"))
