"""Programs in ring 3: what they may ask for, what becomes of those that do what they must not, and that
they leave nothing behind."""
import re

import pytest

from checks import assert_alive, plain, run, wait_for_monitor
from harness import TOP, Machine

SIGILL, SIGFPE, SIGSEGV = 4, 8, 11
EFAULT, EINVAL, EBADF, ENOSYS = -14, -22, -9, -38

FAULTS = {
    "cli": ("general protection", SIGSEGV), "port": ("general protection", SIGSEGV),
    "null": ("page fault at 0x4.*, address 0x0", SIGSEGV),
    "kernel_read": ("page fault at 0x4.*, address 0xffffff0000000000", SIGSEGV),
    "run_data": ("page fault", SIGSEGV), "write_code": ("page fault", SIGSEGV),
    "nowhere": ("page fault at 0x123456789000, address 0x123456789000", SIGSEGV),
    "non_canonical": ("general protection", SIGSEGV), "stack": ("page fault", SIGSEGV),
    "divide": ("divide error", SIGFPE), "ud2": ("invalid opcode", SIGILL),
}


def status_of(signal):
    """As QEMU hands it on: an exit status has eight bits, of which isa-debug-exit takes one."""
    return (128 + signal) % 128


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
    text = run(f"exec /usr/tests/fault_{name}", "process: warning: .*", cpu=cpu, status=status_of(signal))
    assert re.search(rf"process: warning: fault_{name} \(1\): {what}.*: ended$", text, re.M), text
    assert "went on" not in text


def test_hostile_arguments_are_errors():
    text = run("exec /usr/tests/hostile", status=7)
    said = dict(re.findall(r"^([a-z0-9^ -]+): (-?\d+)$", text, re.M))
    assert said == {
        "null": str(EFAULT), "unmapped": str(EFAULT), "kernel": str(EFAULT), "physical": str(EFAULT),
        "last page": str(EFAULT), "across the end": str(EFAULT), "non-canonical": str(EFAULT),
        "wraps": str(EFAULT), "huge": str(EFAULT), "negative": str(EINVAL), "nothing": "0",
        "no such descriptor": str(EBADF), "number 11": str(ENOSYS), "number 2^32": str(ENOSYS),
        "number -1": str(ENOSYS),
    }


def test_nothing_is_left_of_a_program():
    with Machine() as machine:
        wait_for_monitor(machine)
        used = []
        for _ in range(3):
            for name in ("/bin/hello", "/usr/tests/fault_null", "/usr/tests/hostile", "/README.txt"):
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
    ("exec /README.txt", "exec: /README.txt: e_ident: magic"), ("exec /nope", "exec: /nope: no such file"),
    ("exec /boot", "exec: /boot: "), ("exec", "exec: the path of one program"),
])
def test_what_is_no_program_is_refused(words, why):
    with Machine(cmdline=f"run='{words}'") as machine:
        assert machine.wait_exit(60) in (1, 2)
        assert why in plain(machine.text)


@pytest.mark.parametrize("which", range(1, 60, 3))
def test_memory_that_is_missing_for_a_program(which):
    """An error or a program that runs; the boot alone may end for want of memory."""
    with Machine(cmdline=f"panic=exit memory-fail={which} run='exec /bin/hello'") as machine:
        status = machine.wait_exit(60)
        text = plain(machine.text)
    if status == 0x7F:
        assert re.search("^panic: (no memory for|not enough memory)", text, re.M), text
    else:
        assert "hello from ring 3" in text or "exec: /bin/hello: out of memory" in text, text
