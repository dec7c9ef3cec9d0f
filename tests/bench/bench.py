#!/usr/bin/env python3
"""make bench: how fast FastOS boots, what its kernel's operations cost, how fast it reads its disk, and
how small it is.

Instructions are counted (Bochs, and QEMU with -icount shift=0) and hardly vary. Wall time depends on
the machine and the hour, so it is shown as a ratio within one run: of the whole boot to the BIOS's
own part, of the ATA driver to a bare loop. Nothing here passes or fails.
"""
import argparse
import re
import statistics
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "system"))
from harness import IMAGE, Bochs, Machine  # noqa: E402

ROWS = []


def row(what, value, goal, how):
    ROWS.append((what, value, goal, how))
    print(f"  {what:<52} {value:>15}   {goal:<12} {how}", flush=True)


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


def shell_stamps(**machine):
    """The same of a boot that ends in a shell, with the moment when that waits at its prompt."""
    with Machine(init="/bin/init", cmdline="kaslr=off", memory=256, **machine) as m:
        m.wait_for(r"~#", 60)
        time.sleep(0.5)  # until it waits: what is typed too early is read without a wait
        m.type("cat /proc/boot\r")
        m.wait_for(r"^\d+ prompt", 60)
        return [(int(t), n.strip()) for t, n in re.findall(r"^(\d+) ([^\r\n]+)", m.text, re.M)]


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
    stamps = boot_stamps(memory=256, icount=0)
    row("power-on to `kernel: ready`", f"{at(stamps, 'ready') / 1e6:.2f} M", "≤ 20 M",
        "QEMU -icount, disk waits included")
    shells = [shell_stamps(icount=0) for _ in range(5)]
    row("power-on to the shell's prompt, of the BIOS's time",
        f"{min(at(shell, 'prompt') / at(shell, 'mbr') for shell in shells):.2f} ×", "≤ 3",
        "QEMU -icount, the least of 5: waits for the disk come on top")
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
    boots = [shell_stamps() for _ in range(rounds)]
    for name, goal in (("ready", 2.8), ("prompt", 3)):
        ratios = [at(stamps, name) / at(stamps, "mbr") for stamps in boots]
        row(f"power-on to {name}, of the BIOS's time to 0x7C00", f"{statistics.median(ratios):.2f} ×",
            f"≤ {goal}", f"wall, median of {rounds} (lowest {min(ratios):.2f})")


def disk():
    with Machine(cmdline="run='bench-disk'", memory=256) as m:
        status = m.wait_exit(120)
        found = re.search(r"driver (\d+) KiB/s, bare loop (\d+) KiB/s", m.text)
    if status != 0 or not found:
        raise SystemExit(f"bench-disk failed (status {status}):\n{m.text[-2000:]}")
    driver, bare = int(found[1]), int(found[2])
    row("ATA PIO driver, of a bare READ MULTIPLE loop", f"{driver / bare:.2f}", "≥ 0.8",
        f"wall, one run ({driver / 1024:.0f} and {bare / 1024:.0f} MiB/s)")


def rates(machine, disk):
    """KiB per second of `bench-disk`: the driver's, and the bare loop's where there is one."""
    return [int(rate) for rate in re.findall(r"(\d+) KiB/s", machine.command(f"bench-disk {disk}", 60))]


def ahci(rounds):
    """The same image on both controllers of one machine, by turns."""
    extra = ["-device", "ahci,id=ahci"]
    for name, bus in (("ide", "ide.0"), ("sata", "ahci.0")):
        extra += ["-drive", f"file={IMAGE},format=raw,if=none,id={name},snapshot=on",
                  "-device", f"ide-hd,drive={name},bus={bus}"]
    with Machine(disk=None, extra=extra, memory=256) as m:
        m.wait_prompt(60)
        turns = [(rates(m, "ahci0"), rates(m, "ata0")) for _ in range(rounds)]
    dma = statistics.median(sata[0] / ide[0] for sata, ide in turns)
    loop = statistics.median(sata[0] / ide[1] for sata, ide in turns)
    row("AHCI driver, of ATA's by DMA · of a bare PIO loop", f"{dma:.2f} · {loop:.1f}", "",
        f"wall, median of {rounds} turns ({statistics.median(sata[0] for sata, _ in turns) / 1024:.0f} MiB/s)")


# ---- devices ------------------------------------------------------------------------------------

def keys():
    """From a key's interrupt to its event, in both placements of the keyboard."""
    for placement in ("kernel", "user"):
        with Machine(cmdline=f"log=error panic=exit drv.keyboard={placement} run='bench-keys'", memory=256, cpu="max",
                     icount=0) as m:
            status = m.wait_exit(120)
            found = dict(re.findall(r"^key to (\w+): p50 (\d+ ns, p99 \d+) ns", m.text, re.M))
        if status != 0 or len(found) != 2:
            raise SystemExit(f"bench-keys failed (status {status}):\n{m.text[-2000:]}")
        for to, counted in (("event", "interrupt, driver's thread, callback"), ("reader", "and the switch to who waits")):
            p50, p99 = re.findall(r"\d+", found[to].replace("p99", ""))
            where = "ring 3" if placement == "user" else "kernel"
            row(f"key to {to}, keyboard in {'' if placement == 'user' else 'the '}{where}: p50 · p99",
                f"{int(p50):,} · {int(p99):,}", "≤ 1,000,000", counted)


