"""Files, the image viewer and screenshots on the desktop, by keyboard and by mouse; what became of it is asked in
the shell on COM1."""
import time

import pytest

from desk import Desk
from harness import PATIENCE


@pytest.fixture(scope="module")
def desk():
    with Desk() as desk:
        yield desk


def eventually(desk, command, wanted, timeout=20):
    """The command says what is wanted, at last."""
    deadline = time.monotonic() + timeout * PATIENCE
    while (said := desk.run(command)) != (wanted, 0):
        assert time.monotonic() < deadline, f"{command}: {said}, not {wanted!r}\n{desk.report()[-2000:]}"
        time.sleep(0.2)


def open_window(desk, command):
    """Until its window has come."""
    desk.changes(lambda: desk.run(f"({command} >/dev/null 2>&1 &)"), box=(0, 0, 1024, 720))


def go(desk, path):
    desk.press("ctrl", "l")
    desk.type_keys(path + "\n")


def test_copy_trash_and_undo_by_keyboard(desk):
    assert desk.run("mkdir -p ~/a ~/b && echo hello > ~/a/x.txt")[1] == 0
    open_window(desk, "files ~/a")
    desk.press("down")
    desk.press("ctrl", "c")
    go(desk, "~/b")
    desk.press("ctrl", "v")
    eventually(desk, "cat ~/b/x.txt", "hello")
    desk.press("f5")
    desk.press("home")
    desk.press("delete")
    eventually(desk, "ls ~/b", "")
    eventually(desk, "cat ~/.local/share/Trash/files/x.txt", "hello")
    assert f"Path={desk.run('echo ~')[0]}/b/x.txt" in desk.run("cat ~/.local/share/Trash/info/x.txt.trashinfo")[0]
    desk.press("ctrl", "z")
    eventually(desk, "cat ~/b/x.txt", "hello")
    eventually(desk, "ls ~/.local/share/Trash/info", "")


def test_a_move_to_another_file_system(desk):
    assert desk.run("rm -rf /tmp/m && mkdir /tmp/m && rm -rf ~/b/* && echo far > ~/b/f")[1] == 0
    go(desk, "~/b")
    desk.press("f5")
    desk.press("home")
    desk.press("ctrl", "x")
    go(desk, "/tmp/m")
    desk.press("ctrl", "v")
    eventually(desk, "cat /tmp/m/f", "far")
    eventually(desk, "ls ~/b", "")
    desk.press("ctrl", "z")
    eventually(desk, "cat ~/b/f", "far")
    eventually(desk, "ls /tmp/m", "")
    desk.press("ctrl", "w")


def test_a_file_is_dragged_into_a_folder(desk):
    assert desk.run("mkdir -p ~/d/folder && echo dragged > ~/d/x.txt")[1] == 0
    open_window(desk, "files ~/d")
    desk.until(lambda image: image.getpixel((302, 170)) != image.getpixel((400, 300)))
    desk.drag((398, 182), (302, 182))
    eventually(desk, "cat ~/d/folder/x.txt", "dragged")
    eventually(desk, "ls ~/d", "folder")
    desk.press("ctrl", "z")
    eventually(desk, "cat ~/d/x.txt", "dragged")
    desk.press("ctrl", "w")


def test_a_screenshot_is_seen_in_the_viewer(desk):
    said, status = desk.run("screenshot screen /tmp/m/shot.png")
    assert (said, status) == ("/tmp/m/shot.png", 0)
    assert desk.run("screenshot screen /tmp/m/shot.png")[1] == 1  # it replaces nothing
    assert desk.run("printf '\\211PNG\\r\\n\\032\\nnothing' > /tmp/m/damaged.png")[1] == 0
    open_window(desk, "viewer /tmp/m/shot.png")
    desk.until(lambda image: len(set(image.crop((300, 200, 700, 500)).getdata())) > 50)
    desk.changes(lambda: desk.press("right"), box=(200, 100, 800, 600))  # the damaged one
    desk.changes(lambda: desk.press("right"), box=(200, 100, 800, 600))
    desk.changes(lambda: desk.press("r"), box=(200, 100, 800, 600))
    desk.changes(lambda: desk.press("q"), box=(200, 100, 800, 600))
    assert desk.run("ls /tmp/m")[0].split() == ["damaged.png", "shot.png"]
