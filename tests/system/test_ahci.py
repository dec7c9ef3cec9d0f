"""The AHCI driver in QEMU: the root on q35's own controller and on one in a PC, disks that fail, vanish
or stand beside others. What it does with worse hardware is drivers/disk/ahci/ahci_test.c's."""
import re
import time

import pytest

from checks import CHANGES_LOST, KERNEL, README, assert_clean, plain, run
from harness import IMAGE, READY, Machine, copy_image
from test_disk import dumped, partition_start
from test_ext2 import assert_clean_disk, assert_kept

SECTOR = 512
# What stands for the boot disk: q35's own controller, one in a PC, and q35's with a second one beside it.
PLACES = {
    "q35": (["-machine", "q35"], "ide-hd,drive={d},bus=ide.0"),
    "pc": (["-device", "ahci,id=ahci"], "ide-hd,drive={d},bus=ahci.0"),
    "second": (["-machine", "q35", "-device", "ich9-ahci,id=ahci"], "ide-hd,drive={d},bus=ahci.3"),
    "bridge": (["-machine", "q35", "-device", "pcie-root-port,id=root-port,chassis=1",
                "-device", "ahci,id=ahci,bus=root-port"], "ide-hd,drive={d},bus=ahci.0"),
}


def drive(place, image, name="root", snapshot=False, first=True):
    machine, disk = PLACES[place]
    options = ",snapshot=on" if snapshot else ""
    device = disk.format(d=name) + (",bootindex=0" if first else "")
    return [*machine, "-drive", f"file={image},format=raw,if=none,id={name}{options}", "-device", device]


@pytest.mark.parametrize("options", ["", "apic=off"])
@pytest.mark.parametrize("place", PLACES)
def test_root_on_it(place, options):
    """Every file's CRC is right, nothing was copied to memory, and the interrupt came."""
    text = run("sum -r /", disk=None, options=options, extra=drive(place, IMAGE, snapshot=True))
    assert README in text.splitlines() and KERNEL in text.splitlines()
    assert re.search(r"ahci0: QEMU HARDDISK, \d+ MiB, LBA48, NCQ, 20 commands at a time, AHCI ", text)
    assert 'fs: root ext2 "FASTOS" on ahci0 partition 1' in text
    assert "root to memory" not in text and "does not come" not in text


@pytest.mark.parametrize("options, line", [("", r"^ 241 ahci +vector +[1-9]"),
                                           ("apic=off", r"^ +\d+ ahci +level +[1-9]")])
def test_interrupts(options, line):
    text = run("irq", disk=None, options=options, extra=drive("q35", IMAGE, snapshot=True))
    assert re.search(line, text, re.MULTILINE), text


def test_off_by_the_command_line():
    """Then stage 2 copies the root."""
    text = run("sum /README.txt", CHANGES_LOST, disk=None, options="drv.ahci=off",
               extra=drive("q35", IMAGE, snapshot=True))
    assert "neither at ATA's ports nor at AHCI's" in text and "on ram0" in text


def test_from_a_stick_beside_it(tmp_path):
    """The AHCI disk is another one: stage 2 reads its sector 0 and is not misled."""
    other = copy_image(IMAGE, tmp_path)
    with open(other, "r+b") as file:
        file.seek(440)
        file.write(b"else")
    text = run("disks", CHANGES_LOST, disk="xhci", extra=drive("q35", other, "other", first=False))
    assert "on ram0" in text and "ahci0: QEMU HARDDISK" in text


def test_packet_device_is_named_and_left_alone():
    extra = drive("q35", IMAGE, snapshot=True) + ["-device", "ide-cd,bus=ide.4"]
    text = run("disks", disk=None, extra=extra)
    assert "ahci: port 4: a packet device (ATAPI), not driven" in text
    assert "on ahci0 partition 1" in text


# ---- writing -------------------------------------------------------------------------------------

def work(image, place, command, timeout=300):
    with Machine(disk=None, cmdline=f"panic=exit run='{command}'", extra=drive(place, image)) as m:
        assert m.wait_exit(timeout) == 0, m.report()
        return plain(m.text)


