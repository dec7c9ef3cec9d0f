"""tools/mkimage.py: the layout of the disk, and a user's files in it. No machine is started."""
import os
import shutil
import stat
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from harness import IMAGE, TOP

SECTOR = 512
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          env=dict(os.environ, PATH=PATH), **options)


class Parts:
    """What an image is made of, in a folder: stand-ins of the right form."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "mbr.bin").write_bytes(b"\xeb\x58\x90" + bytes(0x57) + b"\xf4" * 100)
        self.write_stage2(40)
        boot = folder / "root" / "boot"
        boot.mkdir(parents=True)
        (boot / "kernel.elf").write_bytes(os.urandom(300_000))
        (boot / "boot.cfg").write_text("kernel=/boot/kernel.elf\n")
        (folder / "root" / "README.txt").write_text("read me\n")

    def write_stage2(self, sectors):
        stage2 = bytearray(struct.pack("<IHHII", 0x32545346, sectors, 16, 0, 0)
                           + os.urandom(sectors * SECTOR - 16))
        total = sum(struct.unpack(f"<{len(stage2) // 4}I", stage2))
        struct.pack_into("<I", stage2, 8, (0x32545346 - total) % 2**32)  # lib/abi/boot_header.h
        (self.folder / "stage2.bin").write_bytes(stage2)

    def make(self, *options, name="disk.img"):
        image = self.folder / name
        return image, run(sys.executable, TOP / "tools/mkimage.py", "--mbr", self.folder / "mbr.bin",
                          "--stage2", self.folder / "stage2.bin", "--root", self.folder / "root",
                          *options, image)

    def image(self, *options, **more):
        image, result = self.make(*options, **more)
        assert result.returncode == 0, result.stderr
        return image

    def refused(self, *options):
        image, result = self.make(*options)
        assert result.returncode == 1 and result.stderr.startswith("mkimage: "), result.stderr
        assert not image.exists()
        return result.stderr


@pytest.fixture
def parts(tmp_path):
    return Parts(tmp_path)


def partition(image):
    """(number, status, type, start, count, first CHS, last CHS) of the only entry."""
    sector = image.read_bytes()[:SECTOR]
    found = []
    for number in range(4):
        entry = sector[446 + 16 * number:462 + 16 * number]
        if any(entry):
            status, first, kind, last, start, count = struct.unpack("<B3sB3sII", entry)
            found.append((number + 1, status, kind, start, count, first, last))
    assert len(found) == 1
    return found[0]


def from_chs(chs, heads, sectors):
    head, low, high = chs
    return ((high | (low & 0xC0) << 2) * heads + head) * sectors + (low & 0x3F) - 1


def file_system(image, folder):
    """The partition as a file of its own."""
    _, _, _, start, count, _, _ = partition(image)
    target = folder / "partition"
    with open(image, "rb") as source, open(target, "wb") as out:
        source.seek(start * SECTOR)
        out.write(source.read(count * SECTOR))
    return target


def debugfs(fs, command):
    return run("debugfs", "-R", command, fs).stdout


def check_image(image, heads, sectors, number, folder):
    size = image.stat().st_size
    data = image.read_bytes()
    entry, status, kind, start, count, first, last = partition(image)
    assert data[:3] == b"\xeb\x58\x90" and not any(data[3:0x5A])
    assert data[510:512] == b"\x55\xaa"
    assert struct.unpack_from("<I", data, 440)[0] != 0
    assert (entry, status, kind) == (number, 0x80, 0x83)
    assert (start + count) * SECTOR == size
    assert from_chs(first, heads, sectors) == start
    assert from_chs(last, heads, sectors) == start + count - 1
    assert not any(data[(start - 1) * SECTOR:start * SECTOR]), "the settings sector"
    verdict = run("sfdisk", "-V", image)
    assert "No errors detected" in verdict.stdout, verdict
    fs = file_system(image, folder)
    assert run("e2fsck", "-fn", fs).returncode == 0
    return fs


# ---- layout --------------------------------------------------------------------------------------

def test_disk(parts, tmp_path):
    image = parts.image()
    fs = check_image(image, 255, 63, 1, tmp_path)
    size = image.stat().st_size
    assert size % (16 * 63 * SECTOR) == 0
    blocks = [int(block) for block in debugfs(fs, "blocks /boot/kernel.elf").split()]
    end = 2048 * SECTOR + (max(blocks) + 1) * 1024
    assert size >= end + 8 * 1024 * 1024
    stage2 = (tmp_path / "stage2.bin").read_bytes()
    assert image.read_bytes()[SECTOR:SECTOR + len(stage2)] == stage2


def test_usb_zip(parts, tmp_path):
    check_image(parts.image("--flavour", "usb-zip"), 64, 32, 4, tmp_path)


def test_floppy(parts, tmp_path):
    image = parts.image("--flavour", "floppy")
    assert image.stat().st_size == 1440 * 1024
    check_image(image, 2, 18, 1, tmp_path)


def test_floppy_too_small(parts, tmp_path):
    (tmp_path / "root/boot/kernel.elf").write_bytes(os.urandom(1_500_000))
    assert "do not fit on a floppy" in parts.refused("--flavour", "floppy")


@pytest.mark.parametrize("block", [1024, 2048, 4096])
def test_block_size(parts, tmp_path, block):
    fs = check_image(parts.image("--block", block), 255, 63, 1, tmp_path)
    assert f"Block size:               {block}\n" in debugfs(fs, "stats -h")


def test_built_image(tmp_path):
    """The image that everything else runs on."""
    check_image(IMAGE, 255, 63, 1, tmp_path)


def test_reproducible(parts, monkeypatch):
    first = parts.image(name="first.img")
    for path in sorted((parts.folder / "root").rglob("*")):
        os.utime(path, (1, 1))  # when the build made them does not matter
    assert first.read_bytes() == parts.image(name="second.img").read_bytes()
    (parts.folder / "root/README.txt").write_text("read it\n")
    third = parts.image(name="third.img").read_bytes()
    assert first.read_bytes()[440:444] != third[440:444], "another content, another signature"


# ---- refused -------------------------------------------------------------------------------------

def test_stage2_damaged(parts, tmp_path):
    stage2 = bytearray((tmp_path / "stage2.bin").read_bytes())
    stage2[5000] ^= 1
    (tmp_path / "stage2.bin").write_bytes(stage2)
    assert "do not add up" in parts.refused()


def test_stage2_too_long(parts):
    parts.write_stage2(2047)
    assert "2047 sectors do not fit before 2048" in parts.refused()


def test_boot_sector_code_in_the_bios_area(parts, tmp_path):
    (tmp_path / "mbr.bin").write_bytes(b"\xeb\x58\x90" + b"\xf4" * 200)
    assert "leave bytes 03h-59h zero" in parts.refused()


def test_boot_beyond_the_bios(parts, tmp_path):
    """A kernel that an old BIOS cannot reach is an error of the build, not of the boot."""
    (tmp_path / "root/boot/kernel.elf").write_bytes(os.urandom(64 * 1024 * 1024))
    assert "/boot/kernel.elf ends at" in parts.refused()


@pytest.mark.parametrize("name, text", [("boot/kernel.elf", "is one of the system's own"),
                                        ("lost+found/x", "the file system's own"),
                                        ("boot", "is one of the system's own")])
def test_extra_collides(parts, tmp_path, name, text):
    path = tmp_path / "extra" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    assert text in parts.refused("--extra", tmp_path / "extra")


def test_extra_not_there(parts, tmp_path):
    assert "No such file" in parts.refused("--extra", tmp_path / "nothing")


# ---- a user's files ------------------------------------------------------------------------------

ODD = ["with space", 'quo"te', "two\nlines", "<5>", "-f", "back\\slash", "tab\there", "#hash",
       "ünïcödé ☺", "n" * 255, "'single'", "line-break-0", "a;b", "$HOME", "*"]


def odd_tree(top):
    top.mkdir()
    for number, name in enumerate(ODD):
        (top / name).write_text(f"{number} {name}\n")
        folder = top / "folders" / name
        folder.mkdir(parents=True)
        (folder / name).write_bytes(b"inside " + name.encode())
    (top / "empty").touch()
    (top / "short link").symlink_to("../x y")
    (top / "long link").symlink_to("l" * 900)
    (top / "link with\nbreak").symlink_to("to\nthere")
    os.link(top / "empty", top / "other name")
    (top / "-f").chmod(0o4711)
    (top / "folders").chmod(0o1777)
    os.utime(top / "empty", (981158400, 981158400))
    with open(top / "sparse", "wb") as file:
        file.seek(50_000_000)
        file.write(b"end")
    (top / "boot").mkdir()
    (top / "boot" / "mine").write_text("beside the kernel\n")
    return top


def all_paths(top):
    """Everything below, without following links."""
    return {Path(folder, name) for folder, folders, files in os.walk(top)
            for name in folders + files}


def dump(fs, folder):
    out = folder / "out"
    out.mkdir()
    result = run("debugfs", "-R", f"rdump / {out}", fs)
    assert result.stderr.count("\n") <= 1, result.stderr  # its version, no complaint
    return out


def test_odd_names(parts, tmp_path):
    extra = odd_tree(tmp_path / "extra")
    fs = check_image(parts.image("--extra", extra), 255, 63, 1, tmp_path)
    out = dump(fs, tmp_path)
    shutil.rmtree(out / "lost+found")
    for path in all_paths(extra):
        copy = out / path.relative_to(extra)
        assert copy.is_symlink() == path.is_symlink()
        if path.is_symlink():
            assert os.readlink(copy) == os.readlink(path)
        elif path.is_file():
            assert copy.read_bytes() == path.read_bytes(), path
    own = {path.relative_to(tmp_path / "root") for path in all_paths(tmp_path / "root")}
    copied = {path.relative_to(out) for path in all_paths(out)}
    assert copied == own | {path.relative_to(extra) for path in all_paths(extra)}


def test_attributes(parts, tmp_path):
    extra = odd_tree(tmp_path / "extra")
    fs = file_system(parts.image("--extra", extra), tmp_path)
    facts = debugfs(fs, "stat /-f")
    assert "Mode:  04711" in facts and "User:     0   Group:     0" in facts
    assert "Mode:  01777" in debugfs(fs, "stat /folders")
    facts = debugfs(fs, "stat /empty")
    assert f"mtime: {981158400:#x}" in facts and "Links: 2" in facts
    facts = debugfs(fs, "stat /sparse")
    assert "Size: 50000003" in facts
    assert int(facts.split("Blockcount: ")[1].split()[0]) < 20, "holes stay holes"
    assert "ctime: 0x6955b900" in debugfs(fs, "stat /boot/kernel.elf"), "2026-01-01"


def test_large_extra(parts, tmp_path):
    """The image grows with what is in it, /boot stays in front."""
    extra = tmp_path / "extra"
    extra.mkdir()
    for number in range(3):
        (extra / f"a{number}").write_bytes(os.urandom(30_000_000))
    image = parts.image("--extra", extra)
    fs = check_image(image, 255, 63, 1, tmp_path)
    assert image.stat().st_size > 90_000_000
    blocks = [int(block) for block in debugfs(fs, "blocks /boot/kernel.elf").split()]
    assert 2048 * SECTOR + max(blocks) * 1024 < 8 * 1024 * 1024
    out = dump(fs, tmp_path)
    for number in range(3):
        name = f"a{number}"
        assert zlib.crc32((out / name).read_bytes()) == zlib.crc32((extra / name).read_bytes())


def test_many_small_files(parts, tmp_path):
    """Inodes and folder blocks suffice, whatever the guess of the size was."""
    extra = tmp_path / "extra"
    for number in range(3000):
        folder = extra / str(number % 7)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:0240}").write_text(str(number))
    fs = check_image(parts.image("--extra", extra), 255, 63, 1, tmp_path)
    assert debugfs(fs, f"cat /6/{'2855':0>240}") == "2855"


def test_devices_and_pipes(parts, tmp_path):
    extra = tmp_path / "extra"
    extra.mkdir()
    os.mkfifo(extra / "pipe", 0o622)
    if os.geteuid() == 0:
        try:
            os.mknod(extra / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        except PermissionError:
            pass
    fs = file_system(parts.image("--extra", extra), tmp_path)
    assert "Type: FIFO" in debugfs(fs, "stat /pipe")
    if (extra / "null").exists():
        assert "Device major/minor number: 01:03" in debugfs(fs, "stat /null")
