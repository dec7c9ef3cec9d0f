#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

/* 2026-01-31 12:34:56, its parts, or @seconds. */
static time_t time_of(const char *word)
{
    time_t now = time(NULL);
    struct tm parts = *localtime(&now);
    int year, month, day, hour = 0, minute = 0, second = 0;

    if (*word == '@')
        return (time_t)number_of(word + 1, 0, 1LL << 40);
    if (sscanf(word, "%d-%d-%d%*[ T]%d:%d:%d", &year, &month, &day, &hour, &minute, &second) >= 3) {
        parts.tm_year = year - 1900;
        parts.tm_mon = month - 1;
        parts.tm_mday = day;
    } else if (sscanf(word, "%d:%d:%d", &hour, &minute, &second) < 2) {
        die("%s: not a time like 2026-01-31 12:34:56, 12:34 or @SECONDS", word);
    }
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_sec = second;
    parts.tm_isdst = -1;
    return mktime(&parts);
}

TOOL(date, "[-u] [-d TIME | -r FILE | -s TIME] [+FORMAT]",
     "What time it is. FORMAT as strftime's: %Y-%m-%d %H:%M:%S, %s seconds, %a %b names.\n"
     "  -u  in UTC   -d  that time instead   -r  when FILE was changed   -s  set the clock\n")
{
    struct timespec now = {.tv_sec = time(NULL)};
    const char *format = "%a %b %e %H:%M:%S %Z %Y";
    struct stat about;
    bool set = false;
    char text[512] = "";
    int letter;

    while ((letter = option(count, words, "ud:r:s:")) != -1) {
        if (letter == 'u')
            setenv("TZ", "UTC0", 1);
        if (letter == 'r' && stat(optarg, &about))
            die("%s: %s", optarg, strerror(errno));
        if (letter == 'r')
            now.tv_sec = about.st_mtime;
        if (letter == 'd' || letter == 's')
            now.tv_sec = time_of(optarg);
        set |= letter == 's';
    }
    if (set && clock_settime(CLOCK_REALTIME, &now))
        die("the clock: %s", strerror(errno));
    if (optind < count && words[optind][0] == '+')
        format = words[optind] + 1;
    else if (optind < count)
        usage();
    if (*format)
        strftime(text, sizeof(text), format, localtime(&now.tv_sec));
    puts(text);
    return 0;
}