@pytest.mark.parametrize("place, seed", [("q35", 1), ("pc", 2)])
def test_what_was_written_is_there(tmp_path, place, seed):
    """Written, synced, switched off; e2fsck finds it clean, the files are whole; then it starts from it."""
    image = copy_image(IMAGE, tmp_path)
    text = work(image, place, f"file-work {seed} 300")
    assert_kept(assert_clean_disk(tmp_path, image), text)
    text = work(image, place, "sum /README.txt")
    assert README in text.splitlines() and "read-only" not in text
    assert_clean_disk(tmp_path, image)


def test_two_disks(tmp_path):
    """The second one's sectors are its own, also while both are used."""
    other = copy_image(IMAGE, tmp_path, "other.img")
    with open(other, "r+b") as file:
        file.seek(440)
        file.write(b"else")
        file.seek(100 * SECTOR)
        file.write(b"\xa5" * SECTOR)
    extra = drive("q35", IMAGE, snapshot=True) + [
        "-drive", f"file={other},format=raw,if=none,id=other", "-device", "ide-hd,drive=other,bus=ide.2"]
    text = run(f"hexdump -s {100 * SECTOR} -n 16 ahci1", disk=None, extra=extra)
    assert dumped(text, 100 * SECTOR) == b"\xa5" * 16
    assert "on ahci0 partition 1" in text and re.search("ahci1: .* port 2", text)


def test_beside_ata(tmp_path):
    """On the PC's IDE channels another disk: each driver has its own."""
    other = copy_image(IMAGE, tmp_path)
    with open(other, "r+b") as file:
        file.seek(440)
        file.write(b"else")
    extra = drive("pc", IMAGE, snapshot=True) + [
        "-drive", f"file={other},format=raw,if=none,id=other", "-device", "ide-hd,drive=other,bus=ide.1"]
    text = run("disks", disk=None, extra=extra)
    assert "ata0: QEMU HARDDISK" in text and "on ahci0 partition 1" in text


# ---- disks that fail -----------------------------------------------------------------------------

@pytest.mark.parametrize("once", [True, False])
def test_bad_sector(once):
    sector = partition_start(IMAGE) - 3
    with Machine(disk="ahci", bad=[(sector, once)],
                 cmdline=f"run='hexdump -s {(sector - 8) * SECTOR} -n 8192 ahci0'") as m:
        assert m.wait_exit(60) == (0 if once else 1), m.report()
        text = plain(m.text)
    assert re.search(r"ahci0: warning: read near LBA \d+: ABRT \(command aborted\), trying again", text)
    failed = rf"ahci0: error: read of LBA {sector} failed: ABRT \(command aborted\), after 4 tries"
    assert bool(re.search(failed, text)) == (not once)


def test_neighbours_of_a_bad_sector():
    sector = partition_start(IMAGE) - 3
    with Machine(disk="ahci", bad=[(sector, False)],
                 cmdline=f"run='hexdump -s {(sector + 1) * SECTOR} -n 16 ahci0'") as m:
        assert m.wait_exit(60) == 0, m.report()
        assert dumped(plain(m.text), (sector + 1) * SECTOR) == bytes(16)


def test_the_medium_vanishes():
    """QEMU cannot unplug a SATA disk (its bus does not plug hot): it can take away what is behind it.
    Reads fail soon and by name, the monitor works on."""
    with Machine(disk=None, extra=drive("q35", IMAGE, snapshot=True)) as m:
        m.wait_for(READY)
        m.wait_prompt()
        m.qmp.command("human-monitor-command", **{"command-line": "drive_del root"})
        since = time.monotonic()
        said = plain(m.command("hexdump -s 9000000 -n 4096 ahci0", timeout=60))
        assert "error" in said.lower() or "failed" in said.lower(), said
        assert time.monotonic() - since < 40
        assert re.search(r"ahci0: error: read of LBA \d+ failed", plain(m.text))
        assert m.command("echo fine") == "fine"


def test_clean_boot_says_nothing():
    with Machine(disk=None, extra=drive("q35", IMAGE, snapshot=True)) as m:
        m.wait_for(READY)
        m.wait_prompt()
        assert_clean(m)
