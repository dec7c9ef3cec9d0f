"""Tools about processes, time and the system."""
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def test_env(tool):
    assert tool("env", "-i", "A=1", "B=2").lines == ["A=1", "B=2"]
    assert "A=x" in tool("env", "A=x", "env").lines
    assert tool("env", "-u", "TZ", "printenv", "TZ", check=1).out == ""
    assert "nothing-there" in tool("env", "nothing-there", check=127).err


def test_date(tool):
    assert tool("date", "-u", "-d", "@0", "+%Y-%m-%d %H:%M:%S").out == "1970-01-01 00:00:00\n"
    assert tool("date", "-d", "2026-02-28 12:30:15", "+%s").out == "1772281815\n"
    assert tool("date", "-I", "-d", "2026-02-28").out == "2026-02-28\n"
    assert abs(int(tool("date", "+%s").out) - time.time()) < 10
    for wrong in ("yesterday", "2026-13-01", "25:00", "@x"):
        tool("date", "-d", wrong, check=2)


def test_sleep_and_time(tool):
    start = time.monotonic()
    ran = tool("time", "sleep", "0.2")
    assert 0.2 <= time.monotonic() - start < 5
    assert re.search(r"^real 0\.[2-9]\d\nuser \d+\.\d\d\nsys \d+\.\d\d$", ran.err, re.M)
    tool("sleep", "x", check=2)
    assert tool("time", "false", check=1).err


def start_sleeping():
    """With signals as they are by default: a background job of a script has SIGINT ignored, one of nohup SIGHUP."""
    def default():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    return subprocess.Popen(["sleep", "100"], preexec_fn=default)


def test_kill(tool):
    assert tool("kill", "-l", "TERM", "9").lines == ["15", "KILL"]
    assert tool("kill", "-l", "143").out == "TERM\n"
    child = start_sleeping()
    tool("kill", "-0", str(child.pid))
    tool("kill", "-INT", str(child.pid))
    assert child.wait() == -2
    child = start_sleeping()
    tool("kill", "-s", "SIGHUP", str(child.pid))
    assert child.wait() == -1
    assert tool("kill", "999999999", check=1).err
    tool("kill", "-NONSENSE", "1", check=2)
    tool("kill", check=2)


def test_ps_and_top(tool):
    assert re.search(rf"^ *{os.getpid()} ", tool("ps", "-e").out, re.M)
    assert re.search(rf"^ *{os.getpid()} +{os.getppid()} ", tool("ps", "-ef").out, re.M)
    assert len(tool("ps", "-p", str(os.getpid())).lines) == 2
    text = tool("top", "-b", "-n", "2", "-d", "0.1").out
    assert text.count("  PID USER") == 2 and "memory" in text


def test_system(tool):
    assert re.search(r"^Memory +\d+ +\d+ +\d+", tool("free").out, re.M)
    assert re.match(r"\d\d:\d\d:\d\d up ", tool("uptime").out)
    assert tool("uname", "-m").out == "x86_64\n" and len(tool("uname", "-a").out.split()) >= 5
    assert tool("id", "-u").out == f"{os.getuid()}\n"
    assert tool("whoami").out == tool("id", "-un").out
    assert tool("hostname").out == f"{os.uname().nodename}\n"
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    assert tool("nice").out == f"{nice}\n" and tool("nice", "-n", "5", "nice").out == f"{nice + 5}\n"
    assert tool("nice", "-5", "nice").out == f"{nice + 5}\n"
    tool("tty", check=1)
    tool("sync")


def test_mkfifo(tool, tmp_path):
    tool("mkfifo", "p")
    assert tool("stat", "p").out.find("FIFO") > 0


@pytest.mark.parametrize("words,status", [(["nothing"], 2), (["tools", "nothing"], 2)])
def test_an_unknown_tool(tool, words, status):
    tool(*words, check=status)


def test_a_closed_pipe_ends_it(tool):
    from conftest import TOOLS
    done = subprocess.run(f"{TOOLS} yes | head -2", shell=True, capture_output=True, text=True, timeout=20)
    assert done.stdout == "y\ny\n"
    assert sys.platform == "linux"


def test_loadkeys_looks_at_layouts(tool, files, tmp_path):
    top = files({"my.map": "e e E €\n", "bad.map": "# one\nq q\nq Q\n", "long.map": "#" * 70000})
    layouts = sorted((Path(__file__).parents[2] / "tools/root/usr/share/keyboard").iterdir())
    assert [layout.stem for layout in layouts] == ["br", "de", "es", "fr", "it", "latam", "pt", "uk", "us"]
    for layout in [top / "my.map", *layouts]:
        tool("loadkeys", "-c", layout)
    assert tool("loadkeys", "-c", "bad.map", check=1).err == "loadkeys: bad.map:3: this key has a line already\n"
    assert "too large" in tool("loadkeys", "-c", "long.map", check=1).err
    assert "No such file" in tool("loadkeys", "-c", "no/es", check=1).err
    tool("loadkeys", "-c", check=2)
    tool("loadkeys", "a", "b", check=2)


def test_fetch_says_what_this_is(tool):
    lines = tool("fetch").out.splitlines()
    assert len(lines) == 7 and "Memory" in "".join(lines) and "Uptime" in "".join(lines)
