"""init, the shell and the tools in the machine: a first session, typed over COM1; run= and terminals."""
import re
import subprocess
import time

import pytest

from checks import plain
from harness import PATIENCE, Machine

START = 1 << 20  # of the partition


class Session:
    """A shell that init started, and commands for it."""

    def __init__(self, machine):
        self.machine = machine
        machine.wait_for("`tools` lists the tools", 60)
        self.wait_for_prompt()

    def wait_for_prompt(self):
        self.machine.wait_for(r"[~/]\S*#(?:\x1b\[0m)? ", 30)

    def run(self, command, timeout=40):
        """Output and status. What is typed has no number behind `status-`, so its echo does not end it."""
        self.machine.type(f"{command}; echo status-$?\n")
        match = self.machine.wait_for(r"(?:^|\n)((?:[^\n]*\n)*?)status-(\d+)\r?\n", timeout)
        text = plain(match[1].decode() if isinstance(match[1], bytes) else match[1])
        self.wait_for_prompt()
        # Lines of the editor begin with its own escape sequences and hold the command.
        lines = [line for line in text.split("\n") if "echo status-" not in line]
        return "\n".join(lines).strip("\n"), int(match[2])


@pytest.fixture
def session():
    with Machine(init="/bin/init", cpu="max") as machine:
        yield Session(machine)


FILES = [
    ("mkdir -p /tmp/d/e && cp -r /etc /tmp/d && diff -r /etc /tmp/d/etc", "", 0),
    ("ls -1 /tmp/d", "e\netc", 0),
    ("ln -s etc /tmp/d/link && readlink /tmp/d/link", "etc", 0),
    ("mv /tmp/d/etc /tmp/d/moved && cat /tmp/d/moved/group | head -1", "root:x:0:", 0),
    ("find /tmp/d -name 'pass*'", "/tmp/d/moved/passwd", 0),
    ("rm -r /tmp/d && ls /tmp", "", 0),
    ("echo b > /mnt/x; echo a >> /mnt/x; sort /mnt/x | tr -d '\\n'; wc -c < /mnt/x", "ab4", 0),
    ("chmod 640 /mnt/x; stat /mnt/x | grep Mode", "    Mode  0640 -rw-r-----", 0),
    ("cat /nothing", "cat: /nothing: No such file or directory", 1),
    ("grep -c root /etc/passwd; sed -n 1p /etc/group", "1\nroot:x:0:", 0),
    ("seq 100000 | tail -n 1", "100000", 0),
    ("find /bin -type f -name 'l*' | xargs -n1 basename | sort | tr '\\n' ' '; echo .", "less ln loadkeys log ls lsdev lspci .", 0),
]


def test_a_session_with_files(session):
    for command, output, status in FILES:
        assert session.run(command) == (output.rstrip(), status), session.machine.report()


def test_what_the_tools_say_of_the_system(session):
    text, _ = session.run("ps -e")
    assert re.search(r"^ +1 \? .* /bin/init$", text, re.M) and re.search(r"ttyS0 .* /bin/sh -l$", text, re.M)
    assert re.search(r"^Memory +\d+", session.run("free")[0], re.M)
    assert re.search(r"/$", session.run("df /")[0], re.M)
    assert " on / type ext2" in session.run("mount")[0]
    assert "kernel: ready" in session.run("dmesg")[0]
    assert session.run("id")[0] == "uid=0(root) gid=0(root)"
    assert session.run("uname -m")[0] == "x86_64"
    assert session.run("tty")[0] == "/dev/ttyS0"


def test_trace(session):
    text, status = session.run("trace cat /etc/group /nothing >/dev/null")
    assert status == 1
    assert re.search(r'openat\(AT_FDCWD, "/etc/group", O_CLOEXEC, 00?\) = \d+$', text, re.M), text
    assert re.search(r'openat\(.*"/nothing".*\) = ENOENT \(No such file or directory\)$', text, re.M), text
    assert "exit(1) = ?" in text
    text, _ = session.run("trace -e execve cat /etc/group 2>&1 >/dev/null")
    assert re.search(r'execve\("/bin/cat", .*\) = \?$', text, re.M), text
    assert re.search(r"^ +1 +0 exit$", session.run("trace -c true")[0], re.M)


def start_sleeping(machine, seconds):
    """The trace of its own last calls says that it sleeps, and so has its signals as they are by default."""
    machine.type(f"trace -e write,exit,clock_nanosleep,set_tls sleep {seconds}\n")
    machine.wait_for(r"set_tls\(.*\) = 0")


def test_keys_that_end_and_stop(session):
    machine = session.machine
    start_sleeping(machine, 100)
    machine.type("\x03")
    session.wait_for_prompt()
    assert session.run("echo $?")[0] == "130"
    start_sleeping(machine, 99)
    machine.type("\x1a")
    machine.wait_for("Stopped")
    session.wait_for_prompt()
    assert "sleep 99" in session.run("jobs")[0]
    session.run("kill %1; sleep 0.5")
    assert session.run("cat /proc/*/comm | grep -c sleep")[0].endswith("0")


def test_a_shell_that_ends_comes_again(session):
    session.machine.type("exit\n")
    session.machine.wait_for("`tools` lists the tools", 30)
    session.wait_for_prompt()
    assert session.run("echo again")[0] == "again"


