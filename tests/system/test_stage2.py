"""Stage 2 alone: tests/stage2/kernel.c is in the kernel's place, checks boot_info, relocation and
page tables, says on COM1 what it got, and leaves with 0x18 when all was well."""
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import Bochs, DISKS, Machine, TOP
from kernel_seal import crc32c

BUILD = TOP / "build"
KERNEL = BUILD / "tests" / "stage2" / "kernel.sealed.elf"
PASSED = 0x18
SECTOR = 512
SETTINGS_SECTOR = 2047  # the last before the partition
BOCHS_CPU = "cpu: model=%s, ips=50000000, reset_on_triple_fault=0"


def make_image(folder, config="", kernel=None, old_kernel=None, more=(), stage2="stage2.bin"):
    """An image with the test kernel. config: boot.cfg, None for none; kernel: other bytes for it;
    more: [(path, bytes)]."""
    boot = folder / "root" / "boot"
    shutil.rmtree(folder / "root", ignore_errors=True)
    boot.mkdir(parents=True)
    (boot / "kernel.elf").write_bytes(KERNEL.read_bytes() if kernel is None else kernel)
    if config is not None:
        (boot / "boot.cfg").write_bytes(config if isinstance(config, bytes) else config.encode())
    if old_kernel:
        (boot / "kernel.old.elf").write_bytes(old_kernel)
    for path, data in more:
        (folder / "root" / path).write_bytes(data)
    image = folder / "test.img"
    subprocess.run([sys.executable, TOP / "tools" / "mkimage.py", "--mbr", BUILD / "mbr.bin",
                    "--stage2", BUILD / stage2, "--root", folder / "root", image],
                   check=True, capture_output=True)
    return image


@pytest.fixture(scope="module")
def test_image(tmp_path_factory):
    return make_image(tmp_path_factory.mktemp("stage2"))


def passes(machine, timeout=30):
    """The text on COM1 of a run in which the test kernel was content."""
    status = machine.wait_exit(timeout)
    assert "WRONG" not in machine.text, machine.report()
    assert status == PASSED, machine.report()
    return machine.text.replace("\r\n", "\n")


def run(image, **options):
    with Machine(image, init=None, **options) as machine:
        return passes(machine)


def framebuffer(text):
    return re.search(r"^framebuffer (.*)$", text, re.MULTILINE)[1]


# ---- the machine ---------------------------------------------------------------------------------

@pytest.mark.parametrize("memory", ["8", "32", "128", "3584", "4G", "8G"])
def test_memory_sizes(test_image, memory):
    run(test_image, memory=memory)


@pytest.mark.parametrize("memory", ["1", "2"])
def test_too_little_memory_is_said_with_numbers(test_image, memory):
    with Machine(test_image, init=None, memory=memory) as machine:
        machine.wait_for(r"not enough memory: \d+ KiB usable above 1 MiB, FastOS needs \d+ KiB")
        machine.wait_for(r"halted")
        machine.wait_for_debugcon("halted")
        assert any("not enough memory" in line for line in machine.screen_lines())


@pytest.mark.parametrize("cpu", ["qemu64", "qemu64,nx=off", "qemu64,pat=off", "max", "Conroe",
                                 "Opteron_G1", "core2duo", "Skylake-Client"])
def test_cpus(test_image, cpu):
    text = run(test_image, cpu=cpu)
    assert ("nx=0" in text) == ("nx=off" in cpu)


@pytest.mark.parametrize("cpu, reason", [
    ("486", "CPUID 80000000h says 00000480"),
    ("pentium", "CPUID 80000000h says 00000543"),
    ("pentium3", "CPUID 80000000h says 00000000"),
    ("coreduo", "bit 29 is clear in CPUID 80000001h EDX"),
    ("athlon", "bit 29 is clear in CPUID 80000001h EDX"),
    ("qemu32", "bit 29 is clear in CPUID 80000001h EDX"),
])
def test_cpus_without_long_mode_are_told_why(test_image, cpu, reason):
    with Machine(test_image, init=None, cpu=cpu) as machine:
        machine.wait_for("this CPU has no long mode .*" + reason)
        machine.wait_for("halted")
        assert any("no long mode" in line for line in machine.screen_lines())


