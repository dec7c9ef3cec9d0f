"""System Monitor, Settings, Log and Hardware report on the machine: they show what is so, and change it. The report's QR
codes are read from the screen by ZBar."""
import difflib
import re
import subprocess
import time

import pytest

from checks import run
from desk import Desk, keep
from harness import PATIENCE, TOP

WINDOWS = (60, 40, 960, 700)  # of the screen: without the panel


@pytest.fixture
def desk():
    with Desk() as machine:
        yield machine


def start(desk, command):
    """A program in the background, when its window is on the screen."""
    desk.changes(lambda: desk.run(f"{command} >/tmp/said 2>&1 & true"), box=WINDOWS)
    said, _ = desk.run("cat /tmp/said")
    assert said.strip() == "", said
    return int(re.findall(rf"^ *(\d+) .*{command.split()[0]}", desk.run("ps aux")[0], re.M)[-1])


def ticks(desk, pid):
    return int(desk.run(f"cat /proc/{pid}/stat")[0].split(")")[1].split()[11])


def test_the_report_is_of_this_machine():
    text = run("exec /bin/hardware --text", options="", cpu="qemu64,-pat", memory="64")
    assert re.search(r"^Usable +6[0-4]\.?\d* MiB$", text, re.M), text
    assert re.search(r"^Map by +e820$", text, re.M) and "usable" in text
    assert re.search(r"^Features .* fpu .*sse2", text, re.M | re.S) and " pat " not in text
    assert re.search(r"^00:01\.1 8086:7010 IDE controller", text, re.M)
    assert re.search(r"^ata0: \d+\.?\d* MiB\n  model +QEMU HARDDISK\n  serial +QM00001$", text, re.M)
    assert re.search(r"^  SMART +well$", text, re.M)
    assert re.search(r"^Monitor +RHT 1234, EDID 1.4", text, re.M) and "Called       QEMU Monitor" in text
    assert re.search(r"^ +\d+\.\d{3} ms +\+ +\d+\.\d{3}  kernel entry$", text, re.M)


def test_a_driver_is_restarted_by_keyboard(desk):
    start(desk, "monitor drivers")
    row = [line.split()[0] for line in desk.run("lsdev")[0].splitlines() if line[0] != "#"].index("mouse")
    before = desk.generation("mouse")
    desk.press("tab")
    for key in ["home"] + row * ["down"]:
        desk.changes(lambda: desk.press(key), box=WINDOWS)
    desk.press("alt", "r")
    deadline = time.monotonic() + 10 * PATIENCE
    while desk.generation("mouse") != before + 1:
        assert time.monotonic() < deadline, desk.run("lsdev")[0]


def test_the_monitor_asks_nothing_while_it_is_not_seen(desk):
    pid = start(desk, "monitor")
    used = ticks(desk, pid)
    desk.run("sleep 5")
    seen = ticks(desk, pid) - used
    desk.changes(lambda: desk.press("meta_l", "d"), box=WINDOWS)
    desk.run("sleep 1")
    used = ticks(desk, pid)
    desk.run("sleep 5")
    hidden = ticks(desk, pid) - used
    assert seen > 0 and hidden <= max(1, seen // 4), (seen, hidden)


def test_a_theme_is_chosen_in_the_settings(desk):
    start(desk, "settings appearance")
    desk.press("tab")
    ground = desk.picture().getpixel((620, 745))  # the panel's
    desk.press("right")
    desk.until(lambda image: image.getpixel((620, 745)) != ground)
    deadline = time.monotonic() + 10 * PATIENCE
    while "theme=light" not in (said := desk.run("cat ~/.config/desktop")[0]):
        assert time.monotonic() < deadline, said


def test_the_log_shows_a_line_that_comes(desk):
    start(desk, "log")
    desk.changes(lambda: desk.run("echo 'test: something came' > /dev/kmsg"), box=(250, 300, 800, 500))


def read_codes(image):
    """What another's reader (ZBar) reads from the QR codes of a picture, one text each."""
    path = keep(image, "qr")
    said = subprocess.run(["zbarimg", "--quiet", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", path],
                          capture_output=True, timeout=60, check=False)
    return said.stdout.decode()


def code_of(desk, seen):
    """The text of the code that the window shows, once it is another one than `seen`."""
    deadline = time.monotonic() + 20 * PATIENCE
    while (text := read_codes(desk.picture(WINDOWS))) in ("", seen):
        assert time.monotonic() < deadline, text
    return text


def lines_of(report):
    """Of each line what is the same whenever one asks."""
    return [re.sub(r"[\d.:+-]+( [KMG]iB| bytes)?", "#", line).rstrip() for line in report.splitlines() if line.strip()]


def test_a_phone_reads_the_report_from_the_screen(desk):
    start(desk, "hardware")
    desk.press("ctrl", "tab")  # its second tab
    page = code_of(desk, None)
    assert page.startswith("FastOS report 1/")
    text = lines_of(desk.run("/bin/hardware --text")[0])
    first = lines_of(page)[1:]
    assert len(first) > 10 and first[:-1] == text[:len(first) - 1]
    desk.press("alt", "o")  # all in one code
    packed = code_of(desk, page)
    report = subprocess.run([TOP / "tools" / "hardware-report"], input=packed.encode(), capture_output=True, timeout=20,
                            check=True).stdout.decode()
    # Between the two an interrupt may have come for the first time, which is a line more.
    assert difflib.SequenceMatcher(None, lines_of(report), text).ratio() > 0.95
