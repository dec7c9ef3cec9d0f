"""The boot menu on the real image: how it is called, and what each entry makes of the kernel. (What
the keys do in detail is test_stage2.py's.)"""
import re
import time

import pytest

from checks import CHANGES_LOST, README, Disk, assert_clean, assert_on_screen, plain, soon
from harness import READY, Machine

MENU = r"Enter: ([^\r\n]*)\."
MENU_ALWAYS = b"menu = yes\ntimeout = 0\n"
OWN_ENTRY = b"[Root in memory]\ncmdline = root=ram\n"


@pytest.fixture
def disk(tmp_path):
    """An image that asks each time."""
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", MENU_ALWAYS + OWN_ENTRY)
    disk.put("/boot/kernel.old.elf", disk.fs.ask(b"cat /boot/kernel.elf"))
    return disk


def menu(machine):
    """title → key, once the menu has come."""
    machine.wait_for(MENU, 40)
    return dict((title.strip(), key) for key, title in
                re.findall(r"^ [ >] ([0-9a-c])  (.*)$", plain(machine.text), re.MULTILINE))


def chosen(machine, *belonging):
    """Once the kernel is there: its command line, but for the word that the harness adds."""
    machine.wait_for(READY, 40)
    machine.wait_prompt()
    assert_clean(machine, *belonging)
    assert machine.command("sum /README.txt") == README
    line = re.search(r"kernel: command line: ?(.*)$", plain(machine.text), re.MULTILINE)[1]
    return line.replace("init=monitor", "").strip()


# ---- how it is called --------------------------------------------------------------------------------

class Waiting(Machine):
    """With a BIOS that waits before it starts a disk: time for a key, on a busy host too."""

    def __init__(self):
        super().__init__(extra=["-boot", "menu=on,splash-time=4000"])
        soon(self.bios_waits)

    def bios_waits(self):
        assert any("Press ESC" in line for line in self.screen_lines())

    def send(self, *keys):
        """In one piece. keys: (name, down)."""
        self.qmp.command("input-send-event", events=[
            {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": name}}}
            for name, down in keys])


@pytest.mark.parametrize("key", ["shift", "shift_r", "ctrl"])
def test_held_key(key):
    with Waiting() as machine:
        machine.send((key, True))
        keys = menu(machine)
        machine.send((key, False))
        assert_on_screen(machine, "FastOS boot menu")
        machine.type_keys(keys["Normal"])
        assert chosen(machine) == ""


def test_pressed_key():
    """One that lies in the BIOS's buffer, behind the one that ends the BIOS's waiting."""
    with Waiting() as machine:
        machine.send(("f8", True), ("f8", False), ("f8", True), ("f8", False))
        menu(machine)
        machine.qmp.press("ret")
        assert chosen(machine) == ""


def test_bytes_on_com1():
    """They may be noise: after ten seconds the default is started."""
    with Machine(start=False) as machine:
        machine.type(" " * 100)
        machine.go()
        menu(machine)
        started = time.monotonic()
        assert chosen(machine) == ""
        assert time.monotonic() - started > 5


def test_no_menu_without_asking():
    with Machine() as machine:
        assert chosen(machine) == "" and "menu" not in machine.text


# ---- what each entry does ----------------------------------------------------------------------------

def prompt_is_last(machine):
    lines = [line for line in machine.screen_lines() if line]
    assert lines and lines[-1].startswith("fastos>")


@pytest.mark.parametrize("title, cmdline, said", [
    ("Normal", "", "screen: 1280x800x32"),
    ("Safe mode", "safe", "screen: 80x25 text"),
    ("Text screen", "video=text", "screen: 80x25 text"),
    ("Serial console", "console=serial", None),
    ("Previous kernel", "", "screen: 1280x800x32"),
])
def test_entry(disk, title, cmdline, said):
    with Machine(disk.path) as machine:
        machine.type(menu(machine)[title])
        assert chosen(machine) == cmdline
        if said:
            assert said + "\r\n" in machine.text
            soon(lambda: prompt_is_last(machine))
        else:
            assert "screen:" not in machine.text
            assert not any("fastos>" in line for line in machine.screen_lines())


def test_own_entry(disk):
    with Machine(disk.path) as machine:
        machine.type(menu(machine)["Root in memory"])
        assert chosen(machine, CHANGES_LOST) == "root=ram"


def test_memory_limit(disk):
    with Machine(disk.path) as machine:
        machine.type(menu(machine)["Memory limit"])
        machine.wait_for("Memory limit: ")
        machine.type("\x7f\x7f\x7f20M\r")
        assert chosen(machine) == "mem=20M"
        total = int(re.search(r"KiB free of (\d+) KiB", machine.text)[1])
        assert 17 * 1024 < total <= 20 * 1024


def test_video_mode(disk):
    """The modes are listed; one is typed."""
    with Machine(disk.path) as machine:
        machine.type(menu(machine)["Video mode"])
        machine.wait_for("Video mode: ")
        assert re.search(r"\b640x480\b", machine.text) and re.search(r"\b1280x800\b", machine.text)
        machine.type("\x15video=640x480\r")
        assert chosen(machine) == "video=640x480"
        assert "screen: 640x480x32" in machine.text


def test_edited_command_line(disk):
    with Machine(disk.path) as machine:
        machine.type_keys(menu(machine)["Edit the command line"])
        machine.wait_for("Edit the command line: ")
        machine.type_keys("kaslr=off video=640x480\n")
        assert chosen(machine) == "kaslr=off video=640x480"
        assert "screen: 640x480x32" in machine.text


def test_a_missing_previous_kernel_comes_back_to_the_menu(disk):
    disk.remove("/boot/kernel.old.elf")
    with Machine(disk.path) as machine:
        machine.type(menu(machine)["Previous kernel"])
        machine.wait_for("cannot find /boot/kernel.old.elf: no such file")
        machine.type(menu(machine)["Normal"])
        assert chosen(machine, "cannot find /boot/kernel.old.elf", "choose another way") == ""


# ---- the default -------------------------------------------------------------------------------------

def test_a_saved_default_survives(disk):
    """Saved in one start, it is what the next ones do: with the menu, by Enter, and without it."""
    with Machine(disk.path, write=True) as machine:
        keys = menu(machine)
        machine.type("d" + keys["Text screen"])
        saved = '"Text screen" is the default from now on'
        machine.wait_for(saved)
        assert chosen(machine, saved) == "video=text"
        machine.type("poweroff\n")
        machine.wait_exit()
        disk.path.write_bytes(machine.disk_image.read_bytes())
    disk.fs.check()
    with Machine(disk.path) as machine:
        assert machine.wait_for(MENU)[1] == "Text screen"
        machine.type("\r")
        assert chosen(machine) == "video=text"
    disk.put("/boot/boot.cfg", b"")
    with Machine(disk.path) as machine:
        assert chosen(machine) == "video=text" and "menu" not in machine.text


def test_a_disk_that_cannot_be_written(disk):
    """The settings are not saved, which is said; the entry is started all the same."""
    with Machine(disk.path, disk=None, extra=[
            "-drive", f"file={disk.path},format=raw,if=none,id=boot,read-only=on",
            "-device", "virtio-blk-pci,drive=boot,bootindex=0"]) as machine:
        machine.type("d" + menu(machine)["Text screen"])
        machine.wait_for("settings not saved: ")
        assert chosen(machine, "settings not saved: ", CHANGES_LOST) == "video=text"
