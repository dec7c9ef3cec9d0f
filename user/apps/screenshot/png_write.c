/*
 * See png_write.h; libpng-manual.txt, IV "Writing". The file has a temporary name beside its own until it is
 * whole and on the disk.
 */
#include "user/apps/screenshot/png_write.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <png.h>

struct writing {
    int fd;
    int error;
    png_structp png;
    png_infop info;
    uint8_t *row;
};

static void on_bytes(png_structp png, png_bytep bytes, size_t size)
{
    struct writing *writing = png_get_io_ptr(png);

    while (size > 0) {
        ssize_t written = write(writing->fd, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            writing->error = written < 0 ? -errno : -EIO;
            png_error(png, "the file cannot be written");
        }
        bytes += written;
        size -= (size_t)written;
    }
}

static void on_flush(png_structp png)
{
    (void)png;
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

static void make_row(const struct canvas *picture, int y, uint8_t *to)
{
    const uint32_t *from = picture->pixels + (ptrdiff_t)y * picture->stride;

    for (int x = 0; x < picture->width; x++) {
        *to++ = (uint8_t)(from[x] >> 16);
        *to++ = (uint8_t)(from[x] >> 8);
        *to++ = (uint8_t)from[x];
    }
}

/* Little effort for a smaller file: a screen's flat colours pack well all the same, and nobody likes to wait.
 */
static bool write_it(struct writing *writing, const struct canvas *picture)
{
    if (setjmp(png_jmpbuf(writing->png)))
        return false;
    png_set_write_fn(writing->png, writing, on_bytes, on_flush);
    png_set_compression_level(writing->png, 3);
    png_set_IHDR(writing->png, writing->info, (png_uint_32)picture->width, (png_uint_32)picture->height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(writing->png, writing->info);
    for (int y = 0; y < picture->height; y++) {
        make_row(picture, y, writing->row);
        png_write_row(writing->png, writing->row);
    }
    png_write_end(writing->png, NULL);
    return true;
}

static int write_picture(int fd, const struct canvas *picture)
{
    struct writing writing = {.fd = fd};

    writing.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    writing.info = writing.png ? png_create_info_struct(writing.png) : NULL;
    writing.row = malloc((size_t)picture->width * 3 + 1);
    bool good = writing.info && writing.row && write_it(&writing, picture);

    png_destroy_write_struct(&writing.png, &writing.info);
    free(writing.row);
    if (good)
        return 0;
    return writing.error ? writing.error : -ENOMEM;
}

int png_write_file(const char *path, const struct canvas *picture)
{
    char *aside;
    int error = 0;

    if (asprintf(&aside, "%s.part-%d", path, (int)getpid()) < 0)
        return -ENOMEM;
    int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0)
        error = -errno;
    if (!error) {
        error = write_picture(fd, picture);
        if (fsync(fd) && !error)
            error = -errno;
        if (close(fd) && !error)
            error = -errno;
        if (!error && link(aside, path)) /* replaces nothing, as a rename would */
            error = -errno;
        (void)unlink(aside);
    }
    free(aside);
    return error;
}
