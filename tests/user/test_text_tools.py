"""Tools that read text and print other text, compared with this machine's own where those agree."""
import random
import subprocess

import pytest

FRUIT = "pear 3\napple 10\nfig 2\napple 1\nbanana 20\nFig 2\n"
LINES = "".join(f"line {n}\n" for n in range(1, 101))
RECORDS = "root:x:0:0:root:/root:/bin/sh\nnobody:x:99:99:nobody:/:/bin/false\nno separator\n"
PROSE = "The quick brown fox\njumps over the lazy dog.\n\nTHE END, grüße\n"

# Words and standard input; the same words are given to this machine's program.
SAME = [
    ("cat", [], PROSE), ("cat", ["-n"], "a\nb"), ("cat", ["-n"], "a\n\nb\n"),
    ("head", [], LINES), ("head", ["-n", "3"], LINES), ("head", ["-5"], LINES), ("head", ["-c", "7"], LINES),
    ("head", ["-n", "0"], LINES), ("head", ["-n", "1000"], LINES),
    ("tail", [], LINES), ("tail", ["-n", "3"], LINES), ("tail", ["-n", "+98"], LINES),
    ("tail", ["-c", "5"], LINES),
    ("tail", ["-4"], LINES), ("tail", ["-n", "2"], "a\nb\nc"), ("tail", ["-n", "0"], LINES),
    ("tail", ["-c", "+695"], LINES), ("tail", ["-n", "3"], "x" * 200000 + "\n" + LINES),
    ("wc", [], PROSE), ("wc", ["-l"], PROSE), ("wc", ["-w"], PROSE), ("wc", ["-c"], PROSE),
    ("wc", ["-m"], PROSE),
    ("wc", ["-L"], PROSE), ("wc", ["-lc"], ""),
    ("sort", [], FRUIT), ("sort", ["-r"], FRUIT), ("sort", ["-u"], FRUIT), ("sort", ["-f"], FRUIT),
    ("sort", ["-k", "2", "-n"], FRUIT), ("sort", ["-k2,2n", "-k1,1r"], FRUIT),
    ("sort", ["-t:", "-k3n"], RECORDS),
    ("sort", ["-n"], "10\n9\n-1\n\nx\n2.5\n"), ("sort", ["-s", "-k1,1"], FRUIT),
    ("sort", ["-k1.2,1.3"], FRUIT),
    ("sort", ["-h"], "1K\n512\n2M\n3\n"), ("sort", ["-nr"], "1\n3\n2\n3\n"), ("sort", ["-fu"], "a\nA\nb\n"),
    ("sort", ["-b", "-k2"], "x   b\ny a\n"),
    ("uniq", [], "a\na\nb\na\n"), ("uniq", ["-c"], "a\na\nb\na\n"), ("uniq", ["-d"], "a\na\nb\na\n"),
    ("uniq", ["-u"], "a\na\nb\na\n"), ("uniq", ["-i"], "a\nA\nb\n"), ("uniq", ["-f1"], "1 x\n2 x\n3 y\n"),
    ("uniq", ["-s1"], "1x\n2x\n3y\n"),
    ("cut", ["-d:", "-f1,7"], RECORDS), ("cut", ["-d:", "-f1", "-s"], RECORDS),
    ("cut", ["-c2-4,1"], "abcdef\nxy\n"),
    ("cut", ["-b", "-2"], "abcdef\n"), ("cut", ["-f2-"], "a\tb\tc\nplain\n"),
    ("tr", ["a-z", "A-Z"], PROSE), ("tr", ["-d", "aeiou"], PROSE), ("tr", ["-s", "l"], "hello all\n"),
    ("tr", ["-cd", "[:alpha:]\\n"], PROSE), ("tr", ["[:lower:]", "[:upper:]"], "abc\n"),
    ("tr", ["abc", "x"], "aabbcc\n"),
    ("tr", ["\\012", " "], "a\nb\n"), ("tr", ["-s", "[:space:]", "\\n"], "a  b\tc\n"),
    ("tr", ["-c", "a\\n", "-"], "abcd\n"),
    ("seq", ["5"], ""), ("seq", ["2", "5"], ""), ("seq", ["10", "-3", "1"], ""),
    ("seq", ["-w", "8", "11"], ""),
    ("seq", ["0", "0.25", "1"], ""), ("seq", ["-s", ",", "3"], ""), ("seq", ["3", "1"], ""),
    ("basename", ["/usr/lib/x.c"], ""), ("basename", ["/usr/lib/x.c", ".c"], ""), ("basename", ["a/b/"], ""),
    ("basename", ["/"], ""), ("basename", ["-s", ".c", "x.c", "y/z.c"], ""),
    ("dirname", ["/usr/lib/x.c"], ""), ("dirname", ["x"], ""), ("dirname", ["/x"], ""),
    ("dirname", ["a//b/"], ""),
    ("dirname", ["/"], ""), ("dirname", ["a/b", "c/d"], ""),
    ("echo", ["a", "b"], ""), ("echo", ["-n", "x"], ""), ("printenv", ["TZ"], ""),
    ("grep", ["fox"], PROSE), ("grep", ["-i", "the"], PROSE), ("grep", ["-v", "o"], PROSE),
    ("grep", ["-n", "e"], PROSE),
    ("grep", ["-c", "e"], PROSE), ("grep", ["-E", "(fox|dog)"], PROSE),
    ("grep", ["-o", "[a-z]*o[a-z]*"], PROSE),
    ("grep", ["-w", "over"], PROSE), ("grep", ["-w", "ove"], PROSE), ("grep", ["-x", ""], PROSE),
    ("grep", ["-F", "dog."], PROSE), ("grep", ["-Fi", "QUICK"], PROSE),
    ("grep", ["-e", "fox", "-e", "END"], PROSE),
    ("grep", ["-m1", "e"], PROSE), ("grep", ["-A1", "fox"], PROSE), ("grep", ["-B1", "lazy"], PROSE),
    ("grep", ["-n", "-C1", "5$"], LINES), ("grep", ["-q", "nothing"], PROSE), ("grep", ["^$"], PROSE),
    ("grep", ["-on", "o"], PROSE), ("grep", ["-H", "fox"], PROSE), ("grep", ["-l", "fox"], PROSE),
    ("grep", ["[[:upper:]]\\{3\\}"], PROSE),
    ("sed", ["s/o/0/"], PROSE), ("sed", ["s/o/0/g"], PROSE), ("sed", ["s/o/0/2"], PROSE),
    ("sed", ["-n", "/fox/p"], PROSE),
    ("sed", ["2d"], PROSE), ("sed", ["$d"], PROSE), ("sed", ["/^$/d"], PROSE), ("sed", ["2,3d"], PROSE),
    ("sed", ["-n", "$="], PROSE), ("sed", ["2q"], PROSE),
    ("sed", ["s/\\(The\\) \\(quick\\)/\\2 \\1/"], PROSE),
    ("sed", ["-E", "s/([a-z]+) ([a-z]+)/[\\2 \\1]/"], PROSE), ("sed", ["s/[aeiou]/<&>/g"], PROSE),
    ("sed", ["y/abc/xyz/"], PROSE), ("sed", ["-e", "1i\\", "-e", "first"], PROSE),
    ("sed", ["2a appended"], PROSE),
    ("sed", ["/lazy/c changed"], PROSE), ("sed", ["-n", "1!p"], PROSE), ("sed", ["1{s/T/t/;s/q/Q/}"], PROSE),
    ("sed", ["N;s/\\n/ + /"], LINES), ("sed", ["-n", "2{p;q}"], PROSE), ("sed", ["1~10!d"], LINES),
    ("sed", ["5,+2d"], LINES),
    ("sed", ["/line 5$/,/line 8$/s/line/LINE/"], LINES), ("sed", ["G"], "a\nb\n"),
    ("sed", ["1!G;h;$!d"], "a\nb\nc\n"),
    ("sed", [":a;s/^\\(x*\\)y/\\1x/;ta"], "yyyz\n"), ("sed", ["s/x*/-/g"], "abc\n"),
    ("sed", ["s/a*/x/g"], "baaac\n"), ("sed", ["s/a*/x/2"], "baaac\n"), ("sed", ["s,/,|,g"], "a/b/c\n"),
    ("sed", ["s/a/b/w /dev/stdout"], "a\n"), ("sed", ["-n", "l"], "a\tb\\c\n"),
    ("sed", ["n;d"], "1\n2\n3\n4\n"),
    ("sed", ["$!N;P;D"], "1\n2\n3\n"), ("sed", ["s/$/!/"], "no end"), ("sed", ["/a/I!d"], "A\nb\n"),
    ("sed", ["s/A/x/Ig"], "aA\n"),
    ("sed", ["s/a\\|b/x/g"], "abc\n"), ("sed", ["/x/,$d"], "a\nx\nb\n"), ("sed", ["2,1p"], "a\nb\nc\n"),
    ("sed", ["=" ], "a\nb\n"),
    ("sed", ["s/[/]/-/g"], "a/b\n"), ("sed", ["x;p;x"], "a\nb\n"), ("sed", ["y/\\n/ /"], "a\n"),
    ("sed", ["b;s/a/b/"], "a\n"),
    ("xargs", [], "a b\nc\n"), ("xargs", ["-n", "2", "echo", "x"], "1 2 3 4 5\n"),
    ("xargs", ["-I", "{}", "echo", "<{}>"], "a b\nc\n"),
    ("xargs", ["-0", "echo"], "a b\0c\0"), ("xargs", [], "'a b' \"c d\" e\\ f\n"),
    ("xargs", ["-r", "echo", "no"], ""), ("xargs", ["echo", "yes"], ""),
    ("true", [], ""), ("false", [], ""),
]


