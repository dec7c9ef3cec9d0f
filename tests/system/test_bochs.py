"""The image in Bochs, whose CPU and BIOS are stricter than QEMU's: to a shell, with graphics and
without. A triple fault is a panic there (reset_on_triple_fault=0) and fails the test."""
import re
import signal
import sys
import time

import pytest
from PIL import Image

from checks import README, Disk, complaints, plain
from harness import PATIENCE, TOP, Bochs

sys.path.insert(0, str(TOP / "tests" / "screen"))
from screen_text import UNKNOWN, lines_of_image, lines_of_vga_memory  # noqa: E402

LFB, LFB_SIZE = 0xFFFFFE8000000000, (1024, 768)  # VIRT_FRAMEBUFFER: writemem takes linear addresses
VGA, VGA_SIZE = 0xB8000, 4000
PHYSICAL_MAP = 0xFFFF800000000000
PROMPT = r"~#(\x1b\[[0-9;]*m)* "  # of the shell on COM1; that on the screen is as far


def cpu(model):
    return [f"cpu: model={model}, ips=50000000, reset_on_triple_fault=0"]


def until(pattern, dump, image=None, **options):
    """Run until COM1 says the pattern. -> its text, plain; what stood at dump = (address, size); and
    what Bochs printed, port E9h's bytes among it."""
    commands = ["c", f'writemem "dump" {dump[0]:#x} {dump[1]}', "q"]
    with Bochs(image, debugger=commands, **options) as bochs:
        bochs.wait_for(pattern, timeout=60)
        time.sleep(0.2 * PATIENCE)  # (virtual time is faster: the screen is drawn)
        bochs.process.send_signal(signal.SIGINT)  # stops it: the next command
        bochs.wait(20)
        log = (bochs.folder / "log").read_text(errors="replace")
        assert not re.search(r"^\d+p|PANIC|triple fault", log, re.MULTILINE), log[-3000:]
        return plain(bochs.text), (bochs.folder / "dump").read_bytes(), bochs.said()


def check_screen(lines, text, why):
    """The screen's lines are COM1's last ones, and why there is no desktop. (COM1's file may lack its last bytes.)"""
    shown = [line for line in lines if line]
    assert shown[-1] == "~#" and "`tools` lists the tools" in shown[-2]
    assert shown.pop(-3) == f"session: {why}: the text shell instead"
    ready = re.search(r"^\[ *\d+\.\d+\] kernel: ready$", text, re.MULTILINE)
    assert ready and ready[0] == shown[-3]
    assert not any(UNKNOWN in line for line in shown)


@pytest.mark.parametrize("model", ["corei5_lynnfield_750", "athlon64_clawhammer"])
def test_graphics(model, tmp_path):
    width, height = LFB_SIZE
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline=desktop=off\n")
    text, dump, _ = until(PROMPT, (LFB, width * height * 4), disk.path, graphics=True, settings=cpu(model))
    assert complaints(text) == [] and "screen: 1024x768x32" in text
    image = Image.frombytes("RGB", LFB_SIZE, dump, "raw", "BGRX")
    assert image.getpixel((width - 1, height - 1)) == (0x0F, 0x15, 0x20)
    check_screen(lines_of_image(image), text, "desktop=off")


@pytest.mark.parametrize("model", ["corei5_lynnfield_750", "athlon64_clawhammer"])
def test_text_screen(model):
    text, dump, _ = until(PROMPT, (PHYSICAL_MAP + VGA, VGA_SIZE), graphics=False, settings=cpu(model))
    assert complaints(text) == [] and "screen: 80x25 text" in text
    check_screen(lines_of_vga_memory(dump), text, "no framebuffer here")


def test_cpu_without_long_mode():
    text, dump, said = until("stage2: halted", (VGA, VGA_SIZE), settings=cpu("core_duo_t2400_yonah"))
    screen = "".join(lines_of_vga_memory(dump))
    for where in (text, said, screen):
        assert "this CPU has no long mode (64-bit): bit 29 is clear in CPUID 80000001h EDX" in where
    assert "kernel:" not in text


def test_panic_screen(tmp_path):
    """Nothing can be typed in Bochs: boot.cfg has the command."""
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline=init=monitor run='panic -f stack'\n")
    text, dump, _ = until("log's last lines:[^~]*kernel: ready\r\n", (PHYSICAL_MAP + VGA, VGA_SIZE),
                          disk.path, graphics=False)
    assert "panic: double fault (exception 8): the thread stack is full" in text and "begin+0x" in text
    assert "the log's last lines:" in lines_of_vga_memory(dump)


def test_run_switches_bochs_off(tmp_path):
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline=init=monitor run='sum /README.txt'\n")
    with Bochs(disk.path) as bochs:
        bochs.wait(60)
        assert README in plain(bochs.text).splitlines()


def test_acpi_switches_bochs_off(tmp_path):
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline=init=monitor log=debug run='poweroff'\n")
    with Bochs(disk.path) as bochs:
        bochs.wait(60)
        assert "power: PM1 control at 0xb004" in bochs.text and "safe to switch" not in bochs.text
        assert "soft power off" in (bochs.folder / "log").read_text(errors="replace")
