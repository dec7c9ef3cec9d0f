"""Every system call with whatever is at hand (user/tests/abuse.c): a million of the debug kernel, some of
the other. `make fuzz` makes many more of them, with a seed of its own: FASTOS_ABUSE="SEED CALLS".
In virtual time, which counts instructions: waiting costs none, and a busy host changes nothing.

What it found: addresses of the kernel translated by page tables that had gone; writers to a full pseudo
terminal that woke each other for ever; a killed process that waited for the reader of its trace.
"""
import os
import re
import subprocess
from pathlib import Path

import pytest

from checks import SECTOR, plain, start_of_root
from harness import IMAGE, Machine

DEBUG_IMAGE = Path(os.environ.get("FASTOS_DEBUG_IMAGE", IMAGE.parent / "debug" / IMAGE.name))
GIVEN = os.environ.get("FASTOS_ABUSE", "").split()
DEBUG_SEEDS = [(GIVEN[0], GIVEN[1])] if GIVEN else [(seed, 250000) for seed in (1, 2, 3, 4)]


def abuse(image, seed, calls, **machine):
    cmdline = f"panic=exit log=error run='exec /usr/tests/abuse {seed} {calls}'"
    with Machine(image, cmdline=cmdline, cpu="max", icount=1, write=True, **machine) as m:
        status = m.wait_exit(int(calls) // 500 + 60)
        text = plain(m.text)
        assert status == 0 and "abuse: done" in text.splitlines(), f"seed {seed}:\n{text}"
        check_root(m.disk_image, m.folder)
    return text


def check_root(image, folder):
    with open(image, "rb") as disk:
        disk.seek(start_of_root(image) * SECTOR)
        (folder / "root").write_bytes(disk.read())
    result = subprocess.run(["/sbin/e2fsck", "-fn", str(folder / "root")], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("seed, calls", DEBUG_SEEDS)
def test_calls_of_the_debug_kernel(seed, calls):
    text = abuse(DEBUG_IMAGE, seed, calls)
    assert int(re.search(r"^calls: (\d+)$", text, re.M)[1]) >= int(calls)


@pytest.mark.skipif(bool(GIVEN), reason="a longer run is for the debug kernel")
@pytest.mark.parametrize("seed, memory", [(5, "256"), (6, "32")])
def test_calls_with_much_and_little_memory(seed, memory):
    abuse(IMAGE, seed, 60000, memory=memory)
