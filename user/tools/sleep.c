#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

static double seconds_of(const char *word)
{
    char *end;
    double value = strtod(word, &end);
    const char *unit = strchr("smhd", *end ? *end : 's');

    if (end == word || !unit || (*end && end[1]) || !(value >= 0 && value < 1e10))
        die("%s: not a time like 10, 0.5, 2m, 1h, 1d", word);
    return value * (*unit == 's' ? 1 : *unit == 'm' ? 60 : *unit == 'h' ? 3600 : 86400);
}

TOOL(sleep, "TIME …", "Wait: seconds, or minutes, hours, days with m, h, d behind the number.\n")
{
    double sum = 0;
    struct timespec time;

    if (count < 2)
        usage();
    for (int i = 1; i < count; i++)
        sum += seconds_of(words[i]);
    time.tv_sec = (time_t)sum;
    time.tv_nsec = (long)((sum - (double)time.tv_sec) * 1e9);
    while (nanosleep(&time, &time) && errno == EINTR)
        ;
    return 0;
}
