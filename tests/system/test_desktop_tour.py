"""The desktop as its user goes through it: windows by keyboard and mouse, every program, sizes and depths of the
screen, its own death. test_desktop.py has the server by itself. A test client in one
colour (user/desktop/test/client.c) shows where its window is."""
import re
import time

import pytest
from PIL import Image, ImageChops

from checks import plain
from desk import Desk, differs
from harness import Bochs, Machine

CLIENT = "/usr/tests/desktop_client"
BLUE, GREEN = (0x20, 0x60, 0xC0), (0x20, 0xA0, 0x40)
TITLE = 16  # pixels above what a client draws: within the frame's title
RIM = 8  # it draws a lighter one of its own


def box_of(image, colour):
    """Where the client of this colour draws, by its pixels above the panel; None: nowhere."""
    image = image.crop((0, 0, image.width, image.height - 48))
    box = ImageChops.difference(image, Image.new("RGB", image.size, colour)).convert("L").point(
        lambda level: 255 if level <= 6 else 0).getbbox()
    return box and (box[0] - RIM, box[1] - RIM, box[2] + RIM, box[3] + RIM)


def hexadecimal(colour):
    return "%02x%02x%02x" % colour


def show(desk, colour=BLUE, words="", size="300x200"):
    """A client's window; where its pixels are."""
    desk.run(f"{CLIENT} colour={hexadecimal(colour)} size={size} {words} >/tmp/client.log 2>&1 &\ntrue")
    return box_of(desk.until(lambda image: box_of(image, colour)), colour)


def moved(desk, colour, old, act, timeout=20):
    """Where they are once they are elsewhere."""
    act()
    return box_of(desk.until(lambda image: box_of(image, colour) not in (None, old), timeout), colour)


def server(desk):
    said, _ = desk.run("ps -e")
    return int(re.search(r"^ *(\d+) .*\bdesktop$", said, re.M)[1])


@pytest.fixture
def desk():
    with Desk() as machine:
        yield machine


# ---- windows -------------------------------------------------------------------------------------

def test_a_window_is_resized_at_its_corner(desk):
    box = show(desk)
    desk.drag((box[2] + 2, box[3] + 2), (box[2] + 82, box[3] + 52))
    desk.until(lambda image: (now := box_of(image, BLUE)) and abs(now[2] - box[2] - 80) < 6
               and abs(now[3] - box[3] - 50) < 6 and now[:2] == box[:2])


def test_a_double_click_maximises_and_brings_back(desk):
    width, _ = desk.size
    box = show(desk)
    desk.click(box[0] + 100, box[1] - TITLE, times=2)
    # What the client has not drawn yet stays as it was.
    great = box_of(desk.until(lambda image: (now := box_of(image, BLUE)) and now[0] < 4 and now[2] > width - 4), BLUE)
    desk.click(great[0] + 300, great[1] - TITLE, times=2)
    desk.until(lambda image: box_of(image, BLUE) == box)


def test_a_window_is_closed_by_its_cross_and_by_keys(desk):
    box = show(desk)
    desk.click(box[2] - 16, box[1] - TITLE)
    desk.until(lambda image: box_of(image, BLUE) is None)
    show(desk)
    desk.press("alt", "f4")
    desk.until(lambda image: box_of(image, BLUE) is None)


def test_workspaces_have_their_own_windows(desk):
    box = show(desk)
    desk.press("meta_l", "2")
    desk.until(lambda image: box_of(image, BLUE) is None)
    show(desk, GREEN)
    desk.press("meta_l", "1")
    desk.until(lambda image: box_of(image, GREEN) is None and box_of(image, BLUE) == box)


