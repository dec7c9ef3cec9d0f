"""gdb with FastOS in QEMU. `make debug` and `make debug-boot` start it; by hand:

    qemu-system-x86_64 … -S -s    and    gdb -x tools/gdb/fastos.py -ex 'target remote :1234'

Commands of our own (`help user-defined` in gdb lists them):
    kernel-symbols     find where the kernel was loaded and read its symbols for there
    boot-info          what stage 2 left to the kernel
    page-table ADDR    how the CPU translates an address, level by level
    log                the kernel's log, from memory: works when nothing else does any more
    cpu16              registers and next instructions in real mode (shown at each stop there)
"""
import os
import re
import subprocess

import gdb

STAGE2 = "build/stage2.elf"
BOOT_SECTOR = "build/mbr.elf"
KERNEL = "build/kernel.sym.elf"
VIRT_KERNEL = 0xFFFFFF0000000000  # lib/abi/boot_info.h
ADDRESS = 0x000FFFFFFFFFF000      # the address bits of a page table entry
CR0_PE, CR0_PG = 1, 1 << 31
MEMORY_TYPES = {1: "usable", 2: "reserved", 3: "ACPI", 4: "ACPI NVS", 5: "bad", 16: "loader",
                17: "page tables", 18: "kernel", 19: "ramdisk", 20: "framebuffer"}


def register(name):
    return int(gdb.parse_and_eval("$" + name)) & 0xFFFFFFFFFFFFFFFF


def physical_qword(address):
    """Eight bytes of physical memory: gdb itself knows virtual memory alone, QEMU's monitor both."""
    answer = gdb.execute(f"monitor xp /1gx {address:#x}", to_string=True)
    found = re.search(r": (0x[0-9a-f]+)", answer)
    if not found:
        raise gdb.GdbError(f"no physical memory at {address:#x}: {answer.strip()}")
    return int(found[1], 16)


def text(value):
    """A char array that a NUL ends."""
    return value.string("utf-8", "replace")


# ---- where the kernel is -------------------------------------------------------------------------

def load_base():
    """The virtual address of the kernel's first page: the lowest one mapped below PML4[510]."""
    if not register("cr0") & CR0_PG:
        raise gdb.GdbError("paging is off: the kernel is not loaded yet")
    table, base = register("cr3") & ADDRESS, 0xFFFF000000000000
    for level, first in ((39, 510), (30, 0), (21, 0), (12, 0)):
        for index in [first] if level == 39 else range(512):
            entry = physical_qword(table + index * 8)
            if entry & 1:
                base += index << level
                table = entry & ADDRESS
                break
        else:
            raise gdb.GdbError("no kernel is mapped: stage 2 has not come to it yet")
    return base


def use_kernel_symbols(base):
    gdb.execute("symbol-file", to_string=True)
    gdb.execute(f"add-symbol-file {KERNEL} -o {base:#x}", to_string=True)
    print(f"kernel at {base:#x}, slide {(base - VIRT_KERNEL) >> 21} × 2 MiB")


def linked_address(file, symbol):
    """The address that the symbol has in the file. For before there is a machine."""
    gdb.execute(f"symbol-file {file}", to_string=True)
    address = int(gdb.parse_and_eval(f"(unsigned long)&{symbol}"))
    gdb.execute("symbol-file", to_string=True)
    return address


class KernelSymbols(gdb.Command):
    """Find where the kernel was loaded and read its symbols for there."""

    def __init__(self):
        super().__init__("kernel-symbols", gdb.COMMAND_USER)

    def invoke(self, *_):
        use_kernel_symbols(load_base())


# ---- boot-info -----------------------------------------------------------------------------------

def boot_info():
    """The kernel's copy, else stage 2's own."""
    for expression in ("&'boot.c'::copy", "(struct boot_info *)&boot_info"):
        try:
            info = gdb.parse_and_eval(expression).dereference()
            if int(info["magic"]) == 0x4F464E49544F4F42:
                return info
        except gdb.error:
            pass
    # At the kernel's entry RDI points to it.
    info = gdb.parse_and_eval("(struct boot_info *)$rdi").dereference()
    if int(info["magic"]) != 0x4F464E49544F4F42:
        raise gdb.GdbError("no boot_info yet")
    return info


def show_memory(info):
    print(f"memory, as the BIOS told by {int(info['bios_memory_source']):#x} and stage 2 settled it:")
    for index in range(int(info["memory_count"])):
        entry = info["memory"][index]
        base, length, kind = int(entry["base"]), int(entry["length"]), int(entry["type"])
        print(f"  {base:#014x}–{base + length - 1:#014x}  {length >> 10:>9} KiB  "
              f"{MEMORY_TYPES.get(kind, kind)}")


