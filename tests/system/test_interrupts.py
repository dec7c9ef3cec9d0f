"""Interrupts: PIC and APIC on every machine, NMI, machine checks, storms, damaged ACPI tables."""
import re
import socket
import struct
import time

import pytest

from harness import PATIENCE, READY, Machine

DISK = {"pc": "ide", "q35": "q35-ide", "isapc": "isa-ide"}
KTESTS = "ktest interrupts apic exceptions deferred hardware"


def ktests(tests=KTESTS, cmdline="", timeout=60, **machine):
    """Run the kernel's own tests; the text of COM1, when they all passed."""
    with Machine(cmdline=f"{cmdline} run='{tests}'", **machine) as m:
        status = m.wait_exit(timeout)
        assert status == 0 and re.search(r"^\d+ passed, 0 failed", m.text, re.MULTILINE), m.text
        return m.text


def controller(text):
    return re.search(r"^controller: (\w+)", text, re.MULTILINE)[1]


# ---- both controllers ----------------------------------------------------------------------------

@pytest.mark.parametrize("machine, cpu, cpus, cmdline, wanted", [
    ("pc", "qemu64", 1, "", "APIC"),
    ("pc", "qemu64", 1, "apic=on", "APIC"),
    ("pc", "qemu64", 1, "apic=off", "PIC"),
    ("pc", "qemu64", 4, "", "APIC"),
    ("pc", "qemu64", 4, "apic=off", "PIC"),
    ("pc", "qemu64,-apic", 1, "", "PIC"),
    ("pc", "max", 1, "", "APIC"),
    ("q35", "qemu64", 1, "", "APIC"),
    ("q35", "qemu64", 4, "", "APIC"),
    ("q35", "qemu64", 1, "apic=off", "PIC"),
    ("isapc", "qemu64", 1, "", "PIC"),
    ("isapc", "qemu64", 1, "apic=off", "PIC"),
])
def test_controllers(machine, cpu, cpus, cmdline, wanted):
    """Timer, keyboard, serial line and disk all interrupt, whichever controller there is."""
    with Machine(machine=machine, cpu=cpu, cpus=cpus, cmdline=cmdline, disk=DISK[machine]) as m:
        m.wait_for(READY)
        m.wait_prompt()
        m.type_keys("help\n")  # the keyboard
        m.wait_prompt()
        said = m.command("irq")  # the serial line
        assert controller(said) == wanted, said
        for number, device in ((0, "timer"), (1, "keyboard"), (4, "serial"), (14, "ata")):
            row = re.search(rf"^ +{number} {device} +edge +(\d+) +(\d+) +0 +0$", said, re.MULTILINE)
            assert row and int(row[1]) > 0, said
            # A device's next edge may come while its handler still looks, and then finds all done:
            # now and then, not as a rule.
            assert int(row[2]) <= int(row[1]) + 10, said


@pytest.mark.parametrize("machine, cpus, cmdline", [
    ("pc", 1, ""), ("pc", 4, ""), ("pc", 1, "apic=off"), ("q35", 4, ""), ("q35", 1, "apic=off"),
    ("isapc", 1, ""),
])
def test_in_the_kernel(machine, cpus, cmdline):
    edu = ["-device", "edu"] if machine != "isapc" else []
    text = ktests(KTESTS + (" level" if edu else ""), cmdline, machine=machine, cpus=cpus,
                  disk=DISK[machine], extra=edu)
    if edu:
        assert "ok   level_line_that_storms" in text
        assert re.search(r"IRQ \d+ storms: 1000 interrupts in \d+ ms that none of edu claims: ma",
                         text), text


def test_an_unknown_word_is_named():
    with Machine(cmdline="apic=maybe run='irq'") as m:
        assert m.wait_exit() == 0
        assert "apic=maybe: not one of on, off; on taken" in m.text
        assert controller(m.text) == "APIC"


