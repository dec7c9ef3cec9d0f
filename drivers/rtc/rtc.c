/*
 * The real-time clock. Use: rtc_read, with nobody else at ports 70h and 71h. Motorola MC146818A
 * data sheet (1988), "Address map" and "Update cycle"; the century at 32h is IBM's (PS/2 Technical
 * Reference).
 */
#include "drivers/rtc/rtc.h"

#include <stdbool.h>

#include "drivers/ddi.h"
#include "lib/string.h"

#define CMOS_INDEX 0x70 /* bit 7 closes the NMI gate: kept open */
#define CMOS_DATA  0x71

enum {
    RTC_SECOND = 0x00, RTC_MINUTE = 0x02, RTC_HOUR = 0x04, RTC_DAY = 0x07, RTC_MONTH = 0x08,
    RTC_YEAR = 0x09, RTC_A = 0x0a, RTC_B = 0x0b, RTC_D = 0x0d, RTC_CENTURY = 0x32,
};

#define A_UPDATING 0x80
#define B_BINARY   0x04
#define B_24_HOURS 0x02
#define D_VALID    0x80
#define HOUR_PM    0x80

/* An update takes 2 ms at most, once a second. */
#define UPDATE_US    10000u
#define UPDATE_READS 100000u /* should the time itself stand still */
#define ATTEMPTS     4u

static uint8_t get(uint8_t index)
{
    ddi_out8(CMOS_INDEX, index);
    return ddi_in8(CMOS_DATA);
}

/* ---- decoding -------------------------------------------------------------------------------- */

static int decode_number(uint8_t raw, bool binary, uint32_t *number)
{
    if (!binary && (raw >> 4 > 9 || (raw & 15) > 9))
        return -EINVAL;
    *number = binary ? raw : (raw >> 4) * 10u + (raw & 15u);
    return 0;
}

static int decode_hour(uint8_t raw, uint8_t status_b, uint32_t *hour)
{
    bool afternoon = raw & HOUR_PM;

    if (status_b & B_24_HOURS)
        return decode_number(raw, status_b & B_BINARY, hour);
    if (decode_number(raw & (uint8_t)~HOUR_PM, status_b & B_BINARY, hour) || *hour < 1 ||
        *hour > 12)
        return -EINVAL;
    *hour = *hour % 12 + (afternoon ? 12 : 0); /* 12 AM is midnight, 12 PM noon */
    return 0;
}

static int decode_year(const struct rtc_registers *r, uint32_t *year)
{
    uint32_t century;

    if (decode_number(r->year, r->status_b & B_BINARY, year) || *year > 99)
        return -EINVAL;
    if (decode_number(r->century, r->status_b & B_BINARY, &century) || century < 19 || century > 21)
        century = *year >= 70 ? 19 : 20;
    *year += century * 100;
    return 0;
}

int rtc_decode(const struct rtc_registers *r, struct calendar *date, const char **wrong)
{
    bool binary = r->status_b & B_BINARY;
    uint64_t seconds;

    *date = (struct calendar){0};
    if (decode_year(r, &date->year))
        *wrong = "year";
    else if (decode_number(r->month, binary, &date->month) || date->month < 1 || date->month > 12)
        *wrong = "month";
    else if (decode_number(r->day, binary, &date->day) || date->day < 1
             || date->day > calendar_month_days(date->year, date->month))
        *wrong = "day";
    else if (decode_hour(r->hour, r->status_b, &date->hour) || date->hour > 23)
        *wrong = "hour";
    else if (decode_number(r->minute, binary, &date->minute) || date->minute > 59)
        *wrong = "minute";
    else if (decode_number(r->second, binary, &date->second) || date->second > 59)
        *wrong = "second";
    else if (calendar_to_seconds(date, &seconds) || calendar_from_seconds(seconds, date))
        *wrong = "year"; /* before 1970 */
    else
        return 0;
    return -EINVAL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int wait_for_update(void)
{
    uint64_t start_us = ddi_now_us();

    for (uint32_t reads = 0; get(RTC_A) & A_UPDATING; reads++)
        if (reads >= UPDATE_READS || ddi_now_us() - start_us >= UPDATE_US)
            return -ETIMEDOUT;
    return 0;
}

static struct rtc_registers read_registers(void)
{
    return (struct rtc_registers){
        .second = get(RTC_SECOND),
        .minute = get(RTC_MINUTE),
        .hour = get(RTC_HOUR),
        .day = get(RTC_DAY),
        .month = get(RTC_MONTH),
        .year = get(RTC_YEAR),
        .century = get(RTC_CENTURY),
        .status_b = get(RTC_B),
    };
}

/* An update may begin while we read: two equal readings had none between them. */
static int read_twice(struct rtc_registers *registers)
{
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct rtc_registers again;
        int error = wait_for_update();

        if (error)
            return error;
        *registers = read_registers();
        error = wait_for_update();
        if (error)
            return error;
        again = read_registers();
        if (memcmp(registers, &again, sizeof(again)) == 0)
            return 0;
    }
    return -ETIMEDOUT;
}

static int refuse(const struct rtc_registers *r, const char *wrong)
{
    ddi_log(DDI_WARN, "rtc",
            "no date: the %s is wrong in %02x%02x-%02x-%02x %02x:%02x:%02x, mode %02x", wrong,
            r->century, r->year, r->month, r->day, r->hour, r->minute, r->second, r->status_b);
    return -EINVAL;
}

int rtc_read(struct calendar *date)
{
    struct rtc_registers registers;
    const char *wrong;
    uint8_t d = get(RTC_D);

    /* No clock: the bus reads FFh. The rest of status D reads as 0. */
    if (d == 0xff || !(d & D_VALID)) {
        ddi_log(DDI_WARN, "rtc", "%s (status D is %02x)",
                d == 0xff ? "there is none" : "its battery was empty", d);
        return -ENODEV;
    }
    if (read_twice(&registers)) {
        ddi_log(DDI_WARN, "rtc", "its update does not end (status A is %02x)", get(RTC_A));
        return -ETIMEDOUT;
    }
    if (rtc_decode(&registers, date, &wrong))
        return refuse(&registers, wrong);
    return 0;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "rtc",
        .what = "CMOS clock",
        .class = DDI_CLOCK,
        .built_in = true,
        .ports = {{CMOS_INDEX, CMOS_DATA, DDI_ANY_VALUE, 0}},
        .placement = DDI_PLACED_KERNEL,
    },
};
