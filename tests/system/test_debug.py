"""The debugging paths, driven as a person drives them but from scripts."""
import os
import re
import subprocess
import sys

from harness import IMAGE, PATIENCE, TOP

MACHINE = ["qemu-system-x86_64", "-accel", "tcg", "-m", "64", "-nic", "none", "-display", "none",
           "-drive", f"file={IMAGE},format=raw,if=ide,snapshot=on"]
SYMBOL = re.compile(r"^([0-9a-f]+) \w (\S+)$", re.MULTILINE)


def gdb(what, *commands):
    """tools/debug.py, as make debug runs it, with commands after its own. What gdb printed."""
    arguments = "-batch " + " ".join(f"-ex '{command}'" for command in commands)
    result = subprocess.run([sys.executable, "-B", "tools/debug.py", what, "gdb", *MACHINE], cwd=TOP,
                            env=dict(os.environ, GDB_ARGS=arguments), timeout=120 * PATIENCE,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    assert "Error occurred in Python" not in result.stdout, result.stdout
    return result.stdout


def symbols(path):
    listing = subprocess.run(["nm", TOP / path], capture_output=True, text=True, check=True).stdout
    return {name: int(address, 16) for address, name in SYMBOL.findall(listing)}


def test_kernel_symbols():
    """At the first instruction, with symbols where this boot put the kernel, and a call stack."""
    said = gdb("kernel", "info symbol $pc", "tbreak idle_loop", "continue", "bt")
    base = int(re.search(r"^kernel at (0x[0-9a-f]+)", said, re.MULTILINE)[1], 16)
    assert base >= 0xFFFFFF0000000000 and base % (2 << 20) == 0, said
    assert "_start in section .text" in said, said
    assert re.search(r"#0 .* idle_loop \(\) at kernel/main.c:\d+", said), said
    assert re.search(r"#\d .*_start", said), said


def test_boot_info():
    """Before the kernel has its copy, and after."""
    said = gdb("kernel", "boot-info", "tbreak idle_loop", "continue", "echo \\n=====\\n",
               "boot-info")
    for part in said.split("====="):
        assert re.search(r"^boot_info version \d+, from FastOS stage 2", part, re.MULTILINE), said
        assert re.search(r"0x000000100000–0x\w+ +\d+ KiB  usable", part), said
        assert "partition 1 at sector 2048" in part, said
        assert re.search(r"ticks  kernel entry", part), said
    signature = int.from_bytes(IMAGE.read_bytes()[440:444], "little")
    assert f"signature {signature:#010x}" in said


def test_page_table():
    said = gdb("kernel", "tbreak idle_loop", "continue", "page-table $pc",
               "page-table 0xffff8000000b8000", "page-table 0", "page-table $rsp")
    base = int(re.search(r"^kernel at (0x[0-9a-f]+)", said, re.MULTILINE)[1], 16)
    code, video, stack = re.findall(r"^(0x[0-9a-f]+) → physical (0x[0-9a-f]+): (.*)$", said,
                                    re.MULTILINE)
    assert 0 < int(code[0], 16) - base < symbols("build/kernel.sym.elf")["kernel_text_end"]
    assert code[2] == "read execute", "code is not writable"
    assert video[1:] == ("0xb8000", "read write"), "the physical map is not executable"
    assert stack[2] == "read write"
    assert "PML4[510]" in said and "PML4[0] = 0x0000000000000000: not present" in said


def test_log():
    """From memory: the serial line is not needed for it."""
    said = gdb("kernel", "tbreak idle_loop", "continue", "log")
    assert re.search(r"^\[ +\d+\.\d{6}\] kernel: FastOS on ", said, re.MULTILINE), said
    assert "ata0: QEMU HARDDISK" in said


def test_kernel_symbols_of_a_running_kernel():
    """kernel-symbols finds the kernel without having seen it start."""
    said = gdb("boot", "tbreak *handover_jump", "continue", "stepi 20", "kernel-symbols",
               "tbreak kernel_main", "continue")
    assert re.search(r"^kernel at 0xffffff", said, re.MULTILINE), said
    assert re.search(r"kernel_main \(.*\) at kernel/main.c:\d+", said), said


def test_boot_sector():
    """16-bit code is shown as such, instruction by instruction, and on into stage 2."""
    said = gdb("boot", "stepi", "tbreak entry", "continue", "tbreak stage2_main", "continue",
               "info registers cr0")
    assert re.search(r"=> 0000:7c00  EB58 +jmp short 0x7c5a", said), said
    assert re.search(r"=> 0000:7c5a  ", said), said
    entry = symbols("build/stage2.elf")["entry"]
    assert f"=> 0000:{entry:04x}  " in said, said
    assert re.search(r"stage2_main \(\) at stage2/\w+.c:\d+", said), said
    assert re.search(r"cr0 .*\[ PG .*PE \]", said), said


def test_a_machine_that_cannot_start():
    result = subprocess.run([sys.executable, "-B", "tools/debug.py", "kernel", "gdb",
                             "qemu-system-x86_64", "-nonsense"], cwd=TOP, capture_output=True,
                            text=True, timeout=60 * PATIENCE, stdin=subprocess.DEVNULL)
    assert result.returncode == 1 and "QEMU ended at once" in result.stderr


def test_bochs(tmp_path):
    """The stops of make bochs-debug: boot sector, stage 2, long mode, the kernel's entry."""
    image = tmp_path / "disk.img"
    subprocess.run(["cp", "--sparse=always", IMAGE, image], check=True)
    lines = (TOP / "bochsrc").read_text().replace("build/fastos.img", str(image))
    lines = lines.replace("build/bochs.", f"{tmp_path}/bochs.")
    (tmp_path / "bochsrc").write_text(lines)
    result = subprocess.run([sys.executable, "-B", "tools/bochs_debug.py", "nm", "bochs", "-q", "-f",
                             tmp_path / "bochsrc"], cwd=TOP, timeout=120 * PATIENCE,
                            env=dict(os.environ, BATCH="1", SDL_VIDEODRIVER="dummy"),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace")
    table = symbols("build/stage2.elf")
    at = [int(address.replace("_", ""), 16)
          for address in re.findall(r"^rip: (\w+)", result.stdout, re.MULTILINE)]
    assert at[:3] == [0x7C00, table["entry"], table["stage2_main"]], result.stdout[-3000:]
    kernel = symbols("build/kernel.sym.elf")["_start"]
    assert len(at) == 4 and at[3] >> 40 == 0xFFFFFF and at[3] % (2 << 20) == kernel
    modes = re.findall(r"^CR0=\w+: (PG|pg).* (PE|pe)$", result.stdout, re.MULTILINE)
    assert modes == [("pg", "pe"), ("pg", "pe"), ("PG", "PE"), ("PG", "PE")]
