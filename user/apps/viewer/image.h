/*
 * Reading pictures: PNG, JPEG, BMP, told apart by their first bytes.
 *
 *     error = image_load("/mnt/a.png", most_pixels, &stop, &image)
 *     if (error) say(image_explain(error)) … image_free(&image)
 *
 * However large the file says that it is, at most `most_pixels` pixels are kept, plus a few rows: larger
 * pictures are made smaller while they are read. What is whole at the beginning of a damaged file is shown.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/apps/viewer/source.h"

#define IMAGE_SIDE_MAX   65535u
#define IMAGE_PIXELS_MAX (1u << 28) /* more takes minutes to be read */

struct image {
    uint32_t *pixels;    /* 0xAARRGGBB, alpha multiplied in */
    uint32_t width, height;           /* of these */
    uint32_t full_width, full_height; /* of the file's */
    unsigned reduced;    /* each pixel is so many of the file's across and down */
    unsigned bits;       /* the file's, of a pixel */
    const char *format;  /* "PNG" */
    bool alpha;          /* some pixels are not opaque */
    bool damaged;        /* something is missing */
};

/* 0; -ENOENT …; -EINVAL: no picture that we know; -EUCLEAN: damaged before its first row; -EFBIG: too many
   pixels, or it cannot be read within the memory; -ENOTSUP: a kind of BMP that we do not read; -ECANCELED:
   *stop (may be NULL); -ENOMEM. */
int image_load(const char *path, uint64_t most_pixels, bool *stop, struct image *image);
int image_read(struct source *source, uint64_t most_pixels, bool *stop, struct image *image);
void image_free(struct image *image);
/* An error as a sentence, in English or Spanish. */
const char *image_explain(int error, bool spanish);
/* Whether its name looks like a picture's. */
bool image_name(const char *name);
