"""What a crash may leave of a disk, and whether everything that was promised is still there.

A log of QEMU's blklogwrites has every write and every flush of a disk. Up to a flush all of it is on
the medium; behind the last one, any of it may be, a single write in part. From that come states:
prefixes, prefixes of which the last write is torn, and random choices of what lies behind the last
flush. Each is repaired by e2fsck, must be clean afterwards, and have what file-work
(kernel/test/file_work.c) promised on the console.
"""
import random
import re
import struct
import subprocess
from collections import namedtuple
from pathlib import Path

SECTOR = 512
MAGIC = 0x6A736677736872  # linux/drivers/md/dm-log-writes.c
FLUSH, DISCARD, MARK = 1, 4, 8
MARK_SECTOR = 2000
Write = namedtuple("Write", "sector data")
State = namedtuple("State", "kind position chosen torn")


# ---- the log -------------------------------------------------------------------------------------

def read_log(path):
    """[Write or None], None being a flush. The count in the head lags behind: read to the end."""
    data = Path(path).read_bytes()
    magic, _, _, size = struct.unpack_from("<QQQI", data)
    if magic != MAGIC:
        raise ValueError(f"{path}: no log of writes")
    events, at = [], size
    while at + size <= len(data):
        sector, count, flags, _ = struct.unpack_from("<QQQQ", data, at)
        at += size
        if flags & FLUSH:
            events.append(None)
        if count and not flags & (DISCARD | MARK):
            if at + count * size > len(data):
                break
            events.append(Write(sector * size // SECTOR, data[at:at + count * size]))
            at += count * size
    return events


def find_marks(events):
    """{position in the log: number}"""
    return {i: struct.unpack_from("<I", event.data, 8)[0] for i, event in enumerate(events)
            if event and event.sector == MARK_SECTOR and event.data[:8] == b"FASTMARK"}


# ---- promises ------------------------------------------------------------------------------------

def read_promises(console):
    """What holds behind each mark, until the next: [{name: [(size, seed) or None, …]}], one of them."""
    now, promises = {}, []
    for line in re.findall(r"^= (.*?)\r?$", console, re.M):
        kind, *words = line.split()
        if kind == "T":
            now.pop(words[0], None)
            if promises:
                promises[-1].pop(words[0], None)
        elif kind == "P":
            now[words[0]] = [(int(words[1]), int(words[2]))]
        elif kind == "D":
            now[words[0]] = [None]
        elif kind == "E" and promises:
            size, seed, new_size, new_seed = map(int, words[1:])
            promises[-1][words[0]] = [(size, seed), (new_size, new_seed)]
        elif kind == "M":
            if int(words[0]) != len(promises):
                raise ValueError(f"mark {words[0]} comes as number {len(promises)}")
            promises.append(dict(now))
    return promises


BASE = bytearray()
TABLES = [bytes((i + seed) & 0xFF for i in range(256)) for seed in range(256)]


def contents(size, seed):
    """What file_work.c writes."""
    while len(BASE) < size:
        BASE.append((len(BASE) * 2654435761 & 0xFFFFFFFF) >> 8 & 0xFF)
    return bytes(BASE[:size]).translate(TABLES[seed])


# ---- a reader of ext2 that is nobody's but this test's -------------------------------------------

class Reader:
    def __init__(self, data):
        self.data = data
        (self.block, self.per_group) = (1024 << self.word(1024 + 24), self.word(1024 + 40))
        self.inode_size = struct.unpack_from("<H", data, 1024 + 88)[0]
        self.groups = (self.word(1024 + 20) + 1) * self.block  # where the descriptors lie

    def word(self, at):
        return struct.unpack_from("<I", self.data, at)[0]

    def inode(self, number):
        group, index = divmod(number - 1, self.per_group)
        at = self.word(self.groups + 32 * group + 8) * self.block + index * self.inode_size
        return self.data[at:at + 128]

    def pointers(self, block, level):
        if level == 0:
            return [block]
        if block == 0:
            return [0] * (self.block // 4) ** level
        words = struct.unpack_from(f"<{self.block // 4}I", self.data, block * self.block)
        return [p for word in words for p in self.pointers(word, level - 1)]

    def read(self, inode):
        size, = struct.unpack_from("<I", inode, 4)
        words = struct.unpack_from("<15I", inode, 40)
        blocks = list(words[:12])
        for level in (1, 2, 3):
            if len(blocks) * self.block < size:
                blocks += self.pointers(words[11 + level], level)
        count = -(-size // self.block)
        zero = bytes(self.block)
        parts = [self.data[b * self.block:(b + 1) * self.block] if b else zero for b in blocks[:count]]
        return b"".join(parts)[:size]

    def find(self, path):
        """The contents; None when there is no such name."""
        inode = self.inode(2)
        for name in path.strip("/").split("/"):
            number = self.entries(inode).get(name.encode())
            if not number:
                return None
            inode = self.inode(number)
        return self.read(inode)

    def entries(self, directory):
        found, data, at = {}, self.read(directory), 0
        while at + 8 <= len(data):
            number, length, size = struct.unpack_from("<IHB", data, at)
            if number:
                found[bytes(data[at + 8:at + 8 + size])] = number
            at += max(length, 8)
        return found


# ---- states --------------------------------------------------------------------------------------

class Replay:
    """image: as it was before; start, sectors: its partition."""

    def __init__(self, image, log, console, start, sectors, folder):
        self.image = Path(image).read_bytes()[start * SECTOR:(start + sectors) * SECTOR]
        self.start, self.folder = start, Path(folder)
        self.events = read_log(log)
        self.marks = find_marks(self.events)
        self.promises = read_promises(console)
        self.base_position, self.base = 0, bytearray(self.image)
        self.repaired = 0

    def choose(self, count, seed):
        """States, in the order of the log."""
        chance = random.Random(seed)
        writes = [i for i, event in enumerate(self.events) if event]
        states = []
        for i in range(count):
            position = writes[i * len(writes) // count] + 1
            kind = ("prefix", "torn", "choice", "choice")[i % 4]
            last = self.last_flush(position)
            open_writes = [k for k in range(last, position) if self.events[k]]
            chosen, torn = open_writes, 0
            if kind == "torn":
                torn = chance.randrange(len(self.events[position - 1].data) // SECTOR)
            if kind == "choice":
                likely = chance.choice((0.2, 0.5, 0.8, 0.95))
                chosen = [k for k in open_writes if chance.random() < likely]
            states.append(State(kind, position, chosen, torn))
        return states

    def last_flush(self, position):
        while position > 0 and self.events[position - 1] is not None:
            position -= 1
        return position

    def apply(self, to, index, sectors=None):
        event = self.events[index]
        data = event.data if sectors is None else event.data[:sectors * SECTOR]
        at = (event.sector - self.start) * SECTOR
        if 0 <= at and at + len(data) <= len(to):
            to[at:at + len(data)] = data

    def build(self, state):
        last = self.last_flush(state.position)
        if last < self.base_position:
            self.base_position, self.base = 0, bytearray(self.image)
        for i in range(self.base_position, last):
            if self.events[i]:
                self.apply(self.base, i)
        self.base_position = last
        made = bytearray(self.base)
        for i in state.chosen:
            torn = state.kind == "torn" and i == state.position - 1
            self.apply(made, i, state.torn if torn else None)
        return made

    def promised(self, position):
        passed = [number for at, number in self.marks.items() if at < position]
        return self.promises[max(passed)] if passed else {}

    def check(self, state):
        """What is wrong with it: text, or None."""
        path = self.folder / "state.ext2"
        path.write_bytes(self.build(state))
        repair = e2fsck("-fy", path)
        if repair.returncode not in (0, 1):
            return f"cannot be repaired ({repair.returncode}):\n{repair.stdout}"
        self.repaired += repair.returncode
        again = e2fsck("-fn", path)
        if again.returncode:
            return f"not clean when it was repaired:\n{again.stdout}"
        reader = Reader(path.read_bytes())
        for name, choice in self.promised(state.position).items():
            found = reader.find(name)
            if all(found != (wanted and contents(*wanted)) for wanted in choice):
                return (f"{name}: {'missing' if found is None else f'{len(found)} bytes'}, promised "
                        f"{choice}\n{repair.stdout}")
        return None


def e2fsck(option, path):
    command = ["timeout", "-k", "5", "120", "/sbin/e2fsck", option, str(path)]  # 124: for ever at it
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
