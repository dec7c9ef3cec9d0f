"""Tools that work on files and directories."""
import os
import re
import stat
import subprocess
import time

import pytest


def tree(folder):
    """What is below, with modes and contents."""
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        what = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(folder))] = (stat.S_IFMT(info.st_mode), stat.S_IMODE(info.st_mode), what)
    return found


@pytest.fixture
def sample(files):
    folder = files({"from/a": "text\n", "from/d/b": "x" * 200000, "from/d/e/c": "", "from/.hidden": "h"})
    (folder / "from/link").symlink_to("a")
    (folder / "from/broken").symlink_to("nowhere")
    os.mkfifo(folder / "from/pipe")
    (folder / "from/a").chmod(0o750)
    return folder


# ---- cp, mv --------------------------------------------------------------------------------------

def test_cp_copies_a_file(tool, files):
    folder = files({"a": "1", "d/x": ""})
    (folder / "a").chmod(0o751)
    tool("cp", "a", "b")
    tool("cp", "a", "d")
    assert (folder / "b").read_text() == (folder / "d/a").read_text() == "1"
    assert stat.S_IMODE((folder / "b").stat().st_mode) == 0o751 & ~os.umask(os.umask(0o22))


def test_cp_r_copies_a_tree(tool, sample):
    tool("cp", "-r", "from", "to")
    assert tree(sample / "to") == tree(sample / "from")
    tool("cp", "-r", "from", "to")
    assert tree(sample / "to/from") == tree(sample / "from")


def test_cp_p_keeps_times_and_modes(tool, sample):
    os.utime(sample / "from/a", (1000000000, 1100000000))
    os.utime(sample / "from/d", (1000000000, 1200000000))
    (sample / "from/d").chmod(0o700)
    tool("cp", "-a", "from", "to")
    assert (sample / "to/a").stat().st_mtime == 1100000000
    assert (sample / "to/d").stat().st_mtime == 1200000000
    assert tree(sample / "to") == tree(sample / "from")


def test_cp_refuses(tool, sample):
    assert "is a directory" in tool("cp", "from", "to", check=1).err
    assert "same file" in tool("cp", "from/a", "from/link", check=1).err
    assert "into itself" in tool("cp", "-r", "from", "from/d/new", check=1).err
    assert "not a directory" in tool("cp", "from/a", "from/d/b", "from/a", check=1).err
    assert "No such file" in tool("cp", "nothing", "to", check=1).err
    tool("cp", "one", check=2)


def test_mv_renames_and_moves_into(tool, sample):
    before = tree(sample / "from")
    tool("mv", "from", "to")
    assert tree(sample / "to") == before
    (sample / "d").mkdir()
    tool("mv", "to", "d")
    assert tree(sample / "d/to") == before
    assert tool("mv", "nothing", "d", check=1).err.startswith("mv: nothing: No such")


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="needs another file system")
def test_mv_between_file_systems(tool, sample):
    before = tree(sample / "from")
    target = f"/dev/shm/fastos-test-{os.getpid()}"
    try:
        tool("mv", "from", target)
        assert not (sample / "from").exists()
        tool("mv", target, "back")
        assert tree(sample / "back") == before
    finally:
        subprocess.run(["rm", "-rf", target], check=True)


def test_mv_n_and_i(tool, files):
    folder = files({"a": "1", "b": "2"})
    tool("mv", "-n", "a", "b")
    tool("mv", "-i", "a", "b", input="n\n")
    assert (folder / "b").read_text() == "2"
    tool("mv", "-i", "a", "b", input="y\n")
    assert (folder / "b").read_text() == "1"


# ---- rm, mkdir, rmdir, ln, touch -----------------------------------------------------------------

def test_rm(tool, sample):
    assert "is a directory" in tool("rm", "from", check=1).err
    tool("rm", "from/a", "from/broken")
    assert not (sample / "from/a").exists() and not (sample / "from/broken").is_symlink()
    assert "No such" in tool("rm", "nothing", check=1).err
    tool("rm", "-f", "nothing")
    tool("rm", "-rf", "from")
    assert not (sample / "from").exists()
    for path in ("/", ".", "..", "//", "./", "x/.."):
        assert "not to be removed" in tool("rm", "-rf", path, check=1).err


def test_rm_does_not_follow_links(tool, files):
    folder = files({"keep/a": "1", "gone/b": "2"})
    (folder / "gone/link").symlink_to("../keep")
    tool("rm", "-r", "gone")
    assert (folder / "keep/a").exists()


def test_rm_of_a_deep_tree(tool, tmp_path):
    path = "d/" * 200
    os.makedirs(tmp_path / path)
    tool("rm", "-r", "d")
    assert not (tmp_path / "d").exists()


def test_mkdir_and_rmdir(tool, tmp_path):
    tool("mkdir", "a", "b")
    assert "File exists" in tool("mkdir", "a", check=1).err
    tool("mkdir", "-p", "a", "c/d//e/", "a/x")
    assert (tmp_path / "c/d/e").is_dir()
    tool("mkdir", "-m", "700", "m")
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o700
    assert "not empty" in tool("rmdir", "c", check=1).err
    tool("rmdir", "-p", "c/d/e")
    assert not (tmp_path / "c").exists()