@pytest.mark.parametrize("name,words,text", SAME, ids=[f"{n} {' '.join(w)}"[:50] for n, w, _ in SAME])
def test_like_this_machines(tool, tmp_path, name, words, text):
    other = subprocess.run([name, *words], input=text, capture_output=True, text=True, cwd=tmp_path,
                           env={"PATH": "/usr/bin:/bin", "TZ": "UTC0", "LC_ALL": "C.UTF-8"}, timeout=20)
    ours = tool(name, *words, input=text, check=None)
    out = other.stdout
    if name in ("wc", "uniq"):  # columns are as wide as somebody likes
        assert ours.out.split() == out.split()
    else:
        assert ours.out == out
    assert (ours.status == 0) == (other.returncode == 0)


def test_head_and_tail_of_several_files_say_which(tool, files):
    files({"a": "1\n2\n", "b": "3\n"})
    assert tool("head", "-n1", "a", "b").out == "==> a <==\n1\n\n==> b <==\n3\n"
    assert tool("tail", "-n1", "a", "b").out == "==> a <==\n2\n\n==> b <==\n3\n"


def test_sort_into_a_file_that_it_reads(tool, files):
    folder = files({"a": "b\na\n"})
    tool("sort", "-o", "a", "a")
    assert (folder / "a").read_text() == "a\nb\n"
    tool("sort", "-c", "a")
    assert tool("sort", "-rc", "a", check=1).err


