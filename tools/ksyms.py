#!/usr/bin/env python3
"""From `nm -n` on standard input to the kernel's own tables of function names, as NASM source.

kernel/symbols.c reads them, one of the kernel and one of its tests: the number of functions, their
addresses (ascending, from the start of the part), where each name begins, the names.
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


def print_table(part, section, functions):
    print(f"section {section} progbits alloc noexec nowrite align=4")
    print("".join(f"global {part}_symbol_{what}\n" for what in ("count", "addresses", "names", "text")))
    print(f"{part}_symbol_count: dd {len(functions)}\n{part}_symbol_addresses:")
    for address, _ in functions:
        print(f"    dd {address:#x}")
    print(f"{part}_symbol_names:")
    offset = 0
    for _, name in functions:
        print(f"    dd {offset}")
        offset += len(name) + 1
    print(f"{part}_symbol_text:")
    for _, name in functions:
        print(f'    db "{name}", 0')
    print("    db 0")


def main():
    lines = [line.split() for line in sys.stdin]
    symbols = [(int(address, 16), kind, name) for address, kind, name in lines]
    print("; Made by tools/ksyms.py.")
    for part, section in (("kernel", ".ksyms"), ("tests", ".tests.ksyms")):
        print_table(part, section, functions_of(symbols, *BOUNDS[part]) if symbols else [])


main()