def test_ln(tool, files):
    folder = files({"a": "1", "d/x": ""})
    tool("ln", "a", "hard")
    tool("ln", "-s", "a", "soft")
    tool("ln", "-s", "../a", "d")
    assert (folder / "hard").stat().st_ino == (folder / "a").stat().st_ino
    assert os.readlink(folder / "soft") == "a" and os.readlink(folder / "d/a") == "../a"
    assert "File exists" in tool("ln", "-s", "b", "soft", check=1).err
    tool("ln", "-sf", "b", "soft")
    assert os.readlink(folder / "soft") == "b"
    (folder / "to_d").symlink_to("d")
    tool("ln", "-sfn", "a", "to_d")
    assert os.readlink(folder / "to_d") == "a"


def test_touch(tool, files):
    folder = files({"a": "1"})
    os.utime(folder / "a", (1, 1))
    tool("touch", "a", "new")
    assert abs((folder / "a").stat().st_mtime - time.time()) < 100 and (folder / "new").exists()
    tool("touch", "-c", "other")
    assert not (folder / "other").exists()
    tool("touch", "-d", "@1234567890", "a")
    assert (folder / "a").stat().st_mtime == 1234567890
    tool("touch", "-m", "-r", "a", "new")
    assert (folder / "new").stat().st_mtime == 1234567890 != (folder / "new").stat().st_atime


@pytest.mark.parametrize("mode", ["644", "u+x", "go-rwx", "a=rx", "+x", "u=rwx,g=u-w,o=", "u+s", "+t", "g=u", "-w", "a+X"])
def test_chmod_like_this_machines(tool, files, mode):
    folder = files({"ours": "", "theirs": ""})
    for name in ("ours", "theirs"):
        (folder / name).chmod(0o654)
    tool("chmod", mode, "ours")
    subprocess.run(["chmod", mode, "theirs"], cwd=folder)
    assert oct((folder / "ours").stat().st_mode) == oct((folder / "theirs").stat().st_mode)


def test_chmod_R_and_errors(tool, sample):
    tool("chmod", "-R", "u=rwX,go=", "from/d")
    assert stat.S_IMODE((sample / "from/d").stat().st_mode) == 0o700
    assert stat.S_IMODE((sample / "from/d/b").stat().st_mode) == 0o600
    tool("chmod", "u+q", "from/a", check=2)
    assert tool("chmod", "600", "nothing", check=1).err


# ---- ls, stat, du, df ----------------------------------------------------------------------------

def test_ls_names(tool, sample):
    assert tool("ls", "from").lines == ["a", "broken", "d", "link", "pipe"]
    assert tool("ls", "-A", "from").lines == [".hidden", "a", "broken", "d", "link", "pipe"]
    assert tool("ls", "-a", "from").lines[:2] == [".", ".."] or "." in tool("ls", "-a", "from").lines
    assert tool("ls", "-r", "from").lines == ["pipe", "link", "d", "broken", "a"]
    assert tool("ls", "-F", "from").lines == ["a*", "broken@", "d/", "link@", "pipe|"]
    assert tool("ls", "-d", "from").lines == ["from"]
    assert tool("ls", "-R", "from/d").lines == ["from/d:", "b", "e", "", "from/d/e:", "c"]
    assert tool("ls", "from/a", "from/d").lines == ["from/a", "", "from/d:", "b", "e"]
    assert "No such" in tool("ls", "nothing", check=1).err


def test_ls_l(tool, sample):
    os.utime(sample / "from/a", (0, 86400 * 365))
    lines = tool("ls", "-l", "from").lines
    assert re.fullmatch(r"total \d+", lines[0])
    assert re.fullmatch(r"-rwxr-x--- 1 \w+ +\w+ +5 Jan  1  1971 a", lines[1])
    assert re.search(r"^lrwxrwxrwx .* broken -> nowhere$", lines[2]) and re.search(r"^d.* d$", lines[3])
    assert re.search(r" 196K .* b$", tool("ls", "-lh", "from/d").lines[1])
    assert re.search(r"^ *\d+K b$", tool("ls", "-sh1", "from/d").out, re.M)
    assert re.search(r"^ *\d+ b$", tool("ls", "-s1", "from/d").out, re.M)


def test_ls_sorts(tool, files):
    folder = files({"old": "xx", "new": "x", "mid": "xxx"})
    for number, name in enumerate(("old", "mid", "new")):
        os.utime(folder / name, (number, number))
    assert tool("ls", "-t").lines == ["new", "mid", "old"]
    assert tool("ls", "-tr").lines == ["old", "mid", "new"]
    assert tool("ls", "-S").lines == ["mid", "old", "new"]


def test_ls_in_columns(tool, files):
    files({f"name{n:02}": "" for n in range(30)})
    lines = tool("ls", "-C").lines
    assert lines[0].split() == [f"name{n:02}" for n in range(0, 30, len(lines))] and max(map(len, lines)) <= 80


