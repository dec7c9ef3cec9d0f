"""The kernel's own tests, all of them, on machines with much and with little of everything; and what
must end in a panic does, with the right words."""
import os
import re
from pathlib import Path

import pytest

from checks import README, Disk, plain
from harness import IMAGE, TOP, Bochs, Machine

STATUS = 0x7F
# The debug kernel's image: `make test` builds it beside the other one.
DEBUG_IMAGE = Path(os.environ.get("FASTOS_DEBUG_IMAGE", IMAGE.parent / "debug" / IMAGE.name))


def ktest(words="", cmdline="", timeout=120, icount=3, **machine):
    """The text of COM1 when all passed, and the names of those that did not run.

    In virtual time: a host that stops QEMU for 55 ms takes a round of the PIT from the guest, and one that
    has no time for it makes a timer's interrupt late and the next early."""
    with Machine(cmdline=f"panic=exit {cmdline} run='ktest {words}'", icount=icount, **machine) as m:
        status = m.wait_exit(timeout)
        text = plain(m.text)
    result = re.search(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", text, re.M)
    assert result and status == 0 and result[2] == "0", text
    return text, dict(re.findall(r"^skip (\w+): (.*)$", text, re.M))


# ---- machines ------------------------------------------------------------------------------------

@pytest.mark.parametrize("memory, cpus", [("8", 1), ("64", 4), ("3G", 4), ("16G", 1)])
def test_memory(memory, cpus):
    _, skipped = ktest(memory=memory, cpus=cpus, cpu="max")
    # What wants memory says so when there is none; what would take too long, when there is much.
    assert ("heap_survives_exhaustion" in skipped) == memory.endswith("G")  # else 64 MiB and less


@pytest.mark.parametrize("cpu, cpus", [
    ("max,-nx", 1), ("max,-smep", 4), ("max,-smap", 1), ("max,-umip", 4), ("max,-pdpe1gb", 1), ("max,-apic", 1),
    ("max,-pat", 4), ("max,-pge", 1), ("qemu64", 1), ("qemu64", 4)])
def test_cpu_that_lacks_something(cpu, cpus):
    ktest(cpu=cpu, cpus=cpus)


@pytest.mark.parametrize("cmdline", ["apic=off", "apic=off hpet=off", "clock=pit", "clock=pit apic=off",
                                     "clock=hpet", "clock=hpet apic=off", "clock=tsc"])
def test_clocks_and_controllers(cmdline):
    ktest(cmdline=cmdline)


@pytest.mark.parametrize("machine, cmdline, clock, interrupt", [
    ("pc", "", "TSC", "local APIC|PIT"), ("pc", "clock=hpet", "HPET", "local APIC|PIT"),
    ("pc", "apic=off", "TSC", "HPET"), ("q35", "apic=off clock=hpet", "HPET", "HPET"),
    ("pc", "apic=off hpet=off", "TSC", "PIT"), ("pc,hpet=off", "apic=off", "TSC", "PIT"),
])
def test_which_clock_and_which_interrupt(machine, cmdline, clock, interrupt):
    """The rate of an APIC's timer is known after 30 ms: until then another interrupts."""
    disk = "q35-ide" if machine == "q35" else "ide"
    with Machine(machine=machine, disk=disk, cmdline=f"{cmdline} panic=exit run='time'", icount=3) as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
    assert f"clock: {clock}, " in text and re.search(f"timer interrupt: ({interrupt}), came ", text), text


def test_a_clock_that_is_not_there():
    with Machine(machine="pc,hpet=off", cmdline="clock=hpet panic=exit run='time'", icount=3) as m:
        assert m.wait_exit(60) == 0, m.report()
    assert "clock=hpet: not one of tsc, pit, hpet; tsc taken" in m.text and "clock: TSC" in m.text


@pytest.mark.parametrize("clock", ["", "clock=pit", "apic=off"])
@pytest.mark.parametrize("scheduler", ["rr", "fair"])
def test_schedulers(scheduler, clock):
    """In virtual time no pause of the host counts as a thread's work: shares are right within 5 %."""
    _, skipped = ktest("scheduler threads mutex semaphore wait",
                       cmdline=f"sched={scheduler} {clock} virtual-time")
    assert bool(skipped) == (scheduler == "rr")


def test_an_unknown_scheduler_is_named():
    text, skipped = ktest("scheduler_passes", cmdline="sched=lottery")
    assert "sched=lottery: not one of rr, fair; fair taken" in text and not skipped


@pytest.mark.parametrize("command, wanted", [
    ("time", r"^timer interrupt: TSC deadline, came \d+ times"),
    ("ktest clock timers sleep threads", r"^\d+ passed, 0 failed"),
])
def test_the_deadline_of_the_tsc(command, wanted, tmp_path):
    """QEMU's emulation has no such timer, Bochs has."""
    disk = Disk(tmp_path)
    disk.put("/boot/boot.cfg", f"cmdline=init=monitor run='{command}'\n".encode())
    with Bochs(disk.path, graphics=False,
               settings=["cpu: model=corei7_skylake_x, ips=50000000"]) as bochs:
        bochs.wait(120)
        assert re.search(wanted, plain(bochs.text), re.M), bochs.text


@pytest.mark.parametrize("heap", ["bump", "list", "slab"])
def test_heap_stages(heap):
    """The heap's tests by each; the bump stage never gives back, so it gets a boot of its own."""
    ktest("heap slab page_runs frames threads", cmdline=f"heap={heap}")


def test_nothing_but_threads_that_end():
    """No interrupt comes that would hide it if nobody were told of their end."""
    ktest("threads_come_and_go", cpu="max")


def test_every_benchmark_runs():
    with Machine(cmdline="panic=exit log=error run='kbench'", icount=3) as machine:
        assert machine.wait_exit(120) == 0, machine.report()
        names = re.findall(r"^(\w+) +\d+\.\d$", plain(machine.text), re.M)
    sources = [path.read_text() for path in (TOP / "kernel").rglob("*_kbench.c")]
    assert sorted(names) == sorted(re.findall(r"^KBENCH\((\w+)\)", "\n".join(sources), re.M))


def test_an_unknown_heap_is_named():
    text, _ = ktest("heap_zeroes", cmdline="heap=best")
    assert "heap=best: not one of bump, list, slab; slab taken" in text


# ---- a boot without memory -----------------------------------------------------------------------

@pytest.mark.parametrize("which", range(1, 13))
def test_a_boot_in_which_an_allocation_fails(which):
    """It goes on as far as a file, or says what memory was missing for: in a panic, or, when the machine can
    be looked at without a root, in the log."""
    with Machine(cmdline=f"panic=exit memory-fail={which} run='sum /README.txt'") as machine:
        status = machine.wait_exit(60)
        text = plain(machine.text)
    assert f"allocation {which} will fail, as asked for" in text
    if status == STATUS:
        assert re.search("^panic: (no memory for|not enough memory)", text, re.M), text
    elif "fs: error: no root: out of memory" in text:
        assert status == 1 and "no file system is mounted" in text, text
    else:
        assert status == 0 and README in text.splitlines(), text


# ---- what must panic -----------------------------------------------------------------------------

PANICS = {
    "threads_stack_used_up": r"thread first has used up its stack of \d+ bytes",
    "mutex_taken_twice": "thread first takes mutex test a second time",
    "mutex_given_back_by_another": "thread first gives back mutex test, which it does not hold",
}
DEBUG_PANICS = PANICS | {
    "mutex_in_atomic_context": "mutex test taken in atomic context",
    "sleep_with_a_spinlock":
        r"thread first waits in atomic context \(preemption count 1, interrupts on\)",
    "sleep_with_interrupts_off":
        r"thread first waits in atomic context \(preemption count 0, interrupts off\)",
    "preemption_enabled_too_often": "preempt_enable without preempt_disable",
    "spinlock_against_the_ranks": r"lock inner \(rank 20\) taken while holding outer \(rank 40\)",
    "spinlock_taken_twice": r"lock test \(rank 20\) taken while holding test \(rank 20\)",
    "spinlock_released_by_who_has_it_not": "lock test released by a CPU that does not hold it",
}


def names_of_panicking_tests(image):
    with Machine(image, cmdline="log=error run='ktest -p'") as machine:
        assert machine.wait_exit(60) == 0
        return set(plain(machine.text).split())


def check_panic(image, name, reason):
    with Machine(image, cmdline=f"panic=exit run='ktest -p {name}'") as machine:
        assert machine.wait_exit(60) == STATUS, machine.report()
        assert re.search(f"^panic: {reason}$", plain(machine.text), re.M), machine.report()


def test_every_panic_is_known():
    assert names_of_panicking_tests(IMAGE) == set(PANICS)
    assert names_of_panicking_tests(DEBUG_IMAGE) == set(DEBUG_PANICS)


@pytest.mark.parametrize("name", PANICS)
def test_panic(name):
    check_panic(IMAGE, name, PANICS[name])


@pytest.mark.parametrize("name", DEBUG_PANICS)
def test_panic_of_the_debug_kernel(name):
    check_panic(DEBUG_IMAGE, name, DEBUG_PANICS[name])


def test_the_debug_kernel_sees_what_is_wrong_with_the_heap():
    with Machine(DEBUG_IMAGE, cmdline="panic=exit run='ktest'") as machine:
        assert machine.wait_exit(240) == 0, machine.report()
        text = plain(machine.text)
    for sign in ("was written beyond its end", "was given back with another size", "was freed twice",
                 "was written to after it was freed"):
        assert re.search(rf"memory: error: heap: 0x\w+ {sign}", text), text
