"""The kernel monitor: each command over COM1, editing, keyboard and screen, and run='…'."""
import random
import re
import socket
import sys
import time
import zlib

import pytest

import harness
from harness import Machine, TOP

sys.path.insert(0, str(TOP / "tests" / "screen"))
import screen_text  # noqa: E402

PROMPT = r"\x1b\[1;32mfastos>\x1b\[0m "
ROOT = TOP / "build" / "root"  # what disk.img.mk put into the image


def plain(text):
    """Without colours and cursor movements."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).replace("\r\n", "\n")


def send(machine, data, timeout=20):
    """Send bytes that end in a prompt; all that came until it."""
    start = machine.serial.used
    machine.socket.sendall(data if isinstance(data, bytes) else data.encode())
    machine.wait_for(PROMPT, timeout)
    text = machine.serial.bytes[start:machine.serial.used].decode("utf-8", "replace")
    return plain(text)[:-len("fastos> ")]


def run(machine, line, timeout=20):
    """Run a command; what it printed."""
    echo, _, output = send(machine, line + "\r", timeout).partition("\n")
    assert echo == line
    return output


@pytest.fixture(scope="module")
def shared_machine():
    with Machine() as machine:
        machine.wait_for(PROMPT)
        yield machine


@pytest.fixture
def monitor(shared_machine, request):
    """A prompt with an empty line, whatever the test before left."""
    shared_machine.type(f"\x03echo {request.node.name}\r")
    shared_machine.wait_for(rf"\n{re.escape(request.node.name)}\r\n")
    shared_machine.wait_for(PROMPT)
    return shared_machine


@pytest.fixture
def screen():
    """A machine without COM1: keyboard and screen alone."""
    with Machine(serial=False) as machine:
        wait_screen(machine, r"^fastos>")
        yield machine


def wait_screen(machine, pattern, timeout=20):
    """Until the text on the screen matches; the lines that do."""
    deadline = time.monotonic() + timeout * harness.PATIENCE
    while True:
        lines = screen_text.lines_by_qmp(machine.qmp.command)
        matches = [line for line in lines if re.search(pattern, line)]
        if matches:
            return matches
        assert time.monotonic() < deadline, f"no {pattern!r} on the screen:\n" + "\n".join(lines)
        time.sleep(0.05)


# ---- the commands --------------------------------------------------------------------------------

COMMANDS = {"boot", "cat", "clear", "disks", "echo", "help", "hexdump", "irq", "log", "ls", "memory",
            "panic", "poweroff", "reboot", "stat", "sum", "uptime", "version"}


def test_help_names_every_command(monitor):
    listed = re.findall(r"^  (\w+) +\S", run(monitor, "help"), re.M)
    assert COMMANDS <= set(listed)
    assert listed == sorted(listed)
    for name in listed:
        assert f"usage: {name}" in run(monitor, f"help {name}")
    assert "no such command" in run(monitor, "help nonsense")
    assert "usage: help" in run(monitor, "help a b")


def test_ls(monitor):
    assert set(run(monitor, "ls").split()) >= {"README.txt", "boot/", "usr/"}
    assert run(monitor, "ls boot") == run(monitor, "ls /boot")
    line = re.search(r"^(\S+) +1 +0 +0 +(\d+) \d{4}-\d\d-\d\d \d\d:\d\d README.txt$",
                     run(monitor, "ls -l /"), re.M)
    assert line and line[1] == "-rw-r--r--"
    assert int(line[2]) == (ROOT / "README.txt").stat().st_size
    assert run(monitor, "ls -l /README.txt").endswith(" /README.txt\n")
    assert "/nowhere: no such file or directory" in run(monitor, "ls /nowhere")
    assert "usage: ls" in run(monitor, "ls -x")
    assert "usage: ls" in run(monitor, "ls / /")


def test_cat(monitor):
    assert run(monitor, "cat /README.txt") == (ROOT / "README.txt").read_text()
    assert run(monitor, "cat '/README.txt' boot/boot.cfg") == (
        (ROOT / "README.txt").read_text() + (ROOT / "boot/boot.cfg").read_text())
    assert "is a directory" in run(monitor, "cat /boot")
    assert "usage: cat" in run(monitor, "cat")
    binary = run(monitor, "cat /boot/kernel.elf", 60)
    assert "^?ELF" in binary or "\x7fELF" not in binary
    assert run(monitor, "echo still here") == "still here\n"


def test_stat(monitor):
    text = run(monitor, "stat /README.txt")
    assert f"size  {(ROOT / 'README.txt').stat().st_size} bytes" in text
    assert "regular file" in text and "0644 -rw-r--r--" in text
    assert "directory" in run(monitor, "stat /")
    assert "no such file" in run(monitor, "stat /x")


def crc_lines():
    for path in sorted(ROOT.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield f"{zlib.crc32(data):08x}  {len(data)}  /{path.relative_to(ROOT)}"


def test_sum(monitor):
    text = run(monitor, "sum /README.txt boot/kernel.elf")
    lines = list(crc_lines())
    assert text.splitlines()[0] in lines
    assert text.splitlines()[1].replace("boot/", "/boot/") in lines
    assert set(lines) <= set(run(monitor, "sum -r /").splitlines())
    assert run(monitor, "sum -r /boot") == run(monitor, "sum -r /boot/")
    assert "is a directory" in run(monitor, "sum /boot")
    assert "not a directory" in run(monitor, "sum -r /README.txt")
    assert "usage: sum" in run(monitor, "sum")
    mixed = run(monitor, "sum /nope /README.txt").splitlines()
    assert "no such file" in mixed[0] and mixed[1] in lines


def dumped(text):
    """The bytes that a hexdump shows, by offset."""
    rows = re.findall(r"^([0-9a-f]{8})  ((?:[0-9a-f]{2} {1,2})+) *\|", text, re.M)
    return {int(offset, 16): bytes.fromhex(row) for offset, row in rows}


def test_hexdump(monitor):
    sector = harness.IMAGE.read_bytes()[:512]
    rows = dumped(run(monitor, "hexdump ata0 -s 0 -n 512"))
    assert rows[0] == sector[:16] and rows[0x1f0] == sector[0x1f0:]
    for offset, row in rows.items():
        assert row == sector[offset:offset + 16]
    zeros = run(monitor, "hexdump ata0 -s 0x20000 -n 64K").splitlines()  # the gap before sector 2048
    assert [line[:9] for line in zeros[:-1]] == ["00020000 ", "*", "0002fff0 "]
    magic = dumped(run(monitor, "hexdump -n 2 -s 0x438 ata0p1"))
    assert magic == {0x438: b"\x53\xef"}
    readme = (ROOT / "README.txt").read_bytes()
    assert dumped(run(monitor, "hexdump /README.txt -s 5 -n 20")) == {
        5: readme[5:21], 21: readme[21:25]}
    assert "has" in run(monitor, "hexdump -s 1G /README.txt")
    assert "a number from 0 to" in run(monitor, "hexdump -s x /README.txt")
    assert "its number is missing" in run(monitor, "hexdump ata0 -n")
    assert "no such file" in run(monitor, "hexdump ata9")
    assert "no such file" in run(monitor, "hexdump ata0p4")
    assert "neither" in run(monitor, "hexdump /boot")


def test_disks(monitor):
    text = run(monitor, "disks")
    sectors = harness.IMAGE.stat().st_size // 512
    assert re.search(rf'^ata0 .* {sectors} sectors, "QEMU HARDDISK", primary master', text, re.M)
    assert re.search(r'^  ata0p1  type 0x83 active  from sector 2048, .* root, ext2$', text,
                     re.M)


def test_memory(monitor):
    text = run(monitor, "memory")
    assert "source 0xe820" in text
    assert re.search(r"^  0000000000100000-[0-9a-f]{16} +\d+ KiB  usable$", text, re.M)
    total, used, free, kib = map(int, re.search(
        r"(\d+), (\d+) used, (\d+) free \((\d+) KiB\)", text).groups())
    assert total == used + free and kib == free * 4
    assert 100 << 10 < kib < 128 << 10


def test_boot(monitor):
    text = run(monitor, "boot")
    rows = re.findall(r"^(\S.*?) +(\d+) +(\d+)$", text, re.M)
    names = [row[0] for row in rows]
    assert names[0] == "mbr" and names[-1] == "ready"
    assert {"stage2", "GDT and TSS", "IDT", "PIC", "frames", "page tables", "heap", "framebuffer",
            "keyboard", "mouse", "timer", "interrupts on", "scheduler", "desktop"} <= set(names)
    times = [int(row[2]) for row in rows]
    assert times == sorted(times) and times[-1] > times[0]
    for (_, took, at), before in zip(rows[1:], times):
        assert int(took) == int(at) - before


def test_log(monitor):
    whole = run(monitor, "log")
    assert "kernel: ready" in whole and whole.startswith("[")
    lines = whole.splitlines(keepends=True)
    for count in (1, 2, len(lines)):
        assert run(monitor, f"log -n {count}") == "".join(lines[-count:])
    assert run(monitor, "log -n 100000") == whole
    assert "a number from 1 to" in run(monitor, "log -n 0")
    assert "usage: log" in run(monitor, "log -x")


def irq_counts(machine):
    """By device; the timer's are those of the PIT's line and of the local APIC's vector together."""
    counts = {}
    for name, count in re.findall(r"^ *\d+ (\S+) +(?:edge|level|vector) +(\d+)", run(machine, "irq"), re.M):
        counts[name] = counts.get(name, 0) + int(count)
    return counts


