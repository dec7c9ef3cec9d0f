"""No driver's restart loses the desktop: the drivers that it lives on begin anew under it, in the kernel and in
ring 3, asked to and by a fault, and afterwards keys come, the mouse points, and windows are drawn."""
import pytest

from desk import Desk
from test_desktop_tour import BLUE, GREEN, TITLE, box_of, server, show


def begins_anew(desk, driver, act):
    before = desk.generation(driver)
    act()
    desk.soon(lambda: desk.generation(driver) not in (None, before))


def works(desk):
    """A window comes, is dragged by the mouse, and goes by keys."""
    box = show(desk, BLUE)
    desk.drag((box[0] + 100, box[1] - TITLE), (box[0] + 130, box[1] - TITLE + 20))
    desk.until(lambda image: (now := box_of(image, BLUE)) and abs(now[0] - box[0] - 30) < 4
               and abs(now[1] - box[1] - 20) < 4)
    desk.press("alt", "f4")
    desk.until(lambda image: box_of(image, BLUE) is None)


@pytest.mark.parametrize("placement", ["kernel", "user"])
def test_drivers_begin_anew(placement):
    with Desk(cmdline=f"drv.keyboard={placement} drv.mouse={placement} drv.framebuffer={placement}") as desk:
        pid = server(desk)
        show(desk, GREEN, size="120x90")
        for driver in ("keyboard", "mouse", "framebuffer"):
            for word in ("restart", "kill"):
                begins_anew(desk, driver, lambda: desk.run(f"drvctl {driver} {word}"))
                works(desk)
        assert server(desk) == pid and box_of(desk.picture(), GREEN)