def test_alt_tab_brings_the_other_one_up(desk):
    show(desk, BLUE, "title=Blue")
    show(desk, GREEN, "title=Green")
    on_top = box_of(desk.picture(), GREEN)
    whole = (on_top[2] - on_top[0]) * (on_top[3] - on_top[1])
    desk.press("alt", "tab")
    desk.until(lambda image: sum(pixel == GREEN for pixel in image.crop(on_top).getdata()) < whole // 2)


def test_all_by_the_keyboard_where_there_is_no_mouse():
    with Desk(cmdline="drv.mouse=off") as desk:
        before = desk.picture()
        desk.press("meta_l")
        desk.until(lambda image: differs(image, before))
        desk.type_keys("mines\n")
        desk.until(lambda image: "minesweeper" in desk.run("ps -e")[0])


# ---- programs ------------------------------------------------------------------------------------

PROGRAMS = ["terminal", "files", "monitor", "calculator", "minesweeper", "blocks", "log", "hardware", "gallery", "editor",
            "help"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_opens_and_closes(desk, name):
    before = desk.statistics()["surfaces"]
    desk.run(f"/bin/{name} >/tmp/{name}.log 2>&1 &\ntrue")  # `help` alone is the shell's
    desk.until(lambda image: desk.statistics()["surfaces"] > before)
    assert f"/bin/{name}" in desk.run("ps -e")[0]
    desk.press("alt", "f4")
    desk.until(lambda image: f"/bin/{name}" not in desk.run("ps -e")[0])
    assert desk.run(f"cat /tmp/{name}.log")[0] == ""


def test_what_is_typed_comes_to_the_program_of_the_terminal(desk):
    before = desk.statistics()["surfaces"]
    desk.run("desktopctl set layout=es")
    desk.run("terminal -- sh -c 'cat > /tmp/typed' &\ntrue")
    desk.until(lambda image: desk.statistics()["surfaces"] > before)
    desk.press("semicolon")  # ñ
    desk.press("apostrophe")  # dead acute
    desk.press("a")
    desk.press("shift", "7")  # /
    desk.press("ret")
    desk.press("ctrl", "d")
    desk.until(lambda image: desk.run("cat /tmp/typed")[0] == "ñá/")


# ---- its own death ---------------------------------------------------------------------------------

def test_the_server_dies_and_comes_back_with_its_windows(desk):
    desk.run("minesweeper >/tmp/mines.log 2>&1 &\ntrue")
    desk.until(lambda image: desk.statistics()["surfaces"] == 1)
    area = (0, 0, desk.size[0], desk.size[1] - 60)
    seen = desk.until(lambda image: not differs(image, desk.picture(area)), box=area)
    pid = server(desk)
    desk.run(f"kill -9 {pid}")
    desk.until_ready(2)
    assert server(desk) != pid
    desk.until(lambda image: not differs(image, seen), box=area)
    assert desk.statistics()["surfaces"] == 1


# ---- machines ------------------------------------------------------------------------------------

@pytest.mark.parametrize("size", ["640x480x32", "800x600x16", "1024x768x24", "800x600x15", "1920x1080x32"])
def test_every_depth_and_size(size):
    with Desk(size) as desk:
        width, height = desk.size
        image = desk.picture()
        assert image.size == (width, height)
        panel = [image.getpixel((2, height - 3)), image.getpixel((width // 2, height - 3))]
        assert all(abs(a - b) <= 8 for pixel in panel for a, b in zip(pixel, (0x14, 0x1B, 0x28))), panel
        box = show(desk, size="200x120")
        assert abs(box[2] - box[0] - 200) <= 4 and abs(box[3] - box[1] - 120) <= 4 or size.endswith(("15", "16"))


def test_thirty_two_megabytes_are_enough():
    with Desk(memory="32") as desk:
        used = int(re.search(r"^Memory +\d+ +(\d+)", desk.run("free")[0], re.M)[1])
        assert used <= 24 * 1024
        show(desk)


def test_nothing_is_drawn_while_nothing_happens(desk):
    desk.run("sleep 3")
    before, after = desk.statistics(), desk.run("sleep 5") and desk.statistics()
    # The load of what asked for it, and a minute of the clock, may be shown: never a frame of their own each.
    assert after["frames"] - before["frames"] <= 12


def test_bochs_reaches_it():
    with Bochs() as machine:
        machine.wait_for(r"desktop: ready", 240)


def test_without_a_framebuffer_it_is_the_shell_that_comes():
    with Machine(init=None, cmdline="video=text") as machine:
        machine.wait_for("kernel: ready", 60)
        machine.wait_for("tools", 60)
        assert "desktop: ready" not in plain(machine.text)
