#!/usr/bin/env python3
"""make bench: a second disk's sequential and random rates, FastOS beside Linux 6.1 on the same QEMU and disk.

user/bench/disks.c is the one source. FastOS's drivers run in the kernel and in ring 3. MB are of 10^6 bytes.
By the wall: the median of some rounds, and of the ratios within them. By instructions: one run with them counted,
waiting left out. Nothing here passes or fails: docs/performance.md says what came out.
"""
import argparse
import random
import statistics
import sys

import compare

SIZE = 288 << 20
MIB = 1 << 20
SEQUENTIAL = 128 * MIB
AHCI = ("../crypto/crct10dif_common", "../lib/crc-t10dif", "../lib/crc64", "../lib/crc64-rocksoft", "../block/t10-pi",
        "scsi/scsi_common", "scsi/scsi_mod", "ata/libata", "ata/libahci", "ata/ahci", "scsi/sd_mod")
ROWS = (("read", SEQUENTIAL, "MB"), ("write", SEQUENTIAL, "MB"), ("random-1", 1024, "IO"), ("random-32", 1024, "IO"))


class Disks:
    def __init__(self, controller):
        self.pio = controller == "ata-pio" # as DMA is where nobody turns it off
        self.controller = controller.removesuffix("-pio")
        if self.controller == "ahci": # the cloud's kernel has no driver for it
            folder = compare.WORK / "full"
            self.kernel = compare.kernel("linux-image-amd64", folder)
        else:
            folder = compare.WORK
            self.kernel = compare.kernel()
        boot, second = compare.disk(), compare.WORK / "second.img"
        if not second.exists() or second.stat().st_size != SIZE:
            second.write_bytes(random.Random(2).randbytes(MIB) * (SIZE // MIB))
        images = [boot, second]
        self.options = ["-device", "ahci,id=ahci"] if self.controller == "ahci" else []
        for i, image in enumerate(images):
            bus = f"ahci.{i}" if self.controller == "ahci" else f"ide.0,unit={i}"
            self.options += ["-drive", f"file={image},format=raw,if=none,id=d{i},snapshot=on",
                             "-device", f"ide-hd,id=disk{i},drive=d{i},bus={bus}"]
        names = AHCI if self.controller == "ahci" else compare.MODULES
        words = {"ata/libata": "dma=0"} if self.pio else {}
        self.initramfs = compare.initramfs(b"", "disks", names, folder, words)

    def linux(self, *more, words=""):
        return compare.figures(["-kernel", str(self.kernel), "-initrd", str(self.initramfs), "-append",
                                f"console=ttyS0 quiet nokaslr panic=-1 {words}", *self.options, *more], "linux")

    def fastos(self, *more, placement="kernel"):
        driver = "ahci" if self.controller == "ahci" else "ata"
        pio = f"drvctl {driver} request 2 0; " if self.pio else ""
        words = f"log=error drv.{driver}={placement} run='sleep 0.2; {pio}exec /usr/tests/bench/disks'"
        arguments = ["-fw_cfg", f"name=opt/fastos/cmdline,string={words}", "-device",
                     "isa-debug-exit,iobase=0xf4,iosize=4", *self.options, "-set", "device.disk0.bootindex=0", *more]
        return compare.figures(arguments, "fastos")


def rate(figures, name, amount, clock="ns"):
    """MB or requests a second of that time."""
    ns = figures[f"{name}-{clock}"]
    return amount / (1 << 20) * 1.048576 / ns * 1e9 if amount >= SEQUENTIAL else amount / ns * 1e9


def table(controller, rounds):
    disks = Disks(controller)
    turns = [(disks.linux(), disks.fastos(), disks.fastos(placement="user")) for _ in range(rounds)]
    counted = (disks.linux(*compare.COUNTED), disks.fastos(*compare.COUNTED),
               disks.fastos(*compare.COUNTED, placement="user"))
    for name, amount, unit in ROWS:
        rates = [statistics.median(rate(turn[i], name, amount) for turn in turns) for i in range(3)]
        ratios = [statistics.median(turn[0][f"{name}-ns"] / turn[i][f"{name}-ns"] for turn in turns) for i in (1, 2)]
        # Of a million instructions: a millisecond of the CPU's time.
        busy = [rate(figures, name, amount, "busy-ns") / 1e3 for figures in counted]
        yield (f"{controller} {name}, {unit}/s", *rates, *ratios, *busy)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="by the wall clock")
    parser.add_argument("controllers", nargs="*", default=["ata", "ata-pio", "ahci"])
    arguments = parser.parse_args()
    print("| | Linux 6.1 | FastOS | in ring 3 | of Linux's | ring 3, of Linux's | a million instructions: Linux "
          "| FastOS | in ring 3 |")
    print("| --- " + "| ---: " * 8 + "|")
    for controller in arguments.controllers:
        for name, *numbers in table(controller, arguments.rounds):
            print(f"| {name} | " + " | ".join(f"{n:,.0f}" if n >= 20 else f"{n:.2f}" for n in numbers) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
