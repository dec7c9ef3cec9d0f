"""The mouse beside the keyboard, on one controller: what it does comes to programs (/usr/tests/devices mouse, in the
background of a session on COM1), in both placements, absolute and relative, also when either driver begins anew."""
import re
import time

import pytest

from harness import PATIENCE, Machine
from test_user_space import Session

PLACEMENTS = pytest.mark.parametrize("placement", ["kernel", "user"])
RELATIVE, ABSOLUTE = "pc,vmport=off", "pc"
LISTEN = "/usr/tests/devices mouse >/tmp/events & sleep 1; cat /tmp/events"
READY = r"mouse: PS/2, wheel, 5 buttons, irq 12"


def boot(machine, placement, mouse=None):
    return Machine(init="/bin/init", cpu="max", machine=machine,
                   cmdline=f"drv.mouse={mouse or placement} drv.keyboard={placement}")


def send(m, *events):
    m.qmp.command("input-send-event", events=[{"type": kind, "data": data} for kind, data in events])


def move(m, x=0, y=0, kind="rel"):
    send(m, *[(kind, {"axis": axis, "value": value}) for axis, value in (("x", x), ("y", y)) if value])


def click(m, button):
    """Slowly enough for QEMU's queue of four packets."""
    for down in (True, False):
        send(m, ("btn", {"down": down, "button": button}))
        time.sleep(0.05 * PATIENCE)


def events(session):
    return session.run("cat /tmp/events")[0].splitlines()


def soon(session, done, act=lambda: None):
    """Until done(events), doing `act` before each look."""
    deadline = time.monotonic() + 20 * PATIENCE
    while not done(got := events(session)):
        assert time.monotonic() < deadline, ' '.join(got)
        act()
    return got


def listen(m):
    """A session in which a program listens, and the mouse is there."""
    session = Session(m)
    soon_ready(session)
    assert session.run(LISTEN)[0].endswith("ready")
    return session


def soon_ready(session):
    for _ in range(20):
        if re.search(READY, session.machine.text):
            return
        session.run("sleep 0.2")
    raise AssertionError(session.machine.report())


def total(got, what):
    return sum(int(line.split(": ")[1]) for line in got if line.startswith(what + ":"))


@PLACEMENTS
def test_motion_wheel_and_buttons(placement):
    with boot(RELATIVE, placement) as m:
        session = listen(m)
        move(m, 30, -20)
        soon(session, lambda got: total(got, "motion y") == -20)
        move(m, -300, 200)  # more than a packet holds
        soon(session, lambda got: total(got, "motion x") == -270 and total(got, "motion y") == 180)
        for button in ("left", "right", "middle", "side", "extra", "wheel-up", "wheel-down"):
            click(m, button)
        got = soon(session, lambda got: total(got, "wheel y") == 0 and len([x for x in got if "wheel" in x]) == 2)
        assert [line for line in got if "button" in line] == \
            [f"{what} button: {number}" for number in range(5) for what in ("down", "up")]
        m.type_keys("ab")  # both at once
        move(m, 5, 5)
        m.qmp.press("esc")
        got = soon(session, lambda got: "001 released" in got)
        assert [line for line in got if re.match(r"\d", line)] == \
            [f"{code:03} {what}" for code in (30, 48, 1) for what in ("pressed", "released")]
        assert session.run("drvctl mouse request 0") == ("4", 0)


@PLACEMENTS
def test_under_a_hypervisor_it_is_where_the_host_has_it(placement):
    with boot(ABSOLUTE, placement) as m:
        session = listen(m)
        move(m, 0x4000, 0x2000, "abs")
        got = soon(session, lambda got: "position y: 16384" in got)
        assert "position x: 32768" in got
        click(m, "right")
        click(m, "wheel-down")
        got = soon(session, lambda got: "wheel y: -1" in got)
        assert [line for line in got if "button" in line] == ["down button: 1", "up button: 1"]
        session.run("drvctl mouse restart; drvctl keyboard restart; sleep 1")
        assert session.run("drvctl mouse request 0") == ("260", 0)
        move(m, 0x7fff, 1, "abs")
        soon(session, lambda got: "position x: 65534" in got)
        m.qmp.press("esc")
        soon(session, lambda got: "001 released" in got)


