"""Success rates of test/run/stronger_attacks.swy, from results.csv: what is stronger, and by how much."""
import csv
import sys

rates = {}
with open(sys.argv[1]) as file:
    for row in csv.DictReader(file):
        if row["measure"] == "attack_success_rate":
            attack = row["attack"].split("(")[0]
            rates.setdefault((row["experiment"], row["eps"]), {})[attack] = float(row["value"])
assert len(rates) == 4, rates
for setting, rate in rates.items():
    print(setting, rate)
    assert 0.05 < rate["pgd"] < 1, "the strength tells nothing"
    assert rate["apgd"] >= rate["pgd"]
    assert rate["apgd_dlr"] >= rate["pgd"] - 0.1
    assert rate["square"] >= 3 * rate["noise"] and rate["square"] > rate["noise"] + 0.05
