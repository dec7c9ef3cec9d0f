/* The 16-bit counter as a clock: around and around, and with a guess that is off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kernel/core/time/pit_clock.h"

static void around_once(void **state)
{
    (void)state;
    assert_int_equal(pit_elapsed(10, 30, 20), 20);
    assert_int_equal(pit_elapsed(65530, 4, 10), 10);
    assert_int_equal(pit_elapsed(65535, 0, 0), 1);
    assert_int_equal(pit_elapsed(7, 7, 65536), 65536);
    assert_int_equal(pit_elapsed(7, 7, 0), 0);
}

static void never_below_zero(void **state)
{
    (void)state;
    assert_int_equal(pit_elapsed(10, 5, 0), 0);
    assert_int_equal(pit_elapsed(10, 5, 3), 0);
}

static void any_guess_near_enough(void **state)
{
    (void)state;
    srand(3);
    for (unsigned i = 0; i < 1000000; i++) {
        uint64_t passed = (uint64_t)rand() % 10000000;
        uint16_t from = (uint16_t)rand();
        int64_t guess = (int64_t)passed + rand() % 65535 - 32767;

        if (guess >= 0)
            assert_int_equal(pit_elapsed(from, (uint16_t)(from + passed), (uint64_t)guess), passed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(around_once),
        cmocka_unit_test(never_below_zero),
        cmocka_unit_test(any_guess_near_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
