/* links: user/apps/viewer/source.c user/apps/viewer/reader.c user/apps/viewer/bmp.c user/apps/viewer/png.c */
/* links: user/apps/viewer/jpeg.c */
/* Pictures of all kinds are made here and read again, whole, damaged, cut short, and with lying headers. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <jpeglib.h>
#include <png.h>

#include "user/apps/viewer/image.h"

#define MANY (1u << 24)

static uint8_t bytes[1 << 20];
static size_t size;

static int read_bytes(uint64_t most, struct image *image)
{
    static struct source source;

    source_of_memory(&source, bytes, size);
    return image_read(&source, most, NULL, image);
}

static uint32_t pixel(const struct image *image, uint32_t x, uint32_t y)
{
    assert_true(x < image->width && y < image->height);
    return image->pixels[y * image->width + x];
}

/* ---- BMP ----------------------------------------------------------------------------------------------- */

static void put16(size_t at, unsigned value)
{
    bytes[at] = (uint8_t)value;
    bytes[at + 1] = (uint8_t)(value >> 8);
}

static void put32(size_t at, uint32_t value)
{
    put16(at, value & 0xFFFF);
    put16(at + 2, value >> 16);
}

/* Headers of a bitmap whose pixels begin at `pixels`. */
static void bmp(uint32_t width, uint32_t height, unsigned bits, uint32_t compression, size_t pixels)
{
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, "BM", 2);
    put32(10, (uint32_t)pixels);
    put32(14, 40);
    put32(18, width);
    put32(22, height);
    put16(26, 1);
    put16(28, bits);
    put32(30, compression);
    size = pixels;
}

static void add(const void *what, size_t count)
{
    memcpy(bytes + size, what, count);
    size += count;
}

static void palette(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put32(54 + 4 * i, i * 0x010203u);
}

static void test_bmp_24(void **state)
{
    struct image image;

    (void)state;
    bmp(2, 2, 24, 0, 54);
    add("\1\2\3\4\5\6\0\0" "\7\10\11\12\13\14\0\0", 16);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(image.width * 10 + image.height, 22);
    assert_int_equal(pixel(&image, 0, 1), 0xFF030201); /* the lowest row is the first */
    assert_int_equal(pixel(&image, 1, 0), 0xFF0C0B0A);
    assert_false(image.alpha || image.damaged);
    image_free(&image);
    put32(22, (uint32_t)-2);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0xFF030201);
    image_free(&image);
    size -= 9;
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_true(image.damaged);
    image_free(&image);
    size = 54;
    assert_int_equal(read_bytes(MANY, &image), -EUCLEAN);
}

static void test_bmp_palettes(void **state)
{
    struct image image;

    (void)state;
    bmp(10, 1, 1, 0, 54 + 8);
    palette(2);
    add("\x80\x40\0\0", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0xFF010203);
    assert_int_equal(pixel(&image, 1, 0), 0xFF000000);
    assert_int_equal(pixel(&image, 9, 0), 0xFF010203);
    image_free(&image);
    bmp(3, 1, 4, 0, 54 + 64);
    palette(16);
    add("\x1F\x20\0\0", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 1, 0), 0xFF000000 + 15 * 0x010203);
    assert_int_equal(pixel(&image, 2, 0), 0xFF000000 + 2 * 0x010203);
    image_free(&image);
    bmp(1, 1, 8, 0, 54 + 1024);
    put32(46, 100000); /* more colours than there can be */
    palette(64);
    add("\x3F\0\0\0", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0xFF000000 + 63 * 0x010203);
    image_free(&image);
}

