"""Drivers that fault, hang or reach for what is not theirs: the fault stays theirs, and they begin anew
(drivers/crash does it on command). `make test-hybrid` runs this file alone."""
import re

import pytest

from checks import plain
from harness import IMAGE, Machine, TimedOut
from test_sanitizers import DEBUG_IMAGE

IMAGES = [pytest.param(IMAGE, id="release"),
          pytest.param(DEBUG_IMAGE, id="debug", marks=pytest.mark.skipif(
              not DEBUG_IMAGE.exists(), reason="no debug image: make DEBUG=1 img"))]


PLACEMENTS = pytest.mark.parametrize("placement", ["kernel", "user"])


def run(script, image=IMAGE, cmdline="", timeout=60, placement="kernel", **machine):
    """In virtual time, so that waiting for a driver's next beginning costs none."""
    placed = " ".join(f"drv.{name}={placement}" for name in ("crash", "null", "keyboard", "serial"))
    line = f"{placed} panic=exit {cmdline} run='{script}'"
    with Machine(image, init=None, cmdline=line, cpu="max", icount=1, **machine) as m:
        assert m.wait_exit(timeout) == 0, m.report()
        return plain(m.text)


ROW = re.compile(r"(\w+) +(\w+) +(off|kernel|user) +(built in|\w+) +(\d+) +(\d+) +(\d+) +\d+ +(\d+) (.*)$")


class Table(dict):
    """Whoever looks for a row that is not there is shown the whole text."""
    def __init__(self, text):
        super().__init__()
        self.text = text

    def __missing__(self, name):
        raise AssertionError(f"no row of {name} in:\n{self.text}")


def drivers(text):
    """{name: (placement, state, generation, failures, refused, reason)} of the last lsdev."""
    rows, last, torn = Table(text), "", ""
    for line in text.splitlines():
        if re.match(r"\[ *\d+\.\d{6}\] \w+: ", line):
            torn = "" if last.isdigit() else last  # the log came in the middle of a row
            continue
        row = ROW.match(torn + line) or ROW.match(line)
        last, torn = "" if row else line, ""
        if row:
            rows[row[1]] = (row[3], row[4], int(row[5]), int(row[6]), int(row[7]), row[9])
    return rows


@PLACEMENTS
def test_lsdev(placement):
    text = run("lsdev; lsdev -m; drvctl null request 1 5; drvctl null request 1 6", placement=placement)
    table = drivers(text)
    assert table["keyboard"] == (placement, "running", 1, 0, 0, "-")
    assert table["ata"][:2] == ("kernel", "running") and table["crash"][:2] == (placement, "running")
    assert "ports 0064-0064, written with 20 60 a7 aa ad ae" in text and text.count("shares 8042") == 2
    first, second = map(int, re.search(r"^(\d+)\n(\d+)$", text, re.M).groups())
    assert first >= 5 and second - first in (6, 7)  # it counts seconds too
    assert "ended" not in text


def test_wrong_use():
    text = run("drvctl nobody restart; drvctl null dance; drvctl pit restart; drvctl null request; drvctl; true")
    for message in ("nobody: there is no such driver", "dance: not one of start, stop, restart, kill, request",
                    "drvctl: pit: Invalid argument", "request WHAT [VALUE]"):
        assert message in text


def test_off():
    text = run("lsdev; drvctl null request 0; drvctl null start; sleep 1; drvctl null request 0",
               cmdline="drv.null=off drv.keyboard=off")
    assert drivers(text)["keyboard"][:3] == ("off", "off", 0)
    assert "null" not in drivers(text)  # a module: it comes when it is started
    assert "null: there is no such driver" in text and re.search(r"^[01]$", text, re.M)


FAULTS = {1: "page fault", 2: "divide error", 3: "page fault"}


@PLACEMENTS
@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("what", [1, 2, 3, 4, 5, 6])
def test_faults_and_hangs_end_the_driver_alone(placement, image, what):
    text = run(f"drvctl crash request {what}; sleep 1; lsdev; drvctl crash request 0 77", image,
               placement=placement)
    says = "request took more than 200 ms" if what not in FAULTS \
        else "its program ended in request" if placement == "user" else f"{FAULTS[what]} in request, address 0x0"
    assert re.search(rf"crash: warning: {says}: ended; again in 0 s", text)
    assert drivers(text)["crash"][:4] == (placement, "running", 2, 1)
    assert text.rstrip().endswith("77")


