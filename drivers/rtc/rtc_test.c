/* links: lib/calendar.c lib/errno.c */
/* The RTC driver against a fake clock: every form of the registers, updates at bad moments, dead
   ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/ddi.h"
#include "drivers/rtc/rtc.h"

#define BINARY   0x04
#define HOURS_24 0x02

/* ---- the fake -------------------------------------------------------------------------------- */

static struct {
    uint8_t registers[64], later[64]; /* before and after the update */
    uint8_t index;
    unsigned reads;
    unsigned update_at, update_reads; /* the update begins with that read, and lasts so many */
    uint64_t now_us, us_per_read;
    unsigned logged;
} fake;

static bool updating(void)
{
    return fake.update_reads && fake.reads >= fake.update_at
           && fake.reads - fake.update_at < fake.update_reads;
}

static void fake_out8(uint16_t port, uint8_t value)
{
    assert_int_equal(port, 0x70);
    assert_true(value < 64); /* the NMI gate stays open */
    fake.index = value;
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static uint8_t fake_in8(uint16_t port)
{
    uint8_t value;

    assert_int_equal(port, 0x71);
    fake.now_us += fake.us_per_read;
    fake.reads++;
    if (fake.index == 0x0a)
        return updating() ? 0xa6 : 0x26;
    value = fake.update_reads && fake.reads >= fake.update_at ? fake.later[fake.index]
                                                              : fake.registers[fake.index];
    return updating() && fake.index < 10 ? (uint8_t)rand() : value;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
}

uint64_t ddi_now_us(void)
{
    return fake.now_us;
}

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    (void)level;
    (void)format;
    assert_string_equal(area, "rtc");
    fake.logged++;
}

static uint8_t bcd(unsigned number)
{
    return (uint8_t)(number / 10 << 4 | number % 10);
}

static void set(uint8_t *registers, unsigned year, unsigned month, unsigned day, unsigned hour,
                unsigned minute, unsigned second)
{
    registers[0x00] = bcd(second);
    registers[0x02] = bcd(minute);
    registers[0x04] = bcd(hour);
    registers[0x07] = bcd(day);
    registers[0x08] = bcd(month);
    registers[0x09] = bcd(year % 100);
    registers[0x32] = bcd(year / 100);
    registers[0x0b] = HOURS_24;
    registers[0x0d] = 0x80;
}

