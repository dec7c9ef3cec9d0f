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


def test_proc_tells_of_load():
    """Two that compute, for half a minute of virtual time."""
    script = ("cat /proc/stat; while :; do :; done & one=$!; while :; do :; done & sleep 30; "
              "cat /proc/loadavg /proc/stat; kill $one $!; sleep 30; cat /proc/loadavg")
    text = run(script, init="/bin/init", cpu="max", icount=4, timeout=120)
    busy, rest = (float(number) for number in re.findall(r"^(\d+\.\d\d) \d+\.\d\d \d+\.\d\d \d+/\d+ \d+$", text, re.M))
    assert 0.5 < busy < 1 and 0.3 * busy < rest < 0.8 * busy, text  # of two: 1 - e^(-30/60) = 0.39 each
    for name in ("intr", "ctxt", "processes", "procs_running"):
        before, after = (int(number) for number in re.findall(rf"^{name} (\d+)$", text, re.M))
        assert after > before, text
    (user, idle), _, (later, idle_later), _ = ((int(a), int(b)) for a, b in
                                              re.findall(r"^cpu0? +(\d+) 0 0 (\d+) 0", text, re.M))
    assert later - user > 2900 and idle_later - idle < 60, text


def test_devices_are_listed():
    text = run("ls /dev")
    for name in ("null", "zero", "full", "random", "urandom", "console", "ata0", "ata0p1"):
        assert re.search(rf"\b{name}\b", text), text
