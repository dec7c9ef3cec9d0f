"""Drivers as files: loaded, unloaded, refused; moved from the kernel to ring 3 and back. The files that are
wrong are good ones with a few bytes changed."""
import re
import struct
import subprocess

import pytest

from checks import make_image, plain
from harness import TOP, Machine
from test_hybrid import drivers, run, type_until

MODULES = TOP / "build/modules"

# Where drivers/module.ld puts things, in the file: the constants, with the header; the driver behind it.
HEADER, DRIVER = 0x2000, 0x2040

# Writes to its own code and constants, and runs its own data, as it is asked.
WX = r"""
#include "drivers/ddi.h"

static struct { uint8_t bytes[64]; } wx;
static const uint64_t constant = 1;

static int init(void) { return 0; }

static int64_t request(unsigned what, uint64_t value)
{
    wx.bytes[0] = 0xc3;
    if (what == 1)
        *(volatile uint8_t *)(uintptr_t)request = (uint8_t)value;
    else if (what == 2)
        *(volatile uint64_t *)(uintptr_t)&constant = value;
    else if (what == 3)
        *(volatile uint8_t *)(uintptr_t)ddi_driver_wx.manifest.name = (uint8_t)value;
    else if (what == 4)
        ((void (*)(void))(uintptr_t)wx.bytes)();
    else
        wx.bytes[8] = (uint8_t)value;
    return wx.bytes[8] + (int64_t)*(const volatile uint64_t *)&constant;
}

DDI_DRIVER = {
    .manifest = {.version = DDI_VERSION, .name = "wx", .placement = DDI_PLACED_KERNEL},
    .state = &wx, .state_size = sizeof(wx), .init = init, .request = request,
};
"""


def compile_module(folder, name, source):
    """As kernel.mk does it."""
    (folder / f"{name}.c").write_text(source)
    include = subprocess.run(["gcc", "-print-file-name=include"], capture_output=True, text=True).stdout.strip()
    flags = ["-std=c17", "-I.", "-Ibuild/gen", "-Os", "-ffreestanding", "-fno-builtin", "-nostdinc", "-isystem",
             include, "-march=x86-64", "-mno-red-zone", "-mgeneral-regs-only", "-fPIC", "-fno-plt",
             "-fvisibility=hidden", "-fcf-protection=none", "-fno-stack-protector",
             "-fno-asynchronous-unwind-tables", "-include", "kernel/core/driver/self.h",
             f"-DDDI_SELF=ddi_driver_{name}"]
    subprocess.run(["gcc", *flags, "-c", folder / f"{name}.c", "-o", folder / f"{name}.o"], cwd=TOP, check=True)
    subprocess.run(["ld", "-shared", "-z", "text", "-z", "max-page-size=4096", "-z", "noexecstack", "-Bsymbolic",
                    "--hash-style=sysv", "--build-id=none", "-T", "drivers/module.ld", "--strip-all",
                    folder / f"{name}.o", "-o", folder / f"{name}.fko"], cwd=TOP, check=True)


def replaced(data, old, new):
    assert data.count(old) >= 1 and len(old) == len(new)
    return data.replace(old, new)


def patched(data, offset, form, *values):
    data = bytearray(data)
    struct.pack_into(form, data, offset, *values)
    return bytes(data)


def first_relocation(data):
    """Its place in the file; constants are at link address 1000h."""
    return struct.unpack_from("<Q", data, HEADER + 40)[0] - 0x1000 + HEADER


