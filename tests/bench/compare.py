#!/usr/bin/env python3
"""make bench: the operations of FastOS beside those of Linux 6.1 (Debian's cloud kernel) on the same QEMU.

user/bench/operations.c is the one source: in the image for FastOS, the only program of an initramfs for
Linux. Both run in turn, first with instructions counted, then some rounds by the wall clock, of which
the ratio alone means anything. Nothing here passes or fails: docs/performance.md says what came out.
"""
import argparse
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


# ---- Linux ---------------------------------------------------------------------------------------

def run(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True, **options).stdout


def kernel():
    """Debian's kernel, out of its package, without installing it."""
    found = sorted(WORK.glob("boot/vmlinuz-*"))
    if not found:
        WORK.mkdir(parents=True, exist_ok=True)
        says = run("apt-cache", "depends", "linux-image-cloud-amd64")
        package = re.search(r"Depends: (linux-image-\S+)", says)[1]
        run("apt-get", "download", package, cwd=WORK)
        run("dpkg", "-x", str(next(WORK.glob(package + "_*.deb"))), str(WORK))
        found = sorted(WORK.glob("boot/vmlinuz-*"))
    return found[-1]


def cpio_entry(name, mode, data, number, device=(0, 0)):
    """An entry of the "newc" format: cpio(5)."""
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = b"070701" + "".join(f"{field:08x}" for field in fields).encode() + path
    head += b"\0" * (-len(head) % 4)
    return head + data + b"\0" * (-len(data) % 4)


def initramfs(data):
    source = TOP / "user" / "bench"
    for name, options in (("operations", []), ("nothing", ["-nostdlib"])):
        run("gcc", "-O2", "-static", "-I", str(TOP), *options, str(source / f"{name}.c"), "-o",
            str(WORK / name))
    files = [("dev", 0o40755, b""), ("dev/console", 0o20600, b""),
             ("init", 0o100755, (WORK / "operations").read_bytes()),
             ("nothing", 0o100755, (WORK / "nothing").read_bytes()), ("data", 0o100644, data),
             ("TRAILER!!!", 0, b"")]
    image = b"".join(cpio_entry(name, mode, content, number, (5, 1) if name == "dev/console" else (0, 0))
                     for number, (name, mode, content) in enumerate(files, 1))
    (WORK / "initramfs").write_bytes(image)
    return WORK / "initramfs"


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
    def __init__(self, image):
        self.image = image
        self.kernel = kernel()
        self.initramfs = initramfs((TOP / "build" / "kernel.tests").read_bytes())

    def linux(self, more=()):
        return figures(["-kernel", str(self.kernel), "-initrd", str(self.initramfs), "-append",
                        "console=ttyS0 quiet nokaslr panic=-1", *more], "linux")

    def fastos(self, more=(), command="exec /usr/tests/bench/operations"):
        return figures(self.fastos_arguments(command) + list(more), "fastos")

    def fastos_arguments(self, command):
        options = f"kaslr=off log=error run='{command}'"
        return ["-fw_cfg", f"name=opt/fastos/cmdline,string={options}", "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4", "-drive",
                f"file={self.image},format=raw,if=ide,snapshot=on"]

    def fastos_idle_kb(self):
        said = subprocess.run(MACHINE + self.fastos_arguments("memory"), text=True, capture_output=True,
                              timeout=120, stdin=subprocess.DEVNULL, errors="replace").stdout
        return 512 * 1024 - 4 * int(re.search(r"(\d+) free", said)[1])


def verdict(ours, theirs, goal):
    if ours > theirs:
        return "slower than Linux"
    return "reached" if ours <= goal else f"{ours / goal:.2f} × the goal"


def table(systems, rounds):
    """Rows of operation, Linux, FastOS, goal, wall ratio, verdict."""
    theirs, ours = systems.linux(COUNTED), systems.fastos(COUNTED)
    wall = [(systems.linux(), systems.fastos()) for _ in range(rounds)]
    for name, goal in GOALS.items():
        ratio = statistics.median(mine[name] / max(its[name], 1) for its, mine in wall) if wall else 0
        yield name, theirs[name], ours[name], goal, ratio, verdict(ours[name], theirs[name], goal)
    idle = systems.fastos_idle_kb()
    yield ("idle-memory-KB", theirs["idle-memory-KB"], idle, IDLE_GOAL_KB, 0,
           verdict(idle, theirs["idle-memory-KB"], IDLE_GOAL_KB))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--image", default=str(TOP / "build" / "fastos.img"))
    parser.add_argument("--rounds", type=int, default=5, help="by the wall clock")
    arguments = parser.parse_args()
    print("| operation | Linux 6.1 | FastOS | goal | wall, of Linux's | verdict |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for name, theirs, ours, goal, ratio, said in table(Systems(arguments.image), arguments.rounds):
        print(f"| {name} | {theirs:,} | {ours:,} | {goal:,} | {f'{ratio:.2f}' if ratio else '–'} | {said} |",
              flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
