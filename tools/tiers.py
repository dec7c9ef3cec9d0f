#!/usr/bin/env python3
"""make tiers: the tier of every line of the kernel's C and assembly, and the gate that `make check` has.

usage: tiers.py [--list | --lower] --flags 'COMPILER FLAGS' SOURCE…

Each function belongs to one tier, and so do the lines outside of functions (declarations, tables):
  proved     tests/proofs/modules.txt names the source, without -FUNCTION. Of a header that it includes:
             the functions that have a contract. The header of the same name is proved with it.
  trusted    tools/tiers.txt names it, with a reason
  checked    clang-16 has no finding in it under -Wunsafe-buffer-usage, beyond indices of arrays whose
             length the compiler knows: the kernel traps when they lie outside (-fsanitize=bounds-strict,
             asked of FLAGS). It has no assembly, and makes no pointer of an integer.
  unchecked  the rest
A line counts when there is more on it than blanks and comments. Headers are those that the sources
include, each counted once. Tests inside the kernel (*_ktest.c, *_ktest.asm, *_kbench.c) are in no tier.

Fails when the unchecked share is above the one in tools/tiers.txt, when the trusted tier is above
5 % or 1,500 lines, and when tools/tiers.txt names something that is not there or need not be trusted.
--lower writes a smaller unchecked share into tools/tiers.txt; --list says why what is unchecked is so.
"""
import argparse
import os
import re
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CLANG = "clang-16"
LIST = Path("tools/tiers.txt")
MODULES = Path("tests/proofs/modules.txt")
FOLDERS = ("kernel/", "drivers/", "lib/")
TRUSTED_LINES, TRUSTED_SHARE = 1500, 5.0
TIERS = ("proved", "checked", "trusted", "unchecked")


def traps_bounds(flags):
    """Whether gcc puts a trap behind each index of an array, and asks nobody else."""
    checks = {check for flag in flags if flag.startswith("-fsanitize=")
              for check in flag.partition("=")[2].split(",")}
    return "bounds-strict" in checks and "-fsanitize-undefined-trap-on-error" in flags

# Of the kernel's flags, what clang-16 does not know, has its own of, or need not do.
DROPPED = re.compile(r"-f(no-)?sanitize|-MM?[DP]$|-W|-g$|-O")

INCLUDE = re.compile(r'^\s*[#%]\s*include\s+"([^"]+)"', re.M)
DIAGNOSTIC = re.compile(r"^([^:\s]+):(\d+):(\d+): (warning|note|error|fatal error): (.*)$")
NODE = re.compile(r"^([ |`-]*)(\w+) 0x\w+ (.*)$")
LOCATION = re.compile(r"(?:(line|col)|([^<>:,\s][^<>:,]*)):(\d+)(?::(\d+))?")
TYPE = re.compile(r"'([^']*)'(?::'([^']*)')?")  # as written, and without typedefs
KNOWN_LENGTH = re.compile(r"[^\[]*\[\d+\]")


# ---- lines ---------------------------------------------------------------------------------------

