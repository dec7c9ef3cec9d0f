/* PNG files of pictures, for tests on the host (libpng's simplified interface, png.h). */
#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "user/libui/picture.h"

int picture_write(const char *path, const struct canvas *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = (png_uint_32)picture->width,
                       .height = (png_uint_32)picture->height, .format = PNG_FORMAT_BGR};
    unsigned char *bytes = malloc((size_t)picture->width * (size_t)picture->height * 3 + 1), *to = bytes;
    int written;

    if (!bytes)
        return -ENOMEM;
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            const uint32_t pixel = picture->pixels[(ptrdiff_t)y * picture->stride + x];

            *to++ = (unsigned char)pixel;
            *to++ = (unsigned char)(pixel >> 8);
            *to++ = (unsigned char)(pixel >> 16);
        }
    written = png_image_write_to_file(&image, path, 0, bytes, 0, NULL);
    free(bytes);
    return written ? 0 : -EIO;
}

int picture_read(const char *path, struct canvas *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint32_t *pixels;

    if (!png_image_begin_read_from_file(&image, path))
        return -ENOENT;
    image.format = PNG_FORMAT_BGRA;
    pixels = malloc(PNG_IMAGE_SIZE(image) + 1);
    if (!pixels || !png_image_finish_read(&image, NULL, pixels, 0, NULL)) {
        png_image_free(&image);
        free(pixels);
        return pixels ? -EINVAL : -ENOMEM;
    }
    *picture = canvas_of(pixels, (int)image.width, (int)image.height, (int)image.width);
    return 0;
}
