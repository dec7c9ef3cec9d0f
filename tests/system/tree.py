#!/usr/bin/python3
"""A tree of files that is hard on a file system's reader, with the CRC32 of each.

    tree.py FOLDER [--files 2000] [--seed 1] [--big 40000000]

fills FOLDER (new or empty) and writes what the kernel's `sum` should say to FOLDER.crc32, sorted by
path, a line a file: CRC32, two spaces, size, two spaces, path. The same seed gives the same bytes
on each machine. In a test:

    manifest = tree.make(folder)      # {"/edge/1024": (0x1234abcd, 1024), ...}

What is in it: sizes around the block and pointer boundaries of 1K, 2K and 4K blocks; one large
file;
sparse files up to the third level of indirect blocks; directories in 30 levels; names of 1 to 255
bytes; a directory of many entries; hard links; fast and slow symlinks, chains of them, loops.
Regular
files alone are in what make() returns (`sum -r` prints them and follows no symlink); links() has
the symlinks that lead to a file, and where they lead.
"""
import argparse
import os
import random
import string
import sys
import zlib
from pathlib import Path

BLOCKS = (1024, 2048, 4096)
NAME_MAX = 255
LETTERS = string.ascii_letters + string.digits + "_-.+=,@%"
HOLES = 1 << 20  # zeros for a hole's CRC, fed in pieces of this size


def edge_sizes():
    """One byte around what a block, the direct blocks and the first indirect block can hold."""
    sizes = {0, 1, 2, 511, 512, 513}
    for block in BLOCKS:
        pointers = block // 4
        for blocks in (1, 2, 3, 11, 12, 13, 12 + pointers, 12 + pointers + 1):
            if blocks * block <= 1 << 20 or block == 1024:
                sizes.update((blocks * block - 1, blocks * block, blocks * block + 1))
    return sorted(sizes)


def sparse_files():
    """name → [(offset, length)] of the pieces that are written; the rest are holes."""
    files = {"start-hole": [(100_000, 5000)], "end-hole": [(0, 3000), (1_000_000, 1)]}
    for block in BLOCKS:
        pointers = block // 4
        double = (12 + pointers) * block
        files[f"every-other-{block}"] = [(2 * i * block, block) for i in range(40)]
        files[f"double-{block}"] = [(0, 10), (double - 700, 1400), (double + 9 * block, 77)]
    triple = (12 + 256 + 256 * 256) * 1024  # of 1K blocks; for 4K blocks it lies at 4 GiB
    files["triple-1024"] = [(5, 5), (triple - 3000, 6000)]
    return files


class Tree:
    def __init__(self, folder, seed):
        self.top = Path(folder)
        self.random = random.Random(seed)
        self.manifest = {}

    def path(self, name):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def note(self, name, crc, size):
        self.manifest["/" + name] = (crc, size)

    def file(self, name, size):
        data = self.random.randbytes(size)
        self.path(name).write_bytes(data)
        self.note(name, zlib.crc32(data), size)

    def sparse(self, name, pieces):
        crc = at = 0
        with open(self.path(name), "wb") as file:
            for offset, length in sorted(pieces):
                for hole in range(at, offset, HOLES):
                    crc = zlib.crc32(bytes(min(HOLES, offset - hole)), crc)
                data = self.random.randbytes(length)
                file.seek(offset)
                file.write(data)
                crc = zlib.crc32(data, crc)
                at = offset + length
        self.note(name, crc, at)

    def name(self, length):
        """No dot in front, and nothing that a shell or the monitor would take for its own."""
        first = self.random.choice(string.ascii_letters)
        return first + "".join(self.random.choices(LETTERS, k=length - 1))


