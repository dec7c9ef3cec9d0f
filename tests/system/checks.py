"""What several system tests ask of a machine, beyond what it prints first.

    text = run("sum /README.txt", memory="8")     boot, one command of the monitor, leave: COM1's text
    wait_for_monitor(machine)                     until its prompt; no complaint that does not belong
    wait_for_halt(machine, "not enough memory")   until stage 2 gave up; the reason stands everywhere
"""
import re
import zlib

from harness import ANSI, READY, TOP, Machine

ROOT = TOP / "build" / "root"  # what disk.img.mk put into the image
# What should not come in a boot without trouble: all that stage 2 says, and the log's complaints.
COMPLAINT = re.compile(r"^\[ *\d+\.\d+\] (?:stage2: .*|\S+: (?:warning|error): .*)$", re.MULTILINE)
CHANGES_LOST = r"root is in memory \(.+\): changes are lost at power-off"


def plain(text):
    """Without colours, with plain line ends."""
    return ANSI.sub("", text).replace("\r\n", "\n")


def sum_line(path):
    """What the monitor's `sum` says of a file that is in every image."""
    data = (ROOT / path.lstrip("/")).read_bytes()
    return f"{zlib.crc32(data):08x}  {len(data)}  {path}"


README, KERNEL = sum_line("/README.txt"), sum_line("/boot/kernel.elf")


def complaints(text, *belonging):
    """The lines of complaint that match none of these patterns."""
    return [line for line in COMPLAINT.findall(plain(text))
            if not any(re.search(pattern, line) for pattern in belonging)]


def assert_clean(machine, *belonging):
    """No complaint but these, and each of these at least once."""
    assert complaints(machine.text, *belonging) == [], machine.report()
    for pattern in belonging:
        assert re.search(pattern, plain(machine.text)), f"no {pattern!r}\n{machine.report()}"


def run(command="sum /README.txt", *belonging, options="", status=0, timeout=60, **machine):
    """Boot with the kernel's `options`, run one command, leave. COM1's text, plain."""
    with Machine(cmdline=f"{options} run='{command}'".strip(), **machine) as m:
        got = m.wait_exit(timeout)
        assert got == status, f"{command}: status {got}, want {status}\n{m.report()}"
        assert_clean(m, *belonging)
        text = plain(m.text)
        if command == "sum /README.txt":
            assert README in text.splitlines(), m.report()
        return text


def wait_for_monitor(machine, *belonging, timeout=60):
    """Until the monitor is at its prompt and has read a file."""
    machine.wait_for(READY, timeout)
    machine.wait_prompt(timeout)
    assert_clean(machine, *belonging)
    assert machine.command("sum /README.txt") == README


def squeeze(text):
    """Without white space: a screen may break a line anywhere."""
    return "".join(text.split())


def wait_for_halt(machine, reason, timeout=60):
    """Until stage 2 says that it halts. Its reason is on COM1, port E9h and the screen alike, and the
    machine stands still instead of starting anew."""
    line = machine.wait_for(rf"(stage2: [^\r\n]*{reason}[^\r\n]*)\r", timeout)[1]
    machine.wait_for(r"stage2: halted\. Switch the machine off or press reset\.", timeout)
    machine.wait_for_debugcon("halted")
    assert squeeze(line) in squeeze(machine.debugcon)
    assert squeeze(line) in squeeze("".join(machine.screen_lines()))
    assert_alive(machine)
    assert "kernel:" not in machine.text
    return line


def assert_alive(machine):
    """Nothing reset it or switched it off (Machine runs QEMU with -no-reboot)."""
    assert machine.process.poll() is None, machine.report()
    assert machine.qmp.command("query-status")["running"], machine.report()
