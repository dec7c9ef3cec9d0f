"""Drivers in ring 3 whose own instructions are changed, one change a life (user/tests/mutate.c, tests/mutate): the
system goes on, nothing hangs, and the good driver works afterwards. Seeded and short; `make mutate` does more."""
import os
import random
import re
import subprocess
import sys
import threading
import time

import pytest

from checks import make_image, plain
from harness import PATIENCE, TOP, Machine
from qmp import QmpError

COUNT = int(os.environ.get("FASTOS_MUTATIONS", "40"))
SEED = int(os.environ.get("FASTOS_SEED", "1"))
READ = 64 << 10  # what mutate.c reads for each


def image_with_changes(name, folder):
    extra = folder / "extra"
    extra.mkdir()
    subprocess.run([sys.executable, "-B", TOP / "tests/mutate/changes.py", TOP / "build/user/drivers" / name, str(COUNT),
                    str(SEED), extra / "changes"], check=True)
    return make_image(folder, extra=extra)


def work_for(m, done):
    """Keys and motion, for as long as changes are tried."""
    shift = {"type": "qcode", "data": "shift"}
    events = [("rel", {"axis": "x", "value": 3}), ("rel", {"axis": "y", "value": -3}),
              *(("key", {"down": down, "key": shift}) for down in (True, False))]
    while not done.is_set():
        for kind, data in events:
            try:
                m.qmp.command("input-send-event", events=[{"type": kind, "data": data}])
            except (OSError, QmpError):
                return # the machine has ended
        time.sleep(0.004)


@pytest.mark.parametrize("name", ["ata", "keyboard", "mouse"])
def test_a_changed_driver_ends_alone(name, tmp_path):
    """The root is in memory: the disk's driver may fail as it likes."""
    image, extra, disk = image_with_changes(name, tmp_path), [], ""
    if name == "ata":
        second = tmp_path / "second.img"
        second.write_bytes(random.Random(3).randbytes(READ) * (COUNT + 2))
        extra, disk = ["-drive", f"file={second},format=raw,if=ide,index=1,snapshot=on"], f" /dev/ata1 {int(5000 * PATIENCE)}"
    script = (f"cp /lib/drivers/{name} /tmp/d; mount -t tmpfs m /lib/drivers; cp /tmp/d /lib/drivers/{name}; "
              f"exec /usr/tests/mutate {name} /lib/drivers/{name} /changes{disk}")
    line = f"root=ram log=error drv.{name}=user panic=exit run='{script}'"
    with Machine(image, init=None, cmdline=line, cpu="max", memory="256", extra=extra) as m:
        done = threading.Event()
        worker = threading.Thread(target=work_for, args=(m, done))
        if name != "ata":
            worker.start()
        try:
            status = m.wait_exit(60 + COUNT / 4 * PATIENCE)
        finally:
            done.set()
            if name != "ata":
                worker.join()
        text = plain(m.text)
    assert status == 0 and "mutate: done" in text and "panic" not in text, text
    counts = dict(re.findall(r"^(unseen|driver ended|wrong data|errors): (\d+)$", text, re.M))
    print(name, COUNT, counts)
    assert sum(map(int, counts.values())) >= COUNT, text # one life may count twice: ended, and wrong data
    assert name != "ata" or int(counts["driver ended"]) > 0, text