@pytest.mark.parametrize("machine_type, options", [
    ("q35", {"disk": "q35-ide"}),
    ("q35,i8042=off", {"disk": "q35-ide"}),
    ("isapc", {"disk": "isa-ide"}),
    ("pc", {"serial": False}),
])
def test_machines(test_image, machine_type, options):
    with Machine(test_image, init=None, machine=machine_type, **options) as machine:
        assert machine.wait_exit() == PASSED, machine.report()


def test_a_fault_in_stage_2_is_told(test_image, tmp_path):
    gdb = f"unix:{tmp_path}/gdb,server=on,wait=off"
    with Machine(test_image, init=None, start=False, extra=("-gdb", gdb)) as machine:
        commands = ["set architecture i386:x86-64", f"target remote {tmp_path}/gdb",
                    "hbreak memory_detect", "continue", "set $rip = 0x1234567890", "detach"]
        subprocess.run(["gdb", "-q", "-batch", *(f"-ex={line}" for line in commands),
                        BUILD / "stage2.elf"], timeout=60, capture_output=True)
        machine.wait_for(r"exception 14 in stage 2: RIP 1234567890, error code 0, CR2 1234567890")
        machine.wait_for("halted")


@pytest.mark.parametrize("rom", ["a20off", "a20off2"])
@pytest.mark.parametrize("way", ["port92", "kbc"])
def test_each_way_to_a20_alone(tmp_path, way, rom):
    image = make_image(tmp_path, stage2=f"tests/stage2/stage2-a20-{way}.bin")
    run(image, roms=[BUILD / "quirks" / f"{rom}.rom"])


def test_a20_that_stays_off_is_told(tmp_path):
    image = make_image(tmp_path, stage2="tests/stage2/stage2-a20-none.bin")
    with Machine(image, init=None, roms=[BUILD / "quirks" / "a20off.rom"]) as machine:
        machine.wait_for("the A20 line stays off")
        machine.wait_for("halted")


# ---- the screen ----------------------------------------------------------------------------------

@pytest.mark.parametrize("vga, extra, expected", [
    ("std", (), "1280x800x32"),
    ("cirrus", (), "1024x768x24"),
    ("vmware", (), "1024x768x32"),
    (None, ("-device", "bochs-display"), "1280x768x32"),
    (None, ("-device", "ramfb"), "1024x768x32"),
    (None, ("-device", "VGA,vgamem_mb=1"), "800x600x16"),
    (None, ("-device", "VGA,edid=off"), "1024x768x32"),
    (None, ("-device", "VGA,xres=1366,yres=768"), "1280x768x32"),
    (None, ("-device", "VGA,xres=1920,yres=1080"), "1920x1080x32"),
    (None, (), "0x0x0 pitch 0 mode 0 text 0"),
])
def test_video_cards(test_image, vga, extra, expected):
    assert expected in framebuffer(run(test_image, vga=vga, extra=extra))


@pytest.mark.parametrize("wish, expected", [
    ("video=800x600", "800x600x32"),
    ("video=640x480x16", "640x480x16"),
    ("video=text", "0x0x0 pitch 0 mode 0 text 1"),
    ("safe", "0x0x0 pitch 0 mode 0 text 1"),
    ("video=1111x222", "1280x800x32"),
    ("video=large", "1280x800x32"),
])
def test_video_wishes(test_image, wish, expected):
    text = run(test_image, cmdline=wish)
    assert expected in framebuffer(text)
    if wish == "video=1111x222":
        assert "the video BIOS has no such mode" in text
    if wish == "video=large":
        assert "video=large: not WIDTHxHEIGHT" in text


# ---- the command line ----------------------------------------------------------------------------

def kernel_virt(text):
    return int(re.search(r"^kernel [0-9a-f]+ -> ([0-9a-f]+)", text, re.MULTILINE)[1], 16)


def test_the_slide_is_random_unless_it_is_off(test_image):
    slides = {kernel_virt(run(test_image)) for _ in range(3)}
    assert len(slides) > 1
    assert kernel_virt(run(test_image, cmdline="kaslr=off")) == 0xffffff0000000000


