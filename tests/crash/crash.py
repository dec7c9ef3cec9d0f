#!/usr/bin/env python3
"""make crash: FastOS works on files, and is cut off at every place.

usage: crash.py [--states N] [--steps N] [--seed N] [--jobs N] [--keep FOLDER]
Prints what it found; exit 1 when a state could not be repaired or lost what was promised.
"""
import argparse
import faulthandler
import struct
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "system"))
sys.path.insert(0, str(TOP / "tests" / "crash"))
from harness import IMAGE, PATIENCE, Machine, copy_image  # noqa: E402
from replay import Replay  # noqa: E402


def partition(image):
    """(first sector, sectors) of the first entry."""
    with open(image, "rb") as file:
        return struct.unpack_from("<II", file.read(512), 0x1be + 8)


def record(folder, seed, steps, timeout=300):
    """Lets file-work run with a log of all writes. (image before, log, console)"""
    before, disk = copy_image(IMAGE, folder, "before.img"), copy_image(IMAGE, folder, "disk.img")
    log = Path(folder) / "log"
    log.write_bytes(b"")
    drive = ["-blockdev", f"driver=blklogwrites,node-name=logged,file.driver=file,"
             f"file.filename={disk},log.driver=file,log.filename={log}",
             "-device", "ide-hd,drive=logged,bus=ide.0,unit=0,bootindex=0"]
    with Machine(cmdline=f"run='file-work {seed} {steps}'", image=None, disk=None, extra=drive) as m:
        status = m.wait_exit(timeout)
        if status:
            raise SystemExit(f"file-work ended with {status}\n{m.report()}")
        return before, log, m.text


def check_part(job):
    before, log, console, area, count, seed, part, parts = job
    with tempfile.TemporaryDirectory(prefix="fastos.", dir="/dev/shm") as folder:
        replay = Replay(before, log, console, *area, folder)
        states = replay.choose(count, seed)
        states = states[len(states) * part // parts:len(states) * (part + 1) // parts]
        wrong = [(state, what) for state in states if (what := replay.check(state))]
        return len(states), replay.repaired, wrong


def run(states, steps, seed, jobs, folder):
    before, log, console = record(folder, seed, steps)
    area = partition(before)
    work = [(before, log, console, area, states, seed, part, jobs) for part in range(jobs)]
    print(f"seed {seed}: {states} states of what file-work wrote are looked at", flush=True)
    with ProcessPoolExecutor(jobs) as pool:  # unlike multiprocessing's, it notices a worker that died
        results = list(pool.map(check_part, work))
    replay = Replay(before, log, console, *area, folder)
    flushes = sum(event is None for event in replay.events)
    print(f"seed {seed}: {len(replay.events) - flushes} writes, {flushes} flushes, "
          f"{len(replay.promises)} promises; {sum(r[0] for r in results)} states, "
          f"{sum(r[1] for r in results)} repaired, {sum(len(r[2]) for r in results)} wrong", flush=True)
    return [one for result in results for one in result[2]]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name, value in (("states", 2000), ("steps", 400), ("seed", 1), ("jobs", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--keep")
    options = parser.parse_args()
    # Whatever it waits for, it says where and ends: half a second a state is ten times what one takes.
    faulthandler.dump_traceback_later((300 + options.states / 2) * PATIENCE, exit=True)
    with tempfile.TemporaryDirectory(prefix="fastos.") as folder:
        wrong = run(options.states, options.steps, options.seed, options.jobs, options.keep or folder)
    for state, what in wrong[:5]:
        print(f"{state.kind} at {state.position}, {len(state.chosen)} chosen, torn {state.torn}: {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
