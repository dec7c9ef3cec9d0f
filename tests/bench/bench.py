#!/usr/bin/env python3
"""make bench: how fast FastOS boots, reads its disk, and how small it is.

Instructions are counted (Bochs, and QEMU with -icount shift=0) and hardly vary. Wall time depends
on
the machine and the hour, so it is shown as a ratio within one run: of the whole boot to the BIOS's
own part, of the ATA driver to a bare loop. Nothing here passes or fails.
"""
import argparse
import re
import statistics
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "system"))
from harness import IMAGE, Bochs, Machine  # noqa: E402

ROWS = []


def row(what, value, goal, how):
    ROWS.append((what, value, goal, how))
    print(f"  {what:<52} {value:>14}   {goal:<12} {how}", flush=True)


def symbol(elf, name):
    """The address of a symbol, by the toolchain's nm."""
    import subprocess
    for line in subprocess.run(["nm", elf], capture_output=True, text=True, check=True).stdout.splitlines():
        fields = line.split()
        if fields[-1] == name:
            return int(fields[0], 16)
    raise SystemExit(f"{elf}: no symbol {name}")


def boot_stamps(**machine):
    """[(ticks since power-on, name)] of one boot."""
    with Machine(cmdline="kaslr=off run='boot -r'", **machine) as m:
        status = m.wait_exit(60)
        stamps = [(int(t), n.strip()) for t, n in re.findall(r"^(\d+) ([^\r\n]+)", m.text, re.M)]
    if status != 0 or not stamps:
        raise SystemExit(f"the machine did not tell its boot times (status {status})")
    return stamps


def at(stamps, name):
    return next(ticks for ticks, stamp in stamps if stamp == name)


def bochs_instructions():
    """Instructions from 0x7C00 to stage 2's entry and to the kernel's, in the Bochs debugger."""
    stage2 = symbol(TOP / "build" / "stage2.elf", "entry")
    handover = symbol(TOP / "build" / "stage2.elf", "handover_jump")
    commands = ["lb 0x7c00", "c", "ptime", f"lb {stage2:#x}", "c", "ptime",
                f"lb {handover:#x}", "c", "ptime", "q"]
    with Bochs(debugger=commands, settings=["cpu: model=corei5_lynnfield_750, ips=50000000, "
                                            "reset_on_triple_fault=0",
                                            "clock: sync=none, time0=1700000000"]) as b:
        b.wait(120)
        said = b.said()
        times = [int(t) for t in re.findall(r"ptime: (\d+)", said)]
    if len(times) != 3:
        raise SystemExit(f"Bochs stopped {len(times)} times instead of 3:\n{said}")
    return times


def boot_by_instructions():
    mbr, stage2, kernel = bochs_instructions()
    row("boot sector: 0x7C00 to stage 2", f"{stage2 - mbr:,}", "≤ 60,000", "Bochs instructions")
    row("boot chain: 0x7C00 to the kernel's entry", f"{kernel - mbr:,}", "≤ 1,000,000",
        "Bochs instructions")
    stamps = boot_stamps(memory=256, icount=True)
    row("power-on to `kernel: ready`", f"{at(stamps, 'ready') / 1e6:.2f} M", "≤ 20 M",
        "QEMU -icount, disk waits included")
    entry = at(stamps, "kernel entry")
    row("kernel entry to `kernel: ready`", f"{(at(stamps, 'ready') - entry) / 1e6:.2f} M", "",
        "QEMU -icount")
    return stamps


def boot_steps(stamps):
    print("\n  boot steps, instructions (QEMU -icount):")
    for (before, _), (ticks, name) in zip(stamps, stamps[1:]):
        print(f"    {name:<24} {ticks - before:>12,}")
    print()


def boot_by_wall(rounds):
    ratios = []
    for _ in range(rounds):
        stamps = boot_stamps(memory=256)
        ratios.append(at(stamps, "ready") / at(stamps, "mbr"))
    row("power-on to ready, of the BIOS's time to 0x7C00", f"{statistics.median(ratios):.2f} ×",
        "≤ 2.8", f"wall, median of {rounds} (lowest {min(ratios):.2f})")


def disk():
    with Machine(cmdline="run='bench-disk'", memory=256) as m:
        status = m.wait_exit(120)
        found = re.search(r"driver (\d+) KiB/s, bare loop (\d+) KiB/s", m.text)
    if status != 0 or not found:
        raise SystemExit(f"bench-disk failed (status {status}):\n{m.text[-2000:]}")
    driver, bare = int(found[1]), int(found[2])
    row("ATA PIO driver, of a bare READ MULTIPLE loop", f"{driver / bare:.2f}", "≥ 0.8",
        f"wall, one run ({driver / 1024:.0f} and {bare / 1024:.0f} MiB/s)")


def sizes():
    build = TOP / "build"
    for name, path in [("boot sector's code", build / "mbr.bin"), ("stage 2", build / "stage2.bin"),
                       ("kernel file", build / "kernel.elf"), ("disk image", IMAGE)]:
        size = path.stat().st_size
        row(name, f"{size / 1024:,.1f} KiB", "", "")
    with Machine(memory="8M", cmdline="run='memory'") as m:
        booted = m.wait_exit(60) == 0
        free = re.search(r"(\d+) free", m.text)
    row("boots in 8 MiB", "yes" if booted else "no", "yes",
        f"{int(free[1]) * 4} KiB free" if free else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20, help="boots for the wall-time median")
    arguments = parser.parse_args()
    stamps = boot_by_instructions()
    boot_by_wall(arguments.rounds)
    disk()
    sizes()
    boot_steps(stamps)


if __name__ == "__main__":
    main()
