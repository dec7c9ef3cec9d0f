"""screen_text.py reads back what is drawn with the font: sizes with margins, any colours."""
import random
import sys
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import screen_text  # noqa: E402

BACKGROUND, FOREGROUND = (15, 21, 32), (205, 214, 228)


@pytest.fixture(scope="module")
def font():
    return screen_text.load_font()


def draw(font, lines, width, height, colours=lambda column: (FOREGROUND, BACKGROUND)):
    glyphs = {character: glyph for glyph, character in font.items()}
    image = Image.new("RGB", (width, height), BACKGROUND)
    left, top = width % 8 // 2, height % 16 // 2
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            front, behind = colours(column)
            for y, bits in enumerate(glyphs[character]):
                for x in range(8):
                    image.putpixel(
                        (left + column * 8 + x, top + row * 16 + y),
                        front if bits & 0x80 >> x else behind,
                    )
    return image


@pytest.mark.parametrize("size", [(640, 480), (1366, 768), (333, 177), (800, 600)])
def test_reads_what_was_drawn(font, size):
    rng = random.Random(1)
    letters = sorted(font.values())
    lines = [
        "".join(rng.choice(letters) for _ in range(rng.randrange(size[0] // 8)))
        for _ in range(size[1] // 16 - 2)
    ]
    # A full block is a blank in another colour: no one can tell.
    wanted = [line.replace("█", " ").rstrip() for line in lines] + ["", ""]
    assert screen_text.lines_of_image(draw(font, lines, *size), font) == wanted


def test_colours_do_not_matter(font):
    red, blue, grey = (255, 107, 122), (91, 157, 255), (107, 120, 144)
    colours = [(red, BACKGROUND), (blue, grey), (BACKGROUND, blue), (grey, red)]
    image = draw(font, ["abcdABCD0123"], 320, 200, lambda column: colours[column % 4])
    cells = screen_text.cells_of_image(image, font)[0]
    assert "".join(cell[0] for cell in cells[:12]) == "abcdABCD0123"
    assert cells[1] == ("b", bytes(blue), bytes(grey))
    assert cells[2] == ("c", bytes(BACKGROUND), bytes(blue))


def test_one_wrong_pixel_is_seen(font):
    image = draw(font, ["hello"], 320, 200)
    image.putpixel((2 * 8 + 1, 6), FOREGROUND)  # the text begins 4 lines down: 200 % 16 / 2
    assert screen_text.lines_of_image(image, font)[0] == "he\ufffdlo"


def test_vga_memory():
    memory = bytearray(b" \x07" * 2000)
    for i, byte in enumerate([0x68, 0x82, 0xC4, 0x1A]):
        memory[160 + 2 * i] = byte
    lines = screen_text.lines_of_vga_memory(bytes(memory))
    assert len(lines) == 25 and lines[0] == "" and lines[1] == "hé─→"
    with pytest.raises(ValueError):
        screen_text.lines_of_vga_memory(b"short")
