#!/usr/bin/env python3
"""Turn lib/abi/boot_memory.txt into a C header and a NASM include; fail when areas overlap."""
import sys


def read_table(path):
    areas = []
    for number, line in enumerate(open(path), 1):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        if len(fields) != 5:
            sys.exit(f"{path}:{number}: want NAME START END OWNER LIFETIME, got {len(fields)} fields")
        name, start, end = fields[0], int(fields[1], 0), int(fields[2], 0)
        if not start < end <= 0x100000:
            sys.exit(f"{path}:{number}: {name}: {start:#x}..{end:#x} is empty or beyond 1 MiB")
        areas.append((start, end, name))
    areas.sort()
    for (_, end, name), (start, _, other) in zip(areas, areas[1:]):
        if start < end:
            sys.exit(f"{path}: {name} and {other} overlap at {start:#x}")
    return areas


def main():
    table, header, include = sys.argv[1:4]
    areas = read_table(table)
    with open(header, "w") as h, open(include, "w") as n:
        h.write(f"/* Made from {table}. */\n#pragma once\n")
        n.write(f"; Made from {table}.\n")
        for start, end, name in areas:
            h.write(f"#define {name} {start:#x}\n#define {name}_END {end:#x}\n")
            n.write(f"%define {name} {start:#x}\n%define {name}_END {end:#x}\n")


main()
