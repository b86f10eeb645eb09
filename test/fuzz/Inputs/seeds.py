#!/usr/bin/env python3
"""Writes the inputs that a fuzz target starts from: seeds.py TARGET SWITCHYARD FOLDER. Programs are the examples; the plan
is cut out of a compiled example; the other files are made here."""
import glob
import gzip
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


def programs(_):
    paths = glob.glob(os.path.join(ROOT, "examples", "**", "*.swy"), recursive=True)
    return {os.path.basename(path): open(path, "rb").read() for path in paths}


def plans(compiler):
    with tempfile.TemporaryDirectory() as folder:
        artifact = os.path.join(folder, "quickstart.so")
        subprocess.run([compiler, "compile", os.path.join(ROOT, "examples", "quickstart.swy"), "-o", artifact], check=True)
        with open(artifact, "rb") as file:
            plan = re.search(rb'\{"schema":[^\0]+', file.read()).group()
    return {"quickstart.json": plan}


def entries(_):
    tensors = [{"name": name, "type": kind, "shape": [2, 2], "offset": 64 * i, "bytes": 4 * size}
               for i, (name, kind, size) in enumerate([("weights", "f32", 4), ("steps", "i64", 8)])]
    header = json.dumps({"key": "0" * 64, "kind": "train", "what": "base", "made_with": {"switchyard": "0"},
                         "algorithms": {}, "tensors": tensors}).encode()
    return {"entry": struct.pack("<Q", len(header)) + header + bytes(128)}


def arrays(_):
    def array(kind, shape, data, version=1):
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        length = struct.pack("<H" if version == 1 else "<I", len(header))
        return b"\x93NUMPY" + bytes([version, 0]) + length + header + data
    return {"bytes": array("|u1", (2, 3), bytes(6)), "floats": array("<f4", (2, 1, 2, 2), bytes(32)),
            "labels": array(">i8", (2,), bytes(16), version=2)}


def idx(_):
    images = struct.pack(">IIII", 0x803, 2, 3, 4) + bytes(24)
    labels = struct.pack(">II", 0x801, 2) + bytes(2)
    promising = struct.pack(">II", 0x801, 0xF0000000) + bytes(2)  # of 4 GB
    return {"images": images, "labels": labels, "promising": promising, "images.gz": gzip.compress(images)}


MAKERS = {"program": programs, "plan": plans, "store_entry": entries, "npy": arrays, "idx": idx}

target, compiler, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
for name, content in MAKERS[target](compiler).items():
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)
