"""Whatever a BIOS, a disk, a file or a command line holds: FastOS boots another way, or says clearly
on COM1, port E9h and the screen why not. It never hangs silently, resets or starts what is damaged."""
import random
import re

import pytest

from checks import (CHANGES_LOST, KERNEL, README, SECTOR, Disk, assert_alive, assert_clean,
                    assert_on_screen, plain, run, squeeze, wait_for_halt, wait_for_monitor)
from harness import READY, TOP, Machine
import lz4_block  # tools/, which harness put on the path
from kernel_seal import seal

# ---- BIOSes --------------------------------------------------------------------------------------
# test_bios_quirks.py boots on each ROM; here is what those that concern stage 2 make of the boot.


def usable_mib(text):
    """MiB that stage 2 left usable, or gave to kernel and page tables, above 1 MiB."""
    left = text[text.index("As stage 2 left it:"):]
    return sum(int(kib) for start, kib in re.findall(
        r"^  ([0-9a-f]{16})-[0-9a-f]{16} +(\d+) KiB  (?:usable|kernel|page tables)$", left, re.M)
        if int(start, 16) >= 1 << 20) / 1024


@pytest.mark.parametrize("name, source, mib", [
    ("a20off", "0xe820", 127), ("a20off2", "0xe820", 127),
    ("e820loop", "0xe820", 127), ("e820cy", "0xe820", 127), ("e820mess", "0xe820", 125),
    ("noe820", "0xe801", 127), ("e801cxdx", "0xe801", 127),
    ("noe801", "0x88", 63), ("no88", r"0x17|0x30|0xc", 63),
])
def test_memory_quirk(name, source, mib):
    # The older calls tell nothing of where the ACPI tables lie: the PIC stays, and that is said.
    belonging = [] if source == "0xe820" else ["acpi: warning: a table at .*: there is no memory"]
    text = run("memory", *belonging, roms=[TOP / f"build/quirks/{name}.rom"])
    assert re.search(rf"As the BIOS told it \(source ({source})", text), text
    assert mib - 1 <= usable_mib(text) <= mib + 1, text


@pytest.mark.parametrize("name, screen, belonging", [
    ("novbe", "80x25 text", []),
    ("noedid", "1024x768x32", []),
    ("setfail1", "1280x800x24", [r"video mode \w+ \(1280x800x32\) failed, AX=014f"]),
    ("setfail", "80x25 text", [r"video mode \w+ \(1280x800x32\) failed, AX=014f"]),
    ("trash10", "1280x800x32", []),
])
def test_video_quirk(name, screen, belonging):
    with Machine(roms=[TOP / f"build/quirks/{name}.rom"]) as machine:
        complaints = [*belonging, "stage2: video mode"] if belonging else []
        wait_for_monitor(machine, *complaints)
        assert f"screen: {screen}\r\n" in machine.text
        assert_on_screen(machine, "fastos>")


@pytest.mark.parametrize("name", ["trash13", "noext", "extlie", "max1", "flaky3", "no48", "nogeometry"])
def test_disk_quirk(name):
    """The kernel comes whole through such a BIOS, and so does the root when it goes to memory."""
    text = run("sum /boot/kernel.elf /README.txt", CHANGES_LOST, options="root=ram",
               roms=[TOP / f"build/quirks/{name}.rom"])
    assert KERNEL in text.splitlines() and README in text.splitlines()


# ---- what lies on the disk -----------------------------------------------------------------------

@pytest.fixture
def disk(tmp_path):
    return Disk(tmp_path)


def superblock(disk, offset, data):
    disk.write(disk.start * SECTOR + 1024 + offset, data)


def group_descriptor(disk, data):
    disk.write(disk.start * SECTOR + (2048 if disk.block == 1024 else disk.block), data)


