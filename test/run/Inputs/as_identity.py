"""Distances that an attack as long as its gradient goes, with a layer's own derivative and with the identity's.
Usage: as_identity.py RESULTS.CSV"""
import csv
import sys

distance = {}
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    if row["measure"] == "distance" and row["value"]:
        distance[row["defense"], row["gradients"]] = float(row["value"])
own, identity = distance["twice", "one_draw"], distance["twice", "one_draw with doubled as identity"]
print(f"half of the distance: {identity / own:.4f}")
still, moved = distance["steps", "one_draw"], distance["steps", "one_draw with rounded as identity"]
print("rounded:", "no image moved without it," if still == 0 else still, "all moved with it" if moved > 0 else moved)
