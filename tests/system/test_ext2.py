"""The root, written by the kernel: clean after every run and as the host reads it; disks that fail; and
what a crash leaves (tests/crash)."""
import re
import struct
import subprocess
import sys
import zlib

import pytest

from checks import Disk, make_image, plain
from harness import IMAGE, TOP, Machine, copy_image

sys.path.insert(0, str(TOP / "tests" / "crash"))
import crash  # noqa: E402
from replay import Reader, contents, read_promises  # noqa: E402

START = 2048


def partition(image):
    """The file system's bytes."""
    data = image.read_bytes()
    start, sectors = struct.unpack_from("<II", data, 0x1be + 8)
    return data[start * 512:(start + sectors) * 512]


def fsck(folder, data, option="-fn"):
    path = folder / "root.ext2"
    path.write_bytes(data)
    return subprocess.run(["/sbin/e2fsck", option, str(path)], capture_output=True, text=True)


def assert_clean_disk(folder, image):
    data = partition(image)
    result = fsck(folder, data)
    assert result.returncode == 0, result.stdout
    assert struct.unpack_from("<H", data, 1024 + 58)[0] == 1, "not marked clean"
    return data


def work(image, command, timeout=300, status=0, **machine):
    """Runs a command on the image itself; COM1's text."""
    drive = ["-drive", f"file={image},format=raw,if=none,id=root",
             "-device", "ide-hd,drive=root,bus=ide.0,unit=0,bootindex=0"]
    with Machine(disk=None, cmdline=f"panic=exit run='{command}'", extra=drive, **machine) as m:
        assert m.wait_exit(timeout) == status, m.report()
        return plain(m.text)


def assert_kept(data, text):
    """What file-work says is there at its end, the host finds."""
    reader, promises = Reader(data), read_promises(text)[-1]
    assert len(promises) > 10
    for name, choice in promises.items():
        assert reader.find(name) in [wanted and contents(*wanted) for wanted in choice], name


# ---- whole disks ---------------------------------------------------------------------------------

@pytest.mark.parametrize("memory", ["8", "256"])
def test_the_kernels_own_tests_leave_it_clean(tmp_path, memory):
    image = copy_image(IMAGE, tmp_path)
    assert re.search(r"^[1-9]\d* passed, 0 failed", work(image, "ktest ext2", memory=memory), re.M)
    assert_clean_disk(tmp_path, image)


@pytest.mark.parametrize("seed, block, memory", [(1, 1024, "128"), (2, 2048, "128"), (3, 4096, "128"),
                                                 (4, 1024, "8")])
def test_what_was_written_is_there(tmp_path, seed, block, memory):
    image = make_image(tmp_path, "--block", str(block))
    text = work(image, f"file-work {seed} 300", memory=memory)
    assert_kept(assert_clean_disk(tmp_path, image), text)


def test_it_is_written_without_a_sync(tmp_path):
    """The page writer's work: two to four seconds after the change."""
    image = copy_image(IMAGE, tmp_path)
    drive = ["-drive", f"file={image},format=raw,if=none,id=root",
             "-device", "ide-hd,drive=root,bus=ide.0,unit=0,bootindex=0"]
    with Machine(disk=None, extra=drive) as m:
        m.wait_prompt()
        m.command("file-work 7 0")  # makes /crash and syncs
        before = image.read_bytes()
        m.command("ktest ext2_names", timeout=60)
        m.command("cat /README.txt")
        import time
        time.sleep(6)
        assert image.read_bytes() != before
        # and it is switched off without a word
    assert fsck(tmp_path, partition(image), "-fy").returncode in (0, 1)


def test_a_root_that_is_read_only(tmp_path):
    """Features that only matter to writers: it is read, and nothing is written."""
    disk = Disk(tmp_path)
    with open(disk.path, "r+b") as file:
        file.seek(START * 512 + 1024 + 100)
        file.write(struct.pack("<I", 0x1 | 0x2 | 0x8))  # huge_file
    before = disk.path.read_bytes()
    text = work(disk.path, "sum /README.txt")
    assert "features that we cannot write: read-only" in text and "read-only" in text
    assert disk.path.read_bytes() == before


