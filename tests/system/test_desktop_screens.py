"""What the desktop looks like on small, usual and large screens, and with 16 bits a pixel: the launcher open over two
windows. The pictures (tests/screen/goldens) were looked at: nothing is cut off, no text lies on another."""
import pytest
from PIL import ImageChops

from desk import Desk, keep

PANEL, CLOCK = 44, 176  # the panel's height; load and clock at its right end, which are never the same


def show(desk):
    """Two windows that stand still, and the launcher; the pointer out of the way."""
    desk.open("terminal -- sh -c 'echo -e \"\\033[?25lFastOS\"; exec cat'")
    desk.open("minesweeper")
    desk.point(desk.size[0] - 2, desk.size[1] - 2)
    desk.changes(lambda: desk.press("meta_l"))


@pytest.mark.parametrize("size", ["640x480", "1024x768", "1920x1080"])
def test_the_desktop_on_a_screen_of(size):
    with Desk(f"{size}x32") as desk:
        width, height = desk.size
        desk.run("desktopctl set wallpaper=plain")
        show(desk)
        desk.compare(f"desktop-{size}", (0, 0, width, height - PANEL))
        desk.compare(f"desktop-{size}-panel", (0, height - PANEL, width - CLOCK, height))


def test_all_of_a_high_window_is_seen_on_a_low_screen():
    """Keys of the calculator, and what goes on with the first start."""
    with Desk("640x480x32") as desk:
        desk.run("desktopctl set wallpaper=plain")
        desk.point(638, 478)
        for program, name in (("calculator", "calculator"), ("settings --first", "welcome")):
            desk.run(f"{program} &\ntrue")
            desk.compare(f"low-{name}", (0, 0, 640, 480 - PANEL), allowed=60)  # a caret blinks
            desk.press("alt", "f4")
            desk.until(lambda image: desk.statistics()["surfaces"] == 0)


def at_rest(desk):
    """The screen without what the clock and the load change, once nothing moves."""
    area = (0, 0, desk.size[0], desk.size[1] - PANEL)
    seen = []
    desk.until(lambda image: seen.append(image) or len(seen) > 2 and seen[-1] == seen[-2] == seen[-3], box=area)
    return seen[-1]


def test_sixteen_bits_are_the_nearest_to_thirty_two():
    pictures = []
    for bits in 32, 16:
        with Desk(f"1024x768x{bits}") as desk:
            show(desk)
            pictures.append(at_rest(desk))
    wrong = [band.getextrema()[1] for band in ImageChops.difference(*pictures).split()]
    # Half of a step of 5, 6 and 5 bits.
    assert all(difference <= most for difference, most in zip(wrong, (5, 3, 5))), (wrong, keep(pictures[1], "16-bits"))
