#!/usr/bin/env python3
"""Put the raw disk image together: boot sector, partition table, stage 2, and an ext2 partition.

The table of what lies where is in disk.img.mk. mke2fs makes the file system and debugfs fills it,
without root: /boot first, so that it lies in front, then the rest in the order of its names, so
that
the same input makes the same image, byte for byte. Owners are root; modes, links, holes and times
are those of the files (the times of the system's own files are SOURCE_DATE_EPOCH).
"""
import argparse
import hashlib
import os
import stat
import struct
import sys
import tempfile
from pathlib import Path

from ext2 import Ext2, NoSpace, Refused, quote

SECTOR = 512
MIB = 1024 * 1024
CODE_SIZE = 440          # of the boot sector; behind it the signature and the partition table
BPB = slice(0x03, 0x5A)  # some BIOSes patch this area: no code there
STAGE2_MAGIC = 0x32545346
LINUX_TYPE = 0x83
BIOS_REACH = 64 * MIB    # the oldest BIOSes read no further: all that boots lies below
ROOM_BEHIND_KERNEL = 8 * MIB
BOCHS_CYLINDER = 16 * 63  # Bochs and small BIOS disks want whole cylinders
DEFAULT_EPOCH = 1767225600  # 2026-01-01, when SOURCE_DATE_EPOCH says nothing


class Flavour:
    def __init__(self, start, heads, sectors, entry, total=None):
        self.start, self.heads, self.sectors, self.entry, self.total = \
            start, heads, sectors, entry, total


FLAVOURS = {
    "disk": Flavour(2048, 255, 63, 1),
    "usb-zip": Flavour(2048, 64, 32, 4),
    "floppy": Flavour(None, 2, 18, 1, total=2880),
}


# ---- the front: boot sector, stage 2 -------------------------------------------------------------

def read_boot_sector(path):
    code = Path(path).read_bytes()
    if not 0x5A <= len(code) <= SECTOR or any(code[CODE_SIZE:510]):
        raise Refused(f"{path}: {len(code)} bytes; the boot sector's code has {CODE_SIZE}")
    if code[:3] != b"\xeb\x58\x90" or any(code[BPB]):
        raise Refused(f"{path}: must begin with EB 58 90 and leave bytes 03h-59h zero")
    return code[:CODE_SIZE].ljust(CODE_SIZE, b"\0")


def read_stage2(path):
    stage2 = Path(path).read_bytes()
    if len(stage2) < 16 or len(stage2) % SECTOR:
        raise Refused(f"{path}: {len(stage2)} bytes are not whole sectors")
    magic, sectors = struct.unpack_from("<IH", stage2)
    if magic != STAGE2_MAGIC:
        raise Refused(f"{path}: magic {magic:#x}, want {STAGE2_MAGIC:#x}")
    if sectors * SECTOR != len(stage2):
        raise Refused(f"{path}: header says {sectors} sectors, the file has {len(stage2) // SECTOR}")
    if sum(struct.unpack(f"<{len(stage2) // 4}I", stage2)) % 2**32 != STAGE2_MAGIC:
        raise Refused(f"{path}: its dwords do not add up to {STAGE2_MAGIC:#x}")
    return stage2


def chs(lba, heads, sectors):
    cylinder, rest = divmod(lba, heads * sectors)
    head, sector = divmod(rest, sectors)
    if cylinder > 1023:  # beyond what CHS can say
        cylinder, head, sector = 1023, heads - 1, sectors - 1
    return bytes([head, (sector + 1) | (cylinder >> 2 & 0xC0), cylinder & 0xFF])


def partition_table(flavour, start, count):
    entry = struct.pack("<B3sB3sII", 0x80, chs(start, flavour.heads, flavour.sectors), LINUX_TYPE,
                        chs(start + count - 1, flavour.heads, flavour.sectors), start, count)
    before = bytes(16 * (flavour.entry - 1))
    return (before + entry).ljust(64, b"\0")


# ---- the files -----------------------------------------------------------------------------------

