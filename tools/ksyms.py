#!/usr/bin/env python3
"""From `nm -n` on standard input to the kernel's own tables of function names, as NASM source.

kernel/symbols.c reads them, one of the kernel and one of its tests: for each function, ascending, how
far it lies behind the one before (the first: behind the start of the part; 16 bits, little-endian) and
its name with a zero byte; then the end.
"""
import sys

BOUNDS = {"kernel": ("kernel_start", "kernel_text_end"), "tests": ("tests_start", "tests_text_end")}


def functions_of(symbols, first, last):
    """[(offset from `first`, name)], one name an address."""
    limits = {name: address for address, _, name in symbols if name in (first, last)}
    found = {}
    for address, kind, name in symbols:
        if (kind in "tT" and limits[first] <= address < limits[last]
                and not name.startswith(".") and name not in (first, last)):
            found.setdefault(address - limits[first], name)
    return sorted(found.items())


def with_steps(functions):
    """Where two lie more than 16 bits apart, names in between that say nothing."""
    last = 0
    for address, name in functions:
        while address - last > 0xffff:
            last += 0xffff
            yield 0xffff, "?"
        yield address - last, name
        last = address


def print_table(part, section, functions):
    print(f"section {section} progbits alloc noexec nowrite align=1")
    print(f"global {part}_symbols, {part}_symbols_end\n{part}_symbols:")
    for distance, name in with_steps(functions):
        print(f'    dw {distance}\n    db "{name}", 0')
    print(f"{part}_symbols_end:\n    db 0")


def main():
    lines = [line.split() for line in sys.stdin]
    symbols = [(int(address, 16), kind, name) for address, kind, name in lines]
    print("; Made by tools/ksyms.py.")
    for part, section in (("kernel", ".ksyms"), ("tests", ".tests.ksyms")):
        print_table(part, section, functions_of(symbols, *BOUNDS[part]) if symbols else [])


main()
