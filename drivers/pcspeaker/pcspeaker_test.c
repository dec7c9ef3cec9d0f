/* The loudspeaker's callbacks: what sounds, how long, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"

static struct {
    uint32_t hz, us;
    int error;
} fake;

int ddi_tone(uint32_t hz)
{
    if (!fake.error)
        fake.hz = hz;
    return fake.error;
}

void ddi_timer(uint32_t us)
{
    fake.us = us;
}

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
}

static int fresh(void **state)
{
    memset(&fake, 0, sizeof(fake));
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    fake.hz = 1000; /* of the driver before */
    assert_int_equal(ddi_driver.init(), 0);
    assert_int_equal(fake.hz, 0);
    return 0;
}

static void a_tone_ends_with_its_timer(void **state)
{
    assert_int_equal(ddi_driver.request(1, 200ull << 32 | 440), 0);
    assert_true(fake.hz == 440 && fake.us == 200000);
    ddi_driver.timer();
    assert_int_equal(fake.hz, 0);
}

static void the_bell_does_not_break_in(void **state)
{
    assert_int_equal(ddi_driver.request(2, 0), 0);
    assert_true(fake.hz == 800 && fake.us == 120000);
    ddi_driver.timer();
    assert_int_equal(ddi_driver.request(1, 10000ull << 32 | 20000), 0);
    assert_int_equal(ddi_driver.request(2, 0), 0);
    assert_true(fake.hz == 20000 && fake.us == 10000000);
    assert_int_equal(ddi_driver.request(0, 0), 0);
    assert_int_equal(fake.hz, 0);
}

static void what_cannot_sound_is_refused(void **state)
{
    const uint64_t wrong[] = {0, 440, 1ull << 32, 1ull << 32 | 19, 1ull << 32 | 20001, 10001ull << 32 | 440,
                              UINT64_MAX};

    for (size_t i = 0; i < array_length(wrong); i++)
        assert_int_equal(ddi_driver.request(1, wrong[i]), -EINVAL);
    assert_int_equal(ddi_driver.request(3, 0), -EINVAL);
    assert_int_equal(fake.hz, 0);
}

static void while_the_clock_needs_it(void **state)
{
    fake.error = -EBUSY;
    assert_int_equal(ddi_driver.request(1, 1ull << 32 | 440), -EBUSY);
    assert_int_equal(fake.us, 0);
    assert_int_equal(ddi_driver.init(), -ENODEV);
}

static void it_is_silent_when_it_stops(void **state)
{
    assert_int_equal(ddi_driver.request(2, 0), 0);
    ddi_driver.quiesce();
    assert_int_equal(fake.hz, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_tone_ends_with_its_timer, fresh),
        cmocka_unit_test_setup(the_bell_does_not_break_in, fresh),
        cmocka_unit_test_setup(what_cannot_sound_is_refused, fresh),
        cmocka_unit_test_setup(while_the_clock_needs_it, fresh),
        cmocka_unit_test_setup(it_is_silent_when_it_stops, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
