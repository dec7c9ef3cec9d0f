"""Debian's libraries in programs of ours (user/packages/): each does what it is there for."""
import re

import pytest

from checks import plain
from harness import Machine


def packages(arguments, cpu="qemu64"):
    command = f"/usr/tests/packages {arguments}; exit $?"
    with Machine(init=None, cpu=cpu, cmdline=f"run='{command}'") as machine:
        assert machine.wait_exit(60) == 0, machine.report()
        return plain(machine.text)


@pytest.mark.parametrize("cpu", ["qemu64", "max"])  # libjpeg has other code for CPUs with AVX2
def test_a_jpeg_is_made_and_read(cpu):
    assert re.search(r"jpeg \d+ bytes, differs by at most \d+\n", packages("jpeg", cpu))


def test_a_png_is_made_and_read():
    assert re.search(r"png \d+ bytes, damaged: -1\n", packages("png"))


def test_what_was_packed_is_unpacked():
    assert re.search(r"zlib \d+ bytes\n", packages("zlib"))


def test_a_qr_code_has_its_marks():
    rows = re.findall(r"^[#.]+$", packages("qr FastOS"), re.M)
    assert len(rows) == 21 and {len(row) for row in rows} == {21}
    mark = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]  # ISO/IEC 18004 §6.3.3
    assert [row[:7] for row in rows[:7]] == [row[-7:] for row in rows[:7]] == [row[:7] for row in rows[-7:]] == mark
