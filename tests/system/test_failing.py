"""The k-th allocation and the k-th request to a disk made to fail inside each system call, for every k
(user/tests/failing.c, by /dev/inject of the debug kernel)."""
import re
import subprocess

import pytest

from checks import assert_alive, plain, wait_for_monitor
from harness import Machine
from test_sanitizers import DEBUG_IMAGE

pytestmark = pytest.mark.skipif(not DEBUG_IMAGE.exists(), reason="no debug image: make DEBUG=1 img")


def fsck(disk, how):
    return subprocess.run(["/sbin/e2fsck", "-f", how, str(disk)], capture_output=True, text=True)


def fail(disk, words):
    """On an empty second disk; what is on it afterwards is for the caller to judge."""
    with open(disk, "wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-b", "1024", str(disk)], check=True)
    extra = ["-drive", f"file={disk},format=raw,if=none,id=second",
             "-device", "ide-hd,drive=second,bus=ide.0,unit=1"]
    cmdline = f"panic=exit log=error run='exec /usr/tests/failing {words}'"
    with Machine(DEBUG_IMAGE, cmdline=cmdline, cpu="max", extra=extra) as m:
        status, text = m.wait_exit(300), plain(m.text)
    assert status == 0 and "failing: done" in text.splitlines(), text
    return text


def test_no_memory_on_a_disk(tmp_path):
    """What fails for lack of memory leaves the file system clean."""
    disk = tmp_path / "second.ext2"
    fail(disk, "/dev/ata1")
    result = fsck(disk, "-n")
    assert result.returncode == 0, result.stdout


def test_requests_to_the_disk(tmp_path):
    """What cannot be written makes the file system read-only: to be repaired, with all that was there."""
    disk = tmp_path / "second.ext2"
    text = fail(disk, "/dev/ata1 requests")
    assert re.search(r"fs: error: ext2 on ata1: input/output error: read-only from here on", text)
    assert fsck(disk, "-y").returncode in (0, 1)
    result = fsck(disk, "-n")
    assert result.returncode == 0, result.stdout


def test_no_memory_leaves_nothing():
    """On /tmp. From the second time on: what is made once is there then; caches move by some frames, and one
    that each of hundreds of failures left would be hundreds."""
    with Machine(DEBUG_IMAGE, cpu="max") as machine:
        wait_for_monitor(machine)
        used = []
        for _ in range(3):
            assert "failing: done" in machine.command("exec /usr/tests/failing", 200)
            used += re.findall(r"(\d+) used", machine.command("memory"))
        assert len(used) == 3 and int(used[2]) <= int(used[1]) + 64, used
        assert_alive(machine)
