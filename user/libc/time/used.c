/* How much of the processor was used. */
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#include "user/libc/libc.h"

clock_t clock(void)
{
    struct timespec used;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
        return -1;
    return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / 1000;
}

static clock_t ticks_of(struct timeval time)
{
    return time.tv_sec * HZ + time.tv_usec / (1000000 / HZ);
}

clock_t times(struct tms *to)
{
    struct rusage self, children;
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) < 0 || getrusage(RUSAGE_SELF, &self) < 0
        || getrusage(RUSAGE_CHILDREN, &children) < 0)
        return -1;
    if (to)
        *to = (struct tms){ticks_of(self.ru_utime), ticks_of(self.ru_stime),
                           ticks_of(children.ru_utime), ticks_of(children.ru_stime)};
    return now.tv_sec * HZ + now.tv_nsec / (1000000000 / HZ);
}
