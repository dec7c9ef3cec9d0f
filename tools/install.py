#!/usr/bin/env python3
"""Write the image to a real disk: `make install DISK=/dev/sdX`.

usage: install.py IMAGE DISK [--keep] [--file]

Shows the disk and what is on it, asks for its name, writes, and reads all of it back. Refuses a
disk that is in use, a partition, the disk that this system runs from, a disk that is too small.
--keep  an existing FastOS keeps its files, its partition, its settings and /boot/boot.cfg; boot
        sector, stage 2 and kernel become new, the old kernel stays as /boot/kernel.old.elf
--file  DISK may be a plain file (an emulator's disk)
"""
import argparse
import fcntl
import json
import os
import secrets
import stat
import struct
import subprocess
import sys
import tempfile
import time

from ext2 import Ext2, NoSpace, Refused

SECTOR = 512
CHUNK = 4 * 1024 * 1024
CODE_SIZE = 440
SIGNATURE = slice(440, 444)
STAGE2_MAGIC = b"FST2"
LINUX_TYPE = 0x83
BIOS_REACH = 64 * 1024 * 1024  # see disk.img.mk
BLKRRPART, BLKFLSBUF = 0x125F, 0x1261  # linux/fs.h
TESTS = "/boot/kernel.tests"
KERNEL, OLD_KERNEL, NEW_KERNEL = "/boot/kernel.elf", "/boot/kernel.old.elf", "/boot/kernel.new.elf"
COLUMNS = "NAME,TYPE,SIZE,MODEL,SERIAL,TRAN,RO,MOUNTPOINTS,FSTYPE,LABEL"


# ---- which disk ----------------------------------------------------------------------------------

def block_devices():
    """What lsblk knows: a list of trees."""
    result = subprocess.run(["lsblk", "-J", "-b", "-p", "-o", COLUMNS], capture_output=True, text=True)
    if result.returncode:
        raise Refused(f"lsblk: {result.stderr.strip()}")
    return json.loads(result.stdout)["blockdevices"]


def everything_on(device):
    """The device and all that lies on it: partitions, and what is built of these."""
    yield device
    for child in device.get("children", []):
        yield from everything_on(child)


def find_disk(path, devices):
    """lsblk's tree of the disk, or Refused."""
    for device in devices:
        if device["name"] == path:
            break
        if any(part["name"] == path for part in everything_on(device)):
            raise Refused(f"{path} is a part of {device['name']}; FastOS needs a whole disk")
    else:
        raise Refused(f"{path} is no disk; there are: "
                      + (", ".join(d["name"] for d in devices if d["type"] == "disk") or "none"))
    if device["type"] not in ("disk", "loop"):
        raise Refused(f"{path} is a {device['type']}, not a disk")
    if device["ro"]:
        raise Refused(f"{path} is write-protected")
    for part in everything_on(device):
        places = [place for place in part["mountpoints"] if place]
        if "/" in places:
            raise Refused(f"{path} holds the system that runs here ({part['name']} is /)")
        if places:
            raise Refused(f"{part['name']} is in use at {', '.join(places)}; unmount it first")
        if part is not device and part["type"] != "part":
            raise Refused(f"{path} is in use by {part['name']} ({part['type']})")
    return device


def describe(device, size):
    print(f"Disk     {device['name']}")
    print(f"Model    {device.get('model') or 'unknown'}"
          + (f", serial {device['serial']}" if device.get("serial") else "")
          + (f", {device['tran']}" if device.get("tran") else ""))
    print(f"Size     {size / 1e9:.2f} GB ({size} bytes)")
    parts = device.get("children", [])
    for part in parts:
        print(f"Holds    {part['name']}: {int(part['size']) / 1e9:.2f} GB, "
              f"{part['fstype'] or 'no file system known'}"
              + (f", \"{part['label']}\"" if part["label"] else ""))
    if not parts:
        print(f"Holds    {device.get('fstype') or 'no partitions'}")


def confirm(name, what):
    print(f"\n{what}\nType {name} to go on: ", end="", flush=True)
    answer = sys.stdin.readline().strip()
    if answer != name:
        raise Refused("nothing was written")


# ---- writing -------------------------------------------------------------------------------------

class Progress:
    """A line that says how far it is; on a terminal it overwrites itself."""

    def __init__(self, verb, total):
        self.verb, self.total, self.start, self.shown = verb, total, time.monotonic(), 0

    def show(self, done):
        now = time.monotonic()
        last = done == self.total
        if now - self.shown < (0.2 if sys.stdout.isatty() else 5) and not last:
            return
        self.shown = now
        rate = done / max(now - self.start, 0.001) / 1e6
        end = "\n" if last or not sys.stdout.isatty() else "\r"
        print(f"{self.verb} {100 * done // self.total:3} %, {done / 1e6:.0f} of "
              f"{self.total / 1e6:.0f} MB, {rate:.1f} MB/s ", end=end, flush=True)


def write_at(disk, offset, data):
    while data:
        written = os.pwrite(disk, data, offset)
        offset, data = offset + written, data[written:]


