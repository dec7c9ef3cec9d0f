"""COM2 to COM4: found, typed to and printed to by programs, with modes; COM1 stays the log's."""
import re
import select
import socket
import time

import pytest

from checks import plain, soon
from harness import Machine


class Line:
    """The other end of a serial port of QEMU's."""

    def __init__(self, machine, name):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(machine.folder / name))
        self.socket.setblocking(False)
        self.bytes = b""

    def text(self):
        try:
            while data := self.socket.recv(65536):
                self.bytes += data
        except BlockingIOError:
            pass
        return self.bytes.decode("utf-8", "replace")

    def expect(self, text, timeout=20):
        def there():
            assert text in self.text()
        soon(there, timeout)

    def has(self, size):
        self.text()
        assert len(self.bytes) >= size

    def take(self, size, timeout):
        """So many bytes, as fast as they come: QEMU sends each by itself, and waits when some hundred wait here."""
        end = time.monotonic() + timeout
        while len(self.bytes) < size and time.monotonic() < end:
            if select.select([self.socket], [], [], 1)[0]:
                self.text()

    def send(self, text):
        self.socket.sendall(text.encode())


def ports(folder, *names):
    words = []
    for name in names:
        words += ["-chardev", f"socket,id={name},path={folder}/{name},server=on,wait=off", "-serial", f"chardev:{name}"]
    return words


class Ports(Machine):
    """A machine with COM2 and so on, as many as it has names."""

    def __init__(self, *names, **options):
        self.names = names
        super().__init__(init=None, **options)
        self.lines = [Line(self, name) for name in names]

    def serial_arguments(self, serial):
        return super().serial_arguments(serial) + ports(self.folder, *self.names)


NAMES = ("com2", "com3", "com4")
PLACEMENTS = pytest.mark.parametrize("placement", ["kernel", "user"])


@PLACEMENTS
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_those_that_are_there(count, placement):
    with Ports(*NAMES[:count], cmdline=f"drv.serial={placement} run='for i in 1 2 3; do test -c /dev/ttyS$i && "
               "echo on $i > /dev/ttyS$i && echo there $i; done; lsdev -m'") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
        assert [i for i in (1, 2, 3) if f"there {i}\n" in text] == list(range(1, count + 1))
        for i, line in enumerate(m.lines):
            assert line.text() == f"on {i + 1}\r\n"
    assert "serial: 16550 serial ports COM1 to COM4" in text


@PLACEMENTS
def test_a_shell_on_each_at_the_same_time(placement):
    """COM1's and COM3's interrupt is one line, COM2's and COM4's another."""
    start = "for i in 1 2 3; do (echo up; while read l; do eval \"$l\"; done) < /dev/ttyS$i > /dev/ttyS$i 2>&1 & done"
    with Ports(*NAMES, cmdline=f"drv.serial={placement} run='{start}; wait'") as m:
        for i, line in enumerate(m.lines):
            line.expect("up\r\n")
            line.send(f"echo $((40 + {i})) from here\n")
        for i, line in enumerate(m.lines):
            line.expect(f"{40 + i} from here\r\n")
            line.send("seq 3000\n")
        for line in m.lines:
            line.expect("2999\r\n3000\r\n")
            assert [int(word) for word in line.text().split("seq 3000")[1].split() if word.isdigit()] == \
                list(range(1, 3001))
        for line in m.lines:
            line.send("break\n")
        assert m.wait_exit(30) == 0, m.report()


