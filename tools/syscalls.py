#!/usr/bin/env python3
"""From lib/abi/syscalls.txt, the one table of system calls, what is made of it.

usage: syscalls.py kernel-header | kernel-table | user-header | user-stubs | names | docs [TABLE]
Prints to standard output. A line that is wrong ends it with FILE:LINE: what.
"""
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "lib/abi/syscalls.txt"
MADE = "made of lib/abi/syscalls.txt by tools/syscalls.py"
LINE = re.compile(r"\s*(\d+) (\w+)\(([^)]*)\) -> (\w+) \| (\S.*)$")
SECTION = re.compile(r"# ---- (.+)$")
RESULTS = {"none", "zero", "count", "fd", "pid", "address", "value"}
ARGUMENTS_MAX = 6

# TYPE: (in the kernel, in user space). Those with a parameter (`in:stat`) are in the second table.
PLAIN = {
    "int": ("int", "int"), "uint": ("unsigned", "unsigned"), "long": ("int64_t", "long"),
    "fd": ("int", "int"), "pid": ("int64_t", "long"), "signal": ("int", "int"),
    "mode": ("unsigned", "unsigned"), "size": ("size_t", "unsigned long"),
    "address": ("struct user", "const void *"), "path": ("struct user", "const char *"),
    "strings": ("struct user", "char *const *"),
}
WITH = {
    "flags": ("unsigned", "unsigned"), "bytes": ("struct user", "const void *"),
    "room": ("struct user", "void *"), "in": ("struct user", "const {} *"), "out": ("struct user", "{} *"),
}
# What the T of in:T and out:T is in C where it is no struct abi_T.
STRUCTURES = {"int": "int", "sigset": "uint64_t", "fds": "int"}


@dataclass
class Argument:
    type: str
    name: str
    of: str = ""  # behind the colon

    @property
    def kernel(self):
        return (WITH if self.of else PLAIN)[self.type][0]

    @property
    def user(self):
        if not self.of:
            return PLAIN[self.type][1]
        return WITH[self.type][1].format(STRUCTURES.get(self.of, f"struct abi_{self.of}"))


@dataclass
class Call:
    number: int
    name: str
    arguments: list
    result: str
    does: str


@dataclass
class Table:
    calls: list = field(default_factory=list)
    sections: dict = field(default_factory=dict)  # number of its first call: title


class Wrong(Exception):
    pass


# ---- reading -------------------------------------------------------------------------------------

def read_argument(text):
    kind, _, name = text.rpartition(" ")
    plain, _, of = kind.partition(":")
    if not name.isidentifier() or plain not in (WITH if of else PLAIN):
        raise Wrong(f"argument '{text}': not TYPE NAME; types: {' '.join([*PLAIN, *WITH])}")
    return Argument(plain, name, of)


def read_call(line):
    match = LINE.match(line)
    if not match:
        raise Wrong("not NUMBER NAME(TYPE ARGUMENT, …) -> RESULT | what it does")
    number, name, arguments, result, does = match.groups()
    if result not in RESULTS:
        raise Wrong(f"result {result}: not one of {' '.join(sorted(RESULTS))}")
    arguments = [read_argument(a.strip()) for a in arguments.split(",")] if arguments else []
    if len(arguments) > ARGUMENTS_MAX:
        raise Wrong(f"{len(arguments)} arguments, at most {ARGUMENTS_MAX}")
    names = {a.name for a in arguments}
    for a in arguments:
        if a.type in ("bytes", "room") and a.of not in names:
            raise Wrong(f"{a.name}: its size is no argument: {a.of}")
    return Call(int(number), name, arguments, result, does)


def read_table(path):
    table = Table()
    for number, line in enumerate(path.read_text().split("\n"), 1):
        section = SECTION.match(line)
        if section:
            table.sections[len(table.calls)] = section[1]
        elif line.strip() and not line.startswith("#"):
            try:
                call = read_call(line)
                if call.number != len(table.calls):
                    raise Wrong(f"number {call.number}, the next is {len(table.calls)}")
                if call.name in {c.name for c in table.calls}:
                    raise Wrong(f"{call.name} is there already")
            except Wrong as wrong:
                sys.exit(f"{path}:{number}: {wrong}")
            table.calls.append(call)
    return table


# ---- what is made --------------------------------------------------------------------------------

def declare(kind, name):
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"


