"""/dev/fb0 and /dev/input from ring 3: what a display server stands on. Pixels are looked at from outside,
keys come from QEMU's keyboard."""
import re
import time

import pytest

from checks import assert_alive, assert_on_screen, plain, run, soon, wait_for_monitor
from harness import Machine
from test_user_space import Session

FAULTS = "process: warning: .*"  # that the program makes on purpose
BLUE, RED, GREEN = (0, 0, 255), (255, 0, 0), (0, 255, 0)
KEY_ESC, KEY_A, KEY_B, KEY_LEFTSHIFT, KEY_UP, KEY_RIGHTCTRL, KEY_PAUSE = 1, 30, 48, 42, 103, 97, 119


@pytest.mark.parametrize("cpu", ["qemu64", "max", "qemu64,-pat"])
def test_every_call(cpu):
    text = run("exec /usr/tests/devices", FAULTS, cpu=cpu, timeout=120)
    assert "devices: done" in text.splitlines() and "not so" not in text, text


@pytest.mark.parametrize("program", ["devices", "server"])
def test_every_call_beside_a_driver_in_ring_3(program):
    text = run(f"exec /usr/tests/{program}", FAULTS, options="drv.framebuffer=user drv.keyboard=user", timeout=120)
    assert f"{program}: done" in text.splitlines() and "not so" not in text, text


@pytest.mark.parametrize("video", ["640x480x15", "800x600x16", "640x480x24", "1400x1050x16"])
def test_every_call_in_other_modes(video):
    text = run("exec /usr/tests/devices", FAULTS, options=f"video={video}", timeout=120)
    assert "devices: done" in text.splitlines() and "not so" not in text, text


def test_without_a_framebuffer_there_is_no_device():
    text = run("exec /usr/tests/devices none", options="video=text")
    assert "devices: done" in text.splitlines() and "not so" not in text, text


def start(machine, words):
    machine.type(f"exec /usr/tests/devices {words}\n")
    machine.wait_for("^drawn" if words == "screen" else "^ready", timeout=60)


@pytest.fixture(name="machine")
def running_machine(request):
    with Machine(cmdline=getattr(request, "param", "")) as machine:
        wait_for_monitor(machine)
        yield machine
        assert_alive(machine)
        assert "not so" not in machine.text


def assert_drawn(machine):
    """What the program drew, and nothing of the console over it."""
    screen = machine.screen()
    screen.rgb = bytes(255 if byte >= 0xf8 else byte for byte in screen.rgb)  # of five bits
    colours = {screen.pixel(x, y) for x in range(64) for y in range(64)}
    assert colours == {RED}
    assert {screen.pixel(x, y) for x in range(64, 128) for y in range(64, 128)} == {GREEN}
    assert screen.colours() == 3
    assert screen.pixel(screen.width - 1, screen.height - 1) == BLUE


@pytest.mark.parametrize("machine", ["", "video=640x480x15", "video=640x480x24", "video=1400x1050x16"],
                         indirect=True)
def test_what_a_program_draws_is_seen_until_it_ends(machine):
    before = machine.command("echo before")
    start(machine, "screen")
    soon(lambda: assert_drawn(machine))
    machine.qmp.command("inject-nmi")  # a line of the log
    machine.wait_for("NMI without a cause")
    machine.type("x")  # an echo
    time.sleep(0.3)
    assert_drawn(machine)
    machine.type("\n")
    machine.wait_prompt()
    assert_on_screen(machine, before)
    assert_on_screen(machine, "drawn")  # written meanwhile, all the same
    assert BLUE not in {machine.screen().pixel(x, machine.screen().height - 1) for x in (0, 1)}


def test_a_panic_takes_the_screen():
    with Machine() as machine:
        wait_for_monitor(machine)
        start(machine, "screen")
        soon(lambda: assert_drawn(machine))
        machine.qmp.command("human-monitor-command", **{"command-line": "mce 0 1 0xbe00000000000135 0x4 0 0"})
        machine.wait_for("panic: machine check")
        assert_on_screen(machine, "panic: machine check")


# ---- input -------------------------------------------------------------------------------------------

def keys_said(machine):
    return [(int(code), what) for code, what in
            re.findall(r"(\d{3}) (pressed|released|repeated)\b", plain(machine.text))]  # behind an echo


def end(machine):
    machine.qmp.press("esc")
    machine.wait_for(f"{KEY_ESC:03} released")


def press_and_release(*codes):
    return [(code, what) for code in codes for what in ("pressed", "released")]


