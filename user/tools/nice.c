#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "user/tools/lib/tool.h"

TOOL(nice, "[-n NICE] [COMMAND [WORD …]]",
     "Run a command with less of the processor (10 more; up to 19), or with more (down to -20).\n")
{
    long long by = 10;
    int now = getpriority(PRIO_PROCESS, 0);

    while (option(count, words, "+n:") != -1)
        by = number_of(optarg, -40, 40);
    if (optind == count) {
        printf("%d\n", now);
        return 0;
    }
    if (setpriority(PRIO_PROCESS, 0, now + (int)by))
        complain("%lld: %s", by, strerror(errno));
    become(words + optind);
}