def test_irq(monitor):
    before = irq_counts(monitor)
    assert before["timer"] > 0 and before["ata"] > 0
    monitor.qmp.press("shift")
    assert "1 passed" in run(monitor, "ktest sleep_is_never_too_short")
    after = irq_counts(monitor)
    assert after["serial"] > before["serial"]
    assert after["keyboard"] > before["keyboard"]
    assert after["timer"] > before["timer"]


def test_threads(monitor):
    said = run(monitor, "threads")
    for name, state in (("idle", "ready"), ("deferred", "blocked +urgent"), ("first", "running")):
        assert re.search(rf"^ *\d+ {name} +{state} +\d+ +\d+ +\d+ of \d+$", said, re.M), said


def test_time(monitor):
    said = run(monitor, "time")
    assert re.search(r"^date: 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$", said, re.M), said
    assert re.search(r"^clock: (TSC|PIT), \d+ ns since the boot; the TSC counts at \d+ kHz$", said, re.M)
    device = r"(PIT|local APIC|TSC deadline)"
    assert re.search(rf"^timer interrupt: {device}, came \d+ times; \d+ timers", said, re.M)


def test_small_ones(monitor):
    assert run(monitor, "echo a  'b  c' \"d\"") == "a b  c d\n"
    assert "compiled by" in run(monitor, "version")
    first = run(monitor, "uptime")
    assert re.match(r"up 0 d 00:0\d:\d\d\.\d{3}, \d+ ticks\n$", first)
    assert run(monitor, "uptime") > first
    monitor.type("clear\r")
    monitor.wait_for(r"\x1b\[H\x1b\[2J")
    monitor.wait_for(PROMPT)


