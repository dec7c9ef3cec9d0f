/*
 * JPEG, by libjpeg (libjpeg.txt). Its errors leave it by longjmp to read_it; damaged data are warnings, and
 * what it makes of them is shown. A picture that will be made smaller is made so by the library as far as it
 * can, which is faster. One that needs more memory than it may have (many scans: all coefficients at once) is
 * refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "user/apps/viewer/reader.h"

#define BYTES     16384u
#define SCANS_MAX 200 /* a few bytes can ask for the whole picture to be gone through once more */

struct jpeg {
    struct jpeg_error_mgr errors; /* the first, so that it is found again */
    struct jpeg_source_mgr bytes;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    struct reader *reader;
    jmp_buf leave;
    uint8_t *row, *rgba;
    bool begun;
    int error;
    uint8_t buffer[BYTES];
};

static struct jpeg *of(j_common_ptr jpeg)
{
    return (struct jpeg *)jpeg->err;
}

/* ---- what libjpeg calls -------------------------------------------------------------------------------- */

static void on_error(j_common_ptr jpeg)
{
    longjmp(of(jpeg)->leave, 1);
}

static void on_message(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
    struct jpeg *self = of(jpeg);

    if (reader_stops(self->reader))
        self->error = -ECANCELED;
    else if (self->jpeg.input_scan_number > SCANS_MAX)
        self->error = -EUCLEAN;
    if (self->error)
        longjmp(self->leave, 1);
}

static void on_start(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

/* At the end it gets the mark of an end, as often as it asks. */
static boolean on_fill(j_decompress_ptr jpeg)
{
    struct jpeg *self = of((j_common_ptr)jpeg);
    size_t size = source_next(self->reader->source, self->buffer, BYTES);

    if (size == 0) {
        self->buffer[0] = 0xFF;
        self->buffer[1] = JPEG_EOI;
        size = 2;
        jpeg->err->num_warnings++;
    }
    self->bytes.next_input_byte = self->buffer;
    self->bytes.bytes_in_buffer = size;
    return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count)
{
    struct jpeg *self = of((j_common_ptr)jpeg);

    if (count <= 0)
        return;
    if ((size_t)count <= self->bytes.bytes_in_buffer) {
        self->bytes.next_input_byte += count;
        self->bytes.bytes_in_buffer -= (size_t)count;
        return;
    }
    self->reader->source->at += (size_t)count - self->bytes.bytes_in_buffer;
    self->bytes.bytes_in_buffer = 0;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

/* Halves as long as the picture would have to be made smaller anyway. */
static void choose_scale(const struct jpeg *self, struct jpeg_decompress_struct *jpeg)
{
    uint64_t most = self->reader->most_pixels, pixels = (uint64_t)jpeg->image_width * jpeg->image_height;

    jpeg->scale_num = 1;
    jpeg->scale_denom = 1;
    while (jpeg->scale_denom < 8 && pixels / (jpeg->scale_denom * jpeg->scale_denom) > 2 * most)
        jpeg->scale_denom *= 2;
}

static void choose_colours(struct jpeg_decompress_struct *jpeg)
{
    if (jpeg->jpeg_color_space == JCS_GRAYSCALE)
        jpeg->out_color_space = JCS_GRAYSCALE;
    else if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK)
        jpeg->out_color_space = JCS_CMYK;
    else
        jpeg->out_color_space = JCS_RGB;
}

static void fail(struct jpeg *self, int error)
{
    self->error = error;
    longjmp(self->leave, 1);
}

static void begin(struct jpeg *self)
{
    struct jpeg_decompress_struct *jpeg = &self->jpeg;

    jpeg_read_header(jpeg, TRUE);
    unsigned bits = 8u * (unsigned)jpeg->num_components;
    uint64_t all = (uint64_t)jpeg->image_width * jpeg->image_height * (unsigned)jpeg->num_components * 2;

    if ((uint64_t)jpeg->image_width * jpeg->image_height > IMAGE_PIXELS_MAX)
        fail(self, -EFBIG);
    if (jpeg_has_multiple_scans(jpeg) && !reader_affords(self->reader, all))
        fail(self, -EFBIG);
    choose_scale(self, jpeg);
    choose_colours(jpeg);
    jpeg_start_decompress(jpeg);
    int error = reader_begin(self->reader, jpeg->output_width, jpeg->output_height, bits, "JPEG");

    if (error)
        fail(self, error);
    self->begun = true;
    self->row = malloc((size_t)jpeg->output_width * (unsigned)jpeg->output_components);
    self->rgba = malloc((size_t)jpeg->output_width * 4);
    if (!self->row || !self->rgba)
        fail(self, -ENOMEM);
}

/* CMYK of JPEG files is upside down: Adobe's habit. */
static void make_rgba(const struct jpeg *self)
{
    const uint8_t *from = self->row;
    uint8_t *to = self->rgba;
    unsigned parts = (unsigned)self->jpeg.output_components;

    for (uint32_t x = 0; x < self->jpeg.output_width; x++, from += parts, to += 4) {
        for (unsigned i = 0; i < 3; i++) {
            unsigned value = from[parts >= 3 ? i : 0];

            to[i] = (uint8_t)(parts == 4 ? value * from[3] / 255 : value);
        }
        to[3] = 255;
    }
}

static void read_rows(struct jpeg *self)
{
    JSAMPROW row = self->row;

    while (self->jpeg.output_scanline < self->jpeg.output_height) {
        uint32_t y = self->jpeg.output_scanline;

        if (reader_stops(self->reader))
            fail(self, -ECANCELED);
        if (jpeg_read_scanlines(&self->jpeg, &row, 1) != 1)
            fail(self, -EUCLEAN);
        make_rgba(self);
        reader_row(self->reader, y, self->rgba);
    }
}

static bool read_it(struct jpeg *self)
{
    if (setjmp(self->leave))
        return false;
    jpeg_create_decompress(&self->jpeg);
    self->jpeg.src = &self->bytes;
    self->jpeg.progress = &self->progress;
    self->jpeg.mem->max_memory_to_use = (long)(4 * self->reader->most_pixels + (8 << 20));
    begin(self);
    read_rows(self);
    return true;
}

static void set_up(struct jpeg *self)
{
    self->jpeg.err = jpeg_std_error(&self->errors);
    self->errors.error_exit = on_error;
    self->errors.output_message = on_message;
    self->bytes = (struct jpeg_source_mgr){.init_source = on_start,
                                           .fill_input_buffer = on_fill,
                                           .skip_input_data = on_skip,
                                           .resync_to_restart = jpeg_resync_to_restart,
                                           .term_source = on_start};
    self->progress.progress_monitor = on_progress;
    self->reader->source->at = 0;
}

int jpeg_read(struct reader *reader)
{
    struct jpeg *self = calloc(1, sizeof(*self));

    if (!self)
        return -ENOMEM;
    self->reader = reader;
    set_up(self);
    bool whole = read_it(self);
    int error = self->error;

    if (!whole && !error)
        error = self->begun && reader->rows > 0 ? 0 : -EUCLEAN;
    reader_end(reader);
    if (self->begun && !error) {
        struct image *image = reader->image;

        image->damaged = !whole || self->errors.num_warnings > 0;
        image->reduced *= self->jpeg.scale_denom;
        image->full_width = self->jpeg.image_width;
        image->full_height = self->jpeg.image_height;
    }
    jpeg_destroy_decompress(&self->jpeg);
    free(self->row);
    free(self->rgba);
    free(self);
    return error;
}
