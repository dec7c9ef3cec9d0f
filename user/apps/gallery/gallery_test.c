/* The gallery's pages as they are to look: golden pictures, in themes, sizes and languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/apps/gallery/gallery.h"
#include "user/libui/headless.h"

/* links: user/libui/libui.a */

#define GOLDEN "user/apps/gallery/golden/"

static struct gallery gallery;

static void open_gallery(const char *theme, const char *language, int scale)
{
    struct headless_options options = {.theme = theme, .language = language, .scale = scale, .width = 1920,
                                       .height = 1080};
    struct theme of_it;

    /* As the desktop does: the pictures are compared with its screen too (tests/system/test_gallery.py). */
    theme_folder("user/draw/themes");
    assert_int_equal(theme_load(&of_it, theme, NULL), 0);
    options.accent = of_it.accent;
    headless_start("gallery", &options);
    assert_true(gallery_open(&gallery));
    headless_settle();
}

static void compare_pages(const char *name)
{
    static const char *const pages[] = {"controls", "table", "files", "text", "more"};
    char path[128];

    for (unsigned i = 0; i < 5; i++) {
        if (i > 0)
            headless_keys("Ctrl+PgDn");
        if (i == 1)
            headless_click_at(NULL, ui_scale() * 2, ui_scale() * 3, BUTTON_LEFT, 1);
        if (i == 3) {
            headless_click_at(NULL, 120 * ui_scale() / 100, 200 * ui_scale() / 100, BUTTON_LEFT, 1);
            headless_keys("Shift+Down");
        }
        snprintf(path, sizeof(path), GOLDEN "%s-%s.png", name, pages[i]);
        headless_compare(NULL, path);
    }
    headless_keys("Ctrl+PgDn");
    assert_int_equal(ui_value(gallery.tabs), 0); /* round */
}

static void dark(void **state)
{
    (void)state;
    open_gallery("dark", "en", 100);
    compare_pages("dark");
    headless_end();
}

static void light_and_large(void **state)
{
    (void)state;
    open_gallery("light", "es", 150);
    compare_pages("light");
    headless_end();
}

static void menus_and_questions(void **state)
{
    (void)state;
    open_gallery("dark", "en", 100);
    headless_keys("Alt+F");
    headless_compare(headless_popup(), GOLDEN "menu.png");
    headless_keys("Esc");
    headless_keys("Ctrl+Del");
    headless_compare(NULL, GOLDEN "confirm.png");
    headless_keys("Enter");
    assert_string_equal(ui_text(gallery.status), "→ yes");
    headless_keys("F2");
    headless_compare(NULL, GOLDEN "ask.png");
    headless_type("new.c\n");
    assert_string_equal(ui_text(gallery.status), "→ new.c");
    headless_keys("Tab");
    headless_keys("Tab");
    headless_compare(NULL, GOLDEN "focus.png");
    headless_end();
}

static void is_used(void **state)
{
    (void)state;
    open_gallery("contrast", "en", 100);
    headless_click(NULL, "Accent");
    headless_click(NULL, "undo");
    assert_string_equal(ui_text(gallery.status), "Pressed 2 times");
    headless_click(NULL, "Unchecked");
    assert_string_equal(ui_text(gallery.status), "Unchecked: 1");
    headless_keys("F10");
    headless_type("mn"); /* More, Notify */
    assert_string_equal(headless_notified(), "Gallery: This is a notification.");
    headless_keys("Ctrl+PgDn");
    headless_keys("Tab");
    headless_keys("Ctrl+A");
    assert_string_equal(ui_text(gallery.status), "10000 selected");
    headless_keys("Ctrl+W");
    assert_null(headless_top());
    headless_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dark), cmocka_unit_test(light_and_large), cmocka_unit_test(menus_and_questions),
        cmocka_unit_test(is_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