def test_grep_in_a_tree(tool, files):
    files({"d/a": "needle\n", "d/e/b": "hay\nneedle\n", "d/c": b"\0needle\n"})
    found = tool("grep", "-r", "needle", "d").lines
    assert found == ["d/a:needle", "d/c: binary file matches", "d/e/b:needle"]
    assert tool("grep", "-rl", "needle", "d").lines == ["d/a", "d/c", "d/e/b"]
    assert tool("grep", "-L", "hay", "d/a", "d/e/b").lines == ["d/a"]
    assert "is a directory" in tool("grep", "x", "d", check=2).err


def test_sed_in_place(tool, files):
    folder = files({"a": "one\n", "b": "one\n"})
    tool("sed", "-i", "s/one/two/", "a", "b")
    assert (folder / "a").read_text() == (folder / "b").read_text() == "two\n"
    assert sorted(p.name for p in folder.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("script", ["k", "s/a", "s/[/x/", "/a/,p", "{p", "p}", "b nowhere", "y/ab/c/",
                                    "1x y"])
def test_sed_refuses(tool, script):
    assert tool("sed", script, check=2).err.startswith("sed: ")


def test_hexdump(tool):
    out = tool("hexdump", input="0123456789abcdef" * 3 + "x\n").lines
    assert out[0] == "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|"
    assert out[1] == "*"
    assert out[2].startswith("00000030  78 0a") and out[2].endswith("|x.|")
    assert out[3] == "00000032"
    assert tool("hexdump", "-s", "1", "-n", "2", input="abcd").lines[0].startswith("00000001  62 63 ")


def test_cmp(tool, files):
    files({"a": "one\ntwo\n", "b": "one\ntwO\n", "c": "one\n"})
    tool("cmp", "a", "a")
    assert tool("cmp", "a", "b", check=1).out == "a b differ: byte 7, line 2\n"
    assert "c ends" in tool("cmp", "a", "c", check=1).err
    assert tool("cmp", "a", "nothing", check=2).err


def test_tee(tool, files):
    folder = files({"old": "1\n"})
    assert tool("tee", "new", input="x").out == "x"
    tool("tee", "-a", "old", input="2\n")
    assert (folder / "new").read_text() == "x" and (folder / "old").read_text() == "1\n2\n"


# ---- diff ----------------------------------------------------------------------------------------

def patched(folder, old, text):
    (folder / "patch").write_text(text)
    subprocess.run(["git", "apply", "--unidiff-zero", "-p0", "patch"], cwd=folder, check=True,
                   env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(folder.parent)})
    return (folder / old).read_text()


