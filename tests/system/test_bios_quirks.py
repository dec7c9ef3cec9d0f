"""The option ROMs of tests/bios-quirks: each does what its name says (a boot sector that probes the
BIOS sees it), and FastOS boots on each."""
import re

import pytest

import harness
from harness import TOP, Bochs, Machine

QUIRKS = TOP / "build" / "quirks"
NAMES = sorted(path.stem for path in QUIRKS.glob("*.rom"))
ENTRY = ("es", "ds", "cs", "flags", "dx", "eax_high", "ecx_high")
IF, DF = 0x200, 0x400


def rom(name):
    return QUIRKS / f"{name}.rom"


def words(line):
    return [int(word, 16) for word in line.split()]


class Seen:
    """What a probe reported, by the lines and words of probe.asm."""

    def __init__(self, text):
        lines = [words(line) for line in text.strip().split("\n")]
        self.entry, self.lines = dict(zip(ENTRY, lines[0])), lines[1:]


class Disk(Seen):
    def __init__(self, text):
        super().__init__(text)
        (self.extensions, self.bx, self.cx), *reads = self.lines[:7 + 2]
        self.reads = [line[0] for line in reads[:6]]  # six of one sector
        self.read_63, self.read_64 = (line[0] for line in reads[6:8])
        self.parameters = self.lines[9][0]
        self.geometry, self.geometry_dx, self.geometry_cx = self.lines[10]
        self.chs, *self.kept, self.ds, self.flags = self.lines[11]


class Memory(Seen):
    def __init__(self, text):
        super().__init__(text)
        (self.a20,), (self.a20_support,), (self.a20_on,), (self.a20_after,) = self.lines[:4]
        *self.e820, self.e801, self.old = self.lines[4:]
        self.status = [line[0] for line in self.e820]
        self.ebx = [line[2] for line in self.e820]
        self.edx = [line[4] for line in self.e820]


class Video(Seen):
    def __init__(self, text):
        super().__init__(text)
        (self.vbe,), (self.edid,), *sets, self.teletype = self.lines
        self.sets = [line[0] for line in sets]


def probe_image(tmp_path, kind):
    image = tmp_path / f"{kind}.img"
    image.write_bytes((QUIRKS / f"probe-{kind}.bin").read_bytes())
    with open(image, "r+b") as file:
        file.truncate(16 * 63 * 512 * 16)
    return image


@pytest.fixture
def probe(tmp_path):
    """probe(Disk, "noext"): what that probe sees in QEMU with that ROM."""
    def run(kind, name):
        image = probe_image(tmp_path, kind.__name__.lower())
        with Machine(image, roms=[rom(name)]) as machine:
            assert machine.wait_exit(30) == 0x31
            return kind(machine.debugcon)
    return run


# ---- each ROM does what its name says -----------------------------------------------------------

def test_without_a_quirk_the_bios_is_a_good_one(probe):
    disk, memory, video = (probe(kind, "none") for kind in (Disk, Memory, Video))
    assert disk.entry == {"es": 0, "ds": 0, "cs": 0, "flags": disk.entry["flags"], "dx": 0x80,
                          "eax_high": 0, "ecx_high": 0}
    assert disk.entry["flags"] & (IF | DF) == IF
    assert disk.extensions & 0xFF == 0 and disk.bx == 0xAA55 and disk.cx & 1
    assert disk.reads == [0] * 6 and disk.read_63 == disk.read_64 == disk.chs == 0
    assert disk.parameters & 0xFF == disk.geometry & 0xFF == 0
    assert disk.kept == [0x1111, 0x2222, 0x3333] and disk.flags & (IF | DF) == IF
    assert memory.a20 == memory.a20_after == 1 and memory.a20_on == 0
    assert 0 not in memory.ebx[:-1] and memory.ebx[-1] == 0 and len(memory.ebx) < 10
    assert memory.e801[0] & 0xFF == 0 and memory.old[0] & 0xFF == 0
    assert video.vbe == video.edid == 0x4F and video.sets == [0x4F] * 3
    assert video.teletype[1] == 0x3333


def test_extensions(probe):
    assert probe(Disk, "noext").extensions == 0x0101
    assert probe(Disk, "noext").reads == [0x0101] * 6
    seen = probe(Disk, "extnob0")
    assert seen.extensions & 0xFF == 0 and seen.cx & 1 == 0 and seen.reads == [0x0101] * 6
    seen = probe(Disk, "extlie")
    assert seen.extensions & 0xFF == 0 and seen.cx & 1 == 1 and seen.reads == [0x0101] * 6
    seen = probe(Disk, "no48")
    assert seen.parameters == 0x0101 and seen.reads == [0] * 6