def show_screen(framebuffer):
    if not int(framebuffer["phys"]):
        return print("framebuffer: none" + (", VGA text" if framebuffer["has_vga_text"] else ""))
    print("framebuffer: {width}×{height}×{bits_per_pixel}, pitch {pitch}, mode {mode:#x}, "
          "physical {phys:#x}, virtual {virt:#x}".format(
              mode=int(framebuffer["vbe_mode"]),
              **{name: int(framebuffer[name]) for name in
                 ("width", "height", "bits_per_pixel", "pitch", "phys", "virt")}))


class BootInfo(gdb.Command):
    """What stage 2 left to the kernel (lib/abi/boot_info.h)."""

    def __init__(self):
        super().__init__("boot-info", gdb.COMMAND_USER)

    def invoke(self, *_):
        info = boot_info()
        kernel, disk = info["kernel"], info["disk"]
        print(f"boot_info version {int(info['version'])}, from {text(info['bootloader'])}")
        print(f"command line: {text(info['cmdline'])!r}")
        show_memory(info)
        show_screen(info["framebuffer"])
        print(f"disk: BIOS drive {int(disk['bios_drive']):#x}, partition {int(disk['partition'])} at "
              f"sector {int(disk['partition_start_lba'])}, signature {int(disk['mbr_signature']):#010x}")
        print(f"kernel: {int(kernel['bytes']) >> 10} KiB, physical {int(kernel['phys']):#x}, "
              f"virtual {int(kernel['virt']):#x}, entry {int(kernel['entry_virt']):#x}")
        stamps = [info["stamps"][index] for index in range(int(info["stamp_count"]))]
        for stamp in stamps:
            ticks = int(stamp["tsc"]) - int(stamps[0]["tsc"])
            print(f"  {ticks:>14} ticks  {text(stamp['name'])}")


# ---- page-table ----------------------------------------------------------------------------------

class PageTable(gdb.Command):
    """page-table ADDR: how the CPU translates an address, level by level (Intel SDM 3A §4.5)."""

    LEVELS = (("PML4", 39, 0), ("PDPT", 30, 1 << 30), ("PD", 21, 2 << 20), ("PT", 12, 4096))

    def __init__(self):
        super().__init__("page-table", gdb.COMMAND_USER)

    def invoke(self, argument, _):
        if not argument:
            raise gdb.GdbError("page-table ADDR")
        address = int(gdb.parse_and_eval(argument)) & 0xFFFFFFFFFFFFFFFF
        if not register("cr0") & CR0_PG:
            return print(f"{address:#x}: paging is off, the physical address is the same")
        self.walk(address)

    def walk(self, address):
        table, write, user, execute = register("cr3") & ADDRESS, True, True, True
        print(f"CR3 {table:#x}")
        for name, shift, page in self.LEVELS:
            index = address >> shift & 511
            entry = physical_qword(table + index * 8)
            if not entry & 1:
                return print(f"{name}[{index}] = {entry:#018x}: not present")
            write, user = write and bool(entry & 2), user and bool(entry & 4)
            execute = execute and not entry >> 63
            leaf = name == "PT" or (page and entry & 0x80)
            print(f"{name}[{index}] = {entry:#018x} {self.flags(entry)}"
                  + (f", page of {page >> 10} KiB" if leaf else ""))
            if leaf:
                target = entry & ADDRESS & ~(page - 1) | address & (page - 1)
                rights = [" read", " write" * write, " execute" * execute, " user" * user]
                return print(f"{address:#x} → physical {target:#x}:{''.join(rights)}")
            table = entry & ADDRESS

    @staticmethod
    def flags(entry):
        names = ((1, "write"), (2, "user"), (3, "write-through"), (4, "uncached"), (5, "accessed"),
                 (6, "dirty"), (8, "global"), (63, "no-execute"))
        return " ".join(name for bit, name in names if entry >> bit & 1)


# ---- log -----------------------------------------------------------------------------------------

class Log(gdb.Command):
    """The kernel's log, from memory."""

    def __init__(self):
        super().__init__("log", gdb.COMMAND_USER)

    def invoke(self, *_):
        try:
            ring = gdb.parse_and_eval("'log.c'::ring")
        except gdb.error as error:
            raise gdb.GdbError(f"no kernel symbols ({error}): kernel-symbols reads them")
        capacity, first, count = (int(ring[name]) for name in ("capacity", "first", "count"))
        memory = gdb.selected_inferior().read_memory(int(ring["bytes"]), capacity).tobytes()
        print((memory[first:] + memory[:first])[:count].decode("utf-8", "replace"), end="")


