#include <errno.h>
#include <time.h>

#include "user/tools/tool.h"

static int sleep_(struct words *words)
{
    double seconds = 0;

    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++) {
        double more = seconds_of(words->at[i]);

        if (more < 0)
            wrong_use("%s: no time (1.5, 2m, 1h)", words->at[i]);
        seconds += more;
    }
    struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};

    while (nanosleep(&left, &left) && errno == EINTR)
        ;
    return 0;
}

TOOL(sleep_, "sleep", "TIME…", "do nothing for some time", "  TIME  seconds (1.5), or with s, m, h, d\n")
