#!/usr/bin/env python3
"""Start Bochs with its debugger and stops on the way of the boot: `make bochs-debug`.

usage: bochs_debug.py NM BOCHS… (its arguments; -rc is added)   BATCH=1 in the environment goes from
stop to stop by itself, prints the state at each, and ends. Bochs stops at the boot sector, at
stage 2's entry, at its C code in long mode, and at its jump into the kernel: one `s` further is
the kernel's first instruction, wherever it was put.
"""
import os
import subprocess
import sys
import tempfile

STAGE2 = "build/stage2.elf"


def symbols(nm):
    listing = subprocess.run([nm, STAGE2], capture_output=True, check=True, text=True).stdout
    return {fields[2]: int(fields[0], 16) for fields in map(str.split, listing.splitlines())
            if len(fields) == 3}


def stops(nm):
    table = symbols(nm)
    return [("the boot sector, real mode", 0x7C00, []),
            ("stage 2's entry, real mode", table["entry"], []),
            ("stage 2 in long mode: stage2_main", table["stage2_main"], []),
            ("stage 2's jump into the kernel", table["handover_jump.jump"], ["s"])]


def script(table, batch):
    lines = [f"lb {address:#x}" for _, address, _ in table]
    for name, _, then in table:
        lines += ["c", *then, "r", "sreg", "creg"] if batch else []
    return "\n".join(lines + (["q"] if batch else ["c"])) + "\n"


def main():
    nm, *bochs = sys.argv[1:]
    table, batch = stops(nm), bool(os.environ.get("BATCH"))
    print("Stops, `c` goes to the next one:")
    for name, address, then in table:
        print(f"  {address:#07x}  {name}" + ("; `s` goes into the kernel" if then else ""))
    sys.stdout.flush()
    with tempfile.NamedTemporaryFile("w", suffix=".bochs-rc") as file:
        file.write(script(table, batch))
        file.flush()
        sys.exit(subprocess.run(bochs + ["-rc", file.name]).returncode)


try:
    main()
except KeyError as error:
    sys.exit(f"bochs-debug: {STAGE2} has no symbol {error}")
except KeyboardInterrupt:
    sys.exit(130)
