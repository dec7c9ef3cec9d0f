"""The ways to leave: ACPI's S5, its reset register, the keyboard controller, a triple fault, in this order."""
import pytest

from checks import plain, wait_for_monitor
from harness import READY, Machine


def leave(command, machine="pc", cmdline="", **options):
    """-> QEMU's reason, whether a triple fault did it, what COM1 said."""
    with Machine(machine=machine, cmdline=f"log=debug {cmdline}", **options,
                 extra=["-d", "cpu_reset", "-D", "/dev/stderr"]) as m:
        wait_for_monitor(m)
        m.type(f"{command}\n")
        assert m.wait_exit() is None, m.report()
        return m.shutdown, "Triple fault" in m.said(), plain(m.text)


@pytest.mark.parametrize("machine, disk", [("pc", "ide"), ("q35", "q35-ide")])
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_acpi_switches_off(machine, disk, cpu):
    reason, _, text = leave("poweroff", machine, disk=disk, cpu=cpu)
    assert reason == "guest-shutdown"
    assert "power: PM1 control at 0x604 and 0x0, S5 0 and 0, reset at 0x" in text


@pytest.mark.parametrize("machine, cmdline", [("pc,acpi=off", ""), ("pc", "drv.power=off")])
def test_without_acpi_the_user_is_told(machine, cmdline):
    with Machine(machine=machine, cmdline=cmdline) as m:
        wait_for_monitor(m)
        m.type("poweroff\n")
        m.wait_for("safe to switch this computer off")


@pytest.mark.parametrize("machine, disk, triple", [
    ("q35", "q35-ide", False), ("q35,i8042=off", "q35-ide", False),  # ACPI
    ("pc", "ide", False), ("pc,acpi=off", "ide", False),             # the keyboard controller
    ("pc,i8042=off", "ide", True), ("pc,acpi=off,i8042=off", "ide", True)])
def test_reset_by_the_first_that_is_there(machine, disk, triple):
    reason, faulted, _ = leave("reboot", machine, disk=disk)
    assert (reason, faulted) == ("guest-reset", triple)


def test_it_comes_back():
    with Machine(machine="q35", disk="q35-ide", reboot=True) as m:
        for _ in range(2):
            m.wait_for(READY)
            m.wait_prompt()
            m.type("reboot\n")
        m.wait_for(READY)


@pytest.mark.parametrize("line", ["FACP", "DSDT"])
def test_a_second_table_changes_nothing(line, tmp_path):
    """Of zeros, behind those of the BIOS."""
    table = tmp_path / "table"
    table.write_bytes(bytes(400))
    with Machine(extra=["-acpitable", f"sig={line},rev=1,data={table}"]) as m:
        wait_for_monitor(m)
        m.type("poweroff\n")
        assert m.wait_exit() is None and m.shutdown == "guest-shutdown", m.report()
