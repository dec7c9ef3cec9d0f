"""The tools against this machine's own, where the formats agree; and what they do to files."""
import os
import re
import shutil
import subprocess

import pytest

# In a folder with the files of make_files: the tool's output and status are those of coreutils.
SAME = r"""
cat a
cat -n a b
cat nowhere
head -n 3 lines
head -3 lines
head -c 10 lines
head -n 1 a b
tail -n 3 lines
tail -3 lines
tail -n +98 lines
tail -c 10 lines
tail -n 2 a b
wc a
wc -l a b
wc -w a
wc -c lines
wc a b lines
ls
ls -1
ls -a
ls -A
ls -d a sub
ls -F
ls -r
ls -R
ls -S
ls -t
ls -1 sub
ls a sub
ls nowhere
ls -l
ls -la sub
ls -lh
ls -li
ls -l link
ls -lR sub
grep two a
grep -n o a
grep -c o a b
grep -v two a
grep -i TWO a
grep -E 't(w|h)' a
grep -F t. a
grep -l two a b
grep -o 'o.' a
grep -r two .
grep -q two a
grep -q nothing a
grep -w on a
grep -x two a
grep -e one -e two a
grep -n nothing a b
grep two nowhere
basename /usr/lib/x.c .c
basename /
basename x
dirname /usr/lib/x
dirname x
dirname /
seq 5
seq 2 2 9
seq 5 -1 1
seq 0.5 0.25 1.5
seq -w 8 11
seq -s , 3
seq 3 1
sort numbers
sort -n numbers
sort -r numbers
sort -rn numbers
sort -u numbers
sort -k 2 table
sort -k2,2n table
sort -t : -k 2 colons
sort -f words
uniq words
uniq -c words
uniq -d words
uniq -u words
cut -f 2 -d : colons
cut -d : -f 1,3 colons
cut -d : -f 2- colons
cut -c 2-3 a
cut -d : -f 2 -s a
cut -b -2 a
du -b a
du -a -b sub
du -s -b sub
stat -c '%n %s %a %F %h %u %i' a sub link
env -i A=1 B=2
env -i A=1 sh -c 'echo $A'
id -u
id -g
whoami
true
false
uname
uname -m
uname -sr
date -u -d @0 +%Y-%m-%dT%H:%M:%S
date -u -d @86400
find . -name 'a*'
find sub -type f
find . -maxdepth 1 -type d
find . -name a -o -name b
find . ! -name '*e*' -type f
find . -size +0 -name '[ab]'
find . -empty
find sub -exec echo {} ;
find . -type f -name '[ab]' -exec cat {} ;
find . -path './sub/*'
cmp a a
cmp -s a b
cmp -s a short
diff -q a b
diff -q a a
nice -n 5 nice
"""

# The same with `sh -c`: input and pipes.
SAME_IN_SHELL = r"""
tr a-z A-Z < a
tr -d o < a
tr -s o < words
tr -cd '[:digit:]\n' < table
tr '[:upper:]' '[:lower:]' < a
printf 'a b\nc "d e" f\\ g\n' | xargs
printf '1 2 3 4 5' | xargs -n 2 echo x
printf 'a\nb c\n' | xargs -I {} echo '<{}>'
printf 'a\0b c\0' | xargs -0 -n 1
printf '' | xargs -r echo never
printf '' | xargs echo once
seq 10 | tee copy; cat copy
seq 3 | tail -n 1
seq 100 | head -n 2
printf 'no end' | tail -n 1
printf 'no end' | cat -n
printf 'no end' | wc
printf 'b\na' | sort
cp a x; cat x
cp -r sub y; ls -R y
cp a b sub; ls sub
cp nowhere x; echo $?
cp sub x 2>/dev/null; echo $?
cp -p a x; stat -c %Y x
cp a a 2>/dev/null; echo $?
mv a x; ls
mv a b sub; ls sub
mv sub x; ls x
mv nowhere x 2>/dev/null; echo $?
rm a; ls
rm sub 2>/dev/null; echo $?
rm -r sub; ls
rm -f nowhere; echo $?
rm nowhere 2>/dev/null; echo $?
mkdir x x/y; ls x
mkdir -p p/q/r p/q; ls -R p
mkdir sub 2>/dev/null; echo $?
mkdir -m 700 x; stat -c %a x
rmdir sub 2>/dev/null; echo $?
mkdir -p x/y; rmdir -p x/y; ls
ln a x; stat -c %h a
ln -s a x; cat x; ls -l x | cut -d ' ' -f 1
ln -s a b 2>/dev/null; echo $?
ln -sf a b; cat b
touch x; ls -l x | cut -c 1-10
touch -c x; ls x 2>/dev/null; echo $?
touch -d @0 a; stat -c %Y a
chmod 640 a; stat -c %a a
chmod u+x,g-r a; stat -c %a a
chmod -R go= sub; stat -c %a sub sub/inner
chmod a=rX a sub; stat -c %a a sub
umask 27; chmod +w a; stat -c %a a
sleep 0.01; echo $?
cd sub; pwd | sed 's/.*\///'
yes | head -n 3
yes a b | head -n 2
"""


