"""What several system tests ask of a machine, beyond what it prints first.

    text = run("sum /README.txt", memory="8")     boot, one command of the monitor, leave: COM1's
    text wait_for_monitor(machine)                     until its prompt; no complaint that does not
    belong wait_for_halt(machine, "not enough memory")   until stage 2 gave up; the reason stands
    everywhere make_image(folder, extra=files), Disk(folder) images to read, to change and to damage
"""
import re
import subprocess
import sys
import time
import zlib

from harness import ANSI, IMAGE, PATIENCE, READY, TOP, Machine, copy_image
from ext2 import Ext2  # tools/, which harness put on the path

ROOT = TOP / "build" / "root"  # what disk.img.mk put into the image
# What should not come in a boot without trouble: all that stage 2 says, and the log's complaints.
COMPLAINT = re.compile(r"^\[ *\d+\.\d+\] (?:stage2: .*|\S+: (?:warning|error): .*)$", re.MULTILINE)
CHANGES_LOST = r"root is in memory \(.+\): changes are lost at power-off"


def plain(text):
    """Without colours, with plain line ends."""
    return ANSI.sub("", text).replace("\r\n", "\n")


def sum_line(path):
    """What the monitor's `sum` says of a file that is in every image."""
    data = (ROOT / path.lstrip("/")).read_bytes()
    return f"{zlib.crc32(data):08x}  {len(data)}  {path}"


README, KERNEL = sum_line("/README.txt"), sum_line("/boot/kernel.elf")


def complaints(text, *belonging):
    """The lines of complaint that match none of these patterns."""
    return [line for line in COMPLAINT.findall(plain(text))
            if not any(re.search(pattern, line) for pattern in belonging)]


def assert_clean(machine, *belonging):
    """No complaint but these, and each of these at least once."""
    assert complaints(machine.text, *belonging) == [], machine.report()
    for pattern in belonging:
        assert re.search(pattern, plain(machine.text)), f"no {pattern!r}\n{machine.report()}"


def run(command="sum /README.txt", *belonging, options="", status=0, timeout=60, **machine):
    """Boot with the kernel's `options`, run one command, leave. COM1's text, plain."""
    with Machine(cmdline=f"{options} run='{command}'".strip(), **machine) as m:
        got = m.wait_exit(timeout)
        assert got == status, f"{command}: status {got}, want {status}\n{m.report()}"
        assert_clean(m, *belonging)
        text = plain(m.text)
        if command == "sum /README.txt":
            assert README in text.splitlines(), m.report()
        return text


def wait_for_monitor(machine, *belonging, timeout=60):
    """Until the monitor is at its prompt and has read a file."""
    machine.wait_for(READY, timeout)
    machine.wait_prompt(timeout)
    assert_clean(machine, *belonging)
    assert machine.command("sum /README.txt") == README


def squeeze(text):
    """Without white space: a screen may break a line anywhere."""
    return "".join(text.split())


def wait_for_halt(machine, reason, timeout=60):
    """Until stage 2 says that it halts. Its reason is on COM1, port E9h and the screen alike, and
    the machine stands still instead of starting anew."""
    line = machine.wait_for(rf"(stage2: [^\r\n]*{reason}[^\r\n]*)\r", timeout)[1]
    machine.wait_for(r"stage2: halted\. Switch the machine off or press reset\.", timeout)
    machine.wait_for_debugcon("halted")
    assert squeeze(line) in squeeze(machine.debugcon)
    assert_on_screen(machine, line)
    assert_alive(machine)
    assert "kernel:" not in machine.text
    return line


def assert_alive(machine):
    """Nothing reset it or switched it off (Machine runs QEMU with -no-reboot)."""
    assert machine.process.poll() is None, machine.report()
    assert machine.qmp.command("query-status")["running"], machine.report()


def soon(check, timeout=20):
    """The screen is drawn and shown a little after COM1 has said it."""
    deadline = time.monotonic() + timeout * PATIENCE
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def assert_on_screen(machine, text):
    """The text, wherever the screen breaks its lines."""
    def check():
        assert squeeze(text) in squeeze("".join(machine.screen_lines()))

    soon(check)


# ---- images of one's own -------------------------------------------------------------------------

SECTOR = 512


def make_image(folder, *options, extra=None):
    """The image with further files, by tools/mkimage.py."""
    image = folder / "made.img"
    command = [sys.executable, "-B", TOP / "tools/mkimage.py", "--mbr", TOP / "build/mbr.bin",
               "--stage2", TOP / "build/stage2.bin", "--root", ROOT, *options]
    command += ["--extra", extra] if extra else []
    subprocess.run([*command, image], check=True, stdout=subprocess.DEVNULL)
    return image


def start_of_root(image):
    """Of the first partition, in sectors."""
    with open(image, "rb") as disk:
        return int.from_bytes(disk.read(SECTOR)[446 + 8:446 + 12], "little")


class Disk:
    """A copy of the image, to be damaged or changed.

    flip(offset) · write(offset, bytes) · put("/boot/x", bytes) · remove("/boot/x") ·
    sectors("/boot/x") """

    def __init__(self, folder, image=None):
        self.folder, self.path = folder, copy_image(image or IMAGE, folder)
        self.start = start_of_root(self.path)
        self.fs = Ext2(self.path, 0, self.start * SECTOR)
        self.block = 1024 << int.from_bytes(self.read(self.start * SECTOR + 1024 + 24, 4), "little")

    def read(self, offset, size):
        with open(self.path, "rb") as file:
            file.seek(offset)
            return file.read(size)

    def write(self, offset, data):
        with open(self.path, "r+b") as file:
            file.seek(offset)
            file.write(data)

    def flip(self, offset):
        self.write(offset, bytes([self.read(offset, 1)[0] ^ 0x10]))

    def remove(self, path):
        self.fs.debugfs([b"rm " + path.encode()])

    def put(self, path, data):
        source = self.folder / "put"
        source.write_bytes(data)
        folder, _, name = path.rpartition("/")
        there = name in self.fs.ask(f"ls -p {folder or '/'}".encode()).decode()
        if there:
            self.remove(path)
        self.fs.debugfs([f"cd {folder or '/'}".encode(), f"write {source} {name}".encode()])

    def sectors(self, path):
        """The numbers of the disk's sectors that hold the file's data, in order."""
        blocks = [int(block) for block in self.fs.ask(b"blocks " + path.encode()).split()]
        each = self.block // SECTOR
        return [self.start + block * each + i for block in blocks for i in range(each)]
