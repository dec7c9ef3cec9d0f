"""The disks' drivers while they are killed, stopped and moved: what was asked of them is done, by whichever life
of theirs. What a disk does is in test_disk.py, test_disks.py and test_ahci.py, which `make test-hybrid` runs once
more with both drivers in ring 3."""
import random
import re

import pytest

from checks import make_image, plain
from harness import IMAGE, Machine
from test_hybrid import drivers

MIB = 1 << 20
COPY = 64 * MIB


def attach(name, *images, boot=IMAGE):
    """The boot disk and others, on the controller of that driver."""
    options = []
    for i, image in enumerate((boot, *images)):
        options += ["-drive", f"file={image},format=raw,if=none,id=d{i},snapshot={'off' if i and image != IMAGE else 'on'}"]
        bus = f"ide.{i // 2},unit={i % 2}" if name == "ata" else f"ahci.{i}"
        options += ["-device", f"ide-hd,drive=d{i},bus={bus}" + ("" if i else ",bootindex=0")]
    return options if name == "ata" else ["-device", "ahci,id=ahci", *options]


def run_script(name, placement, script, *images, timeout=120, cmdline="", boot=IMAGE, **machine):
    line = f"drv.{name}={placement} {cmdline} panic=exit run='{script}'"
    with Machine(disk=None, init=None, cmdline=line, cpu="max", extra=attach(name, *images, boot=boot), **machine) as m:
        assert m.wait_exit(timeout) == 0, m.report()
        return plain(m.text)


BOTH = pytest.mark.parametrize("name, placement", [(n, p) for n in ("ata", "ahci") for p in ("kernel", "user")])


@BOTH
def test_copy_while_it_is_killed(name, placement, tmp_path):
    """64 MiB from disk to disk, the driver killed every 300 ms: no error, and the same bytes."""
    source, target = tmp_path / "from.img", tmp_path / "to.img"
    source.write_bytes(random.Random(7).randbytes(COPY))
    target.touch()
    with open(target, "r+b") as file:
        file.truncate(COPY)
    text = run_script(name, placement, f"sleep 0.5; cp /dev/{name}1 /dev/{name}2 & while kill -0 $! 2>/dev/null; do "
                      f"drvctl {name} kill; sleep 0.3; done; wait $! && sync && echo copied; lsdev", source, target)
    assert "copied\n" in text and "error" not in text, text
    assert source.read_bytes() == target.read_bytes()
    kills = text.count(f"{name}: killed as ordered")
    state = drivers(text)[name]
    assert kills >= 2 and state[0] == placement and state[3] == 0, text


@BOTH
def test_many_ask_while_it_is_killed(name, placement, tmp_path):
    """Eight readers of one disk, so that a driver fails over several requests at a time; then all is written."""
    extra, target = tmp_path / "extra", tmp_path / "to.img"
    extra.mkdir()
    for i in range(8):
        (extra / f"f{i}").write_bytes(random.Random(i).randbytes(2 * MIB))
    with open(target, "wb") as file:
        file.truncate(16 * MIB)
    copies = "; ".join(f"cp /f{i} /tmp/g{i} & p{i}=$!" for i in range(8)).replace("&;", "&")
    waits = " && ".join(f"wait $p{i}" for i in range(8))
    text = run_script(name, placement, f"sleep 0.5; while true; do drvctl {name} kill; sleep 0.01; done & k=$!; {copies}; "
                      f"{waits} && cat /tmp/g? >/dev/{name}1 && sync && echo copied; kill $k; lsdev", target,
                      boot=make_image(tmp_path, extra=extra))
    assert "copied\n" in text and "error" not in text, text
    assert target.read_bytes() == b"".join((extra / f"f{i}").read_bytes() for i in range(8))
    assert text.count(f"{name}: killed as ordered") >= 2 and drivers(text)[name][3] == 0, text