def test_memory_limit(test_image):
    text = run(test_image, cmdline="mem=24M")
    ranges = re.findall(r"^  ([0-9a-f]{16}) ([0-9a-f]{16}) (?:usable|kernel|page)", text, re.M)
    ends = [int(base, 16) + int(length, 16) for base, length in ranges]
    assert max(ends) <= 24 << 20
    assert "mem=lots: not a size" in run(test_image, cmdline="mem=lots")
    with Machine(test_image, init=None, cmdline="mem=2M") as machine:
        machine.wait_for("not enough memory")


def test_words_add_up_and_fw_cfg_wins(tmp_path):
    image = make_image(tmp_path, "cmdline = video=text kaslr=off\n")
    text = run(image, cmdline="video=800x600")
    assert "cmdline 'video=text kaslr=off video=800x600'" in text
    assert "800x600x32" in framebuffer(text)
    with Machine(image, init=None, cmdline="x" * 600) as machine:
        assert "opt/fastos/cmdline: longer than 511 bytes" in passes(machine)


# ---- boot.cfg ------------------------------------------------------------------------------------

def test_missing_boot_cfg(tmp_path):
    text = run(make_image(tmp_path, None))
    assert "/boot/boot.cfg: no such file or directory; defaults are used" in text


def test_boot_cfg_with_a_bad_line(tmp_path):
    text = run(make_image(tmp_path, "# mine\nkaslr = off\ncmdline = kaslr=off\n"))
    assert "/boot/boot.cfg line 2: no such setting here: kaslr" in text
    assert "cmdline 'kaslr=off'" in text


def test_boot_cfg_of_garbage(tmp_path):
    text = run(make_image(tmp_path, bytes(range(256)) * 16))
    assert "/boot/boot.cfg line 1: not a text file" in text
    assert "cmdline ''" in text


# ---- the kernel's file ---------------------------------------------------------------------------

def refused(folder, kernel, message, **more):
    image = make_image(folder, "video=text", kernel=kernel, **more)
    with Machine(image, init=None) as machine:
        machine.wait_for(message)
        machine.wait_for("no kernel was started: choose another way")
        machine.wait_for("FastOS boot menu")
        assert "test kernel" not in machine.text


@pytest.mark.parametrize("at", [0, 100, 0x1100, -17])
def test_a_flipped_byte_is_refused(tmp_path, at):
    kernel = bytearray(KERNEL.read_bytes())
    kernel[at] ^= 0x10
    refused(tmp_path, bytes(kernel), r"damaged: CRC-32C expected [0-9a-f]{8}, found [0-9a-f]{8}")


def seal(elf):
    return elf + b"FASTSEAL" + struct.pack("<II", crc32c(elf), len(elf))


def test_unsealed_cut_and_foreign_files(tmp_path):
    kernel = KERNEL.read_bytes()
    elf = kernel[:-16]
    refused(tmp_path, elf, "has no checksum at its end")
    refused(tmp_path, kernel[:4000] + kernel[-16:], "incomplete: sealed with")
    refused(tmp_path, b"short", "has 5 bytes, too few for a kernel")
    refused(tmp_path, seal(b"MZ" + bytes(5000)), "is not a kernel: ")


def test_previous_kernel_from_the_menu(tmp_path):
    kernel = KERNEL.read_bytes()
    image = make_image(tmp_path, kernel=kernel[:-1] + b"\xff", old_kernel=kernel)
    with Machine(image, init=None) as machine:
        machine.wait_for("FastOS boot menu")
        machine.wait_for(r"Enter: Normal\.")
        machine.type("8")
        passes(machine)


# ---- past the BIOS -------------------------------------------------------------------------------

COPY = ("-drive", "file={image},format=raw,if=none,id=copy,snapshot=on",
        "-device", "ide-hd,drive=copy,bus=ide.1,unit=0")


def steps(image, **options):
    """The words behind "kernel" of a run in which all was well."""
    with Machine(image, init=None, **options) as machine:
        passes(machine)
        return re.search(r" vbe kernel (.* relocate)", machine.debugcon)[1]


@pytest.mark.parametrize("options, past", [
    ({}, True),
    ({"disk": "ide-slave"}, True),
    ({"disk": "ide-secondary"}, True),
    ({"machine": "isapc", "disk": "isa-ide"}, True),
    ({"cmdline": "disk=bios"}, False),
    ({"cmdline": "safe"}, False),
    ({"disk": "ahci"}, False),
    ({"disk": "virtio"}, False),
])
def test_the_kernel_is_read_at_the_ports_of_ata(test_image, options, past):
    assert steps(test_image, **options) == ("ata " if past else "") + "check relocate"


