#!/usr/bin/env python3
"""Append the seal that stage 2 checks (stage2/kernel_file.h): "FASTSEAL", CRC-32C, size.

usage: kernel_seal.py ELF OUT
"""
import struct
import sys


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82f63b78 if byte & 1 else 0)
        table.append(byte)
    return table


def crc32c(data):
    table = crc32c_table()
    crc = 0xffffffff
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xff]
    return crc ^ 0xffffffff


def seal(elf):
    return elf + b"FASTSEAL" + struct.pack("<II", crc32c(elf), len(elf))


def main():
    elf, out = sys.argv[1:3]
    open(out, "wb").write(seal(open(elf, "rb").read()))


if __name__ == "__main__":
    main()