HALTS = {
    "magic": (lambda d: superblock(d, 56, b"\0\0"), "its magic number is missing"),
    "all-ones": (lambda d: superblock(d, 0, b"\xff" * 1024), "cannot read the file system"),
    "inline-data": (lambda d: superblock(d, 96, b"\x02\x80\0\0"), "needs what we cannot read: inline_data"),
    "unknown-feature": (lambda d: superblock(d, 96, b"\x02\0\0\x40"), "needs what we cannot read"),
    "no-blocks": (lambda d: superblock(d, 4, bytes(4)), "damaged: blocks is 0, allowed"),
    "block-size": (lambda d: superblock(d, 24, b"\x4d\0\0\0"), "damaged: block size .* is 77, allowed"),
    "inodes": (lambda d: superblock(d, 40, bytes(4)), "damaged: inodes per group is 0, allowed"),
    "not-active": (lambda d: d.write(446, b"\0"), "no partition of drive 80 is marked active"),
    "no-partition": (lambda d: d.write(446, bytes(64)), "no partition of drive 80 is marked active"),
    "beyond-the-disk": (lambda d: d.write(446 + 8, b"\0\0\0\x7f"), "disk error 04 at sector 2130706434"),
}


@pytest.mark.parametrize("damage", HALTS)
def test_damaged_file_system(disk, damage):
    change, reason = HALTS[damage]
    change(disk)
    with Machine(disk.path) as machine:
        wait_for_halt(machine, reason)


def test_bad_sector_in_the_superblock():
    with Machine(bad=[(2050, False)]) as machine:
        wait_for_halt(machine, "disk error 0c at sector 2050 of drive 80")


@pytest.mark.parametrize("offset", [SECTOR, SECTOR + 4, SECTOR * 2 + 77, SECTOR * 30])
def test_damaged_stage2(disk, offset):
    """The boot sector does not start it."""
    disk.flip(offset)
    with Machine(disk.path) as machine:
        no_boot(machine)


def no_boot(machine):
    machine.wait_for(BOOT_SECTOR_GAVE_UP)
    machine.wait_for_debugcon(BOOT_SECTOR_GAVE_UP)
    assert_alive(machine)
    assert "stage 2:" not in machine.debugcon and "kernel:" not in machine.text


BOOT_SECTOR_GAVE_UP = r"Disk [0-9A-F]{2}"


def test_bad_sector_in_stage2():
    with Machine(bad=[(9, False)]) as machine:
        no_boot(machine)
    with Machine(bad=[(9, True)]) as machine:
        wait_for_monitor(machine)


def test_group_descriptors(disk):
    """Nothing can be found: the defaults stand in for boot.cfg, for the kernel nothing does."""
    group_descriptor(disk, b"\xff" * 32)
    with Machine(disk.path) as machine:
        machine.wait_for("stage2: /boot/boot.cfg: damaged: .*; defaults are used")
        no_kernel(machine, "cannot find /boot/kernel.elf: damaged: ")


def no_kernel(machine, reason):
    """The reason is said everywhere, and the menu comes up instead."""
    line = machine.wait_for(rf"(stage2: [^\r\n]*{reason}[^\r\n]*)\r")[1]
    machine.wait_for("stage2: no kernel was started: choose another way")
    machine.wait_for("FastOS boot menu")
    machine.wait_for(r"Enter: Normal\.")
    machine.wait_for_debugcon(r"Enter: Normal\.")
    assert squeeze(line) in squeeze(machine.debugcon)
    assert_on_screen(machine, line)
    assert_alive(machine)
    assert "] kernel: " not in machine.text


# ---- the kernel's file ---------------------------------------------------------------------------

def kernel_file():
    return bytearray((TOP / "build/root/boot/kernel.elf").read_bytes())


def changed_elf(offset, data):
    """A sound file, not packed but sealed anew, with other bytes in its ELF header."""
    elf = bytearray(lz4_block.unpack(kernel_file()[16:-16]))
    elf[offset:offset + len(data)] = data
    return seal(bytes(elf))


