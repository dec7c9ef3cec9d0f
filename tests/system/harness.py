"""Machines for the system tests: QEMU and Bochs, started, watched and ended.

    with Machine(memory="64", cmdline="log=debug") as machine:
        machine.wait_for(r"kernel: ready")
        machine.type("ls /\n")

Serial line and debug port (E9h) are recorded from the first byte. A machine works on the image
without changing it, in a temporary folder of its own, and ends only what it started. A failed wait
shows what the machine had said. FASTOS_PATIENCE=3 makes every time-out three times as long.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))
from qmp import Qmp, QmpError  # noqa: E402

# A test run that is told to end unwinds, so that its machines end with it.
if threading.current_thread() is threading.main_thread() \
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

IMAGE = Path(os.environ.get("FASTOS_IMAGE", TOP / "build" / "fastos.img"))
PLACED = os.environ.get("FASTOS_PLACED", "") # drv.NAME=…, for tests of behaviour that are made once more
PATIENCE = float(os.environ.get("FASTOS_PATIENCE", "1"))
READY = r"kernel: ready"
PROMPT = r"fastos>(\x1b\[[0-9;]*m)* "
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# How the boot disk hangs on the machine: QEMU arguments; {d} is the drive's name.
DISKS = {
    "ide": ["-device", "ide-hd,drive={d},bus=ide.0,unit=0,bootindex=0"],
    "ide-slave": ["-device", "ide-hd,drive={d},bus=ide.0,unit=1,bootindex=0"],
    "ide-secondary": ["-device", "ide-hd,drive={d},bus=ide.1,unit=0,bootindex=0"],
    "isa-ide": ["-device", "ide-hd,drive={d},bus=ide.0,unit=0"],
    "q35-ide": ["-device", "piix3-ide,id=pata", "-device", "ide-hd,drive={d},bus=pata.0,bootindex=0"],
    "ahci": ["-device", "ahci,id=ahci", "-device", "ide-hd,drive={d},bus=ahci.0,bootindex=0"],
    "nvme": ["-device", "nvme,serial=1,drive={d},bootindex=0"],
    "virtio": ["-device", "virtio-blk-pci,drive={d},bootindex=0"],
    "virtio-scsi": ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive={d},bootindex=0"],
    "lsi": ["-device", "lsi53c895a", "-device", "scsi-hd,drive={d},bootindex=0"],
    "megasas": ["-device", "megasas", "-device", "scsi-hd,drive={d},bootindex=0"],
    "uhci": ["-device", "piix3-usb-uhci", "-device", "usb-storage,drive={d},bootindex=0"],
    "ehci": ["-device", "usb-ehci", "-device", "usb-storage,drive={d},bootindex=0"],
    "xhci": ["-device", "qemu-xhci", "-device", "usb-storage,drive={d},bootindex=0"],
    "sd": ["-device", "sdhci-pci", "-device", "sd-card,drive={d}"],
    "floppy": ["-boot", "a"],
}


class TimedOut(AssertionError):
    pass


class Ended(AssertionError):
    """The machine went away while something was expected of it."""


class Log:
    """Bytes that a machine sends, kept as text, with a position up to which they were used."""

    def __init__(self):
        self.lock = threading.Condition()
        self.bytes, self.closed, self.used = bytearray(), False, 0

    def add(self, data):
        with self.lock:
            self.bytes += data
            self.lock.notify_all()

    def close(self):
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    @property
    def text(self):
        with self.lock:
            return self.bytes.decode("utf-8", "replace")

    def wait_for(self, pattern, timeout):
        """The first match behind the last one. TimedOut, or Ended when nothing can come any more."""
        deadline = time.monotonic() + timeout * PATIENCE
        expression = re.compile(pattern.encode() if isinstance(pattern, str) else pattern,
                                re.MULTILINE)
        with self.lock:
            while True:
                match = expression.search(self.bytes, self.used)
                if match:
                    found, self.used = Match(match, self.used), match.end()
                    return found
                left = deadline - time.monotonic()
                if self.closed or left <= 0:
                    raise (Ended if self.closed else TimedOut)(self.report(pattern, timeout))
                self.lock.wait(left)

    def report(self, pattern, timeout):
        tail = self.bytes[-6000:].decode("utf-8", "replace")
        return f"no {pattern!r} within {timeout} s; the end of what came:\n{tail}"


class Match:
    """A match as text. `before`: what came since the match before it."""

    def __init__(self, match, since):
        decode = lambda data: None if data is None else data.decode("utf-8", "replace")
        self.text, self.groups = decode(match[0]), [decode(group) for group in match.groups()]
        self.before = decode(match.string[since:match.start()])

    def __getitem__(self, number):
        return self.text if number == 0 else self.groups[number - 1]


def copy_image(image, folder, name="disk.img"):
    """A copy with its holes, to be damaged or written to."""
    target = Path(folder) / name
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", str(image), str(target)], check=True)
    return target


class Process:
    """A child with a temporary folder, ended and cleaned up in any case."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="fastos."))
        self.process = None

    def spawn(self, command, **options):
        self.arguments = [str(word) for word in command]
        self.output = open(self.folder / "output", "wb")
        self.process = subprocess.Popen(self.arguments, stderr=subprocess.STDOUT,
                                        start_new_session=True,
                                        **{"stdin": subprocess.DEVNULL, "stdout": self.output,
                                           **options})

    def said(self):
        """What the emulator itself printed."""
        return (self.folder / "output").read_text(errors="replace")

    def wait(self, timeout=20):
        """Until it ends by itself; its exit status."""
        try:
            return self.process.wait(timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"still running after {timeout} s\n{self.report()}") from None

    def report(self):
        return self.said()

    def end(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def close(self):
        self.end()
        if self.process:
            self.output.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Machine(Process):
    """A PC in QEMU with the image as its boot disk.

    image: another image · disk: a key of DISKS, or None for no disk · machine, cpu, memory (MiB or
    with unit), cpus, vga (or None) as QEMU names them · cmdline: the kernel's, through fw_cfg ·
    init: where the boot ends, the monitor or a program, without a desktop on the screen; None leaves all
    that to boot.cfg, the kernel and cmdline ·
    roms: option ROMs · bad: sectors that fail, [(sector, once)] · serial: False for none ·
    icount: an instruction takes 2^icount ns of virtual time · extra: further QEMU arguments ·
    write: changes go to a copy, `disk_image`, which the test can read afterwards ·
    start: False leaves the CPU stopped until go().
    """

    def __init__(self, image=None, *, disk="ide", machine="pc", cpu="qemu64", memory="128", cpus=1,
                 vga="std", cmdline="", init="monitor", roms=(), bad=(), serial=True, icount=None, reboot=False,
                 write=False, extra=(), start=True):
        super().__init__()
        try:
            self.serial, self.shutdown = Log(), None
            self.disk_image = Path(image or IMAGE)
            if write or bad or disk == "sd":
                self.disk_image = copy_image(self.disk_image, self.folder)
            if disk == "sd":  # these have a power of two
                size = self.disk_image.stat().st_size
                os.truncate(self.disk_image, 1 << (size - 1).bit_length())
            command = ["qemu-system-x86_64", "-nodefaults", "-accel", "tcg", "-display", "none",
                       "-nic", "none", "-S", "-machine", machine, "-cpu", cpu, "-m", str(memory),
                       "-smp", str(cpus), "-vga", vga or "none",
                       "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
                       "-debugcon", f"file:{self.folder}/debugcon",
                       "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
            command += self.serial_arguments(serial) + self.disk_arguments(disk, write, bad)
            command += [] if reboot else ["-no-reboot"]
            for rom in roms:
                command += ["-option-rom", rom]
            if icount is not None:
                command += ["-icount", f"shift={icount},sleep=off",
                            "-rtc", "base=2024-01-01T00:00:00,clock=vm", "-seed", "1"]
            if init:
                desktop = "" if init == "monitor" or "desktop=" in cmdline else "desktop=off "
                cmdline = f"init={init} {desktop}{cmdline}".strip()
            cmdline = f"{PLACED} {cmdline}".strip()
            if cmdline:
                (self.folder / "cmdline").write_text(cmdline)
                command += ["-fw_cfg", f"name=opt/fastos/cmdline,file={self.folder}/cmdline"]
            self.spawn(command + list(extra))
            self.connect(serial)
            if start:
                self.go()
        except BaseException:
            self.close()
            raise

    def serial_arguments(self, serial):
        if not serial:
            return ["-serial", "none"]
        return ["-chardev", f"socket,id=com1,path={self.folder}/com1,server=on,wait=off",
                "-serial", "chardev:com1"]

    def disk_arguments(self, disk, write, bad):
        if disk is None:
            return []
        if not bad:
            snapshot = "off" if write else "on"
            bus = "floppy" if disk == "floppy" else "none"
            drive = ["-drive", f"file={self.disk_image},format=raw,if={bus},id=boot,"
                               f"snapshot={snapshot}"]
        else:
            rules = ""
            for number, (sector, once) in enumerate(bad):
                rule = f",inject-error.{number}."
                rules += (f"{rule}event=read_aio{rule}sector={sector}{rule}errno=5"
                          f"{rule}once={'on' if once else 'off'}")
            drive = ["-blockdev", f"driver=file,filename={self.disk_image},node-name=file",
                     "-blockdev", f"driver=blkdebug,image=file,node-name=bad{rules}",
                     "-blockdev", "driver=raw,file=bad,node-name=boot"]
        arguments = [word.replace("{d}", "boot") for word in DISKS[disk]]
        if bad:
            arguments[-1] += ",rerror=report"
        return drive + arguments

    def connect(self, serial):
        try:
            self.qmp = Qmp(self.folder / "qmp", timeout=10 * PATIENCE)
        except (QmpError, OSError) as error:
            raise Ended(f"QEMU did not start ({error}): {self.said()}\n{' '.join(self.arguments)}")
        if serial:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(str(self.folder / "com1"))
            self.reader = threading.Thread(target=self.read_serial, daemon=True)
            self.reader.start()

    def read_serial(self):
        try:
            while data := self.socket.recv(65536):
                self.serial.add(data)
        except OSError:
            pass
        self.serial.close()

    # ---- watching --------------------------------------------------------------------------------

    def go(self):
        self.qmp.command("cont")

    def wait_for(self, pattern, timeout=20):
        """Until COM1 sends something that matches, behind the last match."""
        return self.serial.wait_for(pattern, timeout)

    def wait_for_debugcon(self, pattern, timeout=20):
        deadline = time.monotonic() + timeout * PATIENCE
        while True:
            over = self.process.poll() is not None or time.monotonic() > deadline
            match = re.search(pattern, self.debugcon)
            if match:
                return match
            if over:
                raise TimedOut(f"no {pattern!r} on port E9h: {self.debugcon[-3000:]!r}")
            time.sleep(0.02)

    @property
    def text(self):
        """All that came over COM1."""
        return self.serial.text

    @property
    def debugcon(self):
        path = self.folder / "debugcon"
        return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""

    def report(self):
        return f"{self.said()}\nCOM1:\n{self.text[-6000:]}"

    def wait_exit(self, timeout=20):
        """The value that the guest wrote to port F4h, or None when it left another way.

        Afterwards `shutdown` is QEMU's reason: "guest-shutdown", "guest-reset", "guest-panic" …
        """
        status = self.wait(timeout)
        if status < 0:
            raise Ended(f"QEMU itself died, by signal {-status}\n{self.report()}")
        self.qmp.drain()
        reasons = [event["data"]["reason"] for event in self.qmp.events
                   if event["event"] == "SHUTDOWN" and "data" in event]
        self.shutdown = reasons[0] if reasons else None
        if hasattr(self, "reader"):
            self.reader.join(5)
        return status >> 1 if status & 1 else None

    # ---- acting ----------------------------------------------------------------------------------

    def type(self, text):
        """Send the text over COM1."""
        self.socket.sendall(text.encode())

    def type_keys(self, text):
        """Type the text at the keyboard."""
        self.qmp.type_keys(text)

    def wait_prompt(self, timeout=20):
        """Until the monitor waits for a line; what came before, plain."""
        return ANSI.sub("", self.wait_for(PROMPT, timeout).before).replace("\r\n", "\n")

    def command(self, line, timeout=20):
        """Have the monitor, which is at its prompt, run a line typed over COM1. Its output."""
        start = len(self.serial.bytes)
        self.type(line + "\n")
        self.wait_for(PROMPT, timeout)
        text = ANSI.sub("", self.serial.bytes[start:self.serial.used].decode("utf-8", "replace"))
        lines = text.replace("\r\n", "\n").split("\n")
        return "\n".join(lines[1:-1])  # between the echo and the next prompt

    # ---- the screen ------------------------------------------------------------------------------

    def screen(self):
        return self.qmp.screen(self.folder)

    def screen_lines(self):
        """The text on the screen, line by line, read from its pixels or from VGA text memory."""
        sys.path.append(str(TOP / "tests" / "screen"))
        from screen_text import lines_by_qmp
        return lines_by_qmp(self.qmp.command)

    def memory(self, address, size):
        return self.qmp.memory(self.folder, address, size)

    def close(self):
        for name in ("socket", "qmp"):
            if hasattr(self, name):
                getattr(self, name).close()
        super().close()


class Bochs(Process):
    """Bochs with the image. graphics: VBE through sdl2's dummy video, else a text display (which
    has
    no VBE). debugger: its commands, in order; without them it runs. settings: bochsrc lines that
    replace those of the same first word ("cpu: …")."""

    def __init__(self, image=None, *, graphics=True, debugger=("c",), settings=(), floppy=False):
        super().__init__()
        try:
            self.disk_image = copy_image(image or IMAGE, self.folder)
            (self.folder / "commands").write_text("\n".join(debugger) + "\n")
            (self.folder / "bochsrc").write_text(self.configuration(graphics, settings, floppy))
            environment = dict(os.environ, SDL_VIDEODRIVER="dummy", TERM="linux")
            self.spawn(["bochs", "-q", "-f", "bochsrc", "-rc", "commands"], cwd=self.folder,
                       env=environment)
        except BaseException:
            self.close()
            raise

    def configuration(self, graphics, settings, floppy):
        lines = {}
        disk = ["floppya: 1_44=disk.img, status=inserted", "boot: floppy", "ata0: enabled=0"]
        for line in [*(TOP / "bochsrc").read_text().splitlines(),
                     "display_library: " + ("sdl2" if graphics else "term"),
                     "vga: extension=" + ("vbe" if graphics else "none") + ", update_freq=5",
                     "ata0-master: type=disk, mode=flat, path=disk.img",
                     "com1: enabled=1, mode=file, dev=com1", "log: log",
                     *(disk if floppy else []), *settings]:
            if line and not line.startswith("#"):
                lines[line.split(":")[0]] = line
        if floppy:
            del lines["ata0-master"]
        return "\n".join(lines.values()) + "\n"

    @property
    def text(self):
        """All that came over COM1. Bochs may hold back the last few bytes until it ends."""
        path = self.folder / "com1"
        return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""

    def wait_for(self, pattern, timeout=60):
        deadline = time.monotonic() + timeout * PATIENCE
        while True:
            over = self.process.poll() is not None or time.monotonic() > deadline
            match = re.search(pattern, self.text, re.MULTILINE)
            if match:
                return match
            if over:
                raise TimedOut(f"no {pattern!r} on COM1\n{self.report()}")
            time.sleep(0.1)

    def report(self):
        log = self.folder / "log"
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        return f"{self.said()[-3000:]}\nlog:\n{tail}\nCOM1:\n{self.text[-4000:]}"
