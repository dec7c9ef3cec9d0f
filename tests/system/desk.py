"""The desktop on a machine: booted, pointed at, typed into, looked at.

    with Desk() as desk:
        desk.press("meta_l")                       the launcher
        desk.type_keys("calc\\n")
        desk.until(lambda screen: ...)
        desk.compare("calculator", (200, 100, 400, 500))

The pointer is QEMU's vmmouse: absolute, so that a place on the screen is where the pointer goes. A shell on COM1
(`run`) starts programs and asks the desktop (desktopctl). The first start's assistant stays away unless `cmdline` has a
`desktop=` of its own. FASTOS_GOLDENS=write keeps what is seen as the pictures
to compare with (tests/screen/goldens): look at each before it is committed.
"""
import os
import re
import time

from PIL import Image, ImageChops

from harness import PATIENCE, TOP, Machine
from test_user_space import Session

GOLDENS = TOP / "tests" / "screen" / "goldens"
SEEN = TOP / "build" / "screens"
READY = r"desktop: ready"


class Desk(Machine):
    def __init__(self, size="1024x768x32", cmdline="", **more):
        video = f"video={size}" if size else ""
        plain = "" if "desktop=" in cmdline else "desktop=plain"
        super().__init__(init=None, cmdline=" ".join(filter(None, (video, plain, cmdline))), **more)
        try:
            self.size = tuple(int(side) for side in size.split("x")[:2]) if size else None
            self.session = Session(self)
            self.until_ready()
        except BaseException:
            self.close()
            raise

    # ---- a shell on COM1 -------------------------------------------------------------------------

    def until_ready(self, times=1, timeout=60):
        """Until the desktop said that it is ready so many times since the boot."""
        deadline = time.monotonic() + timeout * PATIENCE
        while len(re.findall(READY, self.text)) < times:
            assert time.monotonic() < deadline, self.report()
            time.sleep(0.05)

    def run(self, command, timeout=60):
        """(what it says, its status)."""
        return self.session.run(command, timeout)

    def statistics(self):
        said, status = self.run("desktopctl stats")
        assert status == 0, said
        return {name: int(value) for name, value in re.findall(r"^(\D+) (\d+)", said, re.M)}

    def soon(self, true, timeout=30):
        """What true() says, once that is something."""
        deadline = time.monotonic() + timeout * PATIENCE
        while not (said := true()):
            assert time.monotonic() < deadline, self.report()[-2000:]
            time.sleep(0.1)
        return said

    def open(self, program):
        """Starts it, until its window is there."""
        before = self.statistics()["surfaces"]
        self.run(f"{program} &\ntrue")
        self.soon(lambda: self.statistics()["surfaces"] == before + 1)

    def generation(self, driver):
        """How often it began; None while it does not run."""
        found = re.search(rf"^{driver} +\w+ +\w+ +running +(\d+) ", self.run("lsdev")[0], re.M)
        return found and int(found[1])

    # ---- keyboard and mouse ----------------------------------------------------------------------

    def press(self, *names):
        self.qmp.press(*names)

    def send(self, *events):
        self.qmp.command("input-send-event", events=[{"type": kind, "data": data} for kind, data in events])

    def point(self, x, y):
        width, height = self.size
        self.send(("abs", {"axis": "x", "value": (2 * x + 1) * 32767 // (2 * width)}),
                  ("abs", {"axis": "y", "value": (2 * y + 1) * 32767 // (2 * height)}))

    def button(self, down, button="left"):
        self.send(("btn", {"down": down, "button": button}))
        time.sleep(0.02)  # QEMU's queue holds four packets

    def click(self, x, y, button="left", times=1):
        self.point(x, y)
        time.sleep(0.02)
        for _ in range(times):
            self.button(True, button)
            self.button(False, button)

    def drag(self, start, end, steps=8, pause=0.02):
        self.point(*start)
        self.button(True)
        for i in range(1, steps + 1):
            self.point(*(a + (b - a) * i // steps for a, b in zip(start, end)))
            time.sleep(pause)
        self.button(False)

    # ---- looking ---------------------------------------------------------------------------------

    def picture(self, box=None):
        screen = self.screen()
        image = Image.frombytes("RGB", (screen.width, screen.height), bytes(screen.rgb))
        return image.crop(box) if box else image

    def until(self, done, timeout=20, box=None):
        """The first picture of which `done` says yes."""
        deadline = time.monotonic() + timeout * PATIENCE
        while not done(image := self.picture(box)):
            if time.monotonic() > deadline:
                raise AssertionError(f"not on the screen: {keep(image, 'not-seen')}\n{self.report()[-2000:]}")
            time.sleep(0.05)
        return image

    def changes(self, act, timeout=20, box=None):
        """Acts, and waits until the part of the screen is another one."""
        before = self.picture(box)
        act()
        return self.until(lambda image: differs(image, before), timeout, box)

    def compare(self, name, box=None, timeout=20, allowed=0):
        """Waits until the part of the screen is as the picture kept; `allowed`: pixels that may differ."""
        path = GOLDENS / f"{name}.png"
        if os.environ.get("FASTOS_GOLDENS") == "write":
            time.sleep(2 * PATIENCE)
            GOLDENS.mkdir(exist_ok=True)
            self.picture(box).save(path, optimize=True)
            return
        wanted = Image.open(path).convert("RGB")
        deadline = time.monotonic() + timeout * PATIENCE
        while (count := pixels_that_differ(image := self.picture(box), wanted)) > allowed:
            if time.monotonic() > deadline:
                raise AssertionError(f"{count} pixels are not those of {path}: {keep(image, name)}")
            time.sleep(0.1)


def differs(image, other):
    return image.size != other.size or ImageChops.difference(image, other).getbbox() is not None


def pixels_that_differ(image, wanted, tolerance=12):
    if image.size != wanted.size:
        return image.width * image.height
    difference = ImageChops.difference(image, wanted).convert("L").point(lambda level: level > tolerance and 255)
    return difference.histogram()[255]


def keep(image, name):
    SEEN.mkdir(parents=True, exist_ok=True)
    path = SEEN / f"{name}.png"
    image.save(path)
    return path
