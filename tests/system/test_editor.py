"""The editor on the desktop, by keyboard: what it saved is looked at in the shell on COM1."""
import re
import time

import pytest

from desk import Desk, keep
from harness import PATIENCE
from test_files_app import eventually


@pytest.fixture(scope="module")
def desk():
    with Desk() as desk:
        yield desk


def bytes_of(desk, path):
    said, status = desk.run(f"hexdump -v {path}")
    assert status == 0, said
    return b"".join(bytes.fromhex(row[9:59]) for row in said.splitlines() if "|" in row)


def write(desk, path, text):
    escaped = "".join(f"\\{byte:03o}" for byte in text)
    assert desk.run(f"printf '{escaped}' > {path}")[1] == 0


def until_surfaces(desk, count):
    deadline = time.monotonic() + 30 * PATIENCE
    while (there := desk.statistics()["surfaces"]) != count:
        assert time.monotonic() < deadline, f"{there} surfaces, not {count}\n{desk.report()[-2000:]}"
        time.sleep(0.1)


def act(desk, more, what):
    """Does it, and waits until there are so many more windows and dialogs."""
    before = desk.statistics()["surfaces"]
    what()
    until_surfaces(desk, before + more)


def open_window(desk, path):
    act(desk, 1, lambda: desk.run(f"(editor {path} >/dev/null 2>&1 &)"))


def close_window(desk):
    act(desk, -1, lambda: desk.press("alt", "f4"))


def test_find_and_replace_keeps_what_the_file_is(desk):
    """UTF-8 with its mark, CR LF, a last line without an end, a byte that is no UTF-8, and its mode."""
    text = b"\xef\xbb\xbf/* one fish */\r\nint fish = 2; // FISH\r\nchar *s = \"\xff\";"
    write(desk, "~/fish.c", text)
    assert desk.run("chmod 640 ~/fish.c")[1] == 0
    open_window(desk, "~/fish.c")
    desk.press("ctrl", "h")
    desk.type_keys("fish\tcat")
    keep(desk.picture(), "editor-replace")
    desk.press("alt", "a")
    desk.press("esc")
    desk.press("ctrl", "s")
    eventually(desk, "grep -c cat ~/fish.c", "2")
    assert bytes_of(desk, "~/fish.c") == text.replace(b"fish", b"cat").replace(b"FISH", b"cat")
    assert desk.run("ls -l ~/fish.c")[0].startswith("-rw-r----- ")
    assert desk.run("ls ~ | grep fish")[0] == "fish.c", "a temporary file was left"
    keep(desk.picture(), "editor-replaced")


def test_a_new_line_is_like_the_others(desk):
    desk.press("ctrl", "home")
    desk.press("end")
    desk.type_keys("\n\tx")
    desk.press("ctrl", "s")
    eventually(desk, "grep -c x ~/fish.c", "1")
    assert b"cat */\r\n    x\r\nint" in bytes_of(desk, "~/fish.c")
    close_window(desk)


def test_ten_megabytes(desk):
    """Its last word is found and replaced, and it is saved."""
    made = desk.run("seq 1000000 2310719 > /tmp/big.c; echo needle >> /tmp/big.c", 300)
    assert made[1] == 0, made
    open_window(desk, "/tmp/big.c")
    desk.press("ctrl", "h")
    desk.type_keys("needle\thaystack")
    started = time.monotonic()
    desk.press("alt", "a")
    desk.press("esc")
    desk.press("ctrl", "s")
    eventually(desk, "tail -c 9 /tmp/big.c", "haystack", 120)
    print(f"replaced and saved after {time.monotonic() - started:.1f} s")
    assert desk.run("wc -c < /tmp/big.c")[0].strip() == str(10485760 + 9)
    keep(desk.picture(), "editor-big")
    close_window(desk)


def test_a_crash_loses_nothing(desk):
    open_window(desk, "")
    desk.type_keys("thoughts")
    eventually(desk, "grep -c thoughts ~/.recover/editor-*-1", "1", 30)
    process = re.search(r"(\d+)[^\n]*\beditor\b", desk.run("ps")[0])[1]
    act(desk, -1, lambda: desk.run(f"kill -9 {process}"))
    act(desk, 2, lambda: desk.run("(editor ~/fish.c >/dev/null 2>&1 &)"))  # it and its question
    keep(desk.picture(), "editor-recover")
    act(desk, -1, lambda: desk.press("ret"))
    act(desk, 1, lambda: desk.press("ctrl", "shift", "s"))
    desk.press("ctrl", "a")
    desk.type_keys("thoughts.txt\n")
    eventually(desk, "grep -c thoughts ~/thoughts.txt", "1")
    keep(desk.picture(), "editor-recovered")
    eventually(desk, "ls ~/.recover", "")