def changed_packed(offset, data):
    """A packed file, sealed anew, that does not unpack."""
    packed = kernel_file()[:-16]
    packed[offset:offset + len(data)] = data
    return seal(bytes(packed))


def test_flipped_byte_in_the_kernel(disk):
    disk.flip(disk.sectors("/boot/kernel.elf")[100] * SECTOR + 5)
    with Machine(disk.path) as machine:
        no_kernel(machine, "/boot/kernel.elf is damaged: CRC-32C expected")


KERNELS = {
    "empty": (lambda: b"", "has 0 bytes, too few for a kernel"),
    "cut": (lambda: kernel_file()[:-20_000], "has no checksum at its end"),
    "cut-with-seal": (lambda: kernel_file()[:40_000] + kernel_file()[-16:], "is incomplete: sealed with"),
    "unsealed": (lambda: kernel_file()[:-16], "has no checksum at its end"),
    "other-machine": (lambda: changed_elf(18, b"\xb7\0"), "is not a kernel: "),
    "32-bit": (lambda: changed_elf(4, b"\1"), "is not a kernel: "),
    "entry-outside": (lambda: changed_elf(24, b"\xff" * 8), "is not a kernel: "),
    "headers-outside": (lambda: changed_elf(32, b"\xff" * 8), "is not a kernel: "),
    "packed-too-large": (lambda: changed_packed(8, b"\xff" * 4), "unpacks to 4294967295 bytes, allowed"),
    "packed-to-nothing": (lambda: changed_packed(8, bytes(4)), "unpacks to 0 bytes, allowed are 1 to"),
    "packed-longer": (lambda: changed_packed(8, b"\0\0\x05\0"), "cannot be unpacked: no LZ4 block of"),
    "packed-damaged": (lambda: changed_packed(16, b"\0\1\0"), "cannot be unpacked: no LZ4 block of"),
    "packed-no-room": (lambda: changed_packed(12, b"\1\0\0\0"), "wants 1 bytes of memory, allowed are"),
    "packed-much-room": (lambda: changed_packed(12, b"\0\0\0\5"), "wants 83886080 bytes of memory, allowed"),
    "packed-other-room": (lambda: changed_packed(12, b"\0\0\x20\0"), "is not a kernel: p_offset: packed, and"),
    "packed-header": (lambda: seal(b"FASTLZ4\0" + bytes(8)), "unpacks to 0 bytes, allowed are 1 to"),
    "not-elf": (lambda: seal(random.Random(1).randbytes(50_000)), "is not a kernel: "),
}


@pytest.mark.parametrize("which", KERNELS)
def test_a_file_that_is_no_kernel(disk, which):
    content, reason = KERNELS[which]
    disk.put("/boot/kernel.elf", content())
    with Machine(disk.path) as machine:
        no_kernel(machine, "/boot/kernel.elf " + reason)


def test_a_kernel_that_is_not_packed(disk):
    disk.put("/boot/kernel.elf", changed_elf(0, b""))
    with Machine(disk.path, cmdline="run='echo here'") as machine:
        assert machine.wait_exit(60) == 0
        assert "here" in plain(machine.text).splitlines()


TESTS = TOP / "build/root/boot/kernel.tests"


def content_of_tests(cut=0, **changes):
    content = bytearray(TESTS.read_bytes()[:-16 - cut])
    for at, data in changes.items():
        content[int(at[1:]):int(at[1:]) + len(data)] = data
    return bytes(content)


TESTS_FILES = {
    "missing": (None, "no such file or directory"),
    "empty": (lambda: b"", "it is damaged"),
    "of-another-kernel": (lambda: seal(content_of_tests(_8=b"\1\2\3\4")), "it belongs to another kernel"),
    "flipped": (lambda: content_of_tests(_5000=b"\x55") + TESTS.read_bytes()[-16:], "it is damaged"),
    "cut": (lambda: seal(content_of_tests(cut=3000)), "it is damaged"),
    "unsealed": (content_of_tests, "it is damaged"),
    "relocation-outside": (lambda: seal(content_of_tests(cut=4) + b"\xff" * 4), "it is damaged"),
}


