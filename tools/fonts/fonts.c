/*
 * Rasterises a face into a font file of ours (user/draw/font.h), when the image is built.
 *
 *     fonts ui|mono OUT "11 12 13" FONT.otf [FALLBACK.ttf ...]
 *
 * A character that FONT does not have comes from the first fallback that has it; the last one only serves
 * the characters that are marked so below (it has too many). Of mono faces each glyph is as wide as its
 * cell, and the characters that draw lines come from cells.c. FreeType 2 does the outlines, with its light
 * hinting: what lies level is sharp, shapes stay.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "tools/fonts/cells.h"
#include "user/draw/font.h"

#define FACES_MAX 4

struct range {
    uint32_t first, last;
    bool anywhere; /* the last fallback serves it too */
    bool mono;     /* in mono faces alone */
};
static const struct range ranges[] = {
    {0x20, 0x7e, true, false},      {0xa0, 0x17f, true, false},     {0x192, 0x192, true, false},
    {0x218, 0x21b, true, false},    {0x2c6, 0x2c7, true, false},    {0x2d8, 0x2dd, true, false},
    {0x370, 0x3ce, true, false},    {0x400, 0x45f, true, false},    {0x490, 0x4ff, true, false},
    {0x1e80, 0x1e85, true, false},  {0x1e9e, 0x1e9e, true, false},  {0x1ef2, 0x1ef3, true, false},
    {0x2010, 0x2027, true, false},  {0x202f, 0x205e, true, false},  {0x2070, 0x209c, false, false},
    {0x20a0, 0x20bf, true, false},  {0x2100, 0x214f, false, false}, {0x2150, 0x215f, false, false},
    {0x2190, 0x21ff, false, false}, {0x2190, 0x2199, true, false},  {0x2200, 0x2211, false, false},
    {0x2212, 0x221e, true, false},  {0x222b, 0x222b, false, false}, {0x2248, 0x2265, false, false},
    {0x2200, 0x22ff, false, true},  {0x2300, 0x23ff, false, true},  {0x2500, 0x259f, true, true},
    {0x25a0, 0x25ff, true, true},   {0x2600, 0x26ff, false, false}, {0x25a0, 0x25ab, true, false},
    {0x25b2, 0x25c3, true, false},  {0x25c6, 0x25c7, true, false},  {0x25ca, 0x25cf, true, false},
    {0x2605, 0x2606, true, false},  {0x2610, 0x2612, true, false},  {0x2660, 0x2667, true, false},
    {0x266a, 0x266f, true, false},  {0x2700, 0x27bf, false, false}, {0x2713, 0x2718, true, false},
    {0x276f, 0x276f, true, false},  {0x27e8, 0x27eb, true, false},  {0x2800, 0x28ff, true, true},
    {0xe0b0, 0xe0b3, true, true},   {0xfb01, 0xfb02, false, false}, {0xfffd, 0xfffd, true, false},
};

static FT_Face faces[FACES_MAX];
static int face_count;
static bool is_mono;
static uint32_t points[FONT_POINTS_MAX];
static uint32_t point_count;

static uint8_t *pictures;
static size_t picture_bytes, picture_room;

static void die(const char *what, const char *which)
{
    fprintf(stderr, "fonts: %s: %s\n", which, what);
    exit(1);
}

/* ---- which characters ------------------------------------------------------------------------------- */

/* The face that has it, -1: none that may serve it. */
static int face_of(uint32_t codepoint, bool anywhere)
{
    for (int i = 0; i < face_count; i++)
        if ((anywhere || i == 0 || i < face_count - 1) && FT_Get_Char_Index(faces[i], codepoint) != 0)
            return i;
    return -1;
}

static bool is_cell(uint32_t codepoint)
{
    uint8_t none[64] = {0};
    struct cell cell = {8, 8, none};

    return is_mono && cell_draw(&cell, codepoint);
}

static bool wanted(uint32_t codepoint)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const struct range *range = &ranges[i];

        if (codepoint >= range->first && codepoint <= range->last && (is_mono || !range->mono)
            && (is_cell(codepoint) || face_of(codepoint, range->anywhere) >= 0))
            return true;
    }
    return false;
}

static void find_points(void)
{
    points[point_count++] = 0;
    for (uint32_t codepoint = 1; codepoint < 0x10000; codepoint++)
        if (wanted(codepoint))
            points[point_count++] = codepoint;
}

/* ---- pictures --------------------------------------------------------------------------------------- */

static void add_byte(uint8_t byte)
{
    if (picture_bytes == picture_room) {
        picture_room = picture_room * 2 + 4096;
        pictures = realloc(pictures, picture_room);
        if (pictures == NULL)
            die("no memory", "pictures");
    }
    pictures[picture_bytes++] = byte;
}

