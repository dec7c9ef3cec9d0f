"""A program on a pseudo terminal, and the screen that it draws: as much of a VT as our programs use."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ESCAPE = re.compile(r"\x1b(?:\[([?!]?)([\d;]*)([@-~])|([()])(.)|(.))", re.S)


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.clear()

    def clear(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.x = self.y = 0

    @property
    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def feed(self, text):
        at = 0
        while at < len(text):
            match = ESCAPE.match(text, at)
            if match:
                self.obey(match)
                at = match.end()
                continue
            self.put(text[at])
            at += 1

    def put(self, c):
        if c == "\r":
            self.x = 0
        elif c == "\n":
            self.y = min(self.y + 1, self.rows - 1)
        elif c == "\b":
            self.x = max(self.x - 1, 0)
        elif c >= " ":
            if self.x < self.columns:
                self.cells[self.y][self.x] = c
            self.x += 1

    def obey(self, match):
        private, numbers, final = match[1], match[2], match[3]
        values = [int(n) if n else 0 for n in (numbers or "").split(";")] + [0, 0]
        if final == "H":
            self.y, self.x = min(max(values[0], 1), self.rows) - 1, max(values[1], 1) - 1
        elif final == "J":
            self.cells = ([[" "] * self.columns for _ in range(self.rows)] if values[0] == 2 else
                          self.cells[:self.y] + [self.cells[self.y][:self.x] + [" "] * (self.columns - self.x)]
                          + [[" "] * self.columns for _ in range(self.rows - self.y - 1)])
        elif final == "K":
            self.cells[self.y][self.x:] = [" "] * (self.columns - self.x)
        elif final in ("A", "B", "C", "D") and not private:
            step = max(values[0], 1)
            self.y += {"A": -step, "B": step}.get(final, 0)
            self.x += {"C": step, "D": -step}.get(final, 0)


class Terminal:
    def __init__(self, words, folder, columns=80, rows=24, env=None):
        self.screen = Screen(columns, rows)
        self.raw = ""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self.become(words, folder, columns, rows, env)

    @staticmethod
    def become(words, folder, columns, rows, env):
        """The child is the program, or nothing: without one it would go on as a second run of the tests."""
        try:
            os.chdir(folder)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
            os.execve(words[0], list(map(str, words)),
                      {"PATH": os.environ["PATH"], "TERM": "linux", "LC_ALL": "C.UTF-8",
                       "ASAN_OPTIONS": "detect_leaks=0", **(env or {})})
        finally:
            os._exit(127)

    def read(self, patience):
        """What comes until it is quiet for so long."""
        while select.select([self.fd], [], [], patience)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                return False
            text = data.decode("utf-8", "replace")
            self.raw += text
            self.screen.feed(text)
        return True

    def type(self, keys, patience=0.15):
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)
        self.read(patience)

    def wait_for(self, text, seconds=15):
        end = time.monotonic() + seconds
        while not any(text in line for line in self.screen.lines):
            assert time.monotonic() < end, (text, self.screen.lines)
            if not self.read(0.1):
                break

    def resize(self, columns, rows):
        self.screen = Screen(columns, rows)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        self.read(0.3)

    def end(self, seconds=15):
        """Its exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"it does not end: {self.screen.lines}")
