"""COM2 to COM4: found, typed to and printed to by programs, with modes; COM1 stays the log's."""
import socket

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


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_those_that_are_there(count):
    with Ports(*NAMES[:count], cmdline="run='for i in 1 2 3; do test -c /dev/ttyS$i && echo on $i > /dev/ttyS$i && "
               "echo there $i; done; lsdev -m'") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
        assert [i for i in (1, 2, 3) if f"there {i}\n" in text] == list(range(1, count + 1))
        for i, line in enumerate(m.lines):
            assert line.text() == f"on {i + 1}\r\n"
    assert "serial: 16550 serial ports COM1 to COM4" in text


def test_a_shell_on_each_at_the_same_time():
    """COM1's and COM3's interrupt is one line, COM2's and COM4's another."""
    start = "for i in 1 2 3; do (echo up; while read l; do eval \"$l\"; done) < /dev/ttyS$i > /dev/ttyS$i 2>&1 & done"
    with Ports(*NAMES, cmdline=f"run='{start}; wait'") as m:
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


def test_a_file_over_a_line_both_ways():
    """32 KiB to a program that takes them, and back."""
    with Ports("com2", cmdline="run='stty raw -echo crtscts 115200 < /dev/ttyS1; exec 3<>/dev/ttyS1; echo go >&3; "
               "head -c 32768 <&3 > /tmp/got; cat /tmp/got >&3; stty -raw <&3'") as m:
        m.lines[0].expect("go\n")
        data = bytes(i * 7 + i // 256 & 0xFF for i in range(32768))
        m.lines[0].socket.setblocking(True)
        m.lines[0].socket.sendall(data)
        m.lines[0].socket.setblocking(False)
        soon(lambda: m.lines[0].has(3 + len(data)), 60)
        assert m.lines[0].bytes == b"go\n" + data
        assert m.wait_exit(30) == 0, m.report()


def test_modes():
    with Ports("com2", cmdline="run='for m in 9600 300 \"cs7 parenb\" \"cs8 -parenb crtscts cstopb\"; do "
               "stty $m < /dev/ttyS1 && stty < /dev/ttyS1; done; stty 110 < /dev/ttyS1; stty 250000 < /dev/ttyS1; "
               "stty < /dev/ttyS1; stty 9600 < /dev/tty1; exit 0'") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
    assert "speed 9600 baud;" in text and "speed 300 baud;" in text
    assert "parenb cs7" in text and "cstopb" in text and "crtscts" in text
    assert text.count("stty: the modes: Invalid argument") == 2
    assert text.rindex("speed 300 baud;") > text.rindex("Invalid argument")


def test_off():
    with Ports("com2", cmdline="drv.serial=off", serial=False) as m:
        soon(lambda: m.screen())
        assert m.lines[0].text() == ""
