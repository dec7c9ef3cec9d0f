"""The words of the kernel's command line, each with what it changes; and which source of them wins."""
import re
import time

import pytest

from checks import (CHANGES_LOST, README, Disk, assert_clean, plain, run, soon,
                    wait_for_monitor)
from harness import READY, Machine

KERNEL_LOWEST = 0xFFFFFF0000000000


def kernel_address(text):
    return int(re.search(r"loaded by FastOS stage 2.* at 0x([0-9a-f]{16}),", text)[1], 16)


def test_kaslr():
    places = {kernel_address(run("version")) for _ in range(4)}
    assert len(places) > 1
    for place in places:
        assert place >> 39 == KERNEL_LOWEST >> 39 and place % (2 << 20) == 0
    assert kernel_address(run("version", options="kaslr=off")) == KERNEL_LOWEST


def test_mem():
    total = int(re.search(r"KiB free of (\d+) KiB", run(options="mem=48M", memory="128"))[1])
    assert 46 * 1024 < total <= 48 * 1024
    total = int(re.search(r"KiB free of (\d+) KiB", run(options="mem=4G", memory="64"))[1])
    assert 62 * 1024 < total <= 64 * 1024, "more than there is: all there is"


@pytest.mark.parametrize("level", ["error", "warn", "info", "debug"])
def test_log_level(level):
    """A word that is wrong gives a warning to look for."""
    with Machine(cmdline=f"drv.keyboard=maybe log={level}") as machine:
        machine.wait_prompt(60)
        lines = re.findall(r"^\[ *\d+\.\d{6}\] (\S+): (warning: )?", plain(machine.text), re.MULTILINE)
        areas, warned = {area for area, _ in lines}, any(warning for _, warning in lines)
        assert warned == (level != "error"), machine.report()
        assert ("screen" in areas and "fs" in areas) == (level in ("info", "debug")), machine.report()
        # Late lines of the log may come in between.
        assert README in machine.command("sum /README.txt").splitlines()


def test_console_serial():
    with Machine(cmdline="console=serial") as machine:
        wait_for_monitor(machine)
        assert "screen:" not in machine.text
        assert not any("kernel:" in line for line in machine.screen_lines())


def test_console_screen():
    """COM1 carries the log, and takes no commands."""
    with Machine(cmdline="console=screen") as machine:
        machine.wait_for(READY)
        machine.type("echo over COM1\n")
        machine.type_keys("echo at the keyboard\n")
        machine.wait_for("\nat the keyboard\r\n")
        assert "over COM1" not in machine.text


def test_no_keyboard():
    with Machine(cmdline="drv.keyboard=off") as machine:
        wait_for_monitor(machine)
        assert "kernel: keyboard: off by the command line" in machine.text
        machine.type_keys("echo typed\n")
        assert machine.command("echo over COM1") == "over COM1"
        assert "typed" not in machine.text and "keyboard" not in machine.command("irq")


def test_no_disk_driver():
    with Machine(cmdline="drv.ata=off") as machine:
        machine.wait_prompt(60)
        assert_clean(machine, "fs: error: no root: none of 0 disks has MBR signature")
        assert machine.command("echo works") == "works"
    run("sum /README.txt", CHANGES_LOST, options="drv.ata=off root=ram")


def test_no_serial_driver():
    """The log and what the monitor says come all the same; what is typed there does not."""
    with Machine(cmdline="drv.serial=off") as machine:
        machine.wait_for(READY)
        assert "kernel: serial: off by the command line" in machine.text
        machine.type("echo over COM1\n")
        machine.type_keys("echo seen\n")
        machine.wait_for("\nseen\r\n")
        soon_on_screen(machine, "^seen$")
        assert "over COM1" not in machine.text


def test_safe():
    with Machine(cmdline="safe") as machine:
        wait_for_monitor(machine)
        assert "screen: 80x25 text" in machine.text


def soon_on_screen(machine, pattern):
    def check():
        assert re.search(pattern, "\n".join(machine.screen_lines()), re.MULTILINE)

    soon(check)


# ---- run= ----------------------------------------------------------------------------------------

def dumped(text):
    """The bytes of a hexdump, in which * stands for more rows like the one before it."""
    data = b""
    for line in text.splitlines():
        row = re.match(r"([0-9a-f]{8})  ((?:[0-9a-f]{2} {1,2}){16}) ?\|.{16}\|$", line)
        if row:
            while len(data) < int(row[1], 16) and data:
                data += data[-16:]
            data += bytes.fromhex(row[2])
    return data


def test_run_leaves_when_all_output_is_sent(image):
    """Much of it waits in COM1's queue when the command is done."""
    with open(image, "rb") as file:
        wanted = file.read(3200)
    for _ in range(4):
        assert dumped(run("hexdump -n 3200 ata0")) == wanted


@pytest.mark.parametrize("placement", ["kernel", "user"])
def test_run_leaves_when_a_reader_that_slept_has_all(placement):
    """Where instructions are counted, the second for which the end waits is over at once in a machine at rest."""
    cmdline = f"log=error panic=exit drv.serial={placement} run='lsdev; lsdev; echo the end'"
    with Machine(init=None, cmdline=cmdline, cpu="max", icount=1, start=False) as machine:
        with machine.serial.lock:  # what comes is not taken
            machine.go()
            time.sleep(1)
        assert machine.wait_exit(60) == 0
        text = plain(machine.text)
    assert len(re.findall(r"^serial .* running", text, re.M)) == 2 and text.endswith("\nthe end\n"), text


# ---- which words win -----------------------------------------------------------------------------

def test_boot_cfg_alone(tmp_path):
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline = kaslr=off run='version'\n")
    with Machine(disk.path) as machine:
        assert machine.wait_exit(60) == 0
        assert kernel_address(machine.text) == KERNEL_LOWEST


def test_fw_cfg_wins(tmp_path):
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline = video=text mem=20M run='panic from boot.cfg'\n")
    text = run("version", options="mem=40M", image=disk.path)
    assert "command line: video=text mem=20M run='panic from boot.cfg' init=monitor mem=40M run='version'" in text
    assert "screen: 80x25 text" in text, "what fw_cfg does not name stays"
    assert 38 * 1024 < int(re.search(r"KiB free of (\d+) KiB", text)[1]) <= 40 * 1024


def test_the_last_of_equal_words_wins():
    assert kernel_address(run("version", options="kaslr=on kaslr=off")) == KERNEL_LOWEST


def test_both_together_are_too_long(tmp_path):
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline = init=monitor " + b"a" * 400 + b"\n")
    with Machine(disk.path, init=None, cmdline="b" * 400) as machine:
        wait_for_monitor(machine, "the command line is longer than 511 bytes, left out: b")
        assert "command line: init=monitor " + "a" * 400 + "\n" in machine.command("version") + "\n"


def test_fw_cfg_without_dma():
    """A byte at a time through its port, as old QEMUs have it."""
    with Machine(cmdline="run='echo by port'", extra=["-global", "fw_cfg_io.dma_enabled=off"]) as machine:
        assert machine.wait_exit(60) == 0
        assert "by port" in plain(machine.text).splitlines()
