/* The falling blocks as they are played. */
/* links: user/apps/blocks/game.c user/libui/libui.a */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/apps/blocks/blocks.h"
#include "user/libui/headless.h"

static const char *text(struct ui_window *window, const char *name)
{
    return ui_text(ui_find(window, name));
}

static void test_it_is_played_and_ends(void **state)
{
    struct ui_window *window;

    (void)state;
    headless_start("blocks", NULL);
    window = blocks_open();
    headless_settle();
    assert_string_equal(text(window, "state"), "");
    headless_type(" ");
    int score = atoi(text(window, "score"));

    assert_true(score > 0);
    headless_commits();
    headless_advance(900); /* it falls by itself */
    assert_true(headless_commits() > 0);
    for (int i = 0; i < 60; i++)
        headless_type(" ");
    assert_string_equal(text(window, "state"), "Game over");
    headless_keys("F2");
    assert_string_equal(text(window, "state"), "");
    assert_string_equal(text(window, "score"), "0");
    headless_end();
}

static void test_nothing_falls_in_a_pause(void **state)
{
    struct ui_window *window;

    (void)state;
    headless_start("blocks", NULL);
    window = blocks_open();
    headless_settle();
    headless_type("p");
    assert_string_equal(text(window, "state"), "Paused");
    headless_commits();
    headless_advance(5000);
    assert_int_equal(headless_commits(), 0);
    headless_type("p");
    headless_advance(1000);
    assert_true(headless_commits() > 0);
    headless_end();
}

static void test_the_button_pauses_and_goes_on(void **state)
{
    struct ui_window *window;

    (void)state;
    headless_start("blocks", NULL);
    window = blocks_open();
    headless_settle();
    headless_click(window, "pause");
    assert_string_equal(text(window, "state"), "Paused");
    headless_click(window, "pause");
    assert_string_equal(text(window, "state"), "");
    headless_type("p"); /* the keys are the game's */
    assert_string_equal(text(window, "state"), "Paused");
    headless_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_button_pauses_and_goes_on),
        cmocka_unit_test(test_it_is_played_and_ends),
        cmocka_unit_test(test_nothing_falls_in_a_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
