#!/usr/bin/env python3
"""make bench: the operations of FastOS beside those of Linux 6.1 (Debian's cloud kernel) on the same QEMU.

user/bench/operations.c is the one source: in the image for FastOS, the only program of an initramfs for
Linux. Both run in turn, first with instructions counted, then some rounds by the wall clock, of which
the ratio alone means anything. Both have the same disk, FastOS's image with one large file more, which
is read once in each boot. Nothing here passes or fails: docs/performance.md says what came out.
"""
import argparse
import random
import re
import statistics
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
WORK = TOP / "build" / "linux"
MACHINE = ["qemu-system-x86_64", "-accel", "tcg", "-M", "pc", "-m", "512", "-smp", "1", "-display", "none",
           "-nodefaults", "-vga", "std", "-net", "none", "-no-reboot", "-serial", "stdio"]
COUNTED = ["-icount", "shift=0,sleep=off"]

# What FastOS is to reach, in instructions (for what is told per KB, of one KB).
GOALS = {
    "null": 80, "read-zero": 200, "write-null": 200, "stat": 900, "fstat": 300, "open-close": 1600,
    "clock": 60, "signal-install": 150, "signal-deliver": 1000, "create": 5600, "delete": 2500,
    "cached-read-KB": 180, "fork-exit-wait": 33000, "fork-exec-wait": 75000, "anonymous-fault": 900,
    "map-1M": 200000, "pipe-hop": 1500, "pipe-KB": 270, "futex-round-trip": 2500,
    "thread-create-join": 10000, "fork-16M": 250000, "cow-16M": 6000000,
}
IDLE_GOAL_KB = 4096
COLD_GOAL_NS = 500  # for a KB
COLD_BYTES = 32 << 20
# Debian's drivers for that disk, in the order in which they need each other.
MODULES = ("scsi/scsi_common", "scsi/scsi_mod", "ata/libata", "ata/ata_piix", "scsi/sd_mod")


# ---- Linux ---------------------------------------------------------------------------------------

def run(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True, **options).stdout