static void test_bmp_masks(void **state)
{
    struct image image;

    (void)state;
    bmp(2, 1, 16, 0, 54);
    add("\xFF\x7F\x1F\0", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0xFFFFFFFF);
    assert_int_equal(pixel(&image, 1, 0), 0xFF0000FF);
    image_free(&image);
    bmp(2, 1, 16, 3, 66);
    put32(54, 0xF800);
    put32(58, 0x07E0);
    put32(62, 0x001F);
    add("\x00\xF8\xE0\x07", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0xFFFF0000);
    assert_int_equal(pixel(&image, 1, 0), 0xFF00FF00);
    image_free(&image);
    bmp(1, 1, 32, 3, 14 + 108);
    put32(14, 108);
    put32(54, 0xFF);
    put32(58, 0xFF00);
    put32(62, 0xFF0000);
    put32(66, 0xFF000000);
    add("\xFF\0\0\x80", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0x80800000);
    assert_true(image.alpha);
    image_free(&image);
}

static void test_bmp_runs(void **state)
{
    struct image image;

    (void)state;
    bmp(4, 3, 8, 1, 54 + 1024);
    palette(256);
    add("\3\5\1\6\0\0" "\0\2\1\1" "\0\3\7\10\11\0" "\0\1", 18);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 2, 2), 0xFF000000 + 5 * 0x010203);
    assert_int_equal(pixel(&image, 3, 2), 0xFF000000 + 6 * 0x010203);
    assert_int_equal(pixel(&image, 0, 1), 0); /* jumped over */
    assert_int_equal(pixel(&image, 0, 0), 0xFF000000);
    assert_int_equal(pixel(&image, 3, 0), 0xFF000000 + 9 * 0x010203);
    assert_false(image.damaged);
    image_free(&image);
    size -= 10;
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_true(image.damaged);
    image_free(&image);
    bmp(5, 1, 4, 2, 54 + 64);
    palette(16);
    add("\5\x12\0\1", 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 0, 0), 0xFF010203);
    assert_int_equal(pixel(&image, 3, 0), 0xFF020406);
    image_free(&image);
    bmp(5, 1, 8, 1, 54); /* runs beyond the line and the picture */
    add("\xFF\1\xFF\1\0\0\xFF\1\0\2\xFF\xFF\xFF\1\0\xFE", 16);
    assert_int_equal(read_bytes(MANY, &image), 0);
    image_free(&image);
}

static void is_refused(size_t at, uint32_t value, int error)
{
    struct image image;

    bmp(2, 2, 24, 0, 54);
    add("................", 16);
    put32(at, value);
    assert_int_equal(read_bytes(MANY, &image), error);
    assert_null(image.pixels);
}

static void test_bmp_headers_that_lie(void **state)
{
    (void)state;
    is_refused(18, 0, -EINVAL);
    is_refused(18, 65536, -EINVAL);
    is_refused(18, 0x80000000, -EINVAL);
    is_refused(22, 0x80000000, -EINVAL);
    is_refused(22, 0, -EINVAL);
    is_refused(14, 41 + 200, -EUCLEAN);
    is_refused(14, 13, -EUCLEAN);
    is_refused(14, 0xFFFFFFFF, -EUCLEAN);
    is_refused(10, 20, -EUCLEAN);
    is_refused(10, 0xFFFFFFFF, -EUCLEAN); /* pixels behind the end */
    is_refused(28, 7, -ENOTSUP);
    is_refused(30, 4, -ENOTSUP);
    is_refused(30, 1, -ENOTSUP);
}

static void test_a_huge_bmp_is_made_smaller(void **state)
{
    struct image image;

    (void)state;
    bmp(65535, 65535, 1, 0, 62);
    size += 65536;
    assert_int_equal(read_bytes(1 << 20, &image), -EFBIG);
    bmp(65535, 4096, 1, 0, 62);
    size += 163840; /* twenty rows of it, all of the first colour */
    put32(54, 0x102030);
    assert_int_equal(read_bytes(1 << 20, &image), 0);
    assert_true((uint64_t)image.width * image.height <= 1 << 20);
    assert_int_equal(image.full_width, 65535);
    assert_int_equal(image.reduced, 16);
    assert_int_equal(pixel(&image, 0, image.height - 1) >> 24, 255);
    assert_int_equal(pixel(&image, 5, 0), 0);
    assert_true(image.damaged && image.alpha);
    image_free(&image);
    bmp(3, 3, 24, 0, 54);
    size += 36;
    memset(bytes + 54, 100, 36);
    assert_int_equal(read_bytes(1, &image), 0); /* a bound that is too small is not taken at its word */
    assert_int_equal(image.width, 3);
    image_free(&image);
}

