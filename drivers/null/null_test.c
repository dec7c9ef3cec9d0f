#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/ddi.h"

static uint32_t timer_us;

void ddi_timer(uint32_t us)
{
    timer_us = us;
}

static void it_counts(void **state)
{
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    assert_int_equal(ddi_driver.init(), 0);
    assert_int_equal(timer_us, 1000000);
    assert_int_equal(ddi_driver.request(0, 0), 0);
    timer_us = 0;
    ddi_driver.timer();
    assert_int_equal(timer_us, 1000000);
    assert_int_equal(ddi_driver.request(0, 99), 1);
    assert_int_equal(ddi_driver.request(1, 5), 6);
    assert_int_equal(ddi_driver.request(2, 0), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_counts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