def kernel_header(table):
    yield f"/* The system calls' functions; {MADE}. */"
    yield "#pragma once\n"
    yield "#include <stddef.h>\n#include <stdint.h>\n"
    yield '#include "kernel/core/memory/user_memory.h"\n'
    yield f"#define SYSCALLS {len(table.calls)}u\n"
    for call in table.calls:
        yield f"#define SYS_{call.name} {call.number}u"
    yield ""
    for call in table.calls:
        arguments = ", ".join(declare(a.kernel, a.name) for a in call.arguments)
        yield f"int64_t sys_{call.name}({arguments or 'void'});"
    # Which arguments are strings or bytes, for the record that `trace` gets: by number, the register's
    # index, and that of the size (0: a terminated string) + 1.
    yield "\n#define SYSCALL_STRINGS \\"
    for call in table.calls:
        found = [(i, next((j + 1 for j, b in enumerate(call.arguments) if b.name == a.of), 0))
                 for i, a in enumerate(call.arguments) if a.type in ("path", "bytes")][:2]
        if found:
            pairs = ", ".join(f"{{{i + 1}, {size}}}" for i, size in found)
            yield f"    [{call.number}] = {{{pairs}}}, /* {call.name} */ \\"
    yield ""


def kernel_table(table):
    yield f"; The system calls by number; {MADE}."
    yield f"%define SYSCALLS {len(table.calls)}"
    for call in table.calls:
        yield f"extern sys_{call.name}"
        yield f"%define SYS_{call.name} {call.number}"
    yield "%macro syscall_table 0"
    for call in table.calls:
        yield f"    dq sys_{call.name} ; {call.number}"
    yield "%endmacro"


def user_header(table):
    yield f"/* The system calls, as they are: a negative error number when they fail; {MADE}. */"
    yield "#pragma once\n"
    yield "#include <stdint.h>\n"
    for name in sorted({a.of for c in table.calls for a in c.arguments if a.type in ("in", "out")}):
        if name not in STRUCTURES:
            yield f"struct abi_{name};"
    yield ""
    for call in table.calls:
        yield f"#define SYS_{call.name} {call.number}"
    yield ""
    for call in table.calls:
        arguments = ", ".join(declare(a.user, a.name) for a in call.arguments)
        yield f"long fastos_{call.name}({arguments or 'void'}); /* {call.does} */"


def user_stubs(table):
    yield f"; The system calls' stubs; {MADE}."
    yield "bits 64\ndefault rel"
    for call in table.calls:
        yield f"\nsection .text.fastos_{call.name} exec"
        yield f"global fastos_{call.name}:function hidden"
        yield f"fastos_{call.name}:"
        if len(call.arguments) > 3:
            yield "    mov r10, rcx"
        yield f"    mov eax, {call.number}\n    syscall\n    ret"


def names(table):
    yield f"/* What `trace` prints of each call; {MADE}. */"
    yield "#pragma once\n"
    yield "struct syscall_argument {\n    const char *type, *of, *name;\n};\n"
    yield "struct syscall_name {\n    const char *name, *result;\n    unsigned count;"
    yield f"    struct syscall_argument arguments[{ARGUMENTS_MAX}];\n}};\n"
    yield "static const struct syscall_name syscall_names[] = {"
    for call in table.calls:
        arguments = ", ".join(f'{{"{a.type}", "{a.of}", "{a.name}"}}' for a in call.arguments)
        yield (f'    [{call.number}] = {{"{call.name}", "{call.result}", {len(call.arguments)}, '
               f'{{{arguments}}}}},')
    yield "};"


def docs(table):
    yield "# System calls\n"
    yield (f"This page is {MADE}; `make syscalls` writes it anew.\n\n"
           "`SYSCALL` with the number in RAX and the arguments in RDI, RSI, RDX, R10, R8, R9; the result\n"
           "comes in RAX, a negative error number when the call failed. RCX and R11 are lost, all other\n"
           "registers stay. A number that is not here gives `-ENOSYS`. Constants and structures are in\n"
           "`lib/abi/`; `trace PROGRAM` prints a program's calls.")
    for call in table.calls:
        if call.number in table.sections or call.number == 0:
            yield f"\n## {table.sections.get(call.number, 'the specification')}\n"
            yield "| | call | result | what it does |\n| --- | --- | --- | --- |"
        arguments = ", ".join(f"{a.type}{':' + a.of if a.of else ''} {a.name}" for a in call.arguments)
        yield f"| {call.number} | `{call.name}({arguments})` | {call.result} | {call.does} |"


MAKERS = {"kernel-header": kernel_header, "kernel-table": kernel_table, "user-header": user_header,
          "user-stubs": user_stubs, "names": names, "docs": docs}


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in MAKERS:
        sys.exit(__doc__.strip())
    table = read_table(Path(sys.argv[2]) if len(sys.argv) == 3 else TABLE)
    print("\n".join(MAKERS[sys.argv[1]](table)))


if __name__ == "__main__":
    main()