/* ---- PNG ----------------------------------------------------------------------------------------------- */

static void png_add(png_structp png, png_bytep from, size_t count)
{
    (void)png;
    assert_true(size + count <= sizeof(bytes));
    add(from, count);
}

static void png_nothing(png_structp png)
{
    (void)png;
}

/* A picture whose pixel (x, y) is (x, y, x + y), alpha 255 - x where it has some. */
static void make_png(uint32_t width, uint32_t height, int type, int depth, bool interlaced)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    int passes = 1, parts = type == PNG_COLOR_TYPE_RGB_ALPHA ? 4 : type == PNG_COLOR_TYPE_RGB ? 3 : 1;
    uint8_t *row = calloc(width, 8);

    size = 0;
    png_set_write_fn(png, NULL, png_add, png_nothing);
    png_set_IHDR(png, info, width, height, depth, type, interlaced, 0, 0);
    png_write_info(png, info);
    if (interlaced)
        passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) {
            for (uint32_t x = 0; x < width; x++) {
                uint8_t colours[4] = {(uint8_t)x, (uint8_t)y, (uint8_t)(x + y), (uint8_t)(255 - x)};

                for (int part = 0; part < parts; part++)
                    row[(x * (unsigned)parts + (unsigned)part) * (unsigned)depth / 8] = colours[part];
            }
            png_write_row(png, row);
        }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
}

static void test_png_kinds(void **state)
{
    struct image image;

    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        make_png(40, 30, PNG_COLOR_TYPE_RGB, 8, interlaced);
        assert_int_equal(read_bytes(MANY, &image), 0);
        assert_int_equal(pixel(&image, 39, 29), 0xFF271D44);
        assert_false(image.alpha || image.damaged);
        image_free(&image);
    }
    make_png(200, 3, PNG_COLOR_TYPE_RGB_ALPHA, 8, false);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 100, 2), 0x9B3D013E); /* multiplied */
    assert_true(image.alpha);
    image_free(&image);
    make_png(40, 30, PNG_COLOR_TYPE_GRAY, 16, false);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_int_equal(pixel(&image, 7, 3), 0xFF070707);
    image_free(&image);
    make_png(400, 300, PNG_COLOR_TYPE_RGB, 8, false);
    assert_int_equal(read_bytes(1, &image), 0);
    assert_int_equal(image.reduced, 2);
    assert_int_equal(pixel(&image, 1, 1), 0xFF030305);
    image_free(&image);
    make_png(400, 300, PNG_COLOR_TYPE_RGB, 8, true);
    assert_int_equal(read_bytes(1, &image), -EFBIG);
}

static void check_read(struct image *image)
{
    int error = read_bytes(65536, image);

    assert_true(error == 0 || error == -EUCLEAN || error == -EINVAL || error == -EFBIG || error == -ENOTSUP);
    assert_true((error == 0) == (image->pixels != NULL));
    image_free(image);
}

static void test_png_damaged(void **state)
{
    struct image image;
    size_t whole;

    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        make_png(40, 30, PNG_COLOR_TYPE_RGB, 8, interlaced);
        whole = size;
        for (size_t i = 0; i < whole; i++) {
            bytes[i] ^= 0x55;
            check_read(&image);
            bytes[i] ^= 0x55;
        }
        for (size = 0; size < whole; size++)
            check_read(&image);
    }
    make_png(40, 30, PNG_COLOR_TYPE_RGB, 8, false);
    memset(bytes + size * 3 / 4, 0, size / 4);
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_true(image.damaged);
    assert_int_equal(pixel(&image, 1, 0), 0xFF010001);
    image_free(&image);
}

/* ---- JPEG ---------------------------------------------------------------------------------------------- */

