"""Files from the host as the kernel reads them: 2,000 of all kinds, for each block size."""
import pytest

import tree
from checks import CHANGES_LOST, make_image, plain
from harness import READY, Machine


def summed(text):
    """path → (CRC32, size) of what `sum` printed."""
    found = {}
    for line in text.splitlines():
        words = line.split(maxsplit=2)
        if len(words) == 3 and len(words[0]) == 8 and words[1].isdigit():
            assert words[2] not in found, f"{words[2]} twice"
            found[words[2]] = (int(words[0], 16), int(words[1]))
    return found


def check_all(manifest, image, *expected, **machine):
    with Machine(image, memory="256", cmdline="run='sum -r /'", **machine) as m:
        assert m.wait_exit(180) == 0, m.report()
        got = summed(plain(m.text))
    system = [path for path in got if path not in manifest]
    assert {path: got.get(path) for path in manifest} == manifest
    assert all(path.split("/")[1] in ("bin", "boot", "etc", "lib", "proc", "README.txt", "usr") for path in system), system


def check_links(folder, image):
    """A symlink's sum is that of the file it leads to."""
    links = tree.links(folder)
    assert len(links) >= 29
    with Machine(image) as machine:
        machine.wait_for(READY)
        machine.wait_prompt()
        paths = [path for pair in links.items() for path in pair]
        got = {}
        for i in range(0, len(paths), 16):  # a line's words and length are limited
            got.update(summed(machine.command("sum " + " ".join(dict.fromkeys(paths[i:i + 16])))))
        assert {link: got.get(link) for link in links} == \
            {link: got[target] for link, target in links.items()}
        assert "too many symbolic links" in machine.command("sum /links/loop")
        assert "no such file" in machine.command("sum /links/dangling")


@pytest.mark.parametrize("block", [1024, 2048, 4096])
def test_a_tree(tmp_path, block):
    folder = tmp_path / "tree"
    manifest = tree.make(folder, seed=block)
    assert len(manifest) == 2000 and max(size for _, size in manifest.values()) >= 40_000_000
    image = make_image(tmp_path, "--block", str(block), extra=folder)
    check_all(manifest, image)
    check_links(folder, image)
    if block == 4096:
        check_all(manifest, image, disk="virtio")  # from memory, where holes are not stored
