#!/usr/bin/env python3
"""Finish stage 2: whole sectors, their number, the checksum in its header (lib/abi/boot_header.h).

usage: stage2_seal.py RAW OUT INCLUDE
INCLUDE gets the number of sectors for the boot sector's source.
"""
import struct
import sys

SECTOR = 512
MAGIC = 0x32545346
HEADER = struct.Struct("<IHHHHI")


def main():
    raw, out, include = sys.argv[1:4]
    data = bytearray(open(raw, "rb").read())
    data += bytes(-len(data) % SECTOR)
    sectors = len(data) // SECTOR
    magic, _, entry, segment, _, _ = HEADER.unpack_from(data)
    if magic != MAGIC:
        sys.exit(f"{raw}: does not begin with the header (magic {magic:#x}, want {MAGIC:#x})")
    HEADER.pack_into(data, 0, magic, sectors, entry, segment, 0, 0)
    total = sum(struct.unpack(f"<{len(data) // 4}I", data))
    HEADER.pack_into(data, 0, magic, sectors, entry, segment, 0, MAGIC - total & 0xffffffff)
    open(out, "wb").write(data)
    open(include, "w").write(f"; Made by tools/stage2_seal.py.\n%define STAGE2_SECTORS {sectors}\n")


if __name__ == "__main__":
    main()
