/* The toolkit as programs use it, with the tests' display server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/libui/headless.h"

/* links: user/libui/libui.a */

static void count(struct widget *widget, void *context)
{
    (void)widget;
    ++*(int *)context;
}

static void a_button_is_pressed(void **state)
{
    struct ui_window *window;
    struct widget *button;
    int clicks = 0;

    (void)state;
    headless_start("hello", NULL);
    window = ui_window("Hello", 200, 100);
    button = ui_button(ui_window_content(window), "&Greet", count, &clicks);
    ui_window_show(window);
    headless_click(window, "Greet");
    assert_int_equal(clicks, 1);
    headless_keys("Enter");
    headless_keys("Space");
    headless_keys("Alt+G");
    assert_int_equal(clicks, 4);
    ui_set_enabled(button, false);
    headless_click(window, "Greet");
    headless_keys("Alt+G");
    assert_int_equal(clicks, 4);
    headless_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_button_is_pressed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
