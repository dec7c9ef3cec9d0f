"""The screen's mode changed at run time: pixels say what the console says, before and after."""
import pytest

from checks import complaints, plain, soon
from harness import Machine
from test_screen import lines_of


PLACEMENTS = pytest.mark.parametrize("placement", ["kernel", "user"])


def vmode(*words, vga="std", extra=(), cmdline="", **options):
    script = "; ".join(f"vmode {word}; echo $?" for word in words)
    with Machine(init=None, vga=vga, extra=extra, cmdline=f"{cmdline} run='{script}'", **options) as m:
        assert m.wait_exit(60) == 0, m.report()
        return plain(m.text)


def test_it_tells():
    assert "800x600x16\n0\n" in vmode("", cmdline="video=800x600x16")


@pytest.mark.parametrize("mode, why", [
    ("804x600", "no such mode"), ("800x600x8", "no such mode"), ("0x0", "no such mode"), ("8x8", "no such mode"),
    ("4096x4096x32", "too little memory"), ("nonsense", "a mode is"), ("800x600x32x1", "a mode is")])
def test_what_cannot_be(mode, why):
    text = vmode(mode, "")
    assert why in text and "1280x800x32\n0\n" in text


@pytest.mark.parametrize("options", [{"vga": "cirrus"}, {"vga": None, "extra": ("-device", "bochs-display")},
                                     {"cmdline": "drv.framebuffer=off"}])
def test_a_card_that_cannot(options):
    assert "this card has no modes to choose from" in vmode("800x600", **options)


def words_of(machine, size):
    return [line.strip() for line in lines_of(machine, size) if line.strip()]


def ready(machine):
    """The shell on the screen waits for keys: what came before would be thrown away."""
    machine.wait_for("kernel: ready")

    def prompt():
        assert words_of(machine, (1280, 800))[-1].startswith("~#")
    soon(prompt)


MODES = ["640x480x15", "800x600x16", "640x480x24", "1024x768x32", "1600x1200x32", "1920x1080x24", "1280x800x32"]


@PLACEMENTS
@pytest.mark.parametrize("cpu", ["max", "qemu64,-pat"])
def test_the_console_follows(cpu, placement):
    """On the screen's shell: larger and smaller, each depth; the text stays and the size is the new one."""
    with Machine(init=None, cpu=cpu, cmdline=f"desktop=off drv.framebuffer={placement}") as m:
        ready(m)
        for mode in MODES:
            width, height = map(int, mode.split("x")[:2])
            m.type_keys(f"vmode {mode}\n")
            m.wait_for(f"screen: {mode}")
            m.type_keys("clear; stty size\n")

            def shown():
                assert (m.screen().width, m.screen().height) == (width, height)
                assert f"{height // 16} {width // 8}" in words_of(m, (width, height))
            soon(shown)
        assert complaints(plain(m.text)) == []


@PLACEMENTS
def test_text_stays(placement):
    with Machine(init=None, cmdline=f"desktop=off drv.framebuffer={placement}") as m:
        ready(m)
        m.type_keys("seq 5; vmode 640x480x16; echo after\n")
        m.wait_for("screen: 640x480x16")

        def shown():
            lines = words_of(m, (640, 480))
            assert "5" in lines
            at = lines.index("5")
            assert lines[at - 4:at + 1] == list("12345") and "after" in lines[at + 1:]
        soon(shown)


@PLACEMENTS
def test_a_mode_outlives_the_driver(placement):
    """The next life finds it, and sets it where somebody else changed it."""
    with Machine(init=None, cmdline=f"desktop=off drv.framebuffer={placement}") as m:
        ready(m)
        m.type_keys("vmode 800x600x16; clear; drvctl framebuffer kill; sleep 1; drvctl framebuffer restart; echo done\n")

        def shown():
            assert words_of(m, (800, 600))[-2:] == ["done", "~#"]
        soon(shown)


@PLACEMENTS
def test_fifty_changes_leave_nothing(placement):
    script = "for i in 1 2 3 4 5; do for m in 640x480x16 1600x1200x32 800x600x24 1920x1080x32 1280x800x32; do vmode $m;" \
             " done; done; "
    count = "cat /proc/meminfo | grep MemFree"
    with Machine(init=None, cmdline=f"drv.framebuffer={placement} run='{script} {count}; {script} {count}; vmode'") as m:
        assert m.wait_exit(60) == 0, m.report()
        text = plain(m.text)
    first, second = (int(line.split()[1]) for line in text.splitlines() if line.startswith("MemFree"))
    assert first - second < 200 and text.rstrip().endswith("1280x800x32")
