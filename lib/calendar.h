/* Dates of the Gregorian calendar and seconds since 1970-01-01 00:00:00, without leap seconds. */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

struct calendar {
    uint32_t year;  /* 1970–9999 */
    uint32_t month; /* 1–12 */
    uint32_t day;   /* 1–31 */
    uint32_t hour, minute, second;
    uint32_t weekday; /* 0 Sunday … 6; an answer, never asked for */
};

/* -EINVAL: no such moment (30 February, 24:00, second 60). */
int calendar_to_seconds(const struct calendar *date, uint64_t *seconds) must_check;
/* -EOVERFLOW: after the year 9999. */
int calendar_from_seconds(uint64_t seconds, struct calendar *date) must_check;
unsigned calendar_month_days(uint32_t year, uint32_t month); /* 0: no such month */
