"""Reads the tensors of one entry of the store, by name, as flat tuples."""
import json
import os
import struct

KINDS = {"f32": ("f", 4), "f64": ("d", 8), "i32": ("i", 4), "i64": ("q", 8), "u8": ("B", 1)}


def entry(store, key):
    with open(os.path.join(store, key[:2], key), "rb") as file:
        content = file.read()
    at = len("switchyard store 1\n") + 65
    length = struct.unpack_from("<Q", content, at)[0]
    header, payload = json.loads(content[at + 8:at + 8 + length]), at + 8 + length
    tensors = {}
    for one in header["tensors"]:
        kind, size = KINDS[one["type"]]
        tensors[one["name"]] = struct.unpack_from(f"<{one['bytes'] // size}{kind}", content, payload + one["offset"])
    return tensors
