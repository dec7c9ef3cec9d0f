#include <time.h>

/* Days from 1970-01-01 to a day of the Gregorian calendar; the year begins in March. */
static long days_of(long year, long month, long day)
{
    year += (month - 2) / 12 - ((month - 2) % 12 < 0);
    month = ((month - 2) % 12 + 12) % 12;
    long era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1
           - 719468;
}

time_t timegm(struct tm *time)
{
    long days = days_of(time->tm_year + 1900L, time->tm_mon, time->tm_mday);
    time_t result = days * 86400 + time->tm_hour * 3600L + time->tm_min * 60L + time->tm_sec;

    gmtime_r(&result, time);
    return result;
}