static int set_up(void **state)
{
    (void)state;
    srand(5);
    memset(&fake, 0, sizeof(fake));
    fake.us_per_read = 1;
    set(fake.registers, 2024, 2, 29, 23, 59, 58);
    set(fake.later, 2024, 2, 29, 23, 59, 59);
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void assert_date(const struct calendar *date, unsigned year, unsigned month, unsigned day,
                        unsigned hour, unsigned minute, unsigned second)
{
    assert_int_equal(date->year, year);
    assert_int_equal(date->month, month);
    assert_int_equal(date->day, day);
    assert_int_equal(date->hour, hour);
    assert_int_equal(date->minute, minute);
    assert_int_equal(date->second, second);
}

static void a_quiet_clock(void **state)
{
    struct calendar date;

    (void)state;
    assert_int_equal(rtc_read(&date), 0);
    assert_date(&date, 2024, 2, 29, 23, 59, 58);
    assert_int_equal(date.weekday, 4);
    assert_int_equal(fake.logged, 0);
}

/* Whatever read the update falls into, the answer is the second before or the one after. */
static void an_update_at_any_moment(void **state)
{
    for (unsigned at = 0; at < 40; at++) {
        for (unsigned length = 1; length < 30; length++) {
            struct calendar date;

            (void)set_up(state);
            set(fake.registers, 1999, 12, 31, 23, 59, 59);
            set(fake.later, 2000, 1, 1, 0, 0, 0);
            fake.update_at = at;
            fake.update_reads = length;
            assert_int_equal(rtc_read(&date), 0);
            if (date.year == 1999)
                assert_date(&date, 1999, 12, 31, 23, 59, 59);
            else
                assert_date(&date, 2000, 1, 1, 0, 0, 0);
        }
    }
}

static void an_update_without_end(void **state)
{
    struct calendar date;

    fake.update_reads = UINT32_MAX;
    assert_int_equal(rtc_read(&date), -ETIMEDOUT);
    assert_true(fake.now_us < 30000);
    assert_int_equal(fake.logged, 1);

    (void)set_up(state);
    fake.update_reads = UINT32_MAX;
    fake.us_per_read = 0; /* and no time that would pass */
    assert_int_equal(rtc_read(&date), -ETIMEDOUT);
}

static void no_clock_or_no_battery(void **state)
{
    struct calendar date;

    (void)state;
    fake.registers[0x0d] = 0;
    assert_int_equal(rtc_read(&date), -ENODEV);
    memset(fake.registers, 0xff, sizeof(fake.registers));
    assert_int_equal(rtc_read(&date), -ENODEV);
}

static void a_date_that_cannot_be(void **state)
{
    struct calendar date;

    (void)state;
    fake.registers[0x08] = 0x1a;
    assert_int_equal(rtc_read(&date), -EINVAL);
    assert_int_equal(fake.logged, 1);
}

/* ---- decoding -------------------------------------------------------------------------------- */

static struct rtc_registers registers(unsigned hour_raw, uint8_t status_b)
{
    struct rtc_registers r = {.second = 7, .minute = 8, .day = 9, .month = 5, .year = 0x24,
                              .century = 0x20, .status_b = status_b};

    r.hour = (uint8_t)hour_raw;
    if (status_b & BINARY) {
        r.year = 24;
        r.century = 20;
    }
    return r;
}

static int hour_of(unsigned hour_raw, uint8_t status_b)
{
    struct rtc_registers r = registers(hour_raw, status_b);
    struct calendar date;
    const char *wrong = "";

    if (rtc_decode(&r, &date, &wrong)) {
        assert_string_equal(wrong, "hour");
        return -1;
    }
    assert_int_equal(date.year, 2024);
    return (int)date.hour;
}

static void hours_of_every_form(void **state)
{
    (void)state;
    for (unsigned hour = 0; hour < 24; hour++) {
        unsigned twelve = hour % 12 ? hour % 12 : 12, afternoon = hour >= 12 ? 0x80 : 0;

        assert_int_equal(hour_of(bcd(hour), HOURS_24), hour);
        assert_int_equal(hour_of(hour, HOURS_24 | BINARY), hour);
        assert_int_equal(hour_of(bcd(twelve) | afternoon, 0), hour);
        assert_int_equal(hour_of(twelve | afternoon, BINARY), hour);
    }
    assert_int_equal(hour_of(0x24, HOURS_24), -1);
    assert_int_equal(hour_of(24, HOURS_24 | BINARY), -1);
    assert_int_equal(hour_of(0x1f, HOURS_24), -1);
    assert_int_equal(hour_of(0x00, 0), -1);
    assert_int_equal(hour_of(0x13, 0), -1);
    assert_int_equal(hour_of(0x8d, BINARY), -1);
}

static int year_of(uint8_t year, uint8_t century, uint8_t status_b)
{
    struct rtc_registers r = {.day = 1, .month = 1, .year = year, .century = century,
                              .status_b = status_b};
    struct calendar date;
    const char *wrong = "";

    if (rtc_decode(&r, &date, &wrong)) {
        assert_string_equal(wrong, "year");
        return -1;
    }
    return (int)date.year;
}

static void centuries(void **state)
{
    (void)state;
    assert_int_equal(year_of(0x24, 0x20, HOURS_24), 2024);
    assert_int_equal(year_of(0x99, 0x19, HOURS_24), 1999);
    assert_int_equal(year_of(0x00, 0x21, HOURS_24), 2100);
    assert_int_equal(year_of(24, 20, HOURS_24 | BINARY), 2024);
    assert_int_equal(year_of(0x70, 0x00, HOURS_24), 1970); /* no century there */
    assert_int_equal(year_of(0x69, 0xff, HOURS_24), 2069);
    assert_int_equal(year_of(0x30, 0x19, HOURS_24), -1); /* before 1970 */
    assert_int_equal(year_of(0x9a, 0x20, HOURS_24), -1);
    assert_int_equal(year_of(100, 20, HOURS_24 | BINARY), -1);
}

/* Any bytes: an answer that is a date, or an error with a name. */
static void random_registers(void **state)
{
    unsigned dates = 0;

    (void)state;
    for (unsigned i = 0; i < 300000; i++) {
        struct rtc_registers r;
        struct calendar date;
        const char *wrong = NULL;
        uint64_t seconds;
        uint8_t *bytes = (uint8_t *)&r;

        for (unsigned b = 0; b < sizeof(r); b++)
            bytes[b] = (uint8_t)(rand() >> 8) % (rand() % 2 ? 255 : 33);
        if (rtc_decode(&r, &date, &wrong)) {
            assert_non_null(wrong);
            continue;
        }
        assert_int_equal(calendar_to_seconds(&date, &seconds), 0);
        dates++;
    }
    assert_true(dates > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_quiet_clock, set_up),
        cmocka_unit_test_setup(an_update_at_any_moment, set_up),
        cmocka_unit_test_setup(an_update_without_end, set_up),
        cmocka_unit_test_setup(no_clock_or_no_battery, set_up),
        cmocka_unit_test_setup(a_date_that_cannot_be, set_up),
        cmocka_unit_test_setup(hours_of_every_form, set_up),
        cmocka_unit_test_setup(centuries, set_up),
        cmocka_unit_test_setup(random_registers, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