@pytest.mark.parametrize("which", TESTS_FILES)
def test_a_file_that_is_no_tests(disk, which):
    """The command says so, nothing of it stays in memory, and the kernel goes on."""
    content, reason = TESTS_FILES[which]
    disk.remove("/boot/kernel.tests")
    if content:
        disk.put("/boot/kernel.tests", content())
    with Machine(disk.path) as machine:
        wait_for_monitor(machine)
        used = []
        for _ in range(2):
            assert f"ktest: /boot/kernel.tests: {reason}" in machine.command("ktest")
            used += re.findall(r"\d+ used", machine.command("memory"))
        assert len(used) == 2 and used[0] == used[1]


def test_missing_kernel_and_the_previous_one(disk):
    disk.put("/boot/kernel.old.elf", kernel_file())
    disk.remove("/boot/kernel.elf")
    missing = "cannot find /boot/kernel.elf: no such file or directory"
    with Machine(disk.path) as machine:
        no_kernel(machine, missing)
        machine.type("1")  # the same again: the same message, and the menu again
        no_kernel(machine, missing)
        machine.type("7" if " 7  Previous kernel" in machine.text else "8")
        machine.wait_for(READY)
        machine.wait_prompt()
        assert_clean(machine, missing, "choose another way")
        assert machine.command("sum /README.txt") == README


def test_a_directory_in_the_kernels_place(disk):
    disk.remove("/boot/kernel.elf")
    disk.fs.debugfs([b"mkdir /boot/kernel.elf"])
    with Machine(disk.path) as machine:
        no_kernel(machine, "cannot find /boot/kernel.elf: ")


def test_bad_sector_in_the_kernel(image, tmp_path):
    sector = Disk(tmp_path).sectors("/boot/kernel.elf")[64]
    with Machine(bad=[(sector, True)]) as machine:
        wait_for_monitor(machine)
    with Machine(bad=[(sector, False)]) as machine:
        no_kernel(machine, f"cannot read /boot/kernel.elf: disk error 0c at sector {sector} of drive 80")


# ---- a root that stage 2 can read and the kernel cannot ------------------------------------------

def test_bad_sector_in_a_file(disk):
    disk.put("/large", bytes(range(256)) * 4000)
    sector = disk.sectors("/large")[500]
    trouble = rf"ata0: error: read of LBA {sector} failed"
    with Machine(disk.path, bad=[(sector, False)]) as machine:
        wait_for_monitor(machine)
        assert "sum: /large: at byte " in machine.command("sum /large")
        assert re.search(trouble, machine.command("log"))
        assert machine.command("sum /README.txt") == README
    with Machine(disk.path, bad=[(sector, False)], cmdline="root=ram") as machine:
        wait_for_monitor(machine, rf"root stays on the disk: disk error 0c at sector {sector} of drive 80")


def test_damage_that_only_a_walk_finds(disk):
    """An inode of rubbish: its file is an error, the others are read."""
    disk.put("/boot/odd", b"x" * 5000)
    disk.fs.debugfs([b"sif /boot/odd block[0] 4000000000", b"sif /boot/odd links_count 1"])
    text = run("sum /boot/odd", status=1, image=disk.path)
    assert re.search(r"sum: /boot/odd: at byte 0: ", text)
    text = run("sum -r /", status=1, image=disk.path)
    assert README in text.splitlines() and KERNEL in text.splitlines()


# ---- settings and configuration ------------------------------------------------------------------

@pytest.mark.parametrize("content, belonging", [
    (b"FOSSETNG" + b"\x5a" * 504, ["the settings sector 2047 is damaged: defaults are used"]),
    (random.Random(2).randbytes(512), []),  # never ours
    (b"\xff" * 512, []),
], ids=["damaged", "foreign", "ones"])
def test_settings_sector(disk, content, belonging):
    disk.write((disk.start - 1) * SECTOR, content)
    run("sum /README.txt", *belonging, image=disk.path)