@PLACEMENTS
def test_a_file_over_a_line_both_ways(placement):
    """32 KiB to a program that takes them, and back."""
    with Ports("com2", cmdline=f"drv.serial={placement} run='stty raw -echo crtscts 115200 < /dev/ttyS1; "
               "exec 3<>/dev/ttyS1; echo go >&3; "
               "head -c 32768 <&3 > /tmp/got; cat /tmp/got >&3; stty -raw <&3'") as m:
        m.lines[0].expect("go\n")
        data = bytes(i * 7 + i // 256 & 0xFF for i in range(32768))
        m.lines[0].socket.setblocking(True)
        m.lines[0].socket.sendall(data)
        m.lines[0].socket.setblocking(False)
        soon(lambda: m.lines[0].has(3 + len(data)), 60)
        assert m.lines[0].bytes == b"go\n" + data
        assert m.wait_exit(30) == 0, m.report()


@PLACEMENTS
def test_modes(placement):
    with Ports("com2", cmdline=f"drv.serial={placement} run='for m in 9600 300 \"cs7 parenb\" "
               "\"cs8 -parenb crtscts cstopb\"; do stty $m < /dev/ttyS1 && stty < /dev/ttyS1; done; "
               "stty 110 < /dev/ttyS1; stty 250000 < /dev/ttyS1; "
               "stty < /dev/ttyS1; stty 9600 < /dev/tty1; exit 0'") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
    assert "speed 9600 baud;" in text and "speed 300 baud;" in text
    assert "parenb cs7" in text and "cstopb" in text and "crtscts" in text
    assert text.count("stty: the modes: Invalid argument") == 2
    assert text.rindex("speed 300 baud;") > text.rindex("Invalid argument")


def test_off():
    with Ports("com2", cmdline="drv.serial=off run='ls /dev/ttyS*; seq 3000'") as m:
        assert m.wait_exit(60) == 0, m.report()
        assert m.lines[0].text() == ""
        text = plain(m.text)
    assert "ls: /dev/ttyS*: No such file" in text and "kernel: ready" in text
    assert "\n2999\n3000\n" in text


# ---- a driver that ends and begins anew ----------------------------------------------------------

COUNT = 150000  # a megabyte
KILLER = "(while sleep 0.3; do drvctl serial kill; done) & "


def without_log(text):
    return re.sub(r"\[ *\d+\.\d{6}\] \w+: [^\n]*\n", "", text)


def counted(text):
    return [int(line) for line in text.splitlines() if line.isdigit()]


@PLACEMENTS
def test_nothing_is_lost_when_it_is_killed(placement):
    """COM2 for itself, COM1 with the log's lines between."""
    whole = "".join(f"{i}\r\n" for i in range(1, COUNT + 1))
    with Ports("com2", cmdline=f"drv.serial={placement} run='{KILLER}seq {COUNT} > /dev/ttyS1; "
               f"seq {COUNT} > /dev/ttyS0; lsdev'") as m:
        m.lines[0].take(len(whole), 60)
        assert m.wait_exit(60) == 0, m.report()
        line, text = m.lines[0].text(), plain(m.text)
    assert line == whole
    # The log's lines begin at the left, also between a carriage return and its newline.
    assert re.sub(r"\s", "", whole) in re.sub(r"\s", "", without_log(text.replace("\r", "")))
    assert re.search(rf"^serial +serial +{placement} ", text, re.M)
    assert text.count("serial: killed as ordered") > 3


@PLACEMENTS
def test_what_is_typed_comes_after_it_began_anew(placement):
    """And with the line's modes."""
    start = "(echo up; while read l; do eval \"$l\"; done) < /dev/ttyS1 > /dev/ttyS1 2>&1"
    with Ports("com2", cmdline=f"drv.serial={placement} run='stty 9600 cs7 parenb < /dev/ttyS1; {start}'") as m:
        m.lines[0].expect("up\r\n")
        for i, order in enumerate(("restart", "kill", "placement user", "kill", "placement kernel", "restart")):
            m.lines[0].send(f"drvctl serial {order}; echo after $(({i} + 40))\n")
            m.lines[0].expect(f"after {i + 40}\r\n")
        m.lines[0].send("stty\n")
        m.lines[0].expect("speed 9600 baud;")
        m.lines[0].expect("parenb cs7")
        m.lines[0].send("drvctl serial stop; drvctl serial start; echo the last\n")
        m.lines[0].expect("the last\r\n")
        m.lines[0].send("break\n")
        assert m.wait_exit(30) == 0, m.report()


def test_the_log_outlives_it():
    """It fails until it is retired; in virtual time, as it begins anew later and later."""
    fail = "kill -9 $(ps -e | grep lib/drivers/serial | grep -v grep | cut -c1-5); sleep 10; "
    with Machine(init=None, icount=1, cpu="max", cmdline=f"drv.serial=user run='{fail * 5} lsdev; seq 5000; "
                 "drvctl serial start; sleep 1; lsdev'") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
    assert re.search(r"serial: error: its program ended; its failure 5, 5 of them in half an hour: retired", text)
    assert re.search(r"^serial +serial +user +retired ", text, re.M)
    assert [i for i in counted(text) if i > 9] == list(range(10, 5001))