def make_links(tree):
    tree.file("links/target", 3333)
    os.link(tree.path("links/target"), tree.path("links/hard"))
    tree.note("links/hard", *tree.manifest["/links/target"])
    for length in (6, 58, 59, 60, 61, 200, 1000):  # 60 bytes are the first that need a block
        target = "./" * ((length - 6) // 2) + "/" * (length % 2) + "target"
        os.symlink(target, tree.path(f"links/dots-{length}"))
    os.symlink("/links/target", tree.path("links/absolute"))
    os.symlink("../links/../links/target", tree.path("links/up-and-down"))
    os.symlink("target", tree.path("links/chain-1"))
    for i in range(2, 21):
        os.symlink(f"chain-{i - 1}", tree.path(f"links/chain-{i}"))
    os.symlink("loop", tree.path("links/loop"))
    os.symlink("nowhere", tree.path("links/dangling"))
    os.symlink("/deep", tree.path("links/to-deep"))


def make_fixed(tree, big):
    for size in edge_sizes():
        tree.file(f"edge/{size}", size)
    if big:
        tree.file("big/contiguous", big)
    for name, pieces in sparse_files().items():
        tree.sparse(f"sparse/{name}", pieces)
    for depth in range(1, 31):
        tree.file("deep/" + "/".join(f"d{i}" for i in range(1, depth + 1)) + "/leaf", depth * 101)
    for length in (1, 2, 3, 4, 5, 127, 128, 251, 252, 253, 254, NAME_MAX):
        tree.file("names/" + tree.name(length), length)
    tree.file("names/" + "ü" * 127, 127)  # 254 bytes of UTF-8
    make_links(tree)


def make_rest(tree, files):
    """Fills up to `files`: half in one large directory, half scattered."""
    count = max(0, files - len(tree.manifest))
    for i in range(count // 2):
        tree.file(f"many/{i:04}-{tree.name(tree.random.choice((1, 8, 30, 200)))}",
                  tree.random.choice((0, 7, 100, 1024)))
    folders = [""]
    for i in range(count - count // 2):
        if i % 25 == 0:
            parent = tree.random.choice([f for f in folders if f.count("/") < 10])
            folders.append(f"{parent}{tree.name(10)}/")
        size = int(2 ** tree.random.uniform(0, 16))
        tree.file(f"scattered/{tree.random.choice(folders)}{i:04}-{tree.name(12)}", size)


def make(folder, files=2000, seed=1, big=40_000_000):
    """Fill the folder. Returns {path in the image: (crc32, size)} for every regular file."""
    tree = Tree(folder, seed)
    tree.top.mkdir(parents=True, exist_ok=True)
    if any(tree.top.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    make_fixed(tree, big)
    make_rest(tree, files)
    return tree.manifest


def links(folder):
    """{path of a symlink: path of the regular file it leads to}, both as in the image."""
    top = Path(folder)
    found = {}
    for path in top.rglob("*"):
        if path.is_symlink():
            at = follow(top, path)
            if at and at.is_file():
                found["/" + str(path.relative_to(top))] = "/" + str(at.relative_to(top))
    return found


def follow(top, path):
    """A symlink's end, with `top` as the root of absolute targets; None for a loop."""
    for _ in range(40):
        if not path.is_symlink():
            return path
        target = os.readlink(path)
        start = top if target.startswith("/") else path.parent
        path = Path(os.path.normpath(start / target.lstrip("/")))
    return None


def lines(manifest):
    """The manifest as `sum` prints it, sorted by path."""
    return [f"{crc:08x}  {size}  {path}" for path, (crc, size) in sorted(manifest.items())]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--big", type=int, default=40_000_000, help="bytes of the large file, 0: none")
    arguments = parser.parse_args()
    manifest = make(arguments.folder, arguments.files, arguments.seed, arguments.big)
    Path(arguments.folder + ".crc32").write_text("\n".join(lines(manifest)) + "\n")
    print(f"{arguments.folder}: {len(manifest)} files, "
          f"{sum(size for _, size in manifest.values()) >> 20} MiB with holes")


if __name__ == "__main__":
    sys.exit(main())
