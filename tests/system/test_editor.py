"""The editor on the desktop, by keyboard: what it saved is looked at in the shell on COM1."""
import time

import pytest

from desk import Desk, keep
from test_files_app import eventually, open_window


@pytest.fixture(scope="module")
def desk():
    with Desk() as desk:
        yield desk


def bytes_of(desk, path):
    said, status = desk.run(f"od -An -v -tx1 {path}")
    assert status == 0, said
    return bytes.fromhex("".join(said.split()))


def write(desk, path, text):
    escaped = "".join(f"\\{byte:03o}" for byte in text)
    assert desk.run(f"printf '{escaped}' > {path}")[1] == 0


def test_find_and_replace_keeps_what_the_file_is(desk):
    """UTF-8 with its mark, CR LF, a last line without an end, a byte that is no UTF-8, and its mode."""
    text = b"\xef\xbb\xbf/* one fish */\r\nint fish = 2; // FISH\r\nchar *s = \"\xff\";"
    write(desk, "~/fish.c", text)
    assert desk.run("chmod 640 ~/fish.c")[1] == 0
    open_window(desk, "editor ~/fish.c")
    desk.press("ctrl", "h")
    desk.type_keys("fish\tcat")
    desk.until(lambda image: True)
    keep(desk.picture(), "editor-replace")
    desk.press("alt", "a")
    desk.press("esc")
    desk.press("ctrl", "s")
    eventually(desk, "grep -c cat ~/fish.c", "2")
    assert bytes_of(desk, "~/fish.c") == text.replace(b"fish", b"cat").replace(b"FISH", b"cat")
    assert desk.run("stat -c %a ~/fish.c")[0] == "640"
    assert desk.run("ls ~ | grep fish")[0] == "fish.c", "a temporary file was left"
    keep(desk.picture(), "editor-replaced")


def test_a_new_line_is_like_the_others(desk):
    desk.press("ctrl", "home")
    desk.press("end")
    desk.type_keys("\n\tx")
    desk.press("ctrl", "s")
    eventually(desk, "grep -c x ~/fish.c", "1")
    assert b"cat */\r\n    x\r\nint" in bytes_of(desk, "~/fish.c")
    desk.press("ctrl", "w")


def test_ten_megabytes(desk):
    """Its last word is found and replaced, and it is saved."""
    made = desk.run("yes 'int a; /* a line of some text */' | head -c 10485760 > ~/big.c; echo needle >> ~/big.c", 300)
    assert made[1] == 0, made
    desk.press("ctrl", "o")
    desk.type_keys("big.c\n")
    desk.press("ctrl", "h")
    desk.press("ctrl", "a")
    desk.type_keys("needle\t")
    desk.press("ctrl", "a")
    desk.type_keys("haystack")
    started = time.monotonic()
    desk.press("alt", "a")
    desk.press("esc")
    desk.press("ctrl", "s")
    eventually(desk, "tail -c 9 ~/big.c", "haystack", 120)
    print(f"replaced and saved after {time.monotonic() - started:.1f} s")
    assert desk.run("wc -c < ~/big.c")[0].strip() == str(10485760 + 9)
    keep(desk.picture(), "editor-big")
    desk.press("ctrl", "w")


def test_a_crash_loses_nothing(desk):
    desk.press("ctrl", "n")
    desk.type_keys("thoughts")
    eventually(desk, "cat ~/.recover/editor-*-1 | tail -c 8", "thoughts", 30)
    process = desk.run("ps | grep '[e]ditor' | head -1")[0].split()[0]
    desk.changes(lambda: desk.run(f"kill -9 {process}"))
    open_window(desk, "editor ~/fish.c")
    keep(desk.picture(), "editor-recover")
    desk.press("ret")
    desk.until(lambda image: True)
    desk.press("ctrl", "shift", "s")
    desk.press("ctrl", "a")
    desk.type_keys("thoughts.txt\n")
    eventually(desk, "cat ~/thoughts.txt", "thoughts")
    keep(desk.picture(), "editor-recovered")
    eventually(desk, "ls ~/.recover", "")