static void make_jpeg(unsigned width, unsigned height, bool progressive, J_COLOR_SPACE space)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned long written = 0;
    unsigned parts = space == JCS_GRAYSCALE ? 1 : space == JCS_CMYK ? 4 : 3;
    unsigned char *made = NULL, *row = malloc(width * 4);

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &made, &written);
    jpeg.image_width = width;
    jpeg.image_height = height;
    jpeg.input_components = (int)parts;
    jpeg.in_color_space = space;
    jpeg_set_defaults(&jpeg);
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < height) {
        memset(row, (int)(jpeg.next_scanline / 2), width * 4);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    size = 0;
    add(made, written);
    free(made);
    free(row);
}

static void test_jpeg_kinds(void **state)
{
    static const J_COLOR_SPACE spaces[] = {JCS_RGB, JCS_GRAYSCALE, JCS_CMYK};
    struct image image;

    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        make_jpeg(60, 200, kind % 2, spaces[kind / 2]);
        assert_int_equal(read_bytes(MANY, &image), 0);
        assert_int_equal(image.width * 1000 + image.height, 60200);
        unsigned want = kind / 2 == 2 ? 80 * 80 / 255 : 80;

        assert_in_range(pixel(&image, 30, 160) & 255, want - 4, want + 4);
        assert_false(image.damaged);
        image_free(&image);
    }
    make_jpeg(1200, 800, false, JCS_RGB);
    assert_int_equal(read_bytes(65536, &image), 0);
    assert_true(image.width * image.height <= 65536);
    assert_int_equal(image.full_width, 1200);
    assert_in_range(image.reduced * image.width, 1200, 1208);
    image_free(&image);
    make_jpeg(1200, 800, true, JCS_RGB);
    assert_int_equal(read_bytes(65536, &image), -EFBIG);
}

static void test_jpeg_damaged(void **state)
{
    struct image image;
    size_t whole;

    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        make_jpeg(48, 48, progressive, JCS_RGB);
        whole = size;
        for (size_t i = 0; i < whole; i++) {
            bytes[i] ^= 0x55;
            check_read(&image);
            bytes[i] ^= 0x55;
        }
        for (size = 0; size < whole; size++)
            check_read(&image);
    }
    make_jpeg(60, 400, false, JCS_RGB);
    size = size * 3 / 4;
    assert_int_equal(read_bytes(MANY, &image), 0);
    assert_true(image.damaged);
    image_free(&image);
}

/* ---- files --------------------------------------------------------------------------------------------- */

static void test_files(void **state)
{
    char path[] = "/tmp/image-test-XXXXXX";
    bool stop = true;
    struct image image;
    int fd = mkstemp(path);

    (void)state;
    make_png(400, 300, PNG_COLOR_TYPE_RGB, 8, false);
    assert_true(write(fd, bytes, size) == (ssize_t)size);
    close(fd);
    assert_int_equal(image_load(path, MANY, NULL, &image), 0);
    assert_int_equal(pixel(&image, 255, 255), 0xFFFFFFFE);
    image_free(&image);
    assert_int_equal(image_load(path, MANY, &stop, &image), -ECANCELED);
    unlink(path);
    assert_int_equal(image_load(path, MANY, NULL, &image), -ENOENT);
    assert_int_equal(image_load("/dev/zero", MANY, NULL, &image), -EINVAL);
    assert_int_equal(image_load("/", MANY, NULL, &image), -EINVAL);
    assert_true(image_name("a.JPG") && image_name("b.c.bmp"));
    assert_false(image_name("png") || image_name("a.txt"));
    assert_string_not_equal(image_explain(-EFBIG, true), image_explain(-EFBIG, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bmp_24),
        cmocka_unit_test(test_bmp_palettes),
        cmocka_unit_test(test_bmp_masks),
        cmocka_unit_test(test_bmp_runs),
        cmocka_unit_test(test_bmp_headers_that_lie),
        cmocka_unit_test(test_a_huge_bmp_is_made_smaller),
        cmocka_unit_test(test_png_kinds),
        cmocka_unit_test(test_png_damaged),
        cmocka_unit_test(test_jpeg_kinds),
        cmocka_unit_test(test_jpeg_damaged),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
