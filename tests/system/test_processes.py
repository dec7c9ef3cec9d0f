"""Programs in ring 3: what they may ask for, what becomes of those that do what they must not, and that
they leave nothing behind."""
import re

import pytest

from checks import assert_alive, plain, run, wait_for_monitor
from harness import TOP, Machine

SIGILL, SIGFPE, SIGSEGV = 4, 8, 11

FAULTS = {
    "cli": ("general protection", SIGSEGV), "port": ("general protection", SIGSEGV),
    "null": ("page fault at 0x1.*, address 0x0", SIGSEGV),
    "kernel_read": ("page fault at 0x1.*, address 0xffffff0000000000", SIGSEGV),
    "run_data": ("page fault", SIGSEGV), "write_code": ("page fault", SIGSEGV),
    "nowhere": (r"page fault at 0x123456789000 \(outside of its file\), address 0x123456789000", SIGSEGV),
    "non_canonical": ("general protection", SIGSEGV), "stack": ("page fault", SIGSEGV),
    "divide": (r"divide error at 0x[0-9a-f]+ \(0x1[0-9a-f]{3} of its file\)", SIGFPE), "ud2": ("invalid opcode", SIGILL),
}


@pytest.mark.parametrize("cpu", ["qemu64", "max", "max,-smap", "max,-smep,-smap,-umip", "max,-nx"])
def test_a_program_runs(cpu):
    text = run("exec /bin/hello", *(["cpu: warning: .*"] if cpu == "max,-nx" else []), cpu=cpu)
    assert "hello from ring 3, process 1" in text.splitlines()


def test_every_fault_has_its_test():
    names = {path.stem for path in (TOP / "user/tests").glob("fault_*.c")}
    assert names == {f"fault_{name}" for name in FAULTS}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_a_fault_ends_the_program_alone(name, cpu):
    what, signal = FAULTS[name]
    text = run(f"/usr/tests/fault_{name}; echo status $?", "process: warning: .*", cpu=cpu, init="/bin/init")
    assert re.search(rf"process: warning: fault_{name} \(3\): {what}.*: ended$", text, re.M), text
    assert f"status {128 + signal}" in text.splitlines()
    assert "went on" not in text


# What each says of itself: user/tests/NAME.c, in which a disappointment is a line FILE:LINE.
PROGRAMS = ["processes", "processes many", "mapping", "signals", "threads", "hostile", "fpu", "registers", "files",
            "server"]


def test_every_program_has_its_test():
    names = {path.stem for path in (TOP / "user/tests").glob("*.c")}
    # test_attacks.py, test_failing.py, test_terminals.py, test_vfs.py …
    others = {"endless", "fairness", "channels",
              "terminals", "typed", "abuse", "unfilled", "devices", "failing", "pointers", "leaks", "races",
              "mutate"}
    assert names == {name.split()[0] for name in PROGRAMS} | {f"fault_{n}" for n in FAULTS} | others


@pytest.mark.parametrize("words", PROGRAMS)
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_a_program_is_content(words, cpu):
    status = 7 if words == "hostile" else 0
    faults = [] if words in ("hostile", "files") else ["process: warning: .*"]
    text = run(f"exec /usr/tests/{words}", *faults, cpu=cpu, status=status, timeout=120)
    assert f"{words.split()[0]}: done" in text.splitlines(), text


@pytest.mark.parametrize("scheduler, words", [("fair", "fairness"), ("rr", "fairness equal")])
def test_shares_of_the_cpu(scheduler, words):
    """In virtual time: a busy host changes nothing."""
    text = run(f"exec /usr/tests/{words}", options=f"sched={scheduler}", icount=3, timeout=180)
    assert "fairness: done" in text.splitlines(), text


def test_nothing_is_left_of_a_program():
    with Machine() as machine:
        wait_for_monitor(machine)
        used = []
        for _ in range(3):
            for name in ("/bin/hello", "/usr/tests/fault_null", "/usr/tests/hostile", "/usr/tests/fpu",
                         "/README.txt"):
                for _ in range(5):
                    machine.command(f"exec {name}")
            used += re.findall(r"(\d+) used", machine.command("memory"))
        assert len(used) == 3 and used[1] == used[2], used
        assert_alive(machine)


def test_ctrl_c_ends_a_program_that_never_asks_for_anything():
    with Machine() as machine:
        wait_for_monitor(machine)
        machine.type("exec /usr/tests/endless\n")
        machine.wait_for("^endless")
        machine.type("\x03")
        machine.wait_prompt()
        assert machine.command("echo on") == "on"


@pytest.mark.parametrize("words, why", [
    ("exec /README.txt", "exec: /README.txt: permission denied"), ("exec /nope", "exec: /nope: no such file"),
    ("exec /boot", "exec: /boot: permission denied"), ("exec", "exec: the path of a program"),
])
def test_what_is_no_program_is_refused(words, why):
    with Machine(cmdline=f"run='{words}'") as machine:
        assert machine.wait_exit(60) in (1, 2)
        assert why in plain(machine.text)


@pytest.mark.parametrize("which", range(1, 260, 11))
def test_memory_that_is_missing_for_a_program(which):
    """An error or a program that runs; the boot alone may end for want of memory."""
    with Machine(cmdline=f"panic=exit memory-fail={which} run='exec /bin/hello'") as machine:
        status = machine.wait_exit(60)
        text = plain(machine.text)
    if status == 0x7F:
        assert re.search("^panic: (no memory for|not enough memory)", text, re.M), text
    else:
        assert "hello from ring 3" in text or "out of memory" in text, text