def test_keys_come_as_events(machine):
    start(machine, "keys")
    machine.type_keys("ab")
    machine.qmp.press("shift", "up")
    for name in ("ctrl_r", "pause"):
        machine.qmp.press(name)
    end(machine)
    machine.wait_prompt()
    shifted = [(KEY_LEFTSHIFT, "pressed"), *press_and_release(KEY_UP), (KEY_LEFTSHIFT, "released")]
    assert keys_said(machine) == [*press_and_release(KEY_A, KEY_B), *shifted,
                                  *press_and_release(KEY_RIGHTCTRL, KEY_PAUSE, KEY_ESC)]


def test_a_held_key_repeats(machine):
    start(machine, "keys")
    for down in (True, True, True, False):  # QEMU's keyboard repeats when it is told
        machine.qmp.key("a", down)
    end(machine)
    machine.wait_prompt()
    assert keys_said(machine) == [(KEY_A, "pressed"), *2 * [(KEY_A, "repeated")], (KEY_A, "released"),
                                  *press_and_release(KEY_ESC)]


def test_what_is_not_grabbed_is_typed_too(machine):
    start(machine, "keys")
    machine.type_keys("abc")
    end(machine)
    machine.wait_prompt()
    typed = re.sub(r"\d+ \w+", "", plain(machine.text).split("ready")[-1].split("fastos>")[0])
    assert re.sub(r"\s", "", typed).startswith("abc"), typed


def test_a_grab_keeps_keys_from_the_terminals_until_it_ends(machine):
    start(machine, "grab")
    machine.type_keys("reboot\n")
    machine.qmp.press("ctrl", "c")  # no signal either
    end(machine)
    machine.wait_prompt()
    said = plain(machine.text).split("ready")[-1]
    assert "reboot" not in said and "r\r" not in said, said
    assert (KEY_B, "pressed") in keys_said(machine)
    machine.type_keys("echo typed again\n")
    machine.wait_for("^typed again", timeout=20)


def test_a_grab_ends_with_the_process_that_is_killed(machine):
    start(machine, "grab")
    machine.type("\x03")  # from COM1, which is not grabbed
    machine.wait_prompt()
    machine.type_keys("echo typed again\n")
    machine.wait_for("^typed again", timeout=20)


def test_screen_and_keyboard_come_back_from_the_killed():
    """By SIGKILL, the devices open, the keyboard grabbed, the screen mapped."""
    with Machine(init="/bin/init", cpu="max") as machine:
        shell = Session(machine)
        shell.run("echo before >/dev/tty1; (sleep 1000 | /usr/tests/devices screen) & "
                  "/usr/tests/devices grab & sleep 1")
        soon(lambda: assert_drawn(machine))
        machine.type_keys("echo lost\n")
        shell.run("kill -9 $(ps -e | grep usr/tests/devices | grep -v grep | cut -c1-5); sleep 0.2")
        machine.type_keys("echo typed\\ again\n")
        soon(lambda: assert_on_screen(machine, "typed again"))
        assert_on_screen(machine, "before")
        assert not any("lost" in line for line in machine.screen_lines())


# ---- a server's ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("cpu", ["qemu64", "max", "qemu64,-apic"])
def test_poll_of_many_files_is_in_time(cpu):
    """In virtual time: an instruction takes 2 ns."""
    text = run("exec /usr/tests/server late", cpu=cpu, icount=1)
    assert int(re.search(r"^late at worst, us: (\d+)$", text, re.M)[1]) < 200, text


def test_much_memory_starts_programs_all_the_same():
    text = run("exec /usr/tests/server starts", cpu="max", icount=1)
    alone, large, shared = (int(number) for number in re.findall(r"us: (\d+)$", text, re.M))
    assert large < alone + 1000 and shared < alone + 4000, text


def test_a_full_queue_says_how_much_was_lost(machine):
    start(machine, "overflow")
    machine.type_keys("x" * 150)  # 300 events
    machine.type("\n")
    machine.wait_prompt()
    text = plain(machine.text)
    assert re.search("^events: 256$", text, re.M), text
    assert re.search(r"^lost: 45$", text, re.M), text


def test_a_line_of_the_log_from_a_program():
    text = run("exec /usr/tests/files", timeout=120)
    lines = [re.sub(r"^\[ *\d+\.\d{6}\] ", "", line) for line in text.splitlines() if line.startswith("[")]
    assert "files: a line of a program" in lines and "user: no area: in this one" in lines, text
    assert "files: ?[2J??forged: line" in lines and "user: " + "x" * 200 in lines, text
    assert 30 < lines.count("files: many") < 200  # at most 64 in a second
