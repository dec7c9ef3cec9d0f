/* See reader.h. */
#include "user/apps/viewer/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void image_free(struct image *image)
{
    free(image->pixels);
    *image = (struct image){0};
}

/* The least that makes it fit. With sides up to 65,535 and at least 65,536 pixels to keep it is at most 256,
   so that sums of 256 × 256 bytes fit 32 bits. */
static unsigned reduction(uint64_t width, uint64_t height, uint64_t most)
{
    unsigned by = 1;

    while (((width + by - 1) / by) * ((height + by - 1) / by) > most)
        by++;
    return by;
}

int reader_begin(struct reader *reader, uint32_t width, uint32_t height, unsigned bits, const char *format)
{
    struct image *image = reader->image;

    if (width == 0 || height == 0 || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
        return -EINVAL;
    if ((uint64_t)width * height > IMAGE_PIXELS_MAX)
        return -EFBIG;
    unsigned by = reduction(width, height, reader->most_pixels < 65536 ? 65536 : reader->most_pixels);

    *image = (struct image){.width = (width + by - 1) / by,
                            .height = (height + by - 1) / by,
                            .full_width = width,
                            .full_height = height,
                            .reduced = by,
                            .bits = bits,
                            .format = format};
    image->pixels = calloc((size_t)image->width * image->height, sizeof(*image->pixels));
    reader->sums = by > 1 ? calloc(image->width, 4 * sizeof(*reader->sums)) : NULL;
    reader->in_band = reader->rows = 0;
    if (image->pixels && (by == 1 || reader->sums))
        return 0;
    reader_end(reader);
    image_free(image);
    return -ENOMEM;
}

static unsigned times(unsigned value, unsigned alpha)
{
    return (value * alpha + 127) / 255;
}

static void plain_row(struct image *image, uint32_t y, const uint8_t *rgba)
{
    uint32_t *to = image->pixels + (size_t)y * image->width;
    unsigned all = 255;

    for (uint32_t x = 0; x < image->width; x++, rgba += 4) {
        unsigned a = rgba[3];

        all &= a;
        to[x] = a == 255 ? 0xFF000000u | (uint32_t)rgba[0] << 16 | (uint32_t)rgba[1] << 8 | rgba[2]
                         : a << 24 | times(rgba[0], a) << 16 | times(rgba[1], a) << 8 | times(rgba[2], a);
    }
    image->alpha |= all != 255;
}

/* The band's means become a row of the picture. */
static void finish_band(struct reader *reader)
{
    struct image *image = reader->image;
    uint32_t *to = image->pixels + (size_t)reader->band * image->width;

    if (reader->in_band == 0)
        return;
    for (uint32_t x = 0; x < image->width; x++) {
        uint32_t columns = image->full_width - x * image->reduced;
        uint32_t count = (columns < image->reduced ? columns : image->reduced) * reader->in_band;
        const uint32_t *sum = reader->sums + 4 * (size_t)x;
        uint32_t alpha = (sum[3] + count / 2) / count;

        image->alpha |= alpha != 255;
        to[x] = alpha << 24 | (sum[0] + count / 2) / count << 16 | (sum[1] + count / 2) / count << 8 |
                (sum[2] + count / 2) / count;
    }
    memset(reader->sums, 0, (size_t)image->width * 4 * sizeof(*reader->sums));
    reader->in_band = 0;
}

static void add_row(struct reader *reader, const uint8_t *rgba)
{
    const struct image *image = reader->image;
    uint32_t *sum = reader->sums;

    for (uint32_t x = 0, left = image->reduced; x < image->full_width; x++, rgba += 4) {
        unsigned a = rgba[3];

        sum[0] += a == 255 ? rgba[0] : times(rgba[0], a);
        sum[1] += a == 255 ? rgba[1] : times(rgba[1], a);
        sum[2] += a == 255 ? rgba[2] : times(rgba[2], a);
        sum[3] += a;
        if (--left == 0) {
            left = image->reduced;
            sum += 4;
        }
    }
}

void reader_row(struct reader *reader, uint32_t y, const uint8_t *rgba)
{
    struct image *image = reader->image;

    if (y >= image->full_height)
        return;
    reader->rows++;
    if (image->reduced == 1) {
        plain_row(image, y, rgba);
        return;
    }
    if (y / image->reduced != reader->band || reader->in_band == image->reduced)
        finish_band(reader);
    reader->band = y / image->reduced;
    add_row(reader, rgba);
    reader->in_band++;
}

void reader_end(struct reader *reader)
{
    if (reader->ended)
        return;
    reader->ended = true;
    if (reader->sums)
        finish_band(reader);
    free(reader->sums);
    reader->sums = NULL;
    reader->image->alpha |= reader->rows < reader->image->full_height;
}

bool reader_stops(const struct reader *reader)
{
    return reader->stop && __atomic_load_n(reader->stop, __ATOMIC_RELAXED);
}

bool reader_affords(const struct reader *reader, uint64_t bytes)
{
    return bytes <= 4 * (reader->most_pixels < 65536 ? 65536 : reader->most_pixels);
}
