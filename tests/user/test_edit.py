"""edit, in a pseudo terminal."""
import os

import pytest
from terminal import Terminal

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, DELETE = "\x1b[H", "\x1b[F", "\x1b[3~"


def control(letter):
    return chr(ord(letter) & 31)


@pytest.fixture
def edit(bin_folder, tmp_path):
    started = []

    def start(text=None, name="file", **size):
        path = tmp_path / name
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        terminal = Terminal([str(bin_folder / "edit"), str(path)], **size)
        terminal.wait_for("\x1b[?1049h")
        terminal.read(0.3)
        started.append(terminal)
        return terminal, path
    return start


def save_and_quit(terminal):
    terminal.type(control("s"), 0.3)
    terminal.type(control("q"))
    assert terminal.end() == 0


def test_shows_the_text(edit):
    terminal, path = edit("one\ntwo\n\tthree\n")
    assert [terminal.screen.line(i) for i in range(4)] == ["one", "two", "        three", "~"]
    assert "file" in terminal.screen.line(10) and "1/3" in terminal.screen.line(10)
    terminal.type(control("q"))
    assert terminal.end() == 0
    assert path.read_text() == "one\ntwo\n\tthree\n"


def test_types_and_saves(edit):
    terminal, path = edit("one\ntwo\n")
    terminal.type(DOWN + END + "!" + "\r" + "new")
    save_and_quit(terminal)
    assert path.read_text() == "one\ntwo!\nnew\n"
    assert os.listdir(path.parent) == ["file"]


def test_a_new_file(edit):
    terminal, path = edit()
    terminal.type("hello\rworld")
    save_and_quit(terminal)
    assert path.read_text() == "hello\nworld\n"


@pytest.mark.parametrize("text", [
    b"", b"\n", b"\n\n", b"no end", b"a\nb", b"\xff\xfe\x00\n\x01", b"a\r\nb\r\n"])
def test_keeps_every_byte(edit, text):
    terminal, path = edit(text)
    terminal.type("x\x7f")
    save_and_quit(terminal)
    assert path.read_bytes() == text


def test_utf8(edit):
    terminal, path = edit("äöü\n日本語\n")
    terminal.type(RIGHT + DELETE + DOWN + HOME + RIGHT + "é")
    save_and_quit(terminal)
    assert path.read_text() == "äü\n日é本語\n"


def test_undo_and_redo(edit):
    terminal, path = edit("one\ntwo\nthree\n")
    terminal.type(control("k") + "abc" + "\r" + "\x7f" + DELETE)
    for _ in range(8):
        terminal.type(control("z"), 0.05)
    assert [terminal.screen.line(i) for i in range(3)] == ["one", "two", "three"]
    for _ in range(8):
        terminal.type(control("y"), 0.05)
    save_and_quit(terminal)
    assert path.read_text() == "abcwo\nthree\n"


def test_cut_copy_paste(edit):
    terminal, path = edit("1\n2\n3\n4\n")
    terminal.type(control("k") + control("k") + DOWN + control("v"))
    terminal.type(control("c") + control("v"))
    save_and_quit(terminal)
    assert path.read_text() == "3\n1\n2\n4\n4\n"


def test_cuts_the_last_line(edit):
    terminal, path = edit("1\n2\n")
    terminal.type(DOWN + control("k") + control("k"))
    save_and_quit(terminal)
    assert path.read_text() == ""


def test_search_and_line(edit):
    terminal, path = edit("".join(f"line {i}\n" for i in range(1, 101)))
    terminal.type(control("f") + "ne 42\r")
    assert "42/100" in terminal.screen.line(10)
    terminal.type(control("g") + "77\r" + HOME + "here ")
    terminal.type(control("f") + "nowhere\r")
    assert "not found" in terminal.screen.line(11)
    save_and_quit(terminal)
    assert path.read_text().splitlines()[76] == "here line 77"


def test_another_size(edit):
    terminal, path = edit("".join(f"line {i}\n" for i in range(1, 101)))
    terminal.resize(6, 30)
    terminal.read(0.4)
    assert terminal.screen.line(3) == "line 4" and "1/100" in terminal.screen.line(4)
    terminal.resize(1, 1)
    terminal.type("\x1b[6~" + DOWN + "x")
    terminal.resize(20, 70)
    terminal.read(0.4)
    terminal.type(control("q") + "n\r")
    assert terminal.end() == 0


def test_does_not_lose_changes(edit):
    terminal, path = edit("a\n")
    terminal.type("b" + control("q"))
    assert "Save the changes" in terminal.screen.line(11)
    terminal.type("\x1b", 0.3)
    terminal.type(control("q") + "y\r")
    assert terminal.end() == 0
    assert path.read_text() == "ba\n"


def test_what_cannot_be_saved(edit):
    terminal, path = edit("a\n", name="file")
    terminal.type("b")
    path.unlink()
    path.mkdir()
    terminal.type(control("s"), 0.3)
    assert "not saved" in terminal.screen.line(11)
    terminal.type(control("q") + "n\r")
    assert terminal.end() == 0


def test_long_lines_move_sideways(edit):
    terminal, path = edit("x" * 200 + "END\n")
    terminal.type(END)
    assert terminal.screen.line(0).endswith("END")
    terminal.type(HOME)
    assert terminal.screen.line(0) == "x" * 60
    terminal.type(control("q"))
    assert terminal.end() == 0
