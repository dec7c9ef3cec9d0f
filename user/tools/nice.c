#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "user/tools/tool.h"

static int nice_(struct words *words)
{
    long more = 10;

    for (int c; (c = option(words, "+n:#"));) {
        char *end;

        more = strtol(option_value, &end, 10);
        if (end == option_value || *end || more < -40 || more > 40)
            wrong_use("-n %s: -20 to 19", option_value);
    }
    errno = 0;
    int now = getpriority(PRIO_PROCESS, 0);

    if (words->count == 0) {
        printf("%d\n", now);
        return finish_output();
    }
    int wanted = now + (int)more;

    wanted = wanted < -20 ? -20 : wanted > 19 ? 19 : wanted;
    if (setpriority(PRIO_PROCESS, 0, wanted))
        failed("nice %d", wanted);
    return run_program(words->at);
}

TOOL(nice_, "nice", "[-n MORE] [PROGRAM [WORD…]]", "run a program that lets others go first",
     "  -n  so much nicer (10); less than 0 for user 0 alone\n"
     "Without a program: how nice this one is, -20 to 19.\n")
