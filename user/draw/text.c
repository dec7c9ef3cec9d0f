/* Text: see draw.h. A glyph has 16 levels of coverage, so what the colour adds at each level is computed once
   for a text (struct ink), and a pixel costs two multiplications. */
#include <limits.h>
#include <string.h>

#include "lib/utf8.h"
#include "user/draw/draw.h"
#include "user/draw/font.h"
#include "user/draw/pixel.h"

/* ---- UTF-8 ---------------------------------------------------------------------------------------- */

struct reader {
    const uint8_t *at, *end;
};

static struct reader reader_of(const char *text, ptrdiff_t size)
{
    size_t length = size < 0 ? strlen(text) : (size_t)size;

    return (struct reader){(const uint8_t *)text, (const uint8_t *)text + length};
}

/* A byte that ends a character too early is left for the next one. */
static uint32_t read_long(struct reader *reader)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];

    while (reader->at < reader->end) {
        if (decoder.missing != 0 && (*reader->at < decoder.low || *reader->at > decoder.high))
            return UTF8_REPLACEMENT;
        if (utf8_decode(&decoder, *reader->at++, characters) > 0)
            return characters[0];
    }
    return UTF8_REPLACEMENT;
}

static inline uint32_t read_character(struct reader *reader)
{
    return *reader->at < 0x80 ? *reader->at++ : read_long(reader);
}

/* ---- measures ------------------------------------------------------------------------------------- */

int text_width(const struct font *font, const char *text, ptrdiff_t size)
{
    int64_t width = 0;

    for (struct reader reader = reader_of(text, size); reader.at < reader.end;)
        width += font_advance(font, read_character(&reader));
    return width < INT_MAX ? (int)width : INT_MAX;
}

size_t text_fit(const struct font *font, const char *text, ptrdiff_t size, int width, int *used)
{
    struct reader reader = reader_of(text, size);
    int so_far = 0;

    while (reader.at < reader.end) {
        struct reader next = reader;
        int advance = font_advance(font, read_character(&next));

        if (advance > width - so_far)
            break;
        so_far += advance;
        reader = next;
    }
    if (used != NULL)
        *used = so_far;
    return (size_t)(reader.at - (const uint8_t *)text);
}

/* ---- drawing -------------------------------------------------------------------------------------- */

struct ink {
    uint32_t even[16], odd[16]; /* what the colour adds to two parts of a pixel, times 256 */
    uint32_t keep[16];          /* what stays of what is there, in 256ths */
};

static void ink_make(struct ink *ink, colour_t colour)
{
    uint32_t pixel = colour | 0xFF000000, alpha = colour >> 24;

    for (uint32_t i = 0; i < 16; i++) {
        uint32_t level = i * 17 * alpha / 255, part = level + (level >> 7);

        ink->even[i] = (pixel & 0xFF00FF) * part;
        ink->odd[i] = (pixel >> 8 & 0xFF00FF) * part;
        ink->keep[i] = 256 - part;
    }
}

static inline uint32_t inked(const struct ink *ink, uint32_t under, unsigned level)
{
    uint32_t even = ink->even[level] + (under & 0xFF00FF) * ink->keep[level];
    uint32_t odd = ink->odd[level] + (under >> 8 & 0xFF00FF) * ink->keep[level];

    return (even >> 8 & 0xFF00FF) | (odd & 0xFF00FF00);
}

/* Columns [from, to) of a picture's row; `pixels` is where column 0 lies. Most of it is empty. */
static void draw_row(uint32_t *pixels, const uint8_t *row, int from, int to, const struct ink *ink)
{
    for (int i = from; i < to; i++) {
        unsigned two = row[i / 2];

        if (two == 0) {
            i |= 1;
            continue;
        }
        unsigned level = i & 1 ? two >> 4 : two & 15;

        if (level != 0)
            pixels[i] = inked(ink, pixels[i], level);
    }
}

static int bounded(int64_t value, int low, int high)
{
    return value < low ? low : value > high ? high : (int)value;
}

/* (x, y): the pen, on the baseline. */
static void draw_one(const struct canvas *canvas, int64_t x, int64_t y, const struct glyph *glyph,
                     const struct ink *ink)
{
    const struct rect *clip = &canvas->clip;
    int64_t left = x + glyph->left, top = y - glyph->top;
    int from = bounded(clip->x - left, 0, glyph->width),
        to = bounded(clip->x + (int64_t)clip->w - left, 0, glyph->width);
    int row = bounded(clip->y - top, 0, glyph->height);
    int end = bounded(clip->y + (int64_t)clip->h - top, 0, glyph->height);
    int pitch = (glyph->width + 1) / 2;

    if (from >= to)
        return;
    for (; row < end; row++)
        draw_row(pixel_row(canvas, (int)left, (int)top + row), glyph->picture + row * pitch, from, to, ink);
}

int draw_text(const struct canvas *canvas, int x, int y, const struct font *font, const char *text,
              ptrdiff_t size, colour_t colour)
{
    int64_t pen = x, clip_end = (int64_t)canvas->clip.x + canvas->clip.w;
    struct ink ink;

    ink_make(&ink, colour);
    for (struct reader reader = reader_of(text, size); reader.at < reader.end;) {
        uint32_t codepoint = read_character(&reader);

        if (pen < clip_end + 256) { /* some begin left of their pen */
            struct glyph glyph;

            font_find(font, codepoint, &glyph);
            draw_one(canvas, pen, y, &glyph, &ink);
            pen += glyph.advance;
        } else {
            pen += font_advance(font, codepoint);
        }
    }
    return bounded(pen, INT_MIN, INT_MAX);
}

void draw_glyph(const struct canvas *canvas, int x, int y, const struct font *font, uint32_t codepoint,
                colour_t colour)
{
    struct glyph glyph;
    struct ink ink;

    font_find(font, codepoint, &glyph);
    if (glyph.width == 0)
        return;
    ink_make(&ink, colour);
    draw_one(canvas, x, (int64_t)y + font_ascent(font), &glyph, &ink);
}

/* As much as fits, and three dots. */
static void draw_cut(const struct canvas *canvas, int x, int y, int width, const struct font *font,
                     const char *text, colour_t colour)
{
    static const char dots[] = "…";
    size_t bytes = text_fit(font, text, -1, width - text_width(font, dots, -1), NULL);
    int end = draw_text(canvas, x, y, font, text, (ptrdiff_t)bytes, colour);

    draw_text(canvas, end, y, font, dots, -1, colour);
}

void draw_label(const struct canvas *canvas, struct rect at, const struct font *font, const char *text,
                enum align align, colour_t colour)
{
    int width = text_width(font, text, -1), free_x = at.w - (width < at.w ? width : at.w);
    int64_t below = ((int64_t)at.h - font_height(font)) / 2 + font_ascent(font);
    int y = bounded(at.y + below, INT_MIN, INT_MAX);

    if (width > at.w)
        draw_cut(canvas, at.x, y, at.w, font, text, colour);
    else if (align == ALIGN_START)
        draw_text(canvas, at.x, y, font, text, -1, colour);
    else
        draw_text(canvas, at.x + free_x / (align == ALIGN_CENTRE ? 2 : 1), y, font, text, -1, colour);
}
