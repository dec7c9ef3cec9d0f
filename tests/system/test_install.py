"""tools/install.py: what it refuses, what it writes, and that the result boots. Disks are plain
files; what lsblk says of real ones is made up."""
import importlib
import os
import struct
import subprocess
import sys

import pytest

from harness import IMAGE, READY, TOP, Machine

sys.path.insert(0, str(TOP / "tools"))
tool = importlib.import_module("install")

SECTOR = 512
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def install(disk, *options, answer=None, image=IMAGE):
    answer = disk.name if answer is None else answer
    return subprocess.run([sys.executable, "-B", TOP / "tools/install.py", image, disk, "--file",
                           *options], input=answer + "\n", capture_output=True, text=True,
                          timeout=120)


def debugfs(disk, command, write=False):
    result = subprocess.run(["debugfs", *(["-w"] if write else []), "-R", command,
                             f"{disk}?offset={2048 * SECTOR}"], capture_output=True, text=True,
                            env=dict(os.environ, PATH=PATH))
    assert result.returncode == 0, result.stderr
    return result.stdout


def clean(disk):
    return subprocess.run(["e2fsck", "-fn", f"{disk}?offset={2048 * SECTOR}"], capture_output=True,
                          env=dict(os.environ, PATH=PATH)).returncode == 0


@pytest.fixture
def disk(tmp_path):
    """An old disk, full of something."""
    path = tmp_path / "disk"
    path.write_bytes(b"\xe5" * (IMAGE.stat().st_size + 3_000_000))
    return path


@pytest.fixture
def installed(disk):
    assert install(disk).returncode == 0
    return disk


def boots(disk):
    with Machine(disk) as machine:
        machine.wait_for(READY)
        machine.wait_prompt()
        return machine.command("ls /")


# ---- the whole disk ------------------------------------------------------------------------------

def test_write_and_boot(disk):
    result = install(disk)
    assert result.returncode == 0, result.stderr
    assert "EVERYTHING" in result.stdout and "Checking 100 %" in result.stdout
    wanted, found = bytearray(IMAGE.read_bytes()), disk.read_bytes()
    signature = found[440:444]
    assert signature not in (wanted[440:444], bytes(4)), "each disk has its own"
    wanted[440:444] = signature
    assert found[:len(wanted)] == wanted
    assert found[len(wanted):] == b"\xe5" * 3_000_000, "the rest is left alone"
    assert "README.txt" in boots(disk)


@pytest.mark.parametrize("answer", ["", "y", "yes", "DISK", "disk2"])
def test_not_confirmed(disk, answer):
    before = disk.read_bytes()
    result = install(disk, answer=answer)
    assert result.returncode == 1 and "nothing was written" in result.stderr
    assert disk.read_bytes() == before


def test_too_small(disk):
    os.truncate(disk, IMAGE.stat().st_size - SECTOR)
    result = install(disk)
    assert result.returncode == 1 and "too small" in result.stderr


def test_gpt_copy_goes(disk):
    data = bytearray(disk.read_bytes())
    data[-SECTOR:-SECTOR + 8] = b"EFI PART"
    disk.write_bytes(data)
    assert install(disk).returncode == 0
    assert b"EFI PART" not in disk.read_bytes()


def test_a_disk_that_lies(disk, monkeypatch, capsys):
    """A stick that claims more than it has, or that changes what it was given."""
    real = tool.read_at
    monkeypatch.setattr(tool, "read_at", lambda fd, offset, size: (
        real(fd, offset, size) if offset < 4_194_304 else bytes(size)))
    with open(IMAGE, "rb") as image, open(disk, "r+b") as file:
        with pytest.raises(tool.Refused, match=r"byte \d+ of the disk is 0x0, not"):
            image_size = IMAGE.stat().st_size
            tool.write_image(file.fileno(), image, image_size, bytes(SECTOR))
            tool.verify(file.fileno(), [(5_000_000, b"data")], image_size)


# ---- keeping an existing FastOS's files ----------------------------------------------------------

def with_old_parts(disk, tmp_path):
    """An older FastOS with a user's file: another kernel, another stage 2, settings of its own."""
    (tmp_path / "mine").write_text("my file\n")
    debugfs(disk, f"write {tmp_path}/mine mine", write=True)
    (tmp_path / "old").write_bytes(b"the old kernel")
    debugfs(disk, "rm /boot/kernel.elf", write=True)
    debugfs(disk, f"write {tmp_path}/old old", write=True)
    debugfs(disk, "ln /old /boot/kernel.elf", write=True)
    debugfs(disk, "unlink /old", write=True)
    (tmp_path / "cfg").write_text("timeout=3\n")
    debugfs(disk, "rm /boot/boot.cfg", write=True)
    debugfs(disk, f"write {tmp_path}/cfg cfg", write=True)
    debugfs(disk, "ln /cfg /boot/boot.cfg", write=True)
    debugfs(disk, "unlink /cfg", write=True)
    with open(disk, "r+b") as file:
        file.seek(100)
        file.write(b"old code")
        file.seek(3 * SECTOR)
        file.write(b"old stage 2")
        file.seek(2047 * SECTOR)
        file.write(b"settings")
    assert clean(disk)