@pytest.mark.parametrize("block", [1024, 4096])
def test_a_second_disk(tmp_path, block):
    """Mounted, written and unmounted, five times; without a partition table."""
    second = tmp_path / "second.ext2"
    second.write_bytes(bytes(8 << 20))
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-b", str(block), str(second)], check=True)
    extra = ["-drive", f"file={second},format=raw,if=none,id=second",
             "-device", "ide-hd,drive=second,bus=ide.0,unit=1"]
    with Machine(cmdline="panic=exit run='ktest ext2_a_second'", extra=extra) as m:
        assert m.wait_exit(120) == 0, m.report()
        assert "1 passed, 0 failed\n" in plain(m.text), m.report()
    data = second.read_bytes()
    result = fsck(tmp_path, data)
    assert result.returncode == 0, result.stdout
    reader = Reader(data)
    for number in range(5):
        for k in range(20):
            wanted = bytes(((i * 2654435761 >> 8) + k) & 0xff for i in range(1000 * k))
            assert reader.find(f"/file-{number}-{k}") == wanted


# ---- disks that fail -----------------------------------------------------------------------------

def failing(image, event, sectors, once=False):
    """QEMU's arguments for a disk of which these sectors cannot be read, or written."""
    rules = "".join(f",inject-error.{i}.event={event},inject-error.{i}.sector={sector},"
                    f"inject-error.{i}.errno=5,inject-error.{i}.once={'on' if once else 'off'}"
                    for i, sector in enumerate(sectors))
    return ["-blockdev", f"driver=file,filename={image},node-name=file",
            "-blockdev", f"driver=blkdebug,image=file,node-name=bad{rules}",
            "-blockdev", "driver=raw,file=bad,node-name=root",
            "-device", "ide-hd,drive=root,bus=ide.0,unit=0,bootindex=0,rerror=report,werror=report"]


def changed_sectors(folder):
    """Those that file-work writes."""
    image = copy_image(IMAGE, folder, "tried.img")
    work(image, "file-work 11 200")
    before, after = IMAGE.read_bytes(), image.read_bytes()
    return [at // 512 for at in range(START * 512, len(before), 512)
            if before[at:at + 512] != after[at:at + 512]]


def test_sectors_that_cannot_be_written(tmp_path):
    """The error is said, to the program as well, and the system lives: files are read after it."""
    readme = (TOP / "build" / "root" / "README.txt").read_bytes()
    changed = changed_sectors(tmp_path)
    for sector in [START + 4, *changed[3::len(changed) // 8]]:
        image = copy_image(IMAGE, tmp_path)
        with Machine(disk=None, extra=failing(image, "write_aio", [sector])) as m:
            m.wait_prompt()
            said = m.command("file-work 11 200", timeout=300)
            assert f"{zlib.crc32(readme):08x}" in m.command("sum /README.txt")
            assert "panic" not in m.text
            assert f"write of LBA {sector} failed" in m.text and "input/output error" in said, m.report()
        assert fsck(tmp_path, partition(image), "-fy").returncode in (0, 1)


# ---- crashes -------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", [1, 2])
def test_a_crash_loses_nothing_that_was_promised(tmp_path, seed):
    """`make crash` tries more states."""
    assert crash.run(120, 150, seed, 1, tmp_path) == []


def test_what_cannot_be_copied_leaves_no_room_behind(tmp_path):
    with Machine(cmdline="panic=exit run='exec /usr/tests/unfilled'", write=True) as m:
        assert m.wait_exit(60) == 0 and "unfilled: done" in plain(m.text).splitlines(), m.report()
        assert_clean_disk(tmp_path, m.disk_image)
