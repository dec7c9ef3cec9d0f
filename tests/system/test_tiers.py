"""tools/tiers.py on small trees: what it counts, and what it refuses."""
import re
import subprocess
import sys

import pytest

from harness import TOP

TRAP = "-fsanitize=bounds-strict -fsanitize-undefined-trap-on-error"

GOOD = """\
/* A comment of
   two lines. */
#include "kernel/good.h"

static int table[4];

int good(unsigned i) /* 4 lines */
{
    return table[i] + double_of("/* no comment */"[0]);
}
"""
GOOD_H = """\
#pragma once

static inline int double_of(int n)
{
    return 2 * n; // twice
}

int good(unsigned i);
"""
ENTRY = """\
bits 64 ; a comment
; another

start:
    mov al, ';'
"""
RAW = """
int raw(const int *numbers, int i)
{
    return numbers[i];
}
"""


class Tree:
    """A kernel of a few files in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.write("kernel/good.c", GOOD)
        self.write("kernel/good.h", GOOD_H)
        self.write("kernel/entry.asm", ENTRY)
        self.list("100", "kernel/entry.asm")
        self.write("tests/proofs/modules.txt", "")
        self.pad()

    def write(self, path, text):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, path, text):
        self.write(path, (self.folder / path).read_text() + text)

    def list(self, share, *trusted):
        lines = [f"trusted {what} | because" for what in trusted]
        self.write("tools/tiers.txt", "\n".join([f"unchecked {share} %", *lines]) + "\n")

    def pad(self, lines=100):
        """Harmless code, so that a few trusted lines are less than 5 %."""
        self.write("kernel/pad.c", "".join(f"extern int pad{i};\n" for i in range(lines)))

    def run(self, *options, flags=TRAP):
        sources = [str(path.relative_to(self.folder))
                   for path in sorted(self.folder.glob("kernel/*")) if path.suffix in (".c", ".asm")]
        return subprocess.run([sys.executable, "-B", TOP / "tools/tiers.py", *options,
                               "--flags", f"-std=c17 -I. {flags}", *sources],
                              cwd=self.folder, capture_output=True, text=True, timeout=60)

    def lines(self, **options):
        """{tier: lines}, after a run that found nothing wrong."""
        result = self.run(**options)
        assert result.returncode == 0, result.stdout + result.stderr
        return {name: int(count.replace(",", ""))
                for name, count in re.findall(r"(\w+) +([\d,]+) lines", result.stdout)}


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


# ---- counting ------------------------------------------------------------------------------------

def test_lines_are_counted_without_comments_and_blanks(tree):
    """good.c 6, good.h 6, pad.c 100; entry.asm 3, of which a ';' in quotes is no comment."""
    assert tree.lines() == {"proved": 0, "checked": 112, "trusted": 3, "unchecked": 0, "all": 115}


def test_a_header_counts_once(tree):
    tree.write("kernel/other.c", '#include "kernel/good.h"\n')
    assert tree.lines()["checked"] == 113


def test_what_is_not_linked_does_not_count(tree):
    tree.write("kernel/good_fake.h", RAW)
    assert tree.lines()["all"] == 115


def test_tests_inside_the_kernel_are_in_no_tier(tree):
    tree.write("kernel/good_ktest.c", RAW)
    assert tree.lines()["all"] == 115
    assert "in no tier: 4" in tree.run().stdout


def test_what_the_preprocessor_takes_out_does_not_count(tree):
    tree.append("kernel/good.c", "#ifdef DEBUG" + RAW + "#endif\n")
    assert tree.lines() == {"proved": 0, "checked": 114, "trusted": 3, "unchecked": 0, "all": 117}


# ---- findings ------------------------------------------------------------------------------------

@pytest.mark.parametrize("body, finding", [
    ("int f(int *p) { return p[1]; }", "buffer access, p"),
    ("int f(int *p) { return *(p + 1); }", "pointer arithmetic, p"),
    ("void f(char **p) { ++*p; }", "pointer arithmetic"),
    ("extern int x[];\nint f(int i) { return x[i]; }", "buffer access, x"),
    ("struct s { int n, more[]; };\nint f(struct s *s) { return s->more[1]; }", "buffer access"),
    ("struct s { int *to; };\nint f(struct s *s) { return s->to[1]; }", "buffer access"),
    ("int f(int (*rows)[4], int i) { return rows[i][2]; }", "buffer access, rows"),
    ("int *f(unsigned long address) { return (int *)address; }", "a pointer made of an integer"),
    ('void f(void) { __asm__("nop"); }', "assembly"),
    ("#define NOP __asm__(\"nop\")\nvoid f(void) { NOP; }", "assembly"),
    ("#define AT(p, i) ((p)[i])\nint f(int *p) { return AT(p, 1); }", "buffer access, p"),
])
def test_unchecked(tree, body, finding):
    tree.write("kernel/bad.c", body + "\n")
    result = tree.run("--list")
    assert re.search(rf"^kernel/bad\.c:\d+: f, 1 lines\n(    .*\n)*    \d+: {re.escape(finding)}$",
                     result.stdout, re.M), result.stdout
    assert tree.lines()["unchecked"] == 1


@pytest.mark.parametrize("body", [
    "int f(const int *p) { return p[0] + *p; }",
    "int x[4];\nint f(int i) { return x[i]; }",
    "struct s { int x[2][3]; };\nint f(struct s *s, int i) { return s->x[1][i]; }",
    "int x[4];\nint *f(int i) { return &x[i]; }",
    "int f(int (*row)[4], int i) { return (*row)[i]; }",
    "typedef int numbers[4];\nnumbers x;\nint f(int i) { return x[i]; }",
    "int *f(void) { return (int *)0; }",
])
def test_checked(tree, body):
    tree.write("kernel/good2.c", body + "\n")
    assert tree.lines()["unchecked"] == 0, tree.run("--list").stdout


def test_arrays_are_checked_by_the_trap_alone(tree):
    assert tree.lines(flags="-O2")["unchecked"] == 4


def test_only_the_function_that_holds_it_is_unchecked(tree):
    tree.append("kernel/good.h", RAW.replace("int raw", "static inline int raw"))
    tree.write("kernel/other.c", '#include "kernel/good.h"\n')
    lines = tree.lines()
    assert (lines["unchecked"], lines["checked"]) == (4, 113)


def test_assembly_that_nobody_trusts_is_unchecked(tree):
    tree.list("100")
    assert tree.lines()["unchecked"] == 3


def test_a_source_that_does_not_compile_is_no_pass(tree):
    tree.write("kernel/bad.c", "int f(void) { return unknown; }\n")
    result = tree.run()
    assert result.returncode == 1 and "does not compile kernel/bad.c" in result.stderr


# ---- the gate ------------------------------------------------------------------------------------

def test_a_raw_index_raises_the_share_and_fails(tree):
    tree.list("0.00", "kernel/entry.asm")
    assert tree.run().returncode == 0
    tree.append("kernel/good.c", RAW)
    result = tree.run()
    assert result.returncode == 1
    assert "unchecked       4 lines   3.36 %" in result.stdout
    assert "the unchecked share grew beyond the 0.00 %" in result.stdout


def test_a_smaller_share_can_be_kept(tree):
    tree.append("kernel/good.c", RAW)
    tree.list("50", "kernel/entry.asm")
    assert "The unchecked share shrank" in tree.run().stdout
    assert tree.run("--lower").returncode == 0
    assert (tree.folder / "tools/tiers.txt").read_text().startswith("unchecked 3.36 %\ntrusted")
    result = tree.run()
    assert result.returncode == 0 and "shrank" not in result.stdout
    tree.append("kernel/good.c", RAW.replace("raw", "raw2"))
    assert tree.run().returncode == 1
    assert tree.run("--lower").returncode == 1
    assert "unchecked 3.36 %" in (tree.folder / "tools/tiers.txt").read_text()


def test_a_trusted_function(tree):
    tree.append("kernel/good.c", RAW)
    tree.list("0", "kernel/entry.asm", "kernel/good.c:raw")
    tree.pad(200)
    assert (tree.lines()["trusted"], tree.lines()["unchecked"]) == (7, 0)


@pytest.mark.parametrize("trusted, complaint", [
    ("kernel/good.c:good", "kernel/good.c:good need not be trusted"),
    ("kernel/good.c:gone", "kernel/good.c:gone is not there"),
    ("kernel/gone.c", "kernel/gone.c is not there"),
])
def test_trust_must_be_needed(tree, trusted, complaint):
    tree.list("0", "kernel/entry.asm", trusted)
    result = tree.run()
    assert result.returncode == 1 and complaint in result.stdout


def test_trust_is_scarce(tree):
    tree.pad(10)
    result = tree.run()
    assert result.returncode == 1 and "the trusted tier is larger than it may be" in result.stdout


def test_trust_has_a_reason(tree):
    tree.write("tools/tiers.txt", "unchecked 0 %\ntrusted kernel/entry.asm\n")
    result = tree.run()
    assert result.returncode == 1 and "tools/tiers.txt:2" in result.stderr


# ---- the proved tier -----------------------------------------------------------------------------

def test_proved_sources(tree):
    """All of the source and its header's declarations, and the header's functions with a contract."""
    tree.append("kernel/good.c", RAW)
    tree.write("tests/proofs/modules.txt", "kernel/good.c  memcpy=u8 # a comment\n")
    tree.append("kernel/good.h", "/*@ assigns \\nothing; */\n/* Why. */" +
                RAW.replace("int raw", "static inline int proved_raw"))
    lines = tree.lines()
    assert lines == {"proved": 6 + 4 + 2 + 4, "checked": 100 + 4, "trusted": 3, "unchecked": 0, "all": 123}


def test_a_function_that_is_left_out_is_not_proved(tree):
    tree.append("kernel/good.c", RAW)
    tree.write("tests/proofs/modules.txt", "kernel/good.c -raw\n")
    lines = tree.lines()
    assert (lines["proved"], lines["unchecked"]) == (8, 4)


def test_a_header_function_that_is_left_out_is_not_proved(tree):
    tree.append("kernel/good.h", "/*@ assigns \\nothing; */" +
                RAW.replace("int raw", "static inline int raw"))
    tree.write("tests/proofs/modules.txt", "kernel/good.c -raw\n")
    assert tree.lines()["unchecked"] == 4


# ---- the real tree -------------------------------------------------------------------------------

def test_the_kernel_is_within_its_limits():
    result = subprocess.run(["make", "check-tiers"], cwd=TOP, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"unchecked +[\d,]+ lines", result.stdout)
