/* Pixels and rows of them, for the files of user/draw. */
#pragma once

#include <stdint.h>

#include "user/draw/draw.h"

static inline uint32_t *pixel_row(const struct canvas *canvas, int x, int y)
{
    return (uint32_t *)((uintptr_t)canvas->pixels
                        + ((intptr_t)y * canvas->stride + x) * (intptr_t)sizeof(uint32_t));
}

/* From `under` (alpha 0) to `over` (255), all four parts, two at a time. For an opaque `over` that is the
   same as laying it on with that alpha. */
static inline uint32_t pixel_mix(uint32_t under, uint32_t over, unsigned alpha)
{
    uint32_t a = alpha + (alpha >> 7), even = under & 0xFF00FF, odd = under >> 8 & 0xFF00FF;

    even += (((over & 0xFF00FF) - even) * a) >> 8;
    odd += (((over >> 8 & 0xFF00FF) - odd) * a) >> 8;
    return (even & 0xFF00FF) | (odd & 0xFF00FF) << 8;
}

/* A pixel whose alpha is multiplied in, over another. */
static inline uint32_t pixel_over(uint32_t under, uint32_t over)
{
    uint32_t keep = 255 - (over >> 24), a = keep + (keep >> 7);
    uint32_t even = (under & 0xFF00FF) * a >> 8 & 0xFF00FF, odd = (under >> 8 & 0xFF00FF) * a & 0xFF00FF00;

    return over + (even | odd);
}

/* Two at a time; the first alone when it does not lie on eight bytes. */
static inline void row_fill(uint32_t *row, int count, uint32_t pixel)
{
    uint64_t two = (uint64_t)pixel << 32 | pixel;

    if (count > 0 && (uintptr_t)row & 4) {
        *row++ = pixel;
        count--;
    }
    uint64_t *at = (uint64_t *)(void *)row;

    for (; count >= 8; count -= 8, at += 4) {
        at[0] = two;
        at[1] = two;
        at[2] = two;
        at[3] = two;
    }
    for (; count >= 2; count -= 2)
        *at++ = two;
    if (count > 0)
        *(uint32_t *)at = pixel;
}

static inline void row_mix(uint32_t *row, int count, uint32_t pixel, unsigned alpha)
{
    for (int i = 0; i < count; i++)
        row[i] = pixel_mix(row[i], pixel, alpha);
}

struct two_pixels {
    uint64_t pixels;
} __attribute__((packed, aligned(4), may_alias));

static inline void row_copy(uint32_t *to, const uint32_t *from, int count)
{
    struct two_pixels *target = (struct two_pixels *)(void *)to;
    const struct two_pixels *source = (const struct two_pixels *)(const void *)from;

    for (; count >= 8; count -= 8, target += 4, source += 4) {
        target[0] = source[0];
        target[1] = source[1];
        target[2] = source[2];
        target[3] = source[3];
    }
    for (; count >= 2; count -= 2)
        *target++ = *source++;
    if (count > 0)
        *(uint32_t *)target = *(const uint32_t *)source;
}

/* The same from the end on: for rows that overlap, where `to` lies behind `from`. */
static inline void row_copy_back(uint32_t *to, const uint32_t *from, int count)
{
    while (count > 0) {
        count--;
        to[count] = from[count];
    }
}

/* Rounded down. */
static inline uint32_t square_root(uint64_t value)
{
    uint64_t root = 0;

    for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return (uint32_t)root;
}

/* A 4 × 4 order of thresholds for steps of 4096ths, so that those between levels are not seen as bands. */
static inline int32_t pixel_dither(int x, int y)
{
    static const uint8_t order[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

    return order[y & 3][x & 3] << 8;
}