def test_stat(tool, sample):
    text = tool("stat", "from/a").out
    assert re.search(r"File +from/a$", text, re.M) and "5 bytes" in text and "0750 -rwxr-x---" in text
    assert "-> a" in tool("stat", "from/link").out and "regular file" in tool("stat", "-L", "from/link").out


def test_du_like_this_machines(tool, sample):
    os.link(sample / "from/a", sample / "from/d/again")
    for words in (["from"], ["-s", "from"], ["-d1", "from"]):
        theirs = subprocess.run(["du", "-k", *words], cwd=sample, capture_output=True, text=True).stdout
        assert sorted(tool("du", *words).lines) == sorted(theirs.splitlines())


def test_df(tool):
    assert re.search(r"^\S+ +\d+ +\d+ +\d+ +\d+% /", tool("df", "/").out, re.M)
    assert tool("df", "-h").lines[0].split() == ["Source", "Size", "Used", "Available", "Use", "Mounted", "on"]


# ---- find ----------------------------------------------------------------------------------------

FINDS = [
    [], ["-name", "*.c"], ["-type", "f"], ["-type", "d"], ["-type", "l"], ["-size", "+100k"], ["-size", "-2"],
    ["-empty"], ["!", "-type", "d"], ["-name", "a", "-o", "-name", "b"], ["(", "-name", "a", "-o", "-name", "d", ")", "-type", "d"],
    ["-maxdepth", "1"], ["-mindepth", "2"], ["-name", "d", "-prune", "-o", "-print"], ["-path", "*d/e*"],
    ["-perm", "750"], ["-perm", "-100"], ["-iname", "A"], ["-depth"], ["-newer", "a"], ["-links", "+1"],
    ["-mtime", "-1"], ["-exec", "echo", "<{}>", ";"], ["-type", "f", "-exec", "echo", "{}", "+"], ["-not", "-name", "*"],
    ["-type", "f", "-print", "-name", "a", "-print"], ["-false", "-o", "-true"], ["-size", "5c"], ["-perm", "/022"],
]


@pytest.mark.parametrize("words", FINDS, ids=lambda w: " ".join(w) or "all")
def test_find_like_this_machines(tool, sample, words):
    folder = sample / "from"
    (folder / "d/x.c").write_text("x")
    theirs = subprocess.run(["find", *words], cwd=folder, capture_output=True, text=True).stdout
    ours = subprocess.run([*map(str, [tool_path(), "find"]), *words], cwd=folder, capture_output=True, text=True,
                          env={"ASAN_OPTIONS": "detect_leaks=0", "PATH": os.environ["PATH"]})
    assert ours.returncode == 0, ours.stderr
    assert sorted(ours.stdout.split()) == sorted(theirs.split())


def tool_path():
    from conftest import TOOLS
    return TOOLS


def test_find_deletes(tool, sample):
    tool("find", "from", "-name", "d", "-delete", check=1)  # not empty
    tool("find", "from/d", "-delete")
    assert not (sample / "from/d").exists() and (sample / "from/a").exists()


@pytest.mark.parametrize("words", [["-name"], ["-nonsense"], ["("], [")"], ["-exec", "x"], ["-size", "x"], ["a", "-o"]])
def test_find_refuses(tool, words):
    assert tool("find", *words, check=2).err.startswith("find: ")


# ---- the rest ------------------------------------------------------------------------------------

def test_realpath_readlink_which(tool, sample):
    assert tool("readlink", "from/link").out == "a\n"
    assert tool("readlink", "-f", "from/link").out == f"{sample.resolve()}/from/a\n"
    assert tool("realpath", "from/d/..").out == f"{sample.resolve()}/from\n"
    program = sample / "from/a"
    assert tool("which", "a", env={"PATH": f"/nowhere:{program.parent}"}).out == f"{program}\n"
    tool("which", "nothing", check=1)


def test_every_tool_has_help(tool):
    names = tool("tools", "-1").lines
    assert len(names) >= 70 and names == sorted(names)
    for name in names:
        help_text = tool(name, "--help").out
        assert help_text.startswith(f"use: {name}") and max(map(len, help_text.splitlines())) <= 105, name


def test_an_unknown_option_is_told(tool):
    for name in tool("tools", "-1").lines:
        if name not in ("echo", "true", "false", "yes", "kill", "killall", "find", "chmod", "clear", "reset", "stty"):
            ran = tool(name, "-%", check=None)
            assert ran.status == 2 and ": -%" in ran.err.replace("no option", "no option:"), (name, ran.err)


def test_output_that_is_lost_is_an_error(tool, files, tmp_path):
    files({"a": "x\n"})
    for words in (["cat", "a"], ["ls"], ["echo", "x"], ["seq", "3"], ["sort", "a"], ["head", "a"], ["sed", "p", "a"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([tool_path(), *words], stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
                                  env={"ASAN_OPTIONS": "detect_leaks=0"})
        assert done.returncode != 0 and "No space left" in done.stderr, words
