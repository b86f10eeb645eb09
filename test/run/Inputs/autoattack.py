"""Holds the success of sets of attacks against that of their members, pair by pair. Usage: autoattack.py PAIRS.CSV EPS"""
import csv
import sys

PARTS = {"autoattack": ("apgd", "apgd_targeted", "fab", "square"), "autoattack_random": ("apgd", "apgd_dlr")}
eps = float(sys.argv[2])
pairs = {}
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    attack = row["attack"].split("(")[0]
    pairs.setdefault(row["defense"], {}).setdefault(row["image"], {})[attack] = row

for defense, images in pairs.items():
    for whole, parts in PARTS.items():
        others = 0
        for image, attacks in images.items():
            inside = [attacks[one] for one in parts if float(attacks[one]["distance"]) <= eps + 1e-6]
            best = max((float(one["success"]) for one in inside), default=float(attacks[whole]["success_at_zero"]))
            assert float(attacks[whole]["success"]) == best, (defense, whole, image, attacks[whole], best)
            others += best != float(attacks["apgd"]["success"])
        print(f"{defense}: {len(images)} pairs, {whole} is the strongest part for each; {others} differ from apgd")
