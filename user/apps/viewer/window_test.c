/* links: user/apps/viewer/load.c user/apps/viewer/view.c user/apps/viewer/image.c */
/* links: user/apps/viewer/source.c */
/* links: user/apps/viewer/reader.c user/apps/viewer/bmp.c user/apps/viewer/png.c user/apps/viewer/jpeg.c */
/* links: user/apps/files/path.c user/apps/files/folder.c user/apps/files/types.c user/libui/libui.a */
/* The viewer's window, on pictures made here. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <png.h>

#include "user/apps/viewer/load.h"
#include "user/apps/viewer/viewer.h"
#include "user/libui/headless.h"

static struct viewer *viewer;
static char home[64];

static const char *at(const char *name)
{
    static char made[128];

    snprintf(made, sizeof(made), "%s%s%s", home, *name ? "/" : "", name);
    return made;
}

static void make_picture(const char *path, unsigned width, unsigned height, bool clear)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGBA};
    uint8_t *bytes = calloc(width * height, 4);

    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++) {
            uint8_t *at = bytes + 4 * (y * width + x);
            int dx = (int)x - (int)width / 3, dy = (int)y - (int)height / 2, r = (int)height / 3;
            bool sun = dx * dx + dy * dy < r * r;

            at[0] = (uint8_t)(sun ? 255 : 40 + 120 * x / width);
            at[1] = (uint8_t)(sun ? 190 : 90 + 60 * y / height);
            at[2] = (uint8_t)(sun ? 80 : 200 - 80 * y / height);
            at[3] = (uint8_t)(clear && !sun ? 90 : 255);
        }
    assert_true(png_image_write_to_file(&image, path, 0, bytes, 0, NULL));
    free(bytes);
}

static void settle(void)
{
    headless_settle();
    while (load_count() > 0) {
        sched_yield();
        headless_settle();
    }
}

static void start(void)
{
    FILE *file;

    strcpy(home, "/tmp/fastos-viewer-XXXXXX");
    assert_non_null(mkdtemp(home));
    make_picture(at("a.png"), 400, 300, false);
    make_picture(at("b2.png"), 3000, 200, false);
    make_picture(at("b10.png"), 64, 64, true);
    file = fopen(at("c.png"), "w");
    assert_non_null(file);
    fputs("\x89PNG\r\n\x1a\nnothing", file);
    fclose(file);
    file = fopen(at("z.txt"), "w");
    assert_non_null(file);
    fclose(file);
    headless_start("viewer", NULL);
    viewer = viewer_open(at("a.png"));
    assert_non_null(viewer);
    settle();
}

static int end(void **state)
{
    char command[80];

    (void)state;
    ui_window_close(viewer_window(viewer));
    settle();
    headless_end();
    snprintf(command, sizeof(command), "rm -rf %s", home);
    return system(command);
}

static const char *title(void)
{
    return ui_window_title(viewer_window(viewer));
}

static void test_looks(void **state)
{
    (void)state;
    start();
    assert_string_equal(title(), "a.png — Images");
    headless_compare(viewer_window(viewer), "user/apps/viewer/golden/picture.png");
    headless_keys("R");
    headless_type("+");
    headless_compare(viewer_window(viewer), "user/apps/viewer/golden/turned.png");
}

static void test_next_and_previous(void **state)
{
    (void)state;
    start();
    headless_keys("Right");
    settle();
    assert_string_equal(title(), "b2.png — Images"); /* before b10 */
    headless_keys("PgDn");
    settle();
    assert_string_equal(title(), "b10.png — Images");
    for (int i = 0; i < 8; i++)
        headless_type("+");
    headless_compare(viewer_window(viewer), "user/apps/viewer/golden/alpha.png");
    headless_keys("Right");
    settle();
    assert_string_equal(title(), "c.png — Images");
    headless_compare(viewer_window(viewer), "user/apps/viewer/golden/damaged.png");
    headless_keys("Right");
    headless_keys("Left");
    headless_keys("Left"); /* faster than they can be read */
    settle();
    assert_string_equal(title(), "b10.png — Images");
}

static void test_mouse(void **state)
{
    char uri[160];

    (void)state;
    start();
    headless_move(viewer_window(viewer), 200, 200);
    headless_wheel(viewer_window(viewer), 5);
    headless_drag(viewer_window(viewer), 300, 200, 250, 150);
    headless_wheel(viewer_window(viewer), -20);
    headless_keys("0");
    headless_compare(viewer_window(viewer), "user/apps/viewer/golden/picture.png");
    headless_keys("F");
    headless_keys("Esc");
    headless_keys("I");
    assert_true(headless_top() != viewer_window(viewer));
    headless_keys("Esc");
    snprintf(uri, sizeof(uri), "file://%s\r\n", at("b2.png"));
    headless_drop(viewer_window(viewer), 100, 100, "text/uri-list", uri, UI_COPY);
    settle();
    assert_string_equal(title(), "b2.png — Images");
}

static void test_a_folder_and_nothing(void **state)
{
    (void)state;
    start();
    struct viewer *other = viewer_open(home);

    settle();
    assert_string_equal(ui_window_title(viewer_window(other)), "a.png — Images");
    ui_window_close(viewer_window(other));
    other = viewer_open(NULL);
    settle();
    headless_keys("Right");
    headless_keys("R");
    headless_keys("I");
    ui_window_close(viewer_window(other));
    other = viewer_open("/nowhere/x.png");
    ui_window_close(viewer_window(other)); /* while it is read */
    settle();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, NULL, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_looks), CASE(test_next_and_previous), CASE(test_mouse), CASE(test_a_folder_and_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