def code_lines(path):
    """The numbers of the lines that hold code."""
    text = path.read_text()
    if path.suffix in (".asm", ".inc"):
        text = re.sub(r"""("[^"\n]*"|'[^'\n]*')|;[^\n]*""", lambda found: found[1] or "", text)
    else:
        text = re.sub(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?\*/""",
                      lambda found: found[1] or "\n" * found[0].count("\n"), text, flags=re.S)
    return {number for number, line in enumerate(text.split("\n"), 1) if line.strip()}


def with_includes(path, seen):
    """The source and all it includes of our own, into `seen`."""
    if path in seen:
        return
    seen.add(path)
    for name in INCLUDE.findall(path.read_text()):
        for candidate in (path.parent / name, Path(name)):
            if candidate.is_file() and str(candidate).startswith(FOLDERS):
                with_includes(candidate, seen)
                break


# ---- clang ---------------------------------------------------------------------------------------

class Function:
    def __init__(self, path, name, first, last):
        self.path, self.name, self.first, self.last = path, name, first, last
        self.findings = set()  # (line, what)
        self.lines = set()


class Unit:
    """What clang says of a source: its functions, those of its headers, and the findings in them."""

    def __init__(self, source, flags, trap):
        self.trap = trap
        self.functions = {}
        self.subscripts = defaultdict(list)  # (path, line, column): is the length known?
        command = [CLANG, *flags, "-fsyntax-only", "-Wno-everything", "-Wunsafe-buffer-usage",
                   "-Xclang", "-ast-dump", "-fno-color-diagnostics", str(source)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"tiers: {CLANG} does not compile {source}:\n{result.stderr}")
        self.read_tree(result.stdout)
        self.read_diagnostics(result.stderr)

    def read_tree(self, text):
        """Where functions and subscripts are, and what clang has no warning for."""
        nodes = (NODE.match(line) for line in text.splitlines())
        place = Place()
        function, pending = None, []
        for node in filter(None, nodes):
            depth, kind, rest = len(node[1]), node[2], node[3]
            start, end, name = place.read(rest)
            if depth == 2:  # a declaration of the file
                function, declared = None, (name, rest)
            if kind == "CompoundStmt" and depth == 4 and start and declared:
                function = self.add_function(declared, start, end)
            while pending and depth <= pending[-1].depth:
                pending.pop()
            for subscript in pending[-1:]:
                subscript.child(depth, kind, rest)
            if kind == "ArraySubscriptExpr" and start:
                pending.append(Subscript(depth))
                self.subscripts[start].append(pending[-1])
            if function and kind == "GCCAsmStmt":
                function.findings.add((function.first, "assembly"))
            if function and "<IntegralToPointer>" in rest:
                line = start[1] if start and start[0] == function.path else function.first
                function.findings.add((line, "a pointer made of an integer"))

    def add_function(self, declared, start, end):
        (name, rest), (path, first, _) = declared, start
        if not str(path).startswith(FOLDERS):
            return None
        if name and name[0] == path and name[1] < first:  # else the name stands in a macro
            first = name[1]
        # `line:3:1 used name 'type' static`: the last word before the type
        name = re.sub(r"^(?:parent \w+ |prev \w+ )*<.*?> ", "", rest).split(" '")[0].split()[-1]
        return self.functions.setdefault((path, name), Function(path, name, first, end[1]))

    def read_diagnostics(self, text):
        """A finding lies where the notes say that a variable is used, or at a warning without one."""
        about = None
        for found in filter(None, map(DIAGNOSTIC.match, text.splitlines())):
            at = (clean(found[1]), int(found[2]), int(found[3]))
            kind, what = found[4], found[5]
            if kind == "warning":
                variable = re.match(r"'(\w+)' is an unsafe", what)
                about = variable and variable[1]
                if not about:
                    self.add_finding(at, what.split(" [")[0].replace("unsafe ", ""))
            elif about and what.startswith("used in "):
                what = what.replace("used in ", "").replace(" here", "")
                self.add_finding(at, f"{what}, {about}")

    def add_finding(self, at, what):
        subscripts = [item for item in self.subscripts.get(at, []) if not item.zero]
        if what.startswith("buffer access") and self.trap and subscripts \
                and all(item.known for item in subscripts):
            return
        for function in self.functions.values():
            if function.path == at[0] and function.first <= at[1] <= function.last:
                function.findings.add((at[1], what))


class Subscript:
    """`base[index]`: is base an array of known length, or index the number 0, which reads like *base?"""

    def __init__(self, depth):
        self.depth, self.known, self.zero = depth, False, False
        self.decays, self.children = False, 0

    def child(self, depth, kind, rest):
        if depth == self.depth + 2:
            self.children += 1
            self.decays = self.children == 1 and "<ArrayToPointerDecay>" in rest
            if self.children == 2:
                self.zero = kind == "IntegerLiteral" and rest.endswith(" 0")
        elif depth == self.depth + 4 and self.decays:
            written, meant = TYPE.match(rest[rest.index(">") + 2:]).groups()
            self.known = bool(KNOWN_LENGTH.match(meant or written))


class Place:
    """clang prints a file and a line only where they differ from the ones printed last."""

    def __init__(self):
        self.path, self.line = None, 0

    def read(self, rest):
        """Start, end and a declaration's name as (path, line, column), None where there is none."""
        opening = rest.find("<")
        if opening < 0:
            return None, None, None
        closing = rest.find(">", opening)
        if rest.startswith("<<invalid", opening):
            closing = rest.find(">", closing + 1)
        spots = rest[opening + 1:closing].split(", ")
        found = [self.spot(spot) for spot in spots]
        return found[0], found[-1], self.spot(rest[closing + 2:].split(" ")[0])

    def spot(self, text):
        found = LOCATION.fullmatch(text)
        if not found:
            if text.startswith("<scratch space>:"):
                self.path, self.line = None, int(text.split(":")[1])
            return None
        if found[1] == "col":
            return self.path and (self.path, self.line, int(found[3]))
        if found[1] != "line":
            self.path = clean(found[2])
        self.line = int(found[3])
        return self.path and (self.path, self.line, int(found[4]))


def clean(name):
    return Path(os.path.normpath(name))


# ---- the lists -----------------------------------------------------------------------------------

def read_list():
    """(the highest unchecked share, {path or path:function: reason}) of tools/tiers.txt"""
    limit, trusted = None, {}
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if words[:1] == ["unchecked"]:
            limit = float(words[1])
        elif words[:1] == ["trusted"]:
            if words[2:3] != ["|"] or not words[3:]:
                sys.exit(f"{LIST}:{number}: trusted PATH[:FUNCTION] | reason")
            trusted[words[1]] = " ".join(words[3:])
        elif words:
            sys.exit(f"{LIST}:{number}: neither `unchecked` nor `trusted`")
    if limit is None:
        sys.exit(f"{LIST}: no line `unchecked SHARE %`")
    return limit, trusted


class Proofs:
    """{source: functions left out}, and the headers they include."""

    def __init__(self):
        self.left_out, self.headers = {}, set()
        for line in MODULES.read_text().splitlines() if MODULES.exists() else []:
            words = line.split("#")[0].split()
            if words and Path(words[0]).exists():
                self.left_out[Path(words[0])] = {word[1:] for word in words if word[0] == "-"}
                with_includes(Path(words[0]), self.headers)

    def proves(self, path, function=None):
        """The function, or the lines outside of functions."""
        if path in self.left_out:
            return not function or function.name not in self.left_out[path]
        if function is None:
            return path.with_suffix(".c") in self.left_out
        return path in self.headers and has_contract(path, function.first) \
            and not any(function.name in names for names in self.left_out.values())


def has_contract(path, line):
    """A contract ends above the function, with at most a comment between."""
    above = "\n".join(path.read_text().split("\n")[:line - 1])
    return bool(re.search(r"/\*@(?:(?!\*/).)*\*/\s*(?:/\*(?:(?!\*/).)*\*/\s*)?\Z", above, re.S))


# ---- the tiers -----------------------------------------------------------------------------------

class Count:
    def __init__(self, sources, flags):
        self.limit, self.trusted = read_list()
        self.proofs = Proofs()
        self.lines = dict.fromkeys(TIERS, 0)
        self.tests = 0
        self.unchecked = []  # Functions
        self.complaints = []
        self.used = set()    # entries of the trusted list
        trap = self.trap = traps_bounds(flags)
        flags = [flag for flag in flags if not DROPPED.match(flag)]
        is_test = re.compile(r"_(ktest|kbench)\.(c|asm)$")
        tests = [path for path in sources if is_test.search(path.name)]
        sources = [path for path in sources if path not in tests]
        files = set()
        for source in sources:
            with_includes(source, files)
        self.tests = sum(len(code_lines(path)) for path in tests)
        self.functions = self.compile([path for path in sources if path.suffix == ".c"], flags, trap)
        for path in sorted(files):
            self.count_file(path)
        self.complaints += [f"{LIST}: {entry} is not there" for entry in self.trusted
                            if entry not in self.used]

    @staticmethod
    def compile(sources, flags, trap):
        """{path: functions}, a header's with the findings of all who include it"""
        merged = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for unit in pool.map(lambda source: Unit(source, flags, trap), sources):
                for key, function in unit.functions.items():
                    merged.setdefault(key, function).findings.update(function.findings)
        by_path = defaultdict(list)
        for function in merged.values():
            by_path[function.path].append(function)
        return by_path

    def count_file(self, path):
        rest = code_lines(path)
        whole = self.is_trusted(str(path))
        rest -= self.not_compiled(path)
        for function in sorted(self.functions[path], key=lambda function: function.first):
            function.lines = {line for line in rest if function.first <= line <= function.last}
            rest -= function.lines
            self.add(self.tier(function, whole), function)
        if path.suffix in (".asm", ".inc") and not whole:
            assembly = Function(path, "(the file)", 1, 1)
            assembly.findings.add((1, "assembly"))
            assembly.lines, rest = rest, set()
            self.add("unchecked", assembly)
        self.lines["trusted" if whole else "proved" if self.proofs.proves(path) else "checked"] += len(rest)

    def is_trusted(self, entry):
        if entry in self.trusted:
            self.used.add(entry)
        return entry in self.trusted

    def tier(self, function, whole):
        entry = f"{function.path}:{function.name}"
        if self.is_trusted(entry):
            if not function.findings:
                self.complaints.append(f"{LIST}: {entry} need not be trusted: nothing is found in it")
            return "trusted"
        if whole:
            return "trusted"
        if self.proofs.proves(function.path, function):
            return "proved"
        return "unchecked" if function.findings else "checked"

    def not_compiled(self, path):
        """The lines of functions that #if takes out of this kernel; each has its { in the first column."""
        hidden, text = set(), path.read_text().split("\n") if path.suffix in (".c", ".h") else []
        for number, line in enumerate(text, 1):
            if line == "{" and not any(function.first <= number <= function.last
                                       for function in self.functions[path]):
                hidden |= set(range(number - 1, text.index("}", number) + 2))
        return hidden

    def add(self, tier, function):
        self.lines[tier] += len(function.lines)
        if tier == "unchecked":
            self.unchecked.append(function)

    # ---- what is said ----

    def total(self):
        return sum(self.lines.values())

    def share(self, tier):
        return 100 * self.lines[tier] / max(1, self.total())

    def print(self):
        bounds = {"trusted": f"at most {TRUSTED_SHARE:.0f} % and {TRUSTED_LINES:,}",
                  "unchecked": f"at most {self.limit:.2f} %"}
        for tier in TIERS:
            limit = f"  ({bounds[tier]})" if tier in bounds else ""
            print(f"    {tier:9} {self.lines[tier]:7,} lines {self.share(tier):6.2f} %{limit}")
        if not self.trap:
            print("    (without a trap in FLAGS, each index of an array counts as a finding)")
        print(f"    all       {self.total():7,} lines; tests inside the kernel, in no tier: {self.tests:,}")

    def print_unchecked(self):
        for function in self.unchecked:
            print(f"{function.path}:{function.first}: {function.name}, {len(function.lines)} lines")
            for line, what in sorted(function.findings):
                print(f"    {line}: {what}")

    def judge(self):
        """All that is wrong, as lines."""
        wrong = list(self.complaints)
        if self.lines["trusted"] > TRUSTED_LINES or self.share("trusted") > TRUSTED_SHARE:
            wrong.append("the trusted tier is larger than it may be: docs/85-safety.md")
        if self.share("unchecked") > self.limit + 0.005:
            wrong.append(f"the unchecked share grew beyond the {self.limit:.2f} % of {LIST}; "
                         "`make tiers V=1` lists its functions and why: docs/85-safety.md")
        return wrong

    def lower(self):
        share = f"{self.share('unchecked'):.2f}"
        if float(share) < self.limit:
            LIST.write_text(re.sub(r"^unchecked .*$", f"unchecked {share} %", LIST.read_text(), flags=re.M))
            print(f"{LIST}: unchecked {share} %")
        elif float(share) > self.limit:
            sys.exit("tiers: it did not shrink")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--list", action="store_true", help="say what is unchecked, and why")
    parser.add_argument("--lower", action="store_true", help="keep the unchecked share that is reached")
    parser.add_argument("--flags", default="", help="the kernel's, for the compiler")
    parser.add_argument("sources", nargs="+", type=clean, help="what the kernel is linked from")
    arguments = parser.parse_args()
    count = Count(arguments.sources, arguments.flags.split())
    if arguments.list:
        count.print_unchecked()
    count.print()
    if arguments.lower:
        count.lower()
    elif count.share("unchecked") < count.limit - 0.005:
        print(f"    The unchecked share shrank: `make tiers LOWER=1` keeps it so in {LIST}.")
    wrong = count.judge()
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(1 if wrong and not arguments.lower else 0)


main()
