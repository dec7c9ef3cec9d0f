"""docs/81-first-program.md and docs/drivers.md, as they stand: their sh blocks in a copy of the tree, their
console blocks in the guest."""
import re
import subprocess

import pytest

from checks import plain
from harness import TOP, Machine

BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_NEEDED = ("build/check", "build/debug", "build/fuzz", "build/proofs", ".git")


def copy_tree(folder):
    """Times are kept, so that next to nothing is built anew."""
    exclude = [f"--exclude=./{name}" for name in NOT_NEEDED]
    subprocess.run(["bash", "-c", 'tar -C "$0" -cf - "${@:2}" . | tar -C "$1" -xf -', TOP, folder, *exclude],
                   check=True)


def type_it(folder, text):
    result = subprocess.run(["bash", "-euc", text], cwd=folder, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stdout + result.stderr


def see_it(folder, text):
    command, wanted = re.match(r"~# ([^\n]*)\n(.*)", text, re.DOTALL).groups()
    with Machine(image=folder / "build/fastos.img", init=None, cmdline=f"run='{command}; exit $?'") as machine:
        assert machine.wait_exit(120) == 0, machine.report()
        assert wanted in plain(machine.text), machine.report()


@pytest.mark.parametrize("page, least", [("81-first-program.md", 3), ("drivers.md", 2)])
def test_the_page_as_it_stands(page, least, tmp_path):
    copy_tree(tmp_path)
    blocks = BLOCK.findall((TOP / "docs" / page).read_text())
    assert [kind for kind, _ in blocks].count("console") >= least
    for kind, text in blocks:
        (type_it if kind == "sh" else see_it)(tmp_path, text)
