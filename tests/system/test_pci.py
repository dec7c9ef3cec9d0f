"""/proc/pci and lspci: what QEMU plugged in is what is listed, by ports and by memory (ECAM)."""
import re

import pytest

from checks import plain
from harness import Machine

BRIDGE = ["-device", "pci-bridge,id=b,chassis_nr=1,addr=10", "-device", "pci-testdev,bus=b,addr=3"]


def lspci(machine="pc", disk="ide", extra=(), command="lspci -v; lspci; cat /proc/pci", **options):
    with Machine(init=None, machine=machine, disk=disk, extra=extra, cmdline=f"log=debug run='{command}'",
                 **options) as m:
        assert m.wait_exit(60) == 0, m.report()
        return plain(m.text)


def qemu_says(machine="pc", disk="ide", extra=(), **options):
    """{place: (vendor, device, class)} of all functions, through QMP."""
    with Machine(machine=machine, disk=disk, extra=extra, **options) as m:
        m.wait_prompt(60)
        return dict(functions(m.qmp.command("query-pci")))


def functions(buses):
    for bus in buses:
        for device in bus["devices"]:
            yield (f"{device['bus']:02x}:{device['slot']:02x}.{device['function']:x}",
                   (device["id"]["vendor"], device["id"]["device"], device["class_info"]["class"]))
            bridge = device.get("pci_bridge", {})
            yield from functions([{"devices": bridge.get("devices", [])}])


@pytest.mark.parametrize("machine, disk, extra", [("pc", "ide", []), ("pc", "ide", BRIDGE), ("q35", "q35-ide", []),
                                                  ("q35", "q35-ide", BRIDGE), ("pc,acpi=off", "ide", [])])
def test_all_functions_are_listed(machine, disk, extra):
    text = lspci(machine, disk, extra)
    rows = re.findall(r"^(\w\w:\w\w\.\w) (\w{4}):(\w{4}) class=(\w{6})", text, re.M)
    ours = {row[0]: (int(row[1], 16), int(row[2], 16), int(row[3], 16) >> 8) for row in rows}
    assert ours == qemu_says(machine, disk, extra)
    assert ("configuration at 0xb0000000" in text) == (machine == "q35")
    assert "is not what the ports have" not in text


def test_names_sizes_and_lines():
    text = lspci()
    assert "00:00.0 host bridge: 8086:1237 (rev 02)\n" in text
    assert re.search(r"^00:01.1 IDE controller: 8086:7010 .*\n    answers to ports and memory, bus master\n"
                     r"    4: ports c\w{3}, 16$", text, re.M)
    assert re.search(r"^00:02.0 VGA controller: 1234:1111 .*\n.*\n    0: memory fd000000, 16M, prefetchable\n"
                     r"    2: memory \w+, 4.0K$", text, re.M)


def test_messages_are_on_where_they_are_used():
    text = lspci("q35", "ahci")
    row = re.search(r"SATA controller \(AHCI\): (.*\n(    .*\n)+)", text)[1]
    assert "capability MSI, 1 message, on" in row and "interrupt pin A, line " in row


def test_reading_disturbs_nobody():
    """Sizes are asked once; the disk is read meanwhile, and the screen remains."""
    text = lspci(command="cat /bin/tools > /tmp/a & lspci > /tmp/1; lspci > /tmp/2; wait; cmp /tmp/1 /tmp/2; "
                         "cmp /tmp/a /bin/tools; test -s /tmp/1; echo same $?")
    assert re.search("^same 0$", text, re.M) and "differ" not in text


def test_without_pci_there_is_nothing():
    assert "host bridge" not in lspci("isapc", "isa-ide", cpu="max")