def kernel(meta="linux-image-cloud-amd64", folder=WORK):
    """Debian's kernel, out of its package, without installing it."""
    found = sorted(folder.glob("boot/vmlinuz-*"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        says = run("apt-cache", "depends", meta)
        package = re.search(r"Depends: (linux-image-\S+)", says)[1]
        run("apt-get", "download", package, cwd=folder)
        run("dpkg", "-x", str(next(folder.glob(package + "_*.deb"))), str(folder))
        found = sorted(folder.glob("boot/vmlinuz-*"))
    return found[-1]


def modules(names, folder, words):
    [drivers] = folder.glob("lib/modules/*/kernel/drivers")
    return [entry for i, name in enumerate(names) for entry in (
        (f"modules/{i}", 0o100644, (drivers / f"{name}.ko").read_bytes()),
        (f"modules/{i}.words", 0o100644, words.get(name, "").encode()))]


def disk():
    """FastOS's image with COLD_BYTES more."""
    extra, image, build = WORK / "extra", WORK / "disk.img", TOP / "build"
    extra.mkdir(exist_ok=True)
    (extra / "cold").write_bytes(random.Random(1).randbytes(COLD_BYTES))
    run(sys.executable, str(TOP / "tools" / "mkimage.py"), "--mbr", str(build / "mbr.bin"), "--stage2",
        str(build / "stage2.bin"), "--root", str(build / "root"), "--extra", str(extra), str(image))
    return image


def cpio_entry(name, mode, data, number, device=(0, 0)):
    """An entry of the "newc" format: cpio(5)."""
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = b"070701" + "".join(f"{field:08x}" for field in fields).encode() + path
    head += b"\0" * (-len(head) % 4)
    return head + data + b"\0" * (-len(data) % 4)


def initramfs(data, program="operations", names=MODULES, folder=WORK, words={}):
    source = TOP / "user" / "bench"
    for name, options in ((program, []), ("nothing", ["-nostdlib"])):
        run("gcc", "-O2", "-static", "-I", str(TOP), *options, str(source / f"{name}.c"), "-o",
            str(WORK / name))
    files = [("dev", 0o40755, b""), ("dev/console", 0o20600, b""),
             ("modules", 0o40755, b""), *modules(names, folder, words), ("init", 0o100755, (WORK / program).read_bytes()),
             ("nothing", 0o100755, (WORK / "nothing").read_bytes()), ("data", 0o100644, data),
             ("TRAILER!!!", 0, b"")]
    image = b"".join(cpio_entry(name, mode, content, number, (5, 1) if name == "dev/console" else (0, 0))
                     for number, (name, mode, content) in enumerate(files, 1))
    target = WORK / f"initramfs-{program}-{len(names)}{''.join(words.values())}"
    target.write_bytes(image)
    return target


# ---- both ----------------------------------------------------------------------------------------

def figures(arguments, system):
    """{operation: ticks} that the benchmark says on the serial port."""
    try:
        said = subprocess.run(MACHINE + arguments, text=True, capture_output=True, timeout=600,
                              stdin=subprocess.DEVNULL, errors="replace").stdout
    except subprocess.TimeoutExpired as late:
        raise SystemExit(f"{system}: no end\n{(late.stdout or b'').decode(errors='replace')[-2000:]}")
    found = dict(re.findall(rf"^bench {system} (\S+) (\d+)\r?$", said, re.M))
    if "end" not in found:
        raise SystemExit(f"{system}: the benchmark did not end:\n{said[-2000:]}")
    return {name: int(ticks) for name, ticks in found.items() if name != "end"}


class Systems:
    def __init__(self):
        self.kernel = kernel()
        self.disk = ["-drive", f"file={disk()},format=raw,if=ide,snapshot=on"]
        self.initramfs = initramfs((TOP / "build" / "kernel.tests").read_bytes())

    def linux(self, more=()):
        return figures(["-kernel", str(self.kernel), "-initrd", str(self.initramfs), "-append",
                        "console=ttyS0 quiet nokaslr panic=-1", *self.disk, *more], "linux")

    def fastos(self, more=()):
        command = "run='exec /usr/tests/bench/operations' init=monitor"
        return figures(self.fastos_arguments(command) + list(more), "fastos")

    def fastos_arguments(self, command):
        return ["-fw_cfg", f"name=opt/fastos/cmdline,string=kaslr=off log=error {command}", "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4", *self.disk]

    def fastos_idle_kb(self):
        command = "run='cat /proc/meminfo'"  # by init's shell: those two and cat are all there is
        said = subprocess.run(MACHINE + self.fastos_arguments(command), text=True, capture_output=True,
                              timeout=120, stdin=subprocess.DEVNULL, errors="replace").stdout
        return 512 * 1024 - int(re.search(r"MemFree: +(\d+) kB", said)[1])


def verdict(ours, theirs, goal):
    if ours > theirs:
        return "slower than Linux"
    return "reached" if ours <= goal else f"{ours / goal:.2f} × the goal"


def table(systems, rounds):
    """Rows of operation, Linux, FastOS, goal, wall ratio, verdict. A cold read has no count of instructions:
    its figures are the least of the rounds."""
    theirs, ours = systems.linux(COUNTED), systems.fastos(COUNTED)
    wall = [(systems.linux(), systems.fastos()) for _ in range(rounds)]
    for name, goal in GOALS.items():
        ratio = statistics.median(mine[name] / max(its[name], 1) for its, mine in wall) if wall else 0
        yield name, theirs[name], ours[name], goal, ratio, verdict(ours[name], theirs[name], goal)
    if wall:
        its, mine = (min(either[i]["cold-read-KB-ns"] for either in wall) for i in (0, 1))
        ratio = statistics.median(mine["cold-read-KB-ns"] / its["cold-read-KB-ns"] for its, mine in wall)
        yield "cold-read-KB-ns", its, mine, COLD_GOAL_NS, ratio, verdict(mine, its, COLD_GOAL_NS)
    idle = systems.fastos_idle_kb()
    yield ("idle-memory-KB", theirs["idle-memory-KB"], idle, IDLE_GOAL_KB, 0,
           verdict(idle, theirs["idle-memory-KB"], IDLE_GOAL_KB))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="by the wall clock")
    arguments = parser.parse_args()
    print("| operation | Linux 6.1 | FastOS | goal | wall, of Linux's | verdict |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for name, theirs, ours, goal, ratio, said in table(Systems(), arguments.rounds):
        print(f"| {name} | {theirs:,} | {ours:,} | {goal:,} | {f'{ratio:.2f}' if ratio else '–'} | {said} |",
              flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
