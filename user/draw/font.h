/*
 * A font file: one face, rasterised at build time in several sizes (tools/fonts/fonts.c writes it, font.c
 * reads it). All numbers are little-endian and lie on multiples of their size.
 *
 *     at  bytes  head
 *      0      8  "FastFont"
 *      8      4  1: the version
 *     12      4  bytes of the file
 *     16      4  N, how many code points; 1 to 65535
 *     20      4  S, how many sizes; 1 to 32
 *     24      4  where the code points begin: N numbers of 4 bytes, ascending. The first is 0: the box that
 * is shown for what is not in the font 28      4  where the sizes begin: S of the following, ascending
 *
 *     at  bytes  size
 *      0      2  its pixels, as font_get wants them
 *      2      2  height of a line; 1 to 255
 *      4      2  of it above the baseline; at most the height
 *      6      2  0
 *      8      4  where its glyphs begin: N of the following, in the code points' order
 *     12      4  where its pictures begin
 *     16      4  bytes of its pictures
 *     20      4  0
 *
 *     at  bytes  glyph
 *      0      4  where in the pictures its own begins
 *      4      1  advance: pixels to the next glyph
 *      5      1  width of the picture
 *      6      1  height of the picture
 *      7      1  0
 *      8      2  signed: from the pen to the picture's left side
 *     10      2  signed: from the baseline up to the picture's top
 *
 * A picture is rows from the top down, (width + 1) / 2 bytes each: 4 bits a pixel, the left one of two in the
 * lower half of the byte; 0 is nothing, 15 all of the pixel.
 */
#pragma once

#include <stdint.h>

#include "user/draw/draw.h"

#define FONT_MAGIC       "FastFont"
#define FONT_VERSION     1u
#define FONT_SIZES_MAX   32u
#define FONT_POINTS_MAX  65535u

struct font_head {
    char magic[8];
    uint32_t version, bytes, points, sizes, points_at, sizes_at;
};
struct font_size {
    uint16_t size, height, ascent, zero;
    uint32_t glyphs_at, pictures_at, picture_bytes, zero_too;
};
struct font_glyph {
    uint32_t picture;
    uint8_t advance, width, height, zero;
    int16_t left, top;
};

/* One glyph, checked: its picture has height rows of (width + 1) / 2 bytes. */
struct glyph {
    const uint8_t *picture;
    int advance, width, height, left, top;
    uint8_t room[8 * 16 / 2]; /* the picture of one that is not from a file */
};
/* The glyph of a code point, or the box; for text.c. */
void font_find(const struct font *font, uint32_t codepoint, struct glyph *glyph);

/* ---- for tests ------------------------------------------------------------------------------------ */
struct font_file;
/* The file's bytes, which must stay, as a face: NULL when something in it is wrong. */
struct font_file *font_file_read(const void *bytes, size_t size);
const struct font *font_file_get(const struct font_file *file, int size);
void font_file_end(struct font_file *file);
