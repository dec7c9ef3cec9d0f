/* The Gregorian calendar. A day's number is counted in years that begin in March, so that the leap
   day is the last of a year: after P. Baum, "Date Algorithms". */
#include "lib/calendar.h"

#include <stdbool.h>

#include "lib/errno.h"

#define SECONDS_PER_DAY 86400u
#define DAYS_TO_1970    719468u /* from 1 March of the year 0 */
#define DAYS_PER_ERA    146097u /* 400 years */
#define LAST_YEAR       9999u

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned calendar_month_days(uint32_t year, uint32_t month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month < 1 || month > 12)
        return 0;
    return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

/* Days since 1970. */
static uint64_t day_number(const struct calendar *date)
{
    uint64_t year = date->year - (date->month <= 2);
    uint64_t month = (date->month + 9) % 12; /* March is 0 */

    return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date->day - 1
           - DAYS_TO_1970;
}

int calendar_to_seconds(const struct calendar *date, uint64_t *seconds)
{
    if (date->year < 1970 || date->year > LAST_YEAR || date->day < 1
        || date->day > calendar_month_days(date->year, date->month) || date->hour > 23
        || date->minute > 59 || date->second > 59)
        return -EINVAL;
    *seconds = day_number(date) * SECONDS_PER_DAY + date->hour * 3600u + date->minute * 60u
               + date->second;
    return 0;
}

/* The date of a day's number. */
static void set_day(struct calendar *date, uint64_t days)
{
    uint64_t since = days + DAYS_TO_1970;
    uint64_t era = since / DAYS_PER_ERA, day = since % DAYS_PER_ERA;
    uint64_t year = (day - day / 1460 + day / 36524 - day / (DAYS_PER_ERA - 1)) / 365;
    uint64_t month;

    day -= 365 * year + year / 4 - year / 100;
    month = (5 * day + 2) / 153;
    date->day = (uint32_t)(day - (153 * month + 2) / 5 + 1);
    date->month = (uint32_t)(month < 10 ? month + 3 : month - 9);
    date->year = (uint32_t)(era * 400 + year + (date->month <= 2));
    date->weekday = (uint32_t)((days + 4) % 7); /* 1970 began on a Thursday */
}

int calendar_from_seconds(uint64_t seconds, struct calendar *date)
{
    uint32_t of_day = (uint32_t)(seconds % SECONDS_PER_DAY);

    if (seconds / SECONDS_PER_DAY > (uint64_t)DAYS_PER_ERA * 25)
        return -EOVERFLOW;
    set_day(date, seconds / SECONDS_PER_DAY);
    if (date->year > LAST_YEAR)
        return -EOVERFLOW;
    date->hour = of_day / 3600;
    date->minute = of_day / 60 % 60;
    date->second = of_day % 60;
    return 0;
}
