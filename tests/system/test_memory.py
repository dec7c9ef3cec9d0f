"""Virtual memory: the kernel's own tests on CPUs with and without each kind of protection, the page
tables as the monitor shows them, and what happens when a stack overflows."""
import os
import re
import subprocess

import pytest

import harness
from harness import Bochs, Machine

ANSI = harness.ANSI
PAGING = "attack ring3 address page probe kernel_stack"


def ktest(words, **machine):
    """(passed, failed, skipped) of the kernel's own tests whose names begin with these words."""
    with Machine(cmdline=f"panic=exit run='ktest {words}'", **machine) as m:
        status = m.wait_exit(60)
        text = ANSI.sub("", m.text)
    result = re.search(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\r?$", text, re.M)
    assert result, text
    passed, failed, skipped = (int(n or 0) for n in result.groups())
    assert failed == 0 and status == 0, text
    return passed, failed, skipped


@pytest.mark.parametrize("cpu, skipped", [
    ("max", 0),
    ("max,-nx", 5),
    ("max,-smep,-smap,-umip", 4),
    ("max,-pdpe1gb", 0),
    ("qemu64,-pat", 4),
    ("qemu64,-pat,-mtrr", 4),
])
def test_paging_on_cpus_that_lack_something(cpu, skipped):
    passed, _, left_out = ktest(PAGING, cpu=cpu)
    assert left_out == skipped and passed + skipped >= 30


@pytest.mark.parametrize("memory", ["32", "3072", "6144"])
def test_paging_with_little_and_much_memory(memory):
    ktest(PAGING, cpu="max", memory=memory)


def test_the_framebuffer_is_write_combining():
    """By PAT, by an MTRR, or said not to be."""
    for cpu, wanted in (("qemu64", r"fffffe8000000000 is physical"),
                        ("qemu64,-pat", r"write-combining by MTRR \d"),
                        ("qemu64,-pat,-mtrr", r"stays uncached: neither PAT nor a free MTRR")):
        with Machine(cpu=cpu, cmdline="run='page-table 0xfffffe8000000000'") as machine:
            assert machine.wait_exit() == 0
            text = ANSI.sub("", machine.text)
        assert re.search(wanted, text), text
        assert ("read, write, global, write-combining" in text) == (cpu == "qemu64")


def page_table(address, **machine):
    with Machine(cmdline=f"kaslr=off run='page-table {address}'", **machine) as m:
        status = m.wait_exit()
        return status, ANSI.sub("", m.text)


def test_page_table():
    status, text = page_table("0xffffff0000001000")  # the kernel's code, kaslr=off
    assert status == 0
    levels = re.findall(r"^ *(PML4|PDPT|PD|PT)\[ *(\d+)\] at [0-9a-f]+: [0-9a-f]{16}  (.*?)\r?$", text, re.M)
    assert [(name, index) for name, index, _ in levels] == [("PML4", "510"), ("PDPT", "0"), ("PD", "0"),
                                                            ("PT", "1")]
    assert re.match(r"page of 4 KiB at [0-9a-f]+000: read, global, .*execute$", levels[3][2])
    assert "no execute" not in levels[3][2] and "write" not in levels[3][2]

    status, text = page_table("0xffff800000000000")  # physical memory
    assert status == 0 and "is physical 0\r" in text
    assert "no execute" in text.split("PML4[256]")[1].splitlines()[0]
    status, text = page_table("0xffff800040000000", cpu="max", memory="3072")
    assert status == 0 and "page of 1 GiB at 40000000" in text
    status, text = page_table("0x400000")
    assert status == 0 and "400000 is not mapped" in text
    status, text = page_table("0x0000800000000000")
    assert status == 1 and "not an address: bits 47 to 63 differ" in text
    status, text = page_table("")
    assert status == 2 and "usage: page-table" in text


def image_with_cmdline(folder, cmdline):
    """Bochs has no fw_cfg: the command line goes into boot.cfg."""
    disk = harness.copy_image(harness.IMAGE, folder)
    (folder / "boot.cfg").write_text(f"kernel=/boot/kernel.elf\ncmdline={cmdline}\n")
    (folder / "edit").write_text(f"cd /boot\nrm boot.cfg\nwrite {folder}/boot.cfg boot.cfg\n")
    subprocess.run(["debugfs", "-w", "-f", folder / "edit", f"{disk}?offset={2048 * 512}"], check=True,
                   capture_output=True, env=dict(os.environ, PATH=os.environ["PATH"] + ":/sbin:/usr/sbin"))
    return disk


@pytest.mark.parametrize("model, features", [
    ("corei7_skylake_x", "NX SMEP SMAP PCID 1-GiB-pages"), # PCID is what QEMU's TCG lacks
    ("corei5_lynnfield_750", "NX"),
])
def test_paging_in_bochs(model, features, tmp_path):
    disk = image_with_cmdline(tmp_path, f"init=monitor log=debug run='ktest {PAGING}'")
    with Bochs(disk, graphics=False, settings=[f"cpu: model={model}, ips=50000000"]) as bochs:
        match = bochs.wait_for(r"^(\d+) passed, (\d+) failed.*\n", timeout=120)
        assert match[2] == "0", bochs.text
        assert f"protection: {features}" in bochs.text


def boot_steps(memory, cpu):
    """Instructions of each step of a boot, the waits for the disk left out. The memory is not reserved on
    the host: hardly any of it is touched."""
    backend = ["-object", f"memory-backend-ram,id=ram,size={memory},reserve=off",
               "-machine", "memory-backend=ram"]
    with Machine(memory=memory, cpu=cpu, cmdline="kaslr=off run='boot -r'", icount=0, extra=backend) as m:
        assert m.wait_exit(60) == 0, m.report()
        stamps = [(int(ticks), name) for ticks, name in re.findall(r"^(\d+) ([^\r\n]+)", m.text, re.M)]
    steps = {name: ticks - before for (before, _), (ticks, name) in zip(stamps, stamps[1:])}
    return {name: steps[name] for name in steps if name not in ("mbr", "stage2", "kernel read", "desktop")}


def least_steps(memory, cpu):
    """The least of three boots: where a step waits for a device, the host's time leaks in."""
    boots = [boot_steps(memory, cpu) for _ in range(3)]
    return {name: min(boot[name] for boot in boots) for name in boots[0]}


@pytest.mark.parametrize("cpu, more", [("max", 50_000), ("qemu64", 400_000)])
def test_much_memory_costs_no_boot_time(cpu, more):
    """64 GiB beside 128 MiB. Without pages of 1 GiB there are 64 tables to fill, 32,768 pages."""
    little, much = least_steps("128M", cpu), least_steps("64G", cpu)
    assert little.keys() == much.keys() and "frames" in much
    assert much["frames"] < little["frames"] + 10_000
    assert sum(much.values()) < sum(little.values()) + more, (little, much)