def test_of_two_equal_disks_the_bios_knows_which(test_image):
    copy = tuple(word.format(image=test_image) for word in COPY)
    assert steps(test_image, extra=copy) == "check relocate"


def test_a_bad_sector_is_left_to_the_bios(tmp_path):
    """It fails once: the BIOS reads it."""
    data = make_image(tmp_path).read_bytes()
    sector = data.index(KERNEL.read_bytes()[4096:4096 + SECTOR]) // SECTOR
    assert steps(tmp_path / "test.img", bad=[(sector, True)]) == "ata check relocate"


def test_a_damaged_file_is_read_again_through_the_bios(tmp_path):
    kernel = bytearray(KERNEL.read_bytes())
    kernel[100] ^= 0x10
    with Machine(make_image(tmp_path, "video=text", kernel=bytes(kernel)), init=None) as machine:
        machine.wait_for("damaged: CRC-32C")
        machine.wait_for("/boot/kernel.elf is read again through the BIOS")
        machine.wait_for("damaged: CRC-32C")
        machine.wait_for("FastOS boot menu")


# ---- the menu ------------------------------------------------------------------------------------

MENU = "menu = yes\ntimeout = 0\ncmdline = kaslr=off\n[My own]\ncmdline = video=text my=own\n"


@pytest.mark.parametrize("key, expected", [
    ("1", "cmdline 'kaslr=off'"),
    ("\r", "cmdline 'kaslr=off'"),
    ("2", "cmdline 'kaslr=off safe'"),
    ("3", "cmdline 'kaslr=off video=text'"),
    ("4", "cmdline 'kaslr=off console=serial'"),
    ("9", "cmdline 'kaslr=off video=text my=own'"),
    ("5\x7f\x7f\x7f32M\r", "cmdline 'kaslr=off mem=32M'"),
    ("7 log=debug\x1b[D\x1b[D!\x1b[Ha \x1b[F z\r", "cmdline 'a kaslr=off log=deb!ug z'"),
    ("7\x15only\r", "cmdline 'only'"),
    ("6" + 8 * "\x7f" + "800x600\r", "800x600x32"),
    ("ax3", "cmdline 'kaslr=off video=text'"),
])
def test_menu_over_com1(tmp_path, key, expected):
    image = make_image(tmp_path, MENU)
    with Machine(image, init=None) as machine:
        machine.wait_for(r"Enter: Normal\.")
        machine.type(key)
        assert expected in passes(machine)


def test_menu_at_the_keyboard(tmp_path):
    with Machine(make_image(tmp_path, MENU), init=None) as machine:
        machine.wait_for(r"Enter: Normal\.")
        lines = machine.screen_lines()
        assert any("FastOS boot menu" in line for line in lines)
        assert any("9  My own" in line for line in lines)
        machine.type_keys("7")
        machine.wait_for("Edit the command line: ")
        machine.type_keys(" more\n")
        assert "cmdline 'kaslr=off more'" in passes(machine)


def test_menu_starts_the_default_after_its_time(tmp_path):
    with Machine(make_image(tmp_path, MENU.replace("timeout = 0", "timeout = 1")), init=None) as machine:
        machine.wait_for(r"Enter: Normal\.")
        assert "cmdline 'kaslr=off'" in passes(machine)


def test_a_held_key_asks_for_the_menu(test_image):
    # SeaBIOS waits 2.5 s for its own menu's key; in that time its keyboard works already.
    with Machine(test_image, init=None, extra=("-boot", "menu=on")) as machine:
        for _ in range(400):
            machine.qmp.key("shift", True)
            if "FastOS boot menu" in machine.text:
                break
            time.sleep(0.05)
        machine.wait_for(r"Enter: Normal\.")
        machine.qmp.key("shift", False)
        machine.type("3")
        assert "cmdline 'video=text'" in passes(machine)


# ---- settings ------------------------------------------------------------------------------------

