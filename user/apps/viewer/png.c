/*
 * PNG, by libpng (libpng-manual.txt, III "Reading PNG files"). Errors leave libpng by longjmp to png_read,
 * which keeps the rows that were read. Interlaced pictures need all their memory at once, so they are read
 * only when they fit.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "user/apps/viewer/reader.h"

#define CHUNK_MAX (8u << 20) /* of a text or profile */

struct png {
    struct reader *reader;
    png_structp png;
    png_infop info;
    uint8_t *row;      /* of RGBA; all of them when it is interlaced */
    uint8_t **rows;
    bool begun, interlaced;
    int error;
};

static void on_read(png_structp png, png_bytep to, size_t size)
{
    struct png *self = png_get_io_ptr(png);

    if (reader_stops(self->reader)) {
        self->error = -ECANCELED;
        png_error(png, "stopped");
    }
    if (source_next(self->reader->source, to, size) < size)
        png_error(png, "it ends too early");
}

static void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

/* Whatever it is, rows of R, G, B, A come out. */
static void ask_for_rgba(const struct png *self)
{
    png_set_expand(self->png);
    png_set_scale_16(self->png);
    png_set_gray_to_rgb(self->png);
    png_set_add_alpha(self->png, 255, PNG_FILLER_AFTER);
    png_read_update_info(self->png, self->info);
}

static int allocate(struct png *self, uint32_t width, uint32_t height)
{
    size_t rows = self->interlaced ? height : 1;

    if (self->interlaced && !reader_affords(self->reader, (uint64_t)width * height * 4))
        return -EFBIG;
    self->row = calloc(rows, (size_t)width * 4);
    self->rows = calloc(rows, sizeof(*self->rows));
    if (!self->row || !self->rows)
        return -ENOMEM;
    for (size_t y = 0; y < rows; y++)
        self->rows[y] = self->row + y * width * 4;
    return 0;
}

static void begin(struct png *self)
{
    png_set_user_limits(self->png, IMAGE_SIDE_MAX, IMAGE_SIDE_MAX);
    png_set_chunk_malloc_max(self->png, CHUNK_MAX);
    png_set_chunk_cache_max(self->png, 64);
    png_set_read_fn(self->png, self, on_read);
    png_read_info(self->png, self->info);
    uint32_t width = png_get_image_width(self->png, self->info);
    uint32_t height = png_get_image_height(self->png, self->info);
    unsigned bits = png_get_bit_depth(self->png, self->info) * png_get_channels(self->png, self->info);

    self->interlaced = png_get_interlace_type(self->png, self->info) != PNG_INTERLACE_NONE;
    ask_for_rgba(self);
    self->error = png_get_rowbytes(self->png, self->info) == (size_t)width * 4 ? 0 : -EUCLEAN;
    if (!self->error)
        self->error = allocate(self, width, height);
    if (!self->error)
        self->error = reader_begin(self->reader, width, height, bits, "PNG");
    self->begun = !self->error;
    if (self->error)
        png_error(self->png, "it cannot be read");
}

/* What came before an error is kept. */
static void give_interlaced(const struct png *self)
{
    for (uint32_t y = 0; y < self->reader->image->full_height; y++)
        reader_row(self->reader, y, self->rows[y]);
}

static void read_rows(struct png *self)
{
    uint32_t height = self->reader->image->full_height;

    if (self->interlaced) {
        png_read_image(self->png, self->rows);
        return;
    }
    for (uint32_t y = 0; y < height; y++) {
        png_read_row(self->png, self->row, NULL);
        reader_row(self->reader, y, self->row);
    }
}

/* Its own function: nothing of its frame is looked at after the jump. True: all of it was read. */
static bool read_it(struct png *self)
{
    if (setjmp(png_jmpbuf(self->png)))
        return false;
    begin(self);
    read_rows(self);
    return true;
}

int png_read(struct reader *reader)
{
    struct png self = {.reader = reader};

    self.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    self.info = self.png ? png_create_info_struct(self.png) : NULL;
    bool whole = self.info && read_it(&self);

    if (!self.info)
        self.error = -ENOMEM;
    else if (!self.begun && !self.error)
        self.error = -EUCLEAN;
    if (self.begun && self.interlaced && !self.error)
        give_interlaced(&self);
    if (!whole && self.begun && !self.error) {
        reader->image->damaged = true;
        self.error = reader->rows > 0 ? 0 : -EUCLEAN;
    }
    png_destroy_read_struct(&self.png, self.info ? &self.info : NULL, NULL);
    free(self.row);
    free(self.rows);
    return self.error;
}
