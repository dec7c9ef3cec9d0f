"""Drivers whose own instructions are changed, one change a life (user/tests/mutate.c, tests/mutate). In ring 3: the
system goes on, nothing hangs, and the good driver works afterwards. In the kernel: that is so of most. There the code
cannot be written, by nobody inside: QEMU's gdbstub does. Seeded and short; `make mutate` does more."""
import collections
import itertools
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

from checks import make_image, plain
from harness import PATIENCE, TOP, Machine
from qmp import QmpError

sys.path.insert(0, str(TOP / "tests" / "mutate"))
from changes import FAULTS, functions, kernel_changes  # noqa: E402
from gdbstub import Gdb  # noqa: E402

COUNT = int(os.environ.get("FASTOS_MUTATIONS", "40"))
SEED = int(os.environ.get("FASTOS_SEED", "1"))
PLACEMENT = os.environ.get("FASTOS_PLACEMENT", "") # only this one
READ = 64 << 10  # what mutate.c reads for each
KERNEL = 0xffffff0000000000 # without a slide
LIVES = 200 # of a machine, in the kernel
ANSWER_S = 25 # more than mutate.c ever waits: then the system hangs
CONTAINED, ESCAPED = {"unseen", "ended", "wrong", "error"}, {"stuck", "waiting", "lost", "sick", "panic", "left", "hang"}
# Of seeded changes; of 5,001 98.8 % were (docs/drivers.md), of the forty of `make test` one is 2.5 %.
CONTAINED_SHARE = 0.85


def image_with_changes(name, folder):
    extra = folder / "extra"
    extra.mkdir()
    subprocess.run([sys.executable, "-B", TOP / "tests/mutate/changes.py", TOP / "build/user/drivers" / name, str(COUNT),
                    str(SEED), extra / "changes"], check=True)
    return make_image(folder, extra=extra)


def work_for(m, done):
    """Keys and motion, for as long as changes are tried."""
    shift = {"type": "qcode", "data": "shift"}
    events = [("rel", {"axis": "x", "value": 3}), ("rel", {"axis": "y", "value": -3}),
              ("abs", {"axis": "x", "value": 300}), ("abs", {"axis": "y", "value": 200}),
              ("abs", {"axis": "x", "value": 600}), ("abs", {"axis": "y", "value": 700}),
              *(("key", {"down": down, "key": shift}) for down in (True, False))]
    while not done.is_set():
        for kind, data in events:
            try:
                m.qmp.command("input-send-event", events=[{"type": kind, "data": data}])
            except QmpError:
                continue # nobody takes such
            except (OSError, ValueError):
                return # the machine has ended
        time.sleep(0.004)


@pytest.mark.skipif(PLACEMENT == "kernel", reason="the other placement is wanted")
@pytest.mark.parametrize("name", ["ata", "keyboard", "mouse"])
def test_a_changed_driver_ends_alone(name, tmp_path):
    """The root is in memory: the disk's driver may fail as it likes."""
    image, extra, disk = image_with_changes(name, tmp_path), [], ""
    if name == "ata":
        second = tmp_path / "second.img"
        second.write_bytes(random.Random(3).randbytes(READ) * (COUNT + 2))
        extra, disk = ["-drive", f"file={second},format=raw,if=ide,index=1,snapshot=on"], f" /dev/ata1 {int(5000 * PATIENCE)}"
    script = (f"cp /lib/drivers/{name} /tmp/d; mount -t tmpfs m /lib/drivers; cp /tmp/d /lib/drivers/{name}; "
              f"exec /usr/tests/mutate {name} /lib/drivers/{name} /changes{disk}")
    line = f"root=ram log=error drv.{name}=user panic=exit run='{script}'"
    with Machine(image, init=None, cmdline=line, cpu="max", memory="256", extra=extra) as m:
        done = threading.Event()
        worker = threading.Thread(target=work_for, args=(m, done))
        m.wait_for("root to memory", 60) # before that a key opens the boot's menu
        if name != "ata":
            worker.start()
        try:
            status = m.wait_exit(60 + COUNT / 4 * PATIENCE)
        finally:
            done.set()
            if name != "ata":
                worker.join()
        text = plain(m.text)
    assert status == 0 and "mutate: done" in text and "panic" not in text, text
    # Not from the line's beginning: the terminal echoes what a changed keyboard's driver types.
    counts = dict(re.findall(r"(unseen|driver ended|wrong data|errors): (\d+)$", text, re.M))
    print(name, COUNT, counts)
    assert sum(map(int, counts.values())) >= COUNT, text # one life may count twice: ended, and wrong data
    assert name != "ata" or int(counts["driver ended"]) > 0, text


