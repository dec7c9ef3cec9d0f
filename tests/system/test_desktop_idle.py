"""A day in which nobody does anything, which passes at once where instructions are counted: memory, objects of the kernel
and open files are as they were; of the desktop nothing but its clock was drawn."""
import re

from desk import Desk

HOURS = 24


def objects(desk):
    """How many of each kind the kernel has; `file` and `descriptors` are what is open."""
    said, _ = desk.run("cat /proc/slabinfo")
    return {name.strip(): int(used) for name, used in re.findall(r"^([^#\n]+?) +(\d+) +\d+ +\d+ +\d+\r?$", said, re.M)}


def process(desk, name):
    """Its time in ticks of 10 ms, and its pages."""
    pid = re.search(rf"^ *(\d+) .* {name}\r?$", desk.run("ps -e")[0], re.M)[1]
    fields = desk.run(f"cat /proc/{pid}/stat")[0].rsplit(")")[-1].split()
    return int(fields[11]) + int(fields[12]), int(fields[21])


def look(desk):
    used = int(re.search(r"^Memory +\d+ +(\d+)", desk.run("free")[0], re.M)[1])
    interrupts = int(re.search(r"^intr (\d+)", desk.run("cat /proc/stat")[0], re.M)[1])
    return used, objects(desk), process(desk, "desktop"), process(desk, "/bin/session"), desk.statistics(), interrupts


def test_a_day_at_rest_changes_nothing():
    with Desk(icount=3) as desk:
        for program in "minesweeper", "calculator", "terminal -- sh -c 'echo -e \"\\033[?25l\"; exec cat'":
            desk.open(program)
        desk.run("sleep 60")
        look(desk)  # what these programs leave in caches is there now
        memory, kinds, desktop, session, drawn, interrupts = look(desk)
        desk.run(f"sleep {HOURS * 3600}", timeout=300)
        later = look(desk)
        print(f"{HOURS} h: {memory} → {later[0]} KiB, desktop {desktop} → {later[2]}, session {session} → {later[3]}, "
              f"frames {drawn['frames']} → {later[4]['frames']}, interrupts {interrupts} → {later[5]}")
        assert later[0] <= memory + 64
        assert {kind: (count, later[1][kind]) for kind, count in kinds.items() if later[1][kind] > count + 2} == {}
        assert later[2][1] <= desktop[1] and later[3][1] <= session[1]
        assert later[2][0] - desktop[0] <= HOURS * 3600 * 100 // 1000 and later[3][0] == session[0]  # 1 ‰ of the time
        assert later[4]["surfaces"] == 3
        assert later[4]["frames"] - drawn["frames"] <= HOURS * 60 + 30
        assert later[5] - interrupts <= HOURS * 3600 * 3 // 2
