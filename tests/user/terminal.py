"""A program in a pseudo terminal, and what its screen shows."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

CSI = re.compile(rb"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Screen:
    """As much of a terminal as edit and the shell use: places, erasing, text in UTF-8."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.row = self.column = 0
        self.cells = [[" "] * columns for _ in range(rows)]

    def feed(self, data):
        at = 0
        while at < len(data):
            found = CSI.match(data, at)
            if found:
                self.control(found)
                at = found.end()
            elif data[at] == 0x1B:
                at += 2
            else:
                size = 1 if data[at] < 0x80 else 2 if data[at] < 0xE0 else 3 if data[at] < 0xF0 else 4
                self.put(data[at:at + size].decode(errors="replace"))
                at += size

    def control(self, found):
        numbers = [int(n or 0) for n in found[2].split(b";")]
        if found[3] == b"H":
            row, column = (numbers + [1, 1])[:2] if len(numbers) > 1 else (1, 1)
            self.row, self.column = max(row, 1) - 1, max(column, 1) - 1
        elif found[3] == b"K" and self.row < self.rows:
            self.cells[self.row][self.column:] = [" "] * (self.columns - self.column)
        elif found[3] == b"J":
            self.cells = [[" "] * self.columns for _ in range(self.rows)]

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row = min(self.row + 1, self.rows - 1)
        elif char >= " " and self.row < self.rows and self.column < self.columns:
            self.cells[self.row][self.column] = char
            self.column += 1

    def line(self, row):
        return "".join(self.cells[row]).rstrip()


class Terminal:
    def __init__(self, words, rows=12, columns=60, **environment):
        self.screen = Screen(rows, columns)
        self.raw = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(environment)
            os.execvp(words[0], words)
        self.resize(rows, columns, clear=False)

    def resize(self, rows, columns, clear=True):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if clear:
            self.screen = Screen(rows, columns)
        os.kill(self.pid, signal.SIGWINCH)

    def read(self, quiet=0.15):
        while select.select([self.fd], [], [], quiet)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:  # the other end is closed
                return
            if not data:
                return
            self.raw += data
            self.screen.feed(data)

    def type(self, keys, quiet=0.15):
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)
        self.read(quiet)

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text.encode() not in self.raw:
            assert time.monotonic() < end, f"{text!r} never came: {self.raw[-800:]!r}"
            self.read(0.05)

    def end(self, seconds=20):
        """The exit status; whatever still runs then is killed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"did not end: {self.raw[-800:]!r}")
