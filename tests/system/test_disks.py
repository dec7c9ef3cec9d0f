"""Where the root is found. What the kernel's own driver reads is test_disk.py's; here is what it
cannot drive: the root goes to memory, and files come from there."""
import re

import pytest

from checks import (CHANGES_LOST, KERNEL, README, assert_clean, assert_on_screen, make_image, plain,
                    run, wait_for_monitor)
from harness import READY, Machine, copy_image

NO_DRIVER = {"nvme": {}, "virtio": {}, "virtio-scsi": {}, "lsi": {}, "megasas": {},
             "sd": {}, "ehci": {}, "xhci": {}, "uhci": {}}


def other_disk(image, folder, disk):
    """Arguments for a second disk: the image with another signature."""
    path = copy_image(image, folder)
    with open(path, "r+b") as file:
        file.seek(440)
        file.write(b"else")
    return ["-drive", f"file={path},format=raw,if=none,id=other,snapshot=on",
            "-device", disk.format(d="other")]


@pytest.mark.parametrize("disk", NO_DRIVER)
def test_root_in_memory(disk):
    """Every file's CRC is right, and the loss of changes is announced."""
    text = run("sum -r /", CHANGES_LOST, disk=disk, timeout=120, **NO_DRIVER[disk])
    assert README in text.splitlines() and KERNEL in text.splitlines()
    assert 'fs: root ext2 "FASTOS" on ram0' in text
    assert re.search(r"^root to memory \[#+\] 100 %", text.replace("\r", "\n"), re.MULTILINE)


def test_root_in_memory_on_demand():
    text = run("sum -r /", r"root is in memory \(root=ram on the command line\)", options="root=ram")
    assert README in text.splitlines() and KERNEL in text.splitlines()
    assert "on ram0" in text


def test_boots_from_a_stick_beside_an_ide_disk(image, tmp_path):
    """The root is the stick's, although the IDE disk could be driven."""
    extra = other_disk(image, tmp_path, "ide-hd,drive={d},bus=ide.0,unit=0")
    text = run("disks", CHANGES_LOST, disk="xhci", extra=extra)
    assert "on ram0" in text and "ata0: QEMU HARDDISK" in text


def test_boots_from_ide_beside_a_stick(image, tmp_path):
    extra = ["-device", "qemu-xhci"] + other_disk(image, tmp_path, "usb-storage,drive={d}")
    assert "on ata0 partition 1" in run("disks", extra=extra)


# ---- not enough memory for it --------------------------------------------------------------------

@pytest.fixture(scope="module")
def large_image(tmp_path_factory):
    """With 24 MB that are not zeros."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "extra").mkdir()
    (folder / "extra" / "large").write_bytes(bytes(range(1, 256)) * 94118)
    return make_image(folder, extra=folder / "extra")


def test_too_little_memory_for_the_root(large_image):
    """Ready all the same; the monitor says why there are no files, and works."""
    too_little = r"it needs \d+ MiB of memory, \d+ are free"
    with Machine(large_image, disk="virtio", memory="16") as machine:
        machine.wait_for(READY)
        machine.wait_prompt()
        assert_clean(machine, "root stays on the disk: " + too_little, "fs: error: no root",
                     "fs: error: and none in memory: " + too_little)
        assert "no file system is mounted; `log` says why" in machine.command("ls /")
        assert machine.command("echo fine") == "fine"
        said = re.search(too_little, plain(machine.command("log")))
        assert said
        assert_on_screen(machine, said[0])
    with Machine(large_image, disk="virtio", memory="64") as machine:
        wait_for_monitor(machine, CHANGES_LOST)


def test_root_in_memory_refused_falls_back_to_the_disk(large_image):
    run("sum /README.txt", "root stays on the disk: it needs", options="root=ram", memory="16",
        image=large_image)


def test_unknown_root():
    run("sum /README.txt", "root=tape: not ram or disk", options="root=tape")