def bad_modules():
    """{name: (contents, what the log says)}"""
    null, crash = ((MODULES / f"{name}.fko").read_bytes() for name in ("null", "crash"))
    assert null[HEADER:HEADER + 8] == b"FASTOSKO"
    rela = first_relocation(null)
    ports = struct.pack("<HH", 0x278, 0x279)
    callback = DRIVER + crash[DRIVER:].index(struct.pack("<I", 200))  # somewhere behind the heartbeat
    assert callback > DRIVER
    return {
        "version": (patched(null, DRIVER, "<I", 7), "interface version 7, this kernel has 1"),
        "symbol": (replaced(null, b"ddi_of_timer", b"ddi_of_tamer"), "ddi_of_tamer: no such function for modules"),
        "taken": (replaced(null, b"null\0", b"ata\0\0"), "there is a driver ata already"),
        "overlap": (replaced(crash, ports, struct.pack("<HH", 0x60, 0x60)), "ports 0x60 to 0x60 are also mouse's"),
        "kept": (replaced(crash, ports, struct.pack("<HH", 0x20, 0x21)), "the PIC is the kernel's"),
        "name": (replaced(null, b"null\0", b"n/ll\0"), "a name has letters, digits, - and _"),
        "escape": (replaced(null, b"null\0", b"\x1b[2J\0"), "its manifest's texts are none"),
        "target": (patched(null, rela, "<Q", 0x10), "a relocation outside of constants and variables, at 0x10"),
        "beyond": (patched(null, rela, "<Q", 1 << 40), "a relocation outside of constants and variables"),
        "addend": (patched(null, rela + 16, "<Q", 0xfff), "a relocation to outside of the module"),
        "type": (patched(null, rela + 8, "<Q", 2), "a relocation of type 0x2"),
        "table": (patched(null, HEADER + 40, "<QQ", 0x1000, 1 << 63), "a table to link by lies outside"),
        "magic": (patched(null, HEADER, "<Q", 0), "not a module of FastOS"),
        "short": (null[:0x2100], "p_offset: a segment ends beyond the file"),
        "shorter": (null[:63], "shorter than the 64 bytes"),
        "empty": (b"", "not a program that can run here"),
        "text": (b"#!/bin/sh\n" * 20, "magic is not 7F 'ELF'"),
        "program": ((TOP / "build/user/drivers/null").read_bytes(), "p_"),
        "writable": (patched(null, 64 + 4, "<I", 7), "a segment both writable and executable"),
        "large": (null + bytes(1 << 20), "file too large"),
    }


