/* Minesweeper as it is played, by keys and by mouse. Fields are others each time. */
/* links: user/apps/minesweeper/field.c user/libui/libui.a */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/apps/minesweeper/minesweeper.h"
#include "user/libui/headless.h"

static void test_a_new_field_is_shown(void **state)
{
    struct ui_window *window;

    (void)state;
    headless_start("minesweeper", NULL);
    window = minesweeper_open();
    headless_settle();
    headless_compare(window, "user/apps/minesweeper/golden/new.png");
    headless_end();
}

static void test_a_flag_by_key_and_by_mouse(void **state)
{
    struct ui_window *window;

    (void)state;
    headless_start("minesweeper", NULL);
    window = minesweeper_open();
    headless_settle();
    assert_int_equal(strncmp(ui_text(ui_find(window, "mines")), "10 ", 3), 0);
    headless_type("f");
    assert_int_equal(strncmp(ui_text(ui_find(window, "mines")), "9 ", 2), 0);
    struct rect field = ui_area(ui_find(window, "field"));

    headless_click_at(window, field.x + 20, field.y + 20, BUTTON_RIGHT, 1);
    assert_int_equal(strncmp(ui_text(ui_find(window, "mines")), "8 ", 2), 0);
    headless_keys("F2");
    assert_int_equal(strncmp(ui_text(ui_find(window, "mines")), "10 ", 3), 0);
    headless_end();
}

/* Whatever is opened, it ends: won or lost. */
static void test_opening_all_squares_ends_it(void **state)
{
    struct ui_window *window;

    (void)state;
    headless_start("minesweeper", NULL);
    window = minesweeper_open();
    headless_settle();
    struct rect field = ui_area(ui_find(window, "field"));

    for (int y = 10; y < field.h; y += 28)
        for (int x = 10; x < field.w; x += 28)
            headless_click_at(window, field.x + x, field.y + y, BUTTON_LEFT, 1);
    const char *said = ui_text(ui_find(window, "mines"));

    assert_true(strstr(said, "Boom.") || strstr(said, "You won!"));
    headless_end();
}

/* The first square is none of a mine. */
static void test_the_clock_runs_while_it_is_played(void **state)
{
    struct ui_window *window;
    const char *time;

    (void)state;
    headless_start("minesweeper", NULL);
    window = minesweeper_open();
    headless_settle();
    time = ui_text(ui_find(window, "time"));
    headless_advance(5000);
    assert_string_equal(time, "0 s");
    headless_keys("Space");
    if (!strstr(ui_text(ui_find(window, "mines")), "!")) { /* else that was all */
        headless_advance(3100);
        assert_string_equal(ui_text(ui_find(window, "time")), "3 s");
    }
    headless_keys("F2");
    assert_string_equal(ui_text(ui_find(window, "time")), "0 s");
    headless_commits();
    headless_advance(5000);
    assert_int_equal(headless_commits(), 0);
    headless_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_field_is_shown),
        cmocka_unit_test(test_a_flag_by_key_and_by_mouse),
        cmocka_unit_test(test_opening_all_squares_ends_it),
        cmocka_unit_test(test_the_clock_runs_while_it_is_played),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
