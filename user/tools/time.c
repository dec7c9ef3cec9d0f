#include <sys/resource.h>

#include "user/tools/lib/tool.h"

static void put(const char *name, long long us)
{
    fprintf(stderr, "%s %lldm%lld.%03llds\n", name, us / 60000000, us / 1000000 % 60,
            us / 1000 % 1000);
}

TOOL(time, "COMMAND [WORD …]",
     "Run a command; then say how long it took: by the clock, and of the processor.\n")
{
    struct timespec before, after;
    struct rusage used;
    int status;

    if (count < 2)
        usage();
    clock_gettime(CLOCK_MONOTONIC, &before);
    status = run_words(words + 1);
    clock_gettime(CLOCK_MONOTONIC, &after);
    getrusage(RUSAGE_CHILDREN, &used);
    put("real",
        (after.tv_sec - before.tv_sec) * 1000000LL + (after.tv_nsec - before.tv_nsec) / 1000);
    put("user", used.ru_utime.tv_sec * 1000000LL + used.ru_utime.tv_usec);
    put("sys ", used.ru_stime.tv_sec * 1000000LL + used.ru_stime.tv_usec);
    return status;
}
