/* See image.h. */
#include "user/apps/viewer/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/apps/viewer/reader.h"

int image_read(struct source *source, uint64_t most_pixels, bool *stop, struct image *image)
{
    struct reader reader = {.source = source, .most_pixels = most_pixels, .stop = stop, .image = image};
    uint8_t magic[8];
    int error = -EINVAL;

    *image = (struct image){0};
    source_read(source, 0, magic, sizeof(magic));
    if (!memcmp(magic, "\x89PNG\r\n\x1a\n", 8))
        error = png_read(&reader);
    else if (!memcmp(magic, "\xff\xd8\xff", 3))
        error = jpeg_read(&reader);
    else if (!memcmp(magic, "BM", 2))
        error = bmp_read(&reader);
    reader_end(&reader);
    if (error)
        image_free(image);
    return error;
}

int image_load(const char *path, uint64_t most_pixels, bool *stop, struct image *image)
{
    struct source *source = malloc(sizeof(*source));
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), error = fd < 0 ? -errno : 0;
    struct stat about;

    *image = (struct image){0};
    if (!source)
        error = -ENOMEM;
    if (!error && (fstat(fd, &about) || !S_ISREG(about.st_mode)))
        error = -EINVAL;
    if (!error) {
        source_of_file(source, fd);
        error = image_read(source, most_pixels, stop, image);
    }
    if (fd >= 0)
        close(fd);
    free(source);
    return error;
}

const char *image_explain(int error, bool spanish)
{
    static const struct {
        int error;
        const char *english, *spanish;
    } said[] = {
        {EINVAL, "This is not a picture that can be read: PNG, JPEG and BMP can.",
         "No es una imagen que se pueda leer: PNG, JPEG y BMP sí."},
        {EUCLEAN, "The picture is damaged at its beginning.", "La imagen está dañada desde el principio."},
        {EFBIG, "The picture is too large for this machine.",
         "La imagen es demasiado grande para este equipo."},
        {ENOTSUP, "This kind of BMP picture cannot be read.", "Este tipo de imagen BMP no se puede leer."},
        {ENOMEM, "There is not enough memory.", "No hay memoria suficiente."},
    };

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        if (said[i].error == -error)
            return spanish ? said[i].spanish : said[i].english;
    return strerror(-error);
}

bool image_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && (!strcasecmp(dot, ".png") || !strcasecmp(dot, ".jpg") || !strcasecmp(dot, ".jpeg") ||
                   !strcasecmp(dot, ".bmp"));
}