def test_keep(installed, tmp_path):
    with_old_parts(installed, tmp_path)
    before, image = installed.read_bytes(), IMAGE.read_bytes()
    result = install(installed, "--keep")
    assert result.returncode == 0, result.stderr
    after = installed.read_bytes()
    assert after[:440] == image[:440] and after[440:SECTOR] == before[440:SECTOR]
    end = (1 + struct.unpack_from("<H", image, SECTOR + 4)[0]) * SECTOR
    assert after[SECTOR:end] == image[SECTOR:end]
    assert after[2047 * SECTOR:2048 * SECTOR] == before[2047 * SECTOR:2048 * SECTOR]
    assert clean(installed)
    assert debugfs(installed, "cat /mine") == "my file\n"
    assert debugfs(installed, "cat /boot/kernel.old.elf") == "the old kernel"
    assert debugfs(installed, "cat /boot/boot.cfg") == "timeout=3\n"
    assert "kernel.new.elf" not in debugfs(installed, "ls /boot")
    debugfs(installed, f"dump /boot/kernel.elf {tmp_path}/kernel")
    assert (tmp_path / "kernel").read_bytes() == (TOP / "build/root/boot/kernel.elf").read_bytes()
    debugfs(installed, f"dump /boot/kernel.tests {tmp_path}/tests")
    assert (tmp_path / "tests").read_bytes() == (TOP / "build/root/boot/kernel.tests").read_bytes()
    assert "mine" in boots(installed)


def test_keep_twice(installed):
    """The kernel that was new becomes the old one; nothing piles up."""
    for _ in range(3):
        assert install(installed, "--keep").returncode == 0
    assert clean(installed)
    assert debugfs(installed, "ls /boot").count("kernel") == 3  # .elf, .old.elf, .tests
    assert "README.txt" in boots(installed)


def test_keep_after_an_attempt_that_was_cut_short(installed, tmp_path):
    (tmp_path / "half").write_bytes(b"half a kernel")
    debugfs(installed, f"write {tmp_path}/half half", write=True)
    debugfs(installed, "ln /half /boot/kernel.new.elf", write=True)
    debugfs(installed, "unlink /half", write=True)
    assert install(installed, "--keep").returncode == 0
    assert clean(installed)
    assert "README.txt" in boots(installed)


def test_keep_nothing_there(disk):
    before = disk.read_bytes()
    result = install(disk, "--keep")
    assert result.returncode == 1 and "there is no FastOS to keep" in result.stderr
    assert disk.read_bytes() == before


def test_keep_damaged(installed):
    with open(installed, "r+b") as file:  # the block bitmap's first bytes
        file.seek(2048 * SECTOR + 3 * 1024)
        file.write(bytes(512))
    assert not clean(installed)
    before = installed.read_bytes()
    result = install(installed, "--keep")
    assert result.returncode == 1 and "is not clean" in result.stderr
    assert installed.read_bytes() == before


def test_keep_full(installed, tmp_path):
    free = int(debugfs(installed, "stats -h").split("Free blocks:")[1].split()[0])
    (tmp_path / "big").write_bytes(os.urandom((free - 60) * 1024))
    debugfs(installed, f"write {tmp_path}/big big", write=True)
    assert clean(installed)
    result = install(installed, "--keep")
    assert result.returncode == 1 and "no room for another kernel" in result.stderr
    assert clean(installed)
    assert "big" in boots(installed), "the old one is still whole"


# ---- which disk ----------------------------------------------------------------------------------

def device(name, kind="disk", mounted=(), children=(), read_only=False):
    return {"name": name, "type": kind, "size": 10**9, "model": "Stick", "serial": None, "tran": "usb",
            "ro": read_only, "mountpoints": list(mounted) or [None], "fstype": None, "label": None,
            **({"children": list(children)} if children else {})}


DEVICES = [
    device("/dev/sda", children=[device("/dev/sda1", "part", ["/boot"]),
                                 device("/dev/sda2", "part", children=[
                                     device("/dev/mapper/root", "crypt", ["/"])])]),
    device("/dev/sdb", children=[device("/dev/sdb1", "part", ["/media/stick"])]),
    device("/dev/sdc", children=[device("/dev/sdc1", "part")]),
    device("/dev/sdd", read_only=True),
    device("/dev/sde", children=[device("/dev/sde1", "part", children=[
        device("/dev/md0", "raid1")])]),
    device("/dev/sdf", mounted=["[SWAP]"]),
    device("/dev/sr0", "rom"),
]


@pytest.mark.parametrize("path, text", [
    ("/dev/sda", "sda1 is in use at /boot"),
    ("/dev/sda2", "is a part of /dev/sda"),
    ("/dev/mapper/root", "is a part of /dev/sda"),
    ("/dev/sdb", "/dev/sdb1 is in use at /media/stick; unmount it first"),
    ("/dev/sdb1", "is a part of /dev/sdb"),
    ("/dev/sdd", "write-protected"),
    ("/dev/sde", r"in use by /dev/md0 \(raid1\)"),
    ("/dev/sdf", r"in use at \[SWAP\]"),
    ("/dev/sr0", "is a rom"),
    ("/dev/sdz", "is no disk; there are: /dev/sda, /dev/sdb"),
])
def test_refused_disks(path, text):
    with pytest.raises(tool.Refused, match=text):
        tool.find_disk(path, DEVICES)


def test_the_running_system(monkeypatch):
    with pytest.raises(tool.Refused, match="holds the system that runs here"):
        tool.find_disk("/dev/sda", [device("/dev/sda", children=[
            device("/dev/sda1", "part", ["/"])])])


def test_accepted_disk():
    assert tool.find_disk("/dev/sdc", DEVICES)["name"] == "/dev/sdc"


def test_not_a_disk(tmp_path):
    plain = tmp_path / "file"
    plain.write_bytes(b"")
    for path, text in ((plain, "is no disk"), ("/dev/null", "is no disk"),
                       (tmp_path / "nothing", "No such file")):
        result = subprocess.run([sys.executable, "-B", TOP / "tools/install.py", IMAGE, path],
                                capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert result.returncode == 1 and text in result.stderr
