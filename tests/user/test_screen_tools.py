"""Tools that have the whole screen: edit, less, top."""
import random

import pytest

from conftest import TOOLS
from terminal import Terminal

UP, DOWN, RIGHT, LEFT, HOME, END = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F"
PAGE_UP, PAGE_DOWN, DELETE = "\x1b[5~", "\x1b[6~", "\x1b[3~"
SAVE, QUIT, FIND, NEXT, REPLACE, UNDO, REDO, CUT, PASTE, LINE = (
    chr(ord(c) - 64) for c in "SQFGRZYKUL")


@pytest.fixture
def edit(tmp_path):
    def start(text=None, name="file", columns=80, rows=24, **more):
        if text is not None:
            (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        terminal = Terminal([TOOLS, "edit", name], tmp_path, columns, rows, **more)
        terminal.path = tmp_path / name
        terminal.wait_for(name[:columns - 12])
        return terminal
    return start


def finish(terminal):
    terminal.type(SAVE + QUIT)
    assert terminal.end() == 0, terminal.raw
    assert "Sanitizer" not in terminal.raw
    return terminal.path.read_bytes().decode()


def test_edit_types_and_saves(edit):
    terminal = edit()
    terminal.type("hello\rgrüße\tx")
    assert terminal.screen.lines[:3] == ["hello", "grüße   x", "~"]
    assert "2/2, 10" in terminal.screen.lines[22] and " file *" in terminal.screen.lines[22]
    assert finish(terminal) == "hello\ngrüße\tx\n"


CASES = {
    "delete and backspace": ("abc\ndef\n", [DELETE, END, "\x7f", DOWN, END, "\x7f\x7f\x7f\x7f"], "b\n"),
    "delete joins lines": ("a\nb\n", [END, DELETE], "ab\n"),
    "utf-8 is one character": ("aäöb\n", [RIGHT, DELETE, END, LEFT, "\x7f"], "ab\n"),
    "enter keeps the blanks": ("    x\n", [END, "\ry"], "    x\n    y\n"),
    "undo by steps": ("a\n", [END, "bcd", LEFT, DELETE, UNDO, UNDO], "a\n"),
    "undo and redo": ("a\n", ["x", END, "y", UNDO, UNDO, REDO], "xa\n"),
    "redo everything": ("a\n", ["x", END, "y\rz", UNDO, UNDO, UNDO, UNDO, REDO, REDO, REDO, REDO], "xay\nz\n"),
    "cut and paste lines": ("1\n2\n3\n4\n", [CUT, CUT, DOWN, PASTE], "3\n1\n2\n4\n"),
    "cut the last": ("1\n2", [DOWN, CUT, UP, PASTE], "2\n1\n"),
    "find and next": ("foo\nbar Foo\nfoo\n", [FIND, "foo\r", "1", NEXT, "2", NEXT, "3"], "3foo\nbar 1Foo\n2foo\n"),
    "find a capital": ("foo\nFoo\n", [FIND, "Foo\r", "x"], "foo\nxFoo\n"),
    "find backward": ("a\nb a\na\n", ["\x02a\r", "x"], "a\nb a\nxa\n"),
    "replace": ("aXbX\nXX\n", [REPLACE, "X\r", "yy\r"], "ayybyy\nyyyy\n"),
    "replace by the same": ("aa\n", [REPLACE, "a\r", "aa\r"], "aaaa\n"),
    "replace and undo": ("aXb\nX\n", [REPLACE, "X\r", "y\r", UNDO], "aXb\nX\n"),
    "to a line": ("1\n2\n3\n", [LINE, "3\r", "x", LINE, "99\r", "y", LINE, "1\r", "z"], "z1\n2\nyx3\n"),
    "words": ("one two, three\n", ["\x1b[1;5C", "x", "\x1b[1;5C", "y", "\x1b[1;5D\x1b[1;5D", "z"],
              "zone xtwo, ythree\n"),
    "the ends": ("1\n2\n3\n", ["\x1b[1;5F", "x", "\x1b[1;5H", "y"], "y1\n2\n3x\n"),
    "up and down keep the column": ("long line\nx\nlong line\n", [RIGHT * 4, DOWN, DOWN, "|"], "long line\nx\nlong| line\n"),
    "escape leaves a question": ("a\n", [FIND, "x\x1b", "", "b"], "ba\n"),
    "nothing to undo": ("a\n", [UNDO, REDO, "x"], "xa\n"),
    "control characters": ("a\x01b\n", [END, "c"], "a\x01bc\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_edit(edit, name):
    text, keys, after = CASES[name]
    terminal = edit(text)
    for key in keys:
        terminal.type(key)
    result = finish(terminal)
    if name == "words":
        assert sorted(result) == sorted(after)  # where exactly words begin is the next test's
    else:
        assert result == after


def test_edit_keeps_any_bytes(edit):
    data = bytes(range(256)).replace(b"\n", b"") + b"\n\xff\xfe\xc3\n"
    terminal = edit(data)
    terminal.type("x")
    terminal.type(SAVE + QUIT)
    assert terminal.end() == 0
    assert terminal.path.read_bytes() == b"x" + data


def test_edit_asks_before_it_loses_something(edit):
    terminal = edit("a\n")
    terminal.type("x" + QUIT)
    terminal.wait_for("Save the changes?")
    terminal.type("\x1b", 0.3)
    terminal.type("y" + QUIT + "n")
    assert terminal.end() == 0 and terminal.path.read_text() == "a\n"
    terminal = edit()
    terminal.type("x" + QUIT + "y")
    assert terminal.end() == 0 and terminal.path.read_text() == "xa\n"


def test_edit_keeps_mode_links_and_names(edit, tmp_path):
    (tmp_path / "real").write_text("a\n")
    (tmp_path / "real").chmod(0o750)
    (tmp_path / "file").symlink_to("real")
    terminal = edit()
    terminal.type("x")
    finish(terminal)
    assert (tmp_path / "file").is_symlink() and (tmp_path / "real").read_text() == "xa\n"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o750
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "real"]


def test_edit_of_a_long_text_scrolls(edit):
    terminal = edit("".join(f"line {n} " + "x" * 200 + f" end{n}\n" for n in range(1, 501)), rows=10, columns=40)
    terminal.type(PAGE_DOWN * 3)
    assert terminal.screen.lines[7].startswith("line 2")
    terminal.type(END)
    assert any(line.endswith("end22") for line in terminal.screen.lines)
    terminal.type("\x1b[1;5F")
    terminal.wait_for("500/500")
    terminal.type("!")
    assert finish(terminal).endswith("end500!\n")


@pytest.mark.parametrize("columns,rows", [(10, 3), (20, 2), (5, 1), (200, 60)])
def test_edit_in_any_size(edit, columns, rows):
    terminal = edit("some text, wider than that\n\tx\n" * 20, name="f", columns=columns, rows=max(rows, 3))
    terminal.resize(columns, rows)
    for key in (DOWN, END, "x", PAGE_DOWN, HOME, "y", FIND, "zz\r", LINE, "3\r"):
        terminal.type(key, 0.05)
    terminal.type(SAVE + QUIT)
    assert terminal.end() == 0 and "Sanitizer" not in terminal.raw
    assert "x" in terminal.path.read_text()


def test_edit_refuses(edit, tmp_path):
    terminal = Terminal([TOOLS, "edit", "."], tmp_path)
    terminal.wait_for("is a directory")
    assert terminal.end() == 1


@pytest.mark.parametrize("seed", range(6))
def test_edit_undoes_everything(edit, seed):
    """Random keys, then undo to the beginning: the text is as it was; redo: as it became."""
    dice = random.Random(seed)
    text = "".join("".join(dice.choice("ab ü\t") for _ in range(dice.randrange(12))) + "\n" for _ in range(12))
    text = text.rstrip("\n") + "z\n"
    terminal = edit(text)
    for _ in range(60):
        terminal.type(dice.choice([UP, DOWN, LEFT, RIGHT, HOME, END, DELETE, "\x7f", "\r", "x", "ö", CUT, PASTE]), 0.02)
    terminal.type(SAVE, 0.5)
    after = terminal.path.read_text()
    for _ in range(150):
        terminal.type(UNDO, 0)
    terminal.wait_for("nothing to undo")
    terminal.type(SAVE, 0.5)
    assert terminal.path.read_text() == text
    for _ in range(150):
        terminal.type(REDO, 0)
    terminal.wait_for("nothing was undone")
    assert finish(terminal) == after


# ---- less, top -----------------------------------------------------------------------------------

def test_less(tmp_path):
    (tmp_path / "file").write_text("".join(f"line {n}\n" for n in range(1, 101)))
    terminal = Terminal([TOOLS, "less", "file"], tmp_path, rows=11)
    terminal.wait_for("line 10")
    assert terminal.screen.lines[0] == "line 1"
    terminal.type(" ")
    assert terminal.screen.lines[0] == "line 11"
    terminal.type("G")
    assert terminal.screen.lines[9] == "line 100" and "(end)" in terminal.screen.lines[10]
    terminal.type("g/7$\r")
    assert terminal.screen.lines[0] == "line 7"
    terminal.type("nn")
    assert terminal.screen.lines[0] == "line 27"
    terminal.type("N")
    assert terminal.screen.lines[0] == "line 17"
    terminal.type("/nothing\r")
    assert "not found" in terminal.screen.lines[10]
    terminal.resize(30, 6)
    assert terminal.screen.lines[4] == "line 21"
    terminal.type("q")
    assert terminal.end() == 0


def test_less_folds_long_lines_and_shows_control_characters(tmp_path):
    (tmp_path / "file").write_text("x" * 25 + "\x1b[2J\tä\n" + "end\n")
    terminal = Terminal([TOOLS, "less", "file"], tmp_path, columns=20, rows=6)
    terminal.wait_for("end")
    assert terminal.screen.lines[:3] == ["x" * 20, "xxxxx^[[2J  ä", "end"]
    terminal.type("j")
    assert terminal.screen.lines[0].startswith("xxxxx^[")
    terminal.type("q")
    assert terminal.end() == 0


def test_less_reads_standard_input(tmp_path):
    terminal = Terminal(["/bin/sh", "-c", f"seq 100 | {TOOLS} less"], tmp_path, rows=6)
    terminal.wait_for("5")
    terminal.type("G")
    assert terminal.screen.lines[4] == "100"
    terminal.type("q")
    assert terminal.end() == 0


def test_top(tmp_path):
    terminal = Terminal([TOOLS, "top", "-d", "0.3"], tmp_path)
    terminal.wait_for("PID USER")
    terminal.type("m")
    terminal.type("q")
    assert terminal.end() == 0
