#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(uptime, "", "How long the machine has run.\n")
{
    char *text = file_text("/proc/uptime", NULL), *load = file_text("/proc/loadavg", NULL), now[16];
    time_t clock = time(NULL);
    unsigned long seconds;

    (void)count, (void)words;
    if (!text)
        die("/proc/uptime: %s", strerror(errno));
    seconds = strtoul(text, NULL, 10);
    strftime(now, sizeof(now), "%H:%M:%S", localtime(&clock));
    printf(" %s up ", now);
    if (seconds >= 86400)
        printf("%lu days, ", seconds / 86400);
    printf("%2lu:%02lu", seconds / 3600 % 24, seconds / 60 % 60);
    if (load && strlen(load) >= 14)
        printf(",  load average: %.4s, %.4s, %.4s", load, load + 5, load + 10);
    putchar('\n');
    free(text);
    free(load);
    return 0;
}
