/* links: lib/cmdline.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "user/session/session.h"

#define EXITED(status) ((status) << 8)
#define KILLED(signal) (signal)

static void a_screen_and_a_desktop_are_enough(void **state)
{
    (void)state;
    assert_null(session_refuses("", 0, 0));
    assert_null(session_refuses("video=1024x768 desktop=on log=debug safety=1", 0, 0));
    assert_null(session_refuses("desktop desktops=off", 0, 0));
    assert_null(session_refuses("desktop=offside-beyond-any-room", 0, 0));
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    assert_string_equal(session_refuses("", ENOENT, 0), "no framebuffer here");
    assert_string_equal(session_refuses("", ENOENT, ENOENT), "no framebuffer here");
    assert_string_equal(session_refuses("", 0, EACCES), "no /bin/desktop here");
    assert_string_equal(session_refuses("log=debug desktop=off", 0, 0), "desktop=off");
    assert_string_equal(session_refuses("desktop=on desktop='off'", ENOENT, 0), "desktop=off");
    assert_string_equal(session_refuses("safe", ENOENT, 0), "safe mode");
}

static void however_it_ends_it_comes_again(void **state)
{
    struct session_ends ends = {.count = 0};

    (void)state;
    assert_null(session_ended(&ends, EXITED(0), 100));
    assert_null(session_ended(&ends, EXITED(1), 100));
    assert_null(session_ended(&ends, KILLED(11), 100));
    assert_null(session_ended(&ends, KILLED(3), 100)); /* no status 3 */
}

static void but_not_without_a_screen(void **state)
{
    struct session_ends ends = {.count = 0};

    (void)state;
    assert_string_equal(session_ended(&ends, EXITED(3), 1), "no framebuffer here");
    assert_string_equal(session_ended(&ends, EXITED(127), 1), "/bin/desktop cannot be run");
}

static void five_in_a_minute_are_too_many(void **state)
{
    struct session_ends ends = {.count = 0};

    (void)state;
    for (time_t now = 0; now < 4; now++)
        assert_null(session_ended(&ends, KILLED(9), now));
    assert_non_null(session_ended(&ends, KILLED(9), 59));
}

static void slower_ones_are_not(void **state)
{
    struct session_ends ends = {.count = 0};

    (void)state;
    for (time_t i = 0; i < 1000; i++)
        assert_null(session_ended(&ends, KILLED(9), 7 + i * 15));
    assert_non_null(session_ended(&ends, KILLED(9), 7 + 999 * 15 + 14));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_screen_and_a_desktop_are_enough), cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(however_it_ends_it_comes_again), cmocka_unit_test(but_not_without_a_screen),
        cmocka_unit_test(five_in_a_minute_are_too_many), cmocka_unit_test(slower_ones_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
