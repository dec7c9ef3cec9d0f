#!/usr/bin/env python3
"""Make the bytes of an option ROM add up to 0 (byte 6 is free for that).

usage: seal_rom.py RAW ROM
"""
import sys

SECTOR = 512


def main():
    raw, rom = sys.argv[1:3]
    data = bytearray(open(raw, "rb").read())
    if data[:2] != b"\x55\xaa" or len(data) != data[2] * SECTOR or data[6]:
        sys.exit(f"{raw}: wants 55 AA, its length in sectors ({data[2]}, has {len(data)} bytes), "
                 "and 0 at byte 6")
    data[6] = -sum(data) % 256
    open(rom, "wb").write(data)


main()
