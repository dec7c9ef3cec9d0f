/* links: user/apps/screenshot/name.c user/draw/canvas.c user/draw/rect.c */
/* links: user/apps/viewer/image.c user/apps/viewer/reader.c user/apps/viewer/source.c */
/* links: user/apps/viewer/png.c */
/* links: user/apps/viewer/jpeg.c user/apps/viewer/bmp.c */
/* What is written is read again, by the viewer's reader. */
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

#include "user/apps/screenshot/name.h"
#include "user/apps/screenshot/png_write.h"
#include "user/apps/viewer/image.h"

static void test_written_and_read(void **state)
{
    char folder[] = "/tmp/screenshot-test-XXXXXX", path[64];
    uint32_t pixels[40 * 30];
    struct canvas picture = canvas_of(pixels, 37, 30, 40);
    struct image image;

    (void)state;
    for (int i = 0; i < 40 * 30; i++)
        pixels[i] = (uint32_t)i * 0x01030507u; /* whatever alpha says, it is opaque */
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/a.png", folder);
    assert_int_equal(png_write_file(path, &picture), 0);
    assert_int_equal(png_write_file(path, &picture), -EEXIST);
    assert_int_equal(image_load(path, 1 << 20, NULL, &image), 0);
    assert_int_equal(image.width * 100 + image.height, 3730);
    for (uint32_t y = 0; y < 30; y++)
        for (uint32_t x = 0; x < 37; x++)
            assert_int_equal(image.pixels[y * 37 + x], 0xFF000000u | (pixels[y * 40 + x] & 0xFFFFFF));
    image_free(&image);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else lies there */
    assert_int_equal(png_write_file(path, &picture), -ENOENT);
}

static void test_names(void **state)
{
    char home[] = "/tmp/screenshot-test-XXXXXX", wanted[128];
    struct tm when = {.tm_year = 126, .tm_mon = 10, .tm_mday = 23, .tm_hour = 9, .tm_min = 5, .tm_sec = 7};

    (void)state;
    assert_non_null(mkdtemp(home));
    for (unsigned number = 1; number < 3; number++) {
        char *name = screenshot_name(home, &when, number);

        snprintf(wanted, sizeof(wanted), "%s/Pictures/screenshot-20261123-090507%s.png", home,
                 number == 2 ? "-2" : "");
        assert_string_equal(name, wanted);
        free(name);
    }
    snprintf(wanted, sizeof(wanted), "%s/Pictures", home);
    assert_int_equal(rmdir(wanted), 0);
    assert_int_equal(rmdir(home), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_written_and_read), cmocka_unit_test(test_names)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
