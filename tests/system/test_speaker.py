"""The loudspeaker, heard: QEMU writes what the PIT and port 61h make into a file of samples (silence may be
missing in it)."""
import array
import wave

import pytest

from checks import plain
from harness import Machine
from test_hybrid import drivers

PLACEMENTS = pytest.mark.parametrize("placement", ["kernel", "user"])


def listen(tmp_path, script, cmdline="", timeout=60):
    """-> [(hertz, seconds)] of the tones, and what COM1 said; in virtual time."""
    path = tmp_path / "sound.wav"
    sound = ["-audiodev", f"wav,id=snd,path={path},out.frequency=48000"]
    with Machine(init=None, machine="pc,pcspk-audiodev=snd", cmdline=f"{cmdline} run='{script}'", extra=sound,
                 icount=3) as m:
        assert m.wait_exit(timeout) == 0, m.report()
        text = plain(m.text)
    return tones(path), text


def tones(path):
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2
        rate, channels = file.getframerate(), file.getnchannels()
        samples = array.array("h", file.readframes(1 << 26))[::channels]
    middle = (max(samples, default=0) + min(samples, default=0)) / 2
    rises = [i for i in range(1, len(samples)) if samples[i - 1] <= middle < samples[i]]
    found, start = [], 0
    for i in range(1, len(rises) + 1):
        if i == len(rises) or rises[i] - rises[i - 1] > rate / 15:  # silence
            if i - start > 3:
                length = (rises[i - 1] - rises[start]) / rate
                found.append(((i - 1 - start) / length, length))
            start = i
    return found


@PLACEMENTS
@pytest.mark.parametrize("hz, ms", [(440, 400), (2000, 150)])
def test_beep(tmp_path, placement, hz, ms):
    heard, text = listen(tmp_path, f"sleep 1.5; beep {hz} {ms}; sleep 1", f"drv.pcspeaker={placement}")
    assert len(heard) == 1 and abs(heard[0][0] - hz) < hz / 50 and abs(heard[0][1] - ms / 1000) < 0.1, (heard, text)


@PLACEMENTS
def test_the_terminals_bell(tmp_path, placement):
    """The one that ends a title is none."""
    heard, text = listen(tmp_path, "sleep 1.5; printf \"\\a\" > /dev/tty1; sleep 0.5; echo rung; sleep 0.5; "
                         "printf \"\\033]0;title\\a\" > /dev/tty1; sleep 0.5", f"drv.pcspeaker={placement}")
    assert len(heard) == 1 and abs(heard[0][0] - 800) < 20 and heard[0][1] < 0.22, (heard, text)


@PLACEMENTS
def test_a_driver_that_ends_is_silent(tmp_path, placement):
    heard, text = listen(tmp_path, "sleep 1.5; beep 500 9000; sleep 0.3; drvctl pcspeaker stop; sleep 1; beep; true",
                         f"drv.pcspeaker={placement}")
    assert len(heard) == 1 and heard[0][1] < 0.8
    assert "beep: pcspeaker: it does not run" in text


def test_off_without_a_word(tmp_path):
    heard, text = listen(tmp_path, "sleep 1.5; beep; printf \"\\a\" > /dev/tty1; drvctl pcspeaker start; sleep 0.2; beep;"
                         "sleep 0.5; lsdev")
    assert "beep: pcspeaker: it does not run" in text and len(heard) == 1
    assert drivers(text)["pcspeaker"][:2] == ("kernel", "running")


def test_not_while_the_clock_needs_the_counter(tmp_path):
    heard, text = listen(tmp_path, "sleep 1; beep; lsdev", "clock=pit drv.pcspeaker=kernel")
    assert heard == [] and drivers(text)["pcspeaker"][1] == "absent"


def test_the_clock_is_still_watched(tmp_path):
    """A CPU whose TSC is compared with channel 2 each second: nothing parts because of a tone."""
    heard, text = listen(tmp_path, "sleep 1.5; for i in 1 2 3 4 5 6; do beep 700 300; sleep 0.7; done",
                         "drv.pcspeaker=kernel")
    assert abs(sum(tone[1] for tone in heard) - 1.8) < 0.2 and "the PIT is the clock" not in text
