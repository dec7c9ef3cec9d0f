#!/usr/bin/env python3
"""What `make check` asks of the sources, beside that they compile: form, layers, headers, scripts.

usage: check.py text | layers | drivers NM BUILD | headers system|user COMPILER FLAGS… | scripts
Prints one line a finding, FILE:LINE: what; exit 1 when there is one.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Columns: tables may be wider, tests' in Python too.
LINE_LENGTH = {".txt": 130, ".py": 135}
OTHER_LENGTH = 110
SOURCES = {".c", ".h", ".asm", ".inc", ".ld", ".mk", ".py", ".sh", ".txt", ".cfg"}
SKIPPED = {"build", ".git", "__pycache__", ".pytest_cache"}
TABS = {".mk", ""}  # recipes
# Words that are a note to oneself, and paths of one person's machine.
FORBIDDEN = re.compile(r"\b(?:TODO|FIXME|XXX)\b|(?<![\w.])/(?:home|root|work|Users)/(?!\$)\w")
# Where the list itself stands.
FORBIDDEN_ALLOWED = {"tools/check.py"}

# folder: what its sources may include. The most specific folder counts; below the arrow
# lib ← kernel/arch ← kernel/core ← kernel/fs ← kernel/monitor nothing reaches up, except that the
# CPU's entries call the kernel's core. `.` stands for the source's own folder.
LAYERS = {
    "lib": ("lib/",),
    "stage2": ("stage2/", "lib/"),
    "drivers": ("drivers/ddi.h", "drivers/i8042.h", "drivers/i8042_fake.h", ".", "lib/"),
    "drivers/disk": ("drivers/ddi.h", "drivers/disk/disk_fake.h", ".", "lib/"),
    "kernel/arch": ("kernel/arch/", "kernel/core/", "kernel/panic.h", "kernel/symbols.h",
                    "kernel/sanitizer/", "lib/"),
    "kernel/core": ("kernel/core/", "kernel/arch/", "kernel/panic.h", "kernel/power.h",
                    "kernel/sanitizer/", "drivers/", "lib/"),
    "kernel/sanitizer": ("kernel/core/", "kernel/arch/", "kernel/sanitizer/", "kernel/panic.h",
                         "kernel/symbols.h", "lib/"),
    "kernel/fs": ("kernel/fs/", "kernel/core/", "kernel/arch/", "kernel/panic.h", "lib/"),
    "kernel/process": ("kernel/process/", "kernel/fs/", "kernel/core/", "kernel/arch/", "kernel/panic.h",
                       "lib/"),
    "kernel/syscall": ("kernel/syscall/", "kernel/process/", "kernel/fs/", "kernel/core/", "kernel/arch/",
                       "kernel/version.h", "kernel/panic.h", "kernel/power.h", "lib/", "syscalls.h"),
    "kernel/monitor": ("kernel/", "drivers/", "lib/"),
}
MODULE_SYMBOLS = Path("kernel/core/driver/module_symbols.c")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
# What a compiler may call by itself.
COMPILER_SYMBOLS = {"memcpy", "memmove", "memset", "memcmp", "__stack_chk_fail", "__stack_chk_guard",
                    "_GLOBAL_OFFSET_TABLE_"}


def files():
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            yield Path(os.path.normpath(os.path.join(folder, name)))


def is_script(path):
    return not path.suffix and path.open("rb").read(2) == b"#!"


# ---- form ----------------------------------------------------------------------------------------

def check_text():
    for path in files():
        if path.suffix not in SOURCES | {".md"} and path.name != "Makefile" and not is_script(path):
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            yield f"{path}: not UTF-8: {error}"
            continue
        yield from check_lines(path, text)


def check_lines(path, text):
    if text and not text.endswith("\n"):
        yield f"{path}: no line break at the end"
    if text.endswith("\n\n"):
        yield f"{path}: empty lines at the end"
    for number, line in enumerate(text.split("\n"), 1):
        where = f"{path}:{number}"
        if path.suffix != ".md" and line != line.rstrip():
            yield f"{where}: blanks at the end of the line"
        if "\t" in line and path.suffix not in TABS | {".md"}:
            yield f"{where}: a tab"
        longest = LINE_LENGTH.get(path.suffix, OTHER_LENGTH)
        if len(line) > longest and path.suffix != ".md":
            yield f"{where}: {len(line)} columns, at most {longest}"
        if str(path) not in FORBIDDEN_ALLOWED and (found := FORBIDDEN.search(line)):
            yield f"{where}: '{found[0]}' does not belong here"


# ---- layers --------------------------------------------------------------------------------------

def layer_of(path):
    fitting = [folder for folder in LAYERS if str(path).startswith(folder + "/")]
    return max(fitting, key=len, default=None)


def check_layers():
    for path in files():
        layer = layer_of(path)
        if path.suffix not in (".c", ".h") or not layer or path.stem.endswith(("_test", "_fake", "_ktest", "_kbench")):
            continue
        allowed = tuple(f"{path.parent}/" if name == "." else name for name in LAYERS[layer])
        for number, line in enumerate(path.read_text().split("\n"), 1):
            include = INCLUDE.match(line)
            if include and "/" in include[1] and not include[1].startswith(allowed):
                yield f"{path}:{number}: {layer}/ must not include {include[1]}"


def names(nm, objects, option):
    if not objects:
        return set()
    listing = subprocess.run([nm, option, "--format=posix", *objects], capture_output=True, text=True,
                             check=True).stdout
    return {line.split()[0] for line in listing.splitlines() if not line.endswith(":")}


# Ports and the CPU's state are the interface's; AT&T's names, without a suffix.
PRIVILEGED = re.compile(r"\t(?:rep\w* )?((?:in|out)s?[bwl]?|cli|sti|hlt|clts|wbinvd|invd|invlpg|rdmsr|wrmsr|"
                        r"l[gil]dt|ltr|lmsw|iretq?|sysretq?|swapgs|mov +.*%[cd]r\d.*)(?:\s|$)")


def check_instructions(objdump, objects):
    """A driver in the kernel has no instruction that only the kernel may use."""
    for path in sorted(objects.glob("drivers/**/*.o")):  # modules' too
        listing = subprocess.run([objdump, "-d", "--no-show-raw-insn", path], capture_output=True, text=True,
                                 check=True).stdout
        for line in listing.splitlines():
            found = PRIVILEGED.search(line)
            if found:
                yield f"{path.relative_to(objects)}: uses `{found[1].strip()}`, which is not a driver's"


def check_state(nm, folder, objects):
    """A driver that begins anew keeps nothing but its state, which is called as its folder (crash does)."""
    begins_anew = any(".init = " in path.read_text() for path in Path("drivers").glob(f"**/{folder}/*.c"))
    if not begins_anew or folder == "crash":
        return
    listing = subprocess.run([nm, "--format=sysv", *objects], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        columns = [column.strip() for column in line.split("|")]
        if len(columns) < 7 or columns[6].startswith(".data.rel.ro"): # constants with addresses
            continue
        name, kind = columns[0], columns[2]
        if kind in set("bBdD") and name != folder and not name.startswith(("entry_of_", "ddi_driver_")):
            yield f"drivers/{folder}: {name} outlives a failure; put it into `{folder}`, its state"


def check_modules(nm, objects):
    """A module needs what the kernel has for modules, and its own folder."""
    offered = set(re.findall(r"^    SYMBOL\((\w+)\)", MODULE_SYMBOLS.read_text(), re.M))
    for folder in sorted({path.parent for path in objects.glob("drivers/**/*.o")}):
        own = sorted(folder.glob("*.o"))
        yield from check_state(nm, folder.name, own)
        wanted = names(nm, own, "--undefined-only") - names(nm, own, "--defined-only")
        for name in sorted(wanted - offered - {"_GLOBAL_OFFSET_TABLE_"}):
            yield f"{folder.relative_to(objects)}: a module cannot use {name} ({MODULE_SYMBOLS} says what it can)"


def check_drivers(nm, build):
    """A driver needs the driver interface, lib, and its own folder: its objects prove it."""
    objects, modules = Path(build, "kernel"), Path(build, "modules")
    for folder in (objects, modules):
        yield from check_instructions(nm.removesuffix("nm") + "objdump", folder)
    yield from check_modules(nm, modules)
    lib = names(nm, sorted(objects.glob("lib/**/*.o")), "--defined-only")
    folders = {path.parent for path in objects.glob("drivers/**/*.o")}
    if not folders:
        yield f"{objects}/drivers: no objects; build first"
    for folder in sorted(folders):
        own = sorted(folder.glob("*.o"))
        yield from check_state(nm, folder.name, own)
        foreign = (names(nm, own, "--undefined-only") - names(nm, own, "--defined-only") - lib
                   - COMPILER_SYMBOLS)
        for name in sorted(foreign):
            if not name.startswith("ddi_"):
                yield f"{folder.relative_to(objects)}: uses {name}, which is not of drivers/ddi.h or lib"


# ---- headers -------------------------------------------------------------------------------------

def check_headers(side, compiler, *flags):
    """The kernel's and its like, or those of programs (user/), which see the C library."""
    headers = [path for path in files() if path.suffix == ".h" and path.parts[0] != "tests"
               and (path.parts[0] == "user") == (side == "user")
               and not path.name.endswith("_fake.h")]  # part of a host test
    for path in headers:
        code = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).split()
        if code[:2] != ["#pragma", "once"] and "user/libc/include" not in str(path):
            yield f"{path}: #pragma once must come first"
    flags = [flag for flag in flags if flag not in ("-MMD", "-MP")]
    with tempfile.TemporaryDirectory(prefix="check.") as folder:
        for path in headers:
            source = Path(folder, "alone.c")
            source.write_text(f'#include "{path}"\ntypedef int not_empty;\n')
            result = subprocess.run([compiler, *flags, "-Werror", "-Wno-unused-function",
                                     "-fsyntax-only", source],
                                    capture_output=True, text=True)
            if result.returncode:
                yield f"{path}: does not compile alone: {result.stderr.strip().splitlines()[0]}"


# ---- scripts -------------------------------------------------------------------------------------

def check_scripts():
    for path in files():
        if path.suffix == ".py" or is_script(path) and b"python" in path.read_bytes()[:60]:
            try:
                compile(path.read_text(), str(path), "exec")
            except SyntaxError as error:
                yield f"{path}:{error.lineno}: {error.msg}"
        elif path.suffix == ".sh" or is_script(path):
            result = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
            if result.returncode:
                yield result.stderr.strip()


CHECKS = {"text": check_text, "layers": check_layers, "drivers": check_drivers,
          "headers": check_headers, "scripts": check_scripts}


def main():
    findings = list(CHECKS[sys.argv[1]](*sys.argv[2:]))
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


main()
