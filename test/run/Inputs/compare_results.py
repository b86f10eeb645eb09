"""Compares two results.json cell by cell. Training and attacks amplify rounding, so a value may differ by a few of
the images; most must not differ at all by more than one. With MEAN the cells may differ by so much on average. Usage:
compare_results.py ONE OTHER [MEAN]"""
import json
import sys

one, other = ([(row["measure"], row["defense"], row["attack"], row["gradients"], row["value"]) for row in
               json.load(open(path))["results"] if row["value"] is not None] for path in sys.argv[1:3])
if len(one) < 8 or [row[:4] for row in one] != [row[:4] for row in other]:
    sys.exit("the runs have other cells")
differences = [(abs(a[4] - b[4]), a, b) for a, b in zip(one, other)]
worst = max(differences)
if worst[0] > 0.1 or sum(d[0] > 2 / 60 for d in differences) > len(differences) / 4:
    sys.exit(f"the runs differ: {worst}")
mean = sum(d[0] for d in differences) / len(differences)
if len(sys.argv) > 3 and mean > float(sys.argv[3]):
    sys.exit(f"the runs differ by {mean:.4f} on average")
print(f"{len(differences)} cells, greatest difference {worst[0]:.4f}")
