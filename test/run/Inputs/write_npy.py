"""Writes 200 grey images of 4 x 6, one row of each bright, and the row's number as label, as numpy.save would."""

import random
import struct
import sys


def write(path, descr, shape, elements):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + elements)


draw = random.Random(1)
labels = [draw.randrange(4) for _ in range(200)]
pixels = bytes(
    draw.randrange(180, 256) if row == label else draw.randrange(60)
    for label in labels
    for row in range(4)
    for _ in range(6)
)
write(sys.argv[1], "|u1", (200, 4, 6), pixels)
write(sys.argv[2], "<i4", (200,), struct.pack("<200i", *labels))
