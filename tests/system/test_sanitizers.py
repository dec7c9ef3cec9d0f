"""The debug kernel (make DEBUG=1): through all of its own tests without a report, and each kind of mistake
reported with what, where and who. docs/86-debug-kernel.md."""
import os
import re
from pathlib import Path

import pytest

from checks import plain
from harness import IMAGE, Machine

STATUS = 0x7F
DEBUG_IMAGE = Path(os.environ.get("FASTOS_DEBUG_IMAGE", IMAGE.parent / "debug" / "fastos.img"))

pytestmark = pytest.mark.skipif(not DEBUG_IMAGE.exists(), reason="no debug image: make DEBUG=1 img")


def boot(cmdline, timeout, **machine):
    machine.setdefault("cpu", "max")
    machine.setdefault("memory", "256")
    with Machine(DEBUG_IMAGE, cmdline=f"panic=exit {cmdline}", **machine) as m:
        return m.wait_exit(timeout), plain(m.text)


@pytest.mark.parametrize("heap, machine", [
    ("slab", {}), ("list", {}), ("bump", {}),
    ("slab", {"cpus": 4}),
    ("slab", {"memory": "8"}), ("slab", {"cpu": "qemu64", "memory": "32"}),
], ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())) or "1")
def test_all_tests_without_a_report(heap, machine):
    status, text = boot(f"heap={heap} run='ktest'", 240, **machine)
    result = re.search(r"^(\d+) passed, (\d+) failed", text, re.M)
    assert result and status == 0 and result[2] == "0", text
    for test in ("kasan_heap_out_of_bounds", "kasan_stack_out_of_bounds", "kasan_global_out_of_bounds",
                 "kasan_heap_use_after_free", "kasan_heap_freed_twice", "ubsan_says_what_and_where"):
        assert f"ok   {test}" in text
    assert "panic" not in text.replace("panic=exit", ""), text


OWNER = r" the 40 bytes allocated by (?:new_piece|fault_\w+)\+0x\w+"
REPORTS = {
    "heap": r"KASAN: out of bounds \(heap\): fault_heap\+0x\w+ writes 1 bytes at 0xffff\w{12}, "
            r"0 bytes behind" + OWNER,
    "underflow": r"KASAN: out of bounds \(heap\): fault_underflow\+0x\w+ writes 1 bytes at 0xffff\w{12}, "
                 r"1 bytes in front of" + OWNER,
    "use-after-free": r"KASAN: use after free \(heap\): fault_use_after_free\+0x\w+ writes 1 bytes at "
                      r"0xffff\w{12}, byte 3 of" + OWNER + r", freed by fault_use_after_free\+0x\w+",
    "double-free": r"KASAN: freed twice \(heap\): (fault_double_free|panic_command)\+0x\w+ frees "
                   r"0xffff\w{12}, byte 0 of" + OWNER + r", freed by fault_double_free\+0x\w+",
    "local": r"KASAN: out of bounds \(stack\): fault_local\+0x\w+ writes 1 bytes at 0xffff\w{12}",
    "global": r"KASAN: out of bounds \(global\): fault_global\+0x\w+ writes 1 bytes at 0xffff\w{12}, "
              r"0 bytes behind the 8 bytes of \*?\.?array[.\d]*, kernel/monitor/commands/panic\.c",
    "bounds": r"UBSan: kernel/monitor/commands/panic\.c:\d+: index out of bounds: 8 of 'uint8_t\s?\[8\]'",
    "overflow": r"UBSan: kernel/monitor/commands/panic\.c:\d+: signed overflow: 2147483647 \+ 1 does not fit "
                r"'int'",
    "shift": r"UBSan: kernel/monitor/commands/panic\.c:\d+: shift out of bounds: 1 \('unsigned int'\) by 32",
}


@pytest.mark.parametrize("fault", REPORTS)
def test_a_mistake_is_reported(fault):
    status, text = boot(f"run='panic -f {fault}'", 60)
    assert status == STATUS, text
    assert re.search("panic: " + REPORTS[fault], text), text
    name = "fault_" + fault.replace("-", "_")
    callers = text[text.index("called from:"):]
    assert re.search(rf"  ffffff\w{{10}}  (?:{name}|panic_command)[.\w]*\+0x", callers), text


@pytest.mark.parametrize("fault, reason", [
    ("stack", r"double fault \(exception 8\): the thread stack is full"),
    ("read", r"page fault: the kernel reads from 0x8: nothing is mapped there"),
])
def test_faults_of_the_cpu_are_named_as_ever(fault, reason):
    status, text = boot(f"run='panic -f {fault}'", 60)
    assert status == STATUS and re.search("panic: " + reason, text), text
