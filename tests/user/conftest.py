"""The programs of user/, built for this machine under sanitizers."""
import os
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FASTOS_HOST_BIN", TREE / "build/host/user/bin"))


def pytest_configure():
    os.environ["LC_ALL"] = "C"
    os.environ["TZ"] = "UTC0"
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")


@pytest.fixture(scope="session")
def bin_folder():
    return BIN
