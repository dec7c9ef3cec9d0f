#!/usr/bin/python3
"""Make the layout that the kernel has built in from its text (lib/keyboard_layout.h says how it looks).

usage: mklayout.py LAYOUT.map KEYS.h > OUT.inc

Dead keys stay out: what the kernel begins with must be typeable by everybody. The host test
lib/keyboard_layout_test.c holds the result against what our own parser makes of the same file.
"""
import re
import sys


class Refused(Exception):
    pass


def read_value(word):
    if word == "none":
        return 0
    value = ord(" ") if word == "space" else int(word[2:], 16) if re.fullmatch(r"U\+[0-9A-Fa-f]+", word) \
        else ord(word) if len(word) == 1 else None
    if value is None or not 0x20 <= value <= 0xFFFF:
        raise Refused(f"{word}: no character for the kernel")
    return value


def read_layout(text, keys):
    """Scan code -> what it types, one to four numbers."""
    layout = {}
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or line.lstrip().startswith("#"):
            continue
        if words[0] not in keys or keys[words[0]] in layout or not 2 <= len(words) <= 5:
            raise Refused(f"line {number}: {line.strip()}")
        layout[keys[words[0]]] = [read_value(word) for word in words[1:]]
    return layout


def main():
    path, keys_path = sys.argv[1:]
    with open(keys_path, encoding="utf-8") as file:
        keys = {name: int(code, 16) for name, code in re.findall(r'KEY\("(\w+)", (0x\w+)\)', file.read())}
    try:
        with open(path, encoding="utf-8") as file:
            layout = read_layout(file.read(), keys)
    except Refused as error:
        sys.exit(f"mklayout: {path}: {error}")
    print(f"/* Made by tools/mklayout.py from {path}. */")
    for code, values in sorted(layout.items()):
        print(f"[{code:#04x}] = {{{', '.join(f'{value:#04x}' for value in values)}}},")


main()
