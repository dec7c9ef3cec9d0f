"""Terminals: pseudo terminals and channels from ring 3, and a program on the machine's own terminal, which
is the monitor's again when it has ended."""

import pytest

from checks import assert_alive, assert_on_screen, plain, run, soon, wait_for_monitor
from harness import Machine


@pytest.mark.parametrize("name", ["terminals", "channels"])
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_from_ring_3(name, cpu):
    text = run(f"exec /usr/tests/{name}", cpu=cpu)
    assert "not so" not in text


def start(machine, words=""):
    machine.type(f"exec /usr/tests/typed {words}".rstrip() + "\n")
    machine.wait_for("^ready")


@pytest.fixture(name="machine")
def running_machine():
    with Machine() as machine:
        wait_for_monitor(machine)
        yield machine
        assert_alive(machine)


def test_lines_of_com1_and_keyboard_come_to_the_program(machine):
    start(machine)
    machine.type("one\n")
    machine.wait_for("^typed: one\r")
    machine.type_keys("two\n")
    machine.wait_for("^typed: two\r")
    machine.type("wrogn\x7f\x7fng\n")
    machine.wait_for("^typed: wrong\r")
    assert_on_screen(machine, "typed: two")
    machine.type("\x04")
    machine.wait_for("^end: 0\r")
    machine.wait_prompt()
    assert machine.command("echo the monitor again") == "the monitor again"


def test_ctrl_c_is_a_signal(machine):
    start(machine)
    machine.type("half a line\x03")
    machine.wait_prompt()
    assert machine.command("echo on") == "on"
    start(machine)
    machine.qmp.press("ctrl", "c")
    machine.wait_prompt()
    assert machine.command("echo on") == "on"


def test_the_screen_answers_and_is_given_back(machine):
    before = machine.command("echo before")
    start(machine, "screen")
    assert "the cursor: [5;7R" in plain(machine.text)
    soon(lambda: assert_has(machine, before))
    machine.type("\x04")
    machine.wait_prompt()


def assert_has(machine, text):
    assert any(text in line for line in machine.screen_lines())


def test_ctrl_s_holds_the_output(machine):
    start(machine)
    machine.type("\x13")
    machine.type("held\n")
    with pytest.raises(AssertionError):
        machine.wait_for("^typed: held", timeout=2)
    machine.type("\x11")
    machine.wait_for("^typed: held\r")
    machine.type("\x04")
    machine.wait_prompt()


def test_a_flood_is_dropped_and_counted_but_nothing_hangs(machine):
    start(machine)
    machine.type("x" * 20000)
    machine.type("\n")
    machine.wait_for("^typed: x{100,}", timeout=60)
    machine.type("\x15\nagain\n")
    machine.wait_for("^typed: again\r")
    machine.type("\x04")
    machine.wait_prompt()
