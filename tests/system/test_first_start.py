"""A machine that nobody has used yet: the desktop asks for language, keyboard and look, once; by keys alone."""
from desk import Desk

WINDOW = (116, 43, 676, 596)
LAYOUT = (808, 732, 848, 760)  # its sign in the panel
SEARCH = (14, 250, 330, 330)   # the launcher's field


def settings(desk):
    return set(desk.run("cat /root/.config/desktop 2>/dev/null; echo")[0].split())


def assistants(desk):
    """How many there are."""
    return desk.run("cat /proc/*/cmdline | tr '\\0' ' '; echo")[0].count("settings --first")


def restart(desk):
    desk.type("sync; reboot\n")
    desk.until_ready(times=2)
    desk.session.wait_for_prompt()


def test_it_asks_once():
    with Desk(cmdline="desktop=on", write=True, reboot=True) as desk:
        desk.compare("first-start", WINDOW, allowed=60)
        assert assistants(desk) == 1
        desk.press("alt", "s")
        desk.soon(lambda: "language=es" in settings(desk))
        desk.compare("first-start-spanish", WINDOW, allowed=60)
        desk.press("shift", "tab")
        desk.press("shift", "tab")
        for _ in range(6):
            desk.press("up")
        desk.soon(lambda: "layout=es" in settings(desk))
        desk.press("tab")
        desk.press("tab")
        desk.changes(lambda: desk.press("ret"), box=WINDOW)
        desk.press("ret")
        desk.soon(lambda: "first-start=done" in settings(desk) and assistants(desk) == 0)
        desk.compare("panel-spanish", LAYOUT)
        desk.press("meta_l")
        desk.compare("launcher-spanish", SEARCH)
        restart(desk)
        desk.compare("panel-spanish", LAYOUT)
        assert assistants(desk) == 0 and desk.statistics()["surfaces"] == 0


def test_where_nothing_is_kept_it_asks_once_a_boot():
    """A root in memory, or one that cannot be written: no new server asks again."""
    with Desk(cmdline="desktop=on root=ram") as desk:
        desk.soon(lambda: desk.statistics()["surfaces"] == 1)  # its window: a key before it goes to nobody
        assert assistants(desk) == 1
        desk.press("alt", "f4")
        desk.soon(lambda: assistants(desk) == 0)
        desk.run("rm -f /root/.config/desktop; killall -9 desktop")
        desk.until_ready(times=2)
        assert assistants(desk) == 0