def test_settings_sector_that_cannot_be_read():
    run("sum /README.txt", "settings sector: disk error 0c at sector 2047 of drive 80",
        bad=[(2047, False)])


@pytest.mark.parametrize("content, belonging", [
    (None, [r"/boot/boot\.cfg: no such file or directory; defaults are used"]),
    (b"", []),
    (bytes(range(256)) * 16, [r"/boot/boot\.cfg line 1: not a text file"]),
    (b"kernel\n", [r"boot\.cfg line 1: neither NAME = VALUE nor \[Title\]: kernel"]),
    (b"a=b\n[x\nmenu=maybe\n" * 500, [r"boot\.cfg line 1: no such setting here: a \(and more\)"]),
    (b"cmdline=" + b"x" * 600, [r"boot\.cfg line 1: cmdline: longer than 511 bytes"]),
    (b"[" + b"t" * 100 + b"]\n", [r"boot\.cfg line 1: a title has 1 to 39 bytes"]),
    (b"# " + b"y" * 40_000, []),
    (b"timeout=99999999999999999999", [r"boot\.cfg line 1: timeout: not a number from 0 to 3600"]),
], ids=["missing", "empty", "binary", "word", "lines", "long", "title", "large", "number"])
def test_boot_cfg(disk, content, belonging):
    if content is None:
        disk.remove("/boot/boot.cfg")
    else:
        disk.put("/boot/boot.cfg", content)
    run("sum /README.txt", *belonging, image=disk.path)


def test_boot_cfg_names_a_kernel_that_is_not_there(disk):
    disk.put("/boot/boot.cfg", b"kernel=/boot/other.elf\n")
    with Machine(disk.path) as machine:
        no_kernel(machine, "cannot find /boot/other.elf: no such file or directory")


# ---- the command line ----------------------------------------------------------------------------

@pytest.mark.parametrize("line, belonging", [
    ("x" * 600, ["fw_cfg opt/fastos/cmdline: longer than 511 bytes, left out"]),
    ("y" * (511 - len("init=monitor ")), []),
    ("log='info", []),
    ("nonsense = = '' \" ' =x x= root", ["stage2: root=: not ram or disk"]),
    ("unknown.option=1 drv.nothing=off", []),
    ("mem=lots", ["mem=lots: not a size like 64M"]),
    ("log=loud", ["kernel: warning: log=loud: not one of error, warn, info, debug"]),
    ("drv.keyboard=maybe", ["kernel: warning: drv.keyboard=maybe"]),
    ("panic=never console=paper kaslr=perhaps", []),
], ids=lambda value: value[:20] if isinstance(value, str) else "")
def test_command_line(line, belonging, tmp_path):
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", b"cmdline = init=monitor\n")
    with Machine(disk.path, init=None, cmdline=line) as machine:
        wait_for_monitor(machine, *belonging)


@pytest.mark.parametrize("size", ["0", "1M", "2M"])
def test_memory_limit_that_is_too_low(size):
    with Machine(cmdline=f"mem={size}") as machine:
        wait_for_halt(machine, "not enough memory: ")


def test_command_line_of_any_bytes():
    """Control characters, bytes above 127, and what a terminal would obey."""
    source = random.Random(3)
    for _ in range(3):
        line = bytes(byte for byte in source.randbytes(300) if byte).decode("latin-1")
        with Machine(cmdline=line + " video=\x1b[2J\x07 run_='x") as machine:
            machine.wait_for(READY)
            machine.wait_prompt()
            assert machine.command("sum /README.txt") == README
            assert "command line: " in machine.command("version")
            assert "\x1b[2J" not in machine.text and "\x07" not in machine.text


def test_a_run_that_is_nonsense():
    assert "a quote is open" in run("echo \"abc", status=2)
    run("echo " + "y" * 480)
