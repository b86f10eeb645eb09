#!/usr/bin/env python3
"""Assembles every kernel of the given programs with ptxas, and reports registers and spills of each program.
Usage: assemble_kernels.py PTXAS GPU PROGRAM..."""
import os
import re
import subprocess
import sys
import tempfile


def kernels_of(ptxas, gpu, program, folder):
    """(registers, spilled bytes) of each kernel; ends the process with ptxas' words where it refuses one."""
    ptx = os.path.join(folder, "kernels.ptx")
    compiled = subprocess.run(["switchyard", "compile", program, "--emit=ptx", "--gpu", gpu, "-o", ptx],
                              stderr=subprocess.PIPE, text=True)
    if compiled.returncode != 0:
        sys.exit(compiled.stderr)
    done = subprocess.run([ptxas, "-arch=" + gpu, "-v", ptx, "-o", os.path.join(folder, "kernels.cubin")],
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    words = done.stderr or ""
    if done.returncode != 0:
        sys.exit(f"{program}: {words}")
    with open(ptx) as file:
        entries = file.read().count(".visible .entry")
    registers = [int(n) for n in re.findall(r"Used (\d+) registers", words)]
    spills = [int(n) for n in re.findall(r"(\d+) bytes spill stores", words)]
    if not entries or len(registers) != entries or len(spills) != entries:
        sys.exit(f"{program}: {entries} kernels, ptxas speaks of {len(registers)}")
    return list(zip(registers, spills))


def main():
    ptxas, gpu, *programs = sys.argv[1:]
    for program in programs:
        with tempfile.TemporaryDirectory() as folder:
            kernels = kernels_of(ptxas, gpu, program, folder)
        most, spilling = max(r for r, _ in kernels), sum(s > 0 for _, s in kernels)
        print(f"{gpu} {os.path.basename(program)}: {len(kernels)} kernels, at most {most} registers, {spilling} spill",
              flush=True)


main()