def read_at(disk, offset, size):
    data = b""
    while len(data) < size:
        piece = os.pread(disk, size - len(data), offset + len(data))
        if not piece:
            raise Refused(f"the disk ends at byte {offset + len(data)}")
        data += piece
    return data


def pieces(image, size):
    """(offset, bytes) of the image, the first sector left out."""
    image.seek(SECTOR)
    offset = SECTOR
    while offset < size:
        data = image.read(min(CHUNK - offset % CHUNK, size - offset))
        if not data:
            raise Refused("the image shrank while it was read")
        yield offset, data
        offset += len(data)


def write_image(disk, image, size, first_sector):
    """The boot sector comes last: until then the disk does not boot half a system."""
    progress = Progress("Writing ", size)
    write_at(disk, 0, bytes(SECTOR))
    for offset, data in pieces(image, size):
        write_at(disk, offset, data)
        os.fdatasync(disk)  # so that the progress is the disk's, not the cache's
        progress.show(offset + len(data))
    write_at(disk, 0, first_sector)
    os.fsync(disk)


def forget_cache(disk):
    """What is read now comes from the disk itself."""
    os.fsync(disk)
    os.posix_fadvise(disk, 0, 0, os.POSIX_FADV_DONTNEED)
    if stat.S_ISBLK(os.fstat(disk).st_mode):
        fcntl.ioctl(disk, BLKFLSBUF)


def verify(disk, expected, size):
    """expected: (offset, bytes) pairs that must now be on the disk."""
    forget_cache(disk)
    progress = Progress("Checking", size)
    for offset, data in expected:
        found = read_at(disk, offset, len(data))
        if found != data:
            at = next(i for i, (a, b) in enumerate(zip(found, data)) if a != b)
            raise Refused(f"byte {offset + at} of the disk is {found[at]:#x}, not {data[at]:#x}: "
                          "the disk is bad, or smaller than it says")
        progress.show(offset + len(data))


def forget_gpt(disk, size):
    """A GPT has a second copy at the end of the disk, which some tools would take up again."""
    last = size - SECTOR
    if os.pread(disk, 8, last) == b"EFI PART":
        write_at(disk, last, bytes(SECTOR))


def install_all(disk, image, disk_size):
    size = os.fstat(image.fileno()).st_size
    image.seek(0)
    first = bytearray(image.read(SECTOR))
    # The kernel knows its disk by this number, so that no two disks may have the same.
    first[SIGNATURE] = struct.pack("<I", secrets.randbelow(2**32 - 1) + 1)
    if disk_size > size:
        forget_gpt(disk, disk_size)
    write_image(disk, image, size, bytes(first))
    verify(disk, expected_pieces(image, size, bytes(first)), size)


def reread_partitions(disk):
    try:
        if stat.S_ISBLK(os.fstat(disk).st_mode):
            fcntl.ioctl(disk, BLKRRPART)
    except OSError:  # a device that has none, or a slow desktop that looks into the old ones
        print("Linux still sees the old partitions: unplug the disk and plug it in again.")


def expected_pieces(image, size, first):
    yield 0, first
    yield from pieces(image, size)


# ---- keeping what is there -----------------------------------------------------------------------

def active_partition(sector):
    """(start, count) of the active Linux partition."""
    for number in range(4):
        status, kind, start, count = struct.unpack_from("<B3xB3xII", sector, 446 + 16 * number)
        if status == 0x80 and kind == LINUX_TYPE and start:
            return start, count
    raise Refused("it has no active Linux partition: there is no FastOS to keep")


def stage2_of(image):
    image.seek(SECTOR)
    head = image.read(SECTOR)
    sectors = struct.unpack_from("<H", head, 4)[0]
    return head + image.read((sectors - 1) * SECTOR)


def file_of(image, name, folder):
    """A file of the image's partition, taken out of it. -> its path here"""
    image.seek(0)
    start, _ = active_partition(image.read(SECTOR))
    path = os.path.join(folder, os.path.basename(name))
    fs = Ext2(os.path.realpath(image.name), int(time.time()), start * SECTOR)
    fs.ask(f"dump {name} {path}".encode())
    return path


def existing(path, disk, stage2_sectors):
    """The FastOS on the disk: its file system and the number of its partition's first sector."""
    sector = read_at(disk, 0, 2 * SECTOR)
    if sector[510:512] != b"\x55\xaa" or sector[SECTOR:SECTOR + 4] != STAGE2_MAGIC:
        raise Refused("it has no boot sector and stage 2 of ours: there is no FastOS to keep")
    start, _ = active_partition(sector)
    if 1 + stage2_sectors + 1 > start:
        raise Refused(f"stage 2 has {stage2_sectors} sectors, the partition begins at {start}")
    fs = Ext2(path, int(time.time()), start * SECTOR)
    try:
        fs.check()
    except Refused as error:
        raise Refused(f"its file system is not clean; e2fsck -f its partition first ({error})")
    if b"Type: regular" not in fs.ask(f"stat {KERNEL}".encode()):
        raise Refused(f"it has no {KERNEL}: there is no FastOS to keep")
    return fs, start