class Entry:
    """One thing to be put in: `path` in the image (bytes, no leading slash), `source` on the host."""

    def __init__(self, path, source, info, mtime=None):
        self.path, self.source, self.info = path, source, info
        self.mtime = int(info.st_mtime) if mtime is None else mtime
        self.mode = info.st_mode
        self.data = stat.S_ISREG(self.mode)

    def extents(self):
        """Where the file has data: (offset, length), holes left out."""
        with open(self.source, "rb") as file:
            offset, size = 0, self.info.st_size
            while offset < size:
                try:
                    offset = os.lseek(file.fileno(), offset, os.SEEK_DATA)
                except OSError:  # ENXIO: only a hole is left
                    return
                end = os.lseek(file.fileno(), offset, os.SEEK_HOLE)
                yield offset, end - offset
                offset = end

    def blocks(self, size):
        """How many blocks of `size` it needs at most."""
        if stat.S_ISDIR(self.mode):
            return 1
        if stat.S_ISLNK(self.mode):
            return 1 if self.info.st_size >= 60 else 0
        if not self.data:
            return 0
        data = sum(length // size + 2 for _, length in self.extents())
        return data + (data // (size // 4) + 1) * 2 + 3


def walk(top, mtime=None):
    """All entries below `top`, parents before children, names in byte order."""
    def visit(directory, prefix):
        try:
            names = sorted(os.listdir(directory))
        except OSError as error:
            raise Refused(f"{os.fsdecode(directory)}: {error.strerror}")
        for name in names:
            source = os.path.join(directory, name)
            info = os.lstat(source)
            path = prefix + name
            if stat.S_ISSOCK(info.st_mode):
                raise Refused(f"{os.fsdecode(source)}: a socket cannot be put into the image")
            if stat.S_ISREG(info.st_mode) and not os.access(source, os.R_OK):
                raise Refused(f"{os.fsdecode(source)}: not readable")
            yield Entry(path, source, info, mtime)
            if stat.S_ISDIR(info.st_mode):
                yield from visit(source, path + b"/")
    return list(visit(os.fsencode(top), b""))


def merge(system, extra):
    """The system's entries, /boot first, then the user's. A directory may be in both."""
    known = {entry.path: entry for entry in system}
    for entry in extra:
        other = known.get(entry.path)
        if entry.path == b"lost+found":
            raise Refused("EXTRA: lost+found is the file system's own")
        if other and not (stat.S_ISDIR(entry.mode) and stat.S_ISDIR(other.mode)):
            raise Refused(f"EXTRA: /{os.fsdecode(entry.path)} is one of the system's own files")
    added = [entry for entry in extra if entry.path not in known]
    is_boot = lambda entry: entry.path == b"boot" or entry.path.startswith(b"boot/")
    return sorted(system, key=lambda entry: not is_boot(entry)) + added


def fingerprint(front, entries):
    """A digest of all that goes in: the source of the identifiers, which so are reproducible."""
    digest = hashlib.sha256(front)
    for entry in entries:
        link = os.readlink(entry.source) if stat.S_ISLNK(entry.mode) else b""
        digest.update(repr((entry.path, entry.mode, entry.mtime, entry.info.st_size, link)).encode())
        if entry.data:
            with open(entry.source, "rb") as file:
                for offset, length in entry.extents():
                    file.seek(offset)
                    while length > 0:
                        piece = file.read(min(length, MIB))
                        if not piece:
                            raise Refused(f"{os.fsdecode(entry.source)}: shrank while it was read")
                        digest.update(piece)
                        length -= len(piece)
    return digest.digest()


# ---- the partition -------------------------------------------------------------------------------

def plain_paths(entries):
    """For each path one to make it under: without line breaks, which no debugfs script can hold."""
    taken = {entry.path for entry in entries}
    plain, number = {}, 0
    for entry in entries:
        parent, slash, name = entry.path.rpartition(b"/")
        while b"\n" in name or (name != entry.path.rpartition(b"/")[2]
                                and parent + slash + name in taken):
            name, number = b"line-break-%d" % number, number + 1
        plain[entry.path] = (plain[parent] + slash if parent else b"") + name
    return plain


class DirectoryRoom:
    """Where names go in the blocks of directories, as libext2fs has it: debugfs lengthens a directory
    for all its commands but `ln`."""

    def __init__(self, block):
        self.block = block
        self.free = {b"": [block - 24 - 20]}  # . and .., lost+found

    def add(self, path):
        """True when it needed another block."""
        parent, _, name = path.rpartition(b"/")
        free = self.free.setdefault(parent, [self.block - 24])
        need = 8 + (len(name) + 3) // 4 * 4
        for number, left in enumerate(free):
            if left >= need:
                free[number] -= need
                return False
        free.append(self.block - need)
        return True


def fill(fs, entries, scratch, block):
    """Make all entries. `scratch` is a folder for names that debugfs can read."""
    commands, first_link, links = [], {}, {}
    plain = plain_paths(entries)
    room = DirectoryRoom(block)
    for number, entry in enumerate(entries):
        absolute = b"/" + plain[entry.path]
        identity = (entry.info.st_dev, entry.info.st_ino)
        is_full = room.add(plain[entry.path])
        if entry.data and entry.info.st_nlink > 1 and identity in first_link:
            links[identity] += 1
            if is_full:
                commands.append(b"expand_dir " + quote(absolute.rpartition(b"/")[0] or b"/"))
            commands += [b"ln %s %s" % (quote(first_link[identity]), quote(absolute)),
                         b"sif %s links_count %d" % (quote(first_link[identity]),
                                                     links[identity])]
            continue
        first_link[identity], links[identity] = absolute, 1
        commands += make(entry, absolute, number, scratch)
        for field, value in (("mode", entry.mode), ("uid", 0), ("gid", 0)):
            commands.append(b"sif %s %s %d" % (quote(absolute), field.encode(), value))
        for field in (b"atime", b"ctime", b"mtime"):
            commands.append(b"sif %s %s @%d" % (quote(absolute), field, entry.mtime))
    fs.debugfs(commands)
    for entry in reversed(entries):  # children first, while their parents have plain names
        if b"\n" in entry.path.rpartition(b"/")[2]:
            rename(fs, plain[entry.path], entry.path.rpartition(b"/")[2])


def rename(fs, path, name):
    parent = path.rpartition(b"/")[0]
    fs.debugfs([b"ln %s %s" % (quote(b"/" + path), quote(b"/" + parent + b"/" + name)),
                  b"unlink " + quote(b"/" + path)])


def make(entry, absolute, number, scratch):
    parent, _, name = absolute.rpartition(b"/")
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFDIR:
        return [b"mkdir " + quote(absolute)]
    if kind == stat.S_IFLNK:
        return [b"symlink %s %s" % (quote(absolute), quote(os.readlink(entry.source)))]
    if kind == stat.S_IFREG:
        # Under a plain name: the host's may have characters that debugfs takes for its own.
        plain = os.path.join(scratch, b"%d" % number)
        os.symlink(os.path.abspath(entry.source), plain)
        return [b"cd " + quote(parent or b"/"), b"write %s %s" % (quote(plain), quote(name)), b"cd /"]
    device = entry.info.st_rdev
    letter = {stat.S_IFIFO: b"p", stat.S_IFCHR: b"c %d %d", stat.S_IFBLK: b"b %d %d"}[kind]
    if kind != stat.S_IFIFO:
        letter %= (os.major(device), os.minor(device))
    return [b"cd " + quote(parent or b"/"), b"mknod %s %s" % (quote(name), letter), b"cd /"]


def boot_end(fs, entries, start, block):
    """Where /boot ends on the disk, in bytes; refused when that is beyond a BIOS's reach."""
    end = 0
    for entry in entries:
        if entry.path == b"boot" or entry.path.startswith(b"boot/"):
            end = max(end, start * SECTOR + (fs.last_block(b"/" + entry.path) + 1) * block)
            if end > BIOS_REACH:
                raise Refused(f"/{os.fsdecode(entry.path)} ends at {end} bytes, beyond {BIOS_REACH}")
    return end


def round_up(value, step):
    return (value + step - 1) // step * step


def plan_sectors(flavour, start, entries, block, room):
    """The sectors of the whole image."""
    if flavour.total:
        return flavour.total
    # A file with several names is there once.
    files = {(entry.info.st_dev, entry.info.st_ino): entry for entry in entries}.values()
    content = sum(entry.blocks(block) for entry in files) * block
    metadata = 256 * (len(entries) + 1024) * 2 + content // 50
    size = start * SECTOR + content + content // 10 + metadata + room
    size = max(size, start * SECTOR + ROOM_BEHIND_KERNEL)
    return round_up(size // SECTOR + 1, BOCHS_CYLINDER)


def make_file_system(folder, arguments, entries, sectors, uuid, epoch):
    inodes = round_up(len(entries) * 5 // 4 + (64 if arguments.flavour == "floppy" else 1024), 8)
    path = os.path.join(folder, "ext2")
    fs = Ext2(path, epoch).make(arguments.block, sectors * SECTOR // arguments.block, inodes, uuid)
    scratch = os.fsencode(os.path.join(folder, "names"))
    os.mkdir(scratch)
    fill(fs, entries, scratch, arguments.block)
    fs.check()
    return fs


def copy_sparse(source, target):
    """Copy the file's data to `target` at its position, leaving holes where it has zeros."""
    base = target.tell()
    with open(source, "rb") as file:
        while piece := file.read(256 * 1024):
            if any(piece):
                target.write(piece)
            else:
                target.seek(len(piece), os.SEEK_CUR)
    return target.tell() - base


def build(arguments):
    flavour = FLAVOURS[arguments.flavour]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or DEFAULT_EPOCH)
    code, stage2 = read_boot_sector(arguments.mbr), read_stage2(arguments.stage2)
    gap = round_up(1 + len(stage2) // SECTOR + 1, 8)  # boot sector, stage 2, settings
    start = flavour.start or gap
    if gap > start:
        raise Refused(f"{arguments.stage2}: {len(stage2) // SECTOR} sectors do not fit before {start}")
    system = walk(arguments.root, epoch)
    if flavour.total:
        system = [entry for entry in system if entry.path.split(b"/")[0] == b"boot"]
    entries = merge(system, walk(arguments.extra) if arguments.extra else [])
    digest = fingerprint(code + stage2, entries)
    uuid_bytes = bytearray(digest[:16])
    uuid_bytes[6], uuid_bytes[8] = uuid_bytes[6] & 0x0F | 0x40, uuid_bytes[8] & 0x3F | 0x80
    text = uuid_bytes.hex()
    uuid = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    signature = struct.unpack_from("<I", digest, 16)[0] or 1

    room = 16 * MIB
    while True:
        total = plan_sectors(flavour, start, entries, arguments.block, room)
        with tempfile.TemporaryDirectory(prefix="mkimage.") as folder:
            try:
                fs = make_file_system(folder, arguments, entries, total - start, uuid, epoch)
            except NoSpace:
                if flavour.total:
                    size = sum(entry.info.st_size for entry in entries if entry.data)
                    raise Refused(f"{size} bytes of files do not fit on a {arguments.flavour}")
                room *= 2
                continue
            end = boot_end(fs, entries, start, arguments.block)
            if not flavour.total and total * SECTOR < end + ROOM_BEHIND_KERNEL:
                room += ROOM_BEHIND_KERNEL
                continue
            table = partition_table(flavour, start, total - start)
            write_image(arguments.image, code, signature, table, stage2, start, total, fs.path)
            break
    print(f"{arguments.image}: {total * SECTOR / MIB:.1f} MiB, stage 2 {len(stage2) // SECTOR} "
          f"sectors, {len(entries)} files, /boot ends at {end / MIB:.1f} MiB"
          + (f", with the files of {arguments.extra}" if arguments.extra else ""))


def write_image(path, code, signature, table, stage2, start, total, file_system):
    new = f"{path}.new"
    try:
        with open(new, "wb") as image:
            image.write(code + struct.pack("<IH", signature, 0) + table + b"\x55\xaa")
            image.write(stage2)
            image.seek(start * SECTOR)
            copy_sparse(file_system, image)
            image.truncate(total * SECTOR)
        os.replace(new, path)
    finally:
        Path(new).unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mbr", required=True, help="the boot sector's code")
    parser.add_argument("--stage2", required=True)
    parser.add_argument("--root", required=True, help="the system's files")
    parser.add_argument("--extra", help="a folder with the user's files")
    parser.add_argument("--flavour", choices=FLAVOURS, default="disk")
    parser.add_argument("--block", type=int, choices=(1024, 2048, 4096), default=1024)
    parser.add_argument("image")
    arguments = parser.parse_args()
    try:
        build(arguments)
    except (Refused, OSError) as error:
        sys.exit(f"mkimage: {error}")


if __name__ == "__main__":
    main()
