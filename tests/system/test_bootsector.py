"""The boot sector, B1 to B12 of its requirements (docs/10-boot-sector.md), with a stage 2 that only
reports how it was entered (tests/bootsector), where the real one is not needed."""
import re
import shutil
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

import harness
from harness import TOP, Bochs, Machine

BUILD = TOP / "build"
ROMS = BUILD / "quirks"
DUMMY = BUILD / "tests" / "bootsector"
SECTOR = 512
CYLINDER = 16 * 63
CODE_START, CODE_END = 0x5A, 0x1B8
ENTERED_RIGHT = 0x31  # what the reporting stage 2 leaves with
INSTRUCTIONS_MAX = 60_000

pytestmark = pytest.mark.skipif(not shutil.which("qemu-system-x86_64"), reason="needs QEMU")


# ---- disks and machines -------------------------------------------------------------------------

def disk_bytes(size=17 * CYLINDER * SECTOR):
    """The boot sector, a partition table, the reporting stage 2 and nothing."""
    sector = bytearray((DUMMY / "mbr.bin").read_bytes())
    sector[0x1B8:0x1BC] = b"TEST"
    sector[0x1BE:0x1CE] = struct.pack("<B3sB3sII", 0x80, b"\x20\x21\x00", 0x83, b"\xfe\xff\xff",
                                      2048, max(size // SECTOR - 2048, 1))
    return bytearray((bytes(sector) + (DUMMY / "stage2.bin").read_bytes()).ljust(size, b"\0"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bootsector")


@pytest.fixture(scope="module")
def disk(folder):
    (folder / "disk.img").write_bytes(disk_bytes())
    return folder / "disk.img"


@pytest.fixture(scope="module")
def floppy(folder):
    (folder / "floppy.img").write_bytes(disk_bytes(2880 * SECTOR))
    return folder / "floppy.img"


class Report(dict):
    """What the reporting stage 2 said, as numbers by name."""

    def __init__(self, text):
        line = re.search(r"stage2: (.*) state=(\w+)", text)
        assert line, f"stage 2 was not reached:\n{text}"
        super().__init__((name, int(value, 16)) for name, value in
                         (word.split("=") for word in line[1].split()))
        assert line[2] == "right", f"stage 2 was entered in a wrong state: {line[0]}"

    __getattr__ = dict.__getitem__


def entered(image, **options):
    """Boot it as far as stage 2: its report."""
    with Machine(image, **options) as machine:
        status = machine.wait_exit(30)
        assert status == ENTERED_RIGHT, machine.report()
        return Report(machine.text)


def each(function, cases):
    """function(*case) for all cases, two at a time; failures name their case."""
    def one(case):
        try:
            return function(*case)
        except AssertionError as error:
            raise AssertionError(f"{case}: {error}") from error
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, cases))


def vga_text(machine):
    return machine.memory(0xB8000, 4000)[::2].decode("cp437")


def quirk(name):
    return ROMS / f"{name}.rom"


def drive(image, *device):
    """A disk of one's own instead of the harness's."""
    return {"disk": None,
            "extra": ["-drive", f"file={image},format=raw,if=none,id=own,snapshot=on", *device]}


# ---- B1, B2: what lies in the sector ------------------------------------------------------------

def test_code_keeps_to_its_place():
    for sector in ((BUILD / "mbr.bin").read_bytes(), harness.IMAGE.read_bytes()[:SECTOR]):
        assert len(sector) == SECTOR
        assert sector[:3] == b"\xeb\x58\x90"
        assert not any(sector[3:CODE_START])
        assert any(sector[CODE_START:CODE_END])
        assert sector[510:] == b"\x55\xaa"
    assert not any((BUILD / "mbr.bin").read_bytes()[CODE_END:510])


def test_partition_table_of_the_image():
    sector = harness.IMAGE.read_bytes()[:SECTOR]
    sectors = harness.IMAGE.stat().st_size // SECTOR
    assert any(sector[0x1B8:0x1BC]), "no disk signature"
    entries = [sector[0x1BE + 16 * i:0x1CE + 16 * i] for i in range(4)]
    used = [entry for entry in entries if any(entry)]
    assert len(used) == 1 and used[0][0] == 0x80 and used[0][4] == 0x83
    start, count = struct.unpack_from("<II", used[0], 8)
    assert 0 < start and start + count <= sectors
    for lba, (head, low, high) in ((start, used[0][1:4]), (start + count - 1, used[0][5:8])):
        cylinder, number = high | (low & 0xC0) << 2, low & 63
        if cylinder < 1023:
            assert (cylinder * 255 + head) * 63 + number - 1 == lba
    assert sectors % CYLINDER == 0, "not whole cylinders of 16x63"


def test_sfdisk_finds_nothing_to_complain_about():
    sfdisk = shutil.which("sfdisk", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not sfdisk:
        pytest.skip("no sfdisk")
    result = subprocess.run([sfdisk, "-V", "-l", str(harness.IMAGE)], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0 and "No errors detected" in result.stdout, result.stdout


def test_a_bios_may_write_into_the_bpb(folder):
    def boot(name, content):
        data = disk_bytes()
        data[3:CODE_START] = content
        image = folder / f"bpb-{name}.img"
        image.write_bytes(data)
        entered(image)
        image.unlink()
    size = CODE_START - 3
    each(boot, [("ff", b"\xff" * size), ("random", Random(1).randbytes(size))])


# ---- B3, B8: state, registers -------------------------------------------------------------------

def test_plain(disk):
    report = entered(disk)
    assert (report.drive, report.bios_drive, report.function) == (0x80, 0x80, 0x42)
    assert (report.retries, report.first_error) == (0, 0)
    assert (report.heads_minus_1, report.sectors_per_track) == (15, 63)
    assert report.tsc != 0


def test_cpu_without_rdtsc(disk, folder):
    """QEMU's 486 has it all the same, so here the sector has UD2 in its place."""
    data = disk_bytes()
    at = data.index(b"\x0f\x31", CODE_START, CODE_END)
    data[at + 1] = 0x0B
    image = folder / "no-tsc.img"
    image.write_bytes(data)
    report = entered(image)
    assert report.tsc == 0
    assert report.ud == entered(disk).ud, "the vector of #UD is not what it was"


def test_old_processors(disk):
    each(lambda cpu, machine, bus: entered(disk, cpu=cpu, machine=machine, disk=bus, memory="16"),
         [("486", "isapc", "isa-ide"), ("486", "pc", "ide"), ("pentium", "pc", "ide")])


# What a quirk's ROM must leave in the report.
QUIRKS = {
    "none": dict(function=0x42, retries=0),
    "noext": dict(function=0x02, retries=0, first_error=0),
    "extnob0": dict(function=0x02, retries=0, first_error=0),
    "extlie": dict(function=0x02, retries=0, first_error=0),
    "no48": dict(function=0x42, retries=0),
    "max63": dict(function=0x42, retries=0),
    "max1": dict(function=0x42, first_error=9, retries=6),
    "flaky1": dict(function=0x42, first_error=0x80, retries=1),
    "flaky3": dict(function=0x42, first_error=0x80, retries=3),
    "flaky2of3": dict(function=0x42, first_error=0x80),
    "trash13": dict(function=0x42, retries=0, drive=0x80),
    "if13": dict(function=0x42, retries=0),
    "nogeometry": dict(function=0x42, sectors_per_track=18, heads_minus_1=1),
    "heads256": dict(function=0x02, heads_minus_1=255),
    "dl00": dict(bios_drive=0x00, drive=0x80),
    "dl81": dict(bios_drive=0x81, drive=0x80),
    "dlff": dict(bios_drive=0xFF, drive=0x80),
    "cs7c0": dict(function=0x42, drive=0x80),
    "if0": dict(function=0x42, drive=0x80),
    "a20off": dict(function=0x42),
    "trash10": dict(function=0x42),
}


def check_quirk(report, name):
    wrong = {field: f"{report[field]:#x}, want {value:#x}" for field, value in QUIRKS[name].items()
             if report[field] != value}
    assert not wrong, f"{name}: {wrong}"


def test_each_quirk(disk):
    each(lambda name: check_quirk(entered(disk, roms=[quirk(name)]), name),
         [(name,) for name in QUIRKS])


def test_quirks_in_bochs(disk):
    def boot(name):
        settings = [f'optromimage1: file="{quirk(name)}", address=0xd0000']
        with Bochs(disk, graphics=False, settings=settings) as bochs:
            bochs.wait(60)
            check_quirk(Report(bochs.said() + bochs.text), name)
    each(boot, [(name,) for name in ("none", "noext", "extlie", "max1", "flaky3", "trash13", "if13",
                                     "dlff", "cs7c0", "a20off")])


def test_message_survives_a_bios_that_spoils_registers(folder):
    data = disk_bytes()
    data[SECTOR + 100] ^= 1
    image = folder / "spoilt.img"
    image.write_bytes(data)
    with Machine(image, roms=[quirk("trash10")]) as machine:
        machine.wait_for("Disk 80 AH=C5\r\n")


# ---- B4: which drive ----------------------------------------------------------------------------

def foreign(folder, data, name):
    (folder / name).write_bytes(data)
    return ["-drive", f"file={folder / name},format=raw,if=none,id=foreign,snapshot=on"]


def test_a_foreign_disk_is_not_taken(disk, folder):
    blank = foreign(folder, bytes(4 << 20), "blank.img")
    other = foreign(folder, Random(2).randbytes(4 << 20), "other.img")
    second = ["-device", "ide-hd,drive=foreign,bus=ide.0,unit=1"]
    for report in each(lambda extra: entered(disk, roms=[quirk("dl81")], extra=extra),
                       [(blank + second,), (other + second,)]):
        assert (report.bios_drive, report.drive, report.first_error) == (0x81, 0x80, 0xC5)


def test_stage2_on_another_disk_than_the_sector(disk, folder):
    data = disk_bytes()
    data[SECTOR:81 * SECTOR] = Random(3).randbytes(80 * SECTOR)
    first = foreign(folder, data, "first.img")
    report = entered(None, **drive(disk, *first, "-device",
                                   "ide-hd,drive=foreign,bus=ide.0,unit=0,bootindex=0",
                                   "-device", "ide-hd,drive=own,bus=ide.0,unit=1"))
    assert (report.bios_drive, report.drive, report.first_error) == (0x80, 0x81, 0xC5)


def test_any_changed_bit_is_noticed(folder):
    def boot(at, bit):
        data = disk_bytes()
        data[SECTOR + at] ^= 1 << bit
        image = folder / f"bit-{at}-{bit}.img"
        image.write_bytes(data)
        with Machine(image) as machine:
            machine.wait_for("Disk 80 AH=C5\r\n")
        image.unlink()
    each(boot, [(0, 0), (3, 7), (5000, 3), (64 * SECTOR, 6), (80 * SECTOR - 1, 7)])


# ---- B5: geometries -----------------------------------------------------------------------------

def test_geometries(disk):
    def boot(cylinders, heads, sectors):
        geometry = f",cyls={cylinders},heads={heads},secs={sectors}"
        device = ["-device", "ide-hd,drive=own,bus=ide.0,unit=0,bios-chs-trans=none" + geometry]
        report = entered(None, roms=[quirk("noext")], **drive(disk, *device))
        assert report.function == 0x02
        return report
    each(boot, [(17, 16, 63), (9, 16, 32), (1, 16, 63), (500, 2, 17), (2000, 1, 9)])


def test_translated_geometries(disk):
    def boot(cylinders, heads, sectors, roms):
        device = ["-device", f"ide-hd,drive=own,bus=ide.0,unit=0,"
                             f"lcyls={cylinders},lheads={heads},lsecs={sectors}"]
        return entered(None, roms=[quirk(rom) for rom in roms], **drive(disk, *device))
    each(boot, [(9, 64, 32, ["noext"]), (2, 255, 63, ["noext"]), (1, 255, 63, ["noext"]),
                (9, 64, 32, []), (2, 255, 63, [])])


# ---- B6, B9: errors -----------------------------------------------------------------------------

def test_a_sector_that_fails_once(disk):
    for report in each(lambda sector: entered(disk, bad=[(sector, True)]), [(5,), (64,), (80,)]):
        assert (report.function, report.first_error) == (0x42, 0x0C) and report.retries > 0


@pytest.mark.parametrize("rom", [[], ["noext"]])
def test_a_sector_that_always_fails(disk, rom):
    start = time.monotonic()
    with Machine(disk, bad=[(5, False)], roms=[quirk(name) for name in rom]) as machine:
        machine.wait_for("Disk 80 AH=0C\r\n", timeout=10)
        assert time.monotonic() - start < 10 * harness.PATIENCE
        machine.wait_for_debugcon("Disk 80 AH=0C")
        assert "Disk 80 AH=0C" in vga_text(machine)
        time.sleep(0.5)
        assert machine.process.poll() is None, "it did not stay: a triple fault?"


def test_a_dead_disk_in_bochs_is_no_triple_fault(folder):
    data = disk_bytes()
    data[SECTOR:] = bytes(len(data) - SECTOR)
    image = folder / "empty.img"
    image.write_bytes(data)
    with Bochs(image, graphics=False, settings=["floppya: type=none"]) as bochs:
        bochs.wait(60)  # the BIOS panics when nothing boots
        assert "Disk 80 AH=C5" in bochs.said()
        assert "No bootable device" in bochs.said()


# ---- B7, B12: what it starts from ---------------------------------------------------------------

LBA, CHS = 0x42, 0x02


def test_devices(disk, floppy):
    def boot(kind, function, options):
        options = {"machine": "q35", **options} if kind == "q35-ide" else options
        image = floppy if kind == "floppy" else disk
        report = entered(image, disk=kind, **options)
        assert report.function == function, f"{kind}: {report}"
        assert report.drive == (0 if kind == "floppy" else 0x80)
    each(boot, [("ide", LBA, {}), ("ide-slave", LBA, {}), ("q35-ide", LBA, {}), ("ahci", LBA, {}),
                ("nvme", LBA, {}), ("virtio", LBA, {}), ("virtio-scsi", LBA, {}), ("lsi", LBA, {}),
                ("megasas", LBA, {}), ("sd", LBA, {}), ("uhci", LBA, {}), ("ehci", LBA, {}),
                ("xhci", LBA, {}), ("floppy", CHS, {}),
                ("floppy", CHS, {"roms": [quirk("nogeometry")]})])


def test_removable_stick(disk):
    each(lambda bus: entered(None, **drive(disk, "-device", bus, "-device",
                                           "usb-storage,drive=own,removable=on,bootindex=0")),
         [("piix3-usb-uhci",), ("usb-ehci",), ("qemu-xhci",)])


def test_floppy_in_bochs(floppy):
    with Bochs(floppy, graphics=False, floppy=True) as bochs:
        bochs.wait(120)
        report = Report(bochs.said() + bochs.text)
        assert (report.drive, report.function, report.sectors_per_track) == (0, CHS, 18)


# ---- B10: how much it costs ---------------------------------------------------------------------

def instructions(image):
    """Bochs instructions from 7C00h to stage 2's entry."""
    with open(image, "rb") as file:
        file.seek(SECTOR)
        entry = struct.unpack_from("<IHH", file.read(16))[2]
    commands = ["lb 0x7c00", "c", "ptime", f"lb {entry:#x}", "c", "ptime", "q"]
    with Bochs(image, graphics=False, debugger=commands) as bochs:
        bochs.wait(60)
        times = [int(value) for value in re.findall(r"ptime: (\d+)", bochs.said())]
        assert len(times) == 2, bochs.said()
        return times[1] - times[0]


def test_instructions_to_stage2(disk, capsys):
    for image, name in ((harness.IMAGE, "FastOS"), (disk, "80 sectors")):
        count = instructions(image)
        with capsys.disabled():
            print(f"\nboot sector to stage 2 ({name}): {count} Bochs instructions")
        assert count <= INSTRUCTIONS_MAX


# ---- the whole system ---------------------------------------------------------------------------

@pytest.mark.parametrize("image,kind", [("fastos", "ide"), ("fastos", "ahci"), ("fastos", "xhci"),
                                        ("fastos-usb-zip", "ehci"), ("fastos-floppy", "floppy")])
def test_fastos_boots_from(image, kind):
    with Machine(BUILD / f"{image}.img", disk=kind) as machine:
        machine.wait_for(harness.READY, timeout=30)


def test_fastos_boots_by_chs_with_other_geometries():
    """The image is whole cylinders for each of them, and all of /boot lies where CHS reaches."""
    def boot(heads, sectors):
        device = ["-device", f"ide-hd,drive=own,bus=ide.0,unit=0,lcyls=2,"
                             f"lheads={heads},lsecs={sectors}"]
        with Machine(None, roms=[quirk("noext")], **drive(harness.IMAGE, *device)) as machine:
            machine.wait_for(harness.READY, timeout=30)
    each(boot, [(255, 63), (64, 32)])
