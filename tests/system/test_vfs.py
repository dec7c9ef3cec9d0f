"""Files as programs see them: every system call of files, /proc and /dev, on machines with much and with
little memory; and what the monitor reads of them."""
import re

import pytest

from checks import run


@pytest.mark.parametrize("memory", ["24", "256"])
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_every_call_of_files(cpu, memory):
    text = run("exec /usr/tests/files", cpu=cpu, memory=memory, timeout=120)
    assert "not so" not in text, text


def test_proc_tells_what_is_mounted():
    text = run("cat /proc/mounts")
    for line in ("/dev/ata0p1 / ext2 rw", "devices /dev devfs rw", "memory /tmp tmpfs rw",
                 "proc /proc proc rw"):
        assert re.search(rf"^{line} 0 0$", text, re.M), text


def test_proc_tells_of_memory_and_interrupts():
    text = run("cat /proc/meminfo /proc/interrupts", memory="64")
    total, free = (int(re.search(rf"^{name}: +(\d+) kB$", text, re.M)[1]) for name in ("MemTotal", "MemFree"))
    assert free < total < 64 * 1024
    assert re.search(r"^ +0: +\d+ +\S+ edge +timer$", text, re.M), text


def test_devices_are_listed():
    text = run("ls /dev")
    for name in ("null", "zero", "full", "random", "urandom", "console", "ata0", "ata0p1"):
        assert re.search(rf"\b{name}\b", text), text