def test_a_default_is_saved_and_survives(tmp_path):
    image = make_image(tmp_path, MENU)
    with Machine(image, init=None, write=True) as machine:
        machine.wait_for(r"Enter: Normal\.")
        machine.type("d5\x7f\x7f\x7f48M\r")
        machine.wait_for('"Memory limit" is the default from now on')
        assert "cmdline 'kaslr=off mem=48M'" in passes(machine)
        shutil.copy(machine.disk_image, image)
    data = bytearray(image.read_bytes())
    at = SETTINGS_SECTOR * SECTOR
    assert data[at:at + 8] == b"FOSSETNG"
    sector = data[at:at + SECTOR]
    (crc,) = struct.unpack_from("<I", sector, 12)
    sector[12:16] = bytes(4)
    assert crc == crc32c(sector)
    with Machine(image, init=None) as machine:
        machine.wait_for(r"Enter: Memory limit\.")
        machine.type("\r")
        assert "cmdline 'kaslr=off mem=48M'" in passes(machine)
    data[at + 60] ^= 1
    image.write_bytes(data)
    with Machine(image, init=None) as machine:
        machine.wait_for("the settings sector 2047 is damaged: defaults are used")
        machine.wait_for(r"Enter: Normal\.")
        machine.type("\r")
        assert "cmdline 'kaslr=off'" in passes(machine)


# ---- root in memory ------------------------------------------------------------------------------

@pytest.mark.parametrize("disk", sorted(DISKS.keys() - {"floppy", "isa-ide", "q35-ide"}))
def test_root_goes_to_memory_where_the_kernel_has_no_driver(test_image, disk):
    text = run(test_image, disk=disk, memory="256")
    assert ("ramdisk: " in text) == (not disk.startswith(("ide", "ahci")))


def test_root_in_memory_on_demand(test_image):
    text = run(test_image, cmdline="root=ram")
    assert "root=ram on the command line" in text and "100 %" in text
    assert "ramdisk:" not in run(test_image, disk="nvme", cmdline="root=disk")


def test_root_too_large_for_memory(tmp_path):
    image = make_image(tmp_path, more=[("large", bytes(range(256)) * 4096 * 8)])
    text = run(image, cmdline="root=ram", memory="8")
    assert re.search(r"root stays on the disk: it needs \d+ MiB of memory, \d+ are free", text)
    assert "ramdisk: it needs" in text
    run(image, cmdline="root=ram", memory="64")


# ---- Bochs ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("graphics, expected", [(True, "1024x768x32"),
                                                (False, "0x0x0 pitch 0 mode 0 text 1")])
def test_bochs(test_image, graphics, expected):
    with Bochs(test_image, graphics=graphics) as machine:
        machine.wait_for("test kernel: (passed|FAILED)")
        assert "WRONG" not in machine.text, machine.report()
        assert expected in framebuffer(machine.text.replace("\r\n", "\n"))


@pytest.mark.parametrize("cpu", ["athlon64_clawhammer", "core2_penryn_t9600"])
def test_bochs_cpus(test_image, cpu):
    with Bochs(test_image, settings=[BOCHS_CPU % cpu]) as machine:
        machine.wait_for("test kernel: passed")


@pytest.mark.parametrize("cpu", ["pentium", "p4_willamette", "core_duo_t2400_yonah", "atom_n270"])
def test_bochs_cpus_without_long_mode(test_image, cpu):
    with Bochs(test_image, settings=[BOCHS_CPU % cpu]) as machine:
        machine.wait_for("this CPU has no long mode")


def test_no_interrupt_meets_an_idt_of_limit_0():
    """Each switch to long mode turns interrupts off before it takes the vectors away. One that came
    in between would shut the CPU down: rare enough to pass all other tests."""
    nm = subprocess.run(["nm", BUILD / "stage2.elf"], check=True, capture_output=True, text=True)
    symbol = r"^(\w+) \w long_mode_enter\.interrupts_off$"
    address = re.search(symbol, nm.stdout, re.MULTILINE)[1]
    stops = 6
    commands = [f"lb 0x{address}", *["c", "info cpu", "reg"] * stops, "q"]
    with Bochs(graphics=False, debugger=commands) as machine:
        machine.wait(60)
        flags = re.findall(r"^eflags 0x\w+: (.*)$", machine.said(), re.MULTILINE)
    assert len(flags) >= stops
    assert all(" if " in line for line in flags), flags  # "IF" when they are on
