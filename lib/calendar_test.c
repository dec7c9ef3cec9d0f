/* The calendar beside the C library's, and what is no date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/errno.h"

static void check(uint64_t seconds)
{
    time_t moment = (time_t)seconds;
    struct tm tm;
    struct calendar date;
    uint64_t back;

    assert_non_null(gmtime_r(&moment, &tm));
    assert_int_equal(calendar_from_seconds(seconds, &date), 0);
    assert_int_equal(date.year, tm.tm_year + 1900);
    assert_int_equal(date.month, tm.tm_mon + 1);
    assert_int_equal(date.day, tm.tm_mday);
    assert_int_equal(date.hour, tm.tm_hour);
    assert_int_equal(date.minute, tm.tm_min);
    assert_int_equal(date.second, tm.tm_sec);
    assert_int_equal(date.weekday, tm.tm_wday);
    assert_int_equal(calendar_to_seconds(&date, &back), 0);
    assert_int_equal(back, seconds);
}

static void every_day_until_2400(void **state)
{
    (void)state;
    for (uint64_t day = 0; day < 430 * 366; day++) {
        check(day * 86400);
        check(day * 86400 + 86399);
    }
}

static void random_moments(void **state)
{
    (void)state;
    srand(4);
    for (unsigned i = 0; i < 100000; i++)
        check(((uint64_t)rand() << 20 ^ (uint64_t)rand()) % 253402300800ull);
    check(253402300799ull); /* 9999-12-31 23:59:59 */
}

static void what_is_no_moment(void **state)
{
    struct calendar date;
    uint64_t seconds;
    const struct calendar wrong[] = {
        {.year = 1969, .month = 12, .day = 31},
        {.year = 10000, .month = 1, .day = 1},
        {.year = 2023, .month = 2, .day = 29},
        {.year = 2100, .month = 2, .day = 29},
        {.year = 2024, .month = 0, .day = 1},
        {.year = 2024, .month = 13, .day = 1},
        {.year = 2024, .month = 4, .day = 31},
        {.year = 2024, .month = 4, .day = 0},
        {.year = 2024, .month = 4, .day = 1, .hour = 24},
        {.year = 2024, .month = 4, .day = 1, .minute = 60},
        {.year = 2024, .month = 4, .day = 1, .second = 60},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(calendar_to_seconds(&wrong[i], &seconds), -EINVAL);
    assert_int_equal(calendar_from_seconds(253402300800ull, &date), -EOVERFLOW);
    assert_int_equal(calendar_from_seconds(UINT64_MAX, &date), -EOVERFLOW);
    date = (struct calendar){.year = 2024, .month = 2, .day = 29};
    assert_int_equal(calendar_to_seconds(&date, &seconds), 0);
    assert_int_equal(seconds, 1709164800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_until_2400),
        cmocka_unit_test(random_moments),
        cmocka_unit_test(what_is_no_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
