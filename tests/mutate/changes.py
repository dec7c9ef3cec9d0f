#!/usr/bin/env python3
"""Changes to a driver's own instructions: for user/tests/mutate.c, which tries each.

    changes.py FILE COUNT SEED OUT [--objdump=NAME]

FILE is an ELF file, a program or an object. An instruction is chosen by the seed, and one of the faults that the studies
of Nooks (Swift et al., 2003) and MINIX 3 (Herder et al., 2009) put into running drivers: another source or
destination register, a changed constant or address, an instruction left out, a condition turned round, a loop that
goes once too often or ends too early, garbage. Each change is 20 bytes: the offset in the file, how many bytes, the
bytes (12), which fault, two of padding. The same FILE and SEED give the same changes.
"""
import argparse
import random
import re
import struct
import subprocess
from pathlib import Path

ENTRY = struct.Struct("<IB12sB2x")
FAULTS = ("left out", "register", "constant", "condition", "bit", "garbage")


def instructions(objdump, path):
    """(offset in the file, bytes) of each instruction of the code."""
    headers = subprocess.run([objdump, "-h", "-w", path], capture_output=True, text=True, check=True).stdout
    sections = {m[1]: (int(m[2], 16), int(m[3], 16)) for m in re.finditer(
        r"^ +\d+ (\S+) +\w+ +(\w+) +\w+ +(\w+) .*CODE", headers, re.M)}
    for name, (address, offset) in sections.items():
        listing = subprocess.run([objdump, "-d", "-w", "-j", name, path], capture_output=True, text=True,
                                 check=True).stdout
        for m in re.finditer(r"^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+)", listing, re.M):
            yield offset + int(m[1], 16) - address, bytes.fromhex(m[2])


def functions(path):
    """(source's name or None, name, address, bytes) of each function that an ELF file has a symbol of."""
    listing = subprocess.run(["readelf", "-sW", path], capture_output=True, text=True, check=True).stdout
    source = None
    for line in listing.splitlines():
        columns = line.split()
        if len(columns) < 8 or not columns[0].rstrip(":").isdigit():
            continue
        if columns[3] == "FILE":
            source = columns[7]
        elif columns[3] == "FUNC" and columns[6] != "UND":
            yield source if columns[4] == "LOCAL" else None, columns[7], int(columns[1], 16), int(columns[2], 0)


def kernel_instructions(objdump, kernel, objects):
    """(address, bytes) of each instruction of the objects' functions, where the linked kernel has them."""
    own = {(source, name) for path in objects for source, name, _, _ in functions(path)}
    places = [(at, at + size) for source, name, at, size in functions(kernel)
              if (source, name) in own or (None, name) in own] # hidden ones are local there
    for start, end in sorted(set(places)):
        listing = subprocess.run([objdump, "-d", "-w", f"--start-address={start}", f"--stop-address={end}", kernel],
                                 capture_output=True, text=True, check=True).stdout
        for m in re.finditer(r"^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+)", listing, re.M):
            yield int(m[1], 16), bytes.fromhex(m[2])


def change(random_, code):
    """(bytes, fault) for an instruction; None when the fault does not fit it."""
    fault = random_.randrange(len(FAULTS))
    new = bytearray(code)
    # Where the opcode is: behind prefixes.
    at = 0
    while at < len(code) - 1 and (code[at] in (0x66, 0xf2, 0xf3) or 0x40 <= code[at] <= 0x4f):
        at += 1
    if FAULTS[fault] == "left out":
        new[:] = b"\x90" * len(code)
    elif FAULTS[fault] == "register":
        modrm = at + (2 if code[at] == 0x0f else 1)
        if modrm >= len(code):
            return None
        new[modrm] ^= random_.choice((0x01, 0x02, 0x04, 0x08, 0x10, 0x20))
    elif FAULTS[fault] == "constant":
        if len(code) - at < 3:
            return None
        new[random_.randrange(at + 2, len(code))] = random_.randrange(256)
    elif FAULTS[fault] == "condition":
        if 0x70 <= code[at] <= 0x7f:
            new[at] ^= 1
        elif code[at] == 0x0f and at + 1 < len(code) and 0x80 <= code[at + 1] <= 0x9f:
            new[at + 1] ^= 1
        else:
            return None
    elif FAULTS[fault] == "bit":
        new[random_.randrange(len(code))] ^= 1 << random_.randrange(8)
    else:
        new[random_.randrange(len(code))] = random_.randrange(256)
    return (bytes(new), fault) if new != code and len(new) <= 12 else None


def chosen(code, count, seed):
    """(where, old bytes, new bytes, fault), so many times."""
    random_ = random.Random(seed)
    while count > 0:
        offset, old = random_.choice(code)
        made = change(random_, old)
        if made:
            yield offset, old, *made
            count -= 1


def changes(objdump, path, count, seed):
    for offset, _, new, fault in chosen(list(instructions(objdump, path)), count, seed):
        yield ENTRY.pack(offset, len(new), new, fault)


def kernel_changes(name, build, count, seed, objdump="objdump"):
    """For a driver in the kernel: by addresses in build/kernel.sym.elf."""
    objects = sorted(Path(build).glob(f"kernel/drivers/**/{name}/*.o"))
    return list(chosen(list(kernel_instructions(objdump, Path(build) / "kernel.sym.elf", objects)), count, seed))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, kind in (("file", str), ("count", int), ("seed", int), ("out", str)):
        parser.add_argument(name, type=kind)
    parser.add_argument("--objdump", default="objdump")
    arguments = parser.parse_args()
    with open(arguments.out, "wb") as out:
        out.writelines(changes(arguments.objdump, arguments.file, arguments.count, arguments.seed))


if __name__ == "__main__":
    main()
