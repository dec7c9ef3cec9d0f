"""The image on all kinds of machines: memory, CPUs, chipsets and video cards. Each boot ends at a
monitor that reads a file, and what stands on the screen is what COM1 said."""
import re
import sys

import pytest

from checks import plain, run, soon, wait_for_halt, wait_for_monitor
from harness import READY, TOP, Machine

sys.path.insert(0, str(TOP / "tests" / "screen"))
import screen_text  # noqa: E402

# ---- memory --------------------------------------------------------------------------------------


def kib_of(memory):
    return int(memory.rstrip("G")) * (1024 * 1024 if memory.endswith("G") else 1024)


@pytest.mark.parametrize("memory", ["4", "8", "32", "256", "3G", "8G"])
def test_memory(memory):
    text = run(memory=memory)
    free, total = map(int, re.search(r"memory: (\d+) KiB free of (\d+) KiB", text).groups())
    # 2 MiB for the kernel and what the PC keeps, and for each frame a bit and a count
    least = kib_of(memory) * 1023 // 1024 - 2048
    assert least <= total <= kib_of(memory) and free <= total


@pytest.mark.parametrize("memory", ["1", "2"])
def test_too_little_memory(memory):
    with Machine(memory=memory) as machine:
        line = wait_for_halt(machine, "not enough memory: ")
    usable, wanted = map(int, re.search(r"(\d+) KiB usable .* needs (\d+) KiB", line).groups())
    assert usable <= kib_of(memory) and usable < wanted <= 8192


# ---- CPUs and machines ---------------------------------------------------------------------------

@pytest.mark.parametrize("cpu", ["qemu64,nx=off", "core2duo", "Conroe", "Opteron_G1", "Nehalem", "max"])
def test_cpu(cpu):
    belonging = ["cpu: warning: no NX bit: data can be executed"] if "nx=off" in cpu else []
    run("sum /README.txt", *belonging, cpu=cpu)


def test_cpu_without_long_mode():
    reasons = {"486": "CPUID 80000000h says 00000480", "pentium": "CPUID 80000000h says 00000543",
               "pentium3": "CPUID 80000000h says 00000000", "coreduo": "bit 29 is clear",
               "athlon": "bit 29 is clear", "qemu32": "bit 29 is clear"}
    for cpu, reason in reasons.items():
        with Machine(cpu=cpu) as machine:
            wait_for_halt(machine, r"this CPU has no long mode \(64-bit\): .*" + reason)
            assert "stage2: FastOS needs an x86-64 CPU." in machine.text


@pytest.mark.parametrize("options", [
    {"machine": "q35", "disk": "q35-ide"},
    {"machine": "q35,i8042=off", "disk": "q35-ide"},
    {"machine": "isapc", "disk": "isa-ide"},
    {"machine": "isapc", "disk": "isa-ide", "memory": "8"},
    {"machine": "q35"},
    {"disk": "ahci"},
    {"cpus": 2},
], ids=str)
def test_machine(options):
    run(**options)


def test_neither_screen_nor_serial_line():
    with Machine(vga=None, serial=False, cmdline="run='sum /README.txt'") as machine:
        assert machine.wait_exit(60) == 0
    with Machine(vga=None, serial=False, cmdline="run='sum /nope'") as machine:
        assert machine.wait_exit(60) == 1


# ---- what the screen shows -----------------------------------------------------------------------

GREEN, BACKGROUND = (0x8A, 0xEB, 0xB2), (0x0F, 0x15, 0x20)  # of the prompt: kernel/core/console/theme.c
VGA_GREEN = 0x0A
TEXT = "80x25 text"


