"""Holds the rates of a set against those of its members, and says its passes. Usage: attack_sets.py RESULTS.CSV"""
import csv
import sys

rates, passes = {}, {}
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        if row["measure"] in ("attack_success_rate", "success_at_zero"):
            rates[row["defense"], row["eps"], row["measure"], row["attack"]] = float(row["value"])
            passes.setdefault(row["defense"], {})[row["attack"]] = (int(row["forward_passes"]), int(row["backward_passes"]))

held = 0
for (defense, eps, measure, attack), value in rates.items():
    if attack != "all_of_them":
        continue
    members = [rates[defense, eps, measure, one] for one in ("momentum_fgsm(steps = 5)", "still")]
    held += value >= max(members) - 1e-12
print("the set is the worst of its members in", held, "rates")
for defense, attacks in passes.items():
    print(defense, attacks)