@pytest.mark.parametrize("what", [4, 5, 6])
def test_a_hang_is_ended_by_the_pit_as_well(what):
    """Its driver writes ports in the very interrupt that finds the hang."""
    text = run(f"for i in 1 2 3; do drvctl crash restart; drvctl crash request {what}; sleep 1; done; lsdev; "
               "drvctl crash request 0 77", cmdline="apic=off hpet=off clock=pit")
    assert text.count("crash: warning: request took more than 200 ms: ended; again in 0 s") == 3
    assert drivers(text)["crash"][:2] == ("kernel", "running") and text.rstrip().endswith("77")


@pytest.mark.parametrize("what, value", [(12, 0xffffff0000000000), (12, 0xffff800000000000), (13, 0x20), (13, 0x60),
                                         (13, 0xcf8), (13, 0x277), (13, 0x27a), (14, 0), (15, 0)])
def test_in_ring_3_the_cpu_refuses(what, value):
    """The kernel's memory, ports by the instruction itself (27ah is the driver's, but not with any value)."""
    text = run(f"drvctl crash request {what} {value}; sleep 1; lsdev; drvctl crash request 0 77", placement="user")
    assert re.search(r"process: warning: crash \(\d+\): (page fault|general protection).*: ended", text)
    assert drivers(text)["crash"][:4] == ("user", "running", 2, 1)
    assert text.rstrip().endswith("77")


def test_ports_of_its_own_are_its_own():
    """In ring 3 by the instruction, without the kernel."""
    text = run("drvctl crash request 13 632; lsdev", placement="user")
    assert drivers(text)["crash"][:4] == ("user", "running", 1, 0)


@PLACEMENTS
@pytest.mark.parametrize("what, value, says", [
    (7, 0x20, r"writes port 0x20 \(0xff\)"), (7, 0x21, r"writes port 0x21"), (7, 0x60, "writes port 0x60"),
    (7, 0x64, "writes port 0x64"), (7, 0x70, "writes port 0x70"), (7, 0x92, "writes port 0x92"),
    (7, 0x1f7, "writes port 0x1f7"), (7, 0x277, "writes port 0x277"), (7, 0x27b, "writes port 0x27b"),
    (7, 0xcf8, "writes port 0xcf8"), (8, 0, r"writes port 0x27a \(0xfe\)"), (9, 1, r"listens to irq 0x1"),
    (9, 200, "listens to irq 0xc8"), (10, 0, "wants a register of PCI class 0x101")])
def test_what_is_not_in_the_manifest_is_refused(placement, what, value, says):
    text = run(f"drvctl crash request {what} {value}; sleep 1; lsdev; drvctl crash request 0 77",
               placement=placement)
    assert re.search(rf"crash: error: {says}.*, which is not in its manifest: refused", text)
    state = drivers(text)["crash"]
    assert state[:4] == (placement, "running", 2, 1) and state[4] > 0
    assert text.rstrip().endswith("77")


@PLACEMENTS
def test_a_storm_ends_the_driver_and_its_line(placement):
    """A level that is never acknowledged: the line is masked, and the clock goes on."""
    text = run("cat /proc/uptime; drvctl crash request 16 20000; cat /proc/uptime; sleep 1; lsdev; "
               "drvctl crash request 0 77; cat /proc/interrupts", placement=placement, extra=["-device", "pc-testdev"])
    assert "crash: warning: more than 50000 interrupts in a second: ended; again in 0 s" in text, text
    assert drivers(text)["crash"][:4] == (placement, "running", 2, 1)
    assert re.search(r"^77$", text, re.M)
    before, after = (float(t) for t in re.findall(r"^(\d+\.\d+) \d+\.\d+$", text, re.M))
    assert after - before < 1, text
    count = int(re.search(r"^ *5: +(\d+) .*", text, re.M)[1])
    assert 50000 < count < 50100, text