def has(fs, path):
    try:
        return b"Type: " in fs.ask(f"stat {path}".encode())
    except Refused:
        return False


def write_file(fs, source, path):
    """A new file that everybody may read. NoSpace: nothing of it is left."""
    folder, name = os.path.split(path)
    try:
        fs.debugfs([f"cd {folder}".encode(), f"write {source} {name}".encode(), b"cd /",
                    f"sif {path} mode 0100644".encode()])
    except NoSpace:
        fs.debugfs([f"rm {path}".encode()] if has(fs, path) else [])
        raise


def replace_kernel(fs, kernel, start):
    """The new one is complete on the disk before the names change."""
    if has(fs, NEW_KERNEL):  # of an attempt that was cut short
        fs.debugfs([f"rm {NEW_KERNEL}".encode()])
    try:
        write_file(fs, kernel, NEW_KERNEL)
    except NoSpace:
        raise Refused("its partition has no room for another kernel; delete a file there first")
    block = int(fs.ask(b"stats -h").split(b"Block size:")[1].split()[0])
    end = start * SECTOR + (fs.last_block(NEW_KERNEL.encode()) + 1) * block
    if end > BIOS_REACH:
        fs.debugfs([f"rm {NEW_KERNEL}".encode()])
        raise Refused(f"the only room for the kernel ends at {end}, beyond what a BIOS reads")
    commands = [f"rm {OLD_KERNEL}"] if has(fs, OLD_KERNEL) else []
    commands += [f"ln {KERNEL} {OLD_KERNEL}", f"unlink {KERNEL}",
                 f"ln {NEW_KERNEL} {KERNEL}", f"unlink {NEW_KERNEL}"]
    fs.debugfs([command.encode() for command in commands])
    fs.check()


def replace_tests(fs, tests):
    """Those of the old kernel are of no use to the new one."""
    if has(fs, TESTS):
        fs.debugfs([f"rm {TESTS}".encode()])
    try:
        write_file(fs, tests, TESTS)
    except NoSpace:
        print("Tests    left out: there is no room for them, so `ktest` will not run")
    fs.check()


def check_kernel(fs, kernel, folder):
    copy = os.path.join(folder, "copy")
    fs.ask(f"dump {KERNEL} {copy}".encode())
    with open(kernel, "rb") as wanted, open(copy, "rb") as found:
        if wanted.read() != found.read():
            raise Refused("the kernel on the disk is not what was written: the disk is bad")


def install_keeping(disk, image, fs, start):
    stage2 = stage2_of(image)
    image.seek(0)
    code = image.read(CODE_SIZE) + os.pread(disk, SECTOR - CODE_SIZE, CODE_SIZE)
    with tempfile.TemporaryDirectory(prefix="install.") as folder:
        kernel = file_of(image, KERNEL, folder)
        replace_kernel(fs, kernel, start)
        print("Kernel   new; the one before it is kernel.old.elf, in the boot menu \"previous\"")
        replace_tests(fs, file_of(image, TESTS, folder))
        write_at(disk, SECTOR, stage2)
        os.fsync(disk)
        write_at(disk, 0, code)
        verify(disk, [(0, code), (SECTOR, stage2)], SECTOR + len(stage2))
        check_kernel(fs, kernel, folder)


# ---- all together --------------------------------------------------------------------------------

def open_disk(path, allow_file):
    """(lsblk's tree, descriptor). O_EXCL on a device: the system itself says whether it is in use."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}")
    if stat.S_ISREG(mode) and allow_file:
        return {"name": path, "model": "plain file"}, os.open(path, os.O_RDWR)
    if not stat.S_ISBLK(mode):
        raise Refused(f"{path} is no disk")
    device = find_disk(path, block_devices())
    try:
        return device, os.open(path, os.O_RDWR | os.O_EXCL)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}" + ("; root can" if os.geteuid() else ""))


def install(arguments):
    path = os.path.realpath(arguments.disk)
    device, disk = open_disk(path, arguments.file)
    name = os.path.basename(path)
    with open(arguments.image, "rb") as image:
        size, image_size = os.lseek(disk, 0, os.SEEK_END), os.fstat(image.fileno()).st_size
        describe(device, size)
        if arguments.keep:
            fs, start = existing(path, disk, len(stage2_of(image)) // SECTOR)
            confirm(name, f"Boot sector, stage 2 and kernel of {path} become new; its files stay.")
            install_keeping(disk, image, fs, start)
        else:
            if size < image_size:
                raise Refused(f"{path} has {size} bytes, the image {image_size}: too small")
            confirm(name, f"EVERYTHING on {path} will be lost.")
            install_all(disk, image, size)
            reread_partitions(disk)
    os.close(disk)
    print(f"Done. {path} boots FastOS.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image")
    parser.add_argument("disk")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--file", action="store_true")
    try:
        install(parser.parse_args())
    except (Refused, OSError) as error:
        sys.exit(f"install: {error}")
    except KeyboardInterrupt:
        sys.exit("\ninstall: interrupted; the disk does not boot until it is done again")


if __name__ == "__main__":
    main()
