"""What ring 3 throws at the system calls, and what must not come out of them: bad pointers, arguments that
change under the call, leaks. Each program of user/tests says what it expects; here it runs on each image
and CPU, and nothing of it may be left behind."""
import re

import pytest

from checks import assert_alive, plain, wait_for_monitor
from harness import IMAGE, Machine
from test_sanitizers import DEBUG_IMAGE

# What the kernel says of processes that were to end so.
ENDED = {"pointers": r"process: warning: pointers \(\d+\): .*: ended"}
COMPLAINT = re.compile(r"^\[ *\d+\.\d+\] (\S+: (?:warning|error): .*)$", re.MULTILINE)
DEBUG = pytest.mark.skipif(not DEBUG_IMAGE.exists(), reason="no debug image: make DEBUG=1 img")


def attack(name, image, timeout, **machine):
    """Little memory: what the secret of `leaks` does not reach is little too."""
    with Machine(image, cmdline=f"panic=exit run='exec /usr/tests/{name}'", memory="64", **machine) as m:
        status, text = m.wait_exit(timeout), plain(m.text)
    assert status == 0 and f"{name}: done" in text.splitlines(), text
    strange = [line for line in COMPLAINT.findall(text) if not re.match(ENDED.get(name, "^$"), line)]
    assert strange == [], text


@pytest.mark.parametrize("name", ["pointers", "leaks", "races"])
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_an_attack_fails(name, cpu):
    attack(name, IMAGE, 120, cpu=cpu)


@DEBUG
@pytest.mark.parametrize("name", ["pointers", "leaks", "races"])
def test_an_attack_fails_before_the_debug_kernel(name):
    attack(name, DEBUG_IMAGE, 400, cpu="max")


@pytest.mark.parametrize("name", ["pointers", "leaks", "races"])
def test_an_attack_leaves_nothing(name):
    """From the second time on: what is made once is there then. Caches move by some frames, and a frame that
    each of thousands of attempts left would be thousands."""
    with Machine() as machine:
        wait_for_monitor(machine)
        used = []
        for _ in range(3):
            assert f"{name}: done" in machine.command(f"exec /usr/tests/{name}", 120)
            used += re.findall(r"(\d+) used", machine.command("memory"))
        assert len(used) == 3 and int(used[2]) <= int(used[1]) + 64, used
        assert_alive(machine)
