"""An ext2 file system in a file or on a disk, through e2fsprogs: no root, no mounting.

Use: make(path, …) or Ext2(path, epoch) → debugfs([commands]) → check(). Python standard library.
"""
import os
import subprocess

FULL = ("Could not allocate block", "Could not allocate inode")  # libext2fs, ext2_err.et


class Refused(Exception):
    """What the user gave cannot be used; the text says why."""


class NoSpace(Refused):
    """The file system is full."""


def quote(text):
    """As debugfs wants a word that may have blanks."""
    return b'"' + text.replace(b'"', b'""') + b'"'


class Ext2:
    """path: a file or device with the file system `offset` bytes from its start. epoch: the time
    that e2fsprogs takes for now, so that the same commands leave the same bytes."""

    def __init__(self, path, epoch, offset=0):
        self.path = f"{path}?offset={offset}" if offset else str(path)
        self.environment = dict(os.environ, E2FSPROGS_FAKE_TIME=str(epoch), LC_ALL="C",
                                MKE2FS_CONFIG=os.devnull, DEBUGFS_PAGER="cat",
                                PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

    def make(self, block, blocks, inodes, uuid, label="FASTOS"):
        """A new, empty one: the oldest common dialect, with types in directories, which every
        reader of ext2 knows. block: bytes."""
        self.run("mke2fs", "-q", "-F", "-t", "ext2", "-b", str(block), "-I", "256",
                 "-T", "default", "-N", str(inodes), "-m", "0", "-L", label, "-U", uuid,
                 "-O", "none,filetype,sparse_super,large_file",
                 "-E", f"hash_seed={uuid},root_owner=0:0,nodiscard,lazy_itable_init=0",
                 self.path, str(blocks))
        return self

    def run(self, *command, script=None):
        result = subprocess.run(command, input=script, env=self.environment, capture_output=True)
        complaints = [line for line in result.stderr.decode(errors="replace").splitlines()
                      if line and not line.startswith(("debugfs 1", "mke2fs 1", "e2fsck 1"))]
        said = f"{command[0]}: " + "; ".join(complaints or [f"exit {result.returncode}"])
        if any(full in line for full in FULL for line in complaints):
            raise NoSpace(said)
        if result.returncode or complaints:
            raise Refused(said)
        return result.stdout

    def debugfs(self, commands):
        """Commands as a script. One with a line break in it cannot stand there: it goes alone."""
        batch = []
        for command in commands + [None]:
            if command is not None and b"\n" not in command:
                batch.append(command)
                continue
            if batch:
                self.run("debugfs", "-w", "-f", "-", self.path, script=b"\n".join(batch) + b"\n")
                batch = []
            if command is not None:
                self.run("debugfs", "-w", "-R", command, self.path)

    def ask(self, command):
        """What debugfs answers to a command that changes nothing."""
        return self.run("debugfs", "-R", command, self.path)

    def last_block(self, path):
        """The highest block that the file, or its inode, lies in."""
        blocks = [int(block) for block in self.ask(b"blocks " + quote(path)).split()]
        where = self.ask(b"imap " + quote(path)).split()  # "… located at block 8, offset 0x0000"
        return max(blocks + [int(where[where.index(b"at") + 2].rstrip(b","))])

    def check(self):
        self.run("e2fsck", "-fn", self.path)