@PLACEMENTS
def test_the_interrupt_program_runs_in_the_kernel(placement):
    """It keeps a byte of a port that the driver itself does not reach, for each interrupt."""
    text = run("drvctl crash request 19; drvctl crash request 16 3; drvctl crash request 19; drvctl crash request 19; "
               "lsdev; lsdev -m", placement=placement, extra=["-device", "pc-testdev"])
    before, _, kept, after = map(int, re.findall(r"^(\d+)$", text, re.M))
    assert (before, after) == (0, 0) and 3 <= kept <= 64
    assert drivers(text)["crash"][:4] == (placement, "running", 1, 0)
    assert "    ports 027b-027b, interrupt program only, read\n" in text and "    step keep 027b\n" in text
    keyboard = re.search(r"^keyboard: .*\n(?:    .*\n)+", text, re.M)[0]
    assert re.findall(r"step (.*)", keyboard) == ["read 0064", "needs 01", "lacks 20", "keep 0060"]


def test_an_answer_to_another_call_is_none():
    text = run("drvctl crash request 20 79; sleep 1; lsdev; drvctl crash request 0 77", placement="user")
    assert "crash: error: answers call 0x0 (0x" in text
    assert drivers(text)["crash"][:4] == ("user", "running", 2, 1) and text.rstrip().endswith("77")


@PLACEMENTS
def test_memory_has_a_limit(placement):
    """Pages for DMA; what was taken is given back."""
    many = "for i in 1 2 3 4; do drvctl crash restart; drvctl crash request 17; sleep 1; done; "
    text = run(f"{many}grep MemFree /proc/meminfo; {many}grep MemFree /proc/meminfo; lsdev", placement=placement)
    assert "crash: error: wants more pieces of memory than 0x20" in text
    assert len(re.findall(r"crash: warning: request: not in its manifest: ended", text)) == 8
    first, last = map(int, re.findall(r"MemFree: +(\d+)", text))
    assert abs(first - last) < 128 and drivers(text)["crash"][1] == "running"  # one life takes 128 KiB


@pytest.mark.parametrize("address, error", [(0, 0), (1, 14), (2, 14), (0xffffffff80000000, 14),
                                            (0xffff800000001000, 14), (0x600000000000, 14), (1 << 63, 14)])
def test_orders_name_memory_for_them_alone(address, error):
    """A page for DMA; not the program's variables and stack, the kernel, a request that is not under way."""
    text = run(f"drvctl crash request 21 {address}; lsdev", placement="user", extra=["-machine", "q35"])
    assert re.search(rf"^{error}$", text, re.M), text
    assert drivers(text)["crash"][:4] == ("user", "running", 1, 0)


def test_a_table_cannot_be_written():
    text = run("drvctl crash request 22 4096; sleep 1; lsdev; drvctl crash request 0 77", placement="user",
               extra=["-machine", "q35"])
    assert re.search(r"process: warning: crash \(\d+\): page fault.*: ended", text)
    assert drivers(text)["crash"][:4] == ("user", "running", 2, 1) and text.rstrip().endswith("77")


@PLACEMENTS
def test_where_a_table_is_is_not_the_drivers_word(placement):
    text = run("drvctl crash request 23 4096; sleep 1; lsdev; lsdev -m; drvctl crash request 0 77", placement=placement,
               extra=["-machine", "q35"])
    assert re.search(r"crash: error: writes port 0x\w+ \(0x1000\), which is not in its manifest: refused", text)
    assert drivers(text)["crash"][:4] == (placement, "running", 2, 1) and text.rstrip().endswith("77")
    assert "    DMA by tables of bus-master IDE\n" in text


@pytest.mark.parametrize("number", [1, 3, 5, 6, 42, 60, 98])
def test_system_calls_are_not_for_drivers(number):
    text = run(f"drvctl crash request 18 {number}; sleep 1; lsdev; drvctl crash request 0 77", placement="user")
    assert f"crash: error: makes system call 0x{number:x} (0x0), which is not in its manifest: refused" in text
    assert drivers(text)["crash"][:4] == ("user", "running", 2, 1)


