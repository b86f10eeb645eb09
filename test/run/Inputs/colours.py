"""Small coloured images, and what pictures of them must hold, computed by hand.

write IMAGES LABELS: 100 images of 3 x 8 x 6 as numpy.save would write them, one row of each bright.
sheets PLOTS: the tiles of every sheet of examples, of attacks that add as much as their ball has room for, against these images.
curves OUT: the curves of trainings against the trainings' own values."""

import csv
import glob
import os
import json
import random
import struct
import sys
import zlib

SHAPE = (3, 8, 6)
IMAGES, TESTS = 100, 20


def images():
    draw = random.Random(1)
    labels = [draw.randrange(4) for _ in range(IMAGES)]
    pixels = [
        [
            draw.randrange(180, 256) if row // 2 == label else draw.randrange(60)
            for channel in range(3)
            for row in range(8)
            for column in range(6)
        ]
        for label in labels
    ]
    return pixels, labels


def write(path, descr, shape, elements):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + elements)


def rows_of_png(path):
    """The pixels of a PNG file with 8 bits for each of red, green and blue: rows of triples."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed = 8, b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        chunk = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
            assert (depth, colour, interlaced) == (8, 2, 0), (depth, colour, interlaced)
        packed += chunk if kind == b"IDAT" else b""
        place += 12 + length
    raw = zlib.decompress(packed)
    size = 3 * width + 1
    assert {raw[i * size] for i in range(height)} == {0}  # no filters
    return [raw[i * size + 1 : (i + 1) * size] for i in range(height)]


def tile(rows, x, y, zoom):
    """The values of a tile, channel after channel; every pixel is a square of one colour."""
    pixels = []
    for row in range(SHAPE[1]):
        lines = {rows[y + row * zoom + i][3 * x : 3 * (x + SHAPE[2] * zoom)] for i in range(zoom)}
        assert len(lines) == 1
        line = lines.pop()
        for column in range(SHAPE[2]):
            square = line[3 * column * zoom : 3 * (column + 1) * zoom]
            assert square == square[:3] * zoom
            pixels.append(square[:3])
    return [pixel[channel] for channel in range(3) for pixel in pixels]


def sheets(folder):
    pixels, labels = images()
    first_test = IMAGES - TESTS
    for path in sorted(glob.glob(os.path.join(folder, "*-examples-of-*.csv"))):
        with open(path, newline="") as file:
            tiles = list(csv.DictReader(file))
        for name in sorted({one["file"] for one in tiles}):
            rows = rows_of_png(os.path.join(folder, name))
            pairs = 0
            for one in (one for one in tiles if one["file"] == name):
                image = first_test + int(one["image"])
                clean = pixels[image]
                assert int(one["label"]) == labels[image]
                shown = tile(rows, int(one["x"]), int(one["y"]), int(one["zoom"]))
                added = [min(round(255 * float(one["eps"] or 0)), 255 - value) for value in clean]
                if one["shows"] == "clean":
                    assert shown == clean
                elif one["shows"] == "adversarial":
                    pairs += 1
                    assert shown == [value + more for value, more in zip(clean, added)]
                    assert abs(float(one["distance"]) - max(added) / 255) < 1e-6
                else:
                    factor = int(one["factor"])
                    assert shown == [128 + factor * more for more in added]
                    # the largest of 1, 2, 5, 10, ... with which no difference leaves the bytes
                    following = {1: 2, 2: 5, 5: 10}[factor]
                    assert factor * max(added) <= 127.5 < following * round(255 * float(one["eps"])), factor
            print("%s: %d pairs of tiles, all pixels as computed, 128 is the grey of no difference" % (name, pairs))


def curves(out):
    for curve in ("loss", "accuracy"):
        with open(os.path.join(out, "plots", "shown-%s-against-epoch.csv" % curve), newline="") as file:
            rows = list(csv.DictReader(file))
        counts, ends, epochs = [], [], 0
        for defense in dict.fromkeys(row["defense"] for row in rows):
            own = [row for row in rows if row["defense"] == defense]
            means = [row for row in own if not row["training"]]
            epochs = len(means)
            for row in means:
                values = [float(one["value"]) for one in own if one["training"] and one["epoch"] == row["epoch"]]
                assert len(values) == int(row["trainings"])
                assert abs(float(row["value"]) - sum(values) / len(values)) < 1e-12
                if len(values) > 1:
                    assert (float(row["low"]), float(row["high"])) == (min(values), max(values))
            counts.append(means[0]["trainings"])
        print(
            "%s: %d curves of %d epochs are the means of %s and %s trainings, in order from the lowest to the highest"
            % (curve, len(counts), epochs, ", ".join(counts[:-1]), counts[-1])
        )
    with open(os.path.join(out, "results.json")) as file:
        trainings = json.load(file)["trainings"]
    told = {json.dumps(one["validation_accuracy"]) for one in trainings}
    drawn = {}
    for row in rows:
        if row["training"]:
            drawn.setdefault((row["defense"], row["training"]), []).append(float(row["value"]))
    assert {json.dumps(values) for values in drawn.values()} == told, (drawn, told)
    print("the accuracies are those of results.json")


if sys.argv[1] == "write":
    pixels, labels = images()
    write(sys.argv[2], "|u1", (IMAGES,) + SHAPE, bytes(value for image in pixels for value in image))
    write(sys.argv[3], "<i4", (IMAGES,), struct.pack("<%di" % IMAGES, *labels))
elif sys.argv[1] == "sheets":
    sheets(sys.argv[2])
else:
    curves(sys.argv[2])
