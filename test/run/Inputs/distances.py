"""Between what the distances of each attack in pairs.csv lie, in whole numbers where all are such. Usage: distances.py FILE"""
import csv
import sys


def main():
    distances = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for row in csv.DictReader(file):
            axes = [f"{axis} = {row[axis]}" for axis in ("count", "eps", "pixels") if row.get(axis)]
            name = f"{row['attack'].split('(')[0]}({', '.join(axes)})"
            distances.setdefault(name, []).append(float(row["distance"]))
    for name, found in sorted(distances.items()):
        if all(one == int(one) for one in found):
            print(f"{name}: whole numbers to {max(found):g}")
        else:
            print(f"{name}: {min(found):.3f} to {max(found):.3f}")


main()