def make_files(folder):
    files = {
        "a": "one\ntwo\nthree\n", "b": "one\nTwo\nfour two\n", "short": "one\n", ".hidden": "x",
        "lines": "".join(f"line {i}\n" for i in range(1, 101)),
        "numbers": "10\n9\n2\n10\n-3\n1.5\n", "table": "a 3\nb 20\nc 1\nd 3\n",
        "colons": "x:c:1\ny:a:2\nz:b:3\n", "words": "foo\nfoo\nFoo\nbar\nbar\nbaz\n",
        "run": "#!/bin/sh\n", "none": "", "sub/inner": "two\n", "sub/deep/er": "x\n",
    }
    for number, (name, text) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "run").chmod(0o755)
    (folder / "link").symlink_to("a")
    everything = sorted(folder.rglob("*"), reverse=True)
    for number, path in enumerate(everything):
        os.utime(path, (1.6e9 + number, 1.6e9 + number), follow_symlinks=False)


@pytest.fixture(scope="session")
def ours(bin_folder, tmp_path_factory):
    """A folder with the tools' names, which is all of PATH but for sh."""
    folder = tmp_path_factory.mktemp("bin")
    table = (bin_folder / "tools").resolve()
    listed = subprocess.run([table], capture_output=True, text=True, check=True).stdout
    names = listed.split("--help.\n")[1].split()
    assert len(names) > 60
    for name in names:
        (folder / name).symlink_to(table)
    for name in ("sh", "sed"):
        if not (folder / name).exists():
            (folder / name).symlink_to(shutil.which(name))
    return folder


def outcome(words, folder, path):
    result = subprocess.run(words, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True,
                            timeout=30, stdin=subprocess.DEVNULL)
    assert b"Sanitizer" not in result.stderr and b"runtime error" not in result.stderr, result.stderr
    return result.stdout.decode(), result.returncode, bool(result.stderr)


def both(words, tmp_path, ours):
    outcomes = []
    for path in (str(ours), os.defpath):
        folder = tmp_path / "files"
        if folder.exists():
            subprocess.run(["chmod", "-R", "u+rwx", folder], check=True)
            shutil.rmtree(folder)
        folder.mkdir()
        make_files(folder)
        outcomes.append(outcome(words, folder, path))
    return outcomes


def without_what_changes(text):
    text = re.sub(r"(?m)^ *\d{4,} +(?=[-dlcbps][-rwx])", "INODE ", text)
    return re.sub(r"(\d+)$", lambda m: "INODE" if len(m[1]) > 5 else m[1], text, flags=re.M)


@pytest.mark.parametrize("line", SAME.strip().split("\n"))
def test_same_as_coreutils(line, tmp_path, ours):
    import shlex
    words = shlex.split(line)
    (mine, status, complained), (theirs, their_status, they_complained) = both(words, tmp_path, ours)
    if words[0] in ("find", "du") or "-r" in words and words[0] == "grep":
        mine, theirs = sorted(mine.split("\n")), sorted(theirs.split("\n"))
    if "-li" in words or "%i" in line:
        mine, theirs = without_what_changes(mine), without_what_changes(theirs)
    assert (mine, status) == (theirs, their_status)
    assert complained == they_complained


