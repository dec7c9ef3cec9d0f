#!/usr/bin/env python3
"""Start a QEMU that waits, with gdb attached: the machine of `make debug` and `make debug-boot`.

usage: debug.py kernel|boot GDB QEMU…   (GDB_ARGS in the environment goes to gdb, for scripts:
GDB_ARGS='-batch -ex boot-info'). QEMU ends with gdb. The two talk over a socket in a temporary
folder, so that any number of them can run.
"""
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time


def main():
    what, gdb, *qemu = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="fastos-debug.") as folder:
        path = os.path.join(folder, "gdb")
        machine = subprocess.Popen(
            qemu + ["-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off",
                    "-gdb", "chardev:gdb", "-serial", "file:build/debug.serial"],
            stdin=subprocess.DEVNULL, start_new_session=True)  # Ctrl-C is gdb's alone
        try:
            while not os.path.exists(path):
                if machine.poll() is not None:
                    sys.exit(f"debug: QEMU ended at once with status {machine.returncode}")
                time.sleep(0.02)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            command = [gdb, "-q", "-nx", "-x", "tools/gdb/fastos.py",
                       "-ex", f"debug-{what} {path}", *shlex.split(os.environ.get("GDB_ARGS", ""))]
            # gdb gets its Ctrl-C back.
            sys.exit(subprocess.run(command, preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL)).returncode)
        finally:
            machine.kill()  # it has nothing to save, and says nothing this way
            machine.wait()


main()