def test_editor(session):
    machine = session.machine
    machine.type("edit /tmp/text\n")
    machine.wait_for("a new file")
    machine.type("one\rtwo")
    machine.wait_for("2/2, 4")
    machine.type("\x13")
    machine.wait_for("saved, 2 lines")
    machine.type("\x11")
    session.wait_for_prompt()
    assert session.run("cat /tmp/text")[0] == "one\ntwo"


def test_power_off_loses_nothing():
    with Machine(init="/bin/init", cpu="max", write=True) as machine:
        session = Session(machine)
        session.run("cp -r /etc /mnt/copy; echo kept > /mnt/kept")
        machine.type("poweroff\n")
        machine.wait_exit(40)
        assert machine.shutdown == "guest-shutdown", machine.report()
        volume = machine.folder / "volume"
        with open(machine.disk_image, "rb") as image, open(volume, "wb") as file:
            image.seek(START)
            while piece := image.read(1 << 20):
                file.write(piece)
        checked = subprocess.run(["/sbin/e2fsck", "-fn", volume], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout
        shown = subprocess.run(["/sbin/debugfs", "-R", "cat /mnt/kept", volume], capture_output=True, text=True)
        assert shown.stdout == "kept\n"


# ---- run= ----------------------------------------------------------------------------------------

def run_in_shell(command, **options):
    """What it printed behind "kernel: ready", and the status that the machine left with."""
    with Machine(init="/bin/init", cmdline=f"run='{command}'", **options) as machine:
        status = machine.wait_exit(40)
        return plain(machine.text).partition("kernel: ready\n")[2], status


@pytest.mark.parametrize("command, output, status", [
    ("echo a b; exit 0", "a b\n", 0),
    ("seq 3 | tail -n 1; exit 5", "3\n", 5),
    ("tty; kill -9 $$", "/dev/console\n", 0x7e),  # 137 is more than the port can tell
    ("nothing-there", "sh: nothing-there: not found\n", 127),
    ("(sleep 1000 &) ; echo $PPID; cut -c1-9 /proc/1/cmdline", "1\n/bin/init\n", 0),
    ("cut -d\" \" -f7 /proc/self/stat /proc/1/stat", f"{5 << 8 | 1}\n0\n", 0),  # /dev/console, and none
    ("mount | grep -c /tmp; cd /tmp; echo x >y; wc -c <y", "1\n2\n", 0),
])
def test_run(command, output, status):
    assert run_in_shell(command) == (output, status)


def test_run_can_power_off():
    with Machine(init="/bin/init", cmdline="run='poweroff; sleep 1000'") as machine:
        assert machine.wait_exit(40) is None
        assert machine.shutdown == "guest-shutdown", machine.report()


def test_run_needs_its_init():
    with Machine(init="/bin/nothing", cmdline="run='echo x'") as machine:
        assert machine.wait_exit(40) == 127
        assert "init: /bin/nothing: no such file" in machine.text


def test_another_init():
    with Machine(init="/bin/sh", cmdline="run='echo $$; exit 3'") as machine:
        assert machine.wait_exit(40) == 3
        assert plain(machine.text).endswith("kernel: ready\n1\n")


@pytest.mark.parametrize("path, line", [("/bin/nothing", "init: /bin/nothing: no such file"),
                                        ("/bin/true", "init ended with status 0")])
def test_the_monitor_comes_when_there_is_no_init_any_more(path, line):
    with Machine(init=path) as machine:
        machine.wait_for(re.escape(line), 40)
        machine.wait_prompt()


# ---- terminals -----------------------------------------------------------------------------------

def wait_for_screen(machine, pattern, timeout=30):
    deadline = time.monotonic() + timeout * PATIENCE
    while not re.search(pattern, "\n".join(machine.screen_lines()), re.M):
        assert time.monotonic() < deadline, machine.screen_lines()
        time.sleep(0.1)


def test_the_boot_ends_in_a_shell_on_the_screen_and_one_on_com1():
    with Machine(init=None, cmdline="desktop=off") as machine:
        session = Session(machine)
        wait_for_screen(machine, r"^~# $|^~#$")
        machine.type_keys("tty; echo $$ >/tmp/other\n")
        wait_for_screen(machine, "^/dev/tty1$")
        assert session.run("tty; [ $(cat /tmp/other) != $$ ]") == ("/dev/ttyS0", 0)


@pytest.mark.parametrize("option, name", [("console=serial", "tty1"), ("drv.serial=off", "ttyS0"),
                                          ("console=screen", "ttyS0")])
def test_a_terminal_that_is_not_there_is_no_trouble(option, name):
    with Machine(init="/bin/init", cmdline=option) as machine:
        if name == "tty1":
            assert Session(machine).run("ls /dev/tty1 2>&1; tty")[0].endswith("/dev/ttyS0")
        else:
            wait_for_screen(machine, r"^~# $|^~#$")
            machine.type_keys("ls /dev/ttyS0\n")
            wait_for_screen(machine, "ls: /dev/ttyS0: No such file or directory")
        assert "init:" not in machine.text


def test_out_of_memory_ends_the_one_that_asks_for_too_much():
    command = "(x=$(yes | head -c 60000000); echo not here); echo $?; x=$(seq 1000); echo ${#x}"
    with Machine(init="/bin/init", cmdline=f"run='{command}'", memory=24) as machine:
        assert machine.wait_exit(120) == 0, machine.report()
        text = plain(machine.text).partition("kernel: ready\n")[2]
        assert re.search(r"^\[ *[\d.]+\] process: warning: sh \(\d+\): out of memory at \d+ KiB: killed$", text, re.M)
        assert "137\n3892\n" in text and "not here" not in text, text
