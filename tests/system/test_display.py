"""The screen's driver, in the kernel and in ring 3: what it shows is what was written, whatever becomes of it."""
import re
import time

import pytest

from checks import complaints, plain, soon
from harness import Machine, TimedOut

PLACEMENTS = pytest.mark.parametrize("placement", ["kernel", "user"])
SCREENS = {"framebuffer": "video=1024x768x32", "vga": "video=text"}
BUSY_HOST = "is the clock now"  # of two clocks one was held up: the PIT or the HPET goes on
DRIVERS = pytest.mark.parametrize("driver", SCREENS)


def machine(driver, placement, words="", **options):
    return Machine(init=None, cmdline=f"desktop=off {SCREENS[driver]} drv.{driver}={placement} {words}", **options)


def lines(m):
    """Those with text."""
    return [line.rstrip() for line in m.screen_lines() if line.strip()]


def shows_prompt(m):
    assert lines(m)[-1:] == ["~#"]


def ready(m):
    """The shell on the screen waits for keys: what came before would be thrown away."""
    m.wait_for("kernel: ready")
    soon(lambda: shows_prompt(m))


def shows_at_last(m, *last):
    def shown():
        assert lines(m)[-len(last):] == list(last)
    soon(shown, 40)


def state(m, driver):
    """(placement, state, generation, failures) as lsdev has it, asked on the screen's shell."""
    m.type_keys("lsdev > /dev/ttyS0\n")
    row = m.wait_for(rf"\n{driver} +display +(\w+) +(\w+) +(\d+) +(\d+) .*\n(?s:.*?)\nserial")
    return row[1], row[2], int(row[3]), int(row[4])


def picture(m):
    """Its pixels."""
    path = m.folder / "screen.ppm"
    m.qmp.command("screendump", filename=str(path))
    return path.read_bytes()


def picture_at_rest(m):
    last = None
    for _ in range(50):
        now = picture(m)
        if last == now:
            return now
        last = now
        time.sleep(0.2)
    raise TimedOut(m.report())


def after_some_work(driver, placement):
    with machine(driver, placement) as m:
        ready(m)
        m.type_keys("clear; ls --color /; seq 60; printf '\\033[44mblue\\033[0m \\033[1mbold\\n'\n")
        shows_at_last(m, "60", "blue bold", "~#")
        m.type_keys("echo abc")
        shows_at_last(m, "~# echo abc")
        assert complaints(plain(m.text), BUSY_HOST) == []
        if driver == "vga":
            return m.memory(0xb8000, 4000)
        return picture_at_rest(m)


@DRIVERS
def test_the_picture_is_the_same_in_both_placements(driver):
    assert after_some_work(driver, "kernel") == after_some_work(driver, "user")


@DRIVERS
@PLACEMENTS
def test_where_it_is(driver, placement):
    other = "vga" if driver == "framebuffer" else "framebuffer"
    with machine(driver, placement) as m:
        ready(m)
        life = 2 if placement == "user" else 1  # the first was in the kernel, until there were programs
        assert state(m, driver) == (placement, "running", life, 0)
        m.type_keys("clear\n")
        assert state(m, other)[1] == "absent"


@DRIVERS
@PLACEMENTS
def test_it_is_killed_while_a_program_prints(driver, placement):
    with machine(driver, placement) as m:
        ready(m)
        before = state(m, driver)[2]
        m.type_keys("clear; (for i in 1 2 3 4 5 6 7 8 9; do drvctl %s kill; sleep 0.1; done; echo en\\d > /dev/ttyS0) & "
                    "seq 1 2000; wait; echo no more\n" % driver)
        m.wait_for("end", 60)
        shows_at_last(m, "1998", "1999", "2000", "no more", "~#")
        where, what, lives, failures = state(m, driver)
        assert (where, what, failures) == (placement, "running", 0) and lives >= before + 5
        assert complaints(plain(m.text), BUSY_HOST, "its program ended") == []


@DRIVERS
@PLACEMENTS
def test_nobody_waits_for_one_that_is_off(driver, placement):
    with machine(driver, placement) as m:
        ready(m)
        m.type_keys(f"clear; drvctl {driver} stop; seq 1 2000; echo do\\ne > /dev/ttyS0\n")
        m.wait_for("done")
        assert "2000" not in lines(m)
        m.type_keys(f"drvctl {driver} start\n")
        shows_at_last(m, "2000", f"~# drvctl {driver} start", "~#")


@DRIVERS
def test_it_moves(driver):
    with machine(driver, "kernel") as m:
        ready(m)
        for placement in ("user", "kernel", "user"):
            m.type_keys(f"clear; drvctl {driver} placement {placement}; echo in {placement}\n")
            shows_at_last(m, f"in {placement}", "~#")
            assert state(m, driver)[:2] == (placement, "running")


@DRIVERS
def test_off_from_the_start(driver):
    """A grid that nobody sees, until somebody starts the driver."""
    with machine(driver, "off") as m:
        m.wait_for("kernel: ready")
        m.wait_for("tools")
        m.type(f"lsdev; drvctl {driver} start\n")
        m.wait_for(rf"\n{driver} +display +off +off +0 ")
        soon(lambda: shows_prompt(m))


def test_what_a_program_draws_stays():
    """While it has /dev/fb0 no life of the driver draws; then it shows what was written meanwhile."""
    for placement in ("kernel", "user"):
        with machine("framebuffer", placement) as m:
            ready(m)
            m.type_keys("clear; exec 3>/dev/fb0; head -c 3145728 /dev/zero | tr '\\0' U >&3; "
                        "for i in 1 2 3; do drvctl framebuffer restart; sleep 1; echo $i; done; "
                        "echo draw\\n > /dev/ttyS0; read x; exec 3>&-\n")
            m.wait_for("drawn", 40)
            assert picture(m).endswith(b"U" * (1024 * 768 * 3))
            m.type_keys("\n")
            shows_at_last(m, "1", "2", "3", "~#")


@DRIVERS
@pytest.mark.parametrize("placement", ["kernel", "user", "off"])
def test_a_panic_is_shown(driver, placement):
    """By the kernel itself."""
    with Machine(cmdline=f"desktop=off {SCREENS[driver]} drv.{driver}={placement}") as m:
        m.wait_prompt()
        m.type("panic one two\n")
        m.wait_for("the log's last lines:")

        def shown():
            assert any(line.startswith("panic: one two") for line in lines(m))
        soon(shown)


@PLACEMENTS
def test_the_last_words_are_on_the_screen(placement):
    """A machine without ACPI's power off says so, with interrupts off."""
    with machine("framebuffer", placement, machine="isapc", cpu="qemu64", extra=()) as m:
        ready(m)
        m.type_keys("clear; seq 1 2000; poweroff\n")

        def shown():
            assert any("It is now safe to switch" in line for line in lines(m)) and "2000" in lines(m)
        soon(shown)
