/*
 * What the readers of the formats share: the picture is made of rows of R, G, B, A bytes.
 *
 *     reader_begin(reader, width, height, bits, "BMP") → for each row: reader_row(reader, y, rgba) →
 * reader_end
 *
 * A picture that is too large is made smaller: each `reduced` × `reduced` pixels become their mean. The rows
 * of one such band come one after the other; the bands, and the rows in one, in any order.
 */
#pragma once

#include "user/apps/viewer/image.h"

struct reader {
    struct source *source;
    uint64_t most_pixels;
    bool *stop;
    struct image *image;
    uint32_t *sums;  /* of a band: 4 for each pixel of the picture */
    uint32_t band;   /* which one */
    uint32_t in_band; /* rows of it that came */
    uint32_t rows;   /* all that came */
    bool ended;
};

/* 0, -EINVAL (no side may be 0 or above IMAGE_SIDE_MAX), -EFBIG, -ENOMEM. */
int reader_begin(struct reader *reader, uint32_t width, uint32_t height, unsigned bits, const char *format);
void reader_row(struct reader *reader, uint32_t y, const uint8_t *rgba); /* full_width × 4 bytes */
void reader_end(struct reader *reader); /* once more does nothing */
bool reader_stops(const struct reader *reader);
/* Whether so many bytes may be asked for beside the picture. */
bool reader_affords(const struct reader *reader, uint64_t bytes);

int bmp_read(struct reader *reader);
int png_read(struct reader *reader);
int jpeg_read(struct reader *reader);