def test_limits_and_transient_errors(probe):
    seen = probe(Disk, "max63")
    assert (seen.reads[0], seen.read_63, seen.read_64) == (0, 0, 0x0901)
    seen = probe(Disk, "max1")
    assert (seen.reads[0], seen.read_63, seen.read_64) == (0, 0x0901, 0x0901)
    assert probe(Disk, "flaky1").reads == [0x8001, 0, 0, 0, 0, 0]
    assert probe(Disk, "flaky3").reads == [0x8001, 0x8001, 0x8001, 0, 0, 0]
    assert probe(Disk, "flaky2of3").reads == [0x8001, 0x8001, 0] * 2


def test_geometry(probe):
    assert probe(Disk, "nogeometry").geometry == 0x0101
    seen = probe(Disk, "heads256")
    assert seen.geometry & 0xFF == 0 and seen.geometry_dx >> 8 == 255 and seen.chs == 0


def test_spoilt_registers(probe):
    seen = probe(Disk, "trash13")
    assert seen.reads == [0] * 6 and seen.chs == 0
    assert seen.kept == [0xFEDC, 0x1357, 0x7531] and seen.ds == 0xFEDC and seen.flags & DF
    assert probe(Disk, "if13").chs == 0
    assert probe(Video, "trash10").teletype == [0x6543, 0x3456]


def test_entry(probe):
    assert probe(Disk, "dl00").entry["dx"] & 0xFF == 0x00
    assert probe(Disk, "dl81").entry["dx"] & 0xFF == 0x81
    seen = probe(Disk, "dlff").entry
    assert seen["dx"] & 0xFF == 0xFF and seen["cs"] == 0x7C0
    seen = probe(Disk, "cs7c0").entry
    assert seen["cs"] == 0x7C0 and seen["ds"] == seen["es"] == 0x1234 and seen["flags"] & DF
    assert seen["eax_high"] == 0xDEAD and seen["ecx_high"] == 0xBEEF and seen["dx"] & 0xFF == 0x80
    assert probe(Disk, "if0").entry["flags"] & IF == 0


def test_a20(probe):
    seen = probe(Memory, "a20off")
    assert seen.a20 == seen.a20_after == 0 and seen.a20_support == seen.a20_on == 0x8601
    seen = probe(Memory, "a20off2")
    assert seen.a20 == seen.a20_after == 0 and seen.a20_on == 0


def test_e820(probe):
    assert 0 not in probe(Memory, "e820loop").ebx  # the probe stops after 30
    seen = probe(Memory, "e820cy")
    assert seen.status[-1] == 0x8601 and seen.ebx[-2] != 0 and len(seen.ebx) < 12
    seen = probe(Memory, "e820mess")
    assert len(seen.ebx) == 13 and set(seen.edx) == {0xBEEF}
    assert all(line[1] & IF for line in seen.e820)  # though it was called with interrupts off
    entries = [[value >> shift & 0xFFFF for value, shift in zip(line[5:], [0] * 12)]
               for line in seen.e820]
    assert [entry[3] for entry in entries] == [1, 2, 3, 1, 1, 77, 2, 5, 2, 1, 1, 1, 0]
    assert entries[4][4:] == [0, 0, 0x9, 0xEB01, 0, 0, 0, 0x500]
    assert [entry[1] for entry in entries] == [1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1]


def test_older_memory_calls(probe):
    seen = probe(Memory, "noe820")
    assert seen.status[0] == 0x8601 and seen.e801[0] & 1 == 0 and seen.e801[1] != 0
    seen = probe(Memory, "e801cxdx")
    assert seen.status[0] == 0x8601 and seen.e801[1:3] == [0, 0] and 0 not in seen.e801[3:]
    seen = probe(Memory, "noe801")
    assert seen.status[0] == 0x8601 and seen.e801[0] == 0x8601 and seen.old[0] & 1 == 0
    seen = probe(Memory, "no88")
    assert seen.status[0] == 0x8601 and seen.e801[0] == 0x8601 and seen.old[0] == 0x8601


def test_video(probe):
    assert probe(Video, "novbe").vbe == 0x4F00
    seen = probe(Video, "noedid")
    assert seen.vbe == 0x4F and seen.edid == 0x014F
    assert probe(Video, "setfail1").sets == [0x014F, 0x4F, 0x4F]
    assert probe(Video, "setfail").sets == [0x014F] * 3


# Bochs has another BIOS. (The disk ROMs run there in test_bootsector.py.)
@pytest.mark.parametrize("name,field,value", [("none", "a20_after", 1), ("a20off", "a20_after", 0),
                                              ("no88", "e801", 0x8601)])
def test_in_bochs(tmp_path, name, field, value):
    with Bochs(probe_image(tmp_path, "memory"), graphics=False,
               settings=[f'optromimage1: file="{rom(name)}", address=0xd0000']) as bochs:
        bochs.wait(60)
        said = bochs.said().replace("\r", "")
    report = [line for line in said.split("\n") if re.fullmatch("([0-9A-F]{4} )+", line)]
    got = getattr(Memory("\n".join(report)), field)
    assert (got[0] if isinstance(got, list) else got) == value


# ---- FastOS boots on each -----------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_boots(name):
    with Machine(roms=[rom(name)]) as machine:
        machine.wait_for(harness.READY, timeout=30)
