#!/usr/bin/env python3
"""From `nm -n` on standard input to the kernel's own table of function names, as NASM source.

kernel/symbols.c reads it: the number of functions, their addresses (ascending, from the start of
the image), where each name begins, the names.
"""
import sys


def main():
    functions = []
    for line in sys.stdin:
        address, kind, name = line.split()
        if kind in "tT" and not name.startswith(".") and name not in ("kernel_start", "kernel_text_end"):
            if not functions or functions[-1][0] != int(address, 16):
                functions.append((int(address, 16), name))
    print("; Made by tools/ksyms.py.")
    print("section .ksyms progbits alloc noexec nowrite align=4")
    print("global kernel_symbol_count, kernel_symbol_addresses, kernel_symbol_names, kernel_symbol_text")
    print(f"kernel_symbol_count: dd {len(functions)}")
    print("kernel_symbol_addresses:")
    for address, _ in functions:
        print(f"    dd {address:#x}")
    print("kernel_symbol_names:")
    offset = 0
    for _, name in functions:
        print(f"    dd {offset}")
        offset += len(name) + 1
    print("kernel_symbol_text:")
    for _, name in functions:
        print(f'    db "{name}", 0')
    print("    db 0")


main()
