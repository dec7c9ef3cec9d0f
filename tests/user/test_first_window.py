"""docs/92-first-window.md, as it stands: each of its programs compiled for this machine under sanitizers, with
the tests' display server instead of a screen, and used."""
import re
import subprocess

import pytest

from conftest import BUILD, TOP

BLOCK = re.compile(r"^```c\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = BLOCK.findall((TOP / "docs/92-first-window.md").read_text())
LIBUI = BUILD / "host/user/libui/libui.a"
# Ours: copying and printing (tests/host/rename.h), which lib/utf8.c may call.
ALWAYS = [BUILD / f"host/lib/{name}.o" for name in ("copy", "string", "printf")]

# What is done when the program waits for the first time, and what must be true then.
USED = {
    "hello": 'headless_click(NULL, "Greet"); assert(ui_find(headless_top(), "Hello!"));',
    "form": 'headless_type("años"); assert(ui_find(headless_top(), "5 letters"));'
            'headless_keys("Tab"); headless_keys("Down"); headless_click(NULL, "OK");',
    "rows": 'headless_keys("End"); assert(ui_find(headless_top(), "9999"));',
    "game": 'assert(headless_commits() > 50);',
}
DRIVER = """
#include <assert.h>
#include "user/libui/headless.h"
static void use(void)
{
    %s
    ui_quit(0);
}
__attribute__((constructor)) static void before_main(void)
{
    headless_use(NULL, use);
}
__attribute__((destructor)) static void after_main(void)
{
    headless_end();
}
"""


def test_the_first_is_short():
    assert len(PROGRAMS) == len(USED)
    assert PROGRAMS[0].count("\n") < 30


@pytest.mark.parametrize("program, name", zip(PROGRAMS, USED), ids=list(USED))
def test_a_program_of_the_page(program, name, tmp_path):
    assert f'ui_start("{name}")' in program
    (tmp_path / "program.c").write_text(program)
    (tmp_path / "use.c").write_text(DRIVER % USED[name])
    subprocess.run(["clang", "-std=gnu17", "-Wall", "-Werror", "-g", "-O1", "-fsanitize=address,undefined",
                    "-fno-sanitize-recover=all", f"-I{TOP}", tmp_path / "program.c", tmp_path / "use.c", *ALWAYS,
                    LIBUI, "-lpng", "-lm", "-o", tmp_path / name], check=True)
    done = subprocess.run([tmp_path / name], cwd=TOP, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
