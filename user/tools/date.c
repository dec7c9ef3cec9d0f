#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "user/tools/tool.h"

/* "2026-01-31", "2026-01-31 12:30", "2026-01-31T12:30:59", "12:30", or "@SECONDS". */
static bool read_time(const char *text, time_t *seconds)
{
    time_t now = time(NULL);
    struct tm parts = *localtime(&now);
    char end;
    int count, year, month;

    if (*text == '@') {
        char *behind;

        *seconds = (time_t)strtoll(text + 1, &behind, 10);
        return behind > text + 1 && !*behind;
    }
    parts.tm_sec = 0;
    parts.tm_isdst = -1;
    count = sscanf(text, "%d-%d-%d%*[ T]%d:%d:%d%c", &year, &month, &parts.tm_mday, &parts.tm_hour,
                   &parts.tm_min, &parts.tm_sec, &end);
    if (count == 3 || count == 5 || count == 6) {
        if (count == 3)
            parts.tm_hour = parts.tm_min = 0;
        parts.tm_year = year - 1900;
        parts.tm_mon = month - 1;
    } else {
        count = sscanf(text, "%d:%d:%d%c", &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &end);
        if (count != 2 && count != 3)
            return false;
    }
    if (parts.tm_mon < 0 || parts.tm_mon > 11 || parts.tm_mday < 1 || parts.tm_mday > 31
        || parts.tm_hour < 0 || parts.tm_hour > 23 || parts.tm_min < 0 || parts.tm_min > 59
        || parts.tm_sec < 0 || parts.tm_sec > 60)
        return false;
    *seconds = mktime(&parts);
    return true;
}

static void need_time(const char *text, struct timespec *moment)
{
    moment->tv_nsec = 0;
    if (!read_time(text, &moment->tv_sec))
        wrong_use("%s: no time (2026-01-31 12:30:59, 12:30, @seconds)", text);
}

static int print(const char *format, const struct timespec *moment)
{
    char text[1024];
    const struct tm *parts = localtime(&moment->tv_sec);

    if (*format && (!parts || strftime(text, sizeof(text), format, parts) == 0))
        return wrong("%s: that does not go", format);
    puts(*format ? text : "");
    return finish_output();
}

static int date(struct words *words)
{
    const char *format = "%a %b %e %H:%M:%S %Z %Y";
    struct timespec moment;
    struct stat about;
    bool sets = false;

    clock_gettime(CLOCK_REALTIME, &moment);
    for (int c; (c = option(words, "ud:r:s:IR"));) {
        if (c == 'u') {
            setenv("TZ", "UTC0", 1);
            tzset();
        } else if (c == 'd' || c == 's') {
            need_time(option_value, &moment);
            sets |= c == 's';
        } else if (c == 'r') {
            if (stat(option_value, &about))
                return failed("%s", option_value);
            moment = about.st_mtim;
        } else {
            format = c == 'I' ? "%Y-%m-%d" : "%a, %d %b %Y %H:%M:%S %z";
        }
    }
    need_operands(words, 0, 1);
    if (words->count == 1) {
        if (words->at[0][0] != '+')
            wrong_use("%s: a format begins with +", words->at[0]);
        format = words->at[0] + 1;
    }
    if (sets && clock_settime(CLOCK_REALTIME, &moment))
        return failed("setting the clock");
    return print(format, &moment);
}

TOOL(date, "date", "[-uIR] [-d TIME | -r FILE | -s TIME] [+FORMAT]", "print or set the date and time",
     "  -u  in UTC; -I as 2026-01-31; -R as in mail\n"
     "  -d  that time instead of now; -r when a file was changed; -s set the clock\n"
     "  FORMAT is strftime's: %Y-%m-%d %H:%M:%S\n")
