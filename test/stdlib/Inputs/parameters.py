"""How many numbers training changes in each network of a program's experiments, statistics not counted.
Reads what `switchyard compile --emit programs` prints; a line for each function that makes first weights."""
import re
import sys

STATISTICS = ("/mean", "/variance")

for name, results in re.findall(r"func\.func @init_(\w+)\(.*?\) -> \((.*?)\) attributes", sys.stdin.read()):
    total = 0
    for sizes, parameter in re.findall(r'tensor<([\dx]*)f32> \{swy\.name = "([^"]*)", swy\.role = "parameter"', results):
        if not parameter.endswith(STATISTICS):
            count = 1
            for size in filter(None, sizes.split("x")):
                count *= int(size)
            total += count
    print(name, total)
