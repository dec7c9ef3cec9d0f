"""init, not as process 1: it adopts orphans and says what it would do to the machine."""
import os
import signal
import subprocess
import time

import pytest


@pytest.fixture
def init(bin_folder, tmp_path):
    started = []

    def start(configuration):
        (tmp_path / "init.conf").write_text(configuration)
        (tmp_path / "console").touch()
        process = subprocess.Popen(
            [bin_folder / "init", tmp_path / "init.conf"], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "INIT_CONSOLE": str(tmp_path / "console")}, cwd=tmp_path)
        started.append(process)
        return process
    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_until(what):
    end = time.monotonic() + 15
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_once_runs_in_order(init, tmp_path):
    process = init("# a comment\nonce echo 1 > out\nonce  echo 2 >> out\n\n")
    wait_until(lambda: (tmp_path / "out").exists() and (tmp_path / "out").read_text() == "1\n2\n")
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0] == "power off\n"


def test_respawns_more_slowly(init, tmp_path):
    process = init("respawn /dev/null echo x >> out; exit 1\n")
    wait_until(lambda: (tmp_path / "out").exists() and len((tmp_path / "out").read_text()) >= 4)
    said = (tmp_path / "console").read_text()
    assert "again in 1 s" in said
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10)[0] == "restart\n"


def test_ends_what_runs(init, tmp_path):
    process = init("respawn /dev/null echo $$ > pid; exec sleep 100\n")
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0] == "power off\n"
    assert not os.path.exists(f"/proc/{(tmp_path / 'pid').read_text().strip()}")


def test_ignores_what_a_terminal_sends(init, tmp_path):
    process = init("once echo > out\n")
    wait_until((tmp_path / "out").exists)
    time.sleep(0.1)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
        process.send_signal(number)
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(signal.SIGUSR1)
    assert process.communicate(timeout=10)[0] == "halt\n"


def test_wrong_lines(init, tmp_path):
    process = init("never this\nrespawn /dev/null\nonce touch out\n")
    wait_until((tmp_path / "out").exists)
    assert "init.conf:1: never" in (tmp_path / "console").read_text()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