def colours_at_depth(colour, bits):
    """What QEMU may show for a colour of ours in a mode of that depth."""
    if bits >= 24:
        return [colour]
    # The nearest of 32 (green at 16 bits: 64) levels; to 8 bits with zeros, or with the upper bits
    # again.
    sizes = (5, 6 if bits == 16 else 5, 5)
    levels = [(value * ((1 << size) - 1) + 127) // 255 for value, size in zip(colour, sizes)]
    zeros = tuple(level << 8 - size for level, size in zip(levels, sizes))
    return [zeros, tuple(value | value >> size for value, size in zip(zeros, sizes))]


def wrapped(text, columns):
    lines = []
    for line in text.split("\n"):
        lines += [line[i:i + columns].rstrip() for i in range(0, max(len(line), 1), columns)]
    return lines


def check_text(machine, lines, columns):
    """The screen ends as COM1 does; what it shows above is what came before that."""
    shown = "\n".join(lines).rstrip().split("\n")
    said = plain(machine.text)
    said = wrapped(said[re.search(r"^\[ *\d+\.\d+\] kernel: FastOS on", said, re.M).start():], columns)
    count = min(len(shown), len(said))
    assert count >= 8 and shown[-count:] == said[-count:]
    assert shown[-1].startswith("fastos>")


def check_pixels(machine, size, bits):
    """Some cards go on showing their first size: a smaller mode is its upper left."""
    path = machine.folder / "screen.ppm"
    machine.qmp.command("screendump", filename=str(path))
    screen = screen_text.open_image(str(path)).crop((0, 0, *size))
    cells = screen_text.cells_of_image(screen)
    check_text(machine, ["".join(cell[0] for cell in row).rstrip() for row in cells], size[0] // 8)
    prompt = [row for row in cells if "".join(cell[0] for cell in row).startswith("fastos>")][-1]
    assert {tuple(cell[1]) for cell in prompt[:7]} <= set(colours_at_depth(GREEN, bits))
    assert {tuple(cell[2]) for cell in prompt[:7]} <= set(colours_at_depth(BACKGROUND, bits))


def check_vga_text(machine):
    memory = machine.memory(0xB8000, 4000)
    lines = screen_text.lines_of_vga_memory(memory)
    check_text(machine, lines, 80)
    row = max(i for i, line in enumerate(lines) if line.startswith("fastos>"))
    assert {memory[row * 160 + column * 2 + 1] for column in range(7)} == {VGA_GREEN}


def check_screen(machine, mode):
    """mode: "1280x800x32", TEXT, or None when there is no screen."""
    assert f"screen: {mode or 'none'}\r\n" in machine.text, machine.report()
    if mode == TEXT:
        soon(lambda: check_vga_text(machine))
    elif mode:
        width, height, bits = map(int, mode.split("x"))
        soon(lambda: check_pixels(machine, (width, height), bits))


def card(device):
    return {"vga": None, "extra": ["-device", device]}


@pytest.mark.parametrize("options, mode", [
    ({"vga": "std"}, "1280x800x32"),
    ({"vga": "cirrus"}, "1024x768x24"),
    ({"vga": "vmware"}, "1024x768x32"),
    ({"vga": "virtio"}, "1024x768x32"),
    ({"vga": "qxl"}, "1024x768x32"),
    (card("ramfb"), "1024x768x32"),
    (card("bochs-display"), "1280x768x32"),
    (card("ati-vga"), "1280x800x32"),
    (card("VGA,edid=off"), "1024x768x32"),
    (card("VGA,xres=1366,yres=768"), "1280x768x32"),
    (card("VGA,xres=1920,yres=1080"), "1920x1080x32"),
    (card("VGA,vgamem_mb=1"), "800x600x16"),
    ({"vga": None}, None),
    (card("secondary-vga"), None),
    ({"machine": "isapc", "disk": "isa-ide"}, "1024x768x32"),
    ({"machine": "isapc", "disk": "isa-ide", "vga": "cirrus"}, TEXT),
    ({"machine": "isapc", "disk": "isa-ide", "vga": None}, None),
], ids=str)
def test_video_card(options, mode):
    with Machine(**options) as machine:
        wait_for_monitor(machine)
        check_screen(machine, mode)


@pytest.mark.parametrize("video, mode", [
    ("text", TEXT),
    ("640x480", "640x480x32"),
    ("800x600x15", "800x600x15"),
    ("800x600x16", "800x600x16"),
    ("800x600x24", "800x600x24"),
    ("800x600x32", "800x600x32"),
])
def test_video_wish(video, mode):
    with Machine(cmdline=f"video={video}") as machine:
        wait_for_monitor(machine)
        check_screen(machine, mode)


@pytest.mark.parametrize("video", ["", "x", "0x0", "1x1", "99999999999x1", "-1x-1",
                                   "800x600x99", "1024x768x", "'a b'", "800x600x32x1", "65535x65535"])
def test_absurd_video_wish(video):
    """Named on COM1, and the mode that a start without it has."""
    with Machine(cmdline=f"video={video}") as machine:
        wait_for_monitor(machine, r"stage2: video=.*: (not WIDTHxHEIGHT|the video BIOS has no such mode)")
        check_screen(machine, "1280x800x32")


def test_video_wish_of_another_depth():
    """The size at least."""
    with Machine(cmdline="video=800x600x8") as machine:
        wait_for_monitor(machine, "stage2: video=800x600 of that depth: the video BIOS has no such mode")
        check_screen(machine, "800x600x32")


def test_absurd_video_wish_on_a_card_without_edid():
    with Machine(cmdline="video=5000x1", **card("VGA,edid=off")) as machine:
        wait_for_monitor(machine, r"video=5000x1: the video BIOS has no such mode")
        check_screen(machine, "1024x768x32")


def test_screen_without_serial_line():
    with Machine(serial=False) as machine:
        import time
        for _ in range(300):
            lines = [line for line in machine.screen_lines() if line]
            if lines and lines[-1].startswith("fastos>"):
                break
            time.sleep(0.1)
        assert lines[-1] == "fastos>" and re.search(READY, "\n".join(lines))
