"""The panic screen: by the command, by faults of the CPU, and with each panic= of the command line."""
import re

import pytest

from checks import assert_alive, plain, soon, squeeze
from harness import READY, Machine

STATUS = 0x7F
CALLER = r"^  ffffff[0-9a-f]{10}  {}(?:\.\w+)*\+0x[0-9a-f]+"


def check_panic(text, reason, *callers):
    """Reason, registers, backtrace with names from the innermost to the thread's first, the log's end."""
    screen = plain(text)
    screen = screen[screen.index("panic: "):]
    assert re.match(f"panic: {reason}", screen), screen
    for name in ("rax", "rsp", "r15", "rip", "flg", "cs ", "err"):
        assert re.search(rf"\b{name} [0-9a-f]{{16}}\b", screen), name
    at = screen.index("called from:")
    for caller in callers:
        match = re.compile(CALLER.replace("{}", caller, 1), re.MULTILINE).search(screen, at)
        assert match, f"{caller} is missing, or not in its place:\n{screen}"
        at = match.end()
    outside = "page fault: the kernel runs code at" in reason
    assert screen.count("not in the kernel's code") == outside, screen
    tail = screen[screen.index("the log's last lines:"):]
    assert re.search(r"^\[ *\d+\.\d{6}\] kernel: ready$", tail, re.MULTILINE), screen


def test_panic_with_exit():
    with Machine(cmdline="panic=exit run='panic one two'") as machine:
        assert machine.wait_exit(60) == STATUS
        check_panic(machine.text, "one two\n", "panic_command", "run_line", "begin")


def test_panic_halts():
    """As it does without a word about it, and whatever that word is."""
    for option in ("", "panic=halt", "panic=never"):
        with Machine(cmdline=option) as machine:
            machine.wait_prompt(60)
            machine.type("panic\n")
            machine.wait_for("the log's last lines:[^~]*kernel: ready\r\n")
            machine.type("echo still here\n")
            assert_alive(machine)
            check_panic(machine.text, "asked for by the monitor\n", "panic_command", "run_line",
                        "monitor_poll", "begin")
            assert "still here" not in machine.text


def test_panic_reboots():
    with Machine(cmdline="panic=reboot", reboot=True) as machine:
        machine.wait_prompt(60)
        machine.type("panic\n")
        machine.wait_for("panic: asked for by the monitor")
        machine.wait_for(READY)
        machine.wait_prompt()


FAULTS = {  # reason, and who was at work
    "read": (r"page fault: the kernel reads from 0x8: nothing is mapped there\n", "fault_read"),
    "write": (r"page fault: the kernel writes to 0xffffff\w{10}: the page forbids it\n", "fault_write"),
    "execute": (r"page fault: the kernel runs code at 0xffffff\w{10}: the page forbids it\n",
                "panic_command"),
    "stack": (r"double fault \(exception 8\): the thread stack is full\n", "descend"),
    "bounds": (r"a bounds or overflow check failed at fault_bounds[.\w]*\+0x\w+\n", "fault_bounds"),
    "overflow": (r"a bounds or overflow check failed at fault_overflow[.\w]*\+0x\w+\n", "fault_overflow"),
    "shift": (r"a bounds or overflow check failed at fault_shift[.\w]*\+0x\w+\n", "fault_shift"),
}


@pytest.mark.parametrize("cpu", ["qemu64", "max"])
@pytest.mark.parametrize("fault", FAULTS)
def test_fault(fault, cpu):
    """An exception of the CPU, on the screen too."""
    reason, function = FAULTS[fault]
    with Machine(cpu=cpu) as machine:
        machine.wait_prompt(60)
        machine.type(f"panic -f {fault}\n")
        machine.wait_for("the log's last lines:[^~]*kernel: ready\r\n")
        check_panic(machine.text, reason, function, "run_line", "begin")
        line = re.search(r"panic: .*", plain(machine.text))[0].strip()

        def on_screen():
            shown = squeeze("".join(machine.screen_lines()))
            assert squeeze(line) in shown and "calledfrom:" in shown

        soon(on_screen)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_leaves_with_its_status(fault):
    with Machine(cmdline=f"panic=exit run='panic -f {fault}'") as machine:
        assert machine.wait_exit(60) == STATUS
        assert re.search("panic: " + FAULTS[fault][0], plain(machine.text)), machine.report()


def test_the_reason_stays_on_a_text_screen():
    """It has 25 rows, and what follows the reason would fill them."""
    def on_screen():
        lines = machine.screen_lines()
        assert any(line.startswith("panic: double fault (exception 8): the thread stack is full")
                   for line in lines), lines

    with Machine(cmdline="video=text") as machine:
        machine.wait_prompt(60)
        machine.type("panic -f stack\n")
        machine.wait_for("the log's last lines:[^~]*kernel: ready\r\n")
        soon(on_screen)


def test_fault_on_the_text_screen_and_without_any():
    for options in ({"cmdline": "panic=exit video=text run='panic -f read'"},
                    {"cmdline": "panic=exit run='panic -f stack'", "vga": None}):
        with Machine(**options) as machine:
            assert machine.wait_exit(60) == STATUS
            assert re.search("panic: (page|double) fault", machine.text)


def test_code_is_writable_nowhere_and_data_never_runs_without_nx():
    """A CPU without NX cannot forbid data to run: that is all it lacks."""
    with Machine(cpu="qemu64,nx=off", cmdline="panic=exit run='panic -f execute'") as machine:
        assert machine.wait_exit(60) == 1
        assert "panic: the CPU let it pass: execute" in plain(machine.text)
    with Machine(cpu="qemu64,nx=off", cmdline="panic=exit run='panic -f write'") as machine:
        assert machine.wait_exit(60) == STATUS
        assert "the page forbids it" in machine.text


def test_wrong_words():
    with Machine() as machine:
        machine.wait_prompt(60)
        for line in ("panic -f", "panic -f nonsense", "panic -f read write"):
            assert "wants one of read, write, execute, stack" in machine.command(line)
