"""The console on real video modes: depths, odd pitches, VGA text. Pixels say what COM1 says."""
import sys
import time

import pytest

from checks import soon
from harness import Machine, TOP

sys.path.insert(0, str(TOP / "tests" / "screen"))
import screen_text  # noqa: E402

TEXT = (720, 400)
MODES = [
    # card, further arguments, video=, width and height
    ("std", (), "640x480x15", (640, 480)),
    ("std", (), "800x600x16", (800, 600)),
    ("std", (), "640x480x24", (640, 480)),
    ("std", (), "1024x768x32", (1024, 768)),
    ("std", (), "1600x1200x32", (1600, 1200)),
    ("std", (), "1400x1050x16", (1400, 1050)),  # neither side is whole cells
    ("std", (), "text", TEXT),
    ("cirrus", (), "1024x768x24", (1024, 768)),
    (None, ("-device", "bochs-display"), "800x600x32", (800, 600)),  # pitch 1400h
    (None, ("-device", "ramfb"), "800x600x32", (800, 600)),  # pitch 1000h, in RAM
]
SIGNS = "¡Hola! ┌─┐ ñ é ü → ░▒▓ ≤"


def lines_of(machine, size):
    """bochs-display and ramfb go on showing their first size: a smaller mode is its upper left."""
    if size == TEXT:
        return machine.screen_lines()
    path = machine.folder / "screen.ppm"
    machine.qmp.command("screendump", filename=str(path))
    image = screen_text.open_image(str(path))
    assert image.width >= size[0] and image.height >= size[1]
    return screen_text.lines_of_image(image.crop((0, 0, *size)))


def shown(machine, last, size, before=()):
    """The lines on the screen, once the last one is `last`, behind those before it: it is drawn a moment later."""
    deadline = time.monotonic() + 60
    while True:
        lines = lines_of(machine, size)
        while lines and not lines[-1]:
            lines.pop()
        if lines and lines[-1] == last and lines[-1 - len(before):-1] == list(before):
            return lines
        assert time.monotonic() < deadline, "on the screen:\n" + "\n".join(lines)
        time.sleep(0.1)


def wrapped(lines, columns):
    """As a terminal of that width breaks them."""
    return [line[at:at + columns].rstrip()
            for line in lines for at in range(0, max(len(line), 1), columns)]


@pytest.mark.parametrize("card, extra, video, size", MODES,
                         ids=[f"{mode[0] or mode[1][1]}-{mode[2]}" for mode in MODES])
def test_the_screen_says_what_com1_says(card, extra, video, size):
    with Machine(vga=card, extra=extra, cmdline=f"video={video}") as machine:
        machine.wait_prompt()
        assert machine.command(f"echo {SIGNS}") == SIGNS
        said = machine.command("help").split("\n") + ["fastos> log"]
        said += machine.command("log").split("\n")  # together more than a small screen
        columns = 80 if size == TEXT else size[0] // 8
        shown(machine, "fastos>", size, wrapped(said, columns)[-20:])


def test_signs_are_drawn_and_colours_are_the_themes():
    with Machine(cmdline="video=1024x768x32") as machine:
        machine.wait_prompt()
        machine.command(f"echo {SIGNS}")
        shown(machine, "fastos>", (1024, 768), before=[SIGNS])  # not the prompt that was there before
        path = machine.folder / "screen.ppm"
        machine.qmp.command("screendump", filename=str(path))
        cells = screen_text.cells_of_image(str(path))
        row = max(at for at, cells_of in enumerate(cells) if cells_of[0][0] == "f")
        assert cells[row][0] == ("f", b"\x8a\xeb\xb2", b"\x0f\x15\x20")  # bright green prompt
        assert cells[row][8][2] == b"\x5b\x9d\xff"  # the cursor's block
        assert cells[0][0] == ("[", b"\x7c\x8a\xa2", b"\x0f\x15\x20")  # a stamp of the log


def test_vga_text_has_our_letters():
    """By its pixels: a cell is 9 wide, of which the font has 8."""
    with Machine(cmdline="video=text") as machine:
        machine.wait_prompt()
        machine.command("echo ABCDEFghijkl 0123456789 {}[]~@ ñé½")

        def read():
            path = machine.folder / "screen.ppm"
            machine.qmp.command("screendump", filename=str(path))
            image = screen_text.open_image(str(path))
            assert image.size == TEXT
            narrow = image.resize((640, 400))
            for column in range(80):
                narrow.paste(image.crop((9 * column, 0, 9 * column + 8, 400)), (8 * column, 0))
            assert "ABCDEFghijkl 0123456789 {}[]~@ ñé½" in screen_text.lines_of_image(narrow)
        soon(read)


@pytest.mark.parametrize("video", ["1024x768x32", "text"])
def test_the_panic_screen(video):
    with Machine(cmdline=f"video={video}") as machine:
        machine.wait_prompt()
        machine.type("panic\r")
        machine.wait_for("the log's last lines:")
        machine.wait_for("kernel: ready")
        deadline = time.monotonic() + 60
        while "panic: asked for by the monitor" not in machine.screen_lines():
            assert time.monotonic() < deadline
            time.sleep(0.1)