@pytest.mark.parametrize("cmdline", ["", "apic=off"])
def test_the_way_into_a_handler_is_short(cmdline):
    with Machine(cmdline=f"{cmdline} kaslr=off run='bench-interrupts'", icount=0) as m:
        assert m.wait_exit(60) == 0, m.text
        ticks = int(re.search(r"and back \(A?PIC\): (\d+) ticks", m.text)[1])
        assert 20 < ticks <= 400, m.text


# ---- NMI and machine checks ----------------------------------------------------------------------

@pytest.mark.parametrize("cpus, cmdline, cpu", [
    (1, "", "qemu64"), (4, "", "qemu64"), (1, "apic=off", "qemu64"), (1, "", "qemu64,-apic")])
def test_nmi_is_survived_and_named(cpus, cmdline, cpu):
    with Machine(cpus=cpus, cmdline=cmdline, cpu=cpu) as m:
        m.wait_for(READY)
        m.wait_prompt()
        for count in range(1, 4):
            m.qmp.command("inject-nmi")
            m.wait_for(rf"NMI without a cause at 0xf+\w+, {count} so far")
        said = m.command("irq")
        assert re.search(r"^ NMI - +- +3$", said, re.MULTILINE), said


def hmp(machine, line):
    return machine.qmp.command("human-monitor-command", **{"command-line": line})


def test_machine_check_is_named():
    """Uncorrected, in bank 1: data read, level 1, at an address, context corrupt."""
    with Machine(cmdline="panic=exit") as m:
        m.wait_for(READY)
        m.wait_prompt()
        hmp(m, "mce 0 1 0xbe00000000000135 0x4 0x1234000 0")
        assert m.wait_exit() == 0x7f
        assert re.search(r"panic: machine check \(exception 18\), bank 1: uncorrected: data read, "
                         r"data cache of level 1, context corrupt, at 0x1234000", m.text), m.text


# ---- ACPI tables ---------------------------------------------------------------------------------

class Stub:
    """QEMU's gdb stub: enough to stop at an address and to read and write memory there."""

    def __init__(self, path):
        deadline = time.monotonic() + 10 * PATIENCE
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20 * PATIENCE)
        self.socket.connect(str(path))
        self.buffer = b""

    def ask(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) & 255:02x}".encode())
        return self.answer()

    def answer(self):
        while not (packet := re.search(rb"\$([^#]*)#..", self.buffer)):
            data = self.socket.recv(65536)
            assert data, "the gdb stub hung up"
            self.buffer += data
        self.buffer = self.buffer[packet.end():]
        self.socket.sendall(b"+")
        return packet[1].decode()

    def run_to(self, address):
        assert self.ask(f"Z0,{address:x},1") == "OK"
        assert self.ask("c").startswith("T05")
        assert self.ask(f"z0,{address:x},1") == "OK"

    def read(self, address, size):
        got = b""
        while len(got) < size:
            part = min(1024, size - len(got))
            got += bytes.fromhex(self.ask(f"m{address + len(got):x},{part:x}"))
        return bytearray(got)

    def write(self, address, data):
        assert self.ask(f"M{address:x},{len(data):x}:{bytes(data).hex()}") == "OK"

    def leave(self):
        self.ask("D")
        self.socket.close()


class Tables:
    """The ACPI tables as the BIOS has just made them."""

    def __init__(self, stub):
        self.stub = stub
        area = stub.read(0xE0000, 0x20000)
        self.rsdp = 0xE0000 + area.index(b"RSD PTR ")
        self.rsdt, = struct.unpack("<I", stub.read(self.rsdp + 16, 4))
        root = self.table(self.rsdt)
        entries = struct.unpack_from(f"<{(len(root) - 36) // 4}I", root, 36)
        self.slot, self.madt = next((self.rsdt + 36 + 4 * i, at) for i, at in enumerate(entries)
                                    if stub.read(at, 4) == b"APIC")

    def table(self, at):
        return self.stub.read(at, struct.unpack("<I", self.stub.read(at + 4, 4))[0])

    def change(self, at, offset, data, checksum=True):
        """Write data into a table and put its checksum right."""
        table = self.table(at)
        table[offset:offset + len(data)] = data
        if checksum:
            table[9] = 0
            table[9] = -sum(table) & 255
        self.stub.write(at, table)

    def entry(self, kind):
        """The offset in the MADT of the first entry of that kind."""
        table, at = self.table(self.madt), 44
        while table[at] != kind:
            at += table[at + 1]
        return at