# ---- real mode -----------------------------------------------------------------------------------

def in_real_mode():
    return not register("cr0") & CR0_PE


class Cpu16(gdb.Command):
    """Registers and the next instructions in real mode. gdb takes the CPU for a 64-bit one all the
    time, so ndisasm decodes them."""

    def __init__(self):
        super().__init__("cpu16", gdb.COMMAND_USER)

    def invoke(self, *_):
        value = {name: register(name) & 0xFFFF for name in
                 ("cs", "ds", "es", "ss", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp")}
        flags = register("eflags")
        print("  ".join(f"{name.lstrip('r').upper()}={value[name]:04x}" for name in
                        ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp")))
        letters = "".join(letter if flags >> bit & 1 else "-" for letter, bit in
                          (("O", 11), ("D", 10), ("I", 9), ("S", 7), ("Z", 6), ("A", 4), ("P", 2),
                           ("C", 0)))
        print("  ".join(f"{name.upper()}={value[name]:04x}" for name in ("ds", "es", "ss", "cs"))
              + f"  flags {letters}")
        self.stack(value)
        self.code(value["cs"], register("rip") & 0xFFFF)

    @staticmethod
    def stack(value):
        at = value["ss"] * 16 + value["rsp"]
        words = gdb.selected_inferior().read_memory(at, 16).tobytes()
        print("stack " + " ".join(f"{words[i] | words[i + 1] << 8:04x}" for i in range(0, 16, 2)))

    @staticmethod
    def code(segment, offset, count=8):
        memory = gdb.selected_inferior().read_memory(segment * 16 + offset, count * 8).tobytes()
        lines = subprocess.run(["ndisasm", "-b16", "-o", str(offset), "-"], input=memory,
                               capture_output=True, check=True).stdout.decode().splitlines()
        for line in lines[:count]:
            at, code, instruction = line.split(maxsplit=2)
            arrow = "=>" if int(at, 16) == offset else "  "
            print(f"{arrow} {segment:04x}:{int(at, 16):04x}  {code:<16} {instruction}")


def show_real_mode(event):
    if in_real_mode():
        gdb.execute("cpu16")


# ---- the ways in ---------------------------------------------------------------------------------

def run_to(address):
    stop = gdb.Breakpoint(f"*{address:#x}", temporary=True, internal=True)
    stop.silent = True
    gdb.execute("continue", to_string=True)


class DebugKernel(gdb.Command):
    """debug-kernel SOCKET: from power-on to the kernel's first instruction, symbols read."""

    def __init__(self):
        super().__init__("debug-kernel", gdb.COMMAND_USER)

    def invoke(self, argument, _):
        jump, start = linked_address(STAGE2, "handover_jump"), linked_address(KERNEL, "_start")
        gdb.execute(f"target remote {argument}", to_string=True)
        # There (stage2/handover.asm) RSI is the kernel's entry, wherever it is this time.
        run_to(jump)
        if register("rip") != jump:
            raise gdb.GdbError("stage 2 never came to its jump into the kernel")
        entry = register("rsi")
        run_to(entry)
        use_kernel_symbols(entry - start)
        print("At the kernel's first instruction. Try: boot-info, page-table $rip, break kernel_main,")
        print("continue, log. The serial line goes to build/debug.serial.")


class DebugBoot(gdb.Command):
    """debug-boot SOCKET: from power-on to the boot sector at 0000:7c00."""

    def __init__(self):
        super().__init__("debug-boot", gdb.COMMAND_USER)

    def invoke(self, argument, _):
        gdb.execute(f"target remote {argument}", to_string=True)
        gdb.execute(f"symbol-file {STAGE2}", to_string=True)
        gdb.execute(f"add-symbol-file {BOOT_SECTOR}", to_string=True)
        run_to(0x7C00)
        print("At the boot sector. stepi steps; `break *&read` and `break *&entry`, `continue` go to")
        print("its next read and to stage 2; registers and code are shown at each stop in real mode.")
        gdb.execute("cpu16")
        gdb.events.stop.connect(show_real_mode)


for command in (KernelSymbols, BootInfo, PageTable, Log, Cpu16, DebugKernel, DebugBoot):
    command()
for setting in ("confirm off", "pagination off", "architecture i386:x86-64",
                "disassembly-flavor intel", "print pretty on", "print asm-demangle on"):
    gdb.execute("set " + setting, to_string=True)
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
