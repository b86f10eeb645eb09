"""Of test/run/joint_shows.swy: the values of tables and plots across experiments, from results.csv and pairs.csv."""
import csv
import os
import re
import sys
from collections import defaultdict

tables, folder = open(sys.argv[1]).read(), sys.argv[2]


def read(name):
    with open(os.path.join(folder, name), newline="") as file:
        return list(csv.DictReader(file))


def body(title):
    """The rows of a table, each a list of cells; of a wide one the second block's behind the first one's."""
    rows = []
    for block in tables[tables.index(title):].split("\n\n")[1:]:
        lines = block.split("\n")
        rule = next((i for i, line in enumerate(lines) if line.startswith("---")), 0)
        if not rule:
            break
        more = [re.split(r"  +", line.strip()) for line in lines[rule - 1:] if not line.startswith("---")]
        rows = [old + new for old, new in zip(rows, more)] if rows else more
    return rows


def agrees(cell, value):
    printed = float(re.match(r"-?[0-9.]+", cell).group())
    assert abs(printed - 100 * value) <= 0.0500001, (cell, value)
    return 1


results = [row for row in read("results.csv") if not row["training_run"]]
measured = {(row["measure"], row["experiment"], row["defense"]): float(row["value"])
            for row in results if not row["attack"] and row["value"]}

worst = defaultdict(float)
for row in read("pairs.csv"):
    at = row["experiment"], row["defense"], row["eps"], row["training_run"], row["image"]
    worst[at] = max(worst[at], float(row["success"]))


def success(experiment, defense, eps=None):
    values = [value for at, value in worst.items() if at[:2] == (experiment, defense) and eps in (None, at[2])]
    return sum(values) / len(values)


rows = body("first, second, third: accuracy (%)")
assert rows[0] == ["defense", "first", "second", "third"], rows[0]
count = 0
for defense, *cells in rows[1:]:
    cells = [cell for cell in cells if re.match(r"[0-9.]+ \[|-( |$)", cell)]
    assert len(cells) == 3, cells
    for experiment, cell in zip(rows[0][1:], cells):
        value = measured.get(("accuracy", experiment, defense))
        if value is None:
            assert cell.startswith("-"), cell
        else:
            count += agrees(cell, value)
print("table 1:", count, "values agree")

count = 0
for experiment, defense, *cells in body("first, second, third: accuracy; accuracy drop")[1:]:
    cells = [cell for cell in cells if re.match(r"-?[0-9.]+ \[|-( |$)", cell)]
    assert len(cells) == 3, cells
    count += agrees(cells[0], measured["accuracy", experiment, defense])
    if experiment == "third":
        assert cells[1].startswith("- ") and cells[2].startswith("- "), cells
    else:
        count += agrees(cells[1], measured["accuracy_drop", experiment, defense])
        count += agrees(cells[2], 1 - success(experiment, defense))
print("table 2:", count, "values agree")

count = 0
for name in os.listdir(os.path.join(folder, "plots")):
    if name.endswith(".csv"):
        for row in read(os.path.join("plots", name)):
            assert abs(float(row["value"]) - success(row["experiment"], row["defense"], row["eps"])) < 1e-9, row
            count += 1
assert count == 8, count
print("plot:", count, "values agree")

seen = [tuple(value for column, value in row.items() if column not in ("value", "low", "high", "notes"))
        for row in read("results.csv")]
assert len(seen) == len(set(seen))
print("results.csv has each value once")
