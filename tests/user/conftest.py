"""The programs of user/, as they were compiled for this machine under sanitizers (make test-user)."""
import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("FASTOS_BUILD", TOP / "build")).resolve()
TOOLS = BUILD / "host/user/tools/tools"


class Ran:
    def __init__(self, done):
        self.out, self.err, self.status = done.stdout, done.stderr, done.returncode

    @property
    def lines(self):
        return self.out.splitlines()


@pytest.fixture
def tool(tmp_path):
    """tool("ls", "-l", input="…"): runs it in an empty folder, as text; a sanitizer's finding fails the test."""
    def run(*words, input="", check=True, env=None):
        done = subprocess.run([TOOLS, *map(str, words)], input=input, capture_output=True, text=True,
                              cwd=tmp_path, timeout=30,
                              env={"PATH": os.environ["PATH"], "TZ": "UTC0", "LC_ALL": "C.UTF-8",
                                   "ASAN_OPTIONS": "detect_leaks=0", **(env or {})})
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
        if check is True:
            assert done.returncode == 0, done.stderr
        elif check is not None:
            assert done.returncode == check, (done.returncode, done.stderr)
        return Ran(done)
    return run


@pytest.fixture
def files(tmp_path):
    """files({"a": "text", "d/b": "…"}) makes them."""
    def make(contents):
        for name, text in contents.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path
    return make