def test_one_that_always_fails_is_retired():
    """In the kernel, where its count of failures to come outlives it."""
    text = run("drvctl crash request 11 100; drvctl crash restart; sleep 20; lsdev; drvctl crash request 0; "
               "drvctl crash restart; sleep 1; lsdev; true")
    delays = re.findall(r"crash: warning: init: .*: ended; again in (\d+) s", text)
    assert delays[:4] == ["0", "1", "2", "4"]
    assert re.search(r"crash: error: init: .*; its failure 5, 5 of them in half an hour: retired", text)
    assert re.search(r"^crash .* retired ", text, re.M)


@PLACEMENTS
def test_a_hundred_restarts_leave_nothing(placement):
    """What the kernel keeps for it is as before."""
    many = "m() { for i in $(seq 10); do for d in null keyboard serial framebuffer; do drvctl $d restart; done; sleep 1; done; }; "
    count = "c() { grep -v ^KernelHeap /proc/slabinfo | grep -e thread -e process -e region -e file -e heap; }; "
    text = run(f"{many}{count}m; c; echo half; for k in $(seq 10); do m; done; c; lsdev",
               cmdline=f"drv.framebuffer={placement}", timeout=400, placement=placement)
    first, rest = text.split("half\n")
    used = [{line[:20].strip(): int(line[20:].split()[0]) for line in part.splitlines()
             if re.match(r"(heap-\d+|.*thread.*|process|region|file) +\d+ +\d+ +\d+ +\d+$", line)} for part in (first, rest)]
    # The last process may still be on its way out.
    assert used[0] and all(used[1][name] <= count + 1 for name, count in used[0].items()), used
    table = drivers(text)
    assert table["framebuffer"][1:4] == ("running", 112 if placement == "user" else 111, 0)  # it began in the kernel
    assert all(table[name][1:4] == ("running", 111, 0) for name in ("null", "keyboard", "serial"))


def type_until(m, line, pattern):
    """Typed again as long as there is no answer: what comes before the shell is there is thrown away."""
    for _ in range(20):
        m.type_keys(line)
        try:
            return m.wait_for(pattern, 2)
        except TimedOut:
            pass
    raise TimedOut(m.report())


@PLACEMENTS
def test_keys_come_after_the_keyboard_began_anew(placement):
    """Typed on the screen's shell, before and after."""
    with Machine(init=None, cmdline=f"desktop=off drv.keyboard={placement}") as m:
        m.wait_for(r"kernel: ready")
        type_until(m, "echo be\\fore > /dev/ttyS0\n", r"before")
        m.type_keys("drvctl keyboard restart\n")
        m.wait_for(r"keyboard: started as ordered")
        m.wait_for(r"keyboard: PS/2, 0x60 0x64 irq 1")
        m.type_keys("echo af\\ter > /dev/ttyS0\n")
        m.wait_for(r"after")


@PLACEMENTS
def test_an_interrupt_is_an_event_soon(placement):
    """In virtual time: from the line to the end of the callback that took the key, at worst."""
    with Machine(init=None, cmdline=f"desktop=off drv.keyboard={placement}", icount=1) as m:
        m.wait_for(r"kernel: ready")
        type_until(m, "echo be\\fore > /dev/ttyS0\n", r"before")
        m.type_keys("a quick brown fox jumps over the lazy dog\nlsdev > /dev/ttyS0\n")
        worst = m.wait_for(r"\nkeyboard .* (\d+) -\r?\n")[1]
    assert 0 < int(worst) < 1000


def test_one_without_a_device_rests():
    """No 8042: absent, after a restart too, and no time of the CPU is used for it."""
    cmdline = "run='drvctl keyboard restart; sleep 2; lsdev; cat /proc/stat'"
    with Machine(init=None, cmdline=cmdline, icount=1, machine="pc,i8042=off", cpu="max") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
    assert drivers(text)["keyboard"][1] == "absent"
    busy, idle = (int(re.search(r"^cpu +(\d+) \d+ (\d+) (\d+)", text, re.M)[i]) for i in (1, 3))
    assert idle > 5 * busy, text


def test_a_program_that_is_killed_begins_anew():
    text = run("kill -9 $(ps -e | grep lib/drivers/null | grep -v grep | cut -c1-5); sleep 1; lsdev; "
               "drvctl null request 1 70", placement="user")
    assert "null: warning: its program ended: ended; again in 0 s" in text
    assert drivers(text)["null"][:4] == ("user", "running", 2, 1)
