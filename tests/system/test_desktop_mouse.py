"""Every program of the launcher by the mouse alone: opened from the list, used, closed by its cross. What comes is
compared with what the keyboard opens: the same window, with a title no other has, and nothing else on the screen."""
import time

import pytest
from PIL import Image, ImageChops

from desk import SEEN, Desk, differs, keep, pixels_that_differ
from harness import PATIENCE

FRAME, BORDER = (0x1F, 0x29, 0x37), (0x38, 0x45, 0x5A)  # of the dark theme's window with the focus
TITLE, SHADOW = 32, 40
BUTTON, FIRST_LINE, LINE, LINES = (50, 746), 330, 44, 9  # the launcher's, at 1024×768
CORNER = (1020, 764)  # where the pointer is out of the way
CARD = (866, 48)  # of a notification

# Its name in the list and its file · where it is clicked, from the window's corner · pixels that may differ from those of
# the one that the keyboard opened: what moves, counts, or is by chance · where the click shows, if much moves by itself
PROGRAMS = [
    ("Blocks", "blocks", (465, 480), 12000, (418, 190, 500, 240)), ("Calculator", "calculator", (52, 319), 200),
    ("Editor", "editor", (28, 50), 200), ("Files", "files", (64, 146), 400),
    ("Hardware report", "hardware", (112, 58), 1000), ("Help", "help", (92, 260), 0),
    ("Images", "viewer", (563, 534), 0), ("Log", "log", (28, 482), 1000),
    ("Minesweeper", "minesweeper", (151, 255), 0), ("Settings", "settings", (84, 94), 0),
    ("System Monitor", "monitor", (135, 58), 4000, (20, 96, 110, 116)), ("Terminal", "terminal", (112, 50), 400),
]


@pytest.fixture(name="desk", scope="module")
def running_desk():
    with Desk() as desk:
        desk.titles = {}
        area = (0, 0, desk.size[0], desk.size[1] - 60)
        desk.point(*CORNER)
        empty = desk.until(lambda image: max(image.getpixel((516, 392))) < 128, box=area)  # there was the pointer
        assert desk.run("screenshot")[1] == 0  # a picture to look at
        desk.until(lambda image: differs(image, empty), box=area)
        desk.click(*CARD)  # it has told of it
        desk.point(*CORNER)
        desk.until(lambda image: not differs(image, empty), box=area)
        yield desk


def is_colour(image, colour):
    return ImageChops.difference(image, Image.new("RGB", image.size, colour)).convert("L").point(lambda v: 255 * (v == 0))


def window_box(image):
    """The one window's box: its title begins in the first line that has much of its colour. None: there is none."""
    mask = is_colour(image, FRAME)
    means = mask.resize((1, image.height), Image.Resampling.BOX).getdata()
    top = next((y for y in range(image.height - 60) if means[y] * image.width > 150 * 255), None)
    if top is None:
        return None
    left, _, right, _ = mask.crop((0, top + TITLE // 2, image.width, top + TITLE // 2 + 1)).getbbox()
    middle = (left + right) // 2
    edges = is_colour(image.crop((middle, top, middle + 1, image.height - 44)), BORDER).getbbox()
    return left - 1, top - 1, right + 1, edges and top + edges[3]


def until_open(desk, before):
    """Its window's picture and box, once it has come to rest or moves for long."""
    desk.until(window_box)
    assert desk.statistics()["surfaces"] == before + 1
    deadline, last = time.monotonic() + 2 * PATIENCE, None
    while True:
        image = desk.picture()
        box = window_box(image)
        now = box and image.crop(box)
        if box and (last and not differs(last, now) or time.monotonic() > deadline):
            return now, box, image
        last = now
        time.sleep(0.2)


def by_keyboard(desk, name, before):
    desk.press("meta_l")
    desk.until(lambda image: image.getpixel((200, 250)) == (0x18, 0x20, 0x2D))
    desk.type_keys(name.lower() + "\n")
    seen, _, _ = until_open(desk, before)
    desk.press("alt", "f4")
    desk.until(lambda image: window_box(image) is None)
    return seen


def by_mouse(desk, number, before):
    desk.click(*BUTTON)
    desk.until(lambda image: image.getpixel((200, 250)) == (0x18, 0x20, 0x2D))
    desk.point(200, FIRST_LINE)
    first = max(0, number - LINES + 1)
    for _ in range(first):
        desk.button(True, "wheel-down")
        desk.button(False, "wheel-down")
    desk.click(200, FIRST_LINE + LINE * (number - first))
    desk.point(*CORNER)
    return until_open(desk, before)


def assert_alone(image, empty, box):
    """Around the window and its shadow it is the desktop as it was."""
    around = (box[0] - SHADOW, box[1] - SHADOW, box[2] + SHADOW, box[3] + SHADOW)
    both = [picture.crop((0, 0, picture.width, picture.height - 60)) for picture in (image, empty)]
    for picture in both:
        picture.paste((0, 0, 0), tuple(max(0, side) for side in around))
    assert pixels_that_differ(*both) == 0, keep(image, "not-alone")


@pytest.mark.parametrize("number", range(len(PROGRAMS)), ids=[program[1] for program in PROGRAMS])
def test_a_program_by_the_mouse_alone(desk, number):
    name, program, place, allowed, *part = PROGRAMS[number]
    desk.point(*CORNER)
    desk.until(lambda image: window_box(image) is None)
    empty, before = desk.picture(), desk.statistics()["surfaces"]
    wanted = by_keyboard(desk, name, before)
    seen, box, image = by_mouse(desk, number, before)
    keep(image, f"mouse-{program}")
    assert f"/bin/{program}" in desk.run("ps -e")[0]
    assert pixels_that_differ(seen, wanted) <= allowed, (keep(seen, program), keep(wanted, f"{program}-keyboard"))
    assert_alone(image, empty, box)
    title = seen.crop((0, 1, seen.width - 100, TITLE)).tobytes()
    assert desk.titles.setdefault(title, program) == program and len(seen.getcolors(1 << 20)) > 30, SEEN
    desk.click(box[0] + place[0], box[1] + place[1])
    desk.point(*CORNER)
    part = part[0] if part else (0, 0, *seen.size)
    desk.until(lambda image: pixels_that_differ(image.crop(box).crop(part), seen.crop(part)) > 60)
    keep(desk.picture(), f"mouse-{program}-used")
    if program == "editor":  # its menu is open, and takes the first click
        desk.click(box[0] + 200, box[1] + 200)
    desk.click(box[2] - 21, box[1] + TITLE // 2)
    desk.until(lambda image: window_box(image) is None)
    assert desk.statistics()["surfaces"] == before