@pytest.mark.parametrize("seed", range(40))
def test_diff_says_what_patch_needs(tool, files, seed):
    dice = random.Random(seed)
    old = [dice.choice("abcdefgh") + "\n" for _ in range(dice.randrange(1, 60))]
    new = [line for line in old if dice.random() > 0.2]
    for _ in range(dice.randrange(6)):
        new.insert(dice.randrange(len(new) + 1), dice.choice("abxyz") + "\n")
    if dice.random() < 0.3 and new:
        new[-1] = new[-1].rstrip("\n")
    folder = files({"file": "".join(old), "other": "".join(new)})
    status = int(old != new)
    ours = tool("diff", "-u", f"-U{dice.choice([0, 1, 3])}", "file", "other", check=status)
    if status:
        lines = ours.out.split("\n")
        text = "\n".join(["--- file", "+++ file", *lines[2:]])
        assert patched(folder, "file", text) == "".join(new)
    # Nobody's script is shorter.
    (folder / "file").write_text("".join(old))
    count = lambda text: sum(line[:1] in "<>" and line != "" for line in text.split("\n"))
    theirs = subprocess.run(["diff", "-d", "file", "other"], cwd=folder, capture_output=True,
                            text=True).stdout
    assert count(tool("diff", "file", "other", check=status).out) == count(theirs)


def test_diff_of_directories(tool, files):
    files({"a/same": "1\n", "b/same": "1\n", "a/other": "1\n", "b/other": "2\n", "b/more": ""})
    assert tool("diff", "-r", "a", "b", check=1).lines == [
        "Only in b: more", "diff a/other b/other", "1c1", "< 1", "---", "> 2"]
    found = tool("diff", "-rq", "a", "b", check=1).lines
    assert found == ["Only in b: more", "Files a/other and b/other differ"]
    tool("diff", "-b", "-i", "x", "y", check=2)