class KernelRun:
    """A machine, and one driver of its kernel that is changed from outside."""

    def __init__(self, name, count, folder, number):
        self.name, self.buffer = name, b""
        gdb, com2, disk, extra = folder / f"gdb{number}", folder / f"com2.{number}", "", []
        if name == "ata":
            second = folder / "second.img"
            second.write_bytes(random.Random(3).randbytes(READ) * (2 * count + 2))
            extra, disk = ["-drive", f"file={second},format=raw,if=ide,index=1,snapshot=on"], f" /dev/ata1 {int(5000 * PATIENCE)}"
        script = f"exec /usr/tests/mutate {name} kernel {count}{disk}"
        self.machine = Machine(
            init=None, cpu="max", memory="256", start=False, machine="pc,vmport=off" if number % 2 else "pc",
            cmdline=f"root=ram log=error kaslr=off drv.{name}=kernel panic=exit run='{script}'",
            extra=["-serial", f"unix:{com2},server=on,wait=off", "-gdb", f"unix:{gdb},server=on,wait=off", *extra])
        self.done = threading.Event()
        self.worker = threading.Thread(target=work_for, args=(self.machine, self.done))
        self.com2 = socket.socket(socket.AF_UNIX)
        self.com2.connect(str(com2))
        self.gdb = Gdb(gdb)
        self.gdb.go()

    def word(self, timeout):
        """(what, number) that mutate.c says next."""
        self.com2.settimeout(timeout * PATIENCE)
        while True:
            line, found, rest = self.buffer.partition(b"\n")
            if found:
                self.buffer = rest
                match = re.match(rb"\s*([a-z]+) (\d+)", line)
                if match:
                    return match[1].decode(), int(match[2])
                continue
            try:
                data = self.com2.recv(4096)
            except TimeoutError:
                return "hang", 0
            if not data:
                self.machine.wait_exit(10)
                return ("panic" if "panic" in self.machine.text else "left"), 0
            self.buffer += data

    def begin_work(self):
        """Not before: a key held in the boot opens its menu."""
        if self.name != "ata" and not self.worker.ident:
            self.worker.start()

    def life(self, at, old, new, first):
        """What became of this change."""
        while True:
            try:
                what, number = self.word(90 if first else ANSWER_S)
                if what == "change":
                    self.begin_work()
                    self.gdb.changed(KERNEL + at, old, new)
                elif what == "restore":
                    self.gdb.changed(KERNEL + at, new, old)
                else:
                    return what
                self.com2.sendall(b"go\n")
            except OSError: # the machine is gone
                self.machine.wait_exit(10)
                return "panic" if "panic" in self.machine.text else "left"

    def why(self, what):
        """What a panic said, and where; what the CPU is at, of a system that hangs."""
        if what == "hang":
            names = sorted((at, name) for _, name, at, _ in functions(TOP / "build/kernel.sym.elf"))
            name = lambda at: next((name for start, name in reversed(names) if start <= at - KERNEL), "?")
            return " < ".join(name(at) if at >= KERNEL else hex(at) for at in self.gdb.callers())
        said = re.findall(r"^panic: .*|^  [0-9a-f]{16}  .*|^mutate: .*", plain(self.machine.text), re.M)
        return "; ".join(" ".join(line.split()) for line in said[:6])

    def close(self):
        self.done.set()
        if self.worker.ident:
            self.worker.join()
        self.com2.close()
        self.gdb.close()
        self.machine.close()


def lives_in_kernel(name, changes, folder):
    """(change, what became of it, why) of each; a machine that suffered is replaced."""
    for number in itertools.count():
        if not changes:
            return
        run = KernelRun(name, min(LIVES, len(changes)), folder, number)
        try:
            for life in range(min(LIVES, len(changes))):
                at, old, new, fault = change = changes.pop(0)
                what = run.life(at, old, new, life == 0)
                assert what in CONTAINED | ESCAPED, what
                yield change, what, run.why(what) if what in ESCAPED else ""
                if what in ESCAPED:
                    break
        finally:
            run.close()


@pytest.mark.skipif(PLACEMENT == "user", reason="the other placement is wanted")
@pytest.mark.parametrize("name", ["ata", "keyboard", "mouse"])
def test_a_changed_driver_in_the_kernel_is_mostly_contained(name, tmp_path):
    counts = collections.Counter()
    for (at, old, new, fault), what, why in lives_in_kernel(name, kernel_changes(name, TOP / "build", COUNT, SEED), tmp_path):
        counts[what] += 1
        if what in ESCAPED:
            print(f"{name} {at:#x} {old.hex()} -> {new.hex()} ({FAULTS[fault]}): {what} {why}", flush=True)
        if counts.total() % 100 == 0:
            print(name, counts.total(), dict(counts), flush=True)
    share = sum(counts[what] for what in CONTAINED) / counts.total()
    print(f"{name} in the kernel: {counts.total()} changes, seed {SEED}: {dict(counts)}, {100 * share:.1f} % contained")
    assert counts.total() == COUNT and counts["unseen"] < COUNT, counts # a change has an effect
    assert share >= CONTAINED_SHARE, counts
