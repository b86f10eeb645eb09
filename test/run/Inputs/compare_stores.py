"""Compares two stores entry by entry, bit for bit, but for the seconds that work took. Usage: compare_stores.py ONE OTHER"""
import json
import os
import struct
import sys

HEAD = len("switchyard store 1\n") + 64 + 1  # and the checksum's line


def entries(store):
    """(key, tensor) -> bytes."""
    found = {}
    for folder, _, files in os.walk(store):
        for name in files:
            content = open(os.path.join(folder, name), "rb").read()
            length = struct.unpack_from("<Q", content, HEAD)[0]
            payload = HEAD + 8 + length
            header = json.loads(content[HEAD + 8 : payload])
            for tensor in header["tensors"]:
                begin = payload + tensor["offset"]
                if tensor["name"] != "seconds":
                    found[header["what"], header["key"], tensor["name"]] = content[begin : begin + tensor["bytes"]]
    return found


one, other = entries(sys.argv[1]), entries(sys.argv[2])
if not one or one.keys() != other.keys():
    sys.exit("the stores have other entries")
different = sorted(name for name in one if one[name] != other[name])
if different:
    sys.exit("\n".join(["different bits:"] + [", ".join(name) for name in different]))
print(f"{len(one)} equal tensors")
