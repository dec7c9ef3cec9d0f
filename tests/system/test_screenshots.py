"""Print, Alt+Print and Shift+Print keep the screen, the window and an area as PNG in Pictures: pixel by pixel what
was on the screen, without the pointer."""
import io
import re

import pytest
from PIL import Image, ImageChops

from checks import SECTOR, start_of_root
from desk import Desk
from test_desktop_tour import BLUE, box_of, show

from ext2 import Ext2  # tools/, which harness put on the path

HOME = "/root"
PICTURES = HOME + "/Pictures"


@pytest.fixture(scope="module")
def desk():
    with Desk(write=True) as machine:
        yield machine


def pictures(desk):
    said, _ = desk.run(f"ls {PICTURES} 2>/dev/null")
    return set(re.findall(r"^screenshot-\d{8}-\d{6}(?:-\d+)?\.png$", said.replace(" ", "\n"), re.M))


def file_of(desk, path):
    """Its bytes, as they lie on the disk: over COM1 they would take minutes."""
    assert desk.run("sync")[1] == 0
    return Ext2(desk.disk_image, 0, start_of_root(desk.disk_image) * SECTOR).ask(b"cat " + path.encode())


def taken(desk, act):
    """The picture that comes into Pictures."""
    before = pictures(desk)
    act()
    name, = desk.soon(lambda: pictures(desk) - before)
    return Image.open(io.BytesIO(file_of(desk, f"{PICTURES}/{name}"))).convert("RGB")


def same(one, other):
    return ImageChops.difference(one, other).getbbox() is None


def test_the_whole_screen(desk):
    desk.point(2, 2)
    picture = taken(desk, lambda: desk.press("print"))
    assert picture.size == desk.size
    assert box_of(picture, BLUE) is None and len(set(picture.getdata())) > 50


def test_the_window(desk):
    box = show(desk)
    picture = taken(desk, lambda: desk.press("alt", "print"))
    inner = box_of(picture.crop((0, 0, picture.width, picture.height + 48)), BLUE)  # which leaves a panel out
    assert picture.width < 340 and picture.height < 280  # the frame with it
    assert (inner[2] - inner[0], inner[3] - inner[1]) == (box[2] - box[0], box[3] - box[1]) == (300, 200)


def test_an_area(desk):
    box = box_of(desk.picture(), BLUE)
    left, top = box[0] - 40, box[1] - 30
    desk.point(20, 20)
    shown = desk.picture((left, top, left + 160, top + 120))

    def act():
        desk.changes(lambda: desk.press("shift", "print"), box=(0, 0, 40, 40))  # the pointer is a cross now
        desk.drag((left, top), (left + 160, top + 120))
    picture = taken(desk, act)
    assert abs(picture.width - 160) <= 1 and abs(picture.height - 120) <= 1
    part = (0, 0, min(160, picture.width), min(120, picture.height))
    assert same(picture.crop(part), shown.crop(part))
