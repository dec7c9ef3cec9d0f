/* Fuzz the reader of Windows bitmaps. The input: the file; its sides are taken modulo 1,024, so that time
   goes into what is read and not into how much. */
/* links: user/apps/viewer/source.c user/apps/viewer/reader.c user/apps/viewer/bmp.c */
/* options: -max_len=4096 */
#include <errno.h>

#include "tests/fuzz/fuzz.h"
#include "user/apps/viewer/reader.h"

static void make_small(uint8_t *bytes, size_t size)
{
    if (size < 26)
        return;
    memcpy(bytes, "BM", 2);
    if (bytes[14] == 12) {
        bytes[19] &= 3;
        bytes[21] &= 3;
        return;
    }
    bytes[19] &= 3;
    bytes[20] = bytes[21] = 0;
    if (bytes[25] != 0xFF) { /* not upside down */
        bytes[23] &= 3;
        bytes[24] = bytes[25] = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct source source;
    struct image image = {0};
    uint8_t *copy = exact_copy(bytes, size);
    struct reader reader = {.source = &source, .most_pixels = 65536, .image = &image};

    make_small(copy, size);
    source_of_memory(&source, copy, size);
    int error = bmp_read(&reader);

    reader_end(&reader);
    must(error == 0 || error == -EUCLEAN || error == -EINVAL || error == -ENOTSUP);
    if (error == 0) {
        uint32_t sum = 0;

        must(image.pixels && (uint64_t)image.width * image.height <= 65536);
        for (uint32_t i = 0; i < image.width * image.height; i++) {
            uint32_t alpha = image.pixels[i] >> 24;

            must((image.pixels[i] & 255) <= alpha && (image.pixels[i] >> 16 & 255) <= alpha);
            sum += alpha;
        }
        must(image.alpha || sum == 255 * image.width * image.height);
    }
    image_free(&image);
    free(copy);
    return 0;
}
