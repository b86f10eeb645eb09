"""Whether a run launched fewer than two thirds of another's kernels, by the stand-in's reports. Usage:
fewer_launches.py FEWER MORE"""
import re
import sys

fewer, more = (int(re.search(r"stand-in: (\d+) kernels launched", open(path).read()).group(1)) for path in sys.argv[1:3])
if 3 * fewer >= 2 * more:
    sys.exit(f"{fewer} kernels launched, {more} otherwise")
print(f"{fewer} kernels launched, {more} otherwise")