@pytest.mark.parametrize("line", SAME_IN_SHELL.strip().split("\n"))
def test_same_in_shell(line, tmp_path, ours):
    (mine, status, _), (theirs, their_status, _) = both(["sh", "-c", line], tmp_path, ours)
    assert (mine, status) == (theirs, their_status)


def test_every_tool_has_help(ours):
    for tool in sorted(ours.iterdir()):
        if tool.name in ("sh", "sed", "echo", "test", "["):
            continue
        result = subprocess.run([tool, "--help"], capture_output=True, text=True, timeout=20)
        assert result.returncode == 0 and result.stdout.startswith(f"use: "), tool.name
        assert "%%" not in result.stdout, tool.name


def test_hexdump(tmp_path, ours):
    (tmp_path / "x").write_bytes(bytes(range(40)) + bytes(64) + b"end")
    for options in ([], ["-C"], ["-C", "-n", "20"], ["-s", "3", "-n", "5", "-C"]):
        mine, status, _ = outcome(["hexdump", *options, "x"], tmp_path, str(ours))
        assert status == 0
        if "-C" in options and "-s" not in options:
            assert mine.startswith("00000000  00 01 02 03 04 05 06 07  08 09 0a 0b")
    mine, _, _ = outcome(["hexdump", "-C", "x"], tmp_path, str(ours))
    assert "*\n" in mine and mine.endswith("0000006b\n")
    assert "end|" in mine


@pytest.mark.parametrize("seed", range(12))
def test_diff_says_what_patch_needs(seed, tmp_path, ours):
    import random
    random.seed(seed)
    old = [random.choice("abcdef") for _ in range(random.randrange(30))]
    new = [c for c in old if random.random() < 0.8]
    for _ in range(random.randrange(6)):
        new.insert(random.randrange(len(new) + 1), random.choice("abcxyz"))
    (tmp_path / "old").write_text("".join(f"{c}\n" for c in old))
    (tmp_path / "new").write_text("".join(f"{c}\n" for c in new))
    patch, status, _ = outcome(["diff", "old", "new"], tmp_path, str(ours))
    assert status == (old != new)
    assert apply(old, patch) == new


def apply(lines, patch):
    """A unified diff's result."""
    result, at = [], 0
    for line in patch.split("\n")[2:]:
        if line.startswith("@@"):
            found = re.match(r"@@ -(\d+)(?:,(\d+))? ", line)
            start = int(found[1]) - (found[2] != "0")
            result += lines[at:start]
            at = start
        elif line[:1] in (" ", "-"):
            assert lines[at] == line[1:]
            result += [line[1:]] if line[0] == " " else []
            at += 1
        elif line[:1] == "+":
            result.append(line[1:])
    return result + lines[at:]


def test_ps_and_top(ours, tmp_path):
    mine, status, _ = outcome(["ps"], tmp_path, str(ours))
    assert status == 0 and re.search(r"(?m)^ +1 +0 root", mine) and "pytest" in mine
    mine, status, _ = outcome(["top", "-b", "-n", "1"], tmp_path, str(ours))
    assert status == 0 and "COMMAND" in mine


def test_kill_and_time(ours, tmp_path):
    sleeper = subprocess.Popen(["sleep", "60"])
    assert outcome(["kill", "-TERM", str(sleeper.pid)], tmp_path, str(ours))[1] == 0
    assert sleeper.wait(timeout=10) == -15
    assert outcome(["kill", "-WHAT", "1"], tmp_path, str(ours))[1] != 0
    assert outcome(["time", "sh", "-c", "exit 3"], tmp_path, str(ours))[1] == 3
    assert outcome(["which", "ls"], tmp_path, str(ours))[0] == f"{ours}/ls\n"
