"""/bin/session: the desktop on the screen, again when it ends; why there is a shell instead. The desktops here are
scripts."""
import re

import pytest

from checks import run
from harness import Machine
from test_user_space import Session, wait_for_screen

INSTEAD = "the text shell instead"


@pytest.fixture(name="shell", scope="module")
def running_shell():
    with Machine(init="/bin/init", cpu="max", cmdline="desktop=on") as machine:
        yield Session(machine)


def put_desktop(shell, *lines):
    script = "\\n".join(("#!/bin/sh", "echo run >>/tmp/runs", *lines))
    assert shell.run(f"printf '{script}\\n' >/tmp/desktop; chmod 755 /tmp/desktop; rm -f /tmp/runs") == ("", 0)


def leave_shell(shell):
    shell.wait_for_prompt()
    shell.machine.type("exit\n")
    shell.wait_for_prompt()


def end_session(shell, pattern):
    """Until it has become a shell, which then ends."""
    shell.machine.type("SESSION_DESKTOP=/tmp/desktop session\n")
    shell.machine.wait_for(f"session: {pattern}: {INSTEAD}\r", 60)
    shell.machine.wait_for("`tools` lists the tools", 30)
    leave_shell(shell)
    return shell.run("wc -l </tmp/runs")[0].split()[-1]  # an echo may come before the editor's own


@pytest.mark.parametrize("last, log", [
    ("exit 0", "the desktop ended with status 0"), ("exit 1", "the desktop ended with status 1"),
    ("kill -9 $$", "the desktop was ended by signal 9 (Killed)"),
])
def test_a_desktop_that_ends_comes_again_five_times(shell, last, log):
    put_desktop(shell, last)
    seen = len(shell.machine.text)
    assert end_session(shell, "the desktop ended five times in a minute") == "5"
    assert shell.machine.text[seen:].count(f"] session: {log}") == 5


def test_a_desktop_without_a_screen_is_not_tried_again(shell):
    put_desktop(shell, "exit 3")
    assert end_session(shell, "no framebuffer here") == "1"


def test_a_desktop_that_cannot_be_run(shell):
    assert shell.run("printf 'no program' >/tmp/desktop; chmod 755 /tmp/desktop; echo >/tmp/runs") == ("", 0)
    assert end_session(shell, "/bin/desktop cannot be run") == "1"


def test_what_runs_in_its_windows_lives_on(shell):
    put_desktop(shell, "sleep 4321 & kill -9 $$")
    end_session(shell, "the desktop ended five times in a minute")
    assert shell.run("cat /proc/*/cmdline | tr '\\0' ' ' | grep -o 'sleep [4]321' | wc -l")[0].split()[-1] == "5"


def test_the_terminals_keys_are_none_for_the_desktop(shell):
    put_desktop(shell, "trap \"echo caught >>/tmp/runs\" INT", "cat", "echo waiting >/dev/kmsg", "sleep 2", "exit 3")
    shell.machine.type("SESSION_DESKTOP=/tmp/desktop session\n")
    shell.machine.wait_for(r"\] user: waiting")
    shell.machine.type("\x03\x1c\x1a")
    shell.machine.wait_for(f"session: no framebuffer here: {INSTEAD}\r", 30)
    shell.machine.wait_for("`tools` lists the tools", 30)
    leave_shell(shell)
    assert shell.run("grep -c . /tmp/runs; grep -v run /tmp/runs")[0].split()[-1] == "1"


@pytest.mark.parametrize("option, why", [
    ("desktop=on video=text", "no framebuffer here"), ("desktop=on safe", "safe mode"), ("desktop=off", "desktop=off"),
])
def test_a_shell_where_there_is_no_desktop(option, why):
    with Machine(init="/bin/init", cpu="max", cmdline=option) as machine:
        shell = Session(machine)
        machine.type("session\n")
        machine.wait_for(f"session: {re.escape(why)}: {INSTEAD}\r", 30)
        machine.wait_for("`tools` lists the tools", 30)
        shell.wait_for_prompt()


def test_the_screen_says_why_it_is_a_shell():
    with Machine(init=None, cpu="max", cmdline="video=text") as machine:
        wait_for_screen(machine, f"^session: no framebuffer here: {INSTEAD}$")
        wait_for_screen(machine, "^~#$")
        machine.type_keys("tty\n")
        wait_for_screen(machine, "^/dev/tty1$")


def test_a_command_alone_has_no_session():
    text = run("sleep 1; ps -e", init="/bin/init", cpu="max", options="desktop=on")
    assert "/bin/sh -c sleep 1; ps -e" in text and "session" not in text, text
