#!/usr/bin/python3
"""Make the console's font: Terminus 8x16, from Debian's xfonts-terminus, as C tables.

usage: mkfont.py FONT.pcf.gz OUT.h LICENCE_IN LICENCE_OUT

OUT.h gets the bitmaps (16 bytes a glyph, one a row, the leftmost pixel in the highest bit), the
code points in ascending order and the bitmap of each; letters that look alike (A, Alpha and the
Cyrillic A) share one bitmap. Bitmap 0 is the replacement character. lib/font.c
includes it.

The font comes from the host at build time and is not in our tree; its licence goes beside what we
build (OFL 1.1, condition 2).

PCF: "The X11 Portable Compiled Format", as X.Org and FreeType describe it. Its tables
carry their own byte and bit order in their format word.
"""
import gzip
import struct
import sys

WIDTH, HEIGHT = 8, 16
REPLACEMENT = 0xFFFD

# What the console can show: first, last code point of each block that we take, as far as the font
# has it.
BLOCKS = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1
    (0x0100, 0x017F),  # Latin Extended-A
    (0x0192, 0x0192),  # florin (code page 437)
    (0x0218, 0x021B),  # Romanian letters with a comma below
    (0x02C6, 0x02DD),  # spacing accents
    (0x0384, 0x03CE),  # Greek
    (0x0400, 0x045F),  # Cyrillic
    (0x0490, 0x0491),  # Ukrainian letter ghe
    (0x2010, 0x203C),  # dashes, quotation marks, dots
    (0x207F, 0x207F),  # superscript n (code page 437)
    (0x20A7, 0x20AC),  # peseta, euro
    (0x2116, 0x2122),  # numero, trade mark
    (0x2190, 0x2195),  # arrows
    (0x21A8, 0x21A8),
    (0x2200, 0x2265),  # mathematical operators
    (0x2302, 0x2302),
    (0x2310, 0x2321),
    (0x2500, 0x257F),  # box drawing
    (0x2580, 0x259F),  # block elements
    (0x25A0, 0x25D9),  # geometric shapes
    (0x263A, 0x266B),  # faces, suits, notes (code page 437)
    (0x2713, 0x2717),  # tick and cross
    (REPLACEMENT, REPLACEMENT),
]

PCF_METRICS, PCF_BITMAPS, PCF_ENCODINGS = 1 << 2, 1 << 3, 1 << 5
PCF_COMPRESSED_METRICS = 0x100
PCF_BYTE_BIG, PCF_BIT_BIG = 1 << 2, 1 << 3


class FontError(Exception):
    pass


