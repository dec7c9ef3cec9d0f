"""user/draw on FastOS: its compiler flags, its C library and the font files of the image give the same pixels as on the
host, where tests/screen/test_sheets.py looks at them."""
import re
import subprocess

from checks import plain
from harness import TOP, Machine

SUM = re.compile(r"^(\w+) ([0-9a-f]{16})$", re.M)
FONTS, THEMES = "/usr/share/fonts/fastos", "/usr/share/themes"


def test_the_same_pixels_as_on_the_host():
    host = subprocess.run([TOP / "build/host/user/draw/test/sheets", TOP / "build/fonts", TOP / "user/draw/themes"],
                          check=True, capture_output=True, text=True).stdout
    with Machine(init=None, cmdline=f"run='/usr/tests/sheets {FONTS} {THEMES}; exit $?'") as machine:
        assert machine.wait_exit(60) == 0, machine.report()
        guest = plain(machine.text)
    assert len(SUM.findall(host)) >= 9
    assert SUM.findall(guest) == SUM.findall(host)
