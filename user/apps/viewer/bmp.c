/*
 * Windows bitmaps: 1, 4, 8, 16, 24, 32 bits, RLE8 and RLE4, bit masks; headers from OS/2's of 12 bytes to
 * version 5's of 124. Microsoft, "Bitmap Storage" and BITMAPV5HEADER; [MS-WMF] 2.2.2 and 3.1.6 for the
 * compression. All of the header is checked before the picture is begun; after that only rows can be missing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/viewer/reader.h"

enum { PLAIN, RLE8, RLE4, MASKS, ALPHA_MASKS = 6 };

struct bmp {
    struct reader *reader;
    uint32_t width, height;
    bool down;            /* the first row is the top one */
    unsigned bits;
    uint32_t compression, colours;
    uint64_t pixels_at;
    uint32_t masks[4];    /* R, G, B, A */
    uint8_t palette[256][4];
    uint8_t *row, *rgba;
};

static uint32_t rd16(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t rd32(const uint8_t *at)
{
    return rd16(at) | rd16(at + 2) << 16;
}

/* ---- header -------------------------------------------------------------------------------------------- */

#define FILE_HEADER 14u
#define OLD_HEADER  12u
#define INFO_HEADER 40u
#define MOST_HEADER 124u

static void read_size(struct bmp *bmp, const uint8_t *header, bool old)
{
    if (old) {
        bmp->width = rd16(header + 4);
        bmp->height = rd16(header + 6);
        bmp->bits = rd16(header + 10);
        return;
    }
    uint32_t height = rd32(header + 8);

    bmp->width = rd32(header + 4);
    bmp->down = height >> 31;
    bmp->height = bmp->down ? 0u - height : height;
    bmp->bits = rd16(header + 14);
    bmp->compression = rd32(header + 16);
    bmp->colours = rd32(header + 32);
}

static bool is_known(const struct bmp *bmp)
{
    switch (bmp->compression) {
    case PLAIN:
        return bmp->bits == 1 || bmp->bits == 4 || bmp->bits == 8 || bmp->bits == 16 || bmp->bits == 24 ||
               bmp->bits == 32;
    case RLE8:
        return bmp->bits == 8 && !bmp->down;
    case RLE4:
        return bmp->bits == 4 && !bmp->down;
    case MASKS:
    case ALPHA_MASKS:
        return bmp->bits == 16 || bmp->bits == 32;
    default:
        return false;
    }
}

/* They are behind a header of 40 bytes, and within a longer one. */
static void read_masks(struct bmp *bmp, const uint8_t *behind, uint32_t header_size)
{
    static const uint32_t five[4] = {0x7C00, 0x3E0, 0x1F, 0}, eight[4] = {0xFF0000, 0xFF00, 0xFF, 0};

    memcpy(bmp->masks, bmp->bits == 16 ? five : eight, sizeof(bmp->masks));
    if (bmp->compression != MASKS && bmp->compression != ALPHA_MASKS)
        return;
    for (int i = 0; i < 3; i++)
        bmp->masks[i] = rd32(behind + 4 * i);
    bmp->masks[3] = bmp->compression == ALPHA_MASKS || header_size >= 56 ? rd32(behind + 12) : 0;
}

static void read_palette(struct bmp *bmp, uint64_t at, unsigned entry_size)
{
    uint32_t most = bmp->bits <= 8 ? 1u << bmp->bits : 0;
    uint32_t count = bmp->colours == 0 || bmp->colours > most ? most : bmp->colours;
    uint8_t entry[4];

    for (uint32_t i = 0; i < 256; i++)
        bmp->palette[i][3] = 255;
    for (uint32_t i = 0; i < count; i++) {
        source_read(bmp->reader->source, at + (uint64_t)i * entry_size, entry, entry_size);
        bmp->palette[i][0] = entry[2];
        bmp->palette[i][1] = entry[1];
        bmp->palette[i][2] = entry[0];
    }
}

static int read_header(struct bmp *bmp)
{
    uint8_t header[FILE_HEADER + MOST_HEADER + 16];
    size_t there = source_read(bmp->reader->source, 0, header, sizeof(header));
    uint32_t size = rd32(header + FILE_HEADER);
    bool old = size == OLD_HEADER;

    if (there < FILE_HEADER + OLD_HEADER || (!old && (size < INFO_HEADER || size > MOST_HEADER)) ||
        there < FILE_HEADER + size)
        return -EUCLEAN;
    read_size(bmp, header + FILE_HEADER, old);
    if (!is_known(bmp))
        return -ENOTSUP;
    bool masks = bmp->compression == MASKS || bmp->compression == ALPHA_MASKS;
    uint32_t behind = size == INFO_HEADER && masks ? (bmp->compression == ALPHA_MASKS ? 16 : 12) : 0;

    if (bmp->bits >= 16)
        read_masks(bmp, header + FILE_HEADER + INFO_HEADER, size);
    read_palette(bmp, FILE_HEADER + size + behind, old ? 3 : 4);
    bmp->pixels_at = rd32(header + 10);
    return bmp->pixels_at < FILE_HEADER + size ? -EUCLEAN : 0;
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static uint32_t row_bytes(const struct bmp *bmp)
{
    return (bmp->width * bmp->bits + 31) / 32 * 4; /* 65,535 × 32 bits fit */
}

static void row_of_palette(const struct bmp *bmp)
{
    unsigned in_byte = 8 / bmp->bits, mask = (1u << bmp->bits) - 1;

    for (uint32_t x = 0; x < bmp->width; x++) {
        unsigned shift = (in_byte - 1 - x % in_byte) * bmp->bits;

        memcpy(bmp->rgba + 4 * (size_t)x, bmp->palette[bmp->row[x / in_byte] >> shift & mask], 4);
    }
}

static uint8_t part_of(uint32_t pixel, uint32_t mask, uint8_t without)
{
    if (mask == 0)
        return without;
    unsigned shift = (unsigned)__builtin_ctz(mask);
    uint64_t most = mask >> shift;

    return (uint8_t)(((pixel & mask) >> shift) * (uint64_t)255 / most);
}

static void row_of_masks(const struct bmp *bmp)
{
    unsigned size = bmp->bits / 8;
    uint8_t *to = bmp->rgba;

    for (uint32_t x = 0; x < bmp->width; x++, to += 4) {
        const uint8_t *from = bmp->row + (size_t)x * size;
        uint32_t pixel = size == 2   ? rd16(from)
                         : size == 3 ? rd16(from) | (uint32_t)from[2] << 16
                                     : rd32(from);

        for (int part = 0; part < 3; part++)
            to[part] = part_of(pixel, bmp->masks[part], 0);
        to[3] = part_of(pixel, bmp->masks[3], 255);
    }
}

static void give_row(struct bmp *bmp, uint32_t number)
{
    if (bmp->bits <= 8)
        row_of_palette(bmp);
    else
        row_of_masks(bmp);
    reader_row(bmp->reader, bmp->down ? number : bmp->height - 1 - number, bmp->rgba);
}

static int read_plain(struct bmp *bmp)
{
    uint32_t size = row_bytes(bmp), needed = (bmp->width * bmp->bits + 7) / 8;

    for (uint32_t number = 0; number < bmp->height; number++) {
        uint64_t at = bmp->pixels_at + (uint64_t)number * size;
        size_t got = source_read(bmp->reader->source, at, bmp->row, needed);

        if (reader_stops(bmp->reader))
            return -ECANCELED;
        if (got == 0 && number == 0)
            return -EUCLEAN;
        if (got < needed)
            bmp->reader->image->damaged = true;
        if (got == 0)
            return 0;
        give_row(bmp, number);
    }
    return 0;
}

/* ---- run lengths --------------------------------------------------------------------------------------- */

struct run {
    struct bmp *bmp;
    uint32_t x, y;
    bool touched; /* something of this row was said */
};

static void set_pixel(struct run *run, unsigned colour)
{
    struct bmp *bmp = run->bmp;

    if (run->x < bmp->width) {
        run->touched = true;
        if (bmp->bits == 8)
            bmp->row[run->x] = (uint8_t)colour;
        else
            bmp->row[run->x / 2] = (uint8_t)(run->x % 2 ? (bmp->row[run->x / 2] & 0xF0) | colour
                                                        : (bmp->row[run->x / 2] & 0x0F) | colour << 4);
        run->x++;
    }
}

/* A row of which nothing was said stays transparent; the rest of one that was has the first colour. */
static void next_line(struct run *run)
{
    struct bmp *bmp = run->bmp;

    if (run->touched && run->y < bmp->height) {
        give_row(bmp, run->y);
        memset(bmp->row, 0, row_bytes(bmp));
    }
    run->touched = false;
    run->y++;
    run->x = 0;
}

static unsigned colour_at(const struct bmp *bmp, const uint8_t *bytes, unsigned which)
{
    if (bmp->bits == 8)
        return bytes[which];
    return which % 2 ? bytes[which / 2] & 0xFu : bytes[which / 2] >> 4;
}

/* Moves right and up. */
static bool skip_pixels(struct run *run)
{
    uint8_t by[2];

    if (source_next(run->bmp->reader->source, by, 2) < 2)
        return false;
    uint32_t x = run->x + by[0];

    for (unsigned i = 0; i < by[1] && run->y < run->bmp->height; i++)
        next_line(run);
    run->x = x < run->bmp->width ? x : run->bmp->width;
    return true;
}

static bool literal_pixels(struct run *run, unsigned count)
{
    uint8_t bytes[256];
    size_t size = ((size_t)count * run->bmp->bits + 7) / 8, padded = (size + 1) & ~(size_t)1;
    size_t got = source_next(run->bmp->reader->source, bytes, padded);

    for (unsigned i = 0; i < count; i++)
        set_pixel(run, colour_at(run->bmp, bytes, i));
    return got >= size;
}

/* False: the data ended before it should. *done: it says that it is the end. */
static bool next_code(struct run *run, bool *done)
{
    uint8_t code[2];

    if (source_next(run->bmp->reader->source, code, 2) < 2)
        return false;
    if (code[0] > 0) {
        uint8_t two[1] = {code[1]};

        for (unsigned i = 0; i < code[0]; i++)
            set_pixel(run, run->bmp->bits == 8 ? code[1] : colour_at(run->bmp, two, i % 2));
        return true;
    }
    if (code[1] == 0)
        next_line(run);
    else if (code[1] == 1)
        *done = true;
    else if (code[1] == 2)
        return skip_pixels(run);
    else
        return literal_pixels(run, code[1]);
    return true;
}

static int read_runs(struct bmp *bmp)
{
    struct run run = {bmp, 0, 0, false};
    bool done = false;

    bmp->reader->source->at = bmp->pixels_at;
    while (!done && run.y < bmp->height) {
        if (reader_stops(bmp->reader))
            return -ECANCELED;
        if (next_code(&run, &done))
            continue;
        if (run.x == 0 && run.y == 0)
            return -EUCLEAN;
        bmp->reader->image->damaged = true;
        done = true;
    }
    next_line(&run);
    return 0;
}

int bmp_read(struct reader *reader)
{
    struct bmp bmp = {.reader = reader};
    int error = read_header(&bmp);

    if (!error)
        error = reader_begin(reader, bmp.width, bmp.height, bmp.bits, "BMP");
    if (error)
        return error;
    bmp.row = calloc(1, row_bytes(&bmp) + 4);
    bmp.rgba = calloc(bmp.width, 4);
    if (!bmp.row || !bmp.rgba)
        error = -ENOMEM;
    else
        error = bmp.compression == RLE8 || bmp.compression == RLE4 ? read_runs(&bmp) : read_plain(&bmp);
    free(bmp.row);
    free(bmp.rgba);
    return error;
}
