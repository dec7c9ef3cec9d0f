"""tools/deps on machines of every kind, made up of a PATH with stand-ins."""
import shutil
import stat
import subprocess

import pytest

from harness import TOP

# What the build needs and has no command of its own.
QUIET = ("xfonts-terminus libfreetype-dev fonts-inter fonts-jetbrains-mono fonts-dejavu-core libpng-dev "
         "libjpeg62-turbo-dev zlib1g-dev libqrcodegen-dev")
BASE = ["bash", "sed", "tr", "sort", "dirname", "mktemp", "rm", "cat", "tail", "tee", "grep", "env"]


class Host:
    """A machine that has the programs of BASE and those that a test adds."""

    def __init__(self, folder):
        self.bin, self.calls = folder / "bin", folder / "calls"
        self.bin.mkdir()
        for name in BASE:
            (self.bin / name).symlink_to(shutil.which(name))
        self.add("id", "echo 0")

    def add(self, name, script):
        path = self.bin / name
        path.write_text(f"#!{self.bin}/bash\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def debian(self, installed="", apt="exit 0"):
        """dpkg knows the packages in `installed`; apt-get notes what it is asked."""
        self.add("dpkg-query", f'case " {installed} " in *" $4 "*) echo -n installed ;; '
                               '*) exit 1 ;; esac')
        self.add("apt-get", f'echo "$@" >> {self.calls}\n{apt}')

    def deps(self, *groups, **variables):
        return subprocess.run([self.bin / "bash", TOP / "tools/deps", *groups], text=True,
                              env={"PATH": str(self.bin), **variables}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=60)

    def asked(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_installs_what_is_missing(host):
    host.debian(installed=f"gcc binutils python3 e2fsprogs {QUIET}")
    result = host.deps("build")
    assert result.returncode == 0
    assert "nasm" in result.stdout and "assembles the boot sector" in result.stdout
    assert "python3 " not in result.stdout, "what is there is not asked for"
    assert host.asked() == ["-q install -y --no-install-recommends nasm"]


def test_nothing_to_do(host):
    host.debian(installed=f"gcc binutils nasm python3 e2fsprogs {QUIET}")
    result = host.deps("build")
    assert (result.returncode, result.stdout, host.asked()) == (0, "", [])


def test_a_program_of_ones_own_counts(host):
    host.debian(installed=f"gcc binutils python3 e2fsprogs {QUIET}")
    host.add("nasm", "")
    assert host.deps("build").stdout == ""


def test_sudo(host):
    host.debian()
    host.add("id", "echo 1000")
    host.add("sudo", f'echo "sudo $2" >> {host.calls}; exec "$@"')
    result = host.deps("debug")
    assert result.returncode == 0 and "sudo may ask for your password" in result.stdout
    assert host.asked()[0].startswith("sudo ") and host.asked()[1].endswith(" gdb")


def test_neither_root_nor_sudo(host):
    host.debian()
    host.add("id", "echo 1000")
    result = host.deps("debug")
    assert result.returncode == 1
    assert "apt-get install --no-install-recommends gdb" in result.stdout
    assert host.asked() == []


def test_old_lists(host):
    """The first attempt fails, fresh package lists help."""
    host.debian()
    host.add("apt-get", f'echo "$@" >> {host.calls}\n'
                        f'case $2 in update) ;; *) grep -q update {host.calls} ;; esac')
    assert host.deps("debug").returncode == 0
    assert [line.split()[1] for line in host.asked()] == ["install", "update", "install"]


@pytest.mark.parametrize("apt, text", [
    ('echo "no route to host" >&2; exit 100', "apt-get update failed"),
    ('case $2 in update) ;; *) echo "E: no such package"; exit 100 ;; esac',
     "apt-get install failed"),
])
def test_offline(host, apt, text):
    host.debian(apt=apt)
    result = host.deps("debug")
    assert result.returncode == 1 and text in result.stdout
    assert "no route to host" in result.stdout or "no such package" in result.stdout


def test_another_system(host):
    result = host.deps("build", "run")
    assert result.returncode == 1 and "This is not Debian" in result.stdout
    assert "nasm" in result.stdout and "qemu-system-x86" in result.stdout
    assert host.deps("build", "run", DEPS="no").returncode == 0


def test_every_goal_has_its_groups():
    """The Makefile asks for groups that the list has."""
    listed = {line.split(":")[0] for line in (TOP / "tools/packages.txt").read_text().splitlines()
              if line and not line.startswith("#")}
    asked = set()
    for line in (TOP / "Makefile").read_text().splitlines():
        if line.startswith("NEEDS_") and not line.startswith("NEEDS_nothing"):
            asked |= {word for word in line.split(":=")[1].replace("$(if $(DISPLAY)$("
                      "WAYLAND_DISPLAY),window)", "window").split()}
    assert asked <= listed, asked - listed
