"""The C library of user space: its own tests inside the guest, and tools/fastos-cc on this machine."""
import os
import re
import subprocess

import pytest

from checks import run
from harness import IMAGE, TOP

SYSROOT = IMAGE.parent / "sysroot"
COMPILER = (SYSROOT / "cc").read_text().split()
# Each says "NAME: done" when it is content; with what complaints of the kernel's it provokes.
PROGRAMS = {"language one two": ["process: warning: .*"], "files": [], "processes": [], "threads": [],
            "terminals": [], "same": []}
HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


def cc(*words, status=0, **options):
    result = subprocess.run([TOP / "tools/fastos-cc", *map(str, words)], capture_output=True, text=True,
                            env={**os.environ, "FASTOS_SYSROOT": str(SYSROOT)}, **options)
    assert result.returncode == status, result.stderr
    return result.stdout + result.stderr


def readelf(*words):
    return subprocess.run(["readelf", "-W", *map(str, words)], capture_output=True, text=True,
                          check=True).stdout


# ---- inside --------------------------------------------------------------------------------------

def test_every_program_has_its_test():
    names = {path.stem for path in (TOP / "user/libc/tests").glob("*.c")}
    assert names == {words.split()[0] for words in PROGRAMS}


@pytest.mark.parametrize("words", PROGRAMS)
@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_a_program_is_content(words, cpu):
    text = run(f"exec /usr/tests/libc/{words}", *PROGRAMS[words], cpu=cpu, timeout=180)
    assert f"{words.split()[0]}: done" in text.splitlines(), text


def test_it_says_what_this_machine_says(tmp_path):
    """user/libc/tests/same.c: formats, conversions, strings, mathematics, times, patterns."""
    subprocess.run(["clang", "-D_GNU_SOURCE", "-O1", "-w", "-I", TOP, TOP / "user/libc/tests/same.c", "-lm",
                    "-o", tmp_path / "same"], check=True)
    here = subprocess.run([tmp_path / "same"], capture_output=True, text=True, check=True,
                          env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}).stdout.splitlines()
    text = run("exec /usr/tests/libc/same", timeout=180).splitlines()
    there = text[text.index(here[0]):]
    assert len(here) > 400
    for mine, its in zip(here, there):
        assert mine == its
    assert len(here) <= len(there)


# ---- the library as a whole ----------------------------------------------------------------------

def test_everything_in_it_links(tmp_path):
    """No function twice, and none missing."""
    (tmp_path / "main.c").write_text("int main(void) { return 0; }\n")
    cc(tmp_path / "main.c", "-Wl,--whole-archive", "-lc", "-lm", "-Wl,--no-whole-archive,--no-gc-sections",
       "-o", tmp_path / "all")


@pytest.mark.parametrize("standard", ["c99", "gnu17"])
@pytest.mark.parametrize("source", ["", "-D_POSIX_C_SOURCE=200809L"])
def test_each_header_stands_alone(tmp_path, standard, source):
    names = [path.relative_to(TOP / "user/libc/include") for path in
             (TOP / "user/libc/include").rglob("*.h")]
    for name in [*map(str, names), "dirent.h", "fcntl.h", "pthread.h", "signal.h", "string.h", "spawn.h",
                 "threads.h", "glob.h", "regex.h", "pwd.h", "grp.h", "getopt.h", "complex.h", "tgmath.h"]:
        (tmp_path / "a.c").write_text(f"#include <{name}>\n#include <{name}>\ntypedef int not_empty;\n")
        flags = [source] if source else []
        cc(f"-std={standard}", *flags, "-Wall", "-Werror", "-fsyntax-only", tmp_path / "a.c")


# ---- fastos-cc -----------------------------------------------------------------------------------

def test_what_it_makes(tmp_path):
    (tmp_path / "hello.c").write_text(HELLO)
    cc("hello.c", "-o", "hello", cwd=tmp_path)
    assert "DYN (Position-Independent" in readelf("-h", tmp_path / "hello")
    headers = readelf("-l", tmp_path / "hello")
    assert "INTERP" not in headers and "RWE" not in headers and "GNU_RELRO" in headers
    assert "FastOS" in readelf("-n", tmp_path / "hello")
    assert set(re.findall(r"R_X86_64_\w+", readelf("-r", tmp_path / "hello"))) <= {"R_X86_64_RELATIVE"}
    assert "NEEDED" not in readelf("-d", tmp_path / "hello")


def test_it_works_like_cc(tmp_path):
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc/part.h").write_text("double part(double);\n")
    (tmp_path / "part.c").write_text('#include "part.h"\n#include <math.h>\n'
                                     "double part(double x) { return sin(x); }\n")
    (tmp_path / "main.c").write_text('#include "part.h"\n#ifndef NAME\n#error NAME\n#endif\n'
                                     "int main(void) { return (int)part(NAME); }\n")
    cc("-Iinc", "-O2", "-c", "part.c", cwd=tmp_path)
    subprocess.run(["ar", "rcs", "libpart.a", "part.o"], cwd=tmp_path, check=True)
    cc("-Iinc", "-DNAME=1", "main.c", "-L.", "-lpart", "-lm", "-pthread", "-o", "main", cwd=tmp_path)
    cc("-Iinc", "-DNAME=1", "main.c", "part.c", "-lpthread", "-lrt", "-o", "both", cwd=tmp_path)
    cc("-Iinc", "-DNAME=1", "main.c", "part.o", cwd=tmp_path)
    assert (tmp_path / "a.out").exists()
    cc("-Iinc", "-S", "part.c", cwd=tmp_path)
    assert "part:" in (tmp_path / "part.s").read_text()
    assert "part.h" in cc("-Iinc", "-MM", "part.c", cwd=tmp_path)
    assert cc("-dumpmachine").startswith("x86_64")


def test_what_it_refuses(tmp_path):
    (tmp_path / "wrong.c").write_text("int main(void) { return undeclared(); }\n")
    assert "undeclared" in cc("wrong.c", cwd=tmp_path, status=1)
    assert "no input files" in cc("-O2", status=1)
    (tmp_path / "linux.c").write_text("#ifdef __linux__\n#error Linux\n#endif\n#ifndef __fastos__\n"
                                      "#error not FastOS\n#endif\nint main(void) { return 0; }\n")
    cc("linux.c", cwd=tmp_path)
