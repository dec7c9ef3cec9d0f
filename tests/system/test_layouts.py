"""Keyboard layouts: loaded in a session on COM1, typed at the keyboard (QEMU's keys), read by a program on tty1
as UTF-8."""
import pytest

from harness import Machine
from test_user_space import Session

# What a US keyboard has there, by QEMU's names of keys.
PLACES = {" ": "spc", "-": "minus", "=": "equal", "[": "bracket_left", "]": "bracket_right", "\\": "backslash",
          ";": "semicolon", "'": "apostrophe", "`": "grave_accent", ",": "comma", ".": "dot", "/": "slash",
          "<": "less", "\n": "ret", "\b": "backspace", "\1": "ro"}
MODIFIERS = {"^": "shift", "@": "alt_r", "*": "ctrl"}


def type_places(machine, places):
    """The keys at these places of a US keyboard; ^ before one holds Shift, @ AltGr, * Ctrl."""
    held = []
    for place in places:
        if place in MODIFIERS:
            held.append(MODIFIERS[place])
        else:
            machine.qmp.press(*held, PLACES.get(place, place))
            held = []


@pytest.fixture(name="session")
def running_session():
    with Machine(init="/bin/init", cpu="max") as machine:
        yield Session(machine)


def until(session, text, command="cat /tmp/typed"):
    """Until the command prints that; what cat on tty1 has got so far."""
    for _ in range(20):
        if (got := session.run(command)[0]) == text:
            return
        session.run("sleep 0.3")
    assert got == text


def test_two_layouts_come_to_a_program_as_utf_8(session):
    machine = session.machine
    assert session.run("loadkeys") == ("us", 0)
    machine.type_keys("cat >/tmp/typed\n")
    assert session.run("loadkeys es && loadkeys") == ("es", 0)
    type_places(machine, "^=^'^espa;a^- @e @z'arbol@x [ '' \\;\n")
    until(session, lines := "¿Ëspaña? € «árbol» `´ çñ")
    type_places(machine, ";'e\b\bx\n")  # whole characters are rubbed out
    until(session, lines := f"{lines}\nx")
    assert session.run("loadkeys fr") == ("", 0)
    machine.qmp.press("caps_lock")
    type_places(machine, "2790'@o[e\n")
    machine.qmp.press("caps_lock")
    type_places(machine, "^1^/2790'[e @e@z `q^m\n")
    until(session, lines := f"{lines}\nÉÈÇÀÙŒÊ\n1§éèçàùê €« ²a?")
    type_places(machine, "*c")
    session.run("loadkeys us")
    machine.type_keys("echo on >/tmp/typed\n")  # Ctrl-C has ended cat
    until(session, "on")


def test_control_is_where_the_letter_is(session):
    machine = session.machine
    session.run("echo 'b /' >/tmp/my.map; printf 'c none none n\\n0x1e x X c\\n' >>/tmp/my.map")
    machine.type_keys("sleep 98\n")
    sleeping = "cat /proc/*/comm | grep -c sleep"
    until(session, "1", sleeping)
    assert session.run("loadkeys /tmp/my.map; loadkeys") == ("my", 0)
    type_places(machine, "*@a")
    until(session, "0", sleeping)


def test_what_is_no_layout(session):
    assert session.run("loadkeys nothing") == \
        ("loadkeys: /usr/share/keyboard/nothing.map: No such file or directory", 1)
    assert session.run("echo 'a b' >/tmp/x.map; echo 'b dead:beef' >>/tmp/x.map; loadkeys /tmp/x.map") == \
        ("loadkeys: /tmp/x.map:2: no accent has this name", 1)
    assert session.run("loadkeys -c /bin/tools")[1] == 1
    assert session.run("loadkeys -c /dev/zero") == ("loadkeys: /dev/zero: too large for a layout", 1)
    assert session.run("loadkeys") == ("us", 0)
    assert session.run("for f in /usr/share/keyboard/*; do loadkeys $f || echo no; loadkeys; done")[0].split() == \
        ["br", "de", "es", "fr", "it", "latam", "pt", "uk", "us"]


def test_init_loads_what_its_file_says():
    with Machine(init="/bin/init", cpu="max", write=True) as machine:
        session = Session(machine)
        session.run("echo 'wait loadkeys de' >>/etc/init.conf; kill -HUP 1; sleep 1")
        assert session.run("loadkeys") == ("de", 0)
