"""The kernel's own disk driver in QEMU: wherever the disk hangs, however large it is, and when it fails."""
import os
import re
import struct
import subprocess
import zlib

import pytest

from harness import READY, Machine, copy_image

PARTITION = r'fs: root ext2 "FASTOS" on {} partition 1'
SECTOR = 512


def run(command, *, status=0, timeout=60, **machine):
    """Boot, run one command of the monitor, leave. The text of COM1."""
    with Machine(cmdline=f"run='{command}'", **machine) as m:
        got = m.wait_exit(timeout)
        assert got == status, f"{command}: status {got}\n{m.text}"
        return m.text


def partition_start(image):
    with open(image, "rb") as f:
        sector = f.read(SECTOR)
    return struct.unpack_from("<I", sector, 0x1BE + 8)[0]


def kernel_file(image):
    """Its bytes, as debugfs reads them."""
    offset = partition_start(image) * SECTOR
    return subprocess.run(["/sbin/debugfs", "-R", "cat /boot/kernel.elf", f"{image}?offset={offset}"],
                          check=True, capture_output=True).stdout


def dumped(text, offset):
    """The 16 bytes that hexdump showed at an offset."""
    row = re.search(rf"^{offset:08x}  ?([0-9a-f ]+?)  \|", text, re.MULTILINE)
    assert row, text
    return bytes.fromhex(row[1].replace(" ", ""))


@pytest.mark.parametrize("disk, machine, where", [
    ("ide", "pc", "primary master, 0x1f0 irq 14"),
    ("ide-slave", "pc", "primary slave, 0x1f0 irq 14"),
    ("ide-secondary", "pc", "secondary master, 0x170 irq 15"),
    ("isa-ide", "isapc", "primary master, 0x1f0 irq 14"),
    ("q35-ide", "q35", "primary master, 0x1f0 irq 14"),
])
def test_reads_its_file_from_every_seat(image, disk, machine, where):
    text = run("sum /boot/kernel.elf", disk=disk, machine=machine)
    content = kernel_file(image)
    assert re.search(rf"ata0: QEMU HARDDISK, .*, {where}", text)
    assert re.search(PARTITION.format("ata0"), text)
    assert f"{zlib.crc32(content):08x}  {len(content)}  /boot/kernel.elf" in text
    assert "does not come" not in text  # the interrupt did


def test_packet_device_is_named_and_left_alone():
    text = run("disks", extra=["-device", "ide-cd,bus=ide.1,unit=0"])
    assert "ata: secondary master: a packet device (ATAPI), not driven" in text


def test_boots_from_its_disk_among_four(image, tmp_path):
    extra = []
    for unit, name in ((0, "secondary master"), (1, "secondary slave")):
        foreign = copy_image(image, tmp_path, f"{unit}.img")
        with open(foreign, "r+b") as f:  # another signature: another disk
            f.seek(0x1B8)
            f.write(bytes([unit + 1] * 4))
        extra += ["-drive", f"file={foreign},format=raw,if=none,id=d{unit},snapshot=on",
                  "-device", f"ide-hd,drive=d{unit},bus=ide.1,unit={unit}"]
    text = run("disks", disk="ide-slave", extra=extra)
    assert len(set(re.findall(r"^\[.*\] (ata\d): QEMU", text, re.MULTILINE))) == 3
    assert re.search(PARTITION.format("ata0"), text)
    assert "copies" not in text


def test_a_copy_of_the_boot_disk_is_told(image, tmp_path):
    copy = copy_image(image, tmp_path)
    text = run("disks", extra=["-drive", f"file={copy},format=raw,if=none,id=copy,snapshot=on",
                               "-device", "ide-hd,drive=copy,bus=ide.1,unit=0"])
    assert "ata0 and ata1 are copies of one another; using ata0" in text
    assert re.search(PARTITION.format("ata0"), text)


@pytest.mark.parametrize("lba", [(1 << 28) - 1, 1 << 28, 0x18000000])
def test_beyond_28_bits(image, tmp_path, lba):
    """A disk of 200 GiB: sectors that only LBA48 can name."""
    big, offset = tmp_path / "big.qcow2", lba * SECTOR
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", os.path.abspath(image),
                    str(big), "200G"], check=True)
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", f"write -P 0x5a {offset} 512", str(big)],
                   check=True, capture_output=True)
    drive = ["-drive", f"file={big},format=qcow2,if=none,id=big",
             "-device", "ide-hd,drive=big,bus=ide.0,unit=0,bootindex=0"]
    text = run(f"hexdump -s {offset} -n 16 ata0", disk=None, extra=drive)
    assert "204800 MiB, LBA48" in text
    assert dumped(text, offset) == b"\x5a" * 16


# ---- a disk that fails ---------------------------------------------------------------------------

def test_bad_sector_once(image):
    sector = partition_start(image) - 3
    text = run(f"hexdump -s {sector * SECTOR} -n 16 ata0", bad=[(sector, True)])
    assert re.search(rf"ata0: warning: read near LBA {sector}: .*, trying again", text)
    assert dumped(text, sector * SECTOR) == bytes(16)
    assert "failed" not in text


def test_bad_sector_for_ever(image):
    sector = partition_start(image) - 3
    text = run(f"hexdump -s {(sector - 8) * SECTOR} -n 8192 ata0", status=1, bad=[(sector, False)])
    assert re.search(rf"ata0: error: read of LBA {sector} failed: ABRT \(command aborted\), after 4 tries",
                     text)
    text = run(f"hexdump -s {(sector + 1) * SECTOR} -n 16 ata0", bad=[(sector, False)])
    assert dumped(text, (sector + 1) * SECTOR) == bytes(16)


@pytest.mark.parametrize("count", [1, 15, 16, 17, 300])
def test_raw_bytes(image, count):
    """What the monitor shows of the raw disk is what the image holds."""
    sector = partition_start(image) + 2
    text = run(f"hexdump -s {sector * SECTOR} -n {count * 16} ata0")
    with open(image, "rb") as f:
        f.seek(sector * SECTOR)
        assert dumped(text, sector * SECTOR) == f.read(16)
