"""The toolkit in FastOS: the gallery looks as on the host (user/apps/gallery/golden), is used with the mouse and
the keyboard, and outlives the display server."""
from PIL import Image

from desk import Desk, differs
from harness import TOP

GOLDEN = TOP / "user/apps/gallery/golden"
# Where the server places the first window's content; without the round corners at its bottom.
CONTENT = (96, 72, 736, 72 + 535 - 12)
STATUS = (96, 72 + 505, 736, 72 + 535 - 12)


def golden(name, box=CONTENT):
    x, y = CONTENT[:2]
    return Image.open(GOLDEN / f"{name}.png").convert("RGB").crop((box[0] - x, box[1] - y, box[2] - x, box[3] - y))


def shows(desk, name):
    wanted = golden(name)
    desk.point(1000, 10)  # the pointer is not in the way
    desk.until(lambda image: not differs(image, wanted), box=CONTENT)


def open_gallery(desk):
    desk.point(1000, 10)
    desk.run("gallery > /dev/null 2>&1 &\ntrue")
    shows(desk, "dark-controls")


def test_it_looks_as_on_the_host():
    with Desk() as desk:
        open_gallery(desk)
        desk.press("ctrl", "pgdn")
        desk.click(96 + 200, 72 + 300)
        shows(desk, "dark-table")


def test_it_is_used_with_the_mouse():
    with Desk() as desk:
        open_gallery(desk)
        desk.changes(lambda: desk.click(159, 232), box=STATUS)              # a button
        desk.changes(lambda: desk.click(124, 89), box=(105, 110, 300, 260))  # a menu
        desk.changes(lambda: desk.click(160, 151), box=(105, 110, 300, 260))  # its second item: a dialog
        desk.changes(lambda: desk.type_keys("new.c\n"), box=STATUS)


def test_it_outlives_the_server():
    with Desk() as desk:
        open_gallery(desk)
        desk.run("killall -9 desktop")
        desk.until_ready(2)
        shows(desk, "dark-controls")
        desk.press("ctrl", "pgdn")
        desk.click(96 + 200, 72 + 300)
        shows(desk, "dark-table")
