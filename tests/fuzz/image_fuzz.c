/* Fuzz the loader of pictures as a whole: PNG, JPEG, BMP by their first bytes, through libpng and libjpeg. */
/* links: user/apps/viewer/source.c user/apps/viewer/reader.c user/apps/viewer/bmp.c user/apps/viewer/png.c */
/* links: user/apps/viewer/jpeg.c user/apps/viewer/image.c */
/* options: -max_len=4096 */
#include <errno.h>

#include "tests/fuzz/fuzz.h"
#include "user/apps/viewer/image.h"

#define SIDE 2048u

static unsigned rd16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* A large picture of few bytes takes its time and shows nothing new. */
static int is_large(const uint8_t *bytes, size_t size)
{
    if (size > 24 && bytes[0] == 0x89)
        return rd16(bytes + 16) | rd16(bytes + 20) || rd16(bytes + 18) > SIDE || rd16(bytes + 22) > SIDE;
    if (size > 26 && bytes[0] == 'B')
        return bytes[14] != 12 &&
               (bytes[20] || bytes[21] || bytes[19] > 8 || (bytes[23] > 8 && bytes[25] == 0));
    for (size_t i = 2; size > 9 && i < size - 9; i++)
        if (bytes[i] == 0xFF && (bytes[i + 1] & 0xF0) == 0xC0 && rd16(bytes + i + 5) > SIDE)
            return 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct source source;
    struct image image;
    uint8_t *copy = exact_copy(bytes, size);

    if (!is_large(bytes, size)) {
        source_of_memory(&source, copy, size);
        int error = image_read(&source, 65536, NULL, &image);

        must(error == 0 || error == -EUCLEAN || error == -EINVAL || error == -ENOTSUP || error == -EFBIG);
        must((error == 0) == (image.pixels != NULL));
        must((uint64_t)image.width * image.height <= 65536);
        image_free(&image);
    }
    free(copy);
    return 0;
}
