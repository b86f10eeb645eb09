"""Whether every job of results.csv and results.json names an entry of the store: OUT STORE."""
import csv
import json
import os
import sys

out, store = sys.argv[1:]


def look(what, jobs):
    missing = [job for job in jobs if not os.path.isfile(os.path.join(store, job[:2], job))]
    print("%s: %d jobs, %s" % (what, len(jobs), "missing " + " ".join(missing) if missing else "all in the store"))


with open(os.path.join(out, "results.csv"), newline="") as file:
    rows = list(csv.DictReader(file))
with open(os.path.join(out, "results.json")) as file:
    results = json.load(file)
jobs = {row["job"] for row in rows}
if jobs != {row["job"] for row in results["results"]}:
    sys.exit("results.csv and results.json name other jobs")
look("results", jobs - {""})  # rows over several runs name none
look("trainings", {training["job"] for training in results["trainings"]})
