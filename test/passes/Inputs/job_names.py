#!/usr/bin/env python3
"""The names of the jobs of some examples, `PROGRAM KIND LABEL NAME` a line: switchyard FOLDER."""
import os
import re
import subprocess
import sys

PROGRAMS = ["quickstart.swy", "own_attack.swy", "own_defense.swy", "own_network.swy", "stronger_attacks.swy"]
JOB = re.compile(r'swy\.(train|accuracy|attack)_job .*?label "([^"]*)".*?digest "([0-9a-f]{64})"')

compiler, folder = sys.argv[1:]
for name in PROGRAMS:
    text = subprocess.run([compiler, "compile", os.path.join(folder, name), "--emit=programs"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    names = [" ".join([name, *job]) for job in JOB.findall(text)]
    if not names:
        sys.exit(name + " has no jobs")
    print("\n".join(names))
