"""That a choice's exact accuracy, and the deviation between its paths, are those of its members by their chances.

usage: weighed.py RESULTS_CSV; the members of `mixture(share = p)` are `none`, of one path, and `hrs(...)`.
"""
import csv
import re
import sys

values = {}
for row in csv.DictReader(open(sys.argv[1])):
    values.setdefault((row["measure"], row["defense"]), row["value"])
own = float(values["accuracy", "none"])
hrs = next(name for measure, name in values if name.startswith("hrs"))
mean, deviation = float(values["accuracy", hrs]), float(values["path_deviation", hrs])
mixtures = [name for measure, name in values if measure == "accuracy" and name.startswith("mixture")]
assert len(mixtures) == 2, mixtures
for name in mixtures:
    share = float(re.search(r"share = ([0-9.]+)", name).group(1))
    exact = share * own + (1 - share) * mean
    variance = share * (own - exact) ** 2 + (1 - share) * (deviation**2 + (mean - exact) ** 2)
    assert abs(float(values["accuracy", name]) - exact) < 1e-6, (name, exact, values["accuracy", name])
    found = float(values["path_deviation", name])
    assert abs(found - variance**0.5) < 1e-6, (name, variance**0.5, found)