def test_wrong_lines(monitor):
    assert "no such command; `help` lists them" in run(monitor, "nonsense x")
    assert "a quote is open" in run(monitor, "echo 'abc")
    assert run(monitor, "") == ""
    assert run(monitor, "    ") == ""
    assert "256 words" in run_long(monitor, "echo " + "x " * 300)
    for name in ("boot", "clear", "disks", "irq", "memory", "poweroff", "reboot", "uptime", "version"):
        assert f"usage: {name}" in run(monitor, f"{name} surplus")


# ---- editing -------------------------------------------------------------------------------------

UP, DOWN, RIGHT, LEFT, HOME, END, DELETE = (
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~")


def result(machine, keys):
    """The output of the line that these keys make."""
    return send(machine, keys + "\r").rsplit("\n", 2)[-2]


def run_long(machine, line):
    """As run, for lines longer than the screen is wide."""
    return result(machine, line)


def test_editing_keys(monitor):
    assert result(monitor, "ecjo\x7f\x7fho ab") == "ab"
    assert result(monitor, "echo ac" + LEFT + "b") == "abc"
    assert result(monitor, "cho x" + HOME + "e" + END + "y") == "xy"
    assert result(monitor, "echo axb" + LEFT * 2 + DELETE) == "ab"
    assert result(monitor, "echo ab" + LEFT + "\x0b") == "a"
    assert result(monitor, "junk junk\x15echo ok") == "ok"
    assert result(monitor, "echo one two\x17three") == "one three"
    assert result(monitor, "hello\x01echo \x05!") == "hello!"
    assert result(monitor, "echo ä€" + LEFT + "\x7fü") == "ü€"


def test_cancel_and_redraw(monitor):
    text = send(monitor, "echo never\x03")
    assert text.endswith("echo never^C\n")
    monitor.type("echo re\x0c")
    monitor.wait_for(r"\x1b\[H\x1b\[2J")
    monitor.wait_for(PROMPT)
    assert send(monitor, "drawn\r") == "echo redrawn\nredrawn\n"


def test_history(monitor):
    run(monitor, "echo first")
    run(monitor, "ls /boot")
    run(monitor, "echo third")
    assert result(monitor, UP) == "third"
    assert result(monitor, "echo f" + UP) == "first"
    assert result(monitor, UP * 2 + DOWN) == "first"
    assert "kernel.elf" in result(monitor, "ls" + UP)
    assert result(monitor, "echo own" + HOME + UP + DOWN) == "own"


def test_completion(monitor):
    assert result(monitor, "ec\tdone") == "done"
    assert result(monitor, "stat /REA\t").startswith("changed")
    assert (ROOT / "boot/boot.cfg").read_text() in send(monitor, "cat bo\tboo\t\r")
    listing = send(monitor, "ls /boot/\t")
    assert "boot.cfg" in listing and "kernel.elf" in listing
    monitor.wait_for("ls /boot/")  # the line is there again
    send(monitor, "\x03")
    assert "\a" in send(monitor, "ls /nothing\t\x03")
    assert result(monitor, "help upt\t") == "usage: uptime"


def test_long_line(monitor):
    source = random.Random(1)
    quoted = "echo '" + "".join(source.choice("abcdefgh ") for _ in range(3990)) + "'"
    assert result(monitor, quoted) == quoted[6:-1]
    row = send(monitor, "y" * 4000 + "\x03")
    assert row.count("y") < 12000  # scrolled by halves of a row
    assert run(monitor, "echo after") == "after\n"


def test_too_long_line(monitor):
    monitor.type("z" * 9000)
    monitor.wait_for("\a")
    send(monitor, "\x03")
    assert run(monitor, "echo after") == "after\n"


def test_garbage(monitor):
    """Random bytes, a few thousand at a time; whatever they did, the monitor answers afterwards."""
    source = random.Random(7)
    for _ in range(8):
        monitor.socket.sendall(source.randbytes(3000))
        monitor.socket.sendall(b"\x03\x03")
        monitor.socket.sendall(b"echo alive$((1))\r")
        monitor.wait_for(r"\nalive\$\(\(1\)\)\r\n")
        monitor.wait_for(PROMPT)


def test_interrupt(monitor):
    monitor.type("hexdump ata0 -n 1G\r")
    monitor.wait_for(r"00001[0-9a-f]{3}  ")
    text = send(monitor, "\x03")
    assert text.endswith("^C\n")
    assert run(monitor, "echo next") == "next\n"


def test_typed_ahead(monitor):
    monitor.socket.sendall(b"echo one\recho two\r\necho three\n")
    for word in ("one", "two", "three"):
        monitor.wait_for(rf"\n{word}\r\n")
        monitor.wait_for(PROMPT)


# ---- keyboard and screen -------------------------------------------------------------------------

def test_keyboard_and_screen(screen):
    screen.type_keys("echo 'Hello, World' ~!@#$%^&*()_+{}|:?\n")
    assert wait_screen(screen, r"^Hello") == ["Hello, World ~!@#$%^&*()_+{}|:?"]
    screen.type_keys("ls /bo\t\n")
    assert "kernel.elf" in wait_screen(screen, r"^boot\.cfg")[0]
    screen.qmp.press("up")
    screen.qmp.press("up")
    for _ in range(5):
        screen.qmp.press("left")
    screen.type_keys(" x\n")
    wait_screen(screen, r"^fastos> echo .* x")
    screen.qmp.press("caps_lock")
    screen.qmp.press("ctrl", "u")
    screen.type_keys("ECHO caps\n")
    screen.qmp.press("caps_lock")
    wait_screen(screen, r"^CAPS$")
    screen.type_keys("echo ")
    for key in ("kp_7", "kp_subtract", "kp_9"):
        screen.qmp.press(key)
    screen.qmp.press("kp_enter")
    wait_screen(screen, r"^7-9$")


def test_two_ways_in_one_line(monitor):
    """What is typed at the keyboard and over COM1 makes one line, shown on both."""
    monitor.type("echo ")
    monitor.wait_for("echo ")
    monitor.type_keys("keys")
    monitor.wait_for("keys")
    assert send(monitor, " bytes\r").endswith("\nkeys bytes\n")
    wait_screen(monitor, r"^keys bytes$")


def test_nobody_reads_com1(tmp_path):
    """A reader that sleeps costs text and a second, not the machine; it gets what comes later."""
    com1 = ["-chardev", f"socket,id=stuck,path={tmp_path}/com1,server=on,wait=off",
            "-device", "isa-serial,chardev=stuck,iobase=0x3f8,irq=4"]
    with Machine(serial=False, extra=com1, start=False) as machine, \
            socket.socket(socket.AF_UNIX) as line:
        line.connect(f"{tmp_path}/com1")
        machine.go()
        wait_screen(machine, r"^fastos>")
        machine.type_keys("hexdump -n 64K ata0\n")
        machine.type_keys("echo finished\n")
        wait_screen(machine, r"^finished")
        line.settimeout(1)
        with pytest.raises(TimeoutError):
            while line.recv(65536):
                pass
        line.settimeout(20 * harness.PATIENCE)
        line.sendall(b"echo back again\r")
        text = b""
        while b"\nback again\r\n" not in text:
            text += line.recv(4096)


def test_no_keyboard_controller():
    with Machine(machine="q35,i8042=off", disk="q35-ide") as machine:
        machine.wait_for(PROMPT)
        assert "no 8042 controller" in run(machine, "log")
        assert run(machine, "echo fine") == "fine\n"


# ---- leaving -------------------------------------------------------------------------------------

@pytest.mark.parametrize("command, status", [
    ("sum /README.txt /boot/kernel.elf", 0),
    ("sum /nope", 1),
    ("log -n many", 2),
    ("nonsense", 127),
    ("echo \"a b\"", 0),
])
def test_run(command, status):
    with Machine(cmdline=f"run='{command}'") as machine:
        assert machine.wait_exit() == status
        if command.startswith("sum /R"):
            lines = plain(machine.text).splitlines()
            wanted = {line for line in crc_lines() if line.split()[2] in command.split()}
            assert len(wanted) == 2 and wanted <= set(lines)


def test_panic():
    with Machine() as machine:
        machine.wait_for(PROMPT)
        machine.type("panic by hand\r")
        machine.wait_for("by hand")
        machine.wait_for("monitor_poll")  # the backtrace
        wait_screen(machine, "by hand")


def test_reboot():
    with Machine(reboot=True) as machine:
        machine.wait_for(PROMPT)
        machine.type("reboot\r")
        machine.wait_for(harness.READY)
        machine.wait_for(PROMPT)


def test_poweroff():
    with Machine() as machine:
        machine.wait_for(PROMPT)
        machine.type("poweroff\r")
        assert machine.wait_exit() is None
        assert machine.shutdown == "guest-shutdown"