def dword(value):
    return struct.pack("<I", value)


def no_rsdp(t):
    t.stub.write(t.rsdp + 9, b"X")


def no_checksum(t):
    t.change(t.madt, 36, b"\0\0\xe1\xfe", checksum=False)


def madt_length(t):
    t.stub.write(t.madt + 4, dword(0xFFFFFFFF))


def root_address(t):
    rsdp = t.stub.read(t.rsdp, 20)
    rsdp[16:20] = dword(0xF0000000)
    rsdp[8] = 0
    rsdp[8] = -sum(rsdp) & 255
    t.stub.write(t.rsdp, rsdp)


def madt_address(t):
    t.change(t.rsdt, t.slot - t.rsdt, dword(0xFFFFFFF0))


def entry_length(t):
    t.change(t.madt, t.entry(1) + 1, b"\0")


def entry_too_long(t):
    t.change(t.madt, t.entry(4) + 1, b"\xff")


def io_apic_in_memory(t):
    t.change(t.madt, t.entry(1) + 4, dword(0x200000))


def io_apic_nowhere(t):
    t.change(t.madt, t.entry(1) + 4, dword(0xFED90000))


def timer_nowhere(t):
    t.change(t.madt, t.entry(2) + 4, dword(99))


def override_twice(t):
    """The second override becomes one of IRQ 0 to another line."""
    t.change(t.madt, t.entry(2) + 10 + 3, b"\0")


def local_apic_elsewhere(t):
    t.change(t.madt, 36, dword(0xFEE10000))


@pytest.mark.parametrize("damage, wanted, words", [
    (no_rsdp, "PIC", "the PIC stays: no ACPI tables"),
    (no_checksum, "PIC", r"APIC refused: table checksum is 0x\w+, must be 0x0"),
    (madt_length, "PIC", "APIC refused: table length is 0xffffffff, allowed 0x24 to 0x10000"),
    (root_address, "PIC", "a table at 0xf0000000, 36 bytes: there is no memory"),
    (madt_address, "PIC", "a table at 0xfffffff0, 36 bytes: there is no memory"),
    (entry_length, "PIC", r"MADT refused: MADT entry length is 0x0, allowed 0x2 to 0x\w+"),
    (entry_too_long, "PIC", r"MADT refused: MADT entry length is 0xff, allowed 0x2 to 0x\w+"),
    (io_apic_in_memory, "PIC", "the PIC stays: there is memory where the MADT has an I/O APIC"),
    (io_apic_nowhere, "PIC", "the PIC stays: nothing answers where the MADT has an I/O APIC"),
    (timer_nowhere, "PIC", "the PIC stays: the timer's or the keyboard's line is at no I/O APIC"),
    (override_twice, "PIC", r"MADT refused: MADT second override of an IRQ, to line is 0x"),
    (local_apic_elsewhere, "APIC",
     "the MADT has the local APIC at 0xfee10000, the CPU at 0xfee00000"),
])
def test_damaged_tables(damage, wanted, words):
    """The boot sector is about to run: a table is changed, and the kernel says so and goes on."""
    with Machine(start=False) as m:
        hmp(m, f"gdbserver unix:{m.folder}/gdb,server=on,wait=off")
        stub = Stub(m.folder / "gdb")
        stub.run_to(0x7C00)
        damage(Tables(stub))
        stub.leave()
        m.wait_for(READY)
        m.wait_prompt()
        assert re.search(words, m.text), m.text
        assert controller(m.command("irq")) == wanted
