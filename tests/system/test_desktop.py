"""The display server in the machine: windows, pointer, keys, bad clients, a restart. Its clients have no toolkit
(user/desktop/test/client.c)."""
import re
import time

import pytest

from harness import PATIENCE, Machine
from test_user_space import Session

CLIENT = "/usr/tests/desktop_client"
RED, GREEN, BLUE = (192, 32, 32), (32, 160, 64), (32, 64, 192)


class Desktop:
    """A machine whose desktop was started from the shell on COM1; `shell` runs commands there."""

    def __init__(self, machine):
        self.machine, self.shell = machine, Session(machine)
        self.start()

    def start(self):
        self.machine.type("desktop &\n")
        self.machine.wait_for(r"desktop: ready", 40)

    def client(self, words, expected=r"client: shown"):
        self.machine.type(f"{CLIENT} {words} &\n")
        return self.machine.wait_for(expected, 30)

    def kept(self):
        """What the server wrote down of where windows are: every five seconds, when they are elsewhere."""
        return self.shell.run("sum /tmp/desktop.windows")[0]

    def until(self, true, timeout=20):
        """The screen as it is when true(screen) is."""
        deadline = time.monotonic() + timeout * PATIENCE
        while True:
            screen = self.machine.screen()
            if true(screen):
                return screen
            assert time.monotonic() < deadline, "the screen did not become so"
            time.sleep(0.1)

    def point(self, x, y):
        screen = self.size()
        move = lambda axis, at, size: {"type": "abs", "data": {"axis": axis, "value": (at * 32768 + 16384) // size}}
        self.machine.qmp.command("input-send-event", events=[move("x", x, screen[0]), move("y", y, screen[1])])
        time.sleep(0.05)

    def size(self):
        if not hasattr(self, "known"):
            screen = self.machine.screen()
            self.known = screen.width, screen.height
        return self.known

    def button(self, down):
        event = {"type": "btn", "data": {"down": down, "button": "left"}}
        self.machine.qmp.command("input-send-event", events=[event])
        time.sleep(0.05)

    def drag(self, start, end):
        self.point(*start)
        self.button(True)
        for step in range(1, 5):
            self.point(*(a + (b - a) * step // 4 for a, b in zip(start, end)))
        self.button(False)


@pytest.fixture(name="desktop")
def running_desktop():
    with Machine(init="/bin/init", cpu="max", memory="128", cmdline="desktop=off") as machine:
        yield Desktop(machine)


def box_of(screen, colour):
    """The least box around all pixels of that colour: left, top, right, bottom (behind); None: there is none."""
    wanted, columns, rows = bytes(colour), [], []
    line = screen.width * 3
    for y in range(screen.height):
        row = screen.rgb[y * line:(y + 1) * line]
        found = [match.start() // 3 for match in re.finditer(re.escape(wanted), row) if match.start() % 3 == 0]
        if len(found) > 1:
            rows.append(y)
            columns += found[0], found[-1]
    return (min(columns), rows[0], max(columns) + 1, rows[-1] + 1) if rows else None


def test_a_window_is_shown_dragged_and_closed(desktop):
    desktop.client("title=Red colour=c02020 size=300x200")
    screen = desktop.until(lambda s: box_of(s, RED))
    left, top, right, bottom = box_of(screen, RED)
    assert (right - left, bottom - top) == (300 - 16, 200 - 16)  # within its frame of 8
    desktop.drag((left + 100, top - 25), (left + 200, top + 55))
    desktop.until(lambda s: box_of(s, RED) == (left + 100, top + 80, right + 100, bottom + 80))
    desktop.machine.qmp.press("alt", "f4")
    desktop.machine.wait_for("client: closed", 20)
    desktop.until(lambda s: box_of(s, RED) is None)


def test_keys_reach_the_window_by_the_layout(desktop):
    desktop.client("colour=c02020")
    desktop.machine.qmp.press("shift", "a")
    desktop.machine.wait_for('client: key 30 "A"', 20)
    desktop.machine.qmp.press("meta_l", "spc")  # us to es
    time.sleep(0.5)
    desktop.machine.qmp.press("semicolon")
    desktop.machine.wait_for('client: key 39 "ñ"', 20)
    desktop.machine.qmp.press("apostrophe")
    desktop.machine.qmp.press("e")
    desktop.machine.wait_for('client: key 18 "é"', 20)


def test_halves_and_whole_by_keys(desktop):
    desktop.client("colour=c02020")
    width, height = desktop.size()
    desktop.machine.qmp.press("meta_l", "left")
    desktop.until(lambda s: (box_of(s, RED) or (0,) * 4)[2] == width // 2 - 9)
    desktop.machine.qmp.press("meta_l", "up")
    desktop.machine.qmp.press("meta_l", "up")
    desktop.until(lambda s: (box_of(s, RED) or (0,) * 4)[2] == width - 9)
    desktop.machine.qmp.press("meta_l", "f")
    desktop.until(lambda s: box_of(s, RED) == (8, 8, width - 8, height - 8))


@pytest.mark.parametrize("mode, said", [
    ("lie", "refused: a buffer is larger than its file"), ("shrink", "refused: a buffer's file is not sealed"),
    ("garbage", "refused: not a message of this protocol"), ("die", "client: dies"),
    ("mute", "client: the server is gone"),
])
def test_bad_clients_go_and_the_rest_stays(desktop, mode, said):
    desktop.client("colour=20a040 title=Good size=300x200")
    before = desktop.until(lambda s: box_of(s, GREEN))
    desktop.client(f"mode={mode} colour=c02020 title=Bad", said)
    desktop.until(lambda s: box_of(s, RED) is None and box_of(s, GREEN) == box_of(before, GREEN))
    desktop.machine.qmp.press("b")
    desktop.machine.wait_for('client: key 48 "b"', 20)


def test_a_flood_delays_nobody(desktop):
    desktop.client("mode=flood colour=c02020")
    desktop.client("colour=20a040 size=300x200")
    left, top, right, bottom = box_of(desktop.until(lambda s: box_of(s, GREEN)), GREEN)
    desktop.drag((left + 100, top - 25), (left + 150, top + 5))
    desktop.until(lambda s: box_of(s, GREEN) == (left + 50, top + 30, right + 50, bottom + 30))
    desktop.machine.qmp.press("b")
    desktop.machine.wait_for('client: key 48 "b"', 20)


def test_a_program_that_hangs_is_ended(desktop):
    desktop.client("mode=hang colour=c02020 title=Stuck", "client: hangs")
    desktop.machine.qmp.press("b")
    time.sleep(6 * PATIENCE)  # its time to answer: what is tested is that it passes
    desktop.until(lambda s: box_of(s, RED) is None)  # it is shown paler
    desktop.machine.qmp.press("alt", "f4")
    time.sleep(0.5)
    desktop.machine.qmp.press("tab")
    desktop.machine.qmp.press("ret")
    desktop.until(lambda s: desktop.shell.run("ps | grep -c 'mode=han[g]'")[0].strip() == "0")


def test_a_killed_server_comes_back_with_its_windows(desktop):
    desktop.client("colour=c02020 size=300x200")
    left, top, right, bottom = box_of(desktop.until(lambda s: box_of(s, RED)), RED)
    desktop.drag((left + 100, top - 25), (left + 200, top + 55))
    desktop.until(lambda s: box_of(s, RED) == (left + 100, top + 80, right + 100, bottom + 80))
    kept = desktop.kept()
    deadline = time.monotonic() + 12 * PATIENCE
    while desktop.kept() == kept and time.monotonic() < deadline:  # else it was kept in between
        time.sleep(0.2)
    desktop.machine.type("killall -9 desktop\n")
    desktop.machine.wait_for("the channel closed", 20)
    desktop.start()
    desktop.client("colour=c02020 size=300x200")
    desktop.until(lambda s: box_of(s, RED) == (left + 100, top + 80, right + 100, bottom + 80))