MANY = """
load() { drvctl load null; drvctl null start; drvctl unload null; }
move() { drvctl load null; drvctl null placement user; drvctl null request 1 1; drvctl unload null; }
ten() { for i in 1 2 3 4 5 6 7 8 9 10; do $1; done; }
hundred() { for k in 1 2 3 4 5 6 7 8 9 10; do ten load; done; }
hundred; move; move; grep MemFree /proc/meminfo
hundred; move; move; grep MemFree /proc/meminfo
drvctl load crash; drvctl crash request 5 & sleep 0; drvctl unload crash; wait
lsdev
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("modules")
    files = folder / "extra/bad"
    files.mkdir(parents=True)
    for name, (contents, _) in bad_modules().items():
        (files / f"{name}.fko").write_bytes(contents)
    compile_module(folder, "wx", WX)
    (files.parent / "many.sh").write_text(MANY)
    (files.parent / "wx.fko").write_bytes((folder / "wx.fko").read_bytes())
    return make_image(folder, extra=files.parent)


def test_wrong_files_are_refused(image):
    """Each with its reason; nothing of them stays, and no driver is the worse for it."""
    text = run("lsdev; cd /bad; for f in *.fko; do drvctl load ./$f; done; lsdev; drvctl load nix; "
               "drvctl load /bad/magic; true", image, cmdline="drv.null=off drv.crash=off")
    for name, (_, says) in bad_modules().items():
        assert re.search(rf"driver: warning: /bad/\./{name}\.fko: .*{re.escape(says)}", text), (name, text)
    before, _, after = text.partition("drvctl: ./addend.fko")
    assert drivers(before) == drivers(after) and len(drivers(after)) > 5
    assert "drvctl: nix: No such file" in text and "\x1b[2J" not in text.partition("# name")[2]


def test_loaded_it_is_a_driver_like_any_other(image):
    # What they print comes when the log has said all, which does not wait for what was printed before it.
    text = run("(drvctl null start; drvctl load null; lsdev -m; lsdev; drvctl unload null; echo unloaded; lsdev; "
               "drvctl unload null; drvctl unload keyboard; echo again; drvctl load /lib/drivers/null.fko; "
               "drvctl null placement kernel; drvctl null request 1 5; lsdev) >/tmp/said 2>&1; cat /tmp/said",
               image, cmdline="drv.null=off")
    first, between, last = re.split("^unloaded$|^again$", text, flags=re.M)
    assert "drvctl: null: File exists" in first and "there is a driver null already" in first
    assert "class other, placement off, module" in first
    assert drivers(first)["null"][:3] == ("kernel", "running", 1)
    assert "null" not in drivers(between)
    assert "null: there is no such driver" in between and "keyboard: Invalid argument" in between
    assert re.search(r"^5$", last, re.M) and drivers(last)["null"][:3] == ("kernel", "running", 1)


def test_a_hundred_leave_nothing(image):
    """In both placements; a request under way when it goes is answered."""
    text = run("sh /many.sh", image, cmdline="drv.null=off", timeout=200)
    first, last = map(int, re.findall(r"MemFree\S*: +(\d+) kB", text))
    assert abs(first - last) <= 16, (first, last)  # a process on its way out
    assert text.count("null: unloaded") == 204
    assert "crash: it does not run, or ended meanwhile" in text and "crash: unloaded" in text
    assert not {"null", "crash"} & set(drivers(text))


def test_code_is_not_written_and_data_not_run(image):
    text = run("drvctl load /wx; drvctl wx request 0 41; "
               + "".join(f"drvctl wx request {what}; sleep 1; drvctl wx restart; " for what in (1, 2, 3, 4))
               + "drvctl wx request 0 76; lsdev", image)
    assert re.search(r"^42$", text, re.M) and re.search(r"^77$", text, re.M)
    assert len(re.findall(r"wx: warning: page fault in request, address 0xffffff[0-9a-f]{10}: ended", text)) == 4


def test_one_that_hangs_is_ended(image):
    """Its code is known for a driver's by where it lies."""
    text = run("drvctl load /lib/drivers/crash; drvctl crash start; drvctl crash request 4; sleep 1; lsdev; "
               "drvctl unload crash", image, cmdline="drv.crash=off")
    assert "request took more than 200 ms: ended" in text and drivers(text)["crash"][:4] == ("kernel", "running", 2, 1)
    assert "crash: unloaded" in text


def test_the_command_line_wants_what_is_not_there(image):
    text = run("lsdev", image, cmdline="drv.nobody=kernel drv.averyveryverylongname=user drv.x/y=user drv.=user")
    assert "drv.nobody: no such driver" in text and "nobody" not in drivers(text)


def test_a_keyboard_moves_there_and_back():
    """Typed on the screen's shell."""
    with Machine(init=None, cmdline="desktop=off") as m:
        m.wait_for(r"kernel: ready")
        type_until(m, "echo be\\fore > /dev/ttyS0\n", r"before")
        for where in ("user", "kernel", "user", "kernel"):
            m.type_keys(f"drvctl keyboard placement {where}\n")
            m.wait_for(r"keyboard: started as ordered")
            m.wait_for(r"keyboard: PS/2, 0x60 0x64 irq 1")
            m.type_keys("lsdev > /dev/ttyS0\n")
            m.wait_for(rf"keyboard +input +{where} +running")


def test_placement_of_whom_it_is_not_for():
    text = run("drvctl pit placement user; drvctl null placement moon; drvctl nobody placement user; "
               "drvctl null placement off; lsdev; drvctl null placement user; drvctl null request 1 3; lsdev")
    assert "pit: Invalid argument" in plain(text) and "placement kernel|user|off" in text
    assert "nobody: there is no such driver" in text and re.search(r"^3$", text, re.M)
    assert drivers(text.rpartition("# name")[0])["null"][:2] == ("off", "off")
    assert drivers(text)["null"][:2] == ("user", "running")
