#!/usr/bin/env python3
"""Boot an image without a window and save its screen as PNG.

usage: screenshot.py IMAGE PNG [COMMAND…]   (the commands are typed at the machine's keyboard)
"""
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "system"))
import harness  # noqa: E402


def settled(machine):
    """The screen once it has not changed for half a second."""
    before, equal = None, 0
    for _ in range(100):
        now = machine.screen()
        same = before and now.rgb == before.rgb and now.width == before.width
        equal = equal + 1 if same else 0
        if equal == 5:
            break
        before = now
        time.sleep(0.1)
    return now


def main():
    image, png, *commands = sys.argv[1:]
    try:
        with harness.Machine(image, init=None) as machine:
            machine.wait_for(harness.READY, timeout=30)
            settled(machine)
            for command in commands:
                machine.type_keys(command + "\n")
                settled(machine)
            screen = settled(machine)
    except AssertionError as error:
        sys.exit(f"screenshot: {error}")
    Path(png).write_bytes(screen.png())
    print(f"{png}: {screen.width} × {screen.height}")


main()