static unsigned level(const uint8_t *row, int x, int width)
{
    return x < width ? (row[x] * 15u + 127) / 255 : 0;
}

static bool is_empty(const uint8_t *coverage, int count, int step)
{
    for (int i = 0; i < count; i++)
        if (level(coverage + i * step, 0, 1) != 0)
            return false;
    return true;
}

/* Without the empty rows and columns at its sides. */
static void add_picture(struct font_glyph *glyph, const uint8_t *coverage, int width, int height, int pitch,
                        size_t begin)
{
    for (; height > 0 && is_empty(coverage, width, 1); height--, glyph->top--)
        coverage += pitch;
    while (height > 0 && is_empty(coverage + (height - 1) * pitch, width, 1))
        height--;
    for (; width > 0 && is_empty(coverage, height, pitch); width--, glyph->left++)
        coverage++;
    while (width > 0 && is_empty(coverage + width - 1, height, pitch))
        width--;
    if (width > 255 || height > 255)
        die("a glyph of more than 255 pixels", "pictures");
    glyph->picture = (uint32_t)(picture_bytes - begin);
    glyph->width = (uint8_t)width;
    glyph->height = (uint8_t)height;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x += 2)
            add_byte((uint8_t)(level(coverage + y * pitch, x, width) |
                               level(coverage + y * pitch, x + 1, width) << 4));
}

/* What is shown for a character that is not there: an empty box, as wide as a digit. */
static void add_box(const struct font_size *size, int advance, struct font_glyph *glyph, size_t begin)
{
    static uint8_t coverage[128 * 128];
    int width = advance > 3 ? advance - 2 : 2, height = size->ascent * 3 / 4;

    memset(coverage, 0, sizeof(coverage));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (y == 0 || y == height - 1 || x == 0 || x == width - 1)
                coverage[y * 128 + x] = 200;
    *glyph = (struct font_glyph){.advance = (uint8_t)advance, .left = 1, .top = (int16_t)height};
    add_picture(glyph, coverage, width, height, 128, begin);
}

static void add_cell(const struct font_size *size, int advance, uint32_t codepoint, struct font_glyph *glyph,
                     size_t begin)
{
    static uint8_t coverage[128 * 128];
    struct cell cell = {advance, size->height, coverage};

    memset(coverage, 0, sizeof(coverage));
    cell_draw(&cell, codepoint);
    *glyph = (struct font_glyph){.advance = (uint8_t)advance, .top = (int16_t)size->ascent};
    add_picture(glyph, coverage, advance, size->height, advance, begin);
}

/* A glyph of another face that is wider than the cell becomes narrower. */
static void fit_into_cell(FT_GlyphSlot slot, int advance)
{
    FT_Matrix narrow = {0x10000, 0, 0, 0x10000};

    if (slot->advance.x > advance * 64 && slot->format == FT_GLYPH_FORMAT_OUTLINE) {
        narrow.xx = (FT_Fixed)((long long)advance * 64 * 0x10000 / slot->advance.x);
        FT_Outline_Transform(&slot->outline, &narrow);
    } else if (slot->format == FT_GLYPH_FORMAT_OUTLINE) {
        FT_Outline_Translate(&slot->outline, (advance * 64 - slot->advance.x) / 2, 0);
    }
}

static void add_glyph(uint32_t codepoint, int advance, struct font_glyph *glyph, size_t begin)
{
    int which = face_of(codepoint, true);
    FT_Face face = faces[which];
    FT_GlyphSlot slot = face->glyph;

    if (FT_Load_Char(face, codepoint, FT_LOAD_TARGET_LIGHT) != 0)
        die("a glyph cannot be read", face->family_name);
    long natural = which == 0 || !is_mono ? (slot->linearHoriAdvance + 0x8000) >> 16 : advance;

    if (is_mono)
        fit_into_cell(slot, advance);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0)
        die("a glyph cannot be drawn", face->family_name);
    *glyph = (struct font_glyph){.advance = (uint8_t)(is_mono ? advance : natural),
                                 .left = (int16_t)slot->bitmap_left, .top = (int16_t)slot->bitmap_top};
    add_picture(glyph, slot->bitmap.buffer, (int)slot->bitmap.width, (int)slot->bitmap.rows,
                slot->bitmap.pitch, begin);
}

/* ---- sizes ------------------------------------------------------------------------------------------ */