def test_what_is_overwritten_is_not_read(tmp_path):
    """Whole pages of a disk; of one that is changed in part the rest stays."""
    old, new = random.Random(1).randbytes(4 * MIB), random.Random(2).randbytes(MIB + 1000)
    extra, second = tmp_path / "extra", tmp_path / "second.img"
    extra.mkdir()
    (extra / "new").write_bytes(new)
    second.write_bytes(old)
    options = attach("ata", second, boot=make_image(tmp_path, extra=extra))
    script = "cat /new >/tmp/n; echo be\\gin; cp /tmp/n /dev/ata1; sync; echo wri\\tten; sleep 5"
    with Machine(disk=None, init=None, cmdline=f"panic=exit run='{script}'", cpu="max", extra=options) as m:
        m.wait_for("begin")
        before = stats(m, "d1")
        m.wait_for("written")
        after = stats(m, "d1")
        assert m.wait_exit(60) == 0
    assert after["wr_bytes"] - before["wr_bytes"] >= len(new)
    assert after["rd_bytes"] - before["rd_bytes"] <= 128 << 10, (before, after)  # the last page, and what is read ahead
    assert second.read_bytes() == new + old[len(new):]


def stats(machine, name):
    return next(drive["stats"] for drive in machine.qmp.command("query-blockstats") if drive["device"] == name)


@BOTH
def test_it_is_back_in_half_a_second(name, placement):
    """Killed at a request or between two: the next sectors come (virtual time)."""
    text = run_script(name, placement, f"sleep 1; for i in 1 2 3 4 5; do drvctl {name} kill; "
                      f"head -c 65536 /dev/{name}0 | wc -c; sleep 0.1; done", icount=1)
    ends = [float(t) for t in re.findall(rf"\[ *(\d+\.\d+)\] {name}: killed as ordered", text)]
    begins = [float(t) for t in re.findall(rf"\[ *(\d+\.\d+)\] {name}0: QEMU HARDDISK", text)]
    assert len(ends) == 5 and text.count("65536\n") == 5, text
    for end in ends:
        assert min(t for t in begins if t >= end) - end < 0.5, text


@BOTH
def test_a_hundred_restarts_leave_nothing(name, placement):
    """Frames, handles and what else the kernel keeps for it."""
    many = f"for i in 1 2 3 4 5 6 7 8 9 10; do drvctl {name} restart; sleep 0.2; done"
    count = "grep -v ^KernelHeap /proc/slabinfo | grep -e thread -e process -e region -e file; grep MemFree /proc/meminfo"
    text = run_script(name, placement, f"sleep 1; {many}; {count}; echo half; for k in 1 2 3 4 5 6 7 8 9 10; do {many}; "
                      f"done; {count}; lsdev", icount=1, timeout=200)
    first, rest = text.split("half\n")
    used = [{line[:20].strip(): int(line[20:].split()[0]) for line in part.splitlines()
             if re.match(r"(.*thread.*|process|region|file) +\d+ +\d+ +\d+ +\d+$", line)} for part in (first, rest)]
    assert used[0] and all(used[1][key] <= count + 1 for key, count in used[0].items()), used
    free = [int(n) for n in re.findall(r"MemFree:? +(\d+)", text)]
    assert len(free) == 2 and free[0] - free[1] < 256, free  # KiB, for what the shell and the page cache took
    state = drivers(text)[name]
    assert state[:2] == (placement, "running") and state[2] >= 111 and state[3] == 0


@BOTH
def test_off_and_on_again(name, placement):
    """While it is off its disks give errors, and afterwards what they have."""
    text = run_script(name, placement, f"sleep 1; head -c 4096 /dev/{name}1 | wc -c; drvctl {name} stop; sleep 0.2; "
                      f"wc -c </dev/{name}1; echo status $?; drvctl {name} start; sleep 1; lsdev; "
                      f"wc -c </dev/{name}1", IMAGE)
    assert f"{name}: stopped as ordered" in text and "status 1" in text, text
    assert drivers(text)[name][1] == "running" and text.rstrip().endswith(str(IMAGE.stat().st_size)), text
