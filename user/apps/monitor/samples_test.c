#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user/apps/monitor/samples.h"

static void counts_what_grew(void **state)
{
    struct samples samples = {0};
    struct counters now = {.now_ms = 5000, .busy = 100, .idle = 900, .interrupts = 10, .frames = 5,
                           .busy_ns = 1000000, .memory = 1000, .memory_used = 250};

    (void)state;
    samples_add(&samples, &now);
    assert_int_equal(samples.taken, 0);
    now = (struct counters){.now_ms = 7000, .busy = 150, .idle = 1050, .interrupts = 310, .frames = 125,
                            .busy_ns = 13000000, .memory = 1000, .memory_used = 500};
    samples_add(&samples, &now);
    assert_int_equal(samples_at(&samples, SERIES_CPU, 0), 250);
    assert_int_equal(samples_at(&samples, SERIES_MEMORY, 0), 500);
    assert_int_equal(samples_at(&samples, SERIES_INTERRUPTS, 0), 150);
    assert_int_equal(samples_at(&samples, SERIES_FRAMES, 0), 60);
    assert_int_equal(samples_at(&samples, SERIES_FRAME_US, 0), 100);
    assert_int_equal(samples_at(&samples, SERIES_CPU, 1), 0);
}

static void bears_counters_that_go_back(void **state)
{
    struct samples samples = {0};
    struct counters now = {.now_ms = 1000, .busy = UINT64_MAX, .idle = 7, .interrupts = 9, .frames = 9,
                           .busy_ns = 9};

    (void)state;
    samples_add(&samples, &now);
    now = (struct counters){.now_ms = 2000};
    samples_add(&samples, &now);
    for (unsigned series = 0; series < SERIES_COUNT; series++)
        assert_int_equal(samples_at(&samples, series, 0), 0);
    now.now_ms = 2000; /* no time has passed: nothing is taken */
    samples_add(&samples, &now);
    assert_int_equal(samples.taken, 1);
    now = (struct counters){.now_ms = 2001, .busy = UINT64_MAX, .idle = UINT64_MAX, .interrupts = UINT64_MAX,
                            .frames = 1, .busy_ns = UINT64_MAX, .memory = 1, .memory_used = 7};
    samples_add(&samples, &now);
    assert_int_equal(samples_at(&samples, SERIES_CPU, 0), 1000);
    assert_int_equal(samples_at(&samples, SERIES_MEMORY, 0), 1000);
    assert_int_equal(samples_at(&samples, SERIES_INTERRUPTS, 0), INT32_MAX);
    assert_int_equal(samples_at(&samples, SERIES_FRAME_US, 0), INT32_MAX);
}

static void keeps_a_minute(void **state)
{
    struct samples samples = {0};
    struct counters now = {.now_ms = 1000};

    (void)state;
    for (unsigned second = 0; second <= 200; second++) {
        samples_add(&samples, &now);
        now.now_ms += 1000;
        now.interrupts += second;
    }
    assert_int_equal(samples.taken, SAMPLES);
    for (unsigned age = 0; age < SAMPLES; age++)
        assert_int_equal(samples_at(&samples, SERIES_INTERRUPTS, age), 199 - age);
    assert_int_equal(samples_at(&samples, SERIES_INTERRUPTS, SAMPLES), 0);
    assert_int_equal(samples_most(&samples, SERIES_INTERRUPTS), 199);
}

static void finds_a_round_top(void **state)
{
    (void)state;
    assert_int_equal(samples_top(0, 100), 100);
    assert_int_equal(samples_top(101, 100), 200);
    assert_int_equal(samples_top(200, 1), 200);
    assert_int_equal(samples_top(201, 1), 500);
    assert_int_equal(samples_top(501, 1), 1000);
    assert_int_equal(samples_top(0, 0), 1);
    assert_int_equal(samples_top(UINT32_MAX, 0), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_grew),
        cmocka_unit_test(bears_counters_that_go_back),
        cmocka_unit_test(keeps_a_minute),
        cmocka_unit_test(finds_a_round_top),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
