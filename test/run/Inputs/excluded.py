"""Runs a program with the seeds 1 to N and counts, by what they are over, the intervals of differences that exclude zero.

usage: excluded.py N PROGRAM FOLDER
"""
import csv
import subprocess
import sys

seeds, program, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
excluded, intervals = {}, {}
for seed in range(1, seeds + 1):
    out = f"{folder}/{seed}"
    subprocess.run(["switchyard", "run", program, "--device", "cpu", "--seed", str(seed), "--store", f"{folder}/store", "--out", out],
                   check=True, capture_output=True)
    with open(f"{out}/results.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["measure"] == "accuracy_drop" and row["defense"] != "none":
                over = row["interval_over"]
                intervals[over] = intervals.get(over, 0) + 1
                excluded[over] = excluded.get(over, 0) + (float(row["low"]) > 0 or float(row["high"]) < 0)
for over in sorted(intervals, reverse=True):
    print(f"{over}: {excluded[over]} of {intervals[over]} exclude zero")