/* A mono face becomes narrower or wider so that its advance is whole pixels. */
static int set_size(int size, struct font_size *record)
{
    FT_Face face = faces[0];
    int units = face->units_per_EM, advance = 0;
    FT_F26Dot6 width = size * 64;

    if (is_mono) {
        FT_Load_Char(face, 'M', FT_LOAD_NO_SCALE);
        int natural = (int)face->glyph->advance.x;

        advance = (size * natural + units / 2) / units;
        width = (FT_F26Dot6)advance * 64 * units / natural;
    }
    for (int i = 0; i < face_count; i++)
        if (FT_Set_Char_Size(faces[i], i == 0 ? width : size * 64, size * 64, 72, 72) != 0)
            die("cannot be scaled", faces[i]->family_name);
    int above = (face->ascender * size + units / 2) / units,
        below = (-face->descender * size + units / 2) / units;

    *record = (struct font_size){.size = (uint16_t)size, .height = (uint16_t)(above + below),
                                 .ascent = (uint16_t)above};
    if (!is_mono) {
        FT_Load_Char(face, '0', FT_LOAD_TARGET_LIGHT);
        advance = (int)((face->glyph->linearHoriAdvance + 0x8000) >> 16);
    }
    return advance;
}

/* Many letters of one script look like another's: when the picture that was added last is there already, in
   this size, it goes again. */
static void keep_once(const struct font_glyph *glyphs, struct font_glyph *last, size_t begin)
{
    size_t at = begin + last->picture;

    for (const struct font_glyph *other = glyphs; other < last; other++)
        if (other->width == last->width && other->height == last->height
            && memcmp(pictures + begin + other->picture, pictures + at, picture_bytes - at) == 0) {
            last->picture = other->picture;
            picture_bytes = at;
            return;
        }
}

static void make_glyph(const struct font_size *size, int advance, uint32_t codepoint,
                       struct font_glyph *glyph, size_t begin)
{
    if (codepoint == 0)
        add_box(size, advance, glyph, begin);
    else if (is_cell(codepoint))
        add_cell(size, advance, codepoint, glyph, begin);
    else
        add_glyph(codepoint, advance, glyph, begin);
}

static void make_size(int size, struct font_size *record, struct font_glyph *glyphs)
{
    int advance = set_size(size, record);
    size_t begin = picture_bytes;

    for (uint32_t i = 0; i < point_count; i++) {
        make_glyph(record, advance, points[i], &glyphs[i], begin);
        keep_once(glyphs, &glyphs[i], begin);
    }
    record->picture_bytes = (uint32_t)(picture_bytes - begin);
    record->pictures_at = (uint32_t)begin; /* in `pictures`; write_file makes it the file's */
}

/* ---- the file --------------------------------------------------------------------------------------- */

static void put(FILE *file, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, file) != size)
        die("cannot be written", "the output");
}

static void write_file(const char *path, struct font_size *sizes, uint32_t count,
                       const struct font_glyph *glyphs)
{
    struct font_head head = {.magic = {0}, .version = FONT_VERSION, .points = point_count, .sizes = count};
    uint32_t glyph_bytes = point_count * (uint32_t)sizeof(*glyphs);
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        die("cannot be written", path);
    memcpy(head.magic, FONT_MAGIC, sizeof(head.magic));
    head.sizes_at = sizeof(head);
    head.points_at = head.sizes_at + count * (uint32_t)sizeof(*sizes);
    uint32_t glyphs_at = head.points_at + point_count * 4, pictures_at = glyphs_at + count * glyph_bytes;

    head.bytes = pictures_at + (uint32_t)picture_bytes;
    for (uint32_t i = 0; i < count; i++) {
        sizes[i].glyphs_at = glyphs_at + i * glyph_bytes;
        sizes[i].pictures_at += pictures_at;
    }
    put(file, &head, sizeof(head));
    put(file, sizes, count * sizeof(*sizes));
    put(file, points, point_count * sizeof(*points));
    put(file, glyphs, (size_t)count * glyph_bytes);
    put(file, pictures, picture_bytes);
    if (fclose(file) != 0)
        die("cannot be written", path);
}

int main(int argc, char **argv)
{
    static struct font_size sizes[FONT_SIZES_MAX];
    FT_Library library;
    uint32_t count = 0;

    if (argc < 5 || argc - 4 > FACES_MAX || FT_Init_FreeType(&library) != 0)
        die("fonts ui|mono OUT SIZES FONT [FALLBACK ...]", "usage");
    is_mono = strcmp(argv[1], "mono") == 0;
    for (int i = 4; i < argc; i++)
        if (FT_New_Face(library, argv[i], 0, &faces[face_count++]) != 0)
            die("no font that FreeType reads", argv[i]);
    find_points();
    struct font_glyph *glyphs = calloc((size_t)point_count * FONT_SIZES_MAX, sizeof(*glyphs));

    if (glyphs == NULL)
        die("no memory", "glyphs");
    for (char *word = strtok(argv[3], " "); word != NULL && count < FONT_SIZES_MAX;
         word = strtok(NULL, " "), count++)
        make_size(atoi(word), &sizes[count], glyphs + (size_t)count * point_count);
    write_file(argv[2], sizes, count, glyphs);
    return 0;
}