def screen():
    """The whole screen, beside a bare loop of 8 bytes a turn."""
    def figures(**machine):
        with Machine(cmdline="log=error panic=exit run='exec /usr/tests/bench/screen'", memory=256, **machine) as m:
            m.wait_exit(120)
            return {name: int(ns) for name, ns in re.findall(r"^bench fastos screen-(\S+) (\d+)", m.text, re.M)}
    counted, wall = figures(icount=0), figures()
    for name, what in (("write-ns", "flushed by a write to /dev/fb0"), ("redraw-ns", "drawn again by the console")):
        row(f"whole screen {what}, of a bare loop", f"{counted[name] / counted['copy-ns']:.2f}", "≤ 1",
            f"instructions: {counted[name]:,} for {counted['bytes']:,} bytes; by the wall "
            f"{wall[name] / wall['copy-ns']:.2f}")


# ---- the kernel's operations ---------------------------------------------------------------------

def operations(command, **machine):
    """{name: instructions} of the lines `NAME  NUMBER` that a monitor command prints."""
    with Machine(cmdline=f"kaslr=off log=error run='{command}'", icount=0, **machine) as m:
        status = m.wait_exit(120)
        found = re.findall(r"^(\S[^\r\n]*?):? +(\d+(?:\.\d)?)(?: ticks of the TSC)?(?:  \(.*\))?\r?$",
                           m.text, re.M)
    if status != 0 or not found:
        raise SystemExit(f"{command} failed (status {status}):\n{m.text[-2000:]}")
    return {name: float(number) for name, number in found}


def memory_operations():
    flat = {size: operations("bench-memory", memory=size) for size in ("32M", "512M", "16G")}
    frame, heap = "frame alloc+free, cached", "heap alloc+dealloc, 64 bytes, cached"
    row("frame: allocate and free, 32 MiB · 512 MiB · 16 GiB",
        " · ".join(f"{figures[frame]:.0f}" for figures in flat.values()), "≤ 60, flat",
        "both calls, the loop not; from the CPU's cache")
    row("frame, of 512 allocated, then freed",
        " · ".join(f"{figures['frame alloc+free, 512 at a time']:.0f}" for figures in flat.values()), "flat",
        "the same, by way of the bitmap")
    row("slab: allocate and free 64 bytes", f"{flat['512M'][heap]:.0f}", "≤ 60",
        "both calls, the loop not; from the magazine")


KBENCHES = [  # name in the kernel, what it is, goal, what is counted
    ("page_map_unmap", "map and unmap a page", "", "page_map, page_unmap with its invlpg"),
    ("page_fault_round_trip", "page fault in the kernel, there and back", "≤ 1,500",
     "faulting load, exception entry, fix-up, IRETQ, caller"),
    ("timer_start_stop", "timer: insert and take out, alone", "", "timer_start, timer_stop"),
    ("timer_start_stop_among_10000", "the same among 10,000 pending", "", "timer_start, timer_stop"),
    ("timer_start_fire", "timer: insert and fire", "", "timer_start, timers_run, the call"),
    ("clock_read", "read the clock", "≤ 60", "time_now_ns by the TSC"),
    ("mutex_lock_unlock", "mutex: lock and unlock", "", "nobody waits"),
    ("thread_yield_round_trip", "thread switch, there and back", "", "two thread_yield"),
    ("semaphore_round_trip", "semaphore: wake, answer, wake", "", "two gives, two waits, two switches"),
    ("thread_create_join", "thread: create, run, join", "", "its stack of 16 KiB filled and mapped"),
]


def kernel_operations():
    figures = operations("kbench")
    for name, what, goal, counted in KBENCHES:
        row(what, f"{figures[name]:,.0f}", goal, counted)
    for controller, option in (("APIC", ""), ("PIC", "apic=off ")):
        with Machine(cmdline=f"{option}kaslr=off run='bench-interrupts'", icount=0) as m:
            m.wait_exit(60)
            ticks = re.search(rf"and back \({controller}\): (\d+) ticks", m.text)[1]
        row(f"interrupt entry to handler and back, {controller}", ticks, "≤ 400",
            "INT, entry, dispatch, handler, acknowledgement, IRETQ")


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
    memory_operations()
    kernel_operations()
    keys()
    screen()
    boot_by_wall(arguments.rounds)
    disk()
    ahci(9)
    sizes()
    boot_steps(stamps)


if __name__ == "__main__":
    main()
