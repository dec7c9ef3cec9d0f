"""Talk to a QEMU that we started: QMP commands, keys of a US keyboard, and pictures of the screen.

Use: Qmp(path) → command(…), type_keys(…), screen(…) → close(). Standard library only.
"""
import json
import re
import socket
import struct
import time
import zlib
from pathlib import Path

# Characters of a US keyboard by QEMU's key names: the plain ones, and those with Shift.
KEYS = {"\n": "ret", "\t": "tab", "\b": "backspace", "\x1b": "esc", " ": "spc", "-": "minus",
        "=": "equal", "[": "bracket_left", "]": "bracket_right", "\\": "backslash",
        ";": "semicolon", "'": "apostrophe", "`": "grave_accent", ",": "comma", ".": "dot",
        "/": "slash"}
KEYS.update({character: character for character in "abcdefghijklmnopqrstuvwxyz0123456789"})
SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./"))
SHIFTED.update({character.upper(): character for character in "abcdefghijklmnopqrstuvwxyz"})


class QmpError(Exception):
    pass


class Qmp:
    """A QMP connection. `events` holds what came unasked, oldest first."""

    def __init__(self, path, timeout=10):
        self.events = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.connect(path, time.monotonic() + timeout)
        self.file = self.socket.makefile("rw", encoding="utf-8", newline="\n")
        json.loads(self.file.readline())  # the greeting
        self.command("qmp_capabilities")

    def connect(self, path, deadline):
        while True:
            try:
                return self.socket.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline:
                    raise QmpError(f"{path}: no QEMU answers there")
                time.sleep(0.01)

    def command(self, name, **arguments):
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = self.receive()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"{name}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def receive(self):
        line = self.file.readline()
        if not line:
            raise QmpError("QEMU hung up")
        return json.loads(line)

    def drain(self):
        """Take the events that are waiting, until QEMU is silent or gone."""
        self.socket.settimeout(0.5)
        try:
            while True:
                self.events.append(self.receive())
        except (OSError, QmpError, ValueError):
            pass

    def close(self):
        try:
            self.file.close()
        except OSError: # what was not sent when QEMU went
            pass
        self.socket.close()

    # ---- keyboard --------------------------------------------------------------------------------

    def key(self, name, down):
        event = {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": name}}}
        self.command("input-send-event", events=[event])

    def press(self, *names, hold=0.01):
        """Press the keys together and release them in reverse order."""
        for name in names:
            self.key(name, True)
        time.sleep(hold)
        for name in reversed(names):
            self.key(name, False)

    def type_keys(self, text, gap=0.01):
        """Type the text at the machine's keyboard, slowly enough for its queue of 16 bytes."""
        for character in text:
            if character in SHIFTED:
                self.press("shift", KEYS[SHIFTED[character]])
            else:
                self.press(KEYS[character])
            time.sleep(gap)

    # ---- screen ----------------------------------------------------------------------------------

    def screen(self, folder):
        """What the screen shows now. `folder`: where QEMU can leave a file for a moment."""
        path = Path(folder) / "screen.ppm"
        self.command("screendump", filename=str(path))
        try:
            return Screen.from_ppm(path.read_bytes())
        finally:
            path.unlink()

    def memory(self, folder, address, size):
        """Bytes of the machine's physical memory."""
        path = Path(folder) / "memory.bin"
        self.command("pmemsave", val=address, size=size, filename=str(path))
        try:
            return path.read_bytes()
        finally:
            path.unlink()


class Screen:
    """A picture: `rgb` holds width × height × 3 bytes."""

    def __init__(self, width, height, rgb):
        self.width, self.height, self.rgb = width, height, rgb

    @classmethod
    def from_ppm(cls, data):
        # Exactly one white byte stands before the pixels.
        head = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", data)
        if not head:
            raise QmpError(f"not a P6 picture with 255 levels: {data[:16]!r}")
        return cls(int(head[1]), int(head[2]), data[head.end():])

    def pixel(self, x, y):
        at = (y * self.width + x) * 3
        return tuple(self.rgb[at:at + 3])

    def colours(self):
        """How many different pixels there are; 1 is an empty screen."""
        return len({self.rgb[at:at + 3] for at in range(0, len(self.rgb), 3)})

    def png(self):
        """The picture as PNG (PNG specification, second edition)."""
        def chunk(kind, data):
            return (struct.pack(">I", len(data)) + kind + data
                    + struct.pack(">I", zlib.crc32(kind + data)))
        line = self.width * 3
        lines = b"".join(b"\0" + self.rgb[at:at + line] for at in range(0, len(self.rgb), line))
        return (b"\x89PNG\r\n\x1a\n"
                + chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))
