"""What all system tests share. Run them by `make test-system`, or one by
`/usr/bin/python3 -m pytest tests/system/test_boot.py -k memory` after `make img`."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import harness  # noqa: E402


def pytest_configure():
    if not harness.IMAGE.exists():
        pytest.exit(f"{harness.IMAGE} is not there: `make img` builds it", returncode=2)


@pytest.fixture
def image():
    return harness.IMAGE


@pytest.fixture
def booted():
    """A machine at the monitor's prompt."""
    with harness.Machine() as machine:
        machine.wait_for(harness.READY)
        machine.wait_prompt()
        yield machine
