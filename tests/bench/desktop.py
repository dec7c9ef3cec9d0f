#!/usr/bin/env python3
"""The desktop's figures, beside what bench.py has of the rest: how soon it is there, what a frame, a moved window, a
moved pointer, a typed key and a flood of text cost, what it takes when nothing happens.

Instructions are QEMU's (-icount shift=0: a nanosecond of the guest's clock is one); what is measured by the wall is a
ratio within one run. Nothing here passes or fails.
"""
import argparse
import re
import statistics
import sys
import time
import zlib
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "system"))
sys.path.insert(0, str(TOP / "tests" / "bench"))
from bench import row  # noqa: E402
from desk import Desk, differs  # noqa: E402
from harness import IMAGE, Machine  # noqa: E402
from test_desktop_tour import BLUE, TITLE, box_of, show  # noqa: E402

SCREEN = "1024x768x32"


def seconds(desk, line):
    return float(re.search(rf"^\[ *([\d.]+)\] {line}", desk.text, re.M)[1])


def ready(**machine):
    """Power-on to `desktop: ready`: (seconds of the guest, how many times the BIOS's own time)."""
    with Desk(SCREEN, cmdline="kaslr=off", **machine) as desk:
        said, _ = desk.run("cat /proc/boot")
        ticks = {name: int(number) for number, name in re.findall(r"^(\d+) (\S[^\r\n]*)", said, re.M)}
        a_second = ticks["ready"] / seconds(desk, "kernel: ready")
        after = seconds(desk, "desktop: ready")
        return after, after * a_second / ticks["mbr"]


def boots(rounds):
    after, times = ready(icount=0)
    row("power-on to `desktop: ready`, of the BIOS's time", f"{times:.1f} ×", "≤ 30",
        f"QEMU -icount: {after * 1e3:,.0f} M instructions, waits for the disk included")
    ratios = [ready()[1] for _ in range(rounds)]
    row("the same by the wall", f"{statistics.median(ratios):.1f} ×", "≤ 30",
        f"median of {rounds} (lowest {min(ratios):.1f})")


def copy_ns(**machine):
    """A bare loop that copies the whole screen."""
    with Machine(cmdline=f"video={SCREEN} desktop=off log=error panic=exit run='exec /usr/tests/bench/screen'",
                 memory=256, init=None, **machine) as m:
        m.wait_exit(120)
        return int(re.search(r"screen-copy-ns (\d+)", m.text)[1])


def difference(desk, act):
    before = desk.statistics()
    act()
    after = desk.statistics()
    return {name: after[name] - before[name] for name in after}


def frames():
    """A client that fills the screen and draws all of it again and again."""
    bare = copy_ns(icount=0)
    with Desk(SCREEN, icount=0) as desk:
        show(desk, BLUE, "mode=full")
        spent = difference(desk, lambda: desk.run(
            "/usr/tests/desktop_client mode=frames name=frames count=50 colour=104080 size=1000x680 >/dev/null &\nsleep 5",
            120))
    a_frame = spent["all frames"] / max(spent["frames"], 1)
    row("a frame of 1000 × 680 pixels, composed and flushed", f"{a_frame:,.0f}", "",
        f"instructions; a bare loop copies the screen's {1024 * 768 * 4:,} bytes in {bare:,}")


def drag():
    with Desk(SCREEN) as desk:
        box = show(desk, size="400x300")
        start = (box[0] + 100, box[1] - TITLE)
        took = 0

        def act():
            nonlocal took
            began = time.monotonic()
            desk.drag(start, (start[0] + 400, start[1] + 240), 120, 0.006)
            took = time.monotonic() - began

        spent = difference(desk, act)
        moved = difference(desk, lambda: [desk.point(100 + 5 * i, 600) for i in range(60)])
    row("a window of 400 × 300 dragged in 120 steps", f"{spent['frames'] / took:.0f} frames a second", "≥ 50",
        f"{spent['frames']} frames by the wall in {took:.2f} s; {spent['pixels']:,} pixels written")
    row("the pointer moved in 60 steps", f"{moved['pixels']:,} px", "", f"{moved['frames']} frames composed")


def flood():
    with Desk(SCREEN, icount=0) as desk:
        desk.run("terminal -- sh -c 'cut -d\" \" -f1 /proc/uptime > /tmp/a; seq 1 10000; "
                 "cut -d\" \" -f1 /proc/uptime > /tmp/b' &\ntrue")
        for _ in range(200):
            said, _ = desk.run("cat /tmp/a /tmp/b")
            if len(times := re.findall(r"^[\d.]+$", said, re.M)) == 2:
                break
        row("10,000 lines in a terminal", f"{float(times[1]) - float(times[0]):.2f} s", "≤ 1 s", "QEMU -icount")


def key_to_glyph():
    """Beside what it takes to press a key and to look at the screen."""
    with Desk(SCREEN) as desk:
        desk.changes(lambda: desk.run("terminal -- cat &\ntrue"))
        time.sleep(2)
        floors, keys = [], []
        for _ in range(20):
            began = time.monotonic()
            desk.press("shift")
            before = desk.picture()
            floors.append(time.monotonic() - began)
            began = time.monotonic()
            desk.press("x")
            while not differs(desk.picture(), before):
                pass
            keys.append(time.monotonic() - began)
    row("key to its character on the screen", f"{statistics.median(keys) / statistics.median(floors):.1f} ×", "≤ 4",
        f"of pressing a key and looking once, {statistics.median(floors) * 1e3:.0f} ms by the wall")


def idle():
    with Desk(SCREEN, memory="32", icount=0) as desk:
        desk.run("sleep 2")
        cpu = [int(n) for n in re.search(r"^cpu +(.*)$", desk.run("cat /proc/stat")[0], re.M)[1].split()]
        spent = difference(desk, lambda: desk.run("sleep 20", 60))
        then = [int(n) for n in re.search(r"^cpu +(.*)$", desk.run("cat /proc/stat")[0], re.M)[1].split()]
        used = int(re.search(r"^Memory +\d+ +(\d+)", desk.run("free")[0], re.M)[1])
    all_of_it = sum(then) - sum(cpu)
    row("idle: frames in 20 s", str(spent["frames"]), "0", "asking for the figure makes some")
    row("idle: CPU", f"{100 * (all_of_it - then[3] + cpu[3]) / max(all_of_it, 1):.1f} %", "≤ 1 %", "QEMU -icount")
    row("idle: memory in a machine of 32 MiB", f"{used / 1024:.1f} MiB", "≤ 24 MiB", SCREEN)


def sizes():
    packed = len(zlib.compress(IMAGE.read_bytes(), 6))
    row("the image, packed", f"{packed / 2 ** 20:.1f} MiB", "≤ 16 MB", "deflate")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=10, help="boots for the wall-time median")
    arguments = parser.parse_args()
    boots(arguments.rounds)
    frames()
    drag()
    flood()
    key_to_glyph()
    idle()
    sizes()


if __name__ == "__main__":
    main()