class Pcf:
    """The glyphs of one PCF file: `bitmap(code_point)` is its 8x16 rows, or None."""

    def __init__(self, data):
        if data[:4] != b"\1fcp":
            raise FontError("not a PCF file")
        (count,) = struct.unpack_from("<I", data, 4)
        self.tables = {}
        for entry in range(count):
            kind, _, size, offset = struct.unpack_from("<4I", data, 8 + 16 * entry)
            self.tables[kind] = data[offset : offset + size]
        self.ascent, self.descent = HEIGHT - 4, 4
        self.read_metrics()
        self.read_bitmaps()
        self.read_encodings()

    def table(self, kind):
        """The table's body behind its format word, the format, and struct's byte order letter."""
        if kind not in self.tables:
            raise FontError(f"the PCF file has no table {kind:#x}")
        data = self.tables[kind]
        (layout,) = struct.unpack_from("<I", data)
        return data[4:], layout, ">" if layout & PCF_BYTE_BIG else "<"

    def read_metrics(self):
        """Per glyph: left bearing, right bearing, width, ascent, descent."""
        data, layout, order = self.table(PCF_METRICS)
        if layout & PCF_COMPRESSED_METRICS:
            (count,) = struct.unpack_from(order + "H", data)
            self.metrics = [
                tuple(byte - 0x80 for byte in data[2 + 5 * i : 7 + 5 * i]) for i in range(count)
            ]
        else:
            (count,) = struct.unpack_from(order + "I", data)
            self.metrics = [
                struct.unpack_from(order + "5h", data, 4 + 12 * i) for i in range(count)
            ]

    def read_bitmaps(self):
        data, layout, order = self.table(PCF_BITMAPS)
        (count,) = struct.unpack_from(order + "I", data)
        self.offsets = struct.unpack_from(f"{order}{count}I", data, 4)
        sizes = struct.unpack_from(order + "4I", data, 4 + 4 * count)
        start = 4 + 4 * count + 16
        self.padding = 1 << (layout & 3)  # bytes that a row is rounded up to
        self.bits = data[start : start + sizes[layout & 3]]
        unit = 1 << (layout >> 4 & 3)
        if unit != 1 and bool(layout & PCF_BYTE_BIG) != bool(layout & PCF_BIT_BIG):
            self.bits = b"".join(
                self.bits[i : i + unit][::-1] for i in range(0, len(self.bits), unit)
            )
        self.lowest_bit_first = not layout & PCF_BIT_BIG

    def read_encodings(self):
        data, _, order = self.table(PCF_ENCODINGS)
        first2, last2, first1, last1, _ = struct.unpack_from(order + "5H", data)
        columns = last2 - first2 + 1
        count = columns * (last1 - first1 + 1)
        indices = struct.unpack_from(f"{order}{count}H", data, 10)
        self.glyphs = {
            (first1 + i // columns) << 8 | (first2 + i % columns): glyph
            for i, glyph in enumerate(indices)
            if glyph != 0xFFFF
        }

    def bitmap(self, code_point):
        glyph = self.glyphs.get(code_point)
        if glyph is None:
            return None
        left, right, width, ascent, descent = self.metrics[glyph]
        if width != WIDTH or left < 0 or right > WIDTH or ascent > 12 or descent > 4:
            raise FontError(f"U+{code_point:04X} does not fit into {WIDTH}x{HEIGHT}")
        stride = -(-(right - left) // 8 // self.padding) * self.padding
        rows = bytearray(HEIGHT)
        for line in range(ascent + descent):
            byte = self.bits[self.offsets[glyph] + line * stride]
            if self.lowest_bit_first:
                byte = int(f"{byte:08b}"[::-1], 2)
            rows[self.ascent - ascent + line] = byte >> left
        return bytes(rows)


def choose(font):
    """Code point -> rows, for what BLOCKS names and the font has."""
    chosen = {}
    for first, last in BLOCKS:
        for code_point in range(first, last + 1):
            rows = font.bitmap(code_point)
            if rows is not None:
                chosen[code_point] = rows
    missing = [c for c in [*range(0x20, 0x7F), REPLACEMENT] if c not in chosen]
    if missing:
        raise FontError(f"the font lacks U+{missing[0]:04X}")
    return chosen


def tables(chosen):
    """(bitmaps, code points, bitmap number of each): every bitmap once, the replacement first."""
    numbers = {chosen[REPLACEMENT]: 0}
    for rows in chosen.values():
        numbers.setdefault(rows, len(numbers))
    code_points = sorted(chosen)
    return list(numbers), code_points, [numbers[chosen[c]] for c in code_points]


def numbers_text(values, form, per_line):
    texts = [form.format(value) for value in values]
    return "".join(
        "    " + " ".join(texts[i : i + per_line]) + "\n" for i in range(0, len(texts), per_line)
    )


def header_text(source, chosen):
    bitmaps, code_points, numbers = tables(chosen)
    return (
        f"/* Made by tools/mkfont.py from {source}, the font of Dimitar Toshkov Zhekov under the\n"
        "   SIL Open Font License 1.1: build/licences/console-font.txt. */\n"
        f"#define FONT_BITMAPS {len(bitmaps)}\n"
        f"#define FONT_CODE_POINTS {len(code_points)}\n\n"
        "static const uint8_t font_bitmaps[FONT_BITMAPS][16] = {\n"
        + "".join("    {" + ", ".join(f"0x{b:02x}" for b in rows) + "},\n" for rows in bitmaps)
        + "};\n\nstatic const uint16_t font_code_points[FONT_CODE_POINTS] = {\n"
        + numbers_text(code_points, "0x{:04x},", 12)
        + "};\n\nstatic const uint16_t font_numbers[FONT_CODE_POINTS] = {\n"
        + numbers_text(numbers, "{},", 16)
        + "};\n"
    )


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    source, header, licence_in, licence_out = sys.argv[1:]
    try:
        with gzip.open(source) as file:
            chosen = choose(Pcf(file.read()))
        with open(licence_in, encoding="utf-8") as file:
            licence = file.read()
    except (OSError, FontError, struct.error, IndexError) as error:
        sys.exit(f"mkfont: {source}: {error}")
    with open(header, "w", encoding="ascii") as file:
        file.write(header_text(source.rsplit("/", 1)[-1], chosen))
    with open(licence_out, "w", encoding="utf-8") as file:
        file.write(licence)


if __name__ == "__main__":
    main()
