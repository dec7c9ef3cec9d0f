#!/usr/bin/python3
"""Read the text on a FastOS screen.

usage: screen_text.py SCREENSHOT.ppm|.png        the framebuffer console, by its glyphs
       screen_text.py --vga MEMORY               80x25 text, from the 4000 bytes at B8000h

As a module:
  lines_of_image(image)       a PIL image (or a file's name) -> list of lines
  cells_of_image(image)       the same as rows of (character, foreground, background)
  lines_of_vga_memory(bytes)  text mode's memory -> list of lines
  lines_by_qmp(execute)       the screen of a running QEMU; execute("command", argument=value) sends
                              one QMP command and waits for its answer

Trailing blanks are cut from the lines. Glyphs are those of build/gen/font_8x16.h and must match
pixel for pixel; a cell that matches none reads as U+FFFD. Letters that look alike (A, Alpha, the
Cyrillic A) read as the one with the lowest code point.
"""
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 8, 16
UNKNOWN = "\ufffd"
FONT = Path(__file__).resolve().parents[2] / "build/gen/font_8x16.h"

VGA_MEMORY, VGA_COLUMNS, VGA_ROWS = 0xB8000, 80, 25
VGA_TEXT_SIZES = {(720, 400), (640, 400)}
# What code page 437 shows for the bytes that are control characters elsewhere.
CP437_LOW = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"


def load_font(path=FONT):
    """Glyph (16 bytes) -> character."""
    text = Path(path).read_text(encoding="ascii")

    def table(name):
        body = re.search(rf"{name}\[.*?= \{{\n(.*?)^\}};", text, re.S | re.M).group(1)
        return [int(number, 0) for number in re.findall(r"0x[0-9a-f]+|\d+", body)]

    rows = table("font_bitmaps")
    bitmaps = [bytes(rows[i : i + HEIGHT]) for i in range(0, len(rows), HEIGHT)]
    font = {}
    for code_point, number in zip(table("font_code_points"), table("font_numbers")):
        font.setdefault(bitmaps[number], chr(code_point))
    return font


def open_image(image):
    if not isinstance(image, Image.Image):
        image = Image.open(image)
    return image.convert("RGB")


def read_cell(rows, background, font):
    """rows: 16 times 24 bytes. -> (character, foreground, background)"""
    pixels = [[row[i : i + 3] for i in range(0, len(row), 3)] for row in rows]
    colours = {pixel for row in pixels for pixel in row}
    if len(colours) == 1:
        return " ", background, colours.pop()
    if len(colours) != 2:
        return UNKNOWN, background, background
    # The screen's own background is tried first: some glyphs are each other's negative.
    for behind in sorted(colours, key=lambda colour: colour != background):
        (front,) = colours - {behind}
        glyph = bytes(
            sum(0x80 >> x for x, pixel in enumerate(row) if pixel == front) for row in pixels
        )
        if glyph in font:
            return font[glyph], front, behind
    return UNKNOWN, front, behind


def cells_of_image(image, font=None):
    """Rows of (character, foreground, background); colours are 3 bytes each."""
    image = open_image(image)
    font = font or load_font()
    columns, rows = image.width // WIDTH, image.height // HEIGHT
    left, top = (image.width - columns * WIDTH) // 2, (image.height - rows * HEIGHT) // 2
    data, stride = image.tobytes(), image.width * 3
    counts = Counter(data[i : i + 3] for i in range(0, len(data), 3))
    background = counts.most_common(1)[0][0]
    known = {}

    def cell(column, row):
        start = (top + row * HEIGHT) * stride + (left + column * WIDTH) * 3
        lines = tuple(
            data[start + y * stride : start + y * stride + WIDTH * 3] for y in range(HEIGHT)
        )
        if lines not in known:
            known[lines] = read_cell(lines, background, font)
        return known[lines]

    return [[cell(column, row) for column in range(columns)] for row in range(rows)]


def lines_of_image(image, font=None):
    return ["".join(cell[0] for cell in row).rstrip() for row in cells_of_image(image, font)]


def lines_of_vga_memory(memory):
    """memory: at least 4000 bytes from B8000h."""
    if len(memory) < VGA_COLUMNS * VGA_ROWS * 2:
        raise ValueError(f"{len(memory)} bytes are no 80x25 text screen")
    text = "".join(
        CP437_LOW[byte] if byte < 32 else bytes([byte]).decode("cp437")
        for byte in memory[: VGA_COLUMNS * VGA_ROWS * 2 : 2]
    )
    return [text[i : i + VGA_COLUMNS].rstrip() for i in range(0, len(text), VGA_COLUMNS)]


def vga_lines_by_qmp(execute):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/text"
        execute("pmemsave", val=VGA_MEMORY, size=VGA_COLUMNS * VGA_ROWS * 2, filename=path)
        return lines_of_vga_memory(Path(path).read_bytes())


def lines_by_qmp(execute):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/screen.ppm"
        execute("screendump", filename=path)
        image = open_image(path)
    if image.size in VGA_TEXT_SIZES:
        return vga_lines_by_qmp(execute)
    return lines_of_image(image)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--vga":
        lines = lines_of_vga_memory(Path(sys.argv[2]).read_bytes())
    elif len(sys.argv) == 2:
        lines = lines_of_image(sys.argv[1])
    else:
        sys.exit(__doc__)
    print("\n".join(lines).rstrip())


if __name__ == "__main__":
    main()