KILL = "kill -9 $(ps -e | grep lib/drivers/{0} | grep -v grep | cut -c1-5)"


@PLACEMENTS
@pytest.mark.parametrize("victim", ["mouse", "keyboard"])
def test_killed_while_it_moves(placement, victim):
    """Either of the two, again and again: the other's events flow, and its own soon do."""
    with boot(RELATIVE, placement) as m:
        session = listen(m)
        order = KILL.format(victim) if placement == "user" else f"drvctl {victim} restart"
        for _ in range(3):
            for _ in range(10):
                move(m, 3, 3)
                m.qmp.key("a", True)
                m.qmp.key("a", False)
            session.run(order)
            for _ in range(5):
                move(m, 3, 3)
                m.qmp.press("b")
            session.run("sleep 2")
            before = events(session)
            soon(session, lambda got: total(got, "motion x") > total(before, "motion x"), lambda: move(m, 1, 1))
            soon(session, lambda got: got.count("048 released") > before.count("048 released"),
                 lambda: m.qmp.press("b"))
        assert session.run("drvctl mouse request 0") == ("4", 0)
        m.qmp.press("esc")
        soon(session, lambda got: "001 released" in got)
        state = session.run(f"lsdev | grep ^{victim}")[0]
        assert re.search(rf"{placement} +running +4 ", state), state


@PLACEMENTS
def test_without_its_driver_the_keys_come(placement):
    """Off from the start, and stopped."""
    with boot(RELATIVE, placement, mouse="off") as m:
        session = Session(m)
        assert "mouse: off by the command line" in m.text
        assert session.run(LISTEN)[0].endswith("ready")
        for expected in ("030 released", "048 released"):
            for _ in range(20):
                move(m, 7, 7)
            m.qmp.press("a" if expected[:3] == "030" else "b")
            soon(session, lambda got: expected in got)
            if expected[:3] == "030":
                session.run("drvctl mouse start; sleep 1")
                soon(session, lambda got: total(got, "motion x") > 0, lambda: move(m, 1, 1))
                session.run("drvctl mouse stop; sleep 1")
        before = events(session)
        move(m, 9, 9)
        m.qmp.press("esc")
        got = soon(session, lambda got: "001 released" in got)
        assert total(got, "motion x") == total(before, "motion x")


def test_when_it_is_retired_the_keys_come():
    with boot(RELATIVE, "user") as m:
        session = listen(m)
        for delay in (0, 1, 2, 4, 0):
            move(m, 7, 7)
            session.run(f"{KILL.format('mouse')}; sleep {delay + 1}")
        assert "retired" in session.run("lsdev | grep ^mouse")[0]
        for _ in range(20):
            move(m, 7, 7)
        for key in ("a", "esc"):
            m.qmp.press(key)
        got = soon(session, lambda got: "001 released" in got)
        assert "030 released" in got


@PLACEMENTS
def test_scan_codes_of_set_2_and_rate(placement):
    """Not translated by the controller; and so they stay after a new beginning."""
    with boot(RELATIVE, placement) as m:
        session = listen(m)
        assert session.run("drvctl keyboard request 1 0; drvctl keyboard request 2 2") == ("0\n0", 0)
        for order in ("true", "drvctl keyboard restart; sleep 1"):
            session.run(order)
            before = len(events(session))
            m.qmp.press("shift", "a")
            m.qmp.press("up")
            soon(session, lambda got: "103 released" in got[before:])  # QEMU's queue holds 16 bytes
            m.qmp.press("pause")
            got = soon(session, lambda got: "119 released" in got[before:])
            assert got[before:] == ["042 pressed", "030 pressed", "030 released", "042 released", "103 pressed",
                                    "103 released", "119 pressed", "119 released"]
            assert session.run("drvctl keyboard request 0") == ("2", 0)
        move(m, 1, 1)
        assert session.run("drvctl keyboard request 2 1") == ("0", 0)
        m.qmp.press("esc")
        got = soon(session, lambda got: "001 released" in got)
        assert total(got, "motion x") == 1


def test_without_a_controller_there_is_none():
    with Machine(init=None, cmdline="run='sleep 1; lsdev'", machine="pc,i8042=off", cpu="max") as m:
        assert m.wait_exit(60) == 0, m.report()
        assert re.search(r"^mouse +input +kernel +absent ", m.text, re.M), m.report()
